package logfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/clean"
	"gpuwizard/core/logfile"
)

// A log is cut into the lines that a pane shows, whatever it holds, and goes on
// as it grows.
func TestLinesAreThoseOfThePane(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "log")
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"plain\n", "\n", "a\rb\r\n", "bar 1%\rbar 2%\rbar 100%\n", "\x1b[31mred\x1b[0m\n", "no end", "\xff\xfe\n",
		strings.Repeat("x", 400_000) + "\n", "\x1b]0;title\n", "长\t行\n", "\r\n",
	}
	f := logfile.Open(path)
	var all strings.Builder
	for range 40 {
		for range random.IntN(400) {
			piece := pieces[random.IntN(len(pieces))]
			if len(piece) > 1000 && random.IntN(40) > 0 {
				piece = fmt.Sprintf("line %d\n", random.Int())
			}
			all.WriteString(piece)
		}
		if err := os.WriteFile(path, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		var want []string
		lines := clean.NewLines(func(line string, live bool) {
			if !live {
				want = append(want, line)
			}
		})
		_, _ = lines.Write([]byte(all.String()))
		if n, err := f.Len(ctx); n != len(want) || err != nil {
			t.Fatalf("%d lines, %v, want %d", n, err, len(want))
		}
		from := random.IntN(len(want) + 1)
		to := from + random.IntN(600)
		got, err := f.Lines(ctx, from, to)
		if err != nil || !slices.Equal(got, want[from:min(to, len(want))]) {
			t.Fatalf("lines %d to %d: %d of them, %v", from, to, len(got), err)
		}
	}
}

func TestFind(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "log")
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "Line %d of it\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	f := logfile.Open(path)
	for _, test := range []struct {
		text     string
		from, to int
		last     bool
		want     logfile.Find
	}{
		{"line 19", 0, 2000, true, logfile.Find{Line: 1999, Count: 111}},
		{"line 19", 0, 2000, false, logfile.Find{Line: 19, Count: 111}},
		{"line 19", 20, 1000, true, logfile.Find{Line: 199, Count: 10}},
		{"line 19", 200, 1000, false, logfile.Find{Line: -1}},
		{"nothing", 0, 9999, true, logfile.Find{Line: -1}},
		{"line", 5, 5, true, logfile.Find{Line: -1}},
	} {
		if got, err := f.Find(ctx, test.text, test.from, test.to, test.last); got != test.want || err != nil {
			t.Errorf("%q from %d to %d: %+v, %v; want %+v", test.text, test.from, test.to, got, err, test.want)
		}
	}
	// A shorter one in its place is another log.
	if err := os.WriteFile(path, []byte("only\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Len(ctx); n != 1 || err != nil {
		t.Errorf("%d lines, %v", n, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lines(ctx, 0, 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
}
