package widget

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A Filter is what the rows of a list have to hold. It is typed while the list
// is shown; the arrows already move among what is left.
type Filter struct {
	input  *Input // nil if all are listed
	typing bool
}

// Open begins to type the filter.
func (f *Filter) Open(t *Theme) { f.input, f.typing = NewInput(t, "", false), true }

// Clear lists all again.
func (f *Filter) Clear() { f.input, f.typing = nil, false }

// On reports whether there is a filter.
func (f *Filter) On() bool { return f.input != nil }

// Typing reports whether it is being typed.
func (f *Filter) Typing() bool { return f.typing }

// Value is what was typed.
func (f *Filter) Value() string {
	if f.input == nil {
		return ""
	}
	return f.input.Value()
}

// Holds reports whether a row has every word of the filter.
func (f *Filter) Holds(row string) bool {
	row = strings.ToLower(row)
	for _, word := range strings.Fields(strings.ToLower(f.Value())) {
		if !strings.Contains(row, word) {
			return false
		}
	}
	return true
}

// Update handles a key while the filter is being typed.
func (f *Filter) Update(msg tea.KeyMsg) {
	switch msg.Type {
	case tea.KeyEsc:
		f.Clear()
	case tea.KeyEnter, tea.KeyUp, tea.KeyDown:
		f.typing = false
	default:
		f.input.Update(msg)
	}
}

// View draws the line to type after a prompt.
func (f *Filter) View(t *Theme, prompt string, width int) string {
	return t.Accent.Render(prompt) + f.input.View(width-Width(prompt))
}
