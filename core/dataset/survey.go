package dataset

import (
	"context"
	"image"
	"maps"
	"slices"
	"sync"
)

// A Survey reads a set, and looks at its pictures, while somebody else looks
// on: View and the methods beside it may be called at any time and from any
// goroutine, and wait for no file (but Preview, for the picture).
//
//	s := dataset.NewSurvey(dir, dataset.Options{})
//	go func() {
//		set, err := s.Read(ctx) // seconds
//		likeness, err := s.Look(ctx) // minutes; s.Skip() cuts it short
//	}()
//	for each tick of a screen { draw(s.View()) }
//
// It keeps the set and nothing besides but four bytes a picture. Cancelling
// the context ends Read and Look.
type Survey struct {
	dir  string
	opts Options
	skip chan struct{}
	once sync.Once

	mu       sync.RWMutex
	progress Progress
	reading  *reading // until the set is read
	items    []Item
	ready    []int32 // places of those read so far, in the order in which they were
	found    findings
	classes  map[string]*Class
	parts    map[string]int
	set      *Set // once it is read
}

// NewSurvey is a survey of a folder that was not begun yet.
func NewSurvey(dir string, opts Options) *Survey {
	s := &Survey{dir: dir, opts: opts, skip: make(chan struct{}), classes: map[string]*Class{}, parts: map[string]int{}}
	tell := opts.Tell
	s.opts.Skip = s.skip
	s.opts.Tell = func(p Progress) {
		s.mu.Lock()
		s.progress = p
		s.mu.Unlock()
		if tell != nil {
			tell(p)
		}
	}
	return s
}

// Read reads the folder as the function Read does. The set must not be changed
// while anybody looks on.
func (s *Survey) Read(ctx context.Context) (*Set, error) {
	set, err := read(ctx, s.dir, s.opts, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set, s.reading, s.found, s.progress.Phase = set, nil, findings{}, Whole
	return set, err
}

// Look decodes the pictures of a set that was read, as Twins does, and brings
// what it finds into the set.
func (s *Survey) Look(ctx context.Context) (*Likeness, error) {
	l, err := twins(ctx, s.set, s.opts, s)
	if err == nil {
		s.Apply(l)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Phase = Whole
	return l, err
}

// Apply brings what an earlier look found into the set that was read.
func (s *Survey) Apply(l *Likeness) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set.Apply(l)
	s.found = findings{}
}

// Split divides the pictures of a set that was read anew: see the function
// Split.
func (s *Survey) Split(valShare float64, seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	Split(s.set.Items, valShare, seed)
	clear(s.parts)
	for i := range s.set.Items {
		s.parts[s.set.Items[i].Part]++
	}
}

// Skip ends a look that is under way, or is to come, early; what was not looked
// at is among its findings. It may be called more than once.
func (s *Survey) Skip() { s.once.Do(func() { close(s.skip) }) }

// A View is what a survey knows so far.
type View struct {
	Progress Progress // its Phase is Whole when neither Read nor Look is at work
	Pictures int      // that were read
	Parts    map[string]int
	Boxes    int
	Classes  []Class // in byte order of their names
	// Findings are the worst first. Until Final they are those that single
	// pictures tell, with the files in the order in which they were read; they
	// may weigh less or more, or be gone, once the whole set is known.
	Findings []Finding
	Final    bool
}

// View returns what is known so far. It is the caller's, but for the lists of
// files, which must not be changed.
func (s *Survey) View() View {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := View{Progress: s.progress, Parts: maps.Clone(s.parts), Pictures: len(s.ready), Final: s.set != nil}
	if s.set != nil {
		v.Classes = slices.Clone(s.set.Classes)
		// While pictures are decoded, damaged ones come in one by one.
		v.Findings = worstFirst(append(slices.Clone(s.set.Findings), s.found.list()...))
	} else {
		for _, c := range s.classes {
			v.Classes = append(v.Classes, Class{c.Name, maps.Clone(c.Boxes), c.Total})
		}
		slices.SortFunc(v.Classes, byName)
		v.Findings = worstFirst(weighed(s.found.list(), len(s.ready)))
	}
	for _, c := range v.Classes {
		v.Boxes += c.Total
	}
	return v
}

// Items returns copies of at most so many of the pictures that were read, in
// the order in which they were, from one on: what came after the last call is
// there from as many on as that has given.
func (s *Survey) Items(from, most int) []Item {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Item
	for _, i := range s.ready[min(from, len(s.ready)):min(from+most, len(s.ready))] {
		out = append(out, s.items[i])
	}
	return out
}

// Item returns a copy of the picture that a finding names, by its own name or
// that of its annotation. It is false if it has not been read, or the file is
// none of either.
func (s *Survey) Item(file string) (Item, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, i := range s.ready {
		if it := &s.items[i]; it.Image == file || it.Annotation == file {
			return *it, true
		}
	}
	return Item{}, false
}

// Photo reads a picture: see Set.Photo.
func (s *Survey) Photo(it *Item, side int) (*image.RGBA, error) {
	return (&Set{Root: s.dir}).Photo(it, side)
}

// begin tells a survey that its pictures are going to be read.
func (s *Survey) begin(r *reading) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading, s.items, s.ready = r, r.items, make([]int32, 0, len(r.items))
}

// add takes in a picture that was read.
func (s *Survey) add(i int) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = append(s.ready, int32(i))
	it := &s.items[i]
	s.parts[it.Part]++
	count(s.classes, it)
	if s.reading.spare == nil { // else its label may be that of another
		s.reading.checkItem(&s.found, i)
	}
}

// change changes items that may be looked at.
func (s *Survey) change(f func()) {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	f()
}
