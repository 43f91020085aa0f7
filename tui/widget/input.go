package widget

import (
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
)

// maxTyped bounds a typed or pasted answer, in characters.
const maxTyped = 1 << 16

// An Input is one line to type. What is pasted into it is cleaned and joined
// to one line, so that a line end in it sends nothing off.
type Input struct {
	model textinput.Model
	// OnPaste, if set, takes a paste instead of the line, which holds value; it returns what to
	// insert, or false to insert the paste as it is.
	OnPaste func(value, paste string) (string, bool)
}

// NewInput returns an input with a text in it. A secret is shown as dots.
func NewInput(t *Theme, value string, secret bool) *Input {
	m := textinput.New()
	m.Prompt = ""
	m.CharLimit = maxTyped
	if secret {
		m.EchoMode = textinput.EchoPassword
		m.EchoCharacter = '*'
	}
	m.TextStyle, m.PlaceholderStyle = t.Plain, t.Dim
	m.Cursor.Style = t.Accent
	m.Cursor.TextStyle = t.Plain
	if !secret {
		// What nobody can see or type is no part of an answer.
		value = clean.Line(value)
	}
	m.SetValue(value)
	m.CursorEnd()
	m.Focus()
	return &Input{model: m}
}

// Value returns the text.
func (in *Input) Value() string { return in.model.Value() }

// SetValue replaces the text.
func (in *Input) SetValue(value string) {
	in.model.SetValue(value)
	in.model.CursorEnd()
}

// Update handles a key.
func (in *Input) Update(msg tea.KeyMsg) {
	if msg.Paste {
		pasted := string(msg.Runes)
		if in.OnPaste != nil {
			if value, ok := in.OnPaste(in.Value(), pasted); ok {
				in.SetValue(value)
				return
			}
		}
		msg.Runes = []rune(strings.Join(PastedLines(pasted), " "))
		if len(msg.Runes) == 0 {
			return
		}
	} else if msg.Type == tea.KeyRunes {
		msg.Runes = []rune(clean.Line(string(msg.Runes)))
	}
	in.model, _ = in.model.Update(msg)
}

// PastedLines are the lines of a paste that hold something, cleaned.
func PastedLines(paste string) []string {
	var lines []string
	for _, line := range strings.FieldsFunc(paste, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(clean.Line(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// View draws the input into width cells. The cursor is drawn as well.
func (in *Input) View(width int) string {
	in.model.Width = max(1, width-1)
	// The width takes effect when the cursor moves.
	in.model.SetCursor(in.model.Position())
	return Cut(in.model.View(), width, "")
}
