package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	screen := "\x1b[1;38;5;75m训练\x1b[0m a<b & \x1b[7mx\x1b[27m\x1b[48;2;1;2;3m \x1b[49m\x1b[31mred\x1b[m\n\x1b[2Kplain\n"
	var out strings.Builder
	if err := draw(strings.NewReader(screen), &out); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, want := range []string{">训</text>", "a&lt;b &amp; ", `fill="#010203"`, ">red</text>", `font-weight="bold"`, ">plain</text>"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	dec := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

func TestSheet(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, text := range []string{"one", "two", "\x1b[31mthree"} {
		name := filepath.Join(dir, text[len(text)-3:]+".ansi")
		if err := os.WriteFile(name, []byte(text+" ─╭█\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	var out strings.Builder
	if err := sheet(files, &out); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if strings.Count(got, "<svg") != 4 || !strings.Contains(got, "three") || !strings.Contains(got, "<path") || strings.Contains(got, "─") {
		t.Errorf("the sheet:\n%s", got)
	}
	if err := sheet([]string{filepath.Join(dir, "none")}, &out); err == nil {
		t.Error("a file that is not there is drawn")
	}
}

func FuzzDraw(f *testing.F) {
	f.Add("\x1b[38;5;300mx\x1b[38;2mx\x1b[")
	f.Fuzz(func(t *testing.T, screen string) {
		var out strings.Builder
		_ = draw(strings.NewReader(screen), &out)
	})
}
