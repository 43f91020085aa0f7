package dataset

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// maxToken bounds what one tag, text or comment of a file that is read as a
// stream may make us keep: an outline with 100,000 points is shorter.
const maxToken = 4 << 20

// A cvatRecord is what a CVAT file says of one picture.
type cvatRecord struct {
	annotation
	subset string
}

// A cvatReader reads CVAT's XML 1.1: one file for all pictures, or for the
// frames of a video. Shapes of any kind become the box around them, but for
// points and skeletons.
type cvatReader struct {
	d      *xml.Decoder
	tokens *tokenReader
	shared *builder

	open    []string
	list    []cvatRecord
	frames  map[string]int // of a video, by name
	current int            // the picture or frame in hand, or -1
	track   string         // the label of the track in hand
	size    [2]float64     // of a video's frames
	boxes   int
	text    []byte
	mark    string // the attribute in hand
}

func readCVAT(r io.Reader, names map[string]string) ([]cvatRecord, error) {
	c := &cvatReader{tokens: &tokenReader{r: r}, shared: &builder{names: names}, current: -1}
	c.d = xml.NewDecoder(c.tokens)
	// The text is UTF-8 by now, whatever it was declared to be.
	c.d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	root := false
	for {
		c.tokens.left = maxToken
		token, err := c.d.RawToken()
		if errors.Is(err, io.EOF) {
			if !root || len(c.open) > 0 {
				return nil, c.fault(BrokenSyntax, io.ErrUnexpectedEOF)
			}
			return c.list, nil
		}
		if err != nil {
			return nil, c.fault(BrokenSyntax, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case len(c.open) == 0 && root:
				return nil, c.fault(BrokenSyntax, errors.New("two roots"))
			case len(c.open) == 0 && t.Name.Local != "annotations":
				return nil, c.fault(BrokenRoot, fmt.Errorf("root %q", t.Name.Local))
			case len(c.open) > maxDepth:
				return nil, c.fault(BrokenTooLarge, errors.New("nested too deep"))
			}
			root = true
			c.open = append(c.open, t.Name.Local)
			err = c.enter(t)
		case xml.EndElement:
			if len(c.open) == 0 || c.open[len(c.open)-1] != t.Name.Local {
				return nil, c.fault(BrokenSyntax, fmt.Errorf("unexpected end of %q", t.Name.Local))
			}
			err = c.leave()
			c.open = c.open[:len(c.open)-1]
		case xml.CharData:
			c.text = append(c.text[:0], t[:min(len(t), maxText)]...)
		}
		if err != nil {
			return nil, c.fault(BrokenNumber, err)
		}
	}
}

func (c *cvatReader) fault(reason string, err error) error {
	if known := (*syntaxError)(nil); errors.As(err, &known) {
		return known
	}
	switch {
	case errors.Is(err, errNotUTF8):
		return err
	case errors.Is(err, errTooMany):
		reason = BrokenTooLarge
	}
	line, _ := c.d.InputPos()
	return &syntaxError{reason: reason, line: line, err: err}
}

// in reports whether the elements that are open, below the root, are these.
func (c *cvatReader) in(names ...string) bool { return slices.Equal(c.open[1:], names) }

func (c *cvatReader) enter(t xml.StartElement) error {
	a := attributes(t.Attr)
	c.text = c.text[:0]
	switch {
	case c.in("image"):
		return c.image(a)
	case c.in("track"):
		c.track = a["label"]
	case len(c.open) == 3 && c.open[1] == "image" && c.current >= 0:
		return c.shape(t.Name.Local, a["label"], a)
	case len(c.open) == 3 && c.open[1] == "track":
		if err := c.frame(a["frame"]); err != nil || a["outside"] == "1" {
			c.current = -1
			return err
		}
		return c.shape(t.Name.Local, c.track, a)
	case len(c.open) == 4 && t.Name.Local == "attribute":
		c.mark = a["name"]
	}
	return nil
}

func (c *cvatReader) leave() error {
	last := c.open[len(c.open)-1]
	switch {
	case len(c.open) == 2:
		c.current = -1
	case len(c.open) == 4 && last == "attribute" && c.current >= 0 && c.open[1] != "meta":
		if boxes := c.list[c.current].boxes; len(boxes) > 0 && strings.EqualFold(c.mark, "difficult") {
			yes := bytes.TrimSpace(c.text)
			boxes[len(boxes)-1].Difficult = string(yes) == "1" || bytes.EqualFold(yes, []byte("true"))
		}
	case len(c.open) > 3 && c.open[1] == "meta" && c.open[len(c.open)-2] == "original_size":
		v, err := number(c.text, true)
		if err != nil {
			return err
		}
		switch last {
		case "width":
			c.size[0] = v
		case "height":
			c.size[1] = v
		}
	}
	c.text = c.text[:0]
	return nil
}

func attributes(list []xml.Attr) map[string]string {
	out := make(map[string]string, len(list))
	for _, a := range list {
		out[a.Name.Local] = a.Value
	}
	return out
}

func (c *cvatReader) image(a map[string]string) error {
	c.current = -1
	if a["name"] == "" {
		return nil
	}
	width, err := number([]byte(a["width"]), true)
	if err != nil {
		return err
	}
	height, err := number([]byte(a["height"]), true)
	if err != nil {
		return err
	}
	c.list = append(c.list, cvatRecord{subset: a["subset"], annotation: annotation{filename: clipText(a["name"]), width: width, height: height}})
	c.current = len(c.list) - 1
	return c.bound()
}

// frame finds the picture of a video's frame, which CVAT writes as
// frame_000000 and so on.
func (c *cvatReader) frame(text string) error {
	n, err := number([]byte(text), false)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("frame_%06d", int64(n))
	i, ok := c.frames[name]
	if !ok {
		if c.frames == nil {
			c.frames = map[string]int{}
		}
		i = len(c.list)
		c.frames[name] = i
		c.list = append(c.list, cvatRecord{annotation: annotation{filename: name, width: c.size[0], height: c.size[1]}})
	}
	c.current = i
	return c.bound()
}

func (c *cvatReader) bound() error {
	if len(c.list) > maxRecords || c.boxes > maxBoxes {
		return errTooMany
	}
	return nil
}

func clipText(s string) string { return strings.Clone(s[:min(len(s), maxText)]) }

// shape adds the box around a shape to the picture in hand.
func (c *cvatReader) shape(kind, label string, a map[string]string) error {
	var o outline
	var err error
	value := func(name string) float64 {
		v, e := number([]byte(a[name]), false)
		if e != nil && err == nil {
			err = fmt.Errorf("%s: %w", name, e)
		}
		return v
	}
	switch kind {
	case "box":
		o = turned(value("xtl"), value("ytl"), value("xbr"), value("ybr"), degrees(a["rotation"]))
	case "polygon", "polyline":
		err = o.pairs(a["points"])
	case "ellipse":
		x, y, rx, ry := value("cx"), value("cy"), value("rx"), value("ry")
		sin, cos := math.Sincos(degrees(a["rotation"]))
		w, h := math.Hypot(rx*cos, ry*sin), math.Hypot(rx*sin, ry*cos)
		o.add(x-w, y-h)
		o.add(x+w, y+h)
	case "mask":
		left, top := value("left"), value("top")
		o.add(left, top)
		o.add(sum(left, value("width")), sum(top, value("height")))
	case "cuboid":
		for _, corner := range []string{"tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2"} {
			o.add(value("x"+corner), value("y"+corner))
		}
	case "points", "skeleton":
	default:
		return nil // a tag is of the whole picture
	}
	if err != nil {
		return err
	}
	p := &c.list[c.current]
	name := bytes.TrimSpace([]byte(label))
	if o.n < 2 || len(name) == 0 || len(name) > maxText {
		p.noBox++
		return nil
	}
	p.trimmed = p.trimmed || len(name) != len(label)
	b := o.box(c.shared.shared(name), false)
	if kind == "box" && degrees(a["rotation"]) == 0 {
		// As it stands there: CVAT itself writes no corners reversed.
		b.XMin, b.YMin, b.XMax, b.YMax = o.first[0], o.first[1], o.second[0], o.second[1]
	}
	p.boxes = append(p.boxes, b)
	c.boxes++
	return c.bound()
}

// pairs adds points written as "x,y;x,y".
func (o *outline) pairs(points string) error {
	for point := range strings.SplitSeq(points, ";") {
		xs, ys, ok := strings.Cut(point, ",")
		if !ok && strings.TrimSpace(point) == "" {
			continue
		}
		x, err := number([]byte(xs), false)
		if err != nil {
			return err
		}
		y, err := number([]byte(ys), false)
		if err != nil {
			return err
		}
		o.add(x, y)
	}
	return nil
}

func degrees(text string) float64 {
	v, err := number([]byte(text), true)
	if err != nil {
		return 0
	}
	return v * math.Pi / 180
}

// turned returns the outline of a box that is turned around its centre.
func turned(x1, y1, x2, y2, angle float64) outline {
	var o outline
	if angle == 0 {
		o.add(x1, y1)
		o.add(x2, y2)
		return o
	}
	sin, cos := math.Sincos(angle)
	x, y, w, h := (x1+x2)/2, (y1+y2)/2, math.Abs(x2-x1)/2, math.Abs(y2-y1)/2
	w, h = w*math.Abs(cos)+h*math.Abs(sin), w*math.Abs(sin)+h*math.Abs(cos)
	o.add(sum(x, -w), sum(y, -h))
	o.add(sum(x, w), sum(y, h))
	return o
}

// A tokenReader refuses to read on once one token has taken too much.
type tokenReader struct {
	r    io.Reader
	left int
}

func (t *tokenReader) Read(p []byte) (int, error) {
	if t.left <= 0 {
		return 0, errTooMany
	}
	n, err := t.r.Read(p)
	t.left -= n
	return n, err
}
