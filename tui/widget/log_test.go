package widget_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"gpuwizard/tui/widget"
)

func TestLogKeepsTheNewestLines(t *testing.T) {
	var l widget.Log
	l.SetSize(20, 3)
	const all = widget.LogLines + 10
	for i := range all {
		l.Add(fmt.Sprintf("line %d", i), false)
	}
	want := fmt.Sprintf("line %d\nline %d\nline %d", all-3, all-2, all-1)
	if got := l.View(theme()); got != want {
		t.Errorf("view %q, want %q", got, want)
	}
	l.Scroll(-1 << 20)
	if got := l.View(theme()); !strings.HasPrefix(got, "line 10\n") || l.Following() {
		t.Errorf("at the top: %q, following %v", got, l.Following())
	}
	l.Add("one more", false)
	if got := l.View(theme()); !strings.HasPrefix(got, "line 11\n") {
		t.Errorf("the oldest line went, and the window shows %q", got)
	}
	l.Follow()
	if got := l.View(theme()); !strings.HasSuffix(got, "one more") {
		t.Errorf("at the end: %q", got)
	}
}

// Lines that are long are kept in smaller number: memory is bounded.
func TestLogMemory(t *testing.T) {
	var l widget.Log
	l.SetSize(100, 20)
	before := heap()
	for i := range 20_000 {
		l.Add(fmt.Sprintf("%08d", i)+strings.Repeat("x", 8<<10), false)
		l.View(theme())
	}
	if grown := heap() - before; grown > 12<<20 {
		t.Errorf("the pane holds %d MiB", grown>>20)
	}
	if got := l.View(theme()); !strings.Contains(got, "00019999") {
		t.Error("the newest line is not there")
	}
	runtime.KeepAlive(&l)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestLogHoldsStillWhileScrolledUp(t *testing.T) {
	var l widget.Log
	l.SetSize(20, 2)
	for i := range 10 {
		l.Add(fmt.Sprint(i), false)
	}
	l.Scroll(-3)
	before := l.View(theme())
	l.Add("new", false)
	l.Add("live", true)
	if got := l.View(theme()); got != before || before != "5\n6" {
		t.Errorf("before %q, after %q", before, got)
	}
	l.Page(100)
	if !l.Following() || l.View(theme()) != "new\nlive" {
		t.Errorf("following %v: %q", l.Following(), l.View(theme()))
	}
}

func TestLogLiveRow(t *testing.T) {
	var l widget.Log
	l.SetSize(10, 3)
	l.Add(" 10%", true)
	l.Add(" 20%", true)
	if got := l.View(theme()); got != " 20%" {
		t.Errorf("view %q", got)
	}
	l.Add("100%", false)
	if got := l.View(theme()); got != "100%" || l.Len() != 1 {
		t.Errorf("view %q, %d lines", got, l.Len())
	}
}

func TestLogSideways(t *testing.T) {
	var l widget.Log
	l.SetSize(8, 1)
	l.Add("abcdefgh图片ijkl", false)
	if got := l.View(theme()); got != "abcdefg…" {
		t.Errorf("view %q", got)
	}
	l.Side(6)
	if got := l.View(theme()); got != "gh图片i…" {
		t.Errorf("moved: %q", got)
	}
	l.Side(-100)
	if got := l.View(theme()); got != "abcdefg…" {
		t.Errorf("back: %q", got)
	}
}

func TestLogSearch(t *testing.T) {
	var l widget.Log
	l.SetSize(30, 3)
	for i := range 100 {
		line := fmt.Sprintf("line %d", i)
		if i%30 == 7 {
			line += " CUDA 图片 error"
		}
		l.Add(line, false)
	}
	all := termenv.TrueColor
	coloured := widget.NewTheme(widget.ThemeOptions{Profile: &all})
	if !l.Search("cuda 图") || l.Hits() != 4 {
		t.Fatalf("%d hits", l.Hits())
	}
	shows := func(want string) {
		t.Helper()
		view := l.View(coloured)
		if !strings.Contains(ansi.Strip(view), "▸ "+want) {
			t.Errorf("%q is not marked in %q", want, ansi.Strip(view))
		}
		if !strings.Contains(view, "\x1b[") || l.Following() {
			t.Errorf("no marks, or it follows: %q", view)
		}
	}
	shows("line 97")
	l.Match(-1)
	shows("line 67")
	l.Match(-1)
	l.Match(-1)
	shows("line 7")
	if l.Match(-1) {
		t.Error("found one more above")
	}
	l.Match(1)
	shows("line 37")
	l.Add("another cuda 图片", false)
	if l.Hits() != 5 {
		t.Errorf("%d hits after one more", l.Hits())
	}
	if l.Search("nowhere") || l.Hits() != 0 {
		t.Error("found what is nowhere")
	}
	l.Search("")
	if view := l.View(theme()); strings.Contains(view, "▸") {
		t.Errorf("marks stay: %q", view)
	}
}

// A match beyond the right edge is scrolled to.
func TestLogSearchSideways(t *testing.T) {
	var l widget.Log
	l.SetSize(20, 2)
	l.Add(strings.Repeat("a", 200)+"needle"+strings.Repeat("b", 100), false)
	l.Search("NEEDLE")
	if view := l.View(theme()); !strings.Contains(view, "needle") {
		t.Errorf("%q", view)
	}
}

const trainLine = "      40/99      3.2G    0.0612   0.02733         0         21       640:  48%|####8     | 12/25 00:02"

// BenchmarkLogAppend compares appending and drawing one line where 1,000 came
// before with the same where 1,000,000 did. Both are measured in turns, so
// that what else the machine does falls on both.
func BenchmarkLogAppend(b *testing.B) {
	th := theme()
	var panes [2]widget.Log
	for i, before := range []int{1000, 1_000_000} {
		panes[i].SetSize(118, 30)
		for range before {
			panes[i].Add(trainLine, false)
		}
	}
	var spent [2]time.Duration
	const turn = 200
	for b.Loop() {
		for i := range panes {
			start := time.Now()
			for range turn {
				panes[i].Add(trainLine, false)
				panes[i].View(th)
			}
			spent[i] += time.Since(start)
		}
	}
	per := float64(b.N * turn)
	b.ReportMetric(float64(spent[0].Nanoseconds())/per, "ns/line-of-1000")
	b.ReportMetric(float64(spent[1].Nanoseconds())/per, "ns/line-of-1000000")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
}

// Lines that are on the disk alone are wanted where the window shows them, and
// their numbers are those of the file.
func TestLogShowsWhatIsOnTheDisk(t *testing.T) {
	var l widget.Log
	l.SetSize(30, 5)
	l.Add("before the file", false)
	l.OnDisk()
	line := func(n int) string { return fmt.Sprintf("line %d of the file", n) }
	const all = widget.LogLines + 3000
	for i := range 1000 {
		l.Add(line(i), false)
	}
	l.Skip(all - 1000 - widget.LogLines)
	for i := all - widget.LogLines; i < all; i++ {
		l.Add(line(i), false)
	}
	if _, _, ok := l.Wanted(); ok || l.Len() != all+1 {
		t.Fatalf("%d lines, and some are wanted at the end", l.Len())
	}
	give := func() (times int) {
		l.View(theme())
		for {
			from, to, ok := l.Wanted()
			if !ok {
				return times
			}
			times++
			var lines []string
			for n := from; n < to; n++ {
				lines = append(lines, line(n))
			}
			l.Give(from, lines)
		}
	}
	l.Scroll(-1 << 30)
	if times := give(); times != 1 {
		t.Errorf("%d blocks were wanted at the top", times)
	}
	want := "line 0 of the file\nline 1 of the file\nline 2 of the file"
	if got := l.View(theme()); !strings.Contains(got, want) {
		t.Errorf("the top:\n%s", got)
	}
	// Every window shows the lines that its place says.
	for range all / 97 {
		l.Scroll(97)
		give()
		for _, got := range l.Visible() {
			if got == "" {
				t.Fatalf("a line is missing in %s", l.Place())
			}
		}
	}
	if got := l.View(theme()); !strings.HasSuffix(got, line(all-1)) || !l.Following() {
		t.Errorf("the end:\n%s", got)
	}

	// A search among the lines that are kept goes on among the others.
	if l.Search("line 77 of") {
		t.Error("found among the last lines what is not there")
	}
	from, to, ok := l.Elsewhere(-1)
	if !ok || from != 0 || to != all-widget.LogLines {
		t.Errorf("elsewhere: %d to %d, %v", from, to, ok)
	}
	l.Found(77, 1)
	give()
	if got := l.View(theme()); !strings.Contains(got, "▸ line 77 of the file") || l.Hits() != 1 {
		t.Errorf("found, %d hits:\n%s", l.Hits(), got)
	}
	if _, to, ok := l.Elsewhere(-1); !ok || to != 77 {
		t.Errorf("before it: up to %d, %v", to, ok)
	}
	if from, _, ok := l.Elsewhere(1); !ok || from != 78 {
		t.Errorf("after it: from %d, %v", from, ok)
	}
	l.Reset()
	if _, _, ok := l.Elsewhere(-1); ok {
		t.Error("a new log has the old one's file")
	}
}
