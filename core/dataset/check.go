package dataset

import (
	"cmp"
	"context"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A findings collects files by what is wrong with them.
type findings struct {
	byKey map[string]*gathered
}

// A gathered finding may know which of its files are worse than others.
type gathered struct {
	Finding
	weights []float64 // of Files, or none
}

// add files one file under a finding; details are names and values that tell
// findings of one check apart.
func (f *findings) add(c Check, s Severity, m Mend, file string, details ...string) *gathered {
	key := string(c) + "\x00" + strings.Join(details, "\x00")
	got := f.byKey[key]
	if got == nil {
		got = &gathered{Finding: Finding{Check: c, Severity: s, Mend: m, Args: map[string]string{}}}
		for i := 0; i+1 < len(details); i += 2 {
			got.Args[details[i]] = details[i+1]
		}
		if f.byKey == nil {
			f.byKey = map[string]*gathered{}
		}
		f.byKey[key] = got
	}
	if file != "" {
		got.Files = append(got.Files, file)
	}
	return got
}

// addAll files several under a finding.
func (f *findings) addAll(c Check, s Severity, m Mend, files []string, details ...string) {
	got := f.add(c, s, m, "", details...)
	got.Files = append(got.Files, files...)
}

// count adds to a number among the details.
func (g *gathered) count(name string, by int) *gathered {
	n, _ := strconv.Atoi(g.Args[name])
	g.Args[name] = strconv.Itoa(n + by)
	return g
}

// weigh says how bad the last file is, among those of its finding; it is to be
// called for all of them or for none.
func (g *gathered) weigh(weight float64) { g.weights = append(g.weights, weight) }

// sort brings the worst files to the front; of equals the order stays.
func (g *gathered) sort() {
	if len(g.weights) != len(g.Files) {
		return
	}
	order := make([]int, len(g.Files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.weights[b], g.weights[a]) })
	files := make([]string, len(order))
	for to, from := range order {
		files[to] = g.Files[from]
	}
	g.Files, g.weights = files, nil
}

// list returns copies of what was found so far, in an order that does not
// change; lists of files are shared as they are now.
func (f *findings) list() []Finding {
	var out []Finding
	for _, key := range slices.Sorted(maps.Keys(f.byKey)) {
		one := f.byKey[key].Finding
		one.Args, one.Files, one.Lines = maps.Clone(one.Args), slices.Clip(one.Files), slices.Clip(one.Lines)
		out = append(out, one)
	}
	return out
}

// worstFirst sorts findings.
func worstFirst(list []Finding) []Finding {
	slices.SortStableFunc(list, func(x, y Finding) int {
		return cmp.Or(
			cmp.Compare(severityRank[x.Severity], severityRank[y.Severity]),
			cmp.Compare(rank[x.Check], rank[y.Check]),
			cmp.Compare(len(y.Files), len(x.Files)),
		)
	})
	return list
}

// check fills in the set's findings.
func check(ctx context.Context, s *Set, r *reading) error {
	f := &findings{}
	r.survey.change(func() { settleTurns(s) })
	for i := range s.Items {
		r.checkItem(f, i)
	}
	for _, a := range r.orphans {
		rel := r.found.annotations[a]
		switch {
		case r.foreign(a):
			s.LeftOut = append(s.LeftOut, rel)
		case !r.notes[a].lost():
			f.add(NoPicture, Harms, MendNone, rel)
		}
	}
	r.checkUnread(f)
	checkUnnamed(f, s, r)
	if r.numbers != nil {
		for _, list := range r.numbers.trimmed {
			f.add(ClassNames, Minor, MendAuto, list, "kind", "blank")
		}
	}
	checkLabels(f, s, r.unread())
	checkBalance(f, s, checkClasses(f, s))
	if err := checkTwins(ctx, f, s, r); err != nil {
		return err
	}
	offerRepair(f, r)
	slices.Sort(s.LeftOut)
	for _, g := range f.byKey {
		g.sort()
	}
	s.Findings = worstFirst(weighed(f.list(), len(s.Items)))
	return nil
}

// checkItem looks for what a picture tells by itself.
func (r *reading) checkItem(f *findings, i int) {
	it := &r.items[i]
	checkPicture(f, it)
	checkTurn(f, it)
	checkNames(f, it)
	if a := r.of[i]; a >= 0 {
		checkAnnotation(f, it, &r.notes[a])
		checkBoxes(f, it)
	} else if len(r.unreadCollections()) == 0 {
		f.add(Unlabelled, Harms, MendAsk, it.Image, "kind", "missing")
	}
}

// checkUnread names the annotations that cannot be read.
func (r *reading) checkUnread(f *findings) {
	for a := range r.notes {
		n, rel := &r.notes[a], r.found.annotations[a]
		switch {
		case n.closed != nil:
			f.add(Unreadable, Ruins, MendNone, rel, "kind", "label", "reason", BrokenClosed)
		case n.broken != nil && !r.foreign(a):
			got := f.add(Unreadable, Ruins, MendNone, rel, "kind", "label", "reason", n.broken.reason)
			if !n.broken.wholly() {
				got.Lines = append(got.Lines, n.broken.line)
			}
		}
	}
}

// offerRepair says of labels of other pictures how they can be paired anew.
func offerRepair(f *findings, r *reading) {
	for _, got := range f.byKey {
		if got.Check == ForeignLabels && got.Args["kind"] == "other" && r.offersFilename() {
			got.Mend, got.Args["by"] = MendAsk, "filename"
		}
	}
}

func checkPicture(f *findings, it *Item) {
	if it.Fault != "" {
		f.add(Unreadable, Harms, MendNone, it.Image, "reason", it.Fault)
		return
	}
	if suffix := strings.ToLower(path.Ext(it.Image)); !suffixFits(it.Format, suffix) {
		f.add(WrongExtension, Minor, MendAuto, it.Image, "format", it.Format)
	}
}

// checkUnnamed looks for numbers that no file gives a name: a model trained on
// them says 0 and 1, and those without a name may be a slip.
func checkUnnamed(f *findings, s *Set, r *reading) {
	var got *gathered
	boxes, lowest := 0, maxClass
	for i := range s.Items {
		if r.of[i] < 0 || r.notes[r.of[i]].unnamed == 0 {
			continue
		}
		n := &r.notes[r.of[i]]
		got = f.add(ClassNames, Harms, MendNone, s.Items[i].Annotation, "kind", "unnamed")
		got.weigh(float64(n.unnamed))
		boxes, lowest = boxes+n.unnamed, min(lowest, n.lowest)
	}
	if got != nil {
		got.Args["class"], got.Args["boxes"] = strconv.Itoa(lowest), strconv.Itoa(boxes)
	}
}

func checkAnnotation(f *findings, it *Item, n *note) {
	if n.lost() {
		return
	}
	if n.encoding != encodingUTF8 {
		f.add(Encoding, Minor, MendAuto, it.Annotation, "encoding", n.encoding)
	}
	if n.trimmed {
		f.add(ClassNames, Minor, MendAuto, it.Annotation, "kind", "blank")
	}
	if n.noBox > 0 {
		f.add(MissingFields, Harms, MendNone, it.Annotation, "kind", "box").weigh(float64(n.noBox))
	}
	if n.noDifficult {
		f.add(MissingFields, Minor, MendAuto, it.Annotation, "kind", "difficult")
	}
	if it.Width == 0 {
		return
	}
	switch {
	case n.width <= 0 || n.height <= 0:
		f.add(MissingFields, Minor, MendAuto, it.Annotation, "kind", "size")
	case n.width == it.Width && n.height == it.Height:
	case it.Turn > 1 && n.width*it.Width == n.height*it.Height:
		// The size of the picture as it is stored.
	case it.LabelWidth == n.width && it.LabelHeight == n.height:
		f.add(ForeignLabels, Minor, MendAuto, it.Annotation, "kind", "scaled")
	default:
		stretched := math.Log(float64(n.width) / float64(it.Width) * float64(it.Height) / float64(n.height))
		f.add(ForeignLabels, Harms, MendNone, it.Annotation, "kind", "other").weigh(math.Abs(stretched))
	}
	if len(it.Boxes) == 0 && n.noBox == 0 {
		f.add(Unlabelled, Minor, MendNone, it.Image, "kind", "empty")
	}
}

func checkBoxes(f *findings, it *Item) {
	reversed, outside, empty, difficult := 0, 0, 0, 0
	for _, b := range it.Boxes {
		if b.Difficult {
			difficult++
		}
		if it.Width == 0 {
			continue
		}
		w, h := float64(it.LabelWidth), float64(it.LabelHeight)
		in, ok := b.Within(it.LabelWidth, it.LabelHeight)
		switch {
		case !ok:
			empty++
		case b.XMin > b.XMax || b.YMin > b.YMax:
			reversed++
		case in.XMin != b.XMin || in.YMin != b.YMin || in.XMax != b.XMax || in.YMax != b.YMax:
			outside++
		case b.XMax > w || b.YMax > h:
			outside++
		}
	}
	for kind, n := range map[string]int{"reversed": reversed, "outside": outside, "empty": empty} {
		if n > 0 {
			f.add(BadBox, Harms, MendAuto, it.Annotation, "kind", kind).count("boxes", n).weigh(float64(n))
		}
	}
	if difficult > 0 {
		f.add(Difficult, Minor, MendAsk, it.Annotation).count("boxes", difficult).weigh(float64(difficult))
	}
	if twice := len(it.Boxes) - distinct(it.Boxes); twice > 0 {
		f.add(DuplicateRows, Minor, MendAuto, it.Annotation).count("boxes", twice).weigh(float64(twice))
	}
}

// distinct counts the boxes that differ in place or class.
func distinct(boxes []Box) int {
	if len(boxes) < 2 {
		return len(boxes)
	}
	seen := make(map[Box]bool, len(boxes))
	for _, b := range boxes {
		b.Difficult = false
		seen[b] = true
	}
	return len(seen)
}

// checkLabels looks for a set, or a part of it, without any box. Of parts with
// labels that could not be read it is not known.
func checkLabels(f *findings, s *Set, unread map[string]bool) {
	boxes, pictures := map[string]int{}, map[string]int{}
	for i := range s.Items {
		boxes[s.Items[i].Part] += len(s.Items[i].Boxes)
		pictures[s.Items[i].Part]++
	}
	var empty []string
	for part := range pictures {
		if boxes[part] == 0 && !unread[part] {
			empty = append(empty, part)
		}
	}
	if len(empty) == len(pictures) {
		f.add(NoLabels, Ruins, MendNone, "", "part", "")
		return
	}
	for _, part := range empty {
		f.add(NoLabels, Ruins, MendNone, "", "part", part)
	}
}

// weighed sets what can only be judged beside the number of pictures, and
// leaves out what is no defect then.
func weighed(list []Finding, pictures int) []Finding {
	var out []Finding
	for _, f := range list {
		share := 100 * len(f.Files) / max(pictures, 1)
		switch {
		case f.Check == ForeignLabels && f.Args["kind"] == "other" && share >= 10,
			f.Check == Unreadable && share >= 50:
			f.Severity = Ruins
		case f.Check == Unlabelled && share >= 50:
			// Left as it is, nothing goes on.
			f.Severity, f.Mend = Ruins, MendNone
		case f.Check == Unlabelled && f.Args["kind"] == "empty" && share <= 10:
			// Up to a tenth of the pictures without an object does good:
			// they teach what is none.
			continue
		}
		out = append(out, f)
	}
	return out
}
