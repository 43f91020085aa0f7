//go:build !windows

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"

	"gpuwizard/core/journey"
	"gpuwizard/tui/text"
)

// terminal is the program in a pseudo-terminal.
type terminal struct {
	t    testing.TB
	pty  *os.File
	cmd  *exec.Cmd
	wait chan struct{} // closed when the program has ended

	mu   sync.Mutex
	seen bytes.Buffer
	more chan struct{} // told when more was seen
}

// openTerminal starts the program in a terminal of 80 by 24.
func openTerminal(t testing.TB, args ...string) *terminal {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return openCommand(t, exec.Command(exe, args...))
}

// openCommand starts a command in such a terminal.
func openCommand(t testing.TB, c *exec.Cmd) *terminal {
	t.Helper()
	// CI= because termenv asks no terminal anything where CI is set, and this
	// stands in for a person's terminal.
	c.Env = append(append(os.Environ(), asProgram+"=1", "TERM=xterm-256color", "COLORTERM=", "CI="), c.Env...)
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, pty: f, cmd: c, wait: make(chan struct{}), more: make(chan struct{}, 1)}
	go term.read()
	t.Cleanup(func() { _ = c.Process.Kill(); f.Close() })
	return term
}

func (s *terminal) read() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := s.pty.Read(buffer)
		s.mu.Lock()
		s.seen.Write(buffer[:n])
		s.mu.Unlock()
		s.answer(buffer[:n])
		select {
		case s.more <- struct{}{}:
		default:
		}
		if err != nil {
			_ = s.cmd.Wait()
			close(s.wait)
			return
		}
	}
}

// answer says what a terminal says when it is asked for its colours and its
// cursor.
func (s *terminal) answer(asked []byte) {
	if bytes.Contains(asked, []byte("\x1b]11;?")) {
		_, _ = io.WriteString(s.pty, "\x1b]11;rgb:0000/0000/0000\x1b\\")
	}
	if bytes.Contains(asked, []byte("\x1b[6n")) {
		_, _ = io.WriteString(s.pty, "\x1b[1;1R")
	}
}

// raw is everything written, with its escape sequences.
func (s *terminal) raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// text is everything written since the mark, without escape sequences.
func (s *terminal) text(since int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ansi.Strip(string(s.seen.Bytes()[since:]))
}

func (s *terminal) mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.Len()
}

// expect waits until one of the texts was written after the mark.
func (s *terminal) expect(since int, texts ...string) {
	s.t.Helper()
	came := func() bool {
		written := s.text(since)
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(written, text) })
	}
	deadline := time.After(3 * time.Minute)
	// Word of a new size that comes before the program listens for it is lost.
	again := time.NewTicker(5 * time.Second)
	defer again.Stop()
	for !came() {
		select {
		case <-s.more:
		case <-again.C:
			_ = s.cmd.Process.Signal(syscall.SIGWINCH)
		case <-s.wait:
			if !came() {
				s.t.Fatalf("ended without %q:\n%s", texts, s.text(since))
			}
		case <-deadline:
			s.t.Fatalf("%q never came:\n%s", texts, s.text(since))
		}
	}
}

// atHand is a button with the pointer in front of it. In a question that comes
// up by itself none has it until keys answer the question.
func atHand(label string) string { return "▸   " + label }

func (s *terminal) press(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.pty, keys); err != nil {
		s.t.Fatal(err)
	}
}

// ended waits for the end of the program and returns its exit code.
func (s *terminal) ended() int {
	s.t.Helper()
	select {
	case <-s.wait:
	case <-time.After(3 * time.Minute):
		s.t.Fatalf("the program does not end:\n%s", s.text(0))
	}
	return s.cmd.ProcessState.ExitCode()
}

// restored holds that the terminal is as it was: the other screen left, the
// cursor shown.
func (s *terminal) restored() {
	s.t.Helper()
	all := s.raw()
	for _, pair := range [][2]string{{"\x1b[?1049h", "\x1b[?1049l"}, {"\x1b[?25l", "\x1b[?25h"}, {"\x1b[?2004h", "\x1b[?2004l"}} {
		if strings.LastIndex(all, pair[1]) < strings.LastIndex(all, pair[0]) {
			s.t.Errorf("%q was set and not taken back", pair[0])
		}
	}
}

// TestScreensByKeysAlone walks the whole practice by Enter alone, in both
// languages.
func TestScreensByKeysAlone(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string][]string{
		"zh": {"选择地区", "检查数据", "转换标签", "修改类别数", "上传", "训练", "下载", "演练"},
		"en": {"Choose region", "Check data", "Convert labels", "Edit class count", "Upload", "Train", "Download", "REHEARSAL"},
	} {
		t.Run(lang, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p")
			s := openTerminal(t, "practice", "--lang", lang, "--speed", "2000", "--dir", dir)
			s.expect(0, words[7])
			for step := range 7 {
				s.expect(0, words[step])
				mark := s.mark()
				s.press("\r") // do it
				if step == 6 {
					s.expect(mark, atHand(text.For(text.Lang(lang)).ForPractice().StopYes))
					s.press("\r") // the first answer stops the instance
				}
				s.expect(mark, text.For(text.Lang(lang)).ButtonAgain)
				if step < 6 {
					mark = s.mark()
					s.press("\r") // and on
					s.expect(mark, words[step+1])
				}
			}
			mark := s.mark()
			s.press("q")
			if code := s.ended(); code != 0 {
				t.Errorf("exit code %d:\n%s", code, s.text(mark))
			}
			s.restored()
			if want := filepath.Join(dir, "rehearsal", "yolov5n_best.pt"); !strings.Contains(strings.ReplaceAll(s.text(mark), "\r\n", ""), want) {
				t.Errorf("the last words do not name %s:\n%s", want, s.text(mark))
			}
			if got := states(checklist(t, dir)); got != allDone {
				t.Errorf("states %s", got)
			}
		})
	}
}

// TestCtrlCInEveryStep breaks the journey off in each step, with the window
// resized in mid-step: the terminal is as it was, and the next start goes on
// from there.
func TestCtrlCInEveryStep(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	words := text.For(text.EN)
	for i, step := range journey.Steps() {
		s := openTerminal(t, "practice", "--lang", "en", "--speed", "50", "--dir", dir)
		s.expect(0, words.Step(step).Name)
		s.resize(40, 120)
		s.expect(0, words.WhyTitle) // the pane beside the step
		mark := s.mark()
		s.press("\r")
		s.expect(mark, words.Working, words.ButtonAgain) // a quick step is done before it is drawn
		s.resize(12, 40)
		s.expect(mark, "enlarge")
		s.resize(24, 80)
		mark = s.mark()
		s.press("\x03") // asks, or leaves if the step is done already
		s.press("\x03")
		s.ended()
		s.restored()
		if s.cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("%s: exit code %d:\n%s", step, s.cmd.ProcessState.ExitCode(), s.text(mark))
		}
		// Whatever was left undone is done now, without a person.
		if r := program(t, "run", "--yes", "--practice", "--speed", "2000", "--dir", dir, "--until", string(step)); r.code != 0 {
			t.Fatalf("%s: goes on with exit code %d:\n%s", step, r.code, r.all())
		}
		if got := states(checklist(t, dir)); strings.Count(got, "done") < i+1 {
			t.Errorf("after %s: %s", step, got)
		}
	}
}

// TestLinesAskTheTerminalNothing holds that only the screens ask the terminal
// for its colours: elsewhere there is no time to wait for an answer, and no
// place for the question.
func TestLinesAskTheTerminalNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTerminal(t, "status", "--lang", "en", "--dir", dir)
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if all := s.raw(); strings.Contains(all, "\x1b") || !strings.Contains(all, "Choose region") {
		t.Errorf("%q", all)
	}
	s = openTerminal(t, "--lang", "en", "--dir", dir)
	s.expect(0, "Choose region")
	if !strings.Contains(s.raw(), "\x1b]11;?") {
		t.Error("the screens do not ask whether the terminal is light or dark")
	}
	s.press("q")
	s.ended()
	s.restored()
}

// TestSignalsEndTheProgram holds that the program ends of itself, its record
// whole and the terminal restored, when the window is closed or it is told to
// end, also in the middle of a step.
func TestSignalsEndTheProgram(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		for _, atWork := range []bool{false, true} {
			s := openTerminal(t, "practice", "--lang", "en", "--dir", filepath.Join(t.TempDir(), "p"))
			s.expect(0, "Choose region")
			if atWork {
				s.press("\r")
				s.expect(0, "Next · Check data")
				mark := s.mark()
				s.press("2\r")
				s.expect(mark, "at work", "Do it again")
			}
			if err := s.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if code := s.ended(); code < 0 {
				t.Errorf("killed by %s: %v", sig, s.cmd.ProcessState)
			}
			s.restored()
		}
	}
}

// BenchmarkFirstFrame measures the time from the start of the process to the
// first frame, on a project of 10,000 pictures with its labels converted, and
// beside it the start of a process that does next to nothing: go version.
func BenchmarkFirstFrame(b *testing.B) {
	dir := bigProject(b, 10000)
	var frame, floor time.Duration
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		if err := exec.Command("go", "version").Run(); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(start)
		start = time.Now()
		s := openTerminal(b, "--lang", "en", "--dir", dir)
		s.expect(0, "Edit class count")
		frame += time.Since(start)
		_ = s.cmd.Process.Kill()
		s.ended()
	}
	b.ReportMetric(float64(frame.Milliseconds())/float64(b.N), "ms/frame")
	b.ReportMetric(float64(floor.Milliseconds())/float64(b.N), "ms/go-version")
	b.ReportMetric(float64(frame)/float64(floor), "ratio")
}

// bigProject has n pictures that differ in a comment, and its first three
// steps done.
func bigProject(b *testing.B, n int) string {
	b.Helper()
	drawn, err := sampleData()
	if err != nil {
		b.Fatal(err)
	}
	picture, err := os.ReadFile(filepath.Join(drawn, "train", "person-001.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	label, err := os.ReadFile(filepath.Join(drawn, "train", "person-001.xml"))
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	data := filepath.Join(dir, "train_data")
	if err := os.Mkdir(data, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		comment := fmt.Sprintf("%08d", i)
		jpeg := string(picture[:2]) + "\xff\xfe\x00\x0a" + comment + string(picture[2:])
		name := filepath.Join(data, comment)
		if err := os.WriteFile(name+".jpg", []byte(jpeg), 0o644); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name+".xml", label, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	plan := "platform: any\ndata: train_data\n"
	if err := os.WriteFile(filepath.Join(dir, "gpuwizard.yaml"), []byte(plan), 0o644); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(b.Context(), []string{"run", "--yes", "--until", "convert", "--dir", dir}, streams{in: strings.NewReader(""), out: &out, err: &out}); code != 0 {
		b.Fatalf("exit code %d:\n%s", code, out.String())
	}
	return dir
}
