//go:build unix

package tui

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sys/unix"
)

// oneReturn is how long signals to go on are taken for one: some shells send
// several, and each would take keys away for a moment.
const oneReturn = 200 * time.Millisecond

// watchStops gives the terminal back while the program is stopped for a while,
// and takes it up again afterwards, whoever stopped it.
//
// Bubble Tea's own way leaves out stops from outside; and it waits for ever
// where the signal stops nothing.
func watchStops(ctx context.Context, p *tea.Program) {
	stops, continued := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(stops, unix.SIGTSTP)
	signal.Notify(continued, unix.SIGCONT)
	go func() {
		defer signal.Stop(continued)
		defer signal.Stop(stops)
		var back time.Time // when the terminal was taken up last
		for {
			released := false
			select {
			case <-ctx.Done():
				return
			case <-stops:
				if released = p.ReleaseTerminal() == nil; !released {
					continue
				}
				// A signal from before the stop tells nothing of its end.
				select {
				case <-continued:
				default:
				}
				// SIGTSTP itself is caught here; this one is not.
				_ = unix.Kill(os.Getpid(), unix.SIGSTOP)
				select {
				case <-ctx.Done():
					return
				case <-continued:
				}
			case <-continued:
				if time.Since(back) < oneReturn {
					continue
				}
				// It was stopped by the signal that cannot be caught, and the
				// shell has set the terminal to its own ways.
				released = p.ReleaseTerminal() == nil
			}
			if released {
				_ = p.RestoreTerminal()
				back = time.Now()
			}
		}
	}()
}

// stopSelf stops the program and what else runs in its job, as Ctrl-Z does in a
// shell. It is false where nobody could continue it: without a shell in the
// same session.
func stopSelf() bool {
	own, err := unix.Getsid(0)
	if err != nil {
		return false
	}
	if parent, err := unix.Getsid(syscall.Getppid()); err != nil || parent != own {
		return false
	}
	return unix.Kill(0, unix.SIGTSTP) == nil
}
