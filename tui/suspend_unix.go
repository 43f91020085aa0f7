//go:build unix

package tui

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

const (
	// oneReturn is how long signals to go on are taken for one: some shells send
	// several, and each would take keys away for a moment.
	oneReturn = 200 * time.Millisecond
	// forePause is the time between two looks whether the program has the
	// terminal again: some shells send no signal to one that runs already.
	forePause = 100 * time.Millisecond
)

// stops gives the terminal back while the program is stopped for a while, and
// takes it up again afterwards, whoever stopped it.
//
// Bubble Tea's own way leaves out stops from outside, waits for ever where the
// signal stops nothing, and sets the terminal while it belongs to the shell:
// the system answers that by stopping the program once more, and one that was
// continued to be ended does not end.
type stops struct {
	program         *tea.Program
	end             func() // ends the program
	stop, continued chan os.Signal
	back            time.Time   // when the terminal was taken up last
	shell           *term.State // how the shell has the terminal while the program ends without it
}

// watchStops begins with that once up is closed. When ctx ends it ends the
// program by end. What it returns is to be called after the program.
func watchStops(ctx context.Context, p *tea.Program, up <-chan struct{}, end func()) (after func()) {
	w := &stops{program: p, end: end, stop: make(chan os.Signal, 1), continued: make(chan os.Signal, 1)}
	signal.Notify(w.stop, unix.SIGTSTP)
	signal.Notify(w.continued, unix.SIGCONT)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer end()
		select {
		case <-ctx.Done():
		case <-up:
			w.watch(ctx)
		}
	}()
	return func() {
		<-ended
		signal.Stop(w.continued)
		signal.Stop(w.stop)
		if w.shell != nil {
			_ = term.Restore(os.Stdin.Fd(), w.shell)
		}
	}
}

func (w *stops) watch(ctx context.Context) {
	signal.Ignore(unix.SIGTTOU)
	for {
		released := false
		select {
		case <-ctx.Done():
			return
		case <-w.stop:
			if !continuable() {
				continue
			}
			if released = w.program.ReleaseTerminal() == nil; released {
				w.stopped(ctx)
			}
		case <-w.continued:
			if time.Since(w.back) < oneReturn {
				continue
			}
			// It was stopped by the signal that cannot be caught, and the shell has
			// set the terminal to its own ways.
			shell := w.ofShell()
			released = w.program.ReleaseTerminal() == nil
			if shell != nil {
				_ = term.Restore(os.Stdin.Fd(), shell)
			}
		}
		if !w.foreground(ctx) {
			w.shell = w.ofShell()
			return
		}
		if released {
			_ = w.program.RestoreTerminal()
			w.back = time.Now()
		}
		drain(w.stop) // it is from before the stop that is over
		w.program.Send(returnedMsg{})
	}
}

// stopped stops the program, until it is continued.
func (w *stops) stopped(ctx context.Context) {
	// A signal from before the stop tells nothing of its end.
	drain(w.continued)
	// SIGTSTP itself is caught here; this one is not.
	_ = unix.Kill(os.Getpid(), unix.SIGSTOP)
	select {
	case <-ctx.Done():
	case <-w.continued:
	}
}

// foreground waits until the terminal is the program's. It is false if ctx ends
// before: the program was continued to be ended.
func (w *stops) foreground(ctx context.Context) bool {
	for !inForeground() {
		select {
		case <-ctx.Done():
			return false
		case <-w.continued:
		case <-time.After(forePause):
		}
	}
	return true
}

// ofShell is how the terminal is set, if it is not the program's at present.
func (w *stops) ofShell() *term.State {
	if inForeground() {
		return nil
	}
	state, err := term.GetState(os.Stdin.Fd())
	if err != nil {
		return nil
	}
	return state
}

// inForeground reports whether the terminal, if there is one, is the program's.
func inForeground() bool {
	group, err := unix.IoctlGetInt(int(os.Stdin.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

func drain(signals <-chan os.Signal) {
	select {
	case <-signals:
	default:
	}
}

// stopSelf stops the program and what else runs in its job, as Ctrl-Z does in a
// shell. It is false where nobody could continue it.
func stopSelf() bool {
	return continuable() && unix.Kill(0, unix.SIGTSTP) == nil
}

// continuable reports whether there is a shell that could continue the program:
// one in the same session that gave it a job of its own. What a session was
// begun with, and what that runs without making jobs, nobody continues.
func continuable() bool {
	session, err := unix.Getsid(0)
	if err != nil || unix.Getpgrp() == session {
		return false
	}
	parent, err := unix.Getsid(syscall.Getppid())
	return err == nil && parent == session
}
