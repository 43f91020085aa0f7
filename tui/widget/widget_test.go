package widget_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"gpuwizard/core/journey"
	"gpuwizard/tui/widget"
)

func theme() *widget.Theme { return widget.NewTheme(widget.ThemeOptions{NoColor: true}) }

func TestWrap(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		want     []string
	}{
		{"words", "one two three", 8, []string{"one two", "three"}},
		{"exact", "12345678", 8, []string{"12345678"}},
		{"long word", "abcdefghijkl", 5, []string{"abcde", "fghij", "kl"}},
		{"path", "in a/long/path/name", 10, []string{"in a/long/", "path/name"}},
		{"chinese", "检查数据要几秒钟", 8, []string{"检查数据", "要几秒钟"}},
		{"no comma at the start", "检查数据，几秒钟", 8, []string{"检查数", "据，几秒", "钟"}},
		{"no bracket at the end", "检查数（几秒钟）", 8, []string{"检查数", "（几秒", "钟）"}},
		{"mixed", "用 YOLOv5 训练", 9, []string{"用 YOLOv5", "训练"}},
		{"paragraphs", "a\n\nb", 5, []string{"a", "", "b"}},
		{"empty", "", 5, []string{""}},
		{"blanks at a break", "one     two", 5, []string{"one", "two"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := widget.Wrap(test.in, test.width); !reflect.DeepEqual(got, test.want) {
				t.Errorf("Wrap(%q, %d) = %q, want %q", test.in, test.width, got, test.want)
			}
		})
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("检查数据，one two/three（几）", 7)
	f.Add("a b", 2)
	f.Fuzz(func(t *testing.T, s string, width int) {
		if width < 2 || width > 200 || len(s) > 2000 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 || r == '\uFFFD' }) {
			t.Skip()
		}
		lines := widget.Wrap(s, width)
		for _, line := range lines {
			if w := widget.Width(line); w > width {
				t.Fatalf("%q takes %d of %d cells", line, w, width)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(s) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestBar(t *testing.T) {
	tests := []struct {
		share float64
		want  string
	}{
		{0, "──────────   0%"},
		{0.5, "━━━━━─────  50%"},
		{0.999, "━━━━━━━━━─  99%"},
		{1, "━━━━━━━━━━ 100%"},
		{7, "━━━━━━━━━━ 100%"},
		{-1, "──────────     "},
		{math.NaN(), "──────────     "},
	}
	for _, test := range tests {
		if got := widget.Bar(theme(), test.share, 15); got != test.want {
			t.Errorf("Bar(%v) = %q, want %q", test.share, got, test.want)
		}
	}
}

func TestChart(t *testing.T) {
	values := []float64{0, 0.1, math.NaN(), 0.4, 0.3}
	c := widget.Chart{Curves: []widget.Curve{{Values: values, Letter: 'm'}, {Values: []float64{0.2, 0.2}, Letter: 'P', Dashed: true}}, Length: 10, Best: 3}
	for _, size := range [][2]int{{60, 10}, {20, 4}, {10, 3}, {300, 80}} {
		lines := c.Draw(theme(), size[0], size[1])
		if len(lines) != 0 && len(lines) != size[1] {
			t.Errorf("%d lines at %v", len(lines), size)
		}
		for _, line := range lines {
			if widget.Width(line) > size[0] {
				t.Errorf("%q is wider than %d", line, size[0])
			}
		}
	}
	all := strings.Join(c.Draw(theme(), 60, 10), "\n")
	for _, want := range []string{"0.5 │", "*", "m", "P"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in the chart:\n%s", want, all)
		}
	}
	if !strings.HasSuffix(all, "10") {
		t.Errorf("the axis:\n%s", all)
	}
	// Ends that meet are told apart all the same.
	met := widget.Chart{Curves: []widget.Curve{{Values: values, Letter: 'a'}, {Values: values, Letter: 'b'}, {Values: values, Letter: 'c'}}, Best: -1}
	if all := strings.Join(met.Draw(theme(), 60, 10), "\n"); strings.Count(all, "a") != 1 || strings.Count(all, "b") != 1 || strings.Count(all, "c") != 1 {
		t.Errorf("ends that meet:\n%s", all)
	}
	for _, odd := range [][]float64{nil, {math.NaN()}, {math.Inf(1), -1}, {1e300, 0}} {
		if got := (widget.Chart{Curves: []widget.Curve{{Values: odd, Letter: 'x'}}, Best: 7}).Draw(theme(), 60, 6); len(got) != 6 {
			t.Errorf("%v: %q", odd, got)
		}
	}
}

func TestStepBar(t *testing.T) {
	var stops []widget.Stop
	for i, state := range []journey.State{journey.Done, journey.Stale, journey.Failed, journey.Running, journey.Todo} {
		stops = append(stops, widget.Stop{Name: "步骤", State: state, Here: i == 2})
	}
	got := widget.StepBar(theme(), stops, 80)
	for _, want := range []string{" ✓ 步骤 ", " ↻ 步骤 ", "[✗ 步骤]", " ▸ 步骤 ", " 5 步骤 "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if w := widget.Width(widget.StepBar(theme(), stops, 30)); w > 30 {
		t.Errorf("%d cells of 30", w)
	}
}

// A box over lines has its rows to itself as far as they are its own, and
// leaves what lies beyond, wherever wide characters are cut.
func TestOverlay(t *testing.T) {
	all := termenv.TrueColor
	coloured := widget.NewTheme(widget.ThemeOptions{Profile: &all})
	below := []string{"训练训练训练训练", "x训练训练训练", "", "abcdefghij"}
	box := []string{"+---+", "|数 |", "+---+"}
	for _, th := range []*widget.Theme{coloured, theme()} {
		got := widget.Overlay(th, below, box, 16, 4)
		for i, line := range got {
			plain := ansi.Strip(line)
			if w := widget.Width(plain); w > 16 {
				t.Errorf("line %d takes %d cells: %q", i, w, plain)
			}
			if i < 3 && ansi.Cut(plain, 5, 10) != box[i] {
				t.Errorf("line %d: %q", i, plain)
			}
		}
	}
	if got := ansi.Strip(widget.Overlay(coloured, below, box, 11, 4)[0]); got != "   +---+    训练" {
		t.Errorf("%q", got)
	}
}

func key(name tea.KeyType) tea.KeyMsg { return tea.KeyMsg{Type: name} }

func typed(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }

func TestForm(t *testing.T) {
	f := widget.Form{Theme: theme(), Words: widget.FormWords{Start: "go", TypeOther: "other"}, Fields: []widget.Field{
		{Key: "a", Title: "A", Value: "2", Choices: []widget.Option{{Value: "1", Label: "one"}, {Value: "2", Label: "two"}}, Open: true},
		{Key: "b", Title: "B", Missing: true},
	}}
	f.Reset()
	f.Update(key(tea.KeyUp)) // from the field that is missing
	f.Update(key(tea.KeyEnter))
	if view := strings.Join(f.View(40, 20), "\n"); !strings.Contains(view, "▸ ✓ two") || !strings.Contains(view, "other") {
		t.Fatalf("the choices:\n%s", view)
	}
	f.Update(key(tea.KeyUp))
	if e := f.Update(key(tea.KeyEnter)); !e.Answer || e.Key != "a" || e.Value != "1" {
		t.Errorf("choosing gave %+v", e)
	}
	// The focus is on the next field now.
	f.Update(key(tea.KeyEnter))
	f.Update(typed("x"))
	f.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(" y\x1b[31m\nz\r\n"), Paste: true})
	if e := f.Update(key(tea.KeyEnter)); e.Value != "xy z" {
		t.Errorf("typing gave %+v", e)
	}
	if e := f.Update(key(tea.KeyEnter)); !e.Start {
		t.Errorf("the action gave %+v", e)
	}
	f.Update(key(tea.KeyDown))
	f.Update(key(tea.KeyEnter))
	f.Update(key(tea.KeyDown))
	f.Update(key(tea.KeyEnter)) // type another
	if !f.Typing() {
		t.Error("no line to type")
	}
	if e := f.Update(key(tea.KeyEsc)); e.Answer || f.Busy() {
		t.Errorf("escape gave %+v", e)
	}
}

// A long list of choices is searched by a part of their labels or remarks.
func TestFormFiltersChoices(t *testing.T) {
	f := widget.Form{Theme: theme(), Words: widget.FormWords{TypeOther: "other", Search: "search: "}, Fields: []widget.Field{{
		Key: "gpu", Title: "GPU", Open: true, Choices: []widget.Option{
			{Value: "3090", Label: "RTX 3090", Remark: "CNY 1.32"}, {Value: "4090", Label: "RTX 4090", Remark: "CNY 1.88"}, {Value: "a800", Label: "A800", Remark: "CNY 5.59"},
		},
	}}}
	f.Update(key(tea.KeyEnter))
	f.Update(typed("/"))
	f.Update(typed("rtx"))
	view := strings.Join(f.View(60, 20), "\n")
	if strings.Contains(view, "A800") || !strings.Contains(view, "RTX 4090") || !strings.Contains(view, "search: rtx") || !strings.Contains(view, "other") {
		t.Errorf("filtered:\n%s", view)
	}
	f.Update(key(tea.KeyEnter))
	f.Update(key(tea.KeyDown))
	if e := f.Update(key(tea.KeyEnter)); !e.Answer || e.Value != "4090" {
		t.Errorf("chose %+v", e)
	}
	f.FocusTop()
	f.Update(key(tea.KeyEnter))
	f.Update(typed("/"))
	f.Update(typed("5.59"))
	f.Update(key(tea.KeyEnter))
	if e := f.Update(key(tea.KeyEnter)); e.Value != "a800" {
		t.Errorf("by its remark: %+v", e)
	}
	// Nothing is left but to type one; the first escape lists all again.
	f.FocusTop()
	f.Update(key(tea.KeyEnter))
	f.Update(typed("/"))
	f.Update(typed("nothing"))
	f.Update(key(tea.KeyEnter))
	f.Update(key(tea.KeyEsc))
	if view := strings.Join(f.View(60, 20), "\n"); !strings.Contains(view, "A800") || !f.Busy() {
		t.Errorf("after escape:\n%s", view)
	}
}

func TestSecretIsNotShown(t *testing.T) {
	d := widget.Dialog{Theme: theme(), Title: "T", Text: "why"}
	d.AskSecret(nil)
	d.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("  hun ter2\r\n\n"), Paste: true})
	if view := strings.Join(d.View(80, 20), "\n"); strings.Contains(view, "hun") || !strings.Contains(view, "*****") {
		t.Errorf("the dialog:\n%s", view)
	}
	if value, done, cancelled := d.Update(key(tea.KeyEnter)); value != "hun ter2" || !done || cancelled {
		t.Errorf("%q, %v, %v", value, done, cancelled)
	}
}

// A box has all its edges, whatever the picture was scaled by, and none where
// they lie outside of the part that is shown.
func TestPicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 333, 217))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	box := widget.Box{X0: 0.25, Y0: 0.4, X1: 1, Y1: 1.7}
	want := strings.Join([]string{
		"@@@@@@@@@@@@@@@@",
		"@@@@@@@@@@@@@@@@",
		"@@@@+----------+",
		"@@@@|@@@@@@@@@@|",
		"@@@@|@@@@@@@@@@|",
	}, "\n")
	if got := strings.TrimSpace(widget.Picture(img, 16, 20, widget.NoColours, box)); got != want {
		t.Errorf("drawn as\n%s\nnot\n%s", got, want)
	}
	const orange = "\x1b[38;2;230;159;0;"
	lines := strings.Split(strings.TrimSpace(widget.Picture(img, 17, 20, widget.TrueColours, box)), "\n")
	for _, line := range lines[3:] {
		if strings.Count(line, orange) != 2 {
			t.Errorf("not two edges of the box: %q", line)
		}
	}
	// 17 by 11 pixels: the lower half of the last row is none of the picture's.
	if last := lines[len(lines)-1]; len(lines) != 6 || !strings.Contains(last, ";49m") || strings.Contains(last, ";48;") {
		t.Errorf("%d rows, the last is %q", len(lines), last)
	}
}

// With 256 colours each is drawn in the one that looks the most like it: greys
// get no tint and earth stays brown. What a class's boxes are drawn in, its
// sample is, too.
func TestPictureIn256Colours(t *testing.T) {
	drawn := func(c color.RGBA) int {
		img := image.NewRGBA(image.Rect(0, 0, 2, 2))
		draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
		var n int
		if _, err := fmt.Sscanf(widget.Picture(img, 2, 1, widget.Colours256), "\x1b[38;5;%d;", &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, test := range []struct {
		name string
		c    color.RGBA
		want int
	}{
		{"black", color.RGBA{0, 0, 0, 255}, 16},
		{"white", color.RGBA{255, 255, 255, 255}, 231},
		{"of the cube", color.RGBA{95, 135, 215, 255}, 68},
		{"nearly of the cube", color.RGBA{90, 138, 212, 255}, 68},
		{"a grey sky", color.RGBA{182, 188, 196, 255}, 250},
		{"a dark street", color.RGBA{74, 75, 80, 255}, 239},
		{"earth", color.RGBA{122, 85, 54, 255}, 94},
	} {
		if got := drawn(test.c); got != test.want {
			t.Errorf("%s is drawn as %d, want %d", test.name, got, test.want)
		}
	}
	for grey := range 256 {
		if n := drawn(color.RGBA{uint8(grey), uint8(grey), uint8(grey), 255}); n < 232 && (n-16)%43 != 0 {
			t.Errorf("grey %d gets a tint, as %d", grey, n)
		}
	}
	profile := termenv.ANSI256
	th := widget.NewTheme(widget.ThemeOptions{Profile: &profile})
	seen := map[int]bool{}
	for kind := range 6 {
		n := drawn(widget.BoxColour(kind))
		if sample := th.Swatch(widget.BoxColour(kind)); seen[n] || !strings.Contains(sample, fmt.Sprintf("38;5;%dm", n)) {
			t.Errorf("kind %d is drawn as %d, and its sample is %q", kind, n, sample)
		}
		seen[n] = true
	}
}

// Who types over a default that is shown as a word need not delete it first,
// and Enter alone leaves it.
func TestTypingOverADefault(t *testing.T) {
	type answer struct{ Key, Value string }
	tests := map[string]struct {
		field widget.Field
		typed string
		want  answer
	}{
		"a word":         {widget.Field{Key: "budget", Value: "0", Shown: "none", Default: true}, "50", answer{"budget", "50"}},
		"a word, kept":   {widget.Field{Key: "budget", Value: "0", Shown: "none", Default: true}, "", answer{}},
		"a value":        {widget.Field{Key: "name", Value: "person", Shown: "person", Default: true}, "s", answer{"name", "persons"}},
		"a given answer": {widget.Field{Key: "budget", Value: "0", Shown: "none"}, "50", answer{"budget", "050"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			form := &widget.Form{Theme: theme(), Fields: []widget.Field{test.field}}
			form.Update(tea.KeyMsg{Type: tea.KeyEnter})
			for _, r := range test.typed {
				form.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
			}
			e := form.Update(tea.KeyMsg{Type: tea.KeyEnter})
			if got := (answer{e.Key, e.Value}); got != test.want || form.Busy() {
				t.Errorf("answered %v, want %v", got, test.want)
			}
		})
	}
}

func TestCutLeft(t *testing.T) {
	for _, s := range []string{"", "abcdef", "训练训练训练", "a训b练c训d练"} {
		for width := range 14 {
			got := widget.CutLeft(s, width, "…")
			if w := widget.Width(got); w > width || w < min(width, widget.Width(s))-2 {
				t.Errorf("%q in %d cells: %q", s, width, got)
			}
			if !strings.HasSuffix(s, strings.TrimPrefix(got, "…")) {
				t.Errorf("%q in %d cells: %q", s, width, got)
			}
		}
	}
}
