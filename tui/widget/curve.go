package widget

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// A Curve is one figure over the epochs: Values[i] belongs to epoch i+1, NaN
// where there is none.
type Curve struct {
	Values []float64
	// Letter stands at the curve's end, so that curves are told apart without
	// colours too.
	Letter rune
	Style  lipgloss.Style
	Dashed bool
}

// A Chart is curves over the same epochs, drawn from the left on one grid. The
// first curves lie on top.
type Chart struct {
	Curves []Curve
	// Length is the number of epochs that the width stands for.
	Length int
	// Best is the index to mark on the first curve, or -1.
	Best int
}

const axisWidth = 6 // "0.250 "

// Draw draws the curves with their axes into width by height cells.
func (c Chart) Draw(t *Theme, width, height int) []string {
	plotWidth, plotHeight := width-axisWidth-1, height-1
	if plotWidth < 4 || plotHeight < 2 {
		return nil
	}
	length := max(c.Length, 1)
	for _, curve := range c.Curves {
		length = max(length, len(curve.Values))
	}
	top := c.top()
	g := grid{theme: t, width: plotWidth, height: plotHeight, dx: 1, dy: 1}
	if t.Signs.Braille {
		g.dx, g.dy = 2, 4
	}
	rows := g.draw(c, max(length, 2), top)
	lines := make([]string, 0, height)
	for y, row := range rows {
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
		label = strings.Repeat(" ", max(0, axisWidth-1-len(label))) + label
		lines = append(lines, t.Dim.Render(label)+" "+t.Line.Render(t.Signs.Wall)+row)
	}
	last := strconv.Itoa(length)
	axis := "1" + strings.Repeat(" ", max(0, plotWidth-1-len(last))) + last
	return append(lines, strings.Repeat(" ", axisWidth+1)+t.Dim.Render(axis))
}

// top is the end of the scale: a round number at or above the highest figure.
func (c Chart) top() float64 {
	highest := 0.0
	for _, curve := range c.Curves {
		for _, v := range curve.Values {
			if known(v) {
				highest = max(highest, v)
			}
		}
	}
	if highest == 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(highest)))
	for _, step := range []float64{1, 1.5, 2, 3, 5, 8, 10} {
		if end := unit * step; end >= highest*0.9999 {
			return end
		}
	}
	return 10 * unit
}

func known(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func tick(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x >= 1000 || x < 0.001:
		return strconv.FormatFloat(x, 'e', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// grid is the dots of all curves: two by four to a cell with braille, one
// without. A cell has the colour of the curve on top.
type grid struct {
	theme         *Theme
	width, height int
	dx, dy        int
	cells         []gridCell
}

type gridCell struct {
	dots   uint8
	letter rune
	curve  int // from 1; 0 is empty
}

func (g *grid) draw(c Chart, length int, top float64) []string {
	g.cells = make([]gridCell, g.width*g.height)
	w, h := g.width*g.dx, g.height*g.dy
	at := func(i int, v float64) (int, int) {
		x := int(math.Round(float64(i) / float64(length-1) * float64(w-1)))
		y := int(math.Round((1 - min(1, max(0, v)/top)) * float64(h-1)))
		return x, y
	}
	for n, curve := range slices.Backward(c.Curves) {
		before := -1
		for i, v := range curve.Values {
			if !known(v) {
				continue
			}
			x, y := at(i, v)
			g.set(x, y, n)
			if before >= 0 {
				fromX, fromY := at(before, curve.Values[before])
				g.line(fromX, fromY, x, y, n, curve.Dashed)
			}
			before = i
		}
	}
	for n, curve := range c.Curves {
		for i := len(curve.Values) - 1; i >= 0 && curve.Letter != 0; i-- {
			if v := curve.Values[i]; known(v) {
				x, y := at(i, v)
				g.name(x/g.dx, y/g.dy, n, curve.Letter)
				break
			}
		}
	}
	if len(c.Curves) > 0 && c.Best >= 0 && c.Best < len(c.Curves[0].Values) && known(c.Curves[0].Values[c.Best]) {
		x, y := at(c.Best, c.Curves[0].Values[c.Best])
		g.cells[y/g.dy*g.width+x/g.dx] = gridCell{letter: '*', curve: 1}
	}
	return g.rows(c)
}

func (g *grid) set(x, y, curve int) {
	if x < 0 || y < 0 || x >= g.width*g.dx || y >= g.height*g.dy {
		return
	}
	dot := uint8(1)
	if g.theme.Signs.Braille {
		dot = brailleDots[y%4][x%2]
	}
	cell := &g.cells[y/g.dy*g.width+x/g.dx]
	cell.dots |= dot
	cell.curve = curve + 1
}

func (g *grid) line(fromX, fromY, x, y, curve int, dashed bool) {
	const dash = 3
	steps := max(abs(x-fromX), abs(y-fromY))
	for s := 1; s < steps; s++ {
		if at := fromX + (x-fromX)*s/steps; !dashed || at/dash%2 == 0 {
			g.set(at, fromY+(y-fromY)*s/steps, curve)
		}
	}
}

// name puts a curve's letter at its end, or beside it where another has that
// cell.
func (g *grid) name(x, y, curve int, letter rune) {
	for _, by := range [][2]int{{0, 0}, {1, 0}, {2, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, 0}, {-2, 0}, {-3, 0}} {
		cx, cy := x+by[0], y+by[1]
		if cx < 0 || cy < 0 || cx >= g.width || cy >= g.height || g.cells[cy*g.width+cx].letter != 0 {
			continue
		}
		g.cells[cy*g.width+cx] = gridCell{letter: letter, curve: curve + 1}
		return
	}
}

// rows writes the cells, runs of one curve in one style.
func (g *grid) rows(c Chart) []string {
	rows := make([]string, g.height)
	for y := range rows {
		var row, run strings.Builder
		of := 0
		flush := func() {
			if run.Len() > 0 {
				if of > 0 {
					row.WriteString(c.Curves[of-1].Style.Render(run.String()))
				} else {
					row.WriteString(run.String())
				}
				run.Reset()
			}
		}
		for _, cell := range g.cells[y*g.width : (y+1)*g.width] {
			if cell.curve != of {
				flush()
				of = cell.curve
			}
			switch {
			case cell.letter != 0:
				run.WriteRune(cell.letter)
			case cell.curve == 0:
				run.WriteByte(' ')
			case g.theme.Signs.Braille:
				run.WriteRune(0x2800 + rune(cell.dots))
			default:
				run.WriteByte('.')
			}
		}
		flush()
		rows[y] = row.String()
	}
	return rows
}

var brailleDots = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
