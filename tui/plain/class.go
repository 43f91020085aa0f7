package plain

import (
	"strconv"
	"strings"

	"gpuwizard/core/lesson/class"
	"gpuwizard/tui/widget"
)

// Class writes the table of a class.
func (c *Console) Class(rows []class.Row) {
	if c.o.JSON {
		for _, r := range rows {
			c.object(r)
		}
		return
	}
	table := c.o.Text.ClassTable(rows)
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			widths[i] = max(widths[i], min(widget.Width(cell), 28))
		}
	}
	finished, marked := 0, 0
	for _, r := range rows {
		if r.Finished || r.Now == "" {
			finished++
		}
		if len(r.Marks) > 0 {
			marked++
		}
	}
	for _, row := range table {
		var b strings.Builder
		for i, cell := range row {
			if i == len(row)-1 {
				b.WriteString(cell)
				break
			}
			b.WriteString(widget.Pad(cell, widths[i], "…") + "  ")
		}
		c.verbatim(strings.TrimRight(b.String(), " "))
	}
	words := c.o.Text.Class()
	c.line("")
	c.line(c.fill(words.Summary, "count", strconv.Itoa(len(rows)), "finished", strconv.Itoa(finished), "marked", strconv.Itoa(marked)))
	c.line(words.Shows)
	c.line(words.ShowsNot)
}
