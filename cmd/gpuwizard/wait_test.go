package main

import (
	"bufio"
	"io"
	"strings"
	"sync"
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

// watched keeps what a process says, to be read meanwhile.
type watched struct {
	mu   sync.Mutex
	said strings.Builder
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said.String()
}

func (w *watched) has(text string) bool { return strings.Contains(w.String(), text) }
