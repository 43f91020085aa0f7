package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"gpuwizard/core/dataset/internal/jsonscan"
)

// Bounds on what one file may make us keep, several times that of the largest
// public sets.
const (
	maxRecords = 1_000_000 // pictures
	maxBoxes   = 5_000_000
	maxText    = 1 << 12 // bytes of a name
)

// A cocoReader reads a COCO file: lists of images, annotations and categories
// in any order, each of which may be far larger than all that is kept of it.
type cocoReader struct {
	in     *jsonscan.Scanner
	shared *builder // of class names

	pictures   map[string]int32 // by id, also of those that were only referred to
	list       []cocoPicture
	categories map[string]int32
	classes    []cocoClass
	boxes      []cocoBox
	dangling   int // boxes of pictures that are not listed
}

type cocoPicture struct {
	annotation
	listed bool
}

type cocoClass struct {
	name    string
	trimmed bool
}

type cocoBox struct {
	picture, class int32
	crowd, lacking bool
	x, y, w, h     float64
}

// readCOCO returns what a COCO file says of each picture, in its order, and
// how many of its boxes belong to none.
//
// A box that stands for a crowd is marked difficult: what the one or the other
// is good for in a training is the same question.
func readCOCO(r io.Reader, in *jsonscan.Scanner, names map[string]string) ([]annotation, int, error) {
	in.Reset(r)
	c := &cocoReader{in: in, shared: &builder{names: names}, pictures: map[string]int32{}, categories: map[string]int32{}}
	if kind := in.Kind(); kind != '{' && kind != 0 {
		return nil, 0, &syntaxError{reason: BrokenRoot, line: in.Line(), err: errors.New("no object")}
	}
	images := false
	err := in.Object(func(key []byte) error {
		switch k := string(key); {
		case k == "images" && in.Kind() == '[':
			images = true
			return c.each(k, c.image)
		case k == "annotations" && in.Kind() == '[':
			return c.each(k, c.box)
		case k == "categories" && in.Kind() == '[':
			return c.each(k, c.category)
		}
		return in.Skip()
	})
	if err == nil {
		err = in.End()
	}
	if err == nil && !images {
		err = &syntaxError{reason: BrokenRoot, line: in.Line(), err: errors.New("no images")}
	}
	if err != nil {
		return nil, 0, jsonFault(err, "")
	}
	out := c.assemble()
	return out, c.dangling, nil
}

// each reads a list and says of an error where in it it lies.
func (c *cocoReader) each(list string, read func() error) error {
	return c.in.Array(func(i int) error {
		if c.in.Kind() != '{' {
			return c.in.Skip()
		}
		if err := read(); err != nil {
			return jsonFault(err, fmt.Sprintf("%s[%d]", list, i))
		}
		return nil
	})
}

// jsonFault puts an error of a scanner into the terms of an annotation.
func jsonFault(err error, where string) error {
	if known := (*syntaxError)(nil); errors.As(err, &known) {
		if known.where == "" {
			known.where = where
		}
		return known
	}
	if errors.Is(err, errNotUTF8) {
		return err
	}
	out := &syntaxError{reason: BrokenSyntax, line: 1, where: where, err: err}
	if at := (*jsonscan.Error)(nil); errors.As(err, &at) {
		out.line = at.Line
	}
	switch {
	case errors.Is(err, jsonscan.ErrKind):
		out.reason = BrokenNumber
	case errors.Is(err, jsonscan.ErrTooLong), errors.Is(err, jsonscan.ErrTooDeep):
		out.reason = BrokenTooLarge
	}
	return out
}

func (c *cocoReader) fault(reason string, err error) error {
	return &syntaxError{reason: reason, line: c.in.Line(), err: err}
}

var errTooMany = errors.New("more than any real set has")

func (c *cocoReader) image() error {
	var id, name string
	var width, height float64
	err := c.in.Object(func(key []byte) (err error) {
		switch string(key) {
		case "id":
			id, err = scalar(c.in)
		case "file_name":
			name, err = scalar(c.in)
		case "width":
			width, err = size(c.in)
		case "height":
			height, err = size(c.in)
		default:
			err = c.in.Skip()
		}
		return err
	})
	if err != nil || name == "" {
		return err
	}
	p, err := c.picture(id)
	if err != nil {
		return err
	}
	if p.listed {
		return c.fault(BrokenNumber, fmt.Errorf("two images have the id %q", id))
	}
	p.listed = true
	p.filename, p.width, p.height = name, width, height
	return nil
}

func (c *cocoReader) picture(id string) (*cocoPicture, error) {
	i, ok := c.pictures[id]
	if !ok {
		if len(c.list) == maxRecords {
			return nil, c.fault(BrokenTooLarge, errTooMany)
		}
		i = int32(len(c.list))
		c.pictures[id] = i
		c.list = append(c.list, cocoPicture{})
	}
	return &c.list[i], nil
}

func (c *cocoReader) class(id string) (int32, error) {
	i, ok := c.categories[id]
	if !ok {
		if len(c.classes) == maxRecords {
			return 0, c.fault(BrokenTooLarge, errTooMany)
		}
		i = int32(len(c.classes))
		c.categories[id] = i
		c.classes = append(c.classes, cocoClass{})
	}
	return i, nil
}

func (c *cocoReader) category() error {
	var id, name string
	err := c.in.Object(func(key []byte) (err error) {
		switch string(key) {
		case "id":
			id, err = scalar(c.in)
		case "name":
			name, err = scalar(c.in)
		default:
			err = c.in.Skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	i, err := c.class(id)
	if err != nil {
		return err
	}
	plain := bytes.TrimSpace([]byte(name))
	c.classes[i] = cocoClass{name: c.shared.shared(plain), trimmed: len(plain) != len(name)}
	return nil
}

func (c *cocoReader) box() error {
	var picture, class string
	var corner [4]float64
	n := 0
	b := cocoBox{}
	err := c.in.Object(func(key []byte) (err error) {
		switch k := string(key); {
		case k == "image_id":
			picture, err = scalar(c.in)
		case k == "category_id":
			class, err = scalar(c.in)
		case k == "iscrowd":
			b.crowd, err = c.in.Truth()
		case k == "bbox" && c.in.Kind() == '[':
			n = 0
			err = c.in.Array(func(i int) (err error) {
				if i >= len(corner) {
					return c.in.Skip()
				}
				n++
				corner[i], err = coordinate(c.in)
				return err
			})
		default:
			err = c.in.Skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := c.picture(picture); err != nil {
		return err
	}
	if b.class, err = c.class(class); err != nil {
		return err
	}
	if len(c.boxes) == maxBoxes {
		return c.fault(BrokenTooLarge, errTooMany)
	}
	b.picture = c.pictures[picture]
	b.lacking = n < len(corner)
	b.x, b.y, b.w, b.h = corner[0], corner[1], corner[2], corner[3]
	c.boxes = append(c.boxes, b)
	return nil
}

// assemble brings boxes to their pictures.
func (c *cocoReader) assemble() []annotation {
	count := make([]int, len(c.list))
	for i := range c.boxes {
		count[c.boxes[i].picture]++
	}
	all := make([]Box, 0, len(c.boxes))
	for i := range c.list {
		end := len(all) + count[i]
		c.list[i].boxes = all[len(all):len(all):end]
		all = all[:end]
	}
	for _, b := range c.boxes {
		p, class := &c.list[b.picture], c.classes[b.class]
		switch {
		case !p.listed:
			c.dangling++
		case b.lacking || class.name == "":
			p.noBox++
		default:
			p.trimmed = p.trimmed || class.trimmed
			p.boxes = append(p.boxes, Box{
				Class: class.name, Difficult: b.crowd,
				XMin: b.x, YMin: b.y, XMax: sum(b.x, b.w), YMax: sum(b.y, b.h),
			})
		}
	}
	out := make([]annotation, 0, len(c.list))
	for i := range c.list {
		if c.list[i].listed {
			out = append(out, c.list[i].annotation)
		}
	}
	return out
}

// sum adds without the dust of binary fractions: 0.1 and 0.2 is 0.3.
func sum(a, b float64) float64 {
	return math.Round((a+b)*1e6) / 1e6
}

func scalar(in *jsonscan.Scanner) (string, error) {
	switch in.Kind() {
	case '"', '0':
		text, err := in.Scalar(maxText)
		return string(text), err
	}
	return "", in.Skip()
}

// size reads a width or height; what is no number has a remedy.
func size(in *jsonscan.Scanner) (float64, error) {
	switch in.Kind() {
	case '"', '0':
		v, err := in.Float()
		if err == nil && !(v >= 0 && v <= maxCoordinate) {
			v = 0
		}
		return v, err
	}
	return 0, in.Skip()
}

func coordinate(in *jsonscan.Scanner) (float64, error) {
	v, err := in.Float()
	if err == nil && !(v >= -maxCoordinate && v <= maxCoordinate) {
		err = &syntaxError{reason: BrokenNumber, line: in.Line(), err: errNumber}
	}
	return v, err
}
