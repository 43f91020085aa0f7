// Package folder reads and writes the many small files of large folders at
// little more than the price of the system calls that this takes: files are
// opened by their names within a folder that is open already, and are never
// made known to the runtime's poller, which is of no use for them and half of
// the cost. It does what package os does in every other respect.
//
// What is in the files is the business of those who use it.
package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// A Tree is a folder with all that lies below. Names of files are relative to
// it, with slashes, and must be local. It keeps the folders of the last files
// open, and is used by one goroutine at a time.
type Tree struct {
	root  string
	known [folders]known
	clock int
}

// folders are how many of them are kept open: those of pictures, of labels, and
// of what is made of both, in two parts.
const folders = 8

type known struct {
	rel  string
	used int // when; 0 if never
	handle
}

// New returns the tree below a folder.
func New(root string) *Tree { return &Tree{root: root} }

// Close closes the folders that are open. The tree may be used again.
func (t *Tree) Close() {
	for i := range t.known {
		if t.known[i].used > 0 {
			t.known[i].close()
		}
		t.known[i] = known{}
	}
}

// Path returns the path of a file for package os.
func (t *Tree) Path(rel string) string { return filepath.Join(t.root, filepath.FromSlash(rel)) }

// in returns the folder of a file, open.
func (t *Tree) in(rel string) (dir *known, base string) {
	slash := len(rel) - 1
	for slash >= 0 && rel[slash] != '/' {
		slash--
	}
	name := ""
	if slash >= 0 {
		name = rel[:slash]
	}
	t.clock++
	oldest := 0
	for i := range t.known {
		k := &t.known[i]
		if k.used > 0 && k.rel == name {
			k.used = t.clock
			return k, rel[slash+1:]
		}
		if k.used < t.known[oldest].used {
			oldest = i
		}
	}
	k := &t.known[oldest]
	if k.used > 0 {
		k.close()
	}
	*k = known{rel: name, used: t.clock, handle: open(t.Path(name))}
	return k, rel[slash+1:]
}

// Open opens a file for reading. The caller closes it.
func (t *Tree) Open(rel string) (File, error) {
	dir, base := t.in(rel)
	f, err := dir.open(base)
	return f, t.named("open", rel, err)
}

// Create makes a file that must not be there yet, with this content, and
// returns its time.
func (t *Tree) Create(rel string, data []byte) (time.Time, error) {
	dir, base := t.in(rel)
	modified, err := dir.create(base, data)
	return modified, t.named("create", rel, err)
}

// Lstat describes a file without following a link.
func (t *Tree) Lstat(rel string) (Info, error) {
	dir, base := t.in(rel)
	info, err := dir.lstat(base)
	return info, t.named("lstat", rel, err)
}

func (t *Tree) named(op, rel string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: t.Path(rel), Err: err}
}

// Info is what is known of a file besides its content.
type Info struct {
	Size     int64
	Modified time.Time
	Regular  bool
}

// Stat describes a file by its path. Links are followed.
func Stat(path string) (Info, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Info{}, err
	}
	return Info{info.Size(), info.ModTime(), info.Mode().IsRegular()}, nil
}

// A TooLarge file was not read to its end.
type TooLarge struct{ Size int64 }

func (e *TooLarge) Error() string { return strconv.FormatInt(e.Size, 10) + " bytes are too many" }

// ReadAll appends the rest of a file to buf, which grows as needed, and never
// beyond most bytes: a file that is larger is refused with *TooLarge.
func (f *File) ReadAll(buf []byte, most int64) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			// Most files never come here and need not be asked for their size.
			info, err := f.Stat()
			if err != nil {
				return buf, err
			}
			if size := max(info.Size, int64(len(buf))); size > most {
				return buf, &TooLarge{size}
			}
			// One byte more, to see the end; a file that grows meanwhile comes
			// here again.
			larger := make([]byte, len(buf), max(int(info.Size)+1, len(buf)+8<<10))
			copy(larger, buf)
			buf = larger
		}
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}
