package dataset

import (
	"errors"

	"gpuwizard/core/folder"
	"gpuwizard/core/problem"
)

// A VOCReader reads annotations of Pascal VOC by themselves, as Read would: for
// programs that hold other labels against them. It is used by one goroutine at
// a time.
type VOCReader struct{ w worker }

// NewVOCReader reads annotations below a folder.
func NewVOCReader(dir string) *VOCReader {
	return &VOCReader{worker{files: folder.New(dir), names: map[string]string{}}}
}

// Read reads one of them, named with slashes. Of the item, only the annotation,
// the boxes and the space they are given in are set; the space is 0 by 0 where
// the file does not say how large its picture is.
func (r *VOCReader) Read(rel string) (Item, error) {
	it := Item{Annotation: rel, Orientation: 1, Turn: 1}
	path := r.w.files.Path(rel)
	data, err := r.w.read(rel)
	if large := (*folder.TooLarge)(nil); errors.As(err, &large) {
		return it, problem.New(BrokenAnnotation, err, "path", path, "reason", BrokenTooLarge, "count", "1").AtLine(1)
	}
	if err != nil {
		return it, problem.New(FileUnreadable, err, "path", path)
	}
	got, err := parse(data, r.w.names)
	if err != nil {
		var n note
		n.fail(err)
		return it, problem.New(BrokenAnnotation, n.broken.err, "path", path, "reason", n.broken.reason, "count", "1").AtLine(n.broken.line)
	}
	it.LabelWidth, it.LabelHeight, it.Boxes = int(got.width), int(got.height), got.boxes
	return it, nil
}

// Close closes the folders that are open.
func (r *VOCReader) Close() { r.w.files.Close() }
