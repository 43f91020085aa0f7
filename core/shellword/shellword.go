// Package shellword quotes words for a POSIX shell: the one place that does.
package shellword

import "strings"

// Quote returns s as one word of a POSIX shell. A NUL byte, which no shell
// word can hold, is left out.
func Quote(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// plain are the bytes that need no quotes in any position of a word that is an
// argument. Neither "=" nor "~" is among them: both mean something up front.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,@%"

// Join returns the quoted words, one space between them.
func Join(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}
