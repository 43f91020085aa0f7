package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What Whole has marked stands between these; they take no room.
const wholeFrom, wholeTo = "\x0e", "\x0f"

// Whole marks what people copy, such as a path or a command: WrapWhole leaves
// it in one piece.
func Whole(s string) string { return wholeFrom + s + wholeTo }

var unmark = strings.NewReplacer(wholeFrom, "", wholeTo, "")

// Unmarked takes the marks of Whole out.
func Unmarked(s string) string { return unmark.Replace(s) }

// WrapWhole breaks a line as Wrap does, but never within a word or within what
// Whole has marked: what is wider than a line stands on one of its own, which
// the terminal alone breaks. The marks are taken out.
func WrapWhole(s string, width int) []string {
	pieces := wholePieces(s)
	return wrapLine(Unmarked(s), max(width, 2), func(_ string, width int) []string {
		var lines []string
		line, used := "", 0
		for _, piece := range pieces {
			if line != "" && used+Width(strings.TrimRight(piece, " ")) > width {
				lines = append(lines, strings.TrimRight(line, " "))
				line, used = "", 0
			}
			line += piece
			used += Width(piece)
		}
		return append(lines, strings.TrimRight(line, " "))
	})
}

// wholePieces cuts a line where it may end, and takes the marks out.
func wholePieces(s string) []string {
	var pieces []string
	var piece strings.Builder
	var before rune
	whole := false
	for i, r := range s {
		switch string(r) {
		case wholeFrom, wholeTo:
			whole = string(r) == wholeFrom
			continue
		}
		within := whole && !strings.HasSuffix(s[:i], wholeFrom)
		if rest := Unmarked(s[i:min(len(s), i+ahead)]); before != 0 && !within && mayBreak(before, rest) && !withinCommand(piece.String(), rest) {
			pieces = append(pieces, piece.String())
			piece.Reset()
		}
		piece.WriteRune(r)
		before = r
	}
	return append(pieces, piece.String())
}

// ahead is how far it is looked ahead for a place where a line may end.
const ahead = 4 * utf8.UTFMax

// withinCommand reports whether a blank is one of a command that a sentence
// names: before an option or its value, and after this program's name.
func withinCommand(before, rest string) bool {
	if option := strings.TrimLeft(rest, "-"); len(option) < len(rest) && option != "" && unicode.IsLetter(rune(option[0])) {
		return true
	}
	words := strings.Fields(before)
	if len(words) == 0 || !strings.HasSuffix(before, " ") {
		return false
	}
	last := words[len(words)-1]
	return last == "gpuwizard" || strings.HasPrefix(last, "--")
}
