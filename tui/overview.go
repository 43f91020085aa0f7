package tui

import (
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// overview is the checklist of a project: its seven steps with what shows that
// they are done.
type overview struct {
	at   int               // a step, or after them the way to other projects
	list *wizard.Checklist // nil until the evidence was looked at
}

type checklistMsg struct {
	list wizard.Checklist
	err  error
}

// openOverview shows the steps as they are known, and looks at their evidence
// if nobody else uses the project.
func (m *root) openOverview() tea.Cmd {
	m.overview = &overview{}
	for i, step := range journey.Steps() {
		if step == m.at {
			m.overview.at = i
		}
	}
	if !m.atRest() {
		return nil
	}
	return m.lookAgain()
}

// lookAgain looks at the evidence, if nobody else uses the project.
func (m *root) lookAgain() tea.Cmd {
	if !m.atRest() {
		m.flash = m.busyWith()
		return nil
	}
	m.verifying = true
	project, now := m.project, m.common.Now()
	return m.guard(func() tea.Msg {
		list, err := project.Checklist(m.ctx, nil, now)
		return checklistMsg{list, err}
	})
}

func (m *root) checklisted(msg checklistMsg) tea.Cmd {
	m.verifying = false
	m.refresh()
	if m.overview != nil && msg.err == nil {
		m.overview.list = &msg.list
	}
	return m.workQueue()
}

func (m *root) overviewKey(msg tea.KeyMsg) tea.Cmd {
	o, k := m.overview, m.common.Keys
	steps := journey.Steps()
	n := len(steps) + 1
	switch {
	case key.Matches(msg, k.Up):
		o.at = (o.at - 1 + n) % n
	case key.Matches(msg, k.Down):
		o.at = (o.at + 1) % n
	case key.Matches(msg, k.Close, k.Overview):
		m.overview = nil
	case key.Matches(msg, k.Retry):
		return m.lookAgain()
	case key.Matches(msg, k.Jump):
		m.overview = nil
		m.show(steps[msg.Runes[0]-'1'])
	case key.Matches(msg, k.Accept):
		if o.at < len(steps) {
			m.overview = nil
			m.show(steps[o.at])
			return nil
		}
		if !m.atRest() {
			m.flash = m.busyWith()
			return nil
		}
		return m.leaveProject()
	}
	return nil
}

func (m *root) overviewHints() []key.Binding {
	k := m.common.Keys
	return []key.Binding{k.Up, keymap.As(k.Accept, m.text.Keys().Open), keymap.As(k.Retry, m.text.Keys().Again), k.Close}
}

// viewOverview lists the steps, and below them the evidence of the one in
// focus.
func (m *root) viewOverview(width, height int) []string {
	o, t, th := m.overview, m.text, m.common.Theme
	words := t.Welcome()
	lines := []string{
		widget.Spread(th.Accent.Render(words.Overview), th.Dim.Render(clean.Line(m.common.Folder)), width, th.Signs.More), "",
	}
	steps := m.overviewSteps(width - 6)
	names, states, rows := 0, 0, len(lines)+len(steps)+3
	for _, s := range steps {
		names, states = max(names, widget.Width(s.name)), max(states, widget.Width(s.standing))
		rows += len(s.evidence)
	}
	// Where there is room every step shows its evidence.
	roomy := rows <= height && o.list != nil
	for i, s := range steps {
		sign, style := th.State(s.state)
		lead, name := "  ", widget.Pad(s.name, names, "")
		if i == o.at {
			lead, name = th.Cursor.Render(th.Signs.Point)+" ", th.Cursor.Render(name)
		}
		line := lead + style.Render(sign) + " " + th.Dim.Render(strconv.Itoa(i+1)) + " " + name + "  "
		if s.state == journey.Done {
			line += style.Render(s.standing)
		} else {
			line += widget.Pad(style.Render(s.standing), states, "") + "   " + th.Dim.Render(t.Explain(s.step, m.common.Practice).Cost)
		}
		lines = append(lines, line)
		if roomy {
			for _, line := range s.evidence {
				lines = append(lines, "      "+line)
			}
		}
	}
	lines = append(lines, "", th.Row(words.OtherProjects, o.at == len(steps)), "")
	if why := dimmed(th, words.OverviewWhy, min(width, widget.Measure)); o.at == len(steps) || roomy && len(lines)+len(why) <= height {
		return append(lines, why...)
	}
	if roomy {
		return lines
	}
	title := steps[o.at].name
	if o.list == nil && !m.verifying {
		title += "  " + words.NotLooked
	}
	lines = append(append(lines, widget.Title(th, title, width)), steps[o.at].evidence...)
	if len(lines) > height {
		lines = append(lines[:max(0, height-1)], th.Dim.Render(th.Signs.More))
	}
	return lines
}

// An overviewStep is what the overview shows of a step.
type overviewStep struct {
	step     journey.Step
	state    journey.State
	name     string
	standing string // in some words
	evidence []string
}

func (m *root) overviewSteps(width int) []overviewStep {
	var list []overviewStep
	for _, step := range journey.Steps() {
		status := m.journey.Of(step)
		if step == m.running {
			status.State = journey.Running
		}
		list = append(list, overviewStep{step, status.State, m.text.Step(step).Name, m.standing(status), m.evidenceLines(step, width)})
	}
	return list
}

// standing is where a step stands, in some words.
func (m *root) standing(s journey.Status) string {
	switch {
	case s.Step == m.running:
		return m.text.Working
	case s.State == journey.Done && s.Evidence != nil && !s.Evidence.Ended.IsZero():
		return m.text.Fill(m.text.DoneAt, map[string]string{"time": m.text.Time(s.Evidence.Ended, m.common.Now())})
	}
	return m.text.State(s.State)
}

// evidenceLines draw what shows that a step is done, or why it is not.
func (m *root) evidenceLines(step journey.Step, width int) []string {
	t, th := m.text, m.common.Theme
	status := m.journey.Of(step)
	var lines []string
	add := func(sign, said string, style func(...string) string) {
		lines = append(lines, widget.Indent(style(sign)+" ", widget.Wrap(said, width-2))...)
	}
	if status.State == journey.Stale {
		add("!", t.Reason(status.Reason), th.Warn.Render)
	}
	if e := status.Evidence; e != nil && e.ByHand && e.Complete {
		add(th.Signs.Done, t.Hand().DoneSo, th.Good.Render)
	}
	if e := status.Evidence; e != nil && e.Failure != nil {
		said := t.Failure(*e.Failure)
		add(th.Signs.Failed, said.What, th.Bad.Render)
		add(" ", said.Next, th.Plain.Render)
	}
	if list := m.overview.list; list != nil {
		for _, c := range list.Checked {
			if c.Step != step {
				continue
			}
			for _, change := range t.Changes(c) {
				add("!", change, th.Warn.Render)
			}
			for _, part := range c.Parts {
				switch part.State {
				case wizard.PartHolds:
					add(th.Signs.Done, t.PartLine(part), th.Good.Render)
				case wizard.PartDiffers:
					add(th.Signs.Stale, t.PartLine(part), th.Warn.Render)
				case wizard.PartUnseen:
					add("?", t.PartLine(part), th.Dim.Render)
				default:
					add(th.Signs.Todo, t.PartLine(part), th.Dim.Render)
				}
			}
		}
	}
	return lines
}
