package label

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

// Options of Prepare.
type Options struct {
	Classes []string // in order of their numbers; every class of the set must be listed
	// Rename maps a class of the annotations to one of Classes, where several
	// spellings mean one.
	Rename map[string]string
	// SkipDifficult leaves out objects that are marked as difficult, as
	// YOLOv5's own conversion of VOC does.
	SkipDifficult bool
	// MinusOne moves every box one pixel to the left and up, as YOLOv5's own
	// conversion of VOC does.
	MinusOne bool
	// SkipUnlabelled leaves out pictures without an annotation, which would
	// else teach that there is nothing on them.
	SkipUnlabelled bool
	// Skip leaves out these pictures, by Item.Image.
	Skip map[string]bool
	// StoredBoxes takes the boxes of turned pictures for drawn on the picture
	// as it is stored, where dataset.Read could not tell (its finding is of
	// the kind "unclear"); else they are taken for drawn on it as it is seen.
	StoredBoxes bool
	// Written are rows, by Item.Image, that the user wrote and that are taken
	// as they are in place of those that the boxes give; a row ends with a
	// line feed.
	Written map[string]string
	Workers int // 0: one for each processor
}

// folders of a prepared folder.
var folders = [...]string{"images/train", "images/val", "labels/train", "labels/val"}

// Prepare makes out a folder that YOLOv5 can train on, from a set whose
// pictures all have a part. Pictures are linked where the system allows it and
// copied where not; the set's own files are only read. What is right already
// is left alone, so a call that was stopped, or killed, is made good by the
// next one; files of an earlier call that are not wanted any more are removed,
// and no others.
//
// tell may be nil; it is never called twice at a time.
func Prepare(ctx context.Context, set *dataset.Set, out string, opts Options, tell func(done, total int, path string)) (Manifest, error) {
	p := &preparation{set: set, out: out, opts: opts, tell: tell}
	if err := p.plan(); err != nil {
		return Manifest{}, err
	}
	if err := p.open(); err != nil {
		return Manifest{}, err
	}
	if err := p.write(ctx); err != nil {
		return Manifest{}, err
	}
	if err := p.removeOld(); err != nil {
		return Manifest{}, err
	}
	slices.SortFunc(p.manifest.Files, byPath)
	j := &journal{Manifest: p.manifest, complete: true}
	if err := j.write(out, nil); err != nil {
		return Manifest{}, failed(err, out)
	}
	return j.Manifest, nil
}

// Rows returns what Prepare would write for each picture, by Item.Image.
func Rows(set *dataset.Set, opts Options) (map[string]string, error) {
	p := &preparation{set: set, opts: opts}
	if err := p.plan(); err != nil {
		return nil, err
	}
	w := newWriter(p)
	rows := make(map[string]string, len(p.items))
	for _, it := range p.items {
		w.compose(it)
		rows[it.Image] = string(w.rows)
	}
	return rows, nil
}

// A preparation is the work of one Prepare.
type preparation struct {
	set  *dataset.Set
	out  string
	opts Options
	tell func(done, total int, path string)

	numbers map[string]int // of classes
	items   []*dataset.Item
	// manifest.Files has two for each item, its picture and its label; what an
	// earlier call has finished stands there until this one has.
	manifest Manifest
	finished []bool     // of these files: by an earlier call
	old      []string   // paths that earlier calls have written or were about to, and this one is not
	turning  sync.Mutex // held by the worker that turns a picture
}

// plan decides everything that can be decided without touching a file.
func (p *preparation) plan() error {
	p.numbers = make(map[string]int, len(p.opts.Classes))
	for i, name := range p.opts.Classes {
		if _, twice := p.numbers[name]; twice || strings.TrimSpace(name) == "" {
			return problem.New(BadClasses, nil, "class", name)
		}
		p.numbers[name] = i
	}
	p.manifest.Classes = p.opts.Classes
	unknown, first, where := 0, "", ""
	for i := range p.set.Items {
		it := &p.set.Items[i]
		for _, b := range it.Boxes {
			if _, ok := p.number(b.Class); !ok {
				if unknown++; unknown == 1 {
					first, where = b.Class, it.Annotation
				}
			}
		}
		switch {
		case it.Part != dataset.Train && it.Part != dataset.Val:
		case p.opts.Skip[it.Image], p.opts.SkipUnlabelled && it.Annotation == "":
		case !it.Readable():
			p.manifest.Skipped = append(p.manifest.Skipped, Skipped{Source: it.Image, Part: it.Part})
		default:
			if p.opts.StoredBoxes && it.Orientation > 1 {
				turned := *it
				turned.SetStored(true)
				it = &turned
			}
			p.items = append(p.items, it)
			if it.Part == dataset.Train {
				p.manifest.Train++
			} else {
				p.manifest.Val++
			}
		}
	}
	switch {
	case unknown > 0:
		return problem.New(UnknownClass, nil, "class", first, "path", where, "count", strconv.Itoa(unknown))
	case p.manifest.Train == 0:
		return problem.New(PartEmpty, nil, "part", dataset.Train)
	case p.manifest.Val == 0:
		return problem.New(PartEmpty, nil, "part", dataset.Val)
	}
	p.manifest.Files, p.finished = make([]File, 2*len(p.items)), make([]bool, 2*len(p.items))
	for i, name := range outNames(p.items) {
		it := p.items[i]
		p.manifest.Files[2*i].Path = "images/" + it.Part + "/" + name + suffix(it)
		p.manifest.Files[2*i+1].Path = "labels/" + it.Part + "/" + name + ".txt"
	}
	return nil
}

func (p *preparation) number(class string) (int, bool) {
	if to, ok := p.opts.Rename[class]; ok {
		class = to
	}
	n, ok := p.numbers[class]
	return n, ok
}

// open makes the folder ready: it must be ours or empty, and keep clear of the
// data. From here on the manifest says that work is going on.
func (p *preparation) open() error {
	if err := keepClear(p.out, p.set.Root); err != nil {
		return err
	}
	if err := os.MkdirAll(p.out, 0o755); err != nil {
		return failed(err, p.out)
	}
	earlier, err := p.recall()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := mustBeEmpty(p.out); err != nil {
			return err
		}
		earlier = &journal{}
	case err != nil:
		return err
	}
	now := &journal{Manifest: Manifest{Classes: p.opts.Classes, Files: p.manifest.Files}, own: p.old}
	if err := now.write(p.out, p.finished); err != nil {
		return failed(err, p.out)
	}
	for _, dir := range folders {
		if err := makeFolder(p.out, dir); err != nil {
			return err
		}
	}
	if !earlier.complete {
		return sweep(p.out)
	}
	return nil
}

// recall takes over what the journal of an earlier call says.
func (p *preparation) recall() (*journal, error) {
	files := p.manifest.Files
	order := make([]int32, len(files))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(files[a].Path, files[b].Path) })
	find := func(path string) (int, bool) {
		at, ok := slices.BinarySearchFunc(order, path, func(i int32, path string) int { return strings.Compare(files[i].Path, path) })
		if !ok {
			return 0, false
		}
		return int(order[at]), true
	}
	j, err := readJournal(p.out, func(f File) {
		at, ok := find(f.Path)
		if !ok {
			p.old = append(p.old, f.Path)
			return
		}
		// One copy of a name in memory is enough.
		f.Path = files[at].Path
		if source := p.source(at); source == f.Source {
			f.Source = source
		}
		files[at], p.finished[at] = f, true
	})
	if err != nil {
		return nil, err
	}
	for _, path := range j.own {
		if _, ok := find(path); !ok {
			p.old = append(p.old, path)
		}
	}
	j.own = nil
	return j, nil
}

// source is what a file is made from.
func (p *preparation) source(file int) string {
	it := p.items[file/2]
	if file%2 == 0 {
		return it.Image
	}
	return it.Annotation
}

// sweep removes the unfinished files of a call that was killed.
func sweep(out string) error {
	for _, dir := range append([]string{"."}, folders[:]...) {
		entries, err := os.ReadDir(filepath.Join(out, dir))
		if err != nil {
			return failed(err, out)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), tempPrefix) && !e.IsDir() {
				if err := os.Remove(filepath.Join(out, dir, e.Name())); err != nil {
					return failed(err, out)
				}
			}
		}
	}
	return nil
}

// makeFolder makes a folder below out and refuses links on the way: they could
// lead into anybody's files.
func makeFolder(out, rel string) error {
	at := out
	for name := range strings.SplitSeq(rel, "/") {
		at = filepath.Join(at, name)
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := os.Mkdir(at, 0o755); err != nil {
				return failed(err, at)
			}
		case err != nil:
			return failed(err, at)
		case !info.IsDir():
			return problem.New(NotOurs, nil, "path", at)
		}
	}
	return nil
}

// write brings all pictures and labels to their places.
func (p *preparation) write(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := p.opts.Workers
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	var (
		next  atomic.Int64
		group sync.WaitGroup
		lock  sync.Mutex
		done  int
		fault error
	)
	for range min(workers, len(p.items)) {
		group.Go(func() {
			w := newWriter(p)
			defer w.close()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(p.items) {
					break
				}
				err := w.item(ctx, i)
				lock.Lock()
				if err != nil && fault == nil {
					fault = err
					cancel()
				}
				if done++; p.tell != nil && err == nil {
					p.tell(done, len(p.items), p.items[i].Image)
				}
				lock.Unlock()
			}
			lock.Lock()
			p.manifest.Boxes += w.boxes
			p.manifest.Dropped += w.dropped
			lock.Unlock()
		})
	}
	group.Wait()
	if fault != nil {
		return fault
	}
	return ctx.Err()
}

// removeOld removes what earlier calls have written and this one has not.
func (p *preparation) removeOld() error {
	for _, rel := range p.old {
		at := filepath.Join(p.out, filepath.FromSlash(rel))
		if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failed(err, at)
		}
	}
	return nil
}

// keepClear refuses an out that lies in the data or around them. A folder
// below a hidden one is no part of the data: it is never read.
func keepClear(out, data string) error {
	realOut, err := resolve(out)
	if err != nil {
		return failed(err, out)
	}
	realData, err := resolve(data)
	if err != nil {
		return failed(err, data)
	}
	clash := problem.New(InsideData, nil, "path", out, "data", data)
	if _, within := below(realData, realOut); within {
		return clash
	}
	names, within := below(realOut, realData)
	hidden := slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, ".") })
	if within && !hidden {
		return clash
	}
	return nil
}

// below reports whether path is dir or lies in it, and by which folders. It
// asks the system what is the same folder, as names may differ in case.
func below(path, dir string) (names []string, ok bool) {
	target, err := os.Stat(dir)
	if err != nil {
		return nil, false
	}
	for {
		if info, err := os.Stat(path); err == nil && os.SameFile(info, target) {
			return names, true
		}
		parent := filepath.Dir(path)
		if parent == path {
			return nil, false
		}
		names, path = append(names, filepath.Base(path)), parent
	}
}

// resolve follows the links of a path whose end need not exist yet.
func resolve(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(abs) == abs {
		return real, err
	}
	parent, err := resolve(filepath.Dir(abs))
	return filepath.Join(parent, filepath.Base(abs)), err
}

// mustBeEmpty allows what a call that was killed at once has left behind.
func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return failed(err, dir)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			return problem.New(NotOurs, nil, "path", dir, "name", path.Base(e.Name()))
		}
	}
	return nil
}
