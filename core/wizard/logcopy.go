package wizard

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// maxAgree is how much of the end of a copy is compared with the log itself.
const maxAgree = 64 << 10

// A logCopy is the copy here of a job's log there, byte for byte. Every piece
// is written at its own place: two programs that bring the same log write the
// same bytes to the same places.
type logCopy struct {
	name string
	file *os.File
	size int64 // of the copy
	next int64 // its end is compared with the log from here on, up to its size
}

// openLog opens the copy of the log of the job at hand.
func (w *work) openLog() (*logCopy, error) {
	name := w.StatePath(filepath.FromSlash(w.evidence.Fact("log")))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, cannotWrite(name, err)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, cannotWrite(name, err)
	}
	return &logCopy{name: name, file: file}, nil
}

func (l *logCopy) close() { _ = l.file.Close() }

func (l *logCopy) sync() error {
	if err := l.file.Sync(); err != nil {
		return cannotWrite(l.name, err)
	}
	return nil
}

// past hands over what is here already.
func (l *logCopy) past(to io.Writer) error {
	n, err := io.Copy(to, l.file)
	if err != nil {
		return cannotWrite(l.name, err)
	}
	l.size, l.next = n, max(0, n-maxAgree)
	return nil
}

// from is the offset to read on from. At first that is a little before the end:
// a power cut can leave an end that never was in the log.
func (l *logCopy) from() int64 { return l.next }

// add writes a piece that was read at from, and returns what of it is new.
func (l *logCopy) add(state instance.JobState, piece []byte) ([]byte, error) {
	if state.LogSize < l.size {
		if state.Phase == instance.JobLost || state.Phase == instance.JobAbsent {
			// The instance lost more than this computer did.
			l.size, l.next = state.LogSize, state.LogSize
			return nil, nil
		}
		return nil, l.other()
	}
	if n := min(l.size-l.next, int64(len(piece))); n > 0 {
		end := make([]byte, n)
		if _, err := l.file.ReadAt(end, l.next); err != nil {
			return nil, cannotWrite(l.name, err)
		}
		if !bytes.Equal(end, piece[:n]) {
			return nil, l.other()
		}
		l.next += n
		piece = piece[n:]
	}
	if len(piece) == 0 {
		return nil, nil
	}
	if _, err := l.file.WriteAt(piece, l.size); err != nil {
		return nil, cannotWrite(l.name, err)
	}
	l.size += int64(len(piece))
	l.next = l.size
	return piece, nil
}

// other begins the copy anew: it is of another log than the job's. It is kept
// beside.
func (l *logCopy) other() error {
	if l.size == 0 {
		return problem.New(instance.RemoteFileChanged, nil, "path", filepath.Base(l.name))
	}
	_ = l.file.Close()
	if err := os.Rename(l.name, l.name+".before"); err != nil {
		return cannotWrite(l.name, err)
	}
	file, err := os.OpenFile(l.name, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return cannotWrite(l.name, err)
	}
	l.file, l.size, l.next = file, 0, 0
	return nil
}
