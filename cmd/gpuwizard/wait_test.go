package main

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

// waitFor reads until a line holds the text, and goes on reading so that the
// program never blocks on its output.
func waitFor(t *testing.T, r io.Reader, text string) {
	t.Helper()
	lines := bufio.NewReader(r)
	var seen strings.Builder
	for {
		line, err := lines.ReadString('\n')
		seen.WriteString(line)
		if strings.Contains(line, text) {
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return
		}
		if err != nil {
			t.Fatalf("%q never came:\n%s", text, seen.String())
		}
	}
}
