package dataset

import (
	"errors"
	"io"
	"math"
)

// fill takes over what an annotation says besides its boxes.
func (n *note) fill(a *annotation) {
	n.filename, n.width, n.height = a.filename, int(a.width), int(a.height)
	n.encoding, n.trimmed, n.noDifficult, n.noBox = a.encoding, a.trimmed, a.noDifficult, a.noBox
}

// fail notes why an annotation cannot be read.
func (n *note) fail(err error) {
	if err != nil && !errors.As(err, &n.broken) {
		n.broken = &syntaxError{reason: BrokenSyntax, line: 1, err: err}
	}
}

// labelMe reads the label of one picture.
func (w *worker) labelMe(a int) []Box {
	n := &w.notes[a]
	if w.stream == nil {
		w.stream = newStreamer()
	}
	var got *annotation
	file, err := w.stream.read(w.ctx, local(w.root, w.found.annotations[a]), func(r io.Reader) (err error) {
		got, err = readLabelMe(r, w.stream.json, w.names)
		return err
	})
	n.size, n.sum, n.broken, n.closed = file.size, file.sum, file.broken, err
	if n.broken != nil || n.closed != nil {
		return nil
	}
	got.encoding = file.encoding
	n.fill(got)
	return got.boxes
}

// yolo reads the label of one picture, which says where things are only
// together with the picture's size; it may be nil.
func (w *worker) yolo(a int, it *Item) []Box {
	n := &w.notes[a]
	rel := w.found.annotations[a]
	data := w.load(n, rel)
	if data == nil {
		return nil
	}
	rows, enc, err := parseYOLO(data)
	n.encoding = enc
	n.fail(err)
	if err != nil || it == nil || it.Width == 0 {
		return nil
	}
	n.width, n.height = it.Width, it.Height
	names := w.numbers.of(rel)
	boxes := make([]Box, 0, len(rows))
	for i := range rows {
		class := rows[i].class
		if !named(names, class) {
			if n.unnamed++; n.unnamed == 1 || class < n.lowest {
				n.lowest = class
			}
		}
		boxes = append(boxes, rows[i].box(className(names, class), it.Width, it.Height))
	}
	return boxes
}

// boxes of a record, which has been read with its file.
func (n *note) boxes() []Box {
	if n.record == nil {
		return nil
	}
	return n.record.boxes
}

// edgeDust is how far, in pixels, a box may reach beyond the picture and still
// end at its edge: formats with two decimals, and sums of fractions, are not
// exact. Pascal VOC has whole pixels.
const edgeDust = 0.02

// settle brings boxes that end at the picture's edge exactly there.
func (it *Item) settle() {
	for i := range it.Boxes {
		b := &it.Boxes[i]
		w, h := float64(it.LabelWidth), float64(it.LabelHeight)
		b.XMin, b.XMax = toEdge(b.XMin, w), toEdge(b.XMax, w)
		b.YMin, b.YMax = toEdge(b.YMin, h), toEdge(b.YMax, h)
	}
}

func toEdge(v, limit float64) float64 {
	switch {
	case v < 0 && v >= -edgeDust:
		return 0
	case v > limit && v <= limit+edgeDust:
		return math.Trunc(limit)
	}
	return v
}
