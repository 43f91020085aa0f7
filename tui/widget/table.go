package widget

import (
	"math"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A Column is one column of a Table.
type Column struct {
	Title string
	Right bool // figures end at one cell
	// Spare says which columns are left out where the width is too small for
	// all: those with the highest number first, those with 0 never.
	Spare int
}

// A Table is rows of cells of which one is pointed at. Cells are counted in
// cells of the terminal, whatever they hold.
type Table struct {
	Columns []Column
	Rows    [][]string
	Marked  int // the row that was chosen before, or -1
	Sorted  int // the column that the rows are sorted by, or -1
	Lesser  int // from this row on they say little and step back; 0 is none
	at      int
}

// At is the row that is pointed at, or -1 if there is none.
func (t *Table) At() int { return min(t.at, len(t.Rows)-1) }

// Point points at a row.
func (t *Table) Point(row int) { t.at = max(0, min(row, len(t.Rows)-1)) }

// Update handles a key that moves among the rows.
func (t *Table) Update(msg tea.KeyMsg) (moved bool) {
	const page = 8
	switch msg.String() {
	case "up", "k":
		t.Point(t.At() - 1)
	case "down", "j":
		t.Point(t.At() + 1)
	case "pgup":
		t.Point(t.At() - page)
	case "pgdown":
		t.Point(t.At() + page)
	case "home":
		t.Point(0)
	case "end":
		t.Point(len(t.Rows) - 1)
	default:
		return false
	}
	return true
}

// lead is how wide the pointer and the mark in front of a row are.
const lead = 4

// widths returns how wide each column is; one that is left out is 0, as is one
// that no row has anything in.
func (t *Table) widths(width int) []int {
	w := make([]int, len(t.Columns))
	total := lead - gap
	for i, c := range t.Columns {
		for _, row := range t.Rows {
			w[i] = max(w[i], Width(row[i]))
		}
		if w[i] > 0 || len(t.Rows) == 0 {
			w[i] = max(w[i], Width(c.Title))
			total += w[i] + gap
		}
	}
	for total > width {
		last := -1
		for i, c := range t.Columns {
			if w[i] > 0 && c.Spare > 0 && (last < 0 || c.Spare >= t.Columns[last].Spare) {
				last = i
			}
		}
		if last < 0 {
			t.shorten(w, total-width)
			break
		}
		total -= w[last] + gap
		w[last] = 0
	}
	return w
}

// shorten takes cells from the widest column of words, as far as it stays
// legible.
func (t *Table) shorten(w []int, by int) {
	const legible = 8
	widest := -1
	for i, c := range t.Columns {
		if !c.Right && (widest < 0 || w[i] > w[widest]) {
			widest = i
		}
	}
	if widest >= 0 {
		w[widest] = max(w[widest]-by, min(legible, w[widest]))
	}
}

const gap = 2

// View draws the table with its heading into at most height lines.
func (t *Table) View(th *Theme, width, height int) []string {
	widths := t.widths(width)
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Title
	}
	head := strings.Repeat(" ", lead) + t.row(th, heads, widths, func(i int, cell string) string {
		if i == t.Sorted {
			return th.Accent.Render(cell)
		}
		return th.Dim.Render(cell)
	})
	lines := make([]string, 0, len(t.Rows))
	for n, row := range t.Rows {
		point, mark := " ", " "
		if n == t.Marked {
			mark = th.Good.Render(th.Signs.Done)
		}
		style := func(_ int, cell string) string { return th.Plain.Render(cell) }
		if t.Lesser > 0 && n >= t.Lesser {
			style = func(_ int, cell string) string { return th.Dim.Render(cell) }
		}
		if n == t.At() {
			point = th.Cursor.Render(th.Signs.Point)
			style = func(_ int, cell string) string { return th.Cursor.Render(cell) }
		}
		lines = append(lines, Cut(point+" "+mark+" "+t.row(th, row, widths, style), width, th.Signs.More))
	}
	return append([]string{Cut(head, width, th.Signs.More)}, Window(th, lines, max(0, t.At()), max(1, height-1))...)
}

// Lines returns the table as plain lines, as wide as it is.
func (t *Table) Lines() []string {
	th := &Theme{}
	plain := func(_ int, cell string) string { return cell }
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Title
	}
	widths := t.widths(math.MaxInt)
	lines := []string{t.row(th, heads, widths, plain)}
	for _, row := range t.Rows {
		lines = append(lines, t.row(th, row, widths, plain))
	}
	return lines
}

func (t *Table) row(th *Theme, cells []string, widths []int, style func(int, string) string) string {
	var parts []string
	for i, cell := range cells {
		if widths[i] == 0 {
			continue
		}
		if short := widths[i] - Width(cell); t.Columns[i].Right && short > 0 {
			cell = strings.Repeat(" ", short) + cell
		}
		parts = append(parts, style(i, Pad(cell, widths[i], th.Signs.More)))
	}
	return strings.TrimRight(strings.Join(parts, strings.Repeat(" ", gap)), " ")
}
