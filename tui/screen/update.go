package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// A Hint is one key and what it does, for the footer.
type Hint struct{ Key, Does string }

// Update handles a key and returns what the person wants, or nil.
func (s *Screen) Update(msg tea.KeyMsg) any {
	if s.mode == asking && s.form.Busy() {
		return s.formEvent(s.form.Update(msg))
	}
	if s.logKey(msg) {
		return nil
	}
	switch msg.String() {
	case "left", "b", "h":
		return Back{}
	case "right", "n":
		return Next{}
	}
	switch s.mode {
	case asking:
		return s.formEvent(s.form.Update(msg))
	case working:
		switch {
		case msg.Type == tea.KeyEsc:
			return Stop{}
		case msg.String() == "s" && s.skips():
			return Skip{}
		}
	case ended, failed:
		return s.chosen(msg)
	}
	return nil
}

func (s *Screen) formEvent(e widget.FormEvent) any {
	switch {
	case e.Answer:
		return Answer{Step: s.Step, Key: e.Key, Value: e.Value}
	case e.Start:
		return Start{s.Step}
	}
	return nil
}

func (s *Screen) chosen(msg tea.KeyMsg) any {
	value, chosen := s.menu.Update(msg)
	switch msg.String() {
	case "r":
		value, chosen = "retry", true
	case "e":
		value, chosen = "edit", len(s.form.Fields) > 0
	}
	if !chosen {
		return nil
	}
	switch value {
	case "next":
		return Show{s.next()}
	case "back":
		return Back{}
	case "settings":
		return GoTo{wizard.Classes}
	case "login":
		return GoTo{wizard.Upload}
	case "quit":
		return Quit{}
	case "edit":
		s.Edit()
	case "retry", "again":
		return Start{s.Step}
	}
	return nil
}

// logKey handles the keys of the log pane.
func (s *Screen) logKey(msg tea.KeyMsg) bool {
	if s.log.Empty() || s.mode == asking {
		return false
	}
	switch msg.String() {
	case "l":
		s.showLog = !s.showLog
	case "esc":
		if !s.showLog {
			return false
		}
		s.showLog = false
	case "pgup":
		s.log.Page(-1)
	case "pgdown":
		s.log.Page(1)
	case "home":
		s.log.Scroll(-s.log.Len() - 1)
	case "end", "f":
		s.log.Follow()
	case "[":
		s.log.Side(-16)
	case "]":
		s.log.Side(16)
	case "up":
		if !s.showLog {
			return false
		}
		s.log.Scroll(-1)
	case "down":
		if !s.showLog {
			return false
		}
		s.log.Scroll(1)
	default:
		return false
	}
	return true
}

// Hints are the keys that work now.
func (s *Screen) Hints() []Hint {
	t := s.Text
	switch s.mode {
	case asking:
		if s.form.Typing() {
			return []Hint{{"Enter", t.KeyAccept}, {"Esc", t.KeyClose}}
		}
		if s.form.Busy() {
			return []Hint{{"↑↓", t.KeyMove}, {"Enter", t.KeyAccept}, {"Esc", t.KeyClose}}
		}
		open := t.KeyOpen
		if s.form.AtAction() {
			open = t.KeyStart
		}
		return []Hint{{"↑↓", t.KeyMove}, {"Enter", open}, {"b", t.KeyBack}, {"n", t.KeyNext}}
	case working:
		hints := []Hint{{"Esc", t.KeyStop}}
		if s.skips() {
			hints = append(hints, Hint{"s", t.KeySkip})
		}
		if !s.log.Empty() {
			hints = append(hints, Hint{"l", t.KeyLog}, Hint{"PgUp PgDn", t.KeyScroll}, Hint{"[ ]", t.KeySide})
			if !s.log.Following() {
				hints = append(hints, Hint{"f", t.KeyFollow})
			}
		}
		return append(hints, Hint{"b", t.KeyBack})
	}
	hints := []Hint{{"↑↓", t.KeyMove}, {"Enter", t.KeyOpen}, {"b", t.KeyBack}, {"n", t.KeyNext}}
	if s.mode == failed {
		hints = append([]Hint{{"r", t.KeyRetry}}, hints...)
	}
	if !s.log.Empty() {
		hints = append(hints, Hint{"l", t.KeyLog})
	}
	return hints
}
