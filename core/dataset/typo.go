package dataset

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// sameName reports whether two different class names are one but for case,
// blanks, and what joins their words.
func sameName(a, b string) (same, caseOnly bool) {
	return plainName(a) == plainName(b), foldCase(a) == foldCase(b)
}

func foldCase(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(name)), " ")
}

// plainName is a name without what people vary without meaning it: case,
// blanks, dashes, underlines, and the wide letters of Chinese keyboards.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '_' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, width.Fold.String(name))
}

// The bounds of a slip: how many times more frequent the right spelling must
// be. A letter for another often makes another word (plate, plane), so that
// needs a longer name and a rarer one.
const (
	slipLength, slipTimes = 5, 4
	swapLength, swapTimes = 6, 20
)

// slip reports whether the rarer class's name looks like a slip of the pen for
// the other's: a letter doubled, missing, too much or in the wrong place.
// Digits are never slips, nor are words of one or two letters: they number
// things.
func slip(rare, frequent Class) bool {
	a, b := []rune(foldCase(rare.Name)), []rune(foldCase(frequent.Name))
	kind, at := oneEdit(a, b)
	long := max(len(a), len(b))
	switch kind {
	case editInsert, editSwap:
		return long >= slipLength && rare.Total*slipTimes <= frequent.Total && wordAt(a, b, at)
	case editReplace:
		return long >= swapLength && rare.Total*swapTimes <= frequent.Total && wordAt(a, b, at)
	}
	return false
}

type edit int

const (
	editNone edit = iota
	editInsert
	editReplace
	editSwap // of neighbours
)

// oneEdit says by which single edit one name becomes the other, and where.
func oneEdit(a, b []rune) (kind edit, at int) {
	if len(a) > len(b) {
		a, b = b, a
	}
	for at < len(a) && a[at] == b[at] {
		at++
	}
	same := func(x, y []rune) bool { return string(x) == string(y) }
	switch {
	case len(b) == len(a)+1 && same(a[at:], b[at+1:]):
		return editInsert, at
	case len(a) != len(b) || at == len(a):
	case same(a[at+1:], b[at+1:]):
		return editReplace, at
	case at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && same(a[at+2:], b[at+2:]):
		return editSwap, at
	}
	return editNone, 0
}

// wordAt reports whether what differs at a place lies, in both names, within a
// word of three letters or more.
func wordAt(a, b []rune, at int) bool {
	for _, name := range [][]rune{a, b} {
		at := min(at, len(name)-1)
		start, end := at, at
		for start > 0 && unicode.IsLetter(name[start-1]) {
			start--
		}
		for end < len(name) && unicode.IsLetter(name[end]) {
			end++
		}
		if end-start < 3 {
			return false
		}
	}
	return true
}
