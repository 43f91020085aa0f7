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
// so that it reads without colours.
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
	// What is left of the width goes between the steps, up to some cells.
	gap := min(max((width-total)/gaps, 0), 6)
	link := strings.Repeat(t.Signs.Rule, gap)
	return Cut(strings.Join(parts, t.Line.Render(link)), width, t.Signs.More)
}
