package screen

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// Update handles a key and returns what the person wants, or nil.
func (s *Screen) Update(msg tea.KeyMsg) any {
	if c := s.chooser(); c != nil {
		return c.key(msg)
	}
	if s.mode == asking && s.form.Busy() {
		return s.formEvent(s.form.Update(msg))
	}
	if s.mode == byHand {
		return s.handKey(msg)
	}
	if report, done := s.logKey(msg); done {
		return report
	}
	switch {
	case key.Matches(msg, s.Keys.ByHand) && s.mode != working:
		return ByHand{s.Step, wizard.Hand{}}
	case key.Matches(msg, s.Keys.Back):
		return Back{}
	case key.Matches(msg, s.Keys.Next):
		return Next{}
	}
	if p, ok := s.panel.(keyed); ok && s.mode != asking {
		if report, done := p.keys(msg); done {
			return report
		}
	}
	switch s.mode {
	case asking:
		if c, ok := s.panel.(chooser); ok {
			if report, opened := c.opens(msg); opened {
				return report
			}
		}
		return s.formEvent(s.form.Update(msg))
	case working:
		switch {
		case key.Matches(msg, s.Keys.Stop):
			return Stop{}
		case key.Matches(msg, s.Keys.Skip) && s.skips():
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
	case e.Unused:
		return Say{s.Text.Login().PasteUnused}
	}
	return nil
}

func (s *Screen) chosen(msg tea.KeyMsg) any {
	value, chosen := s.menu.Update(msg)
	switch msg.String() {
	case "r":
		value, chosen = "retry", s.mode == failed
	case "m":
		value, chosen = "mend", s.mode == failed && s.remedy() != nil
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
		return GoTo{journey.Classes}
	case "login":
		return GoTo{journey.Upload}
	case "task":
		return ToTask{}
	case "quit":
		return Quit{}
	case "edit":
		s.Edit()
	case "mend":
		if r := s.remedy(); r.Kind == journey.RemedyGoTo {
			return GoTo{r.Step}
		}
		return Mend{s.Step}
	case "retry", "again":
		return Start{s.Step}
	}
	return nil
}

// Hints are the keys that work now.
func (s *Screen) Hints() []key.Binding {
	k, words := s.Keys, s.Text.Keys()
	accept := keymap.As(k.Accept, words.Accept)
	back, next := keymap.As(k.Back, words.StepBack), keymap.As(k.Next, words.StepNext)
	if c := s.chooser(); c != nil {
		return c.hints()
	}
	switch {
	case s.showLog:
		return s.logHints()
	case s.mode == byHand:
		return s.handHints()
	case s.mode == asking && s.form.Typing():
		return []key.Binding{accept, keymap.As(k.Close, words.Cancel)}
	case s.mode == asking && s.form.Busy():
		return []key.Binding{k.Up, accept, k.Search, keymap.As(k.Close, words.Cancel)}
	case s.mode == asking:
		open := k.Accept
		if s.form.AtAction() {
			open = keymap.As(k.Accept, words.Start)
		}
		hints := []key.Binding{k.Up, open}
		if s.Step == journey.Region && len(s.Offers) > 0 {
			hints = append(hints, k.Compare)
		}
		return append(hints, back, next, k.ByHand)
	case s.mode == working:
		hints := []key.Binding{k.Stop}
		if s.skips() {
			hints = append(hints, k.Skip)
		}
		if !s.log.Empty() {
			hints = append(hints, k.Log, keymap.As(k.PageUp, words.Scroll))
			if !s.log.Following() {
				hints = append(hints, k.Follow)
			}
		}
		return append(append(hints, s.keyHints()...), back)
	}
	var hints []key.Binding
	if s.mode == failed {
		if s.remedy() != nil {
			hints = append(hints, keymap.As(k.Mend, s.Text.Training().MendKey))
		}
		hints = append(hints, k.Retry)
	}
	hints = append(hints, k.Up, k.Accept)
	if !s.log.Empty() {
		hints = append(hints, k.Log)
	}
	hints = append(hints, back, next)
	if s.mode == failed {
		hints = append(hints, k.ByHand)
	}
	return append(hints, s.keyHints()...)
}

// keyHints are the keys of the panel.
func (s *Screen) keyHints() []key.Binding {
	if p, ok := s.panel.(keyed); ok {
		return p.keyHints()
	}
	return nil
}
