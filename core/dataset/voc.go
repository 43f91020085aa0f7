package dataset

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
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
	err    error
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("line %d: %s: %v", e.line, e.reason, e.err)
}

func (e *syntaxError) Unwrap() error { return e.err }

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
	a, err := parseXML(text, names)
	if err != nil {
		return nil, err
	}
	a.encoding = enc
	return a, nil
}

// An object while it is being read.
type object struct {
	name                         string
	nameSeen, boxSeen, difficult bool
	hard                         bool
	corner                       [4]float64 // xmin, ymin, xmax, ymax
	corners                      int        // a bit for each corner seen
}

// A builder puts an annotation together from elements and their text; it
// knows what matters in a VOC file and at which place.
type builder struct {
	names map[string]string
	out   annotation
	obj   object
}

// enter is called for each element below the root with its path.
func (b *builder) enter(path []string) {
	if len(path) == 1 && path[0] == "object" {
		b.obj = object{}
	}
	if len(path) == 2 && path[0] == "object" && path[1] == "bndbox" {
		b.obj.boxSeen = true
	}
}

// leave is called at the end of an element below the root with its path and,
// if it holds no other elements, its text. It returns a reason if that cannot
// be right.
func (b *builder) leave(path []string, text string) error {
	var err error
	switch {
	case len(path) == 1 && path[0] == "filename":
		b.out.filename = strings.TrimSpace(text)
	case len(path) == 1 && path[0] == "object":
		b.finish()
	case len(path) == 2 && path[0] == "size":
		switch path[1] {
		case "width":
			b.out.width, err = number(text, true)
		case "height":
			b.out.height, err = number(text, true)
		}
	case len(path) == 2 && path[0] == "object":
		switch path[1] {
		case "name":
			name := strings.TrimSpace(text)
			b.out.trimmed = b.out.trimmed || name != text
			b.obj.name, b.obj.nameSeen = name, true
		case "difficult":
			b.obj.difficult = true
			t := strings.TrimSpace(text)
			b.obj.hard = t == "1" || strings.EqualFold(t, "true")
		}
	case len(path) == 3 && path[0] == "object" && path[1] == "bndbox":
		for i, corner := range [...]string{"xmin", "ymin", "xmax", "ymax"} {
			if path[2] == corner {
				b.obj.corner[i], err = number(text, false)
				b.obj.corners |= 1 << i
			}
		}
	}
	return err
}

func (b *builder) finish() {
	o := &b.obj
	if !o.boxSeen || o.corners != 15 || o.name == "" {
		b.out.noBox++
		return
	}
	b.out.noDifficult = b.out.noDifficult || !o.difficult
	name, ok := b.names[o.name]
	if !ok {
		name = strings.Clone(o.name)
		b.names[name] = name
	}
	b.out.boxes = append(b.out.boxes, Box{
		Class: name,
		XMin:  o.corner[0], YMin: o.corner[1], XMax: o.corner[2], YMax: o.corner[3],
		Difficult: o.hard,
	})
}

var errNumber = errors.New("not a plain number")

// number reads a plain decimal number; blank is allowed where a missing value
// has a remedy.
func number(text string, blank bool) (float64, error) {
	text = strings.TrimSpace(text)
	if text == "" && blank {
		return 0, nil
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, errNumber
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < -maxCoordinate || v > maxCoordinate {
		return 0, errNumber
	}
	return v, nil
}

// maxCoordinate is beyond every picture that can be opened.
const maxCoordinate = 1e9

// parseXML reads text with encoding/xml.
func parseXML(text []byte, names map[string]string) (*annotation, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	// The text is UTF-8 by now, whatever it was declared to be.
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	b := &builder{names: names}
	var path []string
	var content []byte
	root := false
	fail := func(reason string, err error) (*annotation, error) {
		line, _ := d.InputPos()
		return nil, &syntaxError{reason: reason, line: line, err: err}
	}
	for {
		start, _ := d.InputPos()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if !root || len(path) > 0 {
				return fail(BrokenSyntax, io.ErrUnexpectedEOF)
			}
			return &b.out, nil
		}
		if err != nil {
			return fail(BrokenSyntax, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case len(path) == 0 && root:
				return fail(BrokenSyntax, errors.New("two roots"))
			case len(path) == 0 && t.Name.Local != "annotation":
				return fail(BrokenRoot, fmt.Errorf("root %q", t.Name.Local))
			case len(path) > maxDepth:
				return fail(BrokenSyntax, errors.New("nested too deep"))
			}
			root = true
			path = append(path, t.Name.Local)
			content = content[:0]
			b.enter(path[1:])
		case xml.EndElement:
			if len(path) == 0 || path[len(path)-1] != t.Name.Local {
				return fail(BrokenSyntax, fmt.Errorf("unexpected end of %q", t.Name.Local))
			}
			if err := b.leave(path[1:], string(content)); err != nil {
				return fail(BrokenNumber, err)
			}
			path = path[:len(path)-1]
			content = content[:0]
		case xml.CharData:
			if len(path) > 0 {
				content = append(content, t...)
			} else if rest := bytes.TrimLeft(t, " \t\r\n"); len(rest) > 0 {
				line := start + bytes.Count(t[:len(t)-len(rest)], []byte("\n"))
				return nil, &syntaxError{reason: BrokenSyntax, line: line, err: errors.New("text outside of the root")}
			}
		}
	}
}
