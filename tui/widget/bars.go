package widget

import "strings"

// An Amount is one bar of a bar chart.
type Amount struct {
	Label string
	Value int
	Shown string // the value, for people
}

// longestBar is as long as a bar is compared with ease.
const longestBar = 60

// Bars draws amounts as bars below each other, the longest as long as there is
// room. What is more than nothing has a bar.
func Bars(t *Theme, amounts []Amount, width int) []string {
	labels, shown, most := 0, 0, 1
	for _, a := range amounts {
		labels, shown, most = max(labels, Width(a.Label)), max(shown, Width(a.Shown)), max(most, a.Value)
	}
	labels = min(labels, width/3)
	room := min(width-labels-shown-6, longestBar)
	lines := make([]string, len(amounts))
	for i, a := range amounts {
		long := 0
		if a.Value > 0 && room > 0 {
			long = max(1, a.Value*room/most)
		}
		lines[i] = strings.TrimRight("  "+Pad(a.Label, labels, t.Signs.More)+"  "+
			t.Accent.Render(strings.Repeat(t.Signs.Full, long))+" "+t.Dim.Render(a.Shown), " ")
	}
	return lines
}
