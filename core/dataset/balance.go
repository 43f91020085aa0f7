package dataset

import (
	"cmp"
	"slices"
	"strconv"
)

// When a class is rare enough to be worth a word. These are advice: YOLOv5's
// own is 10,000 boxes a class, which no beginner's set has.
const (
	rareTimes = 20  // of the most frequent class
	rareBelow = 100 // boxes: more can be learned whatever the others have
	fewBelow  = 10  // boxes, whatever the others have
	fewFrom   = 50  // pictures: smaller sets are tries
)

// trainedSide is the longer side that pictures are scaled to by default.
const trainedSide = 640

// A box under tinySide pixels then covers about one cell of the finest grid
// that YOLOv5 looks at (stride 8). That is worth a word from a quarter of the
// boxes on.
const (
	tinySide  = 8
	tinyShare = 4
	tinyFrom  = 10
)

// checkBalance looks for classes with few boxes, but for those named before,
// and for boxes that all but vanish when pictures are scaled for training.
func checkBalance(f *findings, s *Set, named map[string]bool) {
	if len(s.Classes) == 0 {
		return
	}
	most := slices.MaxFunc(s.Classes, func(a, b Class) int { return cmp.Compare(a.Total, b.Total) })
	files := filesOf(s.Items)
	for _, c := range s.Classes {
		switch {
		case named[c.Name]:
		case c.Total < rareBelow && c.Total*rareTimes <= most.Total:
			f.addAll(Imbalance, Minor, MendNone, files(c.Name), "kind", "rare", "class", c.Name, "boxes", strconv.Itoa(c.Total),
				"other", most.Name, "other-boxes", strconv.Itoa(most.Total))
		case c.Total < fewBelow && len(s.Items) >= fewFrom:
			f.addAll(Imbalance, Minor, MendNone, files(c.Name), "kind", "few", "class", c.Name, "boxes", strconv.Itoa(c.Total))
		}
	}
	checkTiny(f, s)
}

func checkTiny(f *findings, s *Set) {
	type file struct {
		name string
		tiny int
	}
	var with []file
	tiny, all := 0, 0
	for i := range s.Items {
		it := &s.Items[i]
		n := 0
		for _, b := range it.Boxes {
			in, ok := b.Within(it.LabelWidth, it.LabelHeight)
			if !ok || it.Width == 0 {
				continue
			}
			all++
			side := max(in.XMax-in.XMin, in.YMax-in.YMin)
			if side*trainedSide < tinySide*float64(max(it.LabelWidth, it.LabelHeight)) {
				n++
			}
		}
		if n > 0 {
			with = append(with, file{it.Annotation, n})
			tiny += n
		}
	}
	if tiny < tinyFrom || tiny*tinyShare < all {
		return
	}
	slices.SortStableFunc(with, func(a, b file) int { return cmp.Compare(b.tiny, a.tiny) })
	names := make([]string, len(with))
	for i, w := range with {
		names[i] = w.name
	}
	f.addAll(Imbalance, Minor, MendNone, names, "kind", "tiny", "boxes", strconv.Itoa(tiny), "of", strconv.Itoa(all))
}
