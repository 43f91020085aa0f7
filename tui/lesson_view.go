package tui

import (
	"strconv"
	"strings"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/tui/widget"
)

// viewLesson draws the task in view, with what can be chosen below it.
func (m *root) viewLesson(width, height int) []string {
	p, th, t := m.lesson, m.common.Theme, m.text
	words := t.Lessons()
	done := t.Fill(words.Done, map[string]string{"done": strconv.Itoa(p.stand.Done), "total": strconv.Itoa(len(p.stand.Each))})
	head := []string{widget.Spread(th.Accent.Render(t.LessonTitle(p.walk.Lesson.Title)), th.Dim.Render(done), width, th.Signs.More), ""}
	foot := m.lessonFoot(width)
	said, room := m.lessonLines(min(width, widget.Measure)), height-len(head)-len(foot)-1
	p.scrolls = len(said) > room
	lines := widget.Scroll(th, said, &p.top, room)
	return append(append(append(head, lines...), ""), foot...)
}

// lessonFoot is the rows to choose from, or the line to type.
func (m *root) lessonFoot(width int) []string {
	p, th, words := m.lesson, m.common.Theme, m.text.Lessons()
	if p.input != nil {
		prompt := words.TypeIt + m.text.Colon
		return []string{th.Accent.Render(prompt) + p.input.View(width-widget.Width(prompt))}
	}
	var lines []string
	for i, row := range m.lessonRows() {
		if row.does != lessonAnswer {
			lines = append(lines, th.Button(row.label, i == p.at))
			continue
		}
		lead, style := "  ", th.Plain
		if i == p.at {
			lead, style = th.Cursor.Render(th.Signs.Point)+" ", th.Cursor
		}
		number := strconv.Itoa(row.option) + "  "
		for _, line := range widget.Indent(lead, widget.Indent(number, widget.Wrap(row.label, width-2-len(number)))) {
			lines = append(lines, restyle(line, lead, style.Render))
		}
	}
	return lines
}

// restyle draws what follows a line's lead.
func restyle(line, lead string, style func(...string) string) string {
	if rest, ok := strings.CutPrefix(line, lead); ok {
		return lead + style(rest)
	}
	return "  " + style(strings.TrimPrefix(line, "  "))
}

// lessonLines are the task's text, the hints that were given and what was said
// of the last answer; or the lesson's own text, or its end.
func (m *root) lessonLines(width int) []string {
	p, th, t := m.lesson, m.common.Theme, m.text
	words := t.Lessons()
	var lines []string
	say := func(lead, said string, style func(...string) string) {
		for _, line := range widget.Indent(lead, widget.Wrap(said, width-widget.Width(lead))) {
			lines = append(lines, style(line))
		}
	}
	task := p.task()
	switch {
	case p.intro:
		say("", t.OfLesson(p.walk.Lesson.Text), th.Plain.Render)
		lines = append(lines, "")
		for _, about := range t.AboutLesson(p.walk.Lesson) {
			say(th.Signs.Dot+" ", about, th.Dim.Render)
		}
		return lines
	case task == nil:
		right := map[string]string{
			"right": strconv.Itoa(p.stand.Right), "questions": strconv.Itoa(p.walk.Lesson.Questions()), "wanted": strconv.Itoa(p.walk.Lesson.Finish.Right),
		}
		if p.stand.Finished {
			say(th.Signs.Done+" ", t.Fill(words.Finished, right), th.Good.Render)
		} else {
			say("! ", t.Fill(words.Short, right), th.Warn.Render)
		}
		return lines
	}
	number := 0
	for i := range p.walk.Lesson.Tasks {
		if p.walk.Lesson.Tasks[i].ID == task.ID {
			number = i + 1
		}
	}
	say("", t.Fill(words.TaskOf, map[string]string{
		"number": strconv.Itoa(number), "total": strconv.Itoa(len(p.stand.Each)), "title": t.LessonTitle(task.Title),
	}), th.Strong.Render)
	lines = append(lines, "")
	say("", t.OfLesson(task.Text), th.Plain.Render)
	if task.Fails != "" {
		say("", words.Wants, th.Dim.Render)
	}
	if task.ByHand {
		say("", words.ByHand, th.Dim.Render)
	}
	if !p.passed() && len(p.stand.Hints) > 0 {
		lines = append(lines, "")
		for i, hint := range p.stand.Hints {
			say("? ", t.Fill(words.HintOf, map[string]string{
				"number": strconv.Itoa(i + 1), "total": strconv.Itoa(len(task.Hints)), "hint": t.OfLesson(hint),
			}), th.Warn.Render)
		}
	}
	if p.said != nil {
		lines = append(lines, "")
		m.sayVerdict(task, say)
	}
	if p.stand.Offer && !p.passed() {
		say("! ", words.Offer, th.Warn.Render)
	}
	return lines
}

// sayVerdict says what came of the last answer, or of the step.
func (m *root) sayVerdict(task *lesson.Task, say func(lead, said string, style func(...string) string)) {
	p, th, t := m.lesson, m.common.Theme, m.text
	words := t.Lessons()
	switch p.said.Verdict {
	case lesson.Passed:
		say(th.Signs.Done+" ", words.StepDone, th.Good.Render)
	case lesson.Correct:
		say(th.Signs.Done+" ", words.Right, th.Good.Render)
	case lesson.Wrong:
		say(th.Signs.Failed+" ", words.Wrong, th.Bad.Render)
	case lesson.Given:
		say(th.Signs.Failed+" ", t.Fill(words.Given, map[string]string{"answer": t.LessonAnswer(task, p.said.Answer)}), th.Warn.Render)
	case lesson.Unfit:
		say("! ", words.Unfit, th.Warn.Render)
	case lesson.NotDone:
		say("! ", words.NotYet, th.Warn.Render)
	}
	if p.said.Why != (lesson.Text{}) {
		say("  ", t.OfLesson(p.said.Why), th.Plain.Render)
	}
}

// lessonTasks lists the tasks, for the pane beside the lesson.
func (m *root) lessonTasks(width, height int) []string {
	p, th := m.lesson, m.common.Theme
	now := p.task()
	title := []string{th.Accent.Render(m.text.Lessons().Tasks)}
	rows, at := make([]string, 0, len(p.stand.Each)), 0
	for i, done := range p.stand.Each {
		task := &p.walk.Lesson.Tasks[i]
		state := journey.Todo
		if done {
			state = journey.Done
		}
		style := th.Dim
		if now != nil && task.ID == now.ID && !p.intro {
			at, style = i, th.Cursor
			if !done {
				state = journey.Running
			}
		}
		sign, colour := th.State(state)
		rows = append(rows, colour.Render(sign)+" "+style.Render(widget.Cut(m.text.LessonTitle(task.Title), width-2, th.Signs.More)))
	}
	return append(title, widget.Window(th, rows, at, height-1)...)
}
