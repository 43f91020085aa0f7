package dataset

import (
	"path"
	"slices"
	"strings"
)

// part returns the part of a picture, or of what lies beside it.
func (r *reading) part(rel string) string {
	if r.parts != nil {
		return r.parts[rel]
	}
	return partOf(rel)
}

// divide decides whether the folder is divided into parts, and leaves out what
// belongs to none of them.
func (r *reading) divide() {
	count := map[string]int{}
	for _, rel := range r.found.pictures {
		count[r.part(rel)]++
	}
	// Without a folder called val, the one called test takes its place.
	second := Val
	if count[Val] == 0 {
		second = partTest
	}
	r.layout = Flat
	if count[Train] > 0 && count[second] > 0 {
		r.layout = Parted
	}
	r.noTest = r.layout == Parted && second == Val
	all := r.found.pictures
	kept := make([]string, 0, len(all))
	r.items, r.kept = make([]Item, 0, len(all)), make([]int, 0, len(all))
	var out []string
	for i, rel := range all {
		item := Item{Image: rel}
		if r.layout == Parted {
			switch r.part(rel) {
			case Train:
				item.Part = Train
			case second:
				item.Part = Val
			default:
				out = append(out, rel)
				continue
			}
		}
		kept = append(kept, rel)
		r.kept = append(r.kept, i)
		r.items = append(r.items, item)
	}
	r.found.pictures = kept
	switch {
	case len(out) == 0:
	case r.parts != nil:
		r.leaveOutListed(all, out)
	default:
		r.leaveOutFolders(out)
	}
}

// leaveOutFolders leaves out the folders of pictures that have no part, with
// the annotations in them.
func (r *reading) leaveOutFolders(pictures []string) {
	out := map[string]bool{}
	for _, rel := range pictures {
		out[path.Dir(rel)] = true
	}
	labels := r.found.annotations[:0:0]
	for _, rel := range r.found.annotations {
		part := partOf(rel)
		if part == "" && out[path.Dir(rel)] || part == partTest && r.noTest {
			continue
		}
		labels = append(labels, rel)
	}
	r.found.annotations = labels
	for dir := range out {
		r.leftOut = append(r.leftOut, dir)
	}
}

// leaveOutListed leaves out pictures by name, with their annotations: others
// in their folders stay.
func (r *reading) leaveOutListed(all, pictures []string) {
	if r.match == nil {
		of, _ := pair(all, r.found.annotations)
		gone := make(map[int]bool, len(pictures))
		kept := r.kept
		for i := range all {
			if len(kept) > 0 && kept[0] == i {
				kept = kept[1:]
			} else if of[i] >= 0 {
				gone[of[i]] = true
			}
		}
		labels := r.found.annotations[:0:0]
		for i, rel := range r.found.annotations {
			if !gone[i] {
				labels = append(labels, rel)
			}
		}
		r.found.annotations = labels
	}
	// A list of pictures to test on stands for them.
	tested := slices.ContainsFunc(r.lists, func(l pictureList) bool {
		if l.part == partTest && r.noTest {
			r.leftOut = append(r.leftOut, l.source.rel)
			return true
		}
		return false
	})
	var named []string
	for _, rel := range pictures {
		if !tested || r.parts[rel] != partTest {
			named = append(named, rel)
		}
	}
	r.leftOut = append(r.leftOut, folded(named)...)
}

// join makes annotations of the records of collections: one for each picture
// that has one, and for each record that has no picture.
func (r *reading) join() {
	m := r.match
	r.found.annotations = nil
	add := func(name string, n note) int {
		r.found.annotations = append(r.found.annotations, name)
		r.notes = append(r.notes, n)
		return len(r.notes) - 1
	}
	orphan := func(name string, n note) { r.orphans = append(r.orphans, add(name, n)) }
	r.of = make([]int, len(r.items))
	for i, listed := range r.kept {
		r.of[i] = -1
		if n := m.of[listed]; n >= 0 {
			r.of[i] = add(r.items[i].Image, m.records[n].note())
		}
	}
	for i := range m.records {
		one := &m.records[i]
		if one.picture < 0 && !(r.noTest && one.part == partTest) {
			orphan(strings.Join(cleanParts(one.filename), "/"), one.note())
		}
	}
	for _, c := range m.used {
		n := note{encoding: encodingUTF8, broken: c.streamed.broken, closed: c.closed}
		if c.dangling > 0 || n.broken != nil || n.closed != nil {
			orphan(c.rel, n)
		}
	}
}

// note returns what remains of a record.
func (m *matched) note() note {
	n := note{record: m}
	n.fill(&m.annotation)
	n.encoding = m.from.streamed.encoding
	return n
}

// nameCollections says of each item in which file its label is. Until the set
// has been checked it is the picture that stands for it: to say that a file
// with ten thousand labels has a bad box helps nobody.
func (r *reading) nameCollections() {
	if r.match == nil {
		return
	}
	for i := range r.items {
		if a := r.of[i]; a >= 0 {
			r.items[i].Annotation = r.notes[a].record.from.rel
		}
	}
}
