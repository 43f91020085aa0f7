package clean

import "bytes"

// Lines turns a stream of bytes into cleaned lines, whatever the size of the
// pieces in which it comes. A carriage return begins the present line anew, as
// progress bars do; a line feed ends it.
//
// It keeps no more than one line of at most MaxLine bytes or so. It is not
// safe for use by several goroutines at once.
type Lines struct {
	emit func(line string, live bool)
	row  []byte
	// over is how far the row goes on beyond what was kept.
	over bool
	// returned: a carriage return was the last byte; the next one decides
	// whether it belongs to a line end.
	returned bool
	changed  bool
}

// NewLines returns a Lines that calls emit with each ended line (live is
// false), and after each Write with the line that is not ended yet, if it
// changed (live is true): the next call replaces it.
func NewLines(emit func(line string, live bool)) *Lines {
	return &Lines{emit: emit}
}

// Write takes the next bytes. It never fails.
func (l *Lines) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if l.returned {
			l.returned = false
			if p[0] != '\n' {
				l.reset()
			}
		}
		i := bytes.IndexAny(p, "\r\n")
		if i < 0 {
			l.add(p)
			break
		}
		l.add(p[:i])
		if p[i] == '\n' {
			l.emit(Line(string(l.row)), false)
			l.reset()
			l.changed = false
		} else {
			l.returned = true
		}
		p = p[i+1:]
	}
	if l.changed {
		l.changed = false
		l.emit(Line(string(l.row)), true)
	}
	return n, nil
}

// Flush ends a line that the stream left without an end.
func (l *Lines) Flush() {
	if len(l.row) > 0 {
		l.emit(Line(string(l.row)), false)
	}
	l.reset()
	l.returned, l.changed = false, false
}

func (l *Lines) reset() {
	if len(l.row) > 0 {
		l.changed = true
	}
	l.row, l.over = l.row[:0], false
}

// maxRow leaves room for escape sequences, which do not count in a cleaned
// line, and makes a cut line one that Line cuts as well.
const maxRow = 4 * MaxLine

func (l *Lines) add(p []byte) {
	if len(p) == 0 || l.over {
		return
	}
	if room := maxRow - len(l.row); len(p) > room {
		p, l.over = p[:room], true
	}
	l.row = append(l.row, p...)
	l.changed = true
}
