package yolov5

import (
	"regexp/syntax"
	"slices"
)

// wordFinder tells which of many words occur in a text, in one pass over its
// bytes. Nearly every line of a log holds none of them, so that no regular
// expression has to be tried.
type wordFinder struct {
	next [][256]int32 // by state and byte
	ends [][]int32    // words that end in a state
}

func newWordFinder(words []string) *wordFinder {
	f := &wordFinder{next: make([][256]int32, 1), ends: make([][]int32, 1)}
	for i, word := range words {
		state := int32(0)
		for _, c := range []byte(word) {
			if f.next[state][c] == 0 {
				f.next = append(f.next, [256]int32{})
				f.ends = append(f.ends, nil)
				f.next[state][c] = int32(len(f.next) - 1)
			}
			state = f.next[state][c]
		}
		f.ends[state] = append(f.ends[state], int32(i))
	}
	// From here on a missing step goes where the longest end of what was read
	// would have gone (Aho and Corasick's machine).
	back := make([]int32, len(f.next))
	var queue []int32
	for _, to := range f.next[0] {
		if to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		f.ends[state] = append(f.ends[state], f.ends[back[state]]...)
		for c := range f.next[state] {
			to, else_ := f.next[state][c], f.next[back[state]][c]
			if to == 0 {
				f.next[state][c] = else_
				continue
			}
			back[to] = else_
			queue = append(queue, to)
		}
	}
	return f
}

// find calls do for every occurrence of a word.
func (f *wordFinder) find(text string, do func(word int)) {
	state := int32(0)
	for i := range len(text) {
		state = f.next[state][text[i]]
		if state == 0 {
			continue
		}
		for _, word := range f.ends[state] {
			do(int(word))
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
const shortestWord = 4

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
