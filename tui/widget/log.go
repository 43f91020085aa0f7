package widget

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// What a log pane keeps; the whole log is on the disk.
const (
	LogLines = 10_000
	logBytes = 8 << 20
)

// A Log is a window over the last lines of an output: a ring of cleaned lines
// and one live row that the next call replaces. Adding a line, and drawing the
// window after it, cost the same however many lines there were.
type Log struct {
	ring  []string
	kept  int // lines in the ring
	bytes int // in them
	total int // lines ever added
	live  string
	// top is the number of the first line shown when not following.
	top    int
	paused bool
	left   int // cells scrolled sideways
	width  int
	height int

	search string // in lower case; "" if nothing is searched for
	hits   int    // kept lines that hold it
	older  int    // lines of the file that hold it, beyond those
	at     int    // number of the line that was gone to, or -1

	file past // of the lines that are on the disk alone

	quiet bool     // it stands below something else
	rows  []logRow // the lines drawn last, by number
	drawn string
	fresh bool // drawn is what View would draw
}

// logRow is a drawn line.
type logRow struct {
	number int
	drawn  string
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
	for l.kept == LogLines || l.kept > 0 && l.bytes+len(line) > logBytes {
		l.drop()
	}
	if len(l.ring) < LogLines {
		l.ring = append(l.ring, line)
	} else {
		l.ring[l.total%LogLines] = line
	}
	l.kept++
	l.bytes += len(line)
	if l.holds(line) {
		l.hits++
	}
	l.total++
}

// drop forgets the oldest line.
func (l *Log) drop() {
	oldest := &l.ring[l.first()%LogLines]
	if l.holds(*oldest) {
		l.hits--
	}
	l.bytes -= len(*oldest)
	*oldest = ""
	l.kept--
}

// Skip counts lines that were told to nobody: the pane could not keep up, and
// would have let them go.
func (l *Log) Skip(n int) {
	for l.kept > 0 {
		l.drop()
	}
	for len(l.ring) < LogLines {
		l.ring = append(l.ring, "")
	}
	l.total += n
	l.fresh = false
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
		l.width, l.height = width, max(height, 0)
		l.redraw()
	}
}

// Quiet makes the lines recede, for a pane below what is to be read first.
func (l *Log) Quiet(quiet bool) {
	if quiet != l.quiet {
		l.quiet = quiet
		l.redraw()
	}
}

// redraw forgets what was drawn.
func (l *Log) redraw() {
	l.fresh = false
	clear(l.rows)
}

// Following reports whether the window stays at the newest line.
func (l *Log) Following() bool { return !l.paused }

// Follow goes to the newest line and stays there.
func (l *Log) Follow() { l.paused, l.fresh = false, false }

// Scroll moves the window by lines; up stops following, and the end resumes it.
func (l *Log) Scroll(by int) {
	l.fresh = false
	end := l.end()
	at := min(max(l.start()+by, l.oldest()), end)
	l.top, l.paused = at, at < end
}

// Page moves the window by its own height.
func (l *Log) Page(by int) { l.Scroll(by * max(1, l.height-1)) }

// Side moves the window sideways, as far as the longest line in it.
func (l *Log) Side(by int) {
	longest := 0
	for n := l.start(); n < l.stop(); n++ {
		longest = max(longest, Width(l.line(n)))
	}
	l.left = max(0, min(l.left+by, max(l.left, longest-l.width)))
	l.redraw()
}

// Search looks for a text, whatever its case, and goes to its last place;
// found says whether it is anywhere. "" searches for nothing.
func (l *Log) Search(text string) (found bool) {
	l.search, l.hits, l.older, l.at = strings.ToLower(text), 0, 0, -1
	l.redraw()
	if l.search == "" {
		return false
	}
	for n := l.first(); n < l.total; n++ {
		if l.holds(l.line(n)) {
			l.hits++
		}
	}
	return l.seek(l.stop(), -1) || l.seek(l.first()-1, 1)
}

// Searched is the text that is searched for, in lower case.
func (l *Log) Searched() string { return l.search }

// Match goes to the next place of what is searched for, down (1) or up (-1),
// and reports whether there is one.
func (l *Log) Match(direction int) bool {
	from := l.at
	if from < l.start() || from >= l.stop() {
		from = l.start() - 1
		if direction < 0 {
			from = l.stop()
		}
	}
	return l.seek(from, direction)
}

func (l *Log) seek(from, direction int) bool {
	if l.search == "" {
		return false
	}
	if direction > 0 {
		from = max(from, l.first()-1)
	}
	for n := from + direction; n >= l.first() && n < l.total; n += direction {
		if l.holds(l.line(n)) {
			l.goTo(n)
			return true
		}
	}
	return false
}

// goTo goes to a line that was found; the window stands still around it.
func (l *Log) goTo(n int) {
	top := l.start()
	if n < top || n >= l.stop() {
		top = min(max(n-l.height/2, l.oldest()), l.end())
	}
	l.at, l.top, l.paused = n, top, true
	l.show(n)
	l.redraw()
}

// show scrolls sideways to what was found in a line.
func (l *Log) show(n int) {
	line := strings.ToLower(l.line(n))
	i := strings.Index(line, l.search)
	if i < 0 || l.width == 0 {
		return
	}
	at, wide := Width(line[:i]), Width(l.search)
	if at < l.left || at+wide > l.left+l.cells()-1 {
		l.left = max(0, at+wide-l.width/2)
	}
}

func (l *Log) holds(line string) bool {
	return l.search != "" && strings.Contains(strings.ToLower(line), l.search)
}

// lines is the number of lines with the live one.
func (l *Log) lines() int {
	if l.live != "" {
		return l.total + 1
	}
	return l.total
}

// first is the number of the oldest line that is kept.
func (l *Log) first() int { return l.total - l.kept }

// end is the top of the window at the newest line.
func (l *Log) end() int { return max(l.oldest(), l.lines()-l.height) }

// start and stop are the numbers of the lines in the window.
func (l *Log) start() int {
	if l.paused {
		return min(max(l.top, l.oldest()), l.end())
	}
	return l.end()
}

func (l *Log) stop() int { return min(l.start()+l.height, l.lines()) }

func (l *Log) line(n int) string {
	switch {
	case n == l.total:
		return l.live
	case n < l.first():
		return l.file.line(n)
	}
	return l.ring[n%LogLines]
}

// View draws the window: at most its height in lines.
func (l *Log) View(t *Theme) string {
	if l.fresh {
		return l.drawn
	}
	if len(l.rows) != l.height {
		l.rows = make([]logRow, l.height)
	}
	var b strings.Builder
	start := l.start()
	for n := start; n < l.stop(); n++ {
		if n > start {
			b.WriteByte('\n')
		}
		if n == l.total {
			b.WriteString(l.gutter(t, n) + t.Accent.Render(l.fit(t, l.live)))
			continue
		}
		// Line 0 is told from no line.
		row := &l.rows[n%l.height]
		if row.number != n+1 {
			*row = logRow{n + 1, l.row(t, n)}
		}
		b.WriteString(row.drawn)
	}
	l.drawn, l.fresh = b.String(), true
	return l.drawn
}

// gutter is the margin that shows, without colours too, which lines hold what
// is searched for.
func (l *Log) gutter(t *Theme, n int) string {
	switch {
	case l.search == "":
		return ""
	case n == l.at:
		return t.Cursor.Render(t.Signs.Point) + " "
	case l.holds(l.line(n)):
		return t.Dim.Render(t.Signs.Dot) + " "
	}
	return "  "
}

// cells is how wide the text in the window may be.
func (l *Log) cells() int {
	if l.search == "" {
		return l.width
	}
	return l.width - 2
}

// row draws one line, with what is searched for marked.
func (l *Log) row(t *Theme, n int) string {
	line := l.fit(t, l.line(n))
	switch {
	case l.search == "" && l.quiet:
		return t.Dim.Render(line)
	case l.search == "":
		return line
	}
	return l.gutter(t, n) + l.marked(t, n, line)
}

func (l *Log) marked(t *Theme, n int, line string) string {
	lower := strings.ToLower(line)
	if len(lower) != len(line) || !strings.Contains(lower, l.search) {
		return line
	}
	style := t.Match
	if n == l.at {
		style = t.Chip
	}
	var b strings.Builder
	for {
		i := strings.Index(lower, l.search)
		if i < 0 {
			b.WriteString(line)
			return b.String()
		}
		end := i + len(l.search)
		b.WriteString(line[:i] + style.Render(line[i:end]))
		line, lower = line[end:], lower[end:]
	}
}

// fit is the part of a line that the window shows.
func (l *Log) fit(t *Theme, line string) string {
	width := l.cells()
	if ascii(line) {
		// A byte is a cell.
		line = line[min(l.left, len(line)):]
		if len(line) <= width {
			return line
		}
		return line[:max(0, width-1)] + t.Signs.More
	}
	if l.left > 0 {
		line = ansi.Cut(line, l.left, l.left+width+1)
	}
	return Cut(line, width, t.Signs.More)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' {
			return false
		}
	}
	return true
}

// Visible returns the lines in the window, whole.
func (l *Log) Visible() []string {
	var lines []string
	for n := l.start(); n < l.stop(); n++ {
		lines = append(lines, l.line(n))
	}
	return lines
}

// Place says which lines are shown of how many, for the pane's title.
func (l *Log) Place() string {
	if l.lines() == 0 {
		return ""
	}
	return strconv.Itoa(l.start()+1) + "-" + strconv.Itoa(l.stop()) + " / " + strconv.Itoa(l.lines())
}

// Hits is how many lines hold what is searched for.
func (l *Log) Hits() int { return l.hits + l.older }
