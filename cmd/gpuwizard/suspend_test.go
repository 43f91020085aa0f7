//go:build !windows

package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
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

// suspendRounds names the variable that has the terminal given back and taken
// up again more often than go test does by itself.
const suspendRounds = "GPUWIZARD_TEST_SUSPEND"

// Ctrl-Z gives the terminal back to the shell, and fg takes the screen up
// again, time and again and whatever shell it is.
func TestSuspend(t *testing.T) {
	t.Parallel()
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv(suspendRounds)); err == nil {
		rounds = n
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, shell := range [][]string{{"dash", "-i"}, {"bash", "--norc", "--noediting", "-i"}, {"zsh", "-f", "-i", "+Z"}} {
		t.Run(shell[0], func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell[0])
			if err != nil {
				t.Skip(err)
			}
			c := exec.Command(path, shell[1:]...)
			c.Env = []string{"PS1=ready> ", "ENV=", "HISTFILE="}
			s := openCommand(t, c)
			s.expect(0, "ready>")
			typed := func(line string) int {
				mark := s.mark()
				s.press(line + "\r")
				return mark
			}
			works := func(mark int) {
				t.Helper()
				s.expect(mark, "Choose region")
				mark = s.mark()
				s.press("?")
				s.expect(mark, "Why this step")
				mark = s.mark()
				s.press("?")
				s.expect(mark, "Keep this choice")
			}
			mark := typed(exe + " --lang en --dir " + t.TempDir())
			s.expect(mark, "Choose region")
			for range rounds {
				mark = s.mark()
				s.press("\x1a")
				s.expect(mark, "ready>")
				s.restored()
				mark = typed("echo back-$((40+2)); stty -a | tr ';' '\\n' | grep -w icanon; echo told-$((40+3))")
				s.expect(mark, "told-43")
				if said := s.text(mark); !strings.Contains(said, "back-42") || !strings.Contains(said, "icanon") || strings.Contains(said, "-icanon") {
					t.Errorf("the terminal is raw: %q", said)
				}
				works(typed("fg"))
			}
			// A key that is held down stops it once.
			mark = s.mark()
			s.press("\x1a\x1a")
			s.expect(mark, "ready>")
			works(typed("fg"))
			// In the background it leaves the terminal to the shell.
			mark = s.mark()
			s.press("\x1a")
			s.expect(mark, "ready>")
			typed("bg")
			mark = typed("echo back-$((41+2))")
			s.expect(mark, "back-43")
			works(typed("fg"))
			mark = s.mark()
			s.press("q")
			s.expect(mark, "ready>")
			s.restored()
			// One that was stopped can be ended, without the terminal.
			mark = typed(exe + " --lang en --dir " + t.TempDir())
			s.expect(mark, "Choose region")
			mark = s.mark()
			s.press("\x1a")
			s.expect(mark, "ready>")
			mark = typed("kill %1; kill -CONT %1; wait; echo ended-$((43+1))")
			s.expect(mark, "ended-44")
			// dash waits for no job that it saw stopped: the program itself says that
			// it ends, and dash may believe only the second time that none is left.
			s.expect(mark, "To continue from here")
			s.restored()
			typed("jobs; exit; exit")
			s.ended()
		})
	}
}

// Without a shell to go to, Ctrl-Z says so and does nothing; so it does where
// there is one that waits for the program and gave it no job of its own.
func TestSuspendWithoutAShell(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--lang", "en", "--dir", t.TempDir()}
	for _, c := range []*exec.Cmd{
		exec.Command(exe, args...), exec.Command("sh", append([]string{"-c", `"$@"; exit 0`, "sh", exe}, args...)...),
	} {
		s := openCommand(t, c)
		s.expect(0, "Choose region")
		mark := s.mark()
		s.press("\x1a")
		s.expect(mark, "There is no shell to go to")
		s.press("q")
		s.ended()
		s.restored()
	}
}
