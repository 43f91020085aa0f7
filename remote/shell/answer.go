package shell

import (
	"errors"
	"io"
	"regexp"
	"strconv"
)

// ErrTooMuch is returned by a writer that Limit made.
var ErrTooMuch = errors.New("the answer is too long")

// Limit returns a writer to w that takes no more than n bytes.
func Limit(w io.Writer, n int) io.Writer { return &limited{w, n} }

type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, ErrTooMuch
	}
	l.left -= len(p)
	return l.w.Write(p)
}

// dfLine is total, used, free, per cent and the mount point; names of devices
// and mount points may hold spaces.
var dfLine = regexp.MustCompile(`\s(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s+/`)

// ParseDF reads the last line of df -Pk or df -Pi: how many blocks or inodes
// there are, and how many are free.
func ParseDF(line string) (total, free int64, ok bool) {
	m := dfLine.FindStringSubmatch(line)
	if m == nil {
		return 0, 0, false
	}
	total, err1 := strconv.ParseInt(m[1], 10, 64)
	free, err2 := strconv.ParseInt(m[3], 10, 64)
	if err1 != nil || err2 != nil {
		return 0, 0, false
	}
	return total, max(free, 0), true
}
