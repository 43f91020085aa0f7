package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/screen"
)

// afterPaste is how long keys are not heard after a login was given: where a
// paste comes as single keys, what follows its first line is the password.
const afterPaste = 150 * time.Millisecond

// keys handles a key that was pressed, or held down: over a slow line its
// repetitions come as one. So does a word that is typed fast, which is no key
// even if it is the name of one, as "right" is.
func (m *root) keys(msg tea.KeyMsg) tea.Cmd {
	if lateReply(msg) {
		return nil
	}
	typing := m.dialog != nil || m.typing()
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return m.key(msg)
	}
	held := !slices.ContainsFunc(msg.Runes, func(r rune) bool { return r != msg.Runes[0] })
	if typing && !keyNames[msg.String()] || !typing && !held {
		return m.key(msg)
	}
	var cmds []tea.Cmd
	for i := range msg.Runes {
		one := msg
		one.Runes = msg.Runes[i : i+1]
		cmds = append(cmds, m.key(one))
	}
	return tea.Batch(cmds...)
}

// takesPastes reports whether what is in view may take a paste.
func (m *root) takesPastes() bool {
	if m.dialog != nil {
		return m.dialog.Secret()
	}
	onForm := m.project != nil && !m.covered() && !m.onLesson() && m.screens[m.at].Asking()
	return m.help == nil && (m.typing() || onForm)
}

// keyNames are the names of the keys that are no characters.
var keyNames = func() map[string]bool {
	names := map[string]bool{}
	for k := range 256 {
		names[tea.KeyType(k).String()], names[tea.KeyType(-k).String()] = true, true
	}
	delete(names, "")
	return names
}()

func (m *root) key(msg tea.KeyMsg) tea.Cmd {
	m.flash, m.touched, m.old.stuck = "", true, false
	interrupt := msg.Type == tea.KeyCtrlC
	switch {
	case !interrupt && m.common.Now().Before(m.deaf):
		m.deaf = m.common.Now().Add(afterPaste)
		return nil
	case msg.Paste && !m.takesPastes():
		m.flash = m.text.Login().PasteUnused
		return nil
	case key.Matches(msg, m.common.Keys.Suspend):
		return m.suspend()
	case m.dialog != nil:
		return m.dialogKey(msg)
	case m.help != nil && !interrupt:
		return m.helpKey(msg)
	case key.Matches(msg, m.common.Keys.Help) && !m.typing():
		m.openHelp()
		return nil
	case interrupt, msg.String() == "q" && !m.typing():
		return m.leave()
	case m.tooSmall():
		return nil
	case m.welcome != nil:
		return m.welcomeKey(msg)
	case m.overview != nil:
		return m.overviewKey(msg)
	case m.browser != nil:
		return m.browseKey(msg)
	case m.gallery != nil:
		return m.galleryKey(msg)
	case m.hangs() && key.Matches(msg, m.common.Keys.Data) && !m.typing():
		return m.openGallery()
	case m.onLesson():
		return m.lessonKey(msg)
	case m.lesson != nil && key.Matches(msg, m.common.Keys.Task) && !m.typing():
		m.toTask()
		return nil
	case m.browsable() && key.Matches(msg, m.common.Keys.Data) && !m.typing():
		return m.browse()
	case key.Matches(msg, m.common.Keys.Overview) && !m.typing():
		return m.openOverview()
	case key.Matches(msg, m.common.Keys.Jump) && !m.typing():
		m.show(journey.Steps()[msg.Runes[0]-'1'])
		return nil
	}
	report := m.screens[m.at].Update(msg)
	if setsGoing(report) && m.unread() {
		m.notHeard()
		return nil
	}
	return m.handle(report)
}

// typing reports whether letters are part of an answer.
func (m *root) typing() bool {
	if m.onLesson() {
		return m.lesson.input != nil
	}
	if m.welcome != nil {
		return m.welcome.picker != nil && m.welcome.picker.filter.Typing()
	}
	return m.project != nil && !m.covered() && m.screens[m.at].Typing()
}

// covered reports whether something else takes the place of the steps' screens.
func (m *root) covered() bool { return m.overview != nil || m.browser != nil || m.gallery != nil }

// handle does what a screen reports.
func (m *root) handle(report any) tea.Cmd {
	switch report := report.(type) {
	case screen.Back:
		m.move(-1)
	case screen.Next:
		m.move(1)
	case screen.Show:
		m.show(report.Step)
	case screen.GoTo:
		m.show(report.Step)
		m.screens[report.Step].Edit()
	case screen.Copy:
		return m.copyLines(report.Lines)
	case screen.Say:
		m.flash = report.Text
	case screen.FindLog:
		return m.findInLog(report)
	case screen.ExtendGuard:
		m.extendGuard(report.By)
	case screen.AskMarket:
		return m.askMarket(report)
	case screen.Quit:
		return m.leave()
	case screen.ToTask:
		m.toTask()
	case screen.Stop:
		m.askStop()
	case screen.Skip:
		if m.survey != nil {
			m.survey.Skip()
		}
	case screen.Answer, screen.Pick, screen.Start, screen.Mend, screen.ByHand, screen.Look, screen.Hinted, lesson.Input:
		if m.running != "" {
			m.flash = m.busyWith()
			return nil
		}
		if m.verifying {
			m.queue = append(m.queue, report)
			m.flash = m.text.Looking
			return nil
		}
		return m.act(report)
	}
	return nil
}

// extendGuard hands the step a word for the guard.
func (m *root) extendGuard(by time.Duration) {
	select {
	case m.words <- instance.GuardWord{Extend: by}:
	default: // one is on its way
	}
	m.flash = m.text.Watch().Extending
}

// busyWith says why something has to wait.
func (m *root) busyWith() string {
	if m.running == "" {
		return m.text.Looking
	}
	return m.text.Fill(m.text.BusyWith, map[string]string{"step": string(m.running)})
}

// act changes the project; it is at rest.
func (m *root) act(report any) tea.Cmd {
	switch report := report.(type) {
	case screen.Answer:
		m.answer(report)
	case screen.Pick:
		for _, a := range report.Answers {
			if !m.answer(a) {
				return nil
			}
		}
		m.flash = report.Say
	case screen.Start:
		return m.start(report.Step)
	case screen.Mend:
		return m.startBy(report.Step, func(ctx context.Context, _ journey.Step, env wizard.Env) error {
			return m.project.ApplyMend(ctx, env)
		})
	case lesson.Input:
		m.actOnLesson(report)
	case screen.ByHand:
		m.screens[report.Step].OpenHand(report.Where, m.project.HandGuide(report.Step, report.Where))
	case screen.Look:
		return m.startBy(report.Step, func(ctx context.Context, step journey.Step, env wizard.Env) error {
			return m.project.RunByHand(ctx, step, report.Where, env)
		})
	case screen.Hinted:
		if err := m.project.Jot("hint", string(report.Step), strconv.Itoa(report.Number)); err != nil {
			m.flash = m.text.Problem(err).What
		}
	}
	return nil
}

func (m *root) workQueue() tea.Cmd {
	var cmds []tea.Cmd
	queue := m.queue
	m.queue = nil
	if m.flash == m.text.Looking {
		m.flash = "" // it was seen to
	}
	for _, report := range queue {
		cmds = append(cmds, m.handle(report))
	}
	return tea.Batch(cmds...)
}

func (m *root) move(by int) {
	steps := journey.Steps()
	for i, step := range steps {
		if step == m.at && i+by >= 0 && i+by < len(steps) {
			m.show(steps[i+by])
			return
		}
	}
}

func (m *root) show(step journey.Step) {
	m.at = step
	m.screens[step].Enter()
}

// answer puts an answer into the plan and reports whether it was taken.
func (m *root) answer(a screen.Answer) bool {
	value := a.Value
	if a.Key == "login" {
		m.deaf = m.common.Now().Add(afterPaste)
		if line, ok := m.pasted(a.Key, "", value); ok {
			value = line
		}
	}
	if err := m.project.Set(a.Key, value); err != nil {
		if a.Key == "login" && len(strings.Fields(value)) == 1 && !problem.Has(err, rental.LoginNoPort) {
			value = "" // it may be the password
		}
		m.screens[a.Step].Refuse(a.Key, value, err)
		return false
	}
	m.refresh()
	return true
}
