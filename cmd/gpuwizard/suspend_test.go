//go:build !windows

package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A shell with job control, as a person has it.
func openShell(t *testing.T) *terminal {
	t.Helper()
	c := exec.Command("sh", "-i")
	c.Env = []string{"PS1=ready> ", "ENV="}
	s := openCommand(t, c)
	s.expect(0, "ready>")
	return s
}

func (s *terminal) typeLine(line string) int {
	s.t.Helper()
	mark := s.mark()
	s.press(line + "\r")
	return mark
}

// control does something with the terminal's descriptor. File.Fd would make
// its reads block for good.
func (s *terminal) control(do func(fd int) error) {
	s.t.Helper()
	raw, err := s.pty.SyscallConn()
	if err == nil {
		controlErr := raw.Control(func(fd uintptr) { err = do(int(fd)) })
		err = errors.Join(err, controlErr)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// resize changes the window.
func (s *terminal) resize(rows, columns uint16) {
	s.t.Helper()
	s.control(func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns})
	})
}

// TestSuspend holds that Ctrl-Z gives the terminal back to the shell, and that
// fg takes the screen up again.
func TestSuspend(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := openShell(t)
	mark := s.typeLine(exe + " --lang en --dir " + dir)
	s.expect(mark, "Choose region")

	mark = s.mark()
	s.press("\x1a")
	s.expect(mark, "ready>")
	s.restored()
	mark = s.typeLine("echo back-$((40+2)); stty -a | tr ';' '\\n' | grep -w icanon")
	s.expect(mark, "back-42")
	s.expect(mark, "icanon")
	if said := s.text(mark); strings.Contains(said, "-icanon") {
		t.Errorf("the terminal is raw: %q", said)
	}
	mark = s.typeLine("fg")
	s.expect(mark, "Choose region")
	mark = s.mark()
	s.press("?")
	s.expect(mark, "Why this step")
	s.press("?")

	mark = s.mark()
	s.press("q")
	s.expect(mark, "ready>")
	s.restored()
	s.typeLine("exit")
}

// Without a shell to go to, Ctrl-Z says so and does nothing.
func TestSuspendWithoutAShell(t *testing.T) {
	s := openTerminal(t, "--lang", "en", "--dir", t.TempDir())
	s.expect(0, "Choose region")
	mark := s.mark()
	s.press("\x1a")
	s.expect(mark, "There is no shell to go to")
	s.press("q")
	s.ended()
	s.restored()
}
