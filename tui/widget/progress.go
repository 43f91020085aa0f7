package widget

import (
	"fmt"
	"math"
	"strings"
)

// Bar draws progress from 0 to 1 with its percentage; an unknown share (less
// than 0 or not a number) draws an empty bar without one.
func Bar(t *Theme, share float64, width int) string {
	const figure = 5 // " 100%"
	room := width - figure
	if room < 4 {
		return ""
	}
	if math.IsNaN(share) || share < 0 {
		return t.Line.Render(strings.Repeat(t.Signs.Rest, room)) + strings.Repeat(" ", figure)
	}
	share = min(share, 1)
	full := int(share * float64(room))
	// All that is not quite done must not look done.
	percent := int(share * 100)
	return t.Accent.Render(strings.Repeat(t.Signs.Full, full)) +
		t.Line.Render(strings.Repeat(t.Signs.Rest, room-full)) + fmt.Sprintf("%4d%%", percent)
}
