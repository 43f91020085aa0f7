package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"gpuwizard/core/dataset/internal/jsonscan"
)

// readLabelMe reads what LabelMe, or X-AnyLabeling, writes for one picture. A
// shape of any kind becomes the box around it, but for a point, around which
// there is none. The picture within the file is passed over.
func readLabelMe(r io.Reader, in *jsonscan.Scanner, names map[string]string) (*annotation, error) {
	in.Reset(r)
	if kind := in.Kind(); kind != '{' && kind != 0 {
		return nil, &syntaxError{reason: BrokenRoot, line: in.Line(), err: errors.New("no object")}
	}
	a := &annotation{}
	b := &builder{names: names}
	shapes := false
	err := in.Object(func(key []byte) (err error) {
		switch k := string(key); {
		case k == "imagePath":
			a.filename, err = scalar(in)
		case k == "imageWidth":
			a.width, err = size(in)
		case k == "imageHeight":
			a.height, err = size(in)
		case k == "shapes" && in.Kind() == '[':
			shapes = true
			err = in.Array(func(i int) error {
				if in.Kind() != '{' {
					return in.Skip()
				}
				if err := readShape(in, a, b); err != nil {
					return jsonFault(err, fmt.Sprintf("shapes[%d]", i))
				}
				return nil
			})
		default:
			err = in.Skip()
		}
		return err
	})
	if err == nil {
		err = in.End()
	}
	if err == nil && !shapes {
		err = &syntaxError{reason: BrokenRoot, line: in.Line(), err: errors.New("no shapes")}
	}
	if err != nil {
		return nil, jsonFault(err, "")
	}
	return a, nil
}

func readShape(in *jsonscan.Scanner, a *annotation, b *builder) error {
	var label, kind string
	var hard bool
	var points outline
	err := in.Object(func(key []byte) (err error) {
		switch k := string(key); {
		case k == "label":
			label, err = scalar(in)
		case k == "shape_type":
			kind, err = scalar(in)
		case k == "difficult":
			hard, err = in.Truth()
		case k == "points" && in.Kind() == '[':
			points = outline{}
			err = in.Array(func(int) error { return readPoint(in, &points) })
		default:
			err = in.Skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	name := bytes.TrimSpace([]byte(label))
	if kind == "circle" && points.n == 2 {
		points = points.circle()
	}
	if points.n < 2 || len(name) == 0 {
		a.noBox++
		return nil
	}
	if len(a.boxes) == maxBoxes {
		return &syntaxError{reason: BrokenTooLarge, line: in.Line(), err: errTooMany}
	}
	a.trimmed = a.trimmed || len(name) != len(label)
	a.boxes = append(a.boxes, points.box(b.shared(name), hard))
	return nil
}

func readPoint(in *jsonscan.Scanner, points *outline) error {
	var xy [2]float64
	n := 0
	err := in.Array(func(i int) (err error) {
		if i >= len(xy) {
			return in.Skip()
		}
		n++
		xy[i], err = coordinate(in)
		return err
	})
	if err == nil && n < len(xy) {
		err = &syntaxError{reason: BrokenNumber, line: in.Line(), err: errNumber}
	}
	points.add(xy[0], xy[1])
	return err
}

// An outline is the box around points.
type outline struct {
	n                      int
	xMin, yMin, xMax, yMax float64
	first, second          [2]float64
}

func (o *outline) add(x, y float64) {
	switch o.n {
	case 0:
		o.xMin, o.yMin, o.xMax, o.yMax = x, y, x, y
		o.first = [2]float64{x, y}
	case 1:
		o.second = [2]float64{x, y}
	}
	o.xMin, o.yMin = min(o.xMin, x), min(o.yMin, y)
	o.xMax, o.yMax = max(o.xMax, x), max(o.yMax, y)
	o.n++
}

// circle returns the outline of a circle given by its centre and a point on it.
func (o *outline) circle() outline {
	x, y := o.first[0], o.first[1]
	r := math.Hypot(o.second[0]-x, o.second[1]-y)
	return outline{n: o.n, xMin: x - r, yMin: y - r, xMax: x + r, yMax: y + r}
}

func (o *outline) box(class string, difficult bool) Box {
	return Box{Class: class, XMin: o.xMin, YMin: o.yMin, XMax: o.xMax, YMax: o.yMax, Difficult: difficult}
}
