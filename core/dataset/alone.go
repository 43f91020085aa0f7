package dataset

import (
	"errors"
	"sync"

	"gpuwizard/core/problem"
)

// alone has workers for annotations that belong to no reading.
var alone = sync.Pool{New: func() any { return &worker{names: map[string]string{}} }}

// ReadVOC reads one annotation of Pascal VOC by itself, as Read would: for
// programs that hold other labels against it. Of the item, only the annotation,
// the boxes and the space they are given in are set; the space is 0 by 0 where
// the file does not say how large its picture is.
func ReadVOC(path string) (Item, error) {
	w := alone.Get().(*worker)
	defer alone.Put(w)
	it := Item{Annotation: path, Orientation: 1, Turn: 1}
	data, err := w.read(path)
	if large := (*tooLarge)(nil); errors.As(err, &large) {
		return it, problem.New(BrokenAnnotation, err, "path", path, "reason", BrokenTooLarge, "count", "1").AtLine(1)
	}
	if err != nil {
		return it, problem.New(FileUnreadable, err, "path", path)
	}
	got, err := parse(data, w.names)
	if err != nil {
		var n note
		n.fail(err)
		return it, problem.New(BrokenAnnotation, n.broken.err, "path", path, "reason", n.broken.reason, "count", "1").AtLine(n.broken.line)
	}
	it.LabelWidth, it.LabelHeight, it.Boxes = int(got.width), int(got.height), got.boxes
	return it, nil
}
