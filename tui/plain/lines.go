package plain

import (
	"regexp"
	"strings"

	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// line writes a line of prose; on a terminal it is broken at its edge.
func (c *Console) line(s string) { c.write(strings.Join(c.broken(s), "\n") + "\n") }

// Line writes a line of prose as the console's own are written.
func (c *Console) Line(s string) { c.line(s) }

// Words are what the console speaks with, for lines that come from elsewhere.
func (c *Console) Words() *text.Text { return c.o.Text }

// prompt writes a line that an answer follows.
func (c *Console) prompt(s string) {
	words := strings.TrimRight(s, " ")
	c.write(strings.Join(c.broken(words), "\n") + s[len(words):])
}

// verbatim writes a line that must stay one: a command or a file's content that
// may be copied, a line of a log or of a table.
func (c *Console) verbatim(s string) { c.write(s + "\n") }

// narrow is the width below which lines are left to the terminal.
const narrow = 20

// lead is what stands before a sentence: blanks, a sign, a number to choose.
var lead = regexp.MustCompile(`^ *(?:(?:[?!✗→-]|[0-9]+\)|\[.\](?: [0-9]+\.)?) )?`)

// broken breaks a text at the edge of the terminal, with the lines that follow
// indented as the first: between words, and never within what may be copied.
func (c *Console) broken(s string) []string {
	width := 0
	if c.o.Width != nil {
		width = c.o.Width() - 1 // terminals differ in what they do at the edge
	}
	var lines []string
	for one := range strings.SplitSeq(s, "\n") {
		before := lead.FindString(one)
		if room := width - widget.Width(before); room >= narrow {
			lines = append(lines, widget.Indent(before, widget.WrapWhole(one[len(before):], room))...)
		} else {
			lines = append(lines, one)
		}
	}
	return lines
}

// write writes text without the marks of what may be copied.
func (c *Console) write(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.o.Out.Write([]byte(widget.Unmarked(s))); err != nil && c.failed == nil {
		c.failed = err
	}
}
