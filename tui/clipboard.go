package tui

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// maxClip is how much text is handed to a terminal's clipboard: some take no
// more, and an endless sequence would hold up the screen.
const maxClip = 64 << 10

// copyLines hands lines to the clipboard of the terminal, by the one sequence
// (OSC 52) that works over SSH too. No terminal says whether it took them, so
// they are saved in a file as well, and both is said.
func (m *root) copyLines(lines []string) tea.Cmd {
	if len(lines) == 0 || m.project == nil {
		return nil
	}
	words, out := m.text, m.options.Out
	path := m.project.StatePath("copied.txt")
	return m.guard(func() tea.Msg {
		text := strings.Join(lines, "\n") + "\n"
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			return sayMsg{words.Problem(problem.New(wizard.LocalReadOnly, err, "path", path)).What}
		}
		form := words.Copied
		if len(text) > maxClip || out == nil {
			form = words.CopiedToFile
		} else if _, err := io.WriteString(out, ansi.SetSystemClipboard(text)); err != nil {
			form = words.CopiedToFile
		}
		return sayMsg{words.Fill(form, map[string]string{"count": strconv.Itoa(len(lines)), "path": journey.StateDir + "/copied.txt"})}
	})
}

// shared is an output that several goroutines write to, each of them whole
// sequences: Bubble Tea its frames, and this package what is no part of one.
// Files are that already.
type shared struct {
	mu  sync.Mutex
	out io.Writer
}

func share(out io.Writer) io.Writer {
	if _, file := out.(*os.File); file {
		return out
	}
	return &shared{out: out}
}

// Write writes a whole frame or sequence.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}
