//go:build !windows

package main

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

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

// Without a shell to go to, Ctrl-Z says so and does nothing.
func TestSuspendWithoutAShell(t *testing.T) {
	t.Parallel()
	s := openTerminal(t, "--lang", "en", "--dir", t.TempDir())
	s.expect(0, "Choose region")
	mark := s.mark()
	s.press("\x1a")
	s.expect(mark, "There is no shell to go to")
	s.press("q")
	s.ended()
	s.restored()
}
