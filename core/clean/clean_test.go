package clean_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"gpuwizard/core/clean"
)

func TestLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Epoch 1/3  mAP 0.5", "Epoch 1/3  mAP 0.5"},
		{"chinese", "训练完成 100%", "训练完成 100%"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red"},
		{"title by BEL", "a\x1b]0;pwned\x07b", "ab"},
		{"title by ST", "a\x1b]2;pwned\x1b\\b", "ab"},
		{"link", "\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"cursor", "a\x1b[2J\x1b[1;1Hb\x1b7c\x1b(Bd", "abcd"},
		{"C1 as a rune", "a\u009b31mb\u009d0;t\u009cc", "abc"},
		{"C1 as a byte", "a\x9b31mb", "ab"},
		{"device control", "a\x1bPq#0\x1b\\b", "ab"},
		{"no end", "a\x1b]0;for ever", "a"},
		{"lone escape", "a\x1b", "a"},
		{"half a sequence", "a\x1b[31", "a"},
		{"controls", "a\x00b\x08c\x7fd\x07", "abcd"},
		{"bidi", "a\u202egnp.exe\u202c\u2066b\u2069\u200fc", "agnp.exebc"},
		{"zero width", "p\u200be\ufeffr\u00adson", "person"},
		{"selectors", "\u2764\ufe0f", "\u2764"},
		{"tab", "a\tb", "a       b"},
		{"tab after wide", "图\tb", "图      b"},
		{"line ends", "a\r\nb\nc\rd", "a b c d"},
		{"separators", "a\u2028b\u0085c", "a b c"},
		{"broken UTF-8", "a\xffb\xe5\x9b", "a\ufffdb\ufffd"},
		{"stacked marks", "e" + strings.Repeat("\u0301", 50), "e" + strings.Repeat("\u0301", 4)},
		{"spaces at the end", "a   ", "a"},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := clean.Line(test.in); got != test.want {
				t.Errorf("Line(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestLineIsBounded(t *testing.T) {
	for _, unit := range []string{"x", "图", "\x1b[31mx", "\t"} {
		got := clean.Line("a" + strings.Repeat(unit, 1<<20) + "b")
		if len(got) > clean.MaxLine || !utf8.ValidString(got) {
			t.Errorf("%q many times: %d bytes, valid %v", unit, len(got), utf8.ValidString(got))
		}
	}
}

type told struct {
	line string
	live bool
}

func collect() (*clean.Lines, *[]told) {
	var all []told
	return clean.NewLines(func(line string, live bool) { all = append(all, told{line, live}) }), &all
}

func TestLines(t *testing.T) {
	tests := []struct {
		name   string
		pieces []string
		want   []told
	}{
		{"whole lines", []string{"one\ntwo\n"}, []told{{"one", false}, {"two", false}}},
		{"split anywhere", []string{"on", "e\nt"}, []told{{"on", true}, {"one", false}, {"t", true}}},
		{"a rune in two pieces", []string{"a\xe5\x9b", "\xbe\n"}, []told{{"a\ufffd", true}, {"a图", false}}},
		{"an escape in two pieces", []string{"a\x1b[3", "1mb\n"}, []told{{"a", true}, {"ab", false}}},
		{"progress", []string{"\r 10%", "\r 20%", "\r100%\n"}, []told{{" 10%", true}, {" 20%", true}, {"100%", false}}},
		{"line end of two bytes", []string{"one\r\ntwo\r", "\nthree"}, []told{{"one", false}, {"two", true}, {"two", false}, {"three", true}}},
		{"last wins within a piece", []string{"a\rb\rc"}, []told{{"c", true}}},
		{"wiped", []string{"50%\r\x1b[K", "next\n"}, []told{{"", true}, {"next", false}}},
		{"empty lines count", []string{"\n\n"}, []told{{"", false}, {"", false}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, got := collect()
			for _, piece := range test.pieces {
				if n, err := lines.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Fatalf("Write = %d, %v", n, err)
				}
			}
			if !equal(*got, test.want) {
				t.Errorf("got %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestFlush(t *testing.T) {
	lines, got := collect()
	lines.Write([]byte("one\nlast"))
	lines.Flush()
	lines.Flush()
	want := []told{{"one", false}, {"last", true}, {"last", false}}
	if !equal(*got, want) {
		t.Errorf("got %+v, want %+v", *got, want)
	}
}

func TestLongLine(t *testing.T) {
	lines, got := collect()
	for range 1000 {
		lines.Write([]byte(strings.Repeat("x", 10_000)))
	}
	lines.Write([]byte("\nnext\n"))
	last := (*got)[len(*got)-2:]
	if len(last[0].line) > clean.MaxLine || !strings.HasSuffix(last[0].line, "…") || last[1].line != "next" {
		t.Errorf("a line of 10 MB ended as %d bytes, then %q", len(last[0].line), last[1].line)
	}
}

func equal(a, b []told) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func checkClean(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || len(s) > clean.MaxLine {
		t.Fatalf("%q: not valid, or %d bytes", s, len(s))
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			t.Fatalf("%q holds %U", s, r)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"", "a\x1b[31mb", "\u009b1m", "\x1b]0;x\x07", "\u202e", "\xff\xfe", "a\tb\r\n", "\x1b\x1b[["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean.Line(s)
		checkClean(t, got)
		if again := clean.Line(got); again != got {
			t.Fatalf("cleaning twice changes %q to %q", got, again)
		}
	})
}

// However the stream is cut into pieces, the same lines come out.
func FuzzLines(f *testing.F) {
	f.Add([]byte("one\r\ntwo\r 5%\r10%\n\x1b[31mx"), uint8(3))
	f.Add([]byte("\r\r\n\n图\r"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		whole := ended(data, len(data)+1)
		pieces := ended(data, int(size)%7+1)
		if !equal(whole, pieces) {
			t.Fatalf("whole %+v, in pieces %+v", whole, pieces)
		}
		for _, line := range whole {
			checkClean(t, line.line)
		}
	})
}

func ended(data []byte, size int) []told {
	var all []told
	lines := clean.NewLines(func(line string, live bool) {
		if !live {
			all = append(all, told{line, live})
		}
	})
	for len(data) > 0 {
		n := min(size, len(data))
		lines.Write(data[:n])
		data = data[n:]
	}
	lines.Flush()
	return all
}

func BenchmarkLine(b *testing.B) {
	line := "      1/99      3.2G    0.1102   0.02733         0         9       640: 100%|██████████| 25/25 [00:05<00:00]"
	for b.Loop() {
		clean.Line(line)
	}
}
