package screen

import (
	"slices"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// End shows how the run ended.
func (s *Screen) End(err error) {
	s.took = s.Now().Sub(s.began)
	s.work = work{}
	switch {
	case err == nil:
		s.mode, s.hand = ended, nil
		s.menu = widget.Menu{Buttons: s.doneButtons()}
	case s.hand != nil && problem.Has(err, wizard.Cancelled):
		s.mode, s.notes = byHand, nil
	case s.hand != nil:
		why := s.Text.Problem(err)
		s.endHand(s.Text.Join(why.What, why.Next))
	default:
		var code problem.Code
		if p, ok := problem.As(err); ok {
			code = p.Code
		}
		s.fail(code, s.Text.Problem(err))
	}
}

func (s *Screen) fail(code problem.Code, p text.ProblemText) {
	s.mode, s.problem, s.stopped = failed, p, code == wizard.Cancelled
	s.menu = widget.Menu{Buttons: []widget.Button{{Value: "retry", Label: s.Text.ButtonRetry}}}
	if r := s.remedy(); r != nil {
		mend := widget.Button{Value: "mend", Label: s.Text.Remedy(*r)}
		s.menu.Buttons = append([]widget.Button{mend}, s.menu.Buttons...)
	}
	if len(s.form.Fields) > 0 {
		s.menu.Buttons = append(s.menu.Buttons, widget.Button{Value: "edit", Label: s.Text.ButtonEdit})
	}
	if slices.Contains(loginProblems, code) && s.number > 5 {
		s.menu.Buttons = append(s.menu.Buttons, widget.Button{Value: "login", Label: s.Text.ButtonLogin})
	}
	if s.Step == journey.Train {
		// What a training can be given otherwise is asked there.
		s.menu.Buttons = append(s.menu.Buttons, widget.Button{Value: "settings", Label: s.Text.ButtonSettings})
	}
	if s.number > 1 {
		s.menu.Buttons = append(s.menu.Buttons, widget.Button{Value: "back", Label: s.Text.ButtonBack})
	}
	s.menu.Buttons = s.withTask(s.menu.Buttons)
}

// withTask adds the way back to the lesson: first if its task is done.
func (s *Screen) withTask(buttons []widget.Button) []widget.Button {
	task := widget.Button{Value: "task", Label: s.Text.Lessons().ToTask}
	switch s.Common.Task {
	case TaskOpen:
		return append(buttons, task)
	case TaskDone:
		return append([]widget.Button{task}, buttons...)
	}
	return buttons
}

// remedy is what the wizard can do about the step's failure, or nil.
func (s *Screen) remedy() *journey.Remedy {
	if e := s.status.Evidence; e != nil && e.Failure != nil && !s.Veiled {
		return e.Failure.Remedy
	}
	return nil
}

// next is the step to go on with: the first after this one that is not done,
// else the one that follows.
func (s *Screen) next() journey.Step {
	after := journey.Steps()[s.number:]
	for _, step := range after {
		if !s.Done[step] {
			return step
		}
	}
	return after[0]
}

func (s *Screen) doneButtons() []widget.Button {
	var buttons []widget.Button
	if s.number < len(journey.Steps()) {
		next := s.next()
		buttons = append(buttons, widget.Button{Value: "next", Label: s.Text.ButtonNext + " " + s.Theme.Signs.Separator + " " + s.Text.Step(next).Name})
	} else {
		buttons = append(buttons, widget.Button{Value: "quit", Label: s.Text.ButtonQuit})
	}
	buttons = append(buttons, widget.Button{Value: "again", Label: s.Text.ButtonAgain})
	if len(s.form.Fields) > 0 {
		buttons = append(buttons, widget.Button{Value: "edit", Label: s.Text.ButtonEdit})
	}
	return s.withTask(buttons)
}
