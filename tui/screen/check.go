package screen

import (
	"slices"

	"gpuwizard/core/dataset"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// check is the screen of reading the labelled pictures: what was found, the
// worst first.
type check struct {
	*Screen
	findings []finding
}

type finding struct {
	severity dataset.Severity
	text     string
	mend     string
}

// maxFindings bounds the list; there are some dozens of kinds at most.
const maxFindings = 200

func (c *check) begin()                 { c.findings = nil }
func (c *check) aside(int) []string     { return nil }
func (c *check) work(int, int) []string { return nil }
func (c *check) facts() []string {
	return []string{"pictures", "boxes", "class_names", "split", "findings"}
}

// tell takes a finding out of the notes: it is shown in a list of its own.
func (c *check) tell(e wizard.Event) {
	if e.Kind != wizard.KindNote || e.Code != wizard.NoteFinding || len(c.findings) == maxFindings {
		return
	}
	c.notes = c.notes[:len(c.notes)-1]
	c.findings = append(c.findings, finding{
		severity: dataset.Severity(e.Args["severity"]),
		text:     c.Text.Finding(e.Args),
		mend:     c.Text.Mend(dataset.Mend(e.Args["mend"])),
	})
	order := []dataset.Severity{dataset.Ruins, dataset.Harms, dataset.Minor}
	slices.SortStableFunc(c.findings, func(a, b finding) int {
		return slices.Index(order, a.severity) - slices.Index(order, b.severity)
	})
}

func (c *check) outcome(width int) []string {
	var lines []string
	th := c.Theme
	for _, f := range c.findings {
		sign, style := th.Signs.Dot, th.Dim
		switch f.severity {
		case dataset.Ruins:
			sign, style = th.Signs.Failed, th.Bad
		case dataset.Harms:
			sign, style = "!", th.Warn
		}
		lines = append(lines, widget.Indent(style.Render(sign)+" ", widget.Wrap(f.text, width-2))...)
		if f.mend != "" {
			lines = append(lines, "  "+th.Dim.Render(widget.Cut(f.mend, width-2, th.Signs.More)))
		}
	}
	const most = 9 // leave room for the evidence and what to do next
	if limit := max(most, c.Height-14); len(lines) > limit {
		lines = append(lines[:limit-1], th.Dim.Render(th.Signs.More))
	}
	return lines
}
