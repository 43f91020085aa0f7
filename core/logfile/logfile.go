// Package logfile reads a log on the disk by the numbers of its lines, cleaned
// and counted as clean.Lines does, so that a pane which keeps the last lines in
// memory can show the older ones.
package logfile

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"gpuwizard/core/clean"
)

// stride is how many lines lie between two places that are remembered.
const stride = 256

// A File is a log that may still grow. It may be used by several goroutines.
type File struct {
	path string

	mu     sync.Mutex
	places []int64 // where the lines 0, stride, 2*stride ... begin
	lines  int     // that have ended
	size   int64   // of what was counted
}

// Open returns a log; it is read when something is asked of it.
func Open(path string) *File { return &File{path: path, places: []int64{0}} }

// Path is where the log lies.
func (f *File) Path() string { return f.path }

// Len counts the lines. One that has no end yet does not count.
func (f *File) Len(ctx context.Context) (int, error) {
	file, err := f.open(ctx)
	if err != nil {
		return 0, err
	}
	return f.lines, file.Close()
}

// open opens the file and counts what came since.
func (f *File) open(ctx context.Context) (*os.File, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("read a log: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.count(ctx, file); err != nil {
		return nil, errors.Join(fmt.Errorf("read a log: %w", err), file.Close())
	}
	return file, nil
}

func (f *File) count(ctx context.Context, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < f.size { // another log took its place
		f.places, f.lines, f.size = []int64{0}, 0, 0
	}
	if info.Size() == f.size {
		return nil
	}
	at := f.size
	buffer := make([]byte, 256<<10)
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := file.ReadAt(buffer, at)
		for piece, from := buffer[:n], at; ; {
			end := bytes.IndexByte(piece, '\n')
			if end < 0 {
				break
			}
			from += int64(end) + 1
			piece = piece[end+1:]
			f.size = from
			if f.lines++; f.lines%stride == 0 {
				f.places = append(f.places, from)
			}
		}
		at += int64(n)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Lines returns the lines from a number on, up to another.
func (f *File) Lines(ctx context.Context, from, to int) ([]string, error) {
	var lines []string
	err := f.walk(ctx, from, to, func(_ int, line string) { lines = append(lines, line) })
	return lines, err
}

// walk calls do for each of the lines from a number on, up to another.
func (f *File) walk(ctx context.Context, from, to int, do func(n int, line string)) error {
	file, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	f.mu.Lock()
	from, to = max(0, from), min(to, f.lines)
	at := f.places[min(from/stride, len(f.places)-1)]
	f.mu.Unlock()
	if from >= to {
		return nil
	}
	n := from / stride * stride
	lines := clean.NewLines(func(line string, live bool) {
		if live {
			return
		}
		if n >= from && n < to {
			do(n, line)
		}
		n++
	})
	r := bufio.NewReaderSize(io.NewSectionReader(file, at, 1<<62), 256<<10)
	for n < to {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		piece, err := r.ReadSlice('\n')
		_, _ = lines.Write(piece)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read a log: %w", err)
		}
	}
	return nil
}

// A Find is where a text was found.
type Find struct {
	Line  int // the number, or -1
	Count int // lines that hold it
}

// Find looks for a text, in lower case, in the lines from a number on, up to
// another: for the last that holds it, or for the first.
func (f *File) Find(ctx context.Context, text string, from, to int, last bool) (Find, error) {
	found := Find{Line: -1}
	err := f.walk(ctx, from, to, func(n int, line string) {
		if !strings.Contains(strings.ToLower(line), text) {
			return
		}
		found.Count++
		if last || found.Line < 0 {
			found.Line = n
		}
	})
	return found, err
}
