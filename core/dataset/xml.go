package dataset

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// parseXML reads UTF-8 text with encoding/xml: all that scan does not take,
// and everything that is broken.
func parseXML(text []byte, names map[string]string) (*annotation, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	// The text is UTF-8 by now, whatever it was declared to be.
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	b := &builder{names: names}
	var path []tag
	var open []string
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
			path = append(path, tagOf([]byte(t.Name.Local)))
			open = append(open, t.Name.Local)
			content = content[:0]
			b.enter(path[1:])
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != t.Name.Local {
				return fail(BrokenSyntax, fmt.Errorf("unexpected end of %q", t.Name.Local))
			}
			if err := b.leave(path[1:], content); err != nil {
				return fail(BrokenNumber, err)
			}
			path, open = path[:len(path)-1], open[:len(open)-1]
			content = content[:0]
		case xml.CharData:
			if len(path) > 0 {
				content = append(content, t...)
			} else if rest := bytes.TrimLeft(t, blanks); len(rest) > 0 {
				line := start + bytes.Count(t[:len(t)-len(rest)], []byte("\n"))
				return nil, &syntaxError{reason: BrokenSyntax, line: line, err: errors.New("text outside of the root")}
			}
		}
	}
}
