package dataset

import (
	"slices"
	"strings"
)

// classes counts the boxes of each class.
func classes(items []Item) []Class {
	byName := map[string]*Class{}
	for i := range items {
		for _, b := range items[i].Boxes {
			c := byName[b.Class]
			if c == nil {
				c = &Class{Name: b.Class, Boxes: map[string]int{}}
				byName[b.Class] = c
			}
			c.Boxes[items[i].Part]++
			c.Total++
		}
	}
	var out []Class
	for _, c := range byName {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Class) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// checkClasses looks for names that are meant to be one, and for classes that
// cannot be learned because no picture to train on has them.
func checkClasses(f *findings, s *Set) {
	groups := map[string][]Class{}
	for _, c := range s.Classes {
		folded := strings.Join(strings.Fields(strings.ToLower(c.Name)), " ")
		groups[folded] = append(groups[folded], c)
		if s.Layout == Parted && c.Boxes[Train] == 0 {
			for _, file := range withClass(s.Items, c.Name) {
				f.add(ClassNames, Harms, MendNone, file, "kind", "only-val", "class", c.Name)
			}
		}
	}
	for _, same := range groups {
		if len(same) < 2 {
			continue
		}
		// The most frequent spelling is taken for the right one.
		slices.SortStableFunc(same, func(a, b Class) int { return b.Total - a.Total })
		for _, c := range same[1:] {
			for _, file := range withClass(s.Items, c.Name) {
				f.add(ClassNames, Harms, MendAsk, file, "kind", "case", "class", c.Name, "other", same[0].Name)
			}
		}
	}
}

func withClass(items []Item, class string) []string {
	var files []string
	for i := range items {
		if slices.ContainsFunc(items[i].Boxes, func(b Box) bool { return b.Class == class }) {
			files = append(files, items[i].Annotation)
		}
	}
	return files
}
