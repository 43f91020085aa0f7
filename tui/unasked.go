package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/tui/screen"
	"gpuwizard/tui/widget"
)

// readIn is for how long what came up by itself is answered by no key, from when
// it was first drawn. A hand that was on its way to a key meant what was there
// before, and over a slow line it arrives later still; who has seen what came
// up, and read any of it, takes longer than this.
//
// It holds for what nobody called up with a key and would be sorry for:
// questions with buttons (a host's key, an instance to be started or stopped)
// and pages from which Enter sets a step going. What a key brought is answered
// at once, and so is a result, where Enter only turns the page. Letters go into
// a line to type as soon as it is drawn, since no letter answers anything; Enter
// and Esc wait there too, unless something was typed.
const readIn = 400 * time.Millisecond

// front is what a key would answer or set going: at most one of its fields is
// set.
type front struct {
	dialog *widget.Dialog
	step   journey.Step
}

// unasked is what came to the front without a key.
type unasked struct {
	front front
	drawn bool
	until time.Time // it is answered by no key; set when it is drawn
	ticks bool      // a message is on its way to draw it as one that is answered
}

type unreadMsg struct{}

// front is what is in front now.
func (m *root) front() front {
	switch {
	case m.dialog != nil:
		return front{dialog: m.dialog}
	case m.project == nil || m.covered() || m.onLesson() || m.help != nil || !m.screens[m.at].Startable():
		return front{}
	}
	return front{step: m.at}
}

// cameUp takes in that the front may have changed without a key.
func (m *root) cameUp(before front) {
	if now := m.front(); now != before {
		m.came = unasked{front: now, ticks: m.came.ticks}
	}
}

// unread reports whether what is in front came up a moment ago, or was not drawn
// yet.
func (m *root) unread() bool {
	now := m.front()
	return now != (front{}) && now == m.came.front && (!m.came.drawn || m.common.Now().Before(m.came.until))
}

// seen takes in that what is in front was drawn.
func (m *root) seen() {
	if !m.came.drawn && m.came.front == m.front() {
		m.came.drawn, m.came.until = true, m.common.Now().Add(readIn)
	}
}

// untilRead asks for a message when what is in front is answered by keys.
func (m *root) untilRead() tea.Cmd {
	if m.came.ticks || !m.came.drawn || !m.unread() {
		return nil
	}
	m.came.ticks = true
	return tea.Tick(m.came.until.Sub(m.common.Now()), func(time.Time) tea.Msg { return unreadMsg{} })
}

// tooEarly reports whether a key cannot have been meant for the dialog in view.
func (m *root) tooEarly(msg tea.KeyMsg) bool {
	if !m.unread() {
		return false
	}
	if m.dialog.Secret() && m.came.drawn && (m.dialog.Typed() || !m.dialog.Answers(msg)) {
		return false
	}
	m.notHeard()
	return true
}

// notHeard says that a key did nothing. A key that is held down, or a paste that
// comes as keys, does nothing to its end.
func (m *root) notHeard() {
	if later := m.common.Now().Add(afterPaste); m.came.until.Before(later) {
		m.came.until = later
	}
	m.flash = m.text.NotHeard
}

// setsGoing reports whether a screen's report begins paid or long work.
func setsGoing(report any) bool {
	switch report.(type) {
	case screen.Start, screen.Mend:
		return true
	}
	return false
}
