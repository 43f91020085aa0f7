package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// open shows a dialog; then is called with its answer.
func (m *root) open(d *widget.Dialog, then func(value string, cancelled bool) tea.Cmd) {
	d.Theme = m.common.Theme
	m.dialog, m.answers = d, then
}

// closeDialog takes a dialog away without an answer: whoever asked has gone.
func (m *root) closeDialog() { m.dialog, m.answers = nil, nil }

func (m *root) dialogKey(msg tea.KeyMsg) tea.Cmd {
	if msg.Type == tea.KeyCtrlC {
		return m.leave()
	}
	if m.tooEarly(msg) {
		return nil
	}
	value, done, cancelled := m.dialog.Update(msg)
	if !done {
		return nil
	}
	then := m.answers
	m.closeDialog()
	return then(value, cancelled)
}

// question shows what the step at work wants to know.
func (m *root) question(a ask) {
	t := m.text
	answer := func(r reply) { a.reply <- r }
	if a.gone != nil {
		if a.gone == m.asking {
			m.closeDialog()
		}
		return
	}
	m.asking = a.reply
	switch {
	case a.moved != nil:
		m.askLogin(*a.moved, a.why, answer)
	case a.login != nil:
		m.askPassword(*a.login, a.attempt, answer)
	case a.phrase != "":
		m.askPhrase(a.phrase, a.attempt, answer)
	case a.challenge != nil:
		m.askChallenge(*a.challenge, answer)
	case a.remember != nil:
		m.askRemember(*a.remember, answer)
	case a.key != nil:
		m.open(m.hostDialog(*a.key), func(value string, _ bool) tea.Cmd {
			answer(reply{yes: value == "trust"})
			return nil
		})
	case a.hurdle != nil:
		m.askMend(*a.hurdle, answer)
	case a.start != nil:
		words := t.Start(*a.start)
		d := &widget.Dialog{
			Title: words.Title, Text: words.Why, Cancel: "no",
			Menu: widget.Menu{Buttons: []widget.Button{{Value: "start", Label: words.Yes}, {Value: "no", Label: words.No}}},
		}
		if !a.start.Cheap.IsZero() {
			d.Menu.Focus("no")
		}
		m.open(d, func(value string, _ bool) tea.Cmd {
			answer(reply{yes: value == "start"})
			return nil
		})
	default:
		d := &widget.Dialog{
			Title: t.StopTitle, Text: t.Fill(t.StopWhy, map[string]string{"host": a.stop}), Cancel: "keep",
			Menu: widget.Menu{Buttons: []widget.Button{{Value: "stop", Label: t.StopYes}, {Value: "keep", Label: t.StopNo}}},
		}
		if m.common.Plan.Platform == "any" {
			// It may be a machine that others use too.
			d.Menu.Focus("keep")
		}
		m.open(d, func(value string, _ bool) tea.Cmd {
			answer(reply{yes: value == "stop"})
			return nil
		})
	}
}

// hostDialog asks whether to trust a host. For a key that changed the answer
// at hand is no.
func (m *root) hostDialog(key wizard.HostKey) *widget.Dialog {
	t := m.text
	d := &widget.Dialog{
		Title: t.HostNewTitle, Text: t.HostNewWhy + "\n\n" + t.HostNewAsk, Cancel: "no",
		Facts: [][2]string{{t.HostName, m.plain(key.Host)}, {m.plain(key.Type), m.plain(key.Fingerprint)}},
		Menu:  widget.Menu{Buttons: []widget.Button{{Value: "trust", Label: t.Trust}, {Value: "no", Label: t.DoNotTrust}}},
	}
	if len(key.Known) > 0 {
		d.Title, d.Text, d.Notice = "! "+t.HostChangedTitle, t.HostChangedWhy, t.HostChangedAsk
		d.Facts = [][2]string{
			{t.HostName, m.plain(key.Host)},
			{t.HostBefore, m.plain(strings.Join(key.Known[:min(3, len(key.Known))], ", "))},
			{t.HostNow, m.plain(key.Fingerprint)},
		}
		d.Menu.Focus("no")
	}
	return d
}

// plain cleans what came from elsewhere.
func (m *root) plain(s string) string {
	return m.text.Fill("{value}", map[string]string{"value": s})
}

// leave is what q and Ctrl-C do: quit at once if nothing is at work, else ask;
// asked again, quit.
func (m *root) leave() tea.Cmd {
	if m.running == "" {
		return tea.Quit
	}
	if m.quit {
		return tea.Quit
	}
	if m.dialog != nil && m.dialog.Title == m.text.LeaveTitle {
		return m.leaveNow()
	}
	m.askStop()
	return nil
}

func (m *root) leaveNow() tea.Cmd {
	m.quit = true
	m.closeDialog()
	m.flash = m.text.StoppingStep
	m.stop()
	return nil
}

// askStop asks whether to stop the step at work. A question of that step that
// is in view comes back if the answer is no.
func (m *root) askStop() {
	if m.running == "" {
		return
	}
	t := m.text
	before, then := m.dialog, m.answers
	why, stop, quit := t.LeaveWhy, t.LeaveYes, t.LeaveQuit
	if m.trains {
		why, stop, quit = t.LeaveTraining, t.LeaveWatch, t.LeaveWatchQuit
	}
	d := &widget.Dialog{
		Title: t.LeaveTitle, Text: why, Cancel: "no",
		Menu: widget.Menu{Buttons: []widget.Button{
			{Value: "no", Label: t.LeaveNo}, {Value: "stop", Label: stop}, {Value: "quit", Label: quit},
		}},
	}
	m.open(d, func(value string, _ bool) tea.Cmd {
		switch value {
		case "stop":
			m.stop()
		case "quit":
			return m.leaveNow()
		default:
			m.dialog, m.answers = before, then
		}
		return nil
	})
}
