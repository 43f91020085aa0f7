package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// atRest reports whether nobody else uses the project.
func (m *root) atRest() bool { return m.running == "" && !m.verifying }

func (m *root) start(step journey.Step) tea.Cmd { return m.startBy(step, m.project.Run) }

// startBy does a step by the project's Run, or by what puts a failure right and
// goes on.
func (m *root) startBy(step journey.Step, do func(context.Context, journey.Step, wizard.Env) error) tea.Cmd {
	ctx, stop := context.WithCancel(m.ctx)
	m.running, m.stop, m.done = step, stop, make(chan struct{})
	m.link, m.trains = link{}, step == journey.Train && m.mayTrain()
	m.show(step)
	m.screens[step].Begin()
	m.common.Veiled = false
	if m.lesson != nil {
		m.lesson.doing = m.lesson.stand.Task
		m.common.Veiled = m.lesson.doing.Veils(wizard.Event{Code: wizard.NoteDiagnosis})
	}
	m.words = make(chan instance.GuardWord, 1)
	done, words := m.done, m.words
	run := m.guard(func() tea.Msg {
		defer close(done)
		err := do(ctx, step, wizard.Env{Connect: m.options.Connect, Panel: m.options.Panel, Face: m.face, Report: m.text.WriteReport, Now: m.common.Now, Words: words})
		return ranMsg{step, err}
	})
	return tea.Batch(run, tick())
}

// mayTrain reports whether a training was started on the instance and not seen
// to its end.
func (m *root) mayTrain() bool {
	s := m.journey.Of(journey.Train)
	return s.State == journey.Running && s.Evidence.Fact("job") != ""
}

func (m *root) ran(msg ranMsg) tea.Cmd {
	m.stop()
	m.tell(m.face.take())
	m.running, m.stop, m.link = "", nil, link{}
	m.closeDialog()
	m.refresh()
	m.lessonRan(msg.step, msg.err)
	m.screens[msg.step].End(msg.err)
	if m.quit {
		return tea.Quit
	}
	if p, ok := problem.As(msg.err); ok && p.Code == planfile.AnswerMissing {
		// Nothing was begun: ask instead.
		m.screens[msg.step].Refuse(p.Args["key"], "", msg.err)
		m.flash = m.text.Problem(msg.err).What
	}
	if p, ok := problem.As(msg.err); ok && p.Code == wizard.StepNotReady {
		m.screens[msg.step].Enter()
		if need, ok := journey.ParseStep(p.Args["need"]); ok && m.at == msg.step {
			m.show(need)
			m.flash = m.text.Problem(msg.err).What
		}
	}
	return m.workQueue()
}

// settle waits for the step's goroutine to end, so that its record is whole.
func (m *root) settle(patience time.Duration) {
	if m.done == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-m.done:
	case <-timer.C:
	}
}

// tell passes what a step tells on to the screens that show it.
func (m *root) tell(events []wizard.Event) {
	for _, e := range events {
		m.link.tell(e)
		switch e.Kind {
		case wizard.KindSurvey:
			m.survey = e.Survey
		case wizard.KindNote:
			switch e.Code {
			case wizard.NoteLogFile:
				m.logIn(e.Args["path"])
			case wizard.NoteJobStarted, wizard.NoteJobFound:
				m.trains = m.running == journey.Train
			}
		case wizard.KindCost:
			m.meter, m.metered = e.Meter, m.common.Now()
		}
		s := m.screens[e.Step]
		if s != nil && !s.Working() && m.running != "" {
			s = m.screens[m.running] // an earlier step, done again for this one
		}
		switch {
		case s == nil || !s.Working() || m.lesson != nil && m.lesson.doing.Veils(e):
		case e.Kind == kindSkipped:
			s.SkipLog(e.Progress.Files)
		default:
			s.Tell(e)
		}
	}
}
