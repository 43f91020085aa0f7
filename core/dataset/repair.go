package dataset

import (
	"path"
	"strings"
)

// Annotations of other pictures, when files were renamed or numbered anew:
// each annotation still says in <filename> which picture it was made for. Where
// the sizes agree far better that way, the finding offers it, and
// Options.ByFilename does it.

// byFilename pairs pictures with annotations by what those name, as far as
// that is unique; -1 for the rest.
func (r *reading) byFilename() []int {
	named := map[string]int{}
	for a := range r.notes {
		name := strings.ToLower(path.Base(strings.ReplaceAll(r.notes[a].filename, `\`, "/")))
		if r.notes[a].broken != nil || name == "." || name == "" {
			continue
		}
		for _, key := range []string{name, strings.TrimSuffix(name, path.Ext(name))} {
			key = partOf(r.found.annotations[a]) + "/" + key
			if _, twice := named[key]; twice {
				named[key] = -1
			} else {
				named[key] = a
			}
		}
	}
	out := make([]int, len(r.items))
	for i := range r.items {
		out[i] = -1
		part, name := partOf(r.items[i].Image), strings.ToLower(path.Base(r.items[i].Image))
		for _, key := range []string{part + "/" + name, part + "/" + strings.TrimSuffix(name, path.Ext(name))} {
			if a, ok := named[key]; ok && a >= 0 {
				out[i] = a
				break
			}
		}
	}
	return out
}

// agreeing counts the pictures whose annotation says the size that they have,
// upright or as stored.
func (r *reading) agreeing(of []int) int {
	n := 0
	for i, a := range of {
		if a < 0 {
			continue
		}
		it, note := &r.items[i], &r.notes[a]
		if note.width == it.Width && note.height == it.Height || it.Orientation > 4 && note.width == it.Height && note.height == it.Width {
			n++
		}
	}
	return n
}

// offersFilename reports whether pairing by <filename> is clearly the better
// one: it must be right for nine pictures of ten, and for far more than now.
func (r *reading) offersFilename() bool {
	if r.opts.ByFilename || !r.namesPictures() {
		return false
	}
	by := r.byFilename()
	paired := 0
	for i, a := range by {
		if a >= 0 && r.of[i] >= 0 {
			paired++
		}
	}
	then, now := r.agreeing(by), r.agreeing(r.of)
	return paired > 0 && then*10 >= 9*paired && then-now >= max(1, paired/10)
}

// namesPictures reports whether the format has a file for each picture that
// names it.
func (r *reading) namesPictures() bool { return r.format == VOC || r.format == LabelMe }

// pairByFilename gives the pictures the annotations that name them, once all
// are read; other annotations stay where they are, if their picture has none.
func (r *reading) pairByFilename() {
	boxes := r.spare
	for i, a := range r.of {
		if a >= 0 {
			boxes[a] = r.items[i].Boxes
		}
	}
	by := r.byFilename()
	used := make([]bool, len(r.notes))
	for _, a := range by {
		if a >= 0 {
			used[a] = true
		}
	}
	for i, a := range by {
		if now := r.of[i]; a < 0 && now >= 0 && !used[now] {
			by[i], used[now] = now, true
		}
	}
	r.of, r.orphans = by, nil
	for i, a := range by {
		it := &r.items[i]
		it.Annotation, it.Boxes = "", nil
		it.Turn, it.turnUnknown = 1, it.Orientation > 1
		it.LabelWidth, it.LabelHeight = it.Width, it.Height
		if a >= 0 {
			it.Annotation, it.Boxes = r.found.annotations[a], boxes[a]
			it.setLabelSpace(r.notes[a].width, r.notes[a].height)
		}
	}
	for a := range used {
		if !used[a] {
			r.orphans = append(r.orphans, a)
		}
	}
}
