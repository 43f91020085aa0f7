package label

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/folder"
	"gpuwizard/core/problem"
)

// tempPrefix begins the names of files that are not finished.
const tempPrefix = ".part-"

// A writer brings one item after the other to its place.
type writer struct {
	*preparation
	files   *folder.Tree // of the prepared folder
	sources *folder.Tree // of the data
	file    folder.File  // the one that is read
	rows    []byte
	seen    map[string]bool // rows of the label in hand
	buffer  []byte
	sum     hash.Hash
	boxes   int
	dropped int
}

func newWriter(p *preparation) *writer {
	w := &writer{preparation: p, buffer: make([]byte, 256<<10), sum: sha256.New(), seen: map[string]bool{}}
	if p.set != nil {
		w.sources = folder.New(p.set.Root)
	}
	w.files = folder.New(p.out)
	return w
}

// close closes the folders that are open.
func (w *writer) close() {
	w.files.Close()
	if w.sources != nil {
		w.sources.Close()
	}
}

func (w *writer) item(ctx context.Context, i int) error {
	if err := w.picture(ctx, 2*i); err != nil {
		return err
	}
	return w.label(w.items[i], &w.manifest.Files[2*i+1], w.finished[2*i+1])
}

// label writes the rows of one picture to the place that f names. If an earlier
// call has finished it, f says what it wrote.
func (w *writer) label(it *dataset.Item, f *File, finished bool) error {
	w.compose(it)
	now := File{Path: f.Path, Size: int64(len(w.rows)), Sum: sha256.Sum256(w.rows), Source: it.Annotation}
	modified, err := w.put(&now, f, finished)
	if err != nil {
		return failed(err, w.files.Path(f.Path))
	}
	now.Modified = modified.UnixNano()
	*f = now
	return nil
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
func (w *writer) put(f, old *File, finished bool) (time.Time, error) {
	if !finished {
		modified, err := w.files.Create(f.Path, w.rows)
		if !errors.Is(err, fs.ErrExist) {
			return modified, err
		}
	}
	at := w.files.Path(f.Path)
	if info, err := w.files.Lstat(f.Path); err == nil && info.Regular && info.Size == f.Size {
		if finished && old.Sum == f.Sum && old.Modified == info.Modified.UnixNano() {
			return info.Modified, nil
		}
		if data, err := os.ReadFile(at); err == nil && bytes.Equal(data, w.rows) {
			return info.Modified, nil
		}
	}
	return replaceAt(at, func(f *os.File) error {
		_, err := f.Write(w.rows)
		return err
	})
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

// picture brings one picture to its place, that of a file of the manifest.
func (w *writer) picture(ctx context.Context, file int) error {
	it, out := w.items[file/2], &w.manifest.Files[file]
	from, at := w.sources.Path(it.Image), w.files.Path(out.Path)
	unreadable := func(err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return problem.New(dataset.FileUnreadable, err, "path", from)
	}
	source, err := w.sources.Lstat(it.Image)
	if err == nil && !source.Regular { // a link, which is followed
		if from, err = filepath.EvalSymlinks(from); err == nil {
			source, err = folder.Stat(from)
		}
	}
	if err != nil {
		return unreadable(err)
	}
	there, err := w.files.Lstat(out.Path)
	exists := err == nil && there.Regular
	if w.finished[file] && exists && out.Source == it.Image && untouched(out, source, there) {
		return nil
	}
	f := File{Path: out.Path, Size: source.Size, Source: it.Image, Modified: source.Modified.UnixNano()}
	if it.Orientation > 1 {
		if done, err := w.upright(ctx, it, at, &f); done {
			*out = f
			return err
		}
	}
	var ending []byte
	if f.Sum, ending, err = w.digest(ctx, w.sources, it.Image); err != nil {
		return unreadable(err)
	}
	switch {
	case len(ending) > 0:
		// A JPEG without its end marker must not be linked: YOLOv5 would
		// write it anew at its place, which then is the user's own file.
		f.Mend, f.SourceSize = MendClosed, source.Size
		err = w.copyTo(at, from, ending, source.Modified)
	case exists && sameFile(from, at):
		*out = f
		return nil
	case exists && there.Size == f.Size && w.same(ctx, f.Path, f.Sum):
		f.Modified = there.Modified.UnixNano()
		*out = f
		return nil
	default:
		if linked := w.link(at, from) == nil; linked {
			*out = f
			return nil
		}
		err = w.copyTo(at, from, nil, source.Modified)
	}
	if err != nil {
		return failed(err, at)
	}
	if err := w.fact(ctx, &f); err != nil {
		return err
	}
	*out = f
	return nil
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Lstat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// untouched reports whether the picture is still what an earlier call linked,
// copied or mended from source; a copy has its source's time.
func untouched(old *File, source, there folder.Info) bool {
	from := old.Size
	if old.Mend != Unmended {
		from = old.SourceSize
	}
	return old.Size == there.Size && source.Size == from &&
		old.Modified == there.Modified.UnixNano() && old.Modified == source.Modified.UnixNano()
}

// fact completes f with what the file system made of it.
func (w *writer) fact(ctx context.Context, f *File) error {
	info, err := w.files.Lstat(f.Path)
	if err != nil {
		return failed(err, w.files.Path(f.Path))
	}
	f.Size, f.Modified = info.Size, info.Modified.UnixNano()
	if f.Mend != Unmended {
		if f.Sum, _, err = w.digest(ctx, w.files, f.Path); err != nil {
			return failed(err, w.files.Path(f.Path))
		}
	}
	return nil
}

var (
	startOfJPEG = []byte{0xFF, 0xD8, 0xFF}
	endOfJPEG   = []byte{0xFF, 0xD9}
)

// digest reads a file and returns its SHA-256, and what is missing at its end:
// the end marker of a JPEG.
func (w *writer) digest(ctx context.Context, in *folder.Tree, rel string) (sum Sum, missing []byte, err error) {
	if w.file, err = in.Open(rel); err != nil {
		return sum, nil, err
	}
	defer w.file.Close()
	w.sum.Reset()
	jpeg := false
	var last [2]byte
	for size := 0; ; {
		n, err := w.file.Read(w.buffer)
		if part := w.buffer[:n]; n > 0 {
			w.sum.Write(part)
			if size == 0 {
				jpeg = bytes.HasPrefix(part, startOfJPEG)
			}
			if n > 1 {
				last[0] = part[n-2]
			} else {
				last[0] = last[1]
			}
			last[1] = part[n-1]
			size += n
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return sum, nil, err
		}
	}
	w.sum.Sum(sum[:0])
	if jpeg && !bytes.Equal(last[:], endOfJPEG) {
		return sum, endOfJPEG, nil
	}
	return sum, nil, nil
}

func (w *writer) same(ctx context.Context, rel string, sum Sum) bool {
	got, _, err := w.digest(ctx, w.files, rel)
	return err == nil && got == sum
}

// link gives the picture a second name, by way of a temporary one so that an
// older file at its place is replaced at once. It must be no symbolic link. The
// picture itself is never opened for writing.
func (w *writer) link(at, from string) error {
	if err := os.Link(from, at); err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	temp := filepath.Join(filepath.Dir(at), tempPrefix+filepath.Base(at))
	os.Remove(temp)
	if err := os.Link(from, temp); err != nil {
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
