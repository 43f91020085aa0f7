package plain

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// Lesson walks through a lesson from where the student left it. Where nobody
// can be asked, it ends at the first task that is not a step.
func (c *Console) Lesson(ctx context.Context, w *lesson.Walk, connect wizard.Connector) error {
	if _, err := w.Project.Verify(ctx); err != nil {
		return problem.New(wizard.Cancelled, err)
	}
	if c.o.JSON {
		return c.lessonJSON(ctx, w, connect)
	}
	c.speakOf(w.Project)
	c.line("")
	c.line(c.o.Text.LessonTitle(w.Lesson.Title))
	c.paragraph(w.Lesson.Text)
	for _, about := range c.o.Text.AboutLesson(w.Lesson) {
		c.line("  " + about)
	}
	shown := ""
	for {
		if err := w.Settle(); err != nil {
			return err
		}
		stand := w.Stand()
		if stand.Task == nil {
			done, err := c.lessonEnd(ctx, w, stand)
			if done || err != nil {
				return err
			}
			continue
		}
		if shown != stand.Task.ID {
			c.task(stand)
			shown = stand.Task.ID
		}
		if !c.asks() && stand.Task.Kind() != lesson.KindStep {
			return problem.New(planfile.AnswerMissing, nil, "key", stand.Task.ID)
		}
		if stand.Offer {
			c.line(c.o.Text.Lessons().Offer)
		}
		in, err := c.input(ctx, w, stand, connect)
		if errors.Is(err, io.EOF) || errors.Is(err, errStop) {
			c.line(c.o.Text.Lessons().Kept)
			return &Told{problem.New(wizard.Cancelled, err)}
		}
		if err != nil {
			return err
		}
		if err := c.act(w, stand.Task, in); err != nil {
			return err
		}
	}
}

// errStop is that the student wants to stop for now.
var errStop = errors.New("stop")

// paragraph writes a text of the lesson in lines as wide as the terminal.
func (c *Console) paragraph(t lesson.Text) {
	for _, line := range strings.Split(c.o.Text.OfLesson(t), "\n") {
		c.line("  " + line)
	}
}

func (c *Console) task(stand lesson.Stand) {
	words, t := c.o.Text.Lessons(), stand.Task
	c.line("")
	c.line(c.fill(words.TaskOf, "number", strconv.Itoa(stand.Number), "total", strconv.Itoa(len(stand.Lesson.Tasks)), "title", c.o.Text.LessonTitle(t.Title)))
	c.paragraph(t.Text)
	if t.Fails != "" {
		c.line("  " + words.Wants)
	}
	if t.ByHand {
		c.line("  " + words.ByHand)
	}
	for i := range stand.Hints {
		c.hint(stand, i)
	}
}

func (c *Console) hint(stand lesson.Stand, at int) {
	c.line("  " + c.fill(c.o.Text.Lessons().HintOf, "number", strconv.Itoa(at+1), "total", strconv.Itoa(len(stand.Task.Hints)),
		"hint", c.o.Text.OfLesson(stand.Task.Hints[at])))
}

// input asks what the task wants, and does its step.
func (c *Console) input(ctx context.Context, w *lesson.Walk, stand lesson.Stand, connect wizard.Connector) (lesson.Input, error) {
	words, t := c.o.Text.Lessons(), stand.Task
	if !c.asks() {
		return lesson.Input{Ran: true}, c.runTask(ctx, w, t, connect)
	}
	var first []string
	switch t.Kind() {
	case lesson.KindRead:
		first = []string{words.GoOn}
	case lesson.KindStep:
		first = []string{c.fill(words.DoIt, "step", string(t.Step))}
	case lesson.KindChoose:
		for _, o := range t.Choose {
			first = append(first, c.o.Text.OfLesson(o.Text))
		}
	default:
		first = []string{words.TypeIt}
	}
	labels := first
	if stand.MoreHints {
		labels = append(labels[:len(labels):len(labels)], words.Hint)
	}
	labels = append(labels, words.Stop)
	chosen := 0
	if t.Kind() == lesson.KindChoose {
		chosen = -1 // an answer is not to be given by Enter alone
	}
	at, err := c.choose(ctx, "", labels, chosen)
	switch {
	case err != nil:
		return lesson.Input{}, err
	case at == len(labels)-1:
		return lesson.Input{}, errStop
	case at == len(first):
		return lesson.Input{Hint: true}, nil
	}
	switch t.Kind() {
	case lesson.KindRead:
		return lesson.Input{Read: true}, nil
	case lesson.KindStep:
		return lesson.Input{Ran: true}, c.runTask(ctx, w, t, connect)
	case lesson.KindChoose:
		return lesson.Input{Answer: strconv.Itoa(at + 1)}, nil
	}
	answer, err := c.typed(ctx, "")
	if answer == "" {
		answer = "-" // counts as no answer
	}
	return lesson.Input{Answer: answer}, err
}

// runTask does the steps that lead to a task. What a step fails with has been
// told then, and is for the lesson to judge.
func (c *Console) runTask(ctx context.Context, w *lesson.Walk, t *lesson.Task, connect wizard.Connector) error {
	var err error
	for _, step := range w.Way(t) {
		if t.ByHand && step == t.Step {
			err = c.ByHand(ctx, w.Project, connect, step, wizard.Hand{})
		} else {
			err = c.once(ctx, w, t, connect, step)
		}
		if err != nil {
			break
		}
	}
	var said *Told
	switch {
	case ctx.Err() != nil:
		return problem.New(wizard.Cancelled, ctx.Err())
	case err == nil || errors.As(err, &said):
		return nil
	case problem.Has(err, planfile.AnswerMissing), problem.Has(err, wizard.Cancelled):
		return err
	}
	c.Problem(err)
	return nil
}

// once does a step without asking again after a failure: what to do then is
// the lesson's to say.
func (c *Console) once(ctx context.Context, w *lesson.Walk, t *lesson.Task, connect wizard.Connector, step journey.Step) error {
	p := w.Project
	c.heading(step, p.Journey().Of(step))
	if c.asks() {
		if err := c.questions(ctx, p, step); err != nil {
			return err
		}
	}
	return p.Run(ctx, step, wizard.Env{Connect: connect, Face: veiled{c, t}, Report: c.written.WriteReport})
}

// veiled is a console that leaves out what a task's student is to find.
type veiled struct {
	*Console
	task *lesson.Task
}

// Tell tells an event that the student may know.
func (v veiled) Tell(e wizard.Event) {
	if !v.task.Veils(e) {
		v.Console.Tell(e)
	}
}

// act gives an input for a task to the lesson and says what came of it.
func (c *Console) act(w *lesson.Walk, task *lesson.Task, in lesson.Input) error {
	before := w.Stand()
	var f lesson.Feedback
	var err error
	if in.Ran {
		f, err = w.Ran(task)
	} else {
		f, err = w.Act(in)
	}
	if err != nil {
		return err
	}
	words := c.o.Text.Lessons()
	switch f.Verdict {
	case lesson.Passed:
		if f.Task.Kind() == lesson.KindStep {
			c.line(words.StepDone)
		}
	case lesson.Correct:
		c.line(words.Right)
	case lesson.Wrong:
		c.line(words.Wrong)
	case lesson.Given:
		c.line(c.fill(words.Given, "answer", c.o.Text.LessonAnswer(f.Task, f.Answer)))
	case lesson.Unfit:
		c.line(words.Unfit)
	case lesson.NotDone:
		c.line(words.NotYet)
	case lesson.Hinted:
		c.hint(before, len(before.Hints))
	}
	if f.Why != (lesson.Text{}) {
		c.paragraph(f.Why)
	}
	return nil
}

// lessonEnd says how the lesson ended; it goes on if the student wants to
// answer again.
func (c *Console) lessonEnd(ctx context.Context, w *lesson.Walk, stand lesson.Stand) (done bool, err error) {
	words := c.o.Text.Lessons()
	c.line("")
	if stand.Finished {
		c.LessonStands(w)
		return true, c.failed
	}
	c.line(c.fill(words.Short, "right", strconv.Itoa(stand.Right), "wanted", strconv.Itoa(w.Lesson.Finish.Right)))
	if !c.asks() {
		return true, problem.New(planfile.AnswerMissing, nil, "key", w.Lesson.ID)
	}
	at, err := c.choose(ctx, "", []string{words.Again, words.Stop}, 0)
	if err != nil || at == 1 {
		c.line(words.Kept)
		return true, &Told{problem.New(wizard.Cancelled, err)}
	}
	return false, c.act(w, nil, lesson.Input{Again: true})
}

// LessonStands says whether a lesson is finished, or kept.
func (c *Console) LessonStands(w *lesson.Walk) {
	stand, words := w.Stand(), c.o.Text.Lessons()
	if stand.Finished {
		c.line(c.fill(words.Finished, "right", strconv.Itoa(stand.Right), "questions", strconv.Itoa(w.Lesson.Questions())))
		return
	}
	c.line(c.fill(words.Done, "done", strconv.Itoa(stand.Done), "total", strconv.Itoa(len(stand.Each))) + c.o.Text.Colon + words.Kept)
}

// jsonTask is where a student stands, for a program.
type jsonTask struct {
	Event    string   `json:"event"` // "task", or "finished" or "short" at the end
	Lesson   string   `json:"lesson"`
	Task     string   `json:"task,omitempty"`
	Number   int      `json:"number,omitempty"`
	Of       int      `json:"of"`
	Kind     string   `json:"kind,omitempty"`
	Step     string   `json:"step,omitempty"`
	Title    string   `json:"title,omitempty"`
	Text     string   `json:"text,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	Hints    []string `json:"hints,omitempty"`
	Tries    int      `json:"tries,omitempty"`
	Right    int      `json:"right"`
	Question int      `json:"questions"`
}

// jsonInput is what a program does, one object a line: {"read":true},
// {"answer":"2"}, {"hint":true}, {"run":true} or {"again":true}.
type jsonInput struct {
	Read   bool   `json:"read"`
	Answer string `json:"answer"`
	Hint   bool   `json:"hint"`
	Run    bool   `json:"run"`
	Again  bool   `json:"again"`
}

func (c *Console) lessonJSON(ctx context.Context, w *lesson.Walk, connect wizard.Connector) error {
	lines := bufio.NewScanner(strings.NewReader(""))
	if c.in != nil {
		lines = bufio.NewScanner(c.in)
	}
	for {
		if err := w.Settle(); err != nil {
			return err
		}
		stand := w.Stand()
		c.object(c.jsonTask(w, stand))
		if stand.Finished {
			return c.failed
		}
		line, err := inTime(ctx, func() (string, error) {
			if !lines.Scan() {
				return "", errors.Join(lines.Err(), io.EOF)
			}
			return lines.Text(), nil
		})
		if errors.Is(err, io.EOF) {
			key := w.Lesson.ID
			if stand.Task != nil {
				key = stand.Task.ID
			}
			return problem.New(planfile.AnswerMissing, err, "key", key)
		}
		if err != nil {
			return err
		}
		var in jsonInput
		if err := json.Unmarshal([]byte(line), &in); err != nil {
			return problem.New(planfile.AnswerWrong, err, "key", "stdin", "got", line, "allowed", `{"read":true}, {"answer":"2"}, {"hint":true}, {"run":true}, {"again":true}`)
		}
		input := lesson.Input{Read: in.Read, Answer: in.Answer, Hint: in.Hint, Ran: in.Run, Again: in.Again}
		if in.Run && stand.Task != nil && stand.Task.Kind() == lesson.KindStep {
			if err := c.runTask(ctx, w, stand.Task, connect); err != nil {
				return err
			}
			if now := w.Stand(); now.Task == nil || now.Task.ID != stand.Task.ID {
				continue
			}
		}
		f, err := w.Act(input)
		if err != nil {
			c.problemJSON(err)
			continue
		}
		c.object(struct {
			Event   string          `json:"event"`
			Verdict lesson.Verdict  `json:"verdict"`
			Task    string          `json:"task,omitempty"`
			Why     string          `json:"why,omitempty"`
			Answer  string          `json:"answer,omitempty"`
			Sets    []lesson.Answer `json:"sets,omitempty"`
		}{"feedback", f.Verdict, taskID(f.Task), c.o.Text.OfLesson(f.Why), f.Answer, f.Sets})
	}
}

func taskID(t *lesson.Task) string {
	if t == nil {
		return ""
	}
	return t.ID
}

func (c *Console) jsonTask(w *lesson.Walk, stand lesson.Stand) jsonTask {
	o := jsonTask{
		Event: "task", Lesson: w.Lesson.ID, Of: len(w.Lesson.Tasks), Number: stand.Number, Right: stand.Right, Question: w.Lesson.Questions(),
	}
	switch t := stand.Task; {
	case stand.Finished:
		o.Event = "finished"
	case t == nil:
		o.Event = "short"
	default:
		o.Task, o.Kind, o.Step, o.Tries = t.ID, string(t.Kind()), string(t.Step), stand.Tried.Tries
		o.Title, o.Text = c.o.Text.LessonTitle(t.Title), c.o.Text.OfLesson(t.Text)
		for _, choice := range t.Choose {
			o.Choices = append(o.Choices, c.o.Text.OfLesson(choice.Text))
		}
		for _, h := range stand.Hints {
			o.Hints = append(o.Hints, c.o.Text.OfLesson(h))
		}
	}
	return o
}
