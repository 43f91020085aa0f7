package wizard

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
)

// handTolerance is how many pixels an edge may lie elsewhere: scripts differ in
// whether VOC counts pixels from 0 or from 1, and in how they round.
const handTolerance = 1.5

// maxHandTold bounds the labels whose faults are told one by one.
const maxHandTold = 5

// A comparison of labels. It tells the first faults one by one and counts the
// rest.
type comparison struct {
	*work
	tolerance  float64
	unlabelled []string
	told, more int
}

func (c *comparison) fault(code NoteCode, details ...string) {
	if c.told >= maxHandTold {
		c.more++
		return
	}
	c.told++
	c.differs(code, details...)
}

func (c *comparison) tell() {
	for i := range c.unlabelled {
		c.unlabelled[i] += ".txt"
	}
	c.differFiles(NoteHandNoLabel, c.unlabelled)
	if c.more > 0 {
		c.differs(NoteHandMore, "count", strconv.Itoa(c.more))
	}
}

// A row of a label file: class, centre and size as shares of the picture.
type row struct {
	class          int
	cx, cy, bw, bh float64
	line           int
}

func (r row) String() string {
	return fmt.Sprintf("%d %.4f %.4f %.4f %.4f", r.class, r.cx, r.cy, r.bw, r.bh)
}

// labels compares the rows of one picture and returns them as they are to be
// taken over: the person's, written plainly.
func (c *comparison) labels(p pair, want, text string) string {
	name := "labels/" + p.stem + ".txt"
	mine, _, _ := parseRows(want)
	theirs, broken, line := parseRows(text)
	if broken != "" {
		c.fault(NoteHandRow, "path", name, "line", strconv.Itoa(line), "got", clean.Line(broken))
		return ""
	}
	for _, r := range theirs {
		if max(r.cx, r.cy, r.bw, r.bh) > 2 {
			c.fault(NoteHandScale, "path", name, "line", strconv.Itoa(r.line), "got", r.String())
			return ""
		}
	}
	if len(theirs) != len(mine) {
		c.fault(NoteHandRowCount, "path", name, "got", strconv.Itoa(len(theirs)), "want", strconv.Itoa(len(mine)))
		return ""
	}
	width, height := float64(p.item.Width), float64(p.item.Height)
	used := make([]bool, len(theirs))
	var out strings.Builder
	for _, m := range mine {
		at, off := -1, math.Inf(1)
		for i, t := range theirs {
			if d := m.distance(t, width, height); !used[i] && (d < off || d == off && t.class == m.class) {
				at, off = i, d
			}
		}
		t := theirs[at]
		used[at] = true
		switch {
		case off > c.tolerance && m.distance(t.fromCorners(), width, height) <= c.tolerance:
			c.fault(NoteHandCorners, "path", name, "line", strconv.Itoa(t.line), "got", t.String(), "want", m.String())
			return ""
		case off > c.tolerance:
			c.fault(NoteHandBox, "path", name, "line", strconv.Itoa(t.line), "got", t.String(), "want", m.String())
			return ""
		case t.class != m.class:
			c.fault(NoteHandClass, "path", name, "line", strconv.Itoa(t.line), "got", strconv.Itoa(t.class), "want", strconv.Itoa(m.class))
			return ""
		}
	}
	for _, t := range theirs {
		fmt.Fprintf(&out, "%d %.6f %.6f %.6f %.6f\n", t.class, t.cx, t.cy, t.bw, t.bh)
	}
	return out.String()
}

// distance is how far the edges of two boxes lie apart at most, in pixels.
func (r row) distance(o row, width, height float64) float64 {
	return max(
		math.Abs((r.cx-r.bw/2)-(o.cx-o.bw/2))*width, math.Abs((r.cx+r.bw/2)-(o.cx+o.bw/2))*width,
		math.Abs((r.cy-r.bh/2)-(o.cy-o.bh/2))*height, math.Abs((r.cy+r.bh/2)-(o.cy+o.bh/2))*height,
	)
}

// fromCorners takes the four numbers for the corners of the box.
func (r row) fromCorners() row {
	return row{class: r.class, cx: (r.cx + r.bw) / 2, cy: (r.cy + r.bh) / 2, bw: r.bw - r.cx, bh: r.bh - r.cy}
}

// parseRows reads a label file; broken is the first line that is no row.
func parseRows(text string) (rows []row, broken string, line int) {
	for s := range strings.Lines(text) {
		line++
		fields := strings.Fields(s)
		if len(fields) == 0 {
			continue
		}
		var v [5]float64
		ok := len(fields) == 5
		for i := 0; ok && i < 5; i++ {
			x, err := strconv.ParseFloat(fields[i], 64)
			ok = err == nil && !math.IsInf(x, 0) && x >= 0
			v[i] = x
		}
		if !ok || v[0] != math.Trunc(v[0]) || v[0] > 1e6 {
			return nil, strings.TrimSpace(s), line
		}
		rows = append(rows, row{int(v[0]), v[1], v[2], v[3], v[4], line})
	}
	return rows, "", 0
}
