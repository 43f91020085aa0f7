package plain_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// On a terminal, prose ends at its edge and says the same; elsewhere it is left
// alone.
func TestLinesEndAtTheEdge(t *testing.T) {
	for _, lang := range []text.Lang{text.EN, text.ZH} {
		said := map[int]string{}
		for _, width := range []int{0, 30, 60} {
			p := newProject(t)
			var out bytes.Buffer
			typed := io.TeeReader(iotest.OneByteReader(strings.NewReader(strings.Repeat("\n", 12))), &out) // as a terminal shows it
			o := plain.Options{Text: text.For(lang), In: typed, Out: &out}
			if width > 0 {
				o.Width = func() int { return width }
			}
			c := plain.New(o)
			for _, step := range []journey.Step{journey.Region, journey.Check} {
				if err := c.Do(t.Context(), p, noInstance, step); err != nil {
					t.Fatal(err)
				}
			}
			said[width] = strings.Join(strings.Fields(out.String()), "")
			for line := range strings.Lines(out.String()) {
				line = strings.TrimRight(line, "\n")
				if words := strings.Fields(line); width > 0 && widget.Width(line) >= width && len(words) > 2 {
					t.Errorf("%s, %d: too wide: %q", lang, width, line)
				}
			}
			if long := strings.Contains(out.String(), "\n  "+text.For(lang).Step(journey.Check).Why+"\n"); long != (width == 0) {
				t.Errorf("%s, %d: a sentence stands in one line: %v", lang, width, long)
			}
		}
		for width, words := range said {
			if words != said[0] {
				t.Errorf("%s: %d cells say something else", lang, width)
			}
		}
	}
}

// What people copy stays in one piece, whatever it has in it, and without the
// marks that keep it so.
func TestWhatIsCopiedStaysWhole(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "my own 图片 of people", "a second project with a long name")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	login := "ssh -p 10309 root@connect.nmb1.seetacloud.com"
	command := "python train.py --img 640 --batch 16 --epochs 100 --data 'my own data.yaml' --weights yolov5n.pt"
	for _, lang := range []text.Lang{text.EN, text.ZH} {
		c, out := console(plain.Options{Text: text.For(lang), Width: func() int { return 50 }}, strings.NewReader("\n\n"))
		c.Problem(problem.New("no-such-folder", nil, "path", dir))
		c.Tell(wizard.Event{Kind: wizard.KindCommand, Line: command})
		c.Tell(wizard.Event{Kind: wizard.KindContent, Line: command})
		c.Tell(wizard.Event{Kind: wizard.KindLog, Line: command})
		c.Line(c.Words().FillWith(c.Words().Plain().HowToGoOn, "command", command))
		c.Line(c.Words().FillWith(c.Words().Plain().PasswordFor, "login", login))
		if _, err := c.Welcome(t.Context(), plain.Places{Here: dir}); err != nil {
			t.Fatal(err)
		}
		got := out.String()
		for what, times := range map[string]int{dir: 2, command: 4, login: 1} {
			if n := strings.Count(got, what); n != times {
				t.Errorf("%s: %d of %d times whole: %q in\n%s", lang, n, times, what, got)
			}
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\n' }) {
			t.Errorf("%q", got)
		}
	}
}
