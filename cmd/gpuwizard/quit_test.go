//go:build !windows

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// cooked holds that the terminal takes lines and shows what is typed.
func (s *terminal) cooked() {
	s.t.Helper()
	s.control(func(fd int) error {
		state, err := term.GetState(uintptr(fd))
		if err == nil && state.Lflag&(unix.ICANON|unix.ECHO) != unix.ICANON|unix.ECHO {
			s.t.Errorf("the terminal is left raw: %#x", state.Lflag)
		}
		return err
	})
}

// TestQuit tells the program to quit, in the screens and in the lines: the
// terminal is as it was, and what every goroutine did is in a file, not on the
// screen.
func TestQuit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		sees string
		quit func(s *terminal)
	}{
		{"screens", nil, "Choose region", func(s *terminal) { _ = s.cmd.Process.Signal(syscall.SIGQUIT) }},
		{"a step at work", []string{"--speed", "0.1", "run", "--yes"}, "epoch", func(s *terminal) { _ = s.cmd.Process.Signal(syscall.SIGQUIT) }},
		{"lines", []string{"--plain"}, "Enter", func(s *terminal) { s.press("\x1c") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			temp := t.TempDir()
			p := exec.Command(exe, append([]string{"--practice", "--lang", "en", "--dir", filepath.Join(t.TempDir(), "p")}, c.args...)...)
			p.Env = []string{"TMPDIR=" + temp}
			s := openCommand(t, p)
			s.expect(0, c.sees)
			c.quit(s)
			if code := s.ended(); code != exitFailed {
				t.Errorf("exit code %d", code)
			}
			s.restored()
			s.cooked()
			all := s.text(0)
			files, _ := filepath.Glob(filepath.Join(temp, "gpuwizard-quit-*.log"))
			if len(files) != 1 || !strings.Contains(strings.ReplaceAll(all, "\r\n", ""), files[0]) || strings.Contains(all, "goroutine ") {
				t.Fatalf("files %q, told:\n%s", files, all)
			}
			if said := read(t, files[0]); !strings.Contains(said, "goroutine ") || !strings.Contains(said, "gpuwizard.run(") {
				t.Errorf("it says nothing of what the program did:\n%s", said)
			}
		})
	}
}

// A program that does not end when it is told to is ended at the second time.
func TestQuitOfOneThatHangs(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var log []string
	note := func(s string) func() { return func() { log = append(log, s) } }
	q := &quit{end: note("end"), restore: note("restore"), exit: func(code int) {
		if code != exitFailed {
			t.Errorf("exit code %d", code)
		}
		note("exit")()
	}}
	told := make(chan os.Signal, 2)
	told <- syscall.SIGQUIT
	told <- syscall.SIGQUIT
	q.serve(told)
	if got := strings.Join(log, " "); got != "end restore exit" || !strings.Contains(read(t, q.file()), "goroutine ") {
		t.Errorf("did %s", got)
	}
}
