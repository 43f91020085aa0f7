package widget

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// LogLines is how many lines a log pane keeps; the whole log is on the disk.
const LogLines = 5000

// A Log is a window over the last lines of an output: a ring of cleaned lines
// and one live row that the next call replaces. Adding a line costs the same
// however many there were.
type Log struct {
	ring  []string
	total int // lines ever added
	live  string
	// top is the number of the first line shown when not following.
	top    int
	paused bool
	left   int // cells scrolled sideways
	width  int
	height int

	drawn string
	fresh bool // drawn is what View would draw
}

// Add appends a line; a live one stands below the last line until the next
// call replaces it.
func (l *Log) Add(line string, live bool) {
	l.fresh = false
	if live {
		l.live = line
		return
	}
	l.live = ""
	if len(l.ring) < LogLines {
		l.ring = append(l.ring, line)
	} else {
		l.ring[l.total%LogLines] = line
	}
	l.total++
}

// Len returns how many lines were ever added.
func (l *Log) Len() int { return l.total }

// Empty reports whether there is nothing to show.
func (l *Log) Empty() bool { return l.total == 0 && l.live == "" }

// Reset forgets all lines.
func (l *Log) Reset() { *l = Log{width: l.width, height: l.height} }

// SetSize sets the size of the window.
func (l *Log) SetSize(width, height int) {
	if width != l.width || height != l.height {
		l.width, l.height, l.fresh = width, max(height, 0), false
	}
}

// Following reports whether the window stays at the newest line.
func (l *Log) Following() bool { return !l.paused }

// Follow goes to the newest line and stays there.
func (l *Log) Follow() { l.paused, l.fresh = false, false }

// Scroll moves the window by lines; up stops following, and the end resumes it.
func (l *Log) Scroll(by int) {
	l.fresh = false
	end := l.end()
	at := end
	if l.paused {
		at = l.top
	}
	at = min(max(at+by, l.first()), end)
	l.top, l.paused = at, at < end
}

// Page moves the window by its own height.
func (l *Log) Page(by int) { l.Scroll(by * max(1, l.height-1)) }

// Side moves the window sideways.
func (l *Log) Side(by int) {
	l.left, l.fresh = max(0, l.left+by), false
}

// rows is the number of lines with the live one.
func (l *Log) rows() int {
	if l.live != "" {
		return l.total + 1
	}
	return l.total
}

// first is the number of the oldest line that is kept.
func (l *Log) first() int { return max(0, l.total-len(l.ring)) }

// end is the top of the window at the newest line.
func (l *Log) end() int { return max(l.first(), l.rows()-l.height) }

func (l *Log) line(n int) string {
	if n == l.total {
		return l.live
	}
	return l.ring[n%LogLines]
}

// View draws the window: at most its height in lines.
func (l *Log) View(t *Theme) string {
	if l.fresh {
		return l.drawn
	}
	top := l.end()
	if l.paused {
		top = min(max(l.top, l.first()), top)
	}
	var b strings.Builder
	for n := top; n < min(top+l.height, l.rows()); n++ {
		if n > top {
			b.WriteByte('\n')
		}
		line := l.line(n)
		if l.left > 0 {
			line = ansi.Cut(line, l.left, l.left+l.width+1)
		}
		line = Cut(line, l.width, t.Signs.More)
		if n == l.total {
			line = t.Accent.Render(line)
		}
		b.WriteString(line)
	}
	l.drawn, l.fresh = b.String(), true
	return l.drawn
}

// Place says which lines are shown of how many, for the pane's title.
func (l *Log) Place() string {
	top := l.end()
	if l.paused {
		top = min(max(l.top, l.first()), top)
	}
	if l.rows() == 0 {
		return ""
	}
	return fmt.Sprintf("%d-%d / %d", top+1, min(top+l.height, l.rows()), l.rows())
}
