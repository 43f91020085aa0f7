package dataset

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"gpuwizard/core/folder"
	"gpuwizard/core/problem"
)

// maxAnnotation is the size beyond which a file is no real annotation: one
// with 40,000 boxes is smaller.
const maxAnnotation = 16 << 20

// A reading is the work of one Read and what the checks need to know of it.
type reading struct {
	root    string
	found   *listing
	opts    Options
	of      []int   // annotation of each picture, or -1
	orphans []int   // annotations without a picture
	spare   [][]Box // of annotations, while they may be paired anew

	format  Format
	match   *match            // of formats with one file for many pictures
	numbers *classNames       // names of classes that are numbers
	parts   map[string]string // of pictures, when it is not their folders that say so
	lists   []pictureList
	yamls   []*dataYAML
	sources []sourceFile // read besides, or in place of, the annotations
	kept    []int        // of what was listed, the pictures that are items
	noTest  bool         // the part called test is left out
	survey  *Survey      // looks on; may be nil

	opening sync.Mutex
	trees   []*folder.Tree // of the workers

	items   []Item
	notes   []note // for each annotation
	leftOut []string
	layout  Layout
}

// A note is what remains of an annotation besides its boxes.
type note struct {
	filename      string
	width, height int // as the annotation says; 0 if missing
	size          int64
	sum           [sha256.Size]byte
	encoding      string
	trimmed       bool
	noDifficult   bool
	noBox         int
	unnamed       int // boxes whose class is a number without a name
	lowest        int // of these numbers
	broken        *syntaxError
	closed        error    // the file could not be read
	record        *matched // where it is one of many in a file
}

// lost reports whether the annotation could not be read.
func (n *note) lost() bool { return n.broken != nil || n.closed != nil }

// newReading decides what is to be read, and how.
func newReading(ctx context.Context, root string, found *listing, opts Options) (*reading, error) {
	r := &reading{root: root, found: found, opts: opts, leftOut: found.leftOut}
	if err := r.choose(ctx); err != nil {
		return nil, err
	}
	r.decide()
	r.divide()
	if r.match != nil {
		r.join()
	} else {
		r.notes = make([]note, len(r.found.annotations))
		r.of, r.orphans = pair(r.found.pictures, r.found.annotations)
	}
	return r, nil
}

// run reads all annotations and the headers of all pictures.
func (r *reading) run(ctx context.Context) error {
	total := len(r.items) + len(r.found.annotations)
	progress := newTeller(r.opts.Tell, Reading, total)
	again := r.opts.ByFilename && r.namesPictures()
	if again {
		r.spare = make([][]Box, len(r.notes))
	}
	err := parallel(ctx, r.opts.Workers, len(r.items)+len(r.orphans), func() func(int) {
		w := r.worker(ctx)
		return func(i int) {
			if i < len(r.items) {
				w.item(i)
				r.survey.add(i)
				progress.add(r.items[i].Image)
				if r.of[i] >= 0 {
					progress.add(r.items[i].Annotation)
				}
				return
			}
			a := r.orphans[i-len(r.items)]
			if boxes := w.annotation(a, nil); r.spare != nil {
				r.spare[a] = boxes
			}
			progress.add(r.found.annotations[a])
		}
	})
	if err != nil {
		return err
	}
	if again {
		r.survey.change(r.pairByFilename)
	}
	return nil
}

// A worker reads one file after the other with buffers of its own.
type worker struct {
	*reading
	ctx    context.Context
	files  *folder.Tree
	file   folder.File       // the one in hand: here it costs no memory
	names  map[string]string // of classes, to share them
	stream *streamer         // once it is needed
	header *bufio.Reader     // once it is needed
	text   []byte
}

// worker returns a new worker. What it opens stays open until close.
func (r *reading) worker(ctx context.Context) *worker {
	w := &worker{reading: r, ctx: ctx, files: folder.New(r.root), names: map[string]string{}}
	r.opening.Lock()
	defer r.opening.Unlock()
	r.trees = append(r.trees, w.files)
	return w
}

// close closes what the workers have opened; none of them is at work any more.
func (r *reading) close() {
	for _, tree := range r.trees {
		tree.Close()
	}
}

func (w *worker) item(i int) {
	it := &w.items[i]
	it.setHeader(w.readHeader(it.Image))
	if a := w.of[i]; a >= 0 {
		it.Annotation = w.found.annotations[a]
		it.Boxes = w.annotation(a, it)
		it.setLabelSpace(w.notes[a].width, w.notes[a].height)
		if w.format != VOC {
			it.settle()
		}
	}
}

// scaled reports whether two sizes have the same proportions, up to the
// rounding of a side to whole pixels.
func scaled(w, h, w2, h2 int) bool {
	cross := w*h2 - h*w2
	return max(cross, -cross) <= max(w, h, w2, h2)
}

func (w *worker) annotation(a int, it *Item) []Box {
	n := &w.notes[a]
	switch {
	case w.match != nil:
		return n.boxes()
	case w.format == LabelMe:
		return w.labelMe(a)
	case w.format == YOLO:
		return w.yolo(a, it)
	}
	data := w.load(n, w.found.annotations[a])
	if data == nil {
		return nil
	}
	got, err := parse(data, w.names)
	if err != nil {
		n.fail(err)
		return nil
	}
	n.fill(got)
	return got.boxes
}

// load reads an annotation and notes what remains of it. It returns nil, and
// has noted why, if there is nothing to parse.
func (w *worker) load(n *note, rel string) []byte {
	data, err := w.read(rel)
	var large *folder.TooLarge
	switch {
	case errors.As(err, &large):
		n.size, n.broken = large.Size, &syntaxError{reason: BrokenTooLarge, line: 1}
		return nil
	case err != nil:
		n.closed = err
		return nil
	}
	n.size, n.sum = int64(len(data)), sha256.Sum256(data)
	return data
}

// keptText is the largest buffer that is kept for the next file: one large
// file must not cost memory for as long as the small ones last.
const keptText = 1 << 20

// read returns the file's content, never nil without an error, in the worker's
// buffer.
func (w *worker) read(rel string) ([]byte, error) {
	var err error
	if w.file, err = w.files.Open(rel); err != nil {
		return nil, err
	}
	defer w.file.Close()
	if cap(w.text) > keptText || w.text == nil {
		w.text = make([]byte, 0, 8<<10)
	}
	w.text, err = w.file.ReadAll(w.text[:0], maxAnnotation)
	if err != nil {
		return nil, err
	}
	return w.text, nil
}

// set puts together what has been read; the findings are still missing.
func (r *reading) set() *Set {
	s := &Set{Root: r.root, Format: r.format, Layout: r.layout, Items: r.items, LeftOut: r.leftOut}
	s.Classes = classes(s.Items)
	s.Fingerprint = r.fingerprint()
	return s
}

func (r *reading) brokenProblem() error {
	var first error
	count := 0
	for i := range r.notes {
		b := r.notes[i].broken
		if b == nil || r.foreign(i) {
			continue
		}
		if count++; first == nil {
			p := problem.New(BrokenAnnotation, b.err,
				"path", local(r.root, r.found.annotations[i]), "reason", b.reason).AtLine(b.line)
			if b.where != "" {
				p.Args["object"] = b.where
			}
			first = p
		}
	}
	if p, ok := problem.As(first); ok {
		p.Args["count"] = strconv.Itoa(count)
	}
	return first
}

// unread returns the parts of the set that have labels which could not be read:
// that a picture or a class has no box there is not known.
func (r *reading) unread() map[string]bool {
	parts := map[string]bool{}
	for i := range r.items {
		if a := r.of[i]; a >= 0 && r.notes[a].lost() {
			parts[r.items[i].Part] = true
		}
	}
	for part := range r.unreadCollections() {
		switch {
		case r.layout == Flat:
			parts[""] = true
		case part == "":
			parts[Train], parts[Val] = true, true
		case part == partTest && !r.noTest:
			parts[Val] = true
		default:
			parts[part] = true
		}
	}
	return parts
}

// unreadCollections returns the parts that files with the labels of many
// pictures stand for, of those that could not be read.
func (r *reading) unreadCollections() map[string]bool {
	parts := map[string]bool{}
	if r.match != nil {
		for _, c := range r.match.used {
			if c.streamed.broken != nil || c.closed != nil {
				parts[c.part] = true
			}
		}
	}
	return parts
}

// foreign reports whether annotation i is XML of another kind that belongs to
// no picture, such as a project file.
func (r *reading) foreign(i int) bool {
	if b := r.notes[i].broken; b == nil || b.reason != BrokenRoot {
		return false
	}
	return slices.Contains(r.orphans, i)
}

// parallel calls work for 0 to n-1 on several goroutines, each with a function
// of its own.
func parallel(ctx context.Context, workers, n int, start func() func(int)) error {
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(workers, n) {
		group.Go(func() {
			work := start()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// A teller passes progress on, now and then.
type teller struct {
	tell  func(Progress)
	phase Phase
	total int
	done  atomic.Int64
	last  atomic.Int64
	lock  sync.Mutex
}

// tellEvery is how long progress waits: often enough to be smooth.
const tellEvery = 50 * time.Millisecond

func newTeller(tell func(Progress), phase Phase, total int) *teller {
	return &teller{tell: tell, phase: phase, total: total}
}

func (t *teller) add(path string) {
	done := int(t.done.Add(1))
	if t.tell == nil {
		return
	}
	now, last := time.Now().UnixNano(), t.last.Load()
	if done < t.total && (now-last < int64(tellEvery) || !t.last.CompareAndSwap(last, now)) {
		return
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	t.tell(Progress{Phase: t.phase, Done: done, Total: t.total, Path: path})
}
