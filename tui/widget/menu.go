package widget

import tea "github.com/charmbracelet/bubbletea"

// A Button is one thing to choose: by moving there, or by its key if it has one.
type Button struct{ Value, Label, Key string }

// A Menu is a few buttons, one below the other.
type Menu struct {
	Buttons []Button
	focus   int
}

// Focus puts the focus on the button with this value.
func (m *Menu) Focus(value string) {
	for i, b := range m.Buttons {
		if b.Value == value {
			m.focus = i
		}
	}
}

// Update handles a key and returns the value of the button that was chosen.
func (m *Menu) Update(msg tea.KeyMsg) (value string, chosen bool) {
	n := len(m.Buttons)
	if n == 0 {
		return "", false
	}
	m.focus = min(m.focus, n-1)
	switch msg.String() {
	case "up", "k", "shift+tab":
		m.focus = (m.focus - 1 + n) % n
	case "down", "j", "tab":
		m.focus = (m.focus + 1) % n
	case "enter", " ":
		return m.Buttons[m.focus].Value, true
	}
	for _, b := range m.Buttons {
		if b.Key != "" && msg.String() == b.Key {
			return b.Value, true
		}
	}
	return "", false
}

// View draws the buttons.
func (m *Menu) View(t *Theme, width int) []string {
	lines := make([]string, len(m.Buttons))
	for i, b := range m.Buttons {
		label := b.Label
		if b.Key != "" {
			label += " (" + b.Key + ")"
		}
		lines[i] = t.Button(Cut(label, width-6, t.Signs.More), i == min(m.focus, len(m.Buttons)-1))
	}
	return lines
}
