package dataset

import (
	"bytes"
	"errors"
	"math"
	"strconv"
)

// maxClass is beyond every number of classes that has been trained.
const maxClass = 100_000

// A share is a box as YOLO writes it: in parts of the picture's sides.
type share struct {
	class                  int
	xMin, yMin, xMax, yMax float64
	dust                   float64 // what rounding may have moved an edge by
}

// parseYOLO reads one label file. A row is a class's number with the centre
// and size of a box, and perhaps how sure a model was of it; or with the
// points of an outline, which becomes the box around them (YOLOv5 v7.0,
// utils/dataloaders.py, verify_image_label, takes rows of more than six values
// as such).
func parseYOLO(data []byte) ([]share, string, error) {
	text, enc := decode(data)
	switch {
	case enc == "":
		return nil, "", &syntaxError{reason: BrokenEncoding, line: 1}
	case bytes.HasPrefix(text, []byte(pointerStart)):
		return nil, "", &syntaxError{reason: BrokenPointer, line: 1}
	}
	var out []share
	line := 0
	for row := range bytes.Lines(text) {
		line++
		if len(bytes.TrimSpace(row)) == 0 {
			continue
		}
		s, err := parseRow(row)
		if err != nil {
			err.line = line
			return nil, "", err
		}
		out = append(out, s)
	}
	return out, enc, nil
}

var errColumns = errors.New("neither a box nor an outline")

func parseRow(row []byte) (share, *syntaxError) {
	var s share
	fields := bytes.Fields(row)
	if n := len(fields); n != 5 && n != 6 && (n < 7 || n%2 == 0) {
		return s, &syntaxError{reason: BrokenSyntax, err: errColumns}
	}
	class, err := number(fields[0], false)
	if err != nil || class < 0 || class >= maxClass || class != math.Trunc(class) {
		return s, &syntaxError{reason: BrokenNumber, err: errNumber}
	}
	s.class = int(class)
	if len(fields) == 6 {
		fields = fields[:5]
	}
	values := make([]float64, 0, 8)
	digits := 0
	for _, f := range fields[1:] {
		v, err := number(f, false)
		if err != nil {
			return s, &syntaxError{reason: BrokenNumber, err: errNumber}
		}
		if v < -1 || v > 2 {
			// Pixels, or another space than that of the picture.
			return s, &syntaxError{reason: BrokenScale, err: strconv.ErrRange}
		}
		if point := bytes.IndexByte(f, '.'); point >= 0 {
			digits = max(digits, len(f)-point-1)
		}
		values = append(values, v)
	}
	// An edge is a centre and half of a size, each rounded.
	s.dust = min(math.Pow10(-digits), 1e-3)
	if len(values) == 4 {
		x, y, w, h := values[0], values[1], values[2], values[3]
		s.xMin, s.yMin, s.xMax, s.yMax = x-w/2, y-h/2, x+w/2, y+h/2
		return s, nil
	}
	var o outline
	for i := 0; i < len(values); i += 2 {
		o.add(values[i], values[i+1])
	}
	s.xMin, s.yMin, s.xMax, s.yMax = o.xMin, o.yMin, o.xMax, o.yMax
	return s, nil
}

// maxDust is the most, in pixels, by which a box is moved to where it was
// before it was rounded.
const maxDust = 0.01

// box returns the box in a picture of this size. Most boxes were whole pixels
// before they were divided and rounded, and are so again.
func (s *share) box(class string, width, height int) Box {
	return Box{
		Class: class,
		XMin:  whole(s.xMin*float64(width), s.dust*float64(width)), XMax: whole(s.xMax*float64(width), s.dust*float64(width)),
		YMin: whole(s.yMin*float64(height), s.dust*float64(height)), YMax: whole(s.yMax*float64(height), s.dust*float64(height)),
	}
}

func whole(v, dust float64) float64 {
	if near := math.Round(v); math.Abs(v-near) <= min(dust, maxDust) {
		return near
	}
	return v
}
