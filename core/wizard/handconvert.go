package wizard

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/label"
)

// handFolder is where labels converted by hand are looked for first, in the
// project's folder.
const handFolder = "yolo"

// handmade is a data set folder as the person made it.
type handmade struct {
	name     string            // as the person knows it
	pictures map[string]string // digest, by path below images
	labels   map[string]string // text, by path below labels, without .txt
}

// handConvert compares the labels that the person wrote with those that the
// wizard would write, and takes them over if they say the same.
func (w *work) handConvert() error {
	_, set, err := w.readChecked()
	if err != nil {
		return err
	}
	theirs, err := w.foundDataset()
	if err != nil || theirs == nil {
		return err
	}
	w.note(NoteHandLooked, "path", theirs.name)
	given := set.Layout != dataset.Flat && w.plan.Mend.Split != "new"
	pairs := w.pairUp(set, theirs, given)
	if w.differences > 0 {
		return nil
	}
	want, err := label.Rows(set, w.labelOptions(set))
	if err != nil {
		return err
	}
	c := comparison{work: w, tolerance: handTolerance}
	written := map[string]string{}
	for _, pair := range pairs {
		rows, ok := want[pair.item.Image]
		if !ok {
			continue // not to be used, such as one that cannot be read
		}
		text, labelled := theirs.labels[pair.stem]
		if !labelled && rows != "" {
			c.unlabelled = append(c.unlabelled, pair.stem)
			continue
		}
		written[pair.item.Image] = c.labels(pair, rows, text)
	}
	c.tell()
	w.differFiles(NoteHandExtra, strangers(theirs, pairs), "what", "label")
	if w.differences > 0 {
		return nil
	}
	return w.takeOver(set, written)
}

// takeOver puts the person's labels where the following steps look.
func (w *work) takeOver(set *dataset.Set, written map[string]string) error {
	o := w.labelOptions(set)
	o.Written = written
	return w.prepare(set, o)
}

// A pair is a picture of the data and where the person put it.
type pair struct {
	item *dataset.Item
	stem string // below images and labels, without suffix
}

// pairUp finds the pictures of the data among the person's, by content, and
// gives each the part that it lies in. A split that the data brought along is
// to be kept.
func (w *work) pairUp(set *dataset.Set, theirs *handmade, given bool) []pair {
	at := map[string][]string{} // paths by digest
	for name, sum := range theirs.pictures {
		at[sum] = append(at[sum], name)
	}
	for _, names := range at {
		slices.Sort(names)
	}
	var pairs []pair
	var missing, other []string
	moved := map[string][]string{}
	for i := range set.Items {
		it := &set.Items[i]
		if !it.Readable() || w.plan.Mend.Unlabelled == "skip" && it.Annotation == "" {
			continue
		}
		sum, err := fileDigest(filepath.Join(set.Root, filepath.FromSlash(it.Image)))
		names := at[sum]
		if err != nil || len(names) == 0 {
			if theirs.hasName(it.Image) {
				other = append(other, it.Image)
			} else {
				missing = append(missing, it.Image)
			}
			continue
		}
		// Of several with this content, the one of the same part and name.
		name := names[0]
		for _, n := range names {
			if partOf(n) == it.Part && nameStem(n) == nameStem(it.Image) {
				name = n
			}
		}
		part := partOf(name)
		switch {
		case part == "" || given && part != it.Part:
			moved[it.Part] = append(moved[it.Part], name)
		case !given:
			it.Part = part
		}
		pairs = append(pairs, pair{it, strings.TrimSuffix(name, path.Ext(name))})
	}
	w.differFiles(NoteHandMissing, missing, "what", "pictures")
	w.differFiles(NoteHandDiffers, other, "what", "pictures")
	for _, part := range sortedKeys(moved) {
		w.differFiles(NoteHandPart, moved[part], "part", part)
	}
	return pairs
}

func (f *handmade) hasName(image string) bool {
	for name := range f.pictures {
		if nameStem(name) == nameStem(image) {
			return true
		}
	}
	return false
}

func nameStem(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }

// partOf is the part that a path below images belongs to.
func partOf(name string) string {
	switch first, _, _ := strings.Cut(name, "/"); first {
	case "train":
		return dataset.Train
	case "val", "valid", "test":
		return dataset.Val
	}
	return ""
}

// strangers are labels of pictures that are not of the data: YOLOv5 would
// leave them out, and the person expects them to count.
func strangers(theirs *handmade, pairs []pair) []string {
	known := map[string]bool{}
	for _, p := range pairs {
		known[p.stem] = true
	}
	var list []string
	for stem := range theirs.labels {
		if !known[stem] {
			list = append(list, stem+".txt")
		}
	}
	return list
}
