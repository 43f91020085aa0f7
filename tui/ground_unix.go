//go:build unix

package tui

import (
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// askGround asks the terminal for its background colour, and where its cursor
// is: every terminal answers the second question, so that one that does not
// know the first need not be waited for.
func askGround(in, out *os.File, patience time.Duration) string {
	if !term.IsTerminal(in.Fd()) || !term.IsTerminal(out.Fd()) {
		return ""
	}
	before, err := term.MakeRaw(in.Fd())
	if err != nil {
		return ""
	}
	defer func() { _ = term.Restore(in.Fd(), before) }()
	if _, err := out.WriteString("\x1b]11;?\x1b\\\x1b[6n"); err != nil {
		return ""
	}
	var reply strings.Builder
	buffer := make([]byte, 256)
	for deadline := time.Now().Add(patience); reply.Len() < 1<<12; {
		left := time.Until(deadline)
		if left <= 0 {
			break
		}
		// Not poll: on macOS it does not know terminals.
		var ready unix.FdSet
		ready.Set(int(in.Fd()))
		wait := unix.NsecToTimeval(left.Nanoseconds())
		n, err := unix.Select(int(in.Fd())+1, &ready, nil, nil, &wait)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			break
		}
		if n, err = unix.Read(int(in.Fd()), buffer); err != nil || n <= 0 {
			break
		}
		reply.Write(buffer[:n])
		if said := reply.String(); strings.Contains(said, "\x1b[") && strings.HasSuffix(said, "R") {
			break
		}
	}
	return reply.String()
}
