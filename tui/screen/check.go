package screen

import (
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// check is the screen of reading the labelled pictures: what was found, the
// worst first.
type check struct {
	*Screen
	findings []finding
	survey   *dataset.Survey // while the pictures are read
}

type finding struct {
	severity dataset.Severity
	word     string // for the severity, which the text begins with
	text     string
	mend     string
}

// maxFindings bounds the list; there are some dozens of kinds at most.
const maxFindings = 200

func (c *check) begin()                  { c.findings, c.survey = nil, nil }
func (c *check) aside(int, int) []string { return nil }

// work lists what was found so far.
func (c *check) work(width, height int) []string {
	if c.survey == nil {
		return nil
	}
	th, t := c.Theme, c.Text
	found := c.survey.View().Findings
	found = found[:min(len(found), height/2)]
	titles, names := make([]string, len(found)), 0
	for i, f := range found {
		titles[i] = t.FindingTitle(wizard.FindingArgs(f))
		names = max(names, widget.Width(titles[i]))
	}
	var lines []string
	for i, f := range found {
		if i == 0 {
			lines = append(lines, th.Strong.Render(t.Browse().SoFar))
		}
		sign, style := th.Severity(f.Severity)
		title := widget.Pad(titles[i], min(names, width-12), th.Signs.More)
		lines = append(lines, "  "+style.Render(sign)+" "+title+"  "+th.Dim.Render(t.Count(int64(len(f.Files)))))
	}
	return lines
}

// facts are a table of their own if nothing was found; else one line above the
// findings.
func (c *check) facts() []string {
	if len(c.findings) > 0 {
		return nil
	}
	return []string{"pictures", "boxes", "class_names", "split", "findings"}
}

func (c *check) summary() string {
	var parts []string
	for _, name := range []string{"pictures", "boxes", "class_names"} {
		if label, value := c.Text.Fact(name, c.status.Evidence.Fact(name)); label != "" {
			parts = append(parts, c.Theme.Dim.Render(label)+" "+value)
		}
	}
	return strings.Join(parts, "   ")
}

// tell keeps the findings: they are shown in a list of their own.
func (c *check) tell(e wizard.Event) {
	if e.Kind == wizard.KindSurvey {
		c.survey = e.Survey
	}
	if e.Kind != wizard.KindNote || e.Code != wizard.NoteFinding || len(c.findings) == maxFindings {
		return
	}
	severity := dataset.Severity(e.Args["severity"])
	c.findings = append(c.findings, finding{
		severity: severity,
		word:     c.Text.Severity(severity),
		text:     c.Text.Finding(e.Args),
		mend:     c.Text.Mend(severity, dataset.Mend(e.Args["mend"])),
	})
	order := []dataset.Severity{dataset.Ruins, dataset.Harms, dataset.Minor}
	slices.SortStableFunc(c.findings, func(a, b finding) int {
		return slices.Index(order, a.severity) - slices.Index(order, b.severity)
	})
}

func (c *check) outcome(width int) []string {
	if len(c.findings) == 0 {
		return nil
	}
	// What to do next stands below.
	return append([]string{c.summary(), ""}, c.details(width, max(7, c.height-10))...)
}

// details lists the findings, as many as there is room for.
func (c *check) details(width, height int) []string {
	var lines []string
	th := c.Theme
	for i, f := range c.findings {
		was := lines
		sign, style := th.Severity(f.severity)
		said := widget.Wrap(f.text, width-2)
		if rest, ok := strings.CutPrefix(said[0], f.word); ok {
			said[0] = style.Render(f.word) + rest
		}
		lines = append(lines, widget.Indent(style.Render(sign)+" ", said)...)
		if f.mend != "" {
			lines = append(lines, "  "+th.Dim.Render(widget.Cut(f.mend, width-2, th.Signs.More)))
		}
		room := height
		if i < len(c.findings)-1 {
			room-- // to say that there are more
		}
		if len(lines) > room && i > 0 {
			more := c.fill(c.Text.Browse().MoreFindings, "count", strconv.Itoa(len(c.findings)-i))
			return append(was[:min(len(was), max(1, height-1))], th.Dim.Render(th.Signs.More+" "+more))
		}
	}
	return lines
}
