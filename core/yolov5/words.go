package yolov5

import (
	"math/bits"
	"regexp/syntax"
	"slices"
)

// wordFinder tells which of many words occur in a text, in one pass over its
// bytes. Nearly every line of a log holds none of them, so that no regular
// expression has to be tried. It is Aho and Corasick's machine.
type wordFinder struct {
	letter [256]uint8 // of a byte: those that no word holds are alike
	width  uint       // bits of a letter
	next   []uint32   // by state and letter: a state, shifted, and whether words end there
	ends   [][]int    // words that end in a state
}

func newWordFinder(words []string) *wordFinder {
	f := &wordFinder{ends: make([][]int, 1)}
	letters := 1
	for _, word := range words {
		for _, c := range []byte(word) {
			if f.letter[c] == 0 {
				f.letter[c] = uint8(letters) // 0 stays for the others, as no word holds every byte
				letters++
			}
		}
	}
	f.width = uint(bits.Len(uint(letters)))
	row := 1 << f.width
	next := make([]int, row)
	for i, word := range words {
		state := 0
		for _, c := range []byte(word) {
			at := state<<f.width | int(f.letter[c])
			if next[at] == 0 {
				next[at] = len(f.ends)
				f.ends = append(f.ends, nil)
				next = append(next, make([]int, row)...)
			}
			state = next[at]
		}
		f.ends[state] = append(f.ends[state], i)
	}
	// From here on a missing step goes where the longest end of what was read
	// would have gone.
	back := make([]int, len(f.ends))
	queue := []int{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for letter := range row {
			at := state<<f.width | letter
			other := 0
			if state != 0 {
				other = next[back[state]<<f.width|letter]
			}
			if to := next[at]; to != 0 {
				back[to] = other
				f.ends[to] = append(f.ends[to], f.ends[other]...)
				queue = append(queue, to)
			} else {
				next[at] = other
			}
		}
	}
	f.next = make([]uint32, len(next))
	for at, to := range next {
		f.next[at] = uint32(to) << f.width
		if len(f.ends[to]) > 0 {
			f.next[at] |= 1
		}
	}
	return f
}

// find calls do for every occurrence of a word.
func (f *wordFinder) find(text string, do func(word int)) {
	next, state := f.next, uint32(0)
	for i := range len(text) {
		state = next[state&^1+uint32(f.letter[text[i]])]
		if state&1 == 0 {
			continue
		}
		for _, word := range f.ends[state>>f.width] {
			do(word)
		}
	}
}

// neededWords returns words of which a text must hold one to match a regular
// expression, or nil if there are none of some length.
func neededWords(expression string) []string {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil
	}
	return needed(re.Simplify())
}

// shortestWord is how long a word must be to be worth looking for.
const shortestWord = 3

func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if word := string(re.Rune); re.Flags&syntax.FoldCase == 0 && len(word) >= shortestWord {
			return []string{word}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if words := needed(sub); words != nil && (best == nil || shortest(words) > shortest(best)) {
				best = words
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			words := needed(sub)
			if words == nil {
				return nil
			}
			all = append(all, words...)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	return nil
}

func shortest(words []string) int {
	n := len(words[0])
	for _, w := range words {
		n = min(n, len(w))
	}
	return n
}
