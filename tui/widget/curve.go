package widget

import (
	"math"
	"strconv"
	"strings"
)

// A Curve is figures over epochs, drawn from the left: At[i] belongs to epoch
// i+1, NaN where there is none.
type Curve struct {
	Values []float64
	// Length is the number of epochs that the width stands for.
	Length int
	// Best is the index to mark, or -1.
	Best int
}

const axisWidth = 6 // "0.250 "

// Draw draws the curve with its labels into width by height cells.
func (c Curve) Draw(t *Theme, width, height int) []string {
	plotWidth, plotHeight := width-axisWidth-1, height-1
	if plotWidth < 4 || plotHeight < 2 {
		return nil
	}
	top := c.top()
	grid := c.plot(t, plotWidth, plotHeight, top)
	lines := make([]string, 0, height)
	for y, row := range grid {
		label := ""
		switch y {
		case 0:
			label = tick(top)
		case plotHeight - 1:
			label = tick(0)
		case plotHeight / 2:
			if plotHeight%2 == 1 && plotHeight > 3 {
				label = tick(top / 2)
			}
		}
		label = strings.Repeat(" ", axisWidth-1-len(label)) + label
		lines = append(lines, t.Dim.Render(label)+" "+t.Line.Render(t.Signs.Wall)+t.Accent.Render(row))
	}
	last := strconv.Itoa(max(c.Length, len(c.Values), 1))
	axis := "1" + strings.Repeat(" ", max(0, plotWidth-1-len(last))) + last
	return append(lines, strings.Repeat(" ", axisWidth+1)+t.Dim.Render(axis))
}

// top is the end of the scale: a round number at or above the highest figure.
func (c Curve) top() float64 {
	highest := 0.0
	for _, v := range c.Values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			highest = max(highest, v)
		}
	}
	if highest == 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(highest)))
	for _, step := range []float64{1, 2, 2.5, 5, 10} {
		if end := unit * step; end >= highest*0.9999 {
			return end
		}
	}
	return 10 * unit
}

func tick(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x >= 1000 || x < 0.001:
		return strconv.FormatFloat(x, 'e', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// plot sets the dots: two by four to a cell with braille, one without.
func (c Curve) plot(t *Theme, width, height int, top float64) []string {
	dx, dy := 1, 1
	if t.Signs.Braille {
		dx, dy = 2, 4
	}
	w, h := width*dx, height*dy
	cells := make([]uint8, width*height)
	set := func(x, y int) {
		if x < 0 || y < 0 || x >= w || y >= h {
			return
		}
		bit := uint8(1)
		if t.Signs.Braille {
			bit = brailleBit[y%4][x%2]
		}
		cells[y/dy*width+x/dx] |= bit
	}
	length := max(c.Length, len(c.Values), 2)
	at := func(i int) (int, int) {
		x := int(math.Round(float64(i) / float64(length-1) * float64(w-1)))
		y := int(math.Round((1 - max(0, c.Values[i])/top) * float64(h-1)))
		return x, y
	}
	before := -1
	for i, v := range c.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		x, y := at(i)
		set(x, y)
		if before >= 0 {
			fromX, fromY := at(before)
			steps := max(abs(x-fromX), abs(y-fromY))
			for s := 1; s < steps; s++ {
				set(fromX+(x-fromX)*s/steps, fromY+(y-fromY)*s/steps)
			}
		}
		before = i
	}
	best := -1
	if c.Best >= 0 && c.Best < len(c.Values) && !math.IsNaN(c.Values[c.Best]) {
		x, y := at(c.Best)
		best = y/dy*width + x/dx
	}
	rows := make([]string, height)
	for y := range rows {
		var b strings.Builder
		for x := range width {
			i := y*width + x
			switch {
			case i == best:
				b.WriteString("*")
			case cells[i] == 0:
				b.WriteByte(' ')
			case t.Signs.Braille:
				b.WriteRune(0x2800 + rune(cells[i]))
			default:
				b.WriteByte('.')
			}
		}
		rows[y] = b.String()
	}
	return rows
}

var brailleBit = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
