package widget

import (
	tea "github.com/charmbracelet/bubbletea"
)

// A Dialog asks one thing above the screen: to choose one of its buttons, or
// to type a secret.
type Dialog struct {
	Theme  *Theme
	Title  string
	Facts  [][2]string // label and value, above the text
	Text   string
	Notice string // a warning below the text
	Menu   Menu
	// Cancel is the value that Esc gives; "" if there is none.
	Cancel string
	// Optional lets an empty line be the answer.
	Optional bool
	// Early draws the buttons as none that a key would press yet.
	Early bool

	input *Input
	value string // that the line began with
}

// AskSecret makes the dialog one for typing a secret instead of choosing. paste
// takes a pasted text apart; see AskLine.
func (d *Dialog) AskSecret(paste func(value, paste string) (string, bool)) {
	d.input = NewInput(d.Theme, "", true)
	d.input.OnPaste = paste
}

// AskLine makes the dialog one for typing a line, with a value to begin with.
// paste may take a pasted text apart: it returns what is to stand in the line.
func (d *Dialog) AskLine(value string, paste func(value, paste string) (string, bool)) {
	d.input = NewInput(d.Theme, value, false)
	d.value = d.input.Value()
	d.input.OnPaste = paste
}

// Answers reports whether a key answers the dialog, which has a line to type.
func (d *Dialog) Answers(msg tea.KeyMsg) bool {
	return msg.Type == tea.KeyEsc || msg.Type == tea.KeyEnter && (d.Optional || d.input.Value() != "")
}

// Update handles a key. done says that the dialog is answered: with the value
// of a button, or with the secret.
func (d *Dialog) Update(msg tea.KeyMsg) (value string, done, cancelled bool) {
	if msg.Type == tea.KeyEsc {
		return d.Cancel, true, true
	}
	if d.input != nil {
		if msg.Type == tea.KeyEnter {
			return d.input.Value(), d.Answers(msg), false
		}
		d.input.Update(msg)
		return "", false, false
	}
	value, done = d.Menu.Update(msg)
	return value, done, false
}

// Secret reports whether the dialog asks for a secret.
func (d *Dialog) Secret() bool { return d.input != nil }

// Typed reports whether something was typed into the dialog's line.
func (d *Dialog) Typed() bool { return d.input != nil && d.input.Value() != d.value }

// View draws the dialog as a box that fits into width by height cells.
func (d *Dialog) View(width, height int) []string {
	t := d.Theme
	box := min(width-4, 72)
	inner := box - 4
	lines := []string{""}
	labels := 0
	for _, f := range d.Facts {
		labels = max(labels, Width(f[0]))
	}
	for _, f := range d.Facts {
		label := t.Dim.Render(Pad(f[0], labels, t.Signs.More)) + "  "
		lines = append(lines, Indent(label, Wrap(f[1], inner-labels-2))...)
	}
	if len(d.Facts) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, Wrap(d.Text, inner)...)
	if d.Notice != "" {
		lines = append(lines, "")
		for _, line := range Wrap(d.Notice, inner) {
			lines = append(lines, t.Warn.Render(line))
		}
	}
	lines = append(lines, "")
	if d.input != nil {
		lines = append(lines, t.Accent.Render(t.Signs.Point+" ")+d.input.View(inner-2))
	}
	menu := d.Menu
	if d.Early {
		menu.focus = -1
	}
	lines = append(lines, menu.View(t, inner)...)
	lines = append(lines, "")
	lines = Frame(t, d.Title, lines, box)
	if len(lines) > height {
		lines = lines[:height]
	}
	return lines
}
