package dataset

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"golang.org/x/sync/semaphore"

	"gpuwizard/core/dataset/picture"
)

// A Likeness is what only decoding all pictures can tell of a set.
type Likeness struct {
	// Pairs are pictures that are nearly the same, closest first: for each
	// picture the one most like it, and the one most like it in the other part.
	Pairs []Pair
	// Groups holds for each picture with a twin the name of its group.
	Groups map[string]string
	// Faults holds for each picture that is cut off or damaged PictureCut or
	// PictureDamaged.
	Faults map[string]string
	// Unseen are pictures that were not decoded: too large, or of a rare kind.
	Unseen []string
	// Skipped are pictures that were not decoded, or not compared with all
	// others, because the look was ended early.
	Skipped []string
}

// A Pair of pictures with how much they are alike, up to 1.
type Pair struct {
	A, B  string
	Alike float64
}

// inFlight bounds the pixels of pictures decoded at the same time, and by that
// the memory needed.
const inFlight = 16_000_000

// Twins decodes all pictures of a set and finds those that are nearly the same
// (of another size or quality, shifted a little, following each other in a
// film) and those that are cut off or damaged. It takes minutes where Read
// takes seconds, so it runs in the background, can be stopped, or ended early
// with what is known by then (Options.Skip), and may be left out; Apply brings
// its result into the set. The set is only read.
func Twins(ctx context.Context, set *Set, opts Options) (*Likeness, error) {
	return twins(ctx, set, opts, nil)
}

// twins is Twins while a survey may look on.
func twins(ctx context.Context, set *Set, opts Options, seen *Survey) (*Likeness, error) {
	l := &Likeness{Groups: map[string]string{}, Faults: map[string]string{}}
	looks := make([]look, len(set.Items))
	faults := make([]string, len(set.Items)) // "" if there is none
	looked := make([]bool, len(set.Items))
	room := semaphore.NewWeighted(inFlight)
	progress := newTeller(opts.Tell, Decoding, len(set.Items))
	err := parallel(ctx, opts.Workers, len(set.Items), func() func(int) {
		return func(i int) {
			it := &set.Items[i]
			if opts.skipped() {
				return
			}
			defer progress.add(it.Image)
			if looked[i] = true; !it.Readable() {
				return
			}
			weight := int64(min(inFlight, it.Width*it.Height))
			if room.Acquire(ctx, weight) != nil {
				return
			}
			defer room.Release(weight)
			img, err := picture.Open(local(set.Root, it.Image))
			if err != nil {
				faults[i] = faultOf(it, err)
				seen.fault(it, faults[i])
				return
			}
			looks[i] = seeAt(img, it.Orientation)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, fault := range faults {
		switch name := set.Items[i].Image; fault {
		case "":
		case unseen:
			l.Unseen = append(l.Unseen, name)
		default:
			l.Faults[name] = fault
		}
	}
	near, err := neighbours(ctx, set, looks, opts, looked)
	if err != nil {
		return nil, err
	}
	for i := range looked {
		if !looked[i] {
			l.Skipped = append(l.Skipped, set.Items[i].Image)
		}
	}
	l.pair(set, near)
	l.group(set, near)
	return l, nil
}

// skipped reports whether somebody has seen enough.
func (o *Options) skipped() bool {
	select {
	case <-o.Skip:
		return true
	default:
		return false
	}
}

// unseen is what faultOf says of a picture that may be in order.
const unseen = "unseen"

// faultOf says what is wrong with a picture that could not be decoded. A
// decoder of ours that finds fault with a picture is no proof that OpenCV does;
// missing data are, and so are wrong checksums in a PNG.
func faultOf(it *Item, err error) string {
	switch {
	case errors.Is(err, picture.ErrCutOff):
		return PictureCut
	case errors.Is(err, picture.ErrDamaged) && (it.Format == "png" || it.Format == "jpeg"):
		return PictureDamaged
	}
	return unseen
}

// addFault files a picture whose fault only decoding has shown.
func addFault(f *findings, it *Item, reason string) {
	f.add(Unreadable, Harms, MendNone, it.Image, "reason", reason, "found", foundDecoding)
}

// fault takes in a picture that could not be decoded.
func (s *Survey) fault(it *Item, reason string) {
	if s == nil || reason == unseen {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	addFault(&s.found, it, reason)
}

// A neighbour of a picture is one that is nearly the same.
type neighbour struct {
	other int32
	alike float32
}

// maxNeighbours bounds what is kept of a picture's neighbours: enough to join
// the pictures of a film.
const maxNeighbours = 8

// A near holds a picture's neighbours, closest first, and the closest one in
// another part.
type near struct {
	all     []neighbour
	outside neighbour // other is -1 if there is none
}

// neighbours compares each picture with each, and takes back that a picture was
// looked at if it was not compared. All that is touched for most pairs are
// their hashes, side by side in memory.
func neighbours(ctx context.Context, set *Set, looks []look, opts Options, looked []bool) ([]near, error) {
	var known []int
	var hashes []hash
	for i := range looks {
		if looks[i].known {
			known, hashes = append(known, i), append(hashes, looks[i].hash())
		}
	}
	out := make([]near, len(looks))
	for i := range out {
		out[i].outside.other = -1
	}
	early := opts.skipped() // while they were decoded: what there is can be compared
	progress := newTeller(opts.Tell, Comparing, len(known))
	err := parallel(ctx, opts.Workers, len(known), func() func(int) {
		return func(at int) {
			i, own := known[at], hashes[at]
			if !early && opts.skipped() {
				looked[i] = false
				return
			}
			defer progress.add(set.Items[i].Image)
			for other := range hashes {
				if own.apart(&hashes[other]) > maxApart || other == at {
					continue
				}
				j := known[other]
				if alike := looks[i].likeness(&looks[j]); alike >= minLikeness {
					out[i].add(neighbour{int32(j), float32(alike)}, set.Items[i].Part != set.Items[j].Part)
				}
			}
		}
	})
	return out, err
}

func (n *near) add(c neighbour, outside bool) {
	if outside && (n.outside.other < 0 || c.alike > n.outside.alike) {
		n.outside = c
	}
	at, _ := slices.BinarySearchFunc(n.all, c, func(a, b neighbour) int {
		return cmp.Or(cmp.Compare(b.alike, a.alike), cmp.Compare(a.other, b.other))
	})
	if at == maxNeighbours {
		return
	}
	n.all = slices.Insert(n.all, at, c)
	n.all = n.all[:min(len(n.all), maxNeighbours)]
}

func (l *Likeness) pair(set *Set, near []near) {
	type key struct{ a, b int32 }
	seen := map[key]bool{}
	add := func(i int32, n neighbour) {
		k := key{min(i, n.other), max(i, n.other)}
		if n.other >= 0 && !seen[k] {
			seen[k] = true
			l.Pairs = append(l.Pairs, Pair{A: set.Items[k.a].Image, B: set.Items[k.b].Image, Alike: float64(n.alike)})
		}
	}
	for i := range near {
		if len(near[i].all) > 0 {
			add(int32(i), near[i].all[0])
			add(int32(i), near[i].outside)
		}
	}
	slices.SortStableFunc(l.Pairs, func(a, b Pair) int { return cmp.Compare(b.Alike, a.Alike) })
}

// group joins neighbours, closest first, into groups for Split to keep
// together. A film can join a whole set, which then could not be divided at
// all; so no group grows beyond a tenth of the set, and a film is cut where its
// pictures differ most.
func (l *Likeness) group(set *Set, near []near) {
	type link struct {
		a, b  int32
		alike float32
	}
	count := 0
	for i := range near {
		count += len(near[i].all)
	}
	links := make([]link, 0, count)
	for i := range near {
		for _, n := range near[i].all {
			links = append(links, link{int32(i), n.other, n.alike})
		}
	}
	slices.SortStableFunc(links, func(x, y link) int { return cmp.Compare(y.alike, x.alike) })

	size := make([]int, len(set.Items))
	root := make([]int, len(set.Items))
	for i := range root {
		root[i], size[i] = i, 1
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	join := func(a, b, limit int) {
		if a, b = find(a), find(b); a != b && size[a]+size[b] <= limit {
			a, b = min(a, b), max(a, b)
			root[b], size[a] = a, size[a]+size[b]
		}
	}
	same := map[string]int{} // groups of equal bytes stay whatever their size
	for i := range set.Items {
		if g := set.Items[i].twin; g != "" {
			if first, ok := same[g]; ok {
				join(first, i, len(set.Items))
			} else {
				same[g] = i
			}
		}
	}
	for _, k := range links {
		join(int(k.a), int(k.b), max(2, len(set.Items)/10))
	}
	for i := range set.Items {
		if r := find(i); size[r] > 1 {
			l.Groups[set.Items[i].Image] = set.Items[r].Image
		}
	}
}

// What marks findings that Apply has brought in.
const (
	kindNear      = "near"
	foundDecoding = "decoding"
)

// Apply brings what Twins found into the set: groups that Split keeps
// together, pictures that cannot be used, and findings. What an earlier call
// brought in is replaced.
func (s *Set) Apply(l *Likeness) {
	kept := slices.DeleteFunc(slices.Clone(s.Findings), func(f Finding) bool {
		return f.Check == NotLooked || f.Args["kind"] == kindNear || f.Args["found"] == foundDecoding
	})
	f := &findings{}
	index := make(map[string]*Item, len(s.Items))
	for i := range s.Items {
		it := &s.Items[i]
		index[it.Image] = it
		if g, ok := l.Groups[it.Image]; ok {
			it.Group = g
		}
		if reason, ok := l.Faults[it.Image]; ok {
			// OpenCV shows what there is of a JPEG with some bytes wrong.
			if reason == PictureCut || it.Format == "png" {
				it.Fault = reason
			}
			addFault(f, it, reason)
		}
	}
	listed := map[string]bool{}
	for _, p := range l.Pairs {
		a, b := index[p.A], index[p.B]
		switch {
		case a == nil || b == nil || a.twin != "" && a.twin == b.twin:
			// The bytes are the same, as Read has found.
		case a.Part != b.Part:
			f.add(Leak, Harms, MendAsk, p.A, "kind", kindNear)
			f.add(Leak, Harms, MendAsk, p.B, "kind", kindNear)
		default:
			mend := MendAsk
			if s.Layout == Flat {
				mend = MendAuto // Split keeps them together
			}
			for _, name := range []string{p.A, p.B} {
				if !listed[name] {
					listed[name] = true
					f.add(DuplicateFiles, Minor, mend, name, "kind", kindNear)
				}
			}
		}
	}
	if len(l.Skipped) > 0 {
		f.addAll(NotLooked, Minor, MendAsk, l.Skipped, "pictures", strconv.Itoa(len(s.Items)))
	}
	s.Findings = worstFirst(append(kept, f.list()...))
}
