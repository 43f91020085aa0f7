package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Wrap breaks plain text into lines of at most width cells: between words,
// between Chinese characters with regard to their punctuation, and within a
// word that alone is too long, if it is a path behind one of its folders.
func Wrap(s string, width int) []string {
	width = max(width, 2)
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		lines = append(lines, wrapLine(paragraph, width, breakLine)...)
	}
	return lines
}

// wrapLine breaks one paragraph. A last line of a word or two is made longer
// at the expense of those above it, where that takes no further line.
func wrapLine(s string, width int, breakLine func(string, int) []string) []string {
	const short, narrowest = 10, 24
	lines := breakLine(s, width)
	last := len(lines) - 1
	if last < 1 || width < narrowest || Width(lines[last]) >= short {
		return lines
	}
	for narrower := width - 1; narrower > width*3/4; narrower-- {
		tried := breakLine(s, narrower)
		if len(tried) > len(lines) {
			break
		}
		if Width(tried[last]) >= short {
			return tried
		}
	}
	return lines
}

func breakLine(s string, width int) []string {
	var lines []string
	start, used := 0, 0      // of the present line
	breakAt, after := 0, 0   // where it may end, and how wide it is from there on
	folderAt, behind := 0, 0 // likewise, within a path
	var before rune
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		w := runeWidth(r)
		if i > start && mayBreak(before, s[i:]) {
			breakAt, after = i, 0
		}
		if i > start && before == '/' {
			folderAt, behind = i, 0
		}
		for used+w > width && r != ' ' {
			at := breakAt
			if at <= start || folderAt > at && !wordFits(s[at:], width) {
				at, after = folderAt, behind
			}
			if at <= start {
				at, after = i, 0
			}
			lines = append(lines, strings.TrimRight(s[start:at], " "))
			start, used, breakAt = at, after, 0
			for start < i && s[start] == ' ' {
				start++
				used--
			}
		}
		used += w
		after += w
		behind += w
		before = r
		i += size
	}
	return append(lines, strings.TrimRight(s[start:], " "))
}

// wordFits reports whether a line can hold what comes up to the next place
// where one may end.
func wordFits(s string, width int) bool {
	var before rune
	for i, r := range s {
		if i > 0 && (r == ' ' || mayBreak(before, s[i:])) {
			break
		}
		if width -= runeWidth(r); width < 0 {
			return false
		}
		before = r
	}
	return true
}

// mayBreak reports whether a line may end between a character and the text
// after it.
func mayBreak(before rune, rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if hidden := before == ' ' && r == '.'; hidden && len(rest) > size && unicode.IsLetter(rune(rest[size])) {
		return true // the name of a file, and no end of a sentence
	}
	if strings.ContainsRune(noStart, r) || strings.ContainsRune(noEnd, before) {
		return false
	}
	return before == ' ' && r != ' ' || (r != ' ' && before != ' ' && (runeWidth(before) == 2 || runeWidth(r) == 2))
}

func runeWidth(r rune) int {
	switch {
	case r >= ' ' && r <= '~':
		return 1
	case r >= '一' && r <= '\u9fff', r >= '、' && r <= '】', r >= '！' && r <= '～':
		return 2 // what Chinese is mostly made of
	}
	return ansi.StringWidth(string(r))
}

// Indent puts a prefix in front of the first line and as many blanks in front
// of the others.
func Indent(first string, lines []string) []string {
	out := make([]string, len(lines))
	blank := strings.Repeat(" ", Width(first))
	for i, line := range lines {
		if i == 0 {
			out[i] = first + line
		} else {
			out[i] = blank + line
		}
	}
	return out
}
