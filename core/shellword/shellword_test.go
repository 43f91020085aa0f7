package shellword_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mvdan.cc/sh/v3/shell"

	"gpuwizard/core/shellword"
)

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"": "''", "plain-1.0_/x": "plain-1.0_/x", "a b": "'a b'", "it's": `'it'\''s'`, "~": "'~'", "A=b": "'A=b'",
		"$HOME": "'$HOME'", "-x": "-x", "人": "'人'", "a\nb": "'a\nb'", "nul\x00": "nul",
	} {
		if got := shellword.Quote(word); got != want {
			t.Errorf("Quote(%q) = %s, want %s", word, got, want)
		}
	}
	if got, want := shellword.Join("a", "b c", ""), "a 'b c' ''"; got != want {
		t.Errorf("Join gives %s, want %s", got, want)
	}
}

// FuzzQuote holds that a shell reads back what was quoted. Package remote's
// tests do the same with the shells of real systems.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a b", `\'"`, "$(rm -rf /)", "`x`", "!x", "*", "\t\n", "\\\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, word string) {
		want := strings.ReplaceAll(word, "\x00", "")
		if strings.ContainsRune(want, '\r') || !utf8.ValidString(want) {
			t.Skip("this shell drops carriage returns and reads UTF-8 only")
		}
		got, err := shell.Fields(shellword.Join(word, "next"), func(string) string { return "" })
		if err != nil || len(got) != 2 || got[0] != want || got[1] != "next" {
			t.Errorf("%q came back as %q, %v", want, got, err)
		}
	})
}
