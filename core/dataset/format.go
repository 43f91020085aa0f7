package dataset

import (
	"context"
	"path"
	"slices"
)

// A Format is how labels are written.
type Format string

// The formats that Read knows. Which one a folder has is found out by looking
// into its files; of several the one that labels the most pictures is read,
// and the files of the others are left out.
const (
	VOC     Format = "voc"     // Pascal VOC: an XML file a picture
	LabelMe Format = "labelme" // a JSON file a picture
	CVAT    Format = "cvat"    // CVAT XML 1.1: one file for all pictures, or for the frames of a video
	COCO    Format = "coco"    // one JSON file for all pictures, or one for each part
	YOLO    Format = "yolo"    // a text file a picture, with numbers for classes
)

// preferred orders formats that label as many pictures: what labelling
// programs write before what was made of it, and names before numbers.
var preferred = []Format{VOC, LabelMe, CVAT, COCO, YOLO}

// samples is how many files of a kind are looked into where each picture has
// one of its own.
const samples = 200

// A sighting is what was found of each format.
type sighting struct {
	files       map[Format][]string
	covered     map[Format]int // pictures that it labels
	collections map[Format]*match
	texts       texts
}

// choose finds out the format of what was listed. Afterwards found.annotations
// has the files of that format alone, or, where one file has the labels of many
// pictures, what each of its records is about.
func (r *reading) choose(ctx context.Context) error {
	s := &sighting{files: map[Format][]string{}, covered: map[Format]int{}, collections: map[Format]*match{}}
	stems := make(map[string]bool, len(r.found.pictures))
	for _, rel := range r.found.pictures {
		stems[stem(rel)] = true
	}
	if err := s.look(ctx, r, stems); err != nil {
		return err
	}
	if err := s.collect(ctx, r); err != nil {
		return err
	}
	r.format = s.best()
	for _, f := range preferred {
		if f != r.format {
			r.leftOut = append(r.leftOut, folded(s.files[f])...)
		}
	}
	r.found.annotations = s.files[r.format]
	r.lists, r.yamls = s.texts.lists, s.texts.yamls
	if r.format == YOLO {
		r.numbers, r.sources = &s.texts.names, s.texts.sources
	}
	if m := s.collections[r.format]; m != nil {
		r.match = m
		for _, c := range m.used {
			r.sources = append(r.sources, sourceFile{rel: c.rel, size: c.streamed.size, sum: c.streamed.sum})
		}
		for _, c := range m.unused {
			r.leftOut = append(r.leftOut, c.rel)
		}
	}
	return nil
}

// look sorts files by format: those that have a picture's name by samples, all
// others one by one.
func (s *sighting) look(ctx context.Context, r *reading, stems map[string]bool) error {
	found := r.found
	kinds, err := lookAt(ctx, r, found.annotations, lookXML, func(rel string) bool { return !stems[stem(rel)] })
	if err != nil {
		return err
	}
	for i, rel := range found.annotations {
		switch {
		case kinds[i] == looksCVAT:
			s.files[CVAT] = append(s.files[CVAT], rel)
		default:
			s.files[VOC] = append(s.files[VOC], rel)
			if stems[stem(rel)] {
				s.covered[VOC]++
			}
		}
	}
	if err := s.lookJSON(ctx, r, stems); err != nil {
		return err
	}
	return s.lookTexts(ctx, r, stems)
}

func (s *sighting) lookJSON(ctx context.Context, r *reading, stems map[string]bool) error {
	files := r.found.json
	own := newSampler(files, stems)
	kinds, err := lookAt(ctx, r, files, lookJSON, own.wanted)
	if err != nil {
		return err
	}
	labelMe := false
	for i, rel := range files {
		labelMe = labelMe || stems[stem(rel)] && kinds[i] == looksLabelMe
	}
	for i, rel := range files {
		switch {
		case kinds[i] == looksCOCO:
			s.files[COCO] = append(s.files[COCO], rel)
		case stems[stem(rel)] && labelMe:
			s.covered[LabelMe]++
			s.files[LabelMe] = append(s.files[LabelMe], rel)
		case kinds[i] == looksLabelMe:
			s.files[LabelMe] = append(s.files[LabelMe], rel)
		}
	}
	return nil
}

func (s *sighting) lookTexts(ctx context.Context, r *reading, stems map[string]bool) error {
	files := slices.DeleteFunc(slices.Clone(r.found.texts), func(rel string) bool { return path.Ext(rel) != ".txt" })
	own := newSampler(files, stems)
	kinds, err := lookAt(ctx, r, files, lookRows, func(rel string) bool { return !isNames(rel) && own.wanted(rel) })
	if err != nil {
		return err
	}
	rows := false
	for i, rel := range files {
		rows = rows || stems[stem(rel)] && kinds[i] == looksRows
	}
	labels := map[string]bool{}
	for i, rel := range files {
		switch {
		case isNames(rel):
		case stems[stem(rel)] && rows:
			s.covered[YOLO]++
			s.files[YOLO] = append(s.files[YOLO], rel)
			labels[rel] = true
		case kinds[i] == looksRows:
			s.files[YOLO] = append(s.files[YOLO], rel)
			labels[rel] = true
		}
	}
	return s.texts.read(ctx, r, labels)
}

// A sampler picks some of the files that have a picture's name, and all that
// have none.
type sampler struct {
	stems  map[string]bool
	picked map[string]bool
}

func newSampler(files []string, stems map[string]bool) *sampler {
	s := &sampler{stems: stems, picked: map[string]bool{}}
	var own []string
	for _, rel := range files {
		if stems[stem(rel)] {
			own = append(own, rel)
		}
	}
	for i := range min(samples, len(own)) {
		s.picked[own[i*len(own)/min(samples, len(own))]] = true
	}
	return s
}

func (s *sampler) wanted(rel string) bool { return s.picked[rel] || !s.stems[stem(rel)] }

// lookAt looks into those files that are wanted.
func lookAt(ctx context.Context, r *reading, files []string, look func(string) looks, wanted func(string) bool) ([]looks, error) {
	kinds := make([]looks, len(files))
	err := parallel(ctx, r.opts.Workers, len(files), func() func(int) {
		return func(i int) {
			if wanted(files[i]) {
				kinds[i] = look(local(r.root, files[i]))
			}
		}
	})
	return kinds, err
}

// collect reads the files that label many pictures each.
func (s *sighting) collect(ctx context.Context, r *reading) error {
	if len(s.files[COCO])+len(s.files[CVAT]) == 0 {
		return nil
	}
	lib := newLibrary(r.found.pictures)
	in, names := newStreamer(), map[string]string{}
	for _, f := range []Format{CVAT, COCO} {
		files := slices.Clone(s.files[f])
		if len(files) == 0 {
			continue
		}
		inOrder(files)
		var list []*collection
		for _, rel := range files {
			if r.opts.Tell != nil {
				r.opts.Tell(Progress{Phase: Listing, Path: rel})
			}
			c := readCollection(ctx, r.root, rel, f, in, names)
			if err := ctx.Err(); err != nil {
				return err
			}
			list = append(list, c)
		}
		m := matchAll(list, lib)
		s.collections[f], s.covered[f] = m, m.covered
	}
	return nil
}

// best returns the format to read, "" if there are no labels at all.
func (s *sighting) best() Format {
	var best Format
	for _, f := range preferred {
		if len(s.files[f]) == 0 {
			continue
		}
		// Numbers without names must be worth a good deal more.
		if best == "" || s.covered[f] > s.covered[best] && !(f == YOLO && 9*s.covered[f] <= 10*s.covered[best]) {
			best = f
		}
	}
	return best
}

// folded shortens a list of files: many files of one kind in a folder become
// one pattern.
func folded(files []string) []string {
	const many = 20
	count, done := map[string]int{}, map[string]bool{}
	pattern := func(rel string) string { return path.Join(path.Dir(rel), "*"+path.Ext(rel)) }
	for _, rel := range files {
		count[pattern(rel)]++
	}
	var out []string
	for _, rel := range files {
		if p := pattern(rel); count[p] <= many {
			out = append(out, rel)
		} else if !done[p] {
			done[p] = true
			out = append(out, p)
		}
	}
	return out
}
