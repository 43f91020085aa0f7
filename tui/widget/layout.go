package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// The smallest window that the screens are made for.
const (
	MinWidth  = 80
	MinHeight = 24
)

// A Layout says where the parts of the window lie. From the top: a header, the
// step bar, a rule, the body, a rule that carries the status, the keys.
type Layout struct {
	Width, Height int // of the window
	Body          int // rows between the rules
	Main          int // cells of the screen's lines
	Side          int // cells of the pane beside it; 0 if there is no room for one
}

const (
	// Margin is left free at both sides of a screen.
	Margin = 2
	// Measure is the longest line of text that is read with ease.
	Measure = 96

	frameRows = 5
	sideWidth = 38
	sideFrom  = 112
)

// LayoutOf is the one place where the window is divided. aside says whether
// the screen wants a pane beside it.
func LayoutOf(width, height int, aside bool) Layout {
	l := Layout{Width: width, Height: height, Body: max(0, height-frameRows), Main: max(0, width-2*Margin)}
	if aside && width >= sideFrom {
		l.Side = sideWidth
		l.Main -= l.Side + len(sideGap)
	}
	return l
}

const sideGap = "   "

// Across is how many cells of the window the screen has, its margins counted:
// all of them, or those up to the pane beside it.
func (l Layout) Across() int {
	if l.Side > 0 {
		return Margin + l.Main + 1
	}
	return l.Width
}

// Join puts the pane beside the screen's lines, with a wall between them.
func (l Layout) Join(t *Theme, main, side []string) []string {
	left := strings.Repeat(" ", Margin)
	lines := make([]string, l.Body)
	for i := range lines {
		var m, s string
		if i < len(main) {
			m = main[i]
		}
		if l.Side == 0 {
			if m != "" {
				lines[i] = left + Cut(m, l.Main, t.Signs.More)
			}
			continue
		}
		if i < len(side) {
			s = Cut(side[i], l.Side, t.Signs.More)
		}
		lines[i] = strings.TrimRight(left+Pad(m, l.Main, t.Signs.More)+" "+t.Line.Render(t.Signs.Wall)+" "+s, " ")
	}
	return lines
}

// Width returns how many cells a string takes, escape sequences left out.
func Width(s string) int { return ansi.StringWidth(s) }

// Cut shortens a string to a width; more is its last character if it is cut.
func Cut(s string, width int, more string) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(s, width, more)
}

// CutLeft is Cut for what has its end to be read: more is its first character if
// it is cut.
func CutLeft(s string, width int, more string) string {
	over := Width(s) - width
	if over <= 0 {
		return s
	}
	// What takes two cells is not cut in two, but left.
	for n := over + Width(more); ; n++ {
		if cut := ansi.TruncateLeft(s, n, more); Width(cut) <= max(0, width) {
			return cut
		}
	}
}

// Pad cuts or fills a string to exactly a width.
func Pad(s string, width int, more string) string {
	s = Cut(s, width, more)
	if w := Width(s); w < width {
		s += strings.Repeat(" ", width-w)
	}
	return s
}

// Spread puts one string at the left end of a line and one at the right; the
// left one gives way if both do not fit.
func Spread(left, right string, width int, more string) string {
	room := width - Width(right)
	if room < 8 {
		return Cut(left, width, more)
	}
	if right == "" {
		return Cut(left, width, more)
	}
	return Pad(left, room-1, more) + " " + right
}

// Clip returns exactly height lines: what is too much is cut at the end.
func Clip(lines []string, height int) []string {
	if height < 0 {
		height = 0
	}
	if len(lines) > height {
		return lines[:height]
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// Beside puts columns of lines side by side, each filled to its width.
func Beside(left []string, leftWidth int, gap string, right []string, rightWidth int) []string {
	lines := make([]string, max(len(left), len(right)))
	for i := range lines {
		var l, r string
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		lines[i] = Pad(l, leftWidth, "") + gap + Cut(r, rightWidth, "")
	}
	return lines
}

// Overlay lays a box over lines, in the middle of their first width cells,
// which hold nothing else in its rows. What is below is drawn so that it
// recedes; where no style can do that it is left out.
func Overlay(t *Theme, below, box []string, width, height int) []string {
	below = Clip(below, height)
	boxed := 0
	for _, line := range box {
		boxed = max(boxed, Width(line))
	}
	top, left := max(0, (height-len(box))/2), max(0, (width-boxed)/2)
	out := make([]string, height)
	for i := range out {
		under := ""
		if t.Chips {
			under = ansi.Strip(below[i])
		}
		at := i - top
		if at < 0 || at >= len(box) {
			out[i] = t.Line.Render(under)
			continue
		}
		row := strings.Repeat(" ", left) + Pad(box[at], boxed, "")
		if rest := from(under, width); rest != "" {
			row += strings.Repeat(" ", max(0, width-left-boxed)) + t.Line.Render(rest)
		}
		out[i] = row
	}
	return out
}

// from is what plain text holds from a cell on. A wide character cut in half
// leaves a blank.
func from(s string, cell int) string {
	room := Width(s) - cell
	if room <= 0 {
		return ""
	}
	rest := ansi.TruncateLeft(s, cell, "")
	if Width(rest) > room {
		rest = ansi.TruncateLeft(s, cell+1, "")
	}
	return strings.Repeat(" ", max(0, room-Width(rest))) + rest
}

// Characters that may not begin, or end, a line of Chinese.
const (
	noStart = "，。、；：！？）》】」』”’…%％·~,.;:!?)]}"
	noEnd   = "（《【「『“‘([{#"
)

// Frame draws a box with a title around lines, width cells wide in all.
func Frame(t *Theme, title string, lines []string, width int) []string {
	inner := width - 4
	if inner < 1 {
		return nil
	}
	c, rule := t.Signs.Corners, t.Signs.Rule
	head := c[0] + rule
	if title != "" {
		title = Cut(title, inner-2, t.Signs.More)
		head = t.Line.Render(head) + " " + t.Strong.Render(title) + " " +
			t.Line.Render(strings.Repeat(rule, max(0, inner-1-Width(title)))+c[1])
	} else {
		head = t.Line.Render(head + strings.Repeat(rule, inner+1) + c[1])
	}
	out := []string{head}
	wall := t.Line.Render(t.Signs.Wall)
	for _, line := range lines {
		out = append(out, wall+" "+Pad(line, inner, t.Signs.More)+" "+wall)
	}
	return append(out, t.Line.Render(c[2]+strings.Repeat(rule, inner+2)+c[3]))
}

// ScrollBar draws into the right wall of a frame how much of what it holds is
// shown: shown lines of all from top on, which stand in the rows from first on.
func ScrollBar(t *Theme, frame []string, first, top, shown, all int) []string {
	if all <= shown || first+shown > len(frame) {
		return frame
	}
	frame = append([]string(nil), frame...)
	long := max(1, shown*shown/all)
	from := (shown - long) * top / (all - shown)
	for i := first + from; i < first+from+long; i++ {
		frame[i] = Cut(frame[i], Width(frame[i])-1, "") + t.Accent.Render(t.Signs.Scroll)
	}
	return frame
}

// Title draws a heading with a rule behind it that fills the width.
func Title(t *Theme, title string, width int) string {
	title = Cut(title, max(0, width-4), t.Signs.More)
	if title == "" {
		return t.Line.Render(strings.Repeat(t.Signs.Rule, width))
	}
	rest := width - Width(title) - 1
	return t.Dim.Render(title) + " " + t.Line.Render(strings.Repeat(t.Signs.Rule, max(0, rest)))
}

// Window returns at most height lines of a list around the one in focus, and
// marks the ends at which it goes on.
func Window(t *Theme, lines []string, at, height int) []string {
	if len(lines) <= height {
		return lines
	}
	top := min(max(0, at-height/2), len(lines)-height)
	shown := append([]string(nil), lines[top:top+height]...)
	if height < 3 {
		return shown
	}
	mark := "    " + t.Dim.Render(t.Signs.More)
	if top > 0 {
		shown[0] = mark
	}
	if top+height < len(lines) {
		shown[height-1] = mark
	}
	return shown
}

// Scroll returns at most height lines from *top on, which it keeps in range,
// and marks where there is more.
func Scroll(t *Theme, lines []string, top *int, height int) []string {
	*top = max(0, min(*top, len(lines)-height))
	if len(lines) <= height || height < 1 {
		return lines[:min(len(lines), max(0, height))]
	}
	shown := append([]string(nil), lines[*top:*top+height]...)
	mark := t.Dim.Render(t.Signs.More)
	if *top > 0 {
		shown[0] = mark
	}
	if *top+height < len(lines) {
		shown[height-1] = mark
	}
	return shown
}
