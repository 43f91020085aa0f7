package widget

import (
	"strconv"
	"strings"

	"gpuwizard/core/journey"
)

// A Stop is one step of the bar.
type Stop struct {
	Name  string
	State journey.State
	Here  bool // the step whose screen is shown
}

// StepBar draws the steps in one line: a sign for each state, the number of
// one that is to be done, and a chip or brackets around the step that is shown,
// so that it reads without colours. The way is drawn in the colour of what is
// done as far as it is.
func StepBar(t *Theme, stops []Stop, width int) string {
	parts := make([]string, len(stops))
	total := 0
	for i, s := range stops {
		sign, style := t.State(s.State)
		if s.State == journey.Todo {
			sign = strconv.Itoa(i + 1)
		}
		name := t.Plain.Render(s.Name)
		if s.State == journey.Todo {
			name = t.Dim.Render(s.Name)
		}
		part := " " + style.Render(sign) + " " + name + " "
		if s.Here {
			part = t.Badge(t.Chip, sign+" "+s.Name)
		}
		parts[i] = part
		total += Width(part)
	}
	gaps := len(stops) - 1
	if gaps < 1 {
		return Cut(strings.Join(parts, ""), width, t.Signs.More)
	}
	// What is left of the width goes between the steps, so that the bar ends
	// where the rules above and below it do.
	room, bar := max(0, width-total), parts[0]
	for i, part := range parts[1:] {
		style := t.Line
		if stops[i].State == journey.Done {
			style = t.Good
		}
		link := room*(i+1)/gaps - room*i/gaps
		bar += style.Render(strings.Repeat(t.Signs.Rule, link)) + part
	}
	return Cut(bar, width, t.Signs.More)
}
