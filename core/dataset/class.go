package dataset

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// classes counts the boxes of each class.
func classes(items []Item) []Class {
	known := map[string]*Class{}
	for i := range items {
		count(known, &items[i])
	}
	var out []Class
	for _, c := range known {
		out = append(out, *c)
	}
	slices.SortFunc(out, byName)
	return out
}

// count adds a picture's boxes to those of their classes.
func count(known map[string]*Class, it *Item) {
	for _, b := range it.Boxes {
		c := known[b.Class]
		if c == nil {
			c = &Class{Name: b.Class, Boxes: map[string]int{}}
			known[b.Class] = c
		}
		c.Boxes[it.Part]++
		c.Total++
	}
}

func byName(a, b Class) int { return strings.Compare(a.Name, b.Name) }

// What tells findings about class names apart.
const (
	kindCase      = "case"
	kindTypo      = "typo"
	kindOnlyVal   = "only-val"
	kindOnlyTrain = "only-train"
)

// maxCompared bounds how many names are compared each with each: a set with
// more has another trouble.
const maxCompared = 2000

// checkClasses looks for names that are meant to be one, and for classes that
// cannot be learned because no picture to train on has them, or cannot be
// measured. It returns the classes that it has named.
func checkClasses(f *findings, s *Set) map[string]bool {
	named := map[string]bool{}
	// Of two names that mean one, the more frequent is taken for the right one.
	byCount := slices.SortedStableFunc(slices.Values(s.Classes), func(a, b Class) int { return cmp.Compare(b.Total, a.Total) })
	files := filesOf(s.Items)
	for i, rare := range byCount[:min(len(byCount), maxCompared)] {
		for _, frequent := range byCount[:i] {
			kind := ""
			if same, caseOnly := sameName(rare.Name, frequent.Name); caseOnly {
				kind = kindCase
			} else if same || slip(rare, frequent) {
				kind = kindTypo
			}
			if kind == "" || named[frequent.Name] {
				continue
			}
			named[rare.Name] = true
			f.addAll(ClassNames, Harms, MendAsk, files(rare.Name), "kind", kind, "class", rare.Name, "other", frequent.Name,
				"boxes", strconv.Itoa(rare.Total), "other-boxes", strconv.Itoa(frequent.Total))
			break
		}
	}
	boxes := map[string]int{}
	for _, c := range s.Classes {
		boxes[Train] += c.Boxes[Train]
		boxes[Val] += c.Boxes[Val]
	}
	for _, c := range s.Classes {
		switch {
		// A part without any box is told of by itself.
		case s.Layout != Parted || named[c.Name] || boxes[Train] == 0 || boxes[Val] == 0:
		case c.Boxes[Train] == 0:
			f.addAll(ClassNames, Harms, MendNone, files(c.Name), "kind", kindOnlyVal, "class", c.Name)
		case c.Boxes[Val] == 0:
			f.addAll(ClassNames, Minor, MendNone, files(c.Name), "kind", kindOnlyTrain, "class", c.Name)
		default:
			continue
		}
		named[c.Name] = true
	}
	return named
}

// Merges returns what the findings offer to merge, for label.Options.Rename:
// each rare spelling of a class with the frequent one.
func Merges(found []Finding) map[string]string {
	out := map[string]string{}
	for _, f := range found {
		if f.Check == ClassNames && f.Mend == MendAsk {
			out[f.Args["class"]] = f.Args["other"]
		}
	}
	return out
}

// filesOf returns a function that lists the files with a class, reading the
// items once and only if asked.
func filesOf(items []Item) func(class string) []string {
	var by map[string][]string
	return func(class string) []string {
		if by == nil {
			by = map[string][]string{}
			for i := range items {
				for _, b := range items[i].Boxes {
					if l := by[b.Class]; len(l) == 0 || l[len(l)-1] != items[i].Annotation {
						by[b.Class] = append(l, items[i].Annotation)
					}
				}
			}
		}
		return by[class]
	}
}
