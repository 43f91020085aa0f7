// Package clean makes text from elsewhere (file names, class names, the
// output of a rented machine) safe to show in a terminal: it can move no
// cursor, set no title, reorder no text and fill no memory.
//
// It knows nothing of widths on the screen or of what the text means; a face
// cuts a cleaned line to its own width.
package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// MaxLine is how many bytes of a line are kept; what is longer ends in "…".
const MaxLine = 8 << 10

const (
	tabStop = 8
	// maxMarks bounds the marks on one letter: more than any script stacks,
	// and too few to draw over the lines above.
	maxMarks = 4
	ellipsis = "…"
)

// Line returns s as one line of valid UTF-8 without escape sequences, control
// characters, invisible format characters or changes of direction. Tabs
// become spaces, line ends become one space, and the end of a very long line
// is cut off. Spaces at the end are dropped.
func Line(s string) string {
	if isPlain(s) {
		return strings.TrimRight(s, " ")
	}
	var b strings.Builder
	column, marks := 0, 0
	put := func(r rune) {
		if b.Len() <= MaxLine {
			b.WriteRune(r)
			column += cells(r)
		}
	}
	for s != "" && b.Len() <= MaxLine {
		if c := s[0]; c >= ' ' && c <= '~' {
			b.WriteByte(c)
			column, marks, s = column+1, 0, s[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if n := escape(s, r, size); n > 0 {
			s = s[n:]
			continue
		}
		s = s[size:]
		if r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
			if marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		switch {
		case r == '\t':
			for range tabStop - column%tabStop {
				put(' ')
			}
		case r == '\r' && strings.HasPrefix(s, "\n"):
			// The line end is written once, by what follows.
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
			put(' ')
		case hidden(r):
		default:
			put(r) // a byte that is no UTF-8 reads as U+FFFD
		}
	}
	return strings.TrimRight(bounded(b.String()), " ")
}

// isPlain is the quick way for what nearly every line is: short ASCII.
func isPlain(s string) bool {
	if len(s) > MaxLine {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// bounded cuts at a whole character.
func bounded(s string) string {
	if len(s) <= MaxLine {
		return s
	}
	cut := MaxLine - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + ellipsis
}

func cells(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// hidden reports whether a rune does something other than show itself.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cs, r):
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		// Variation selectors: terminals disagree on the width they give.
		return true
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0:
		// Letters and joiners that are drawn as nothing.
		return true
	}
	return false
}

// escape returns the length of the escape sequence that s begins with, or 0;
// r is the first rune of s, n its size. A sequence without an end reaches to
// the end of s.
func escape(s string, r rune, n int) int {
	if r == 0x1B {
		if len(s) == 1 {
			return 1
		}
		switch c := s[1]; {
		case c == '[':
			return control(s, 2)
		case c == ']', c == 'P', c == 'X', c == '^', c == '_':
			return untilTerminator(s, 2)
		case c >= 0x20 && c <= 0x2F:
			i := 2
			for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2F {
				i++
			}
			if i < len(s) && s[i] < 0x7F && s[i] > ' ' {
				i++
			}
			return i
		case c > ' ' && c < 0x7F:
			return 2
		}
		return 1
	}
	if r == utf8.RuneError && n == 1 {
		// A C1 control as a single byte, as a terminal set to Latin-1 has it.
		r = rune(s[0])
	}
	switch r {
	case 0x9B:
		return control(s, n)
	case 0x9D, 0x90, 0x98, 0x9E, 0x9F:
		return untilTerminator(s, n)
	}
	return 0
}

// control returns the end of a control sequence whose parameters begin at i.
func control(s string, i int) int {
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3F {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7E {
		i++
	}
	return i
}

// untilTerminator returns the end of a string sequence: BEL, ST, or CAN.
func untilTerminator(s string, i int) int {
	for ; i < len(s); i++ {
		switch {
		case s[i] == 0x07, s[i] == 0x18:
			return i + 1
		case strings.HasPrefix(s[i:], "\x1b\\"), strings.HasPrefix(s[i:], "\u009c"):
			return i + 2
		}
	}
	return i
}
