package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// An annotation is what one VOC file says.
type annotation struct {
	filename      string
	width, height float64 // 0 if missing
	boxes         []Box
	encoding      string
	trimmed       bool // a class name had blanks around it
	noDifficult   bool // an object lacks <difficult>
	noBox         int  // objects without a <bndbox> or without a name
}

// A syntaxError says why and where an annotation is broken.
type syntaxError struct {
	reason string // one of the Broken constants
	line   int
	where  string // in a file with lists: the list and the place in it
	err    error
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("line %d: %s: %v", e.line, e.reason, e.err)
}

func (e *syntaxError) Unwrap() error { return e.err }

// wholly reports whether it is the file as a whole that is at fault, and no
// line of it.
func (e *syntaxError) wholly() bool {
	switch e.reason {
	case BrokenEmpty, BrokenPointer, BrokenTooLarge, BrokenEncoding:
		return true
	}
	return false
}

// pointerStart begins a Git LFS pointer file.
const pointerStart = "version https://git-lfs.github.com/spec/"

// parse reads one annotation. The result keeps no part of data; class names
// are shared through names.
func parse(data []byte, names map[string]string) (*annotation, error) {
	text, enc := decode(data)
	switch {
	case enc == "":
		return nil, &syntaxError{reason: BrokenEncoding, line: 1}
	case len(bytes.TrimSpace(text)) == 0:
		return nil, &syntaxError{reason: BrokenEmpty, line: 1}
	case bytes.HasPrefix(text, []byte(pointerStart)):
		return nil, &syntaxError{reason: BrokenPointer, line: 1}
	}
	a, ok := scan(text, names)
	if !ok {
		var err error
		if a, err = parseXML(text, names); err != nil {
			return nil, err
		}
	}
	a.encoding = enc
	return a, nil
}

// A tag is an element's name, as far as it matters.
type tag uint8

const (
	tagOther tag = iota
	tagAnnotation
	tagFilename
	tagSize
	tagWidth
	tagHeight
	tagObject
	tagName
	tagDifficult
	tagBox
	tagXMin // the corners follow each other
	tagYMin
	tagXMax
	tagYMax
)

func tagOf(name []byte) tag {
	switch string(name) {
	case "annotation":
		return tagAnnotation
	case "filename":
		return tagFilename
	case "size":
		return tagSize
	case "width":
		return tagWidth
	case "height":
		return tagHeight
	case "object":
		return tagObject
	case "name":
		return tagName
	case "difficult":
		return tagDifficult
	case "bndbox":
		return tagBox
	case "xmin":
		return tagXMin
	case "ymin":
		return tagYMin
	case "xmax":
		return tagXMax
	case "ymax":
		return tagYMax
	}
	return tagOther
}

// A builder puts an annotation together from elements and their text; it
// knows what matters in a VOC file and at which place. Both readers of XML
// drive it.
type builder struct {
	names map[string]string
	out   annotation
	obj   object
}

// An object while it is being read.
type object struct {
	name      string
	difficult bool // there is such an element
	hard      bool // and it says yes
	corner    [4]float64
	corners   int // a bit for each corner seen
}

// enter is called for each element below the root with its path.
func (b *builder) enter(path []tag) {
	if len(path) == 1 && path[0] == tagObject {
		b.obj = object{}
	}
}

// leave is called at the end of an element below the root with its path and
// the text after its last child, if it has any. It fails if that cannot be
// right.
func (b *builder) leave(path []tag, text []byte) error {
	if len(path) == 0 {
		return nil
	}
	last := path[len(path)-1]
	var err error
	switch {
	case len(path) == 1 && last == tagFilename:
		b.out.filename = string(bytes.TrimSpace(text))
	case len(path) == 1 && last == tagObject:
		b.finish()
	case len(path) == 2 && path[0] == tagSize && last == tagWidth:
		b.out.width, err = number(text, true)
	case len(path) == 2 && path[0] == tagSize && last == tagHeight:
		b.out.height, err = number(text, true)
	case len(path) == 2 && path[0] == tagObject && last == tagName:
		name := bytes.TrimSpace(text)
		b.out.trimmed = b.out.trimmed || len(name) != len(text)
		b.obj.name = b.shared(name)
	case len(path) == 2 && path[0] == tagObject && last == tagDifficult:
		t := bytes.TrimSpace(text)
		b.obj.difficult = true
		b.obj.hard = string(t) == "1" || bytes.EqualFold(t, []byte("true"))
	case len(path) == 3 && path[0] == tagObject && path[1] == tagBox && last >= tagXMin:
		i := last - tagXMin
		b.obj.corner[i], err = number(text, false)
		b.obj.corners |= 1 << i
	}
	return err
}

// shared returns the name as a string that all boxes of its class share.
func (b *builder) shared(name []byte) string {
	if s, ok := b.names[string(name)]; ok {
		return s
	}
	s := string(name)
	if len(b.names) < maxNames {
		b.names[s] = s
	}
	return s
}

// maxNames bounds what a set with a name for every box can make us keep.
const maxNames = 10_000

func (b *builder) finish() {
	o := &b.obj
	if o.corners != 15 || o.name == "" {
		b.out.noBox++
		return
	}
	b.out.noDifficult = b.out.noDifficult || !o.difficult
	b.out.boxes = append(b.out.boxes, Box{
		Class: o.name,
		XMin:  o.corner[0], YMin: o.corner[1], XMax: o.corner[2], YMax: o.corner[3],
		Difficult: o.hard,
	})
}

var errNumber = errors.New("not a plain number")

// maxCoordinate is beyond every picture that can be opened.
const maxCoordinate = 1e9

// number reads a plain decimal number; blank is allowed where a missing value
// has a remedy.
func number(text []byte, blank bool) (float64, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 && blank {
		return 0, nil
	}
	whole, digits := 0, 0
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9':
			if digits++; digits < 10 {
				whole = 10*whole + int(c-'0')
			}
		case c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, errNumber
		}
	}
	if digits == len(text) && 0 < digits && digits < 10 {
		return float64(whole), nil
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || v < -maxCoordinate || v > maxCoordinate {
		return 0, errNumber
	}
	return v, nil
}
