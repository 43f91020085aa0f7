package label

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

// tempPrefix begins the names of files that are not finished.
const tempPrefix = ".part-"

// A writer brings one item after the other to its place.
type writer struct {
	*preparation
	rows    []byte
	seen    map[string]bool // rows of the label in hand
	buffer  []byte
	sum     hash.Hash
	boxes   int
	dropped int
}

func newWriter(p *preparation) *writer {
	return &writer{preparation: p, buffer: make([]byte, 256<<10), sum: sha256.New(), seen: map[string]bool{}}
}

func (w *writer) item(ctx context.Context, i int) error {
	image, err := w.picture(ctx, w.items[i], w.imagePath(i))
	if err != nil {
		return err
	}
	text, err := w.label(w.items[i], w.labelPath(i))
	if err != nil {
		return err
	}
	w.manifest.Files[2*i], w.manifest.Files[2*i+1] = image, text
	return nil
}

// label writes the rows of one picture.
func (w *writer) label(it *dataset.Item, rel string) (File, error) {
	w.compose(it)
	sum := sha256.Sum256(w.rows)
	f := File{Path: rel, Size: int64(len(w.rows)), SHA256: hex.EncodeToString(sum[:]), Source: it.Annotation}
	at := filepath.Join(w.out, filepath.FromSlash(rel))
	modified, err := w.put(at, f)
	if err != nil {
		return File{}, failed(err, at)
	}
	f.Modified = modified
	if old := w.old(rel); old != nil && old.SHA256 == f.SHA256 {
		f.Path, f.SHA256 = old.Path, old.SHA256 // one copy in memory is enough
	}
	return f, nil
}

// compose puts the rows of one picture into w.rows.
func (w *writer) compose(it *dataset.Item) {
	w.rows = w.rows[:0]
	if w.opts.Written != nil {
		if rows, ok := w.opts.Written[it.Image]; ok {
			w.rows = append(w.rows, rows...)
			w.boxes += bytes.Count(w.rows, []byte("\n"))
			return
		}
	}
	clear(w.seen)
	for _, b := range it.Boxes {
		if w.row(it, b) {
			w.boxes++
		} else {
			w.dropped++
		}
	}
}

// row adds the row of one box unless it is to be left out.
func (w *writer) row(it *dataset.Item, b dataset.Box) bool {
	if b.Difficult && w.opts.SkipDifficult {
		return false
	}
	if w.opts.MinusOne {
		b.XMin, b.YMin, b.XMax, b.YMax = b.XMin-1, b.YMin-1, b.XMax-1, b.YMax-1
	}
	b, ok := b.Within(it.LabelWidth, it.LabelHeight)
	if !ok {
		return false
	}
	class, _ := w.number(b.Class)
	start := len(w.rows)
	b, width, height := it.Upright(b)
	w.rows = appendRow(w.rows, class, b, width, height)
	if len(it.Boxes) == 1 {
		return true
	}
	if w.seen[string(w.rows[start:])] {
		w.rows = w.rows[:start]
		return false
	}
	w.seen[string(w.rows[start:])] = true
	return true
}

// put makes the file hold w.rows. A file that is new is written at its place,
// which costs half of writing it elsewhere first: should the program be
// killed meanwhile, the manifest still says that work was going on.
func (w *writer) put(at string, f File) (time.Time, error) {
	write := func(f *os.File) error {
		_, err := f.Write(w.rows)
		return err
	}
	old := w.old(f.Path)
	if old == nil {
		file, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			return fill(file, write)
		}
		if !errors.Is(err, fs.ErrExist) {
			return time.Time{}, err
		}
	}
	if info, err := os.Lstat(at); err == nil && info.Mode().IsRegular() && info.Size() == f.Size {
		if old != nil && old.SHA256 == f.SHA256 && old.Modified.Equal(info.ModTime()) {
			return info.ModTime(), nil
		}
		if data, err := os.ReadFile(at); err == nil && bytes.Equal(data, w.rows) {
			return info.ModTime(), nil
		}
	}
	return replaceAt(at, write)
}

// fill writes and closes a file and returns its time.
func fill(f *os.File, content func(*os.File) error) (time.Time, error) {
	err := content(f)
	info, serr := f.Stat()
	if err := errors.Join(err, f.Close(), serr); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// replace makes a file appear under its name only when it is complete.
func replace(at string, content func(*os.File) error) error {
	_, err := replaceAt(at, content)
	return err
}

func replaceAt(at string, content func(*os.File) error) (time.Time, error) {
	temp, err := os.CreateTemp(filepath.Dir(at), tempPrefix+"*")
	if err != nil {
		return time.Time{}, err
	}
	modified, err := fill(temp, content)
	if err == nil {
		err = os.Chmod(temp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(temp.Name(), at)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return modified, err
}

// picture brings one picture to its place.
func (w *writer) picture(ctx context.Context, it *dataset.Item, rel string) (File, error) {
	from := filepath.Join(w.set.Root, filepath.FromSlash(it.Image))
	at := filepath.Join(w.out, filepath.FromSlash(rel))
	unreadable := func(err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return problem.New(dataset.FileUnreadable, err, "path", from)
	}
	source, err := os.Stat(from)
	if err != nil {
		return File{}, unreadable(err)
	}
	there, err := os.Lstat(at)
	exists := err == nil && there.Mode().IsRegular()
	if old := w.old(rel); old != nil && exists && old.Source == it.Image && untouched(old, source, there) {
		return *old, nil
	}
	f := File{Path: rel, Size: source.Size(), Source: it.Image, Modified: source.ModTime()}
	if it.Orientation > 1 {
		if f, done, err := w.upright(ctx, it, at, f); done {
			return f, err
		}
	}
	var ending []byte
	f.SHA256, ending, err = w.digest(ctx, from)
	if err != nil {
		return File{}, unreadable(err)
	}
	if len(ending) > 0 {
		// A JPEG without its end marker must not be linked: YOLOv5 would
		// write it anew at its place, which then is the user's own file.
		f.Mend, f.SourceSize = MendClosed, source.Size()
		err = w.copyTo(at, from, ending, source.ModTime())
	} else if exists && os.SameFile(source, there) {
		return f, nil
	} else if exists && there.Size() == f.Size && w.same(ctx, at, f.SHA256) {
		f.Modified = there.ModTime()
		return f, nil
	} else if w.link(at, from) != nil {
		err = w.copyTo(at, from, nil, source.ModTime())
	}
	if err != nil {
		return File{}, failed(err, at)
	}
	return w.fact(ctx, at, f)
}

// untouched reports whether the picture is still what an earlier call linked,
// copied or mended from source; a copy has its source's time.
func untouched(old *File, source, there fs.FileInfo) bool {
	from := old.Size
	if old.Mend != "" {
		from = old.SourceSize
	}
	return old.Size == there.Size() && source.Size() == from &&
		old.Modified.Equal(there.ModTime()) && old.Modified.Equal(source.ModTime())
}

// fact completes f with what the file system made of it.
func (w *writer) fact(ctx context.Context, at string, f File) (File, error) {
	info, err := os.Lstat(at)
	if err != nil {
		return File{}, failed(err, at)
	}
	f.Size, f.Modified = info.Size(), info.ModTime()
	if f.Mend != "" {
		if f.SHA256, _, err = w.digest(ctx, at); err != nil {
			return File{}, failed(err, at)
		}
	}
	return f, nil
}

var (
	startOfJPEG = []byte{0xFF, 0xD8, 0xFF}
	endOfJPEG   = []byte{0xFF, 0xD9}
)

// digest reads the file and returns its SHA-256, and what is missing at its
// end: the end marker of a JPEG.
func (w *writer) digest(ctx context.Context, path string) (string, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	w.sum.Reset()
	var first, last []byte
	for {
		n, err := f.Read(w.buffer)
		if part := w.buffer[:n]; n > 0 {
			w.sum.Write(part)
			if first == nil {
				first = bytes.Clone(part[:min(n, 3)])
			}
			last = append(last, part[max(0, n-2):]...)
			last = bytes.Clone(last[max(0, len(last)-2):])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return "", nil, err
		}
	}
	sum := hex.EncodeToString(w.sum.Sum(nil))
	if bytes.Equal(first, startOfJPEG) && !bytes.Equal(last, endOfJPEG) {
		return sum, endOfJPEG, nil
	}
	return sum, nil, nil
}

func (w *writer) same(ctx context.Context, path, sum string) bool {
	got, _, err := w.digest(ctx, path)
	return err == nil && got == sum
}

// link gives the picture a second name, by way of a temporary one so that an
// older file at its place is replaced at once. The picture itself is never
// opened for writing.
func (w *writer) link(at, from string) error {
	real, err := filepath.EvalSymlinks(from)
	if err != nil {
		return err
	}
	if err := os.Link(real, at); err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	temp := filepath.Join(filepath.Dir(at), tempPrefix+filepath.Base(at))
	os.Remove(temp)
	if err := os.Link(real, temp); err != nil {
		return err
	}
	if err := os.Rename(temp, at); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// copyTo copies a picture, with ending added, and gives the copy its time.
func (w *writer) copyTo(at, from string, ending []byte, modified time.Time) error {
	in, err := os.Open(from)
	if err != nil {
		return problem.New(dataset.FileUnreadable, err, "path", from)
	}
	defer in.Close()
	err = replace(at, func(f *os.File) error {
		if _, err := io.CopyBuffer(f, in, w.buffer); err != nil {
			return err
		}
		_, err := f.Write(ending)
		return err
	})
	if err != nil {
		return err
	}
	return os.Chtimes(at, modified, modified)
}
