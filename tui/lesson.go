package tui

import (
	"slices"
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/screen"
	"gpuwizard/tui/widget"
)

// lessonPage is the lesson that a project is done in: its tasks one by one,
// beside the screens of the steps. A task that is done stays in view until the
// person goes on.
type lessonPage struct {
	walk  *lesson.Walk
	open  bool // in view, in place of the step's screen
	intro bool // before the first task

	stand lesson.Stand     // as it was when the project was last at rest
	doing *lesson.Task     // that was to be done when the step at work began
	said  *lesson.Feedback // of what was done last; nil once the person went on
	at    int              // the row in focus; -1 before an answer is chosen
	top   int              // the first line shown
	// scrolls is whether not all lines were shown when it was drawn last.
	scrolls bool
	input   *widget.Input // the answer, while it is typed
}

// A lessonRow is one thing to choose.
type lessonRow struct {
	does   lessonDo
	option int // of an answer, from 1
	label  string
}

type lessonDo int

const (
	lessonGoOn lessonDo = iota
	lessonRead
	lessonStep
	lessonAnswer
	lessonType
	lessonHint
	lessonAgain
	lessonLeave
)

// takeUp shows the lesson of a project, which may be nil.
func (m *root) takeUp(w *lesson.Walk) {
	if w == nil {
		m.lesson = nil
		return
	}
	state := w.State()
	m.lesson = &lessonPage{walk: w, open: true, intro: state.Began.IsZero()}
	m.copyStand()
	m.lesson.rest()
}

// copyStand copies where the student stands. The project must be at rest.
func (m *root) copyStand() {
	p := m.lesson
	if p == nil {
		m.common.Task = screen.NoTask
		return
	}
	p.stand = p.walk.Stand()
	m.common.Task = screen.TaskOpen
	if p.passed() {
		m.common.Task = screen.TaskDone
	}
}

// onLesson reports whether the lesson is in view.
func (m *root) onLesson() bool {
	return m.lesson != nil && m.lesson.open && m.welcome == nil && !m.covered()
}

// passed reports whether the task in view is done.
func (p *lessonPage) passed() bool {
	return p.said != nil && slices.Contains([]lesson.Verdict{lesson.Passed, lesson.Correct, lesson.Given}, p.said.Verdict)
}

// task is the one in view: the one that was just done, or the one to do; nil
// at the end.
func (p *lessonPage) task() *lesson.Task {
	if p.passed() {
		return p.said.Task
	}
	return p.stand.Task
}

// rest puts the focus where a person would go on. An answer is not to be given
// by Enter alone.
func (p *lessonPage) rest() {
	p.top, p.at, p.input = 0, 0, nil
	if t := p.task(); t != nil && t.Kind() == lesson.KindChoose && !p.passed() && !p.intro {
		p.at = -1
	}
}

// lessonRows are what can be chosen now.
func (m *root) lessonRows() []lessonRow {
	p, words := m.lesson, m.text.Lessons()
	leave := lessonRow{does: lessonLeave, label: words.ToSteps}
	t := p.task()
	switch {
	case p.intro:
		return []lessonRow{{does: lessonGoOn, label: words.Begin}}
	case p.passed():
		return []lessonRow{{does: lessonGoOn, label: words.Next}}
	case t == nil && p.stand.Finished:
		return []lessonRow{leave}
	case t == nil:
		return []lessonRow{{does: lessonAgain, label: words.Again}, leave}
	}
	var rows []lessonRow
	switch t.Kind() {
	case lesson.KindRead:
		rows = append(rows, lessonRow{does: lessonRead, label: words.GoOn})
	case lesson.KindStep:
		rows = append(rows, lessonRow{does: lessonStep, label: m.text.Fill(words.DoIt, map[string]string{"step": string(t.Step)})})
	case lesson.KindChoose:
		for i, o := range t.Choose {
			rows = append(rows, lessonRow{lessonAnswer, i + 1, m.text.OfLesson(o.Text)})
		}
	default:
		rows = append(rows, lessonRow{does: lessonType, label: words.TypeIt})
	}
	if p.stand.MoreHints {
		rows = append(rows, lessonRow{does: lessonHint, label: words.Hint})
	}
	return rows
}

func (m *root) lessonKey(msg tea.KeyMsg) tea.Cmd {
	p, k := m.lesson, m.common.Keys
	if p.input != nil {
		return m.lessonTyped(msg)
	}
	rows := m.lessonRows()
	n := len(rows)
	switch {
	case key.Matches(msg, k.Close, k.Task):
		m.toSteps()
	case key.Matches(msg, k.Overview):
		return m.openOverview()
	case key.Matches(msg, k.Up):
		p.at = (max(p.at, 0) - 1 + n) % n
	case key.Matches(msg, k.Down):
		p.at = (p.at + 1) % n
	case key.Matches(msg, k.PageUp):
		p.top -= m.height / 2
	case key.Matches(msg, k.PageDown):
		p.top += m.height / 2
	case key.Matches(msg, k.Hint) && p.stand.MoreHints && !p.passed() && !p.intro:
		return m.handle(lesson.Input{Hint: true})
	case key.Matches(msg, k.Jump):
		if i := int(msg.Runes[0] - '1'); i < n && rows[i].does == lessonAnswer {
			p.at = i
			return m.lessonChosen(rows[i])
		}
	case key.Matches(msg, k.Accept):
		if p.at < 0 {
			m.flash = m.text.Lessons().Choose
			return nil
		}
		return m.lessonChosen(rows[min(p.at, n-1)])
	}
	return nil
}

func (m *root) lessonChosen(row lessonRow) tea.Cmd {
	p := m.lesson
	switch row.does {
	case lessonGoOn:
		p.intro, p.said = false, nil
		m.copyStand()
		p.rest()
	case lessonRead:
		return m.handle(lesson.Input{Read: true})
	case lessonStep:
		return m.toTaskStep()
	case lessonAnswer:
		return m.handle(lesson.Input{Answer: strconv.Itoa(row.option)})
	case lessonType:
		p.input = widget.NewInput(m.common.Theme, "", false)
	case lessonHint:
		return m.handle(lesson.Input{Hint: true})
	case lessonAgain:
		return m.handle(lesson.Input{Again: true})
	case lessonLeave:
		m.toSteps()
	}
	return nil
}

func (m *root) lessonTyped(msg tea.KeyMsg) tea.Cmd {
	p := m.lesson
	switch msg.Type {
	case tea.KeyEsc:
		p.input = nil
	case tea.KeyEnter:
		answer := p.input.Value()
		p.input = nil
		if answer == "" {
			return nil
		}
		return m.handle(lesson.Input{Answer: answer})
	default:
		p.input.Update(msg)
	}
	return nil
}

func (m *root) toSteps() {
	m.lesson.open = false
	m.screens[m.at].Enter()
}

// toTask shows the lesson.
func (m *root) toTask() {
	if m.lesson != nil {
		m.lesson.open = true
		m.lesson.rest()
	}
}

// toTaskStep shows the first step that is to be done for the task.
func (m *root) toTaskStep() tea.Cmd {
	if !m.atRest() {
		m.flash = m.busyWith()
		return nil
	}
	p := m.lesson
	t := p.stand.Task
	way := p.walk.Way(t)
	p.open, p.said = false, nil
	m.copyStand()
	m.show(way[0])
	if way[0] != t.Step {
		m.flash = m.text.FillWith(m.text.NotYet, "step", string(way[0]))
	}
	if t.ByHand && way[0] == t.Step {
		return m.handle(screen.ByHand{Step: t.Step})
	}
	return nil
}

// actOnLesson gives the lesson what the student did; the project is at rest.
func (m *root) actOnLesson(in lesson.Input) {
	p := m.lesson
	f, err := p.walk.Act(in)
	if err != nil {
		said := m.text.Problem(err)
		m.flash = m.text.Join(said.What, said.Next)
		return
	}
	m.refresh() // an answer may bring answers for the plan along
	m.feedback(f)
}

// feedback keeps what is to be said, and shows it.
func (m *root) feedback(f lesson.Feedback) {
	p := m.lesson
	at := p.at
	p.said = &f
	if f.Verdict == lesson.Anew || f.Verdict == lesson.Hinted || f.Verdict == lesson.Passed && f.Task.Kind() == lesson.KindRead {
		p.said = nil
	}
	m.copyStand()
	p.rest()
	if !p.passed() && f.Verdict != lesson.Anew {
		p.at = min(at, len(m.lessonRows())-1) // the same question is still there
	}
}

// lessonRan gives the lesson what came of a step; the project is at rest.
func (m *root) lessonRan(step journey.Step, err error) {
	p := m.lesson
	if p == nil {
		return
	}
	t := p.doing
	p.doing = nil
	begun := !problem.Has(err, wizard.Cancelled, planfile.AnswerMissing, wizard.StepNotReady)
	if t == nil || t.Kind() != lesson.KindStep || !begun || step != t.Step && (err == nil || !before(step, t.Step)) {
		m.settleLesson()
		m.copyStand()
		return
	}
	f, err := p.walk.Ran(t)
	if err != nil {
		m.flash = m.text.Problem(err).What
		return
	}
	m.feedback(f)
}

// settleLesson keeps what the steps alone have brought about.
func (m *root) settleLesson() {
	if m.lesson == nil {
		return
	}
	if err := m.lesson.walk.Settle(); err != nil {
		m.flash = m.text.Problem(err).What
	}
}

func before(a, b journey.Step) bool {
	steps := journey.Steps()
	return slices.Index(steps, a) < slices.Index(steps, b)
}

func (m *root) lessonHints() []key.Binding {
	p, k, words := m.lesson, m.common.Keys, m.text.Keys()
	if p.input != nil {
		return []key.Binding{keymap.As(k.Accept, words.Accept), keymap.As(k.Close, words.Cancel)}
	}
	hints := []key.Binding{k.Up, keymap.As(k.Accept, words.Accept)}
	if p.stand.MoreHints && !p.passed() && !p.intro {
		hints = append(hints, k.Hint)
	}
	if p.scrolls {
		hints = append(hints, keymap.As(k.PageUp, words.Scroll))
	}
	return append(hints, keymap.As(k.Close, words.Steps))
}
