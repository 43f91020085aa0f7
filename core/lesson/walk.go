package lesson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/natefinch/atomic"

	"gpuwizard/core/dataset/planted"
	"gpuwizard/core/dataset/sample"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// File is the lesson's name in a project's folder.
const File = "lesson.yaml"

// Codes of problems with a lesson in a project.
const (
	Other       problem.Code = "lesson-other"       // path, got, want: the folder has another lesson
	Unmade      problem.Code = "lesson-unmade"      // path: its data could not be written
	StateBroken problem.Code = "lesson-state"       // path: what the record says of it cannot be read
	NotPractice problem.Code = "lesson-no-practice" // path: the folder has a real project, and the lesson is practice
)

// A Walk is one student's way through a lesson in one project.
type Walk struct {
	Project *wizard.Project
	Lesson  *Lesson
	// Now is the clock; time.Now if nil.
	Now   func() time.Time
	state State
}

// Start puts a lesson into a project's folder and goes on with what was done
// of it before.
func Start(p *wizard.Project, l *Lesson) (*Walk, error) {
	name := filepath.Join(p.Dir(), File)
	there, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := atomic.WriteFile(name, bytes.NewReader(l.Source())); err != nil {
			return nil, problem.New(Unmade, err, "path", name)
		}
	case err != nil:
		return nil, problem.New(Unreadable, err, "path", name)
	case !bytes.Equal(there, l.Source()):
		if old, err := Parse(there, name); err != nil || old.ID != l.ID {
			got := "?"
			if old != nil {
				got = old.ID
			}
			return nil, problem.New(Other, err, "path", name, "got", got, "want", l.ID)
		}
		// The lesson was mended since: what was done of it counts on.
		if err := atomic.WriteFile(name, bytes.NewReader(l.Source())); err != nil {
			return nil, problem.New(Unmade, err, "path", name)
		}
	}
	return walk(p, l)
}

// Resume goes on with the lesson that lies in a project's folder; nil if there
// is none.
func Resume(p *wizard.Project) (*Walk, error) {
	name := filepath.Join(p.Dir(), File)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	l, err := Read(name)
	if err != nil {
		return nil, err
	}
	return walk(p, l)
}

func walk(p *wizard.Project, l *Lesson) (*Walk, error) {
	w := &Walk{Project: p, Lesson: l}
	if raw := p.LessonState(); len(raw) > 0 {
		if err := json.Unmarshal(raw, &w.state); err != nil {
			return nil, problem.New(StateBroken, err, "path", p.StatePath())
		}
		if w.state.Lesson != l.ID {
			w.state = State{}
		}
	}
	if err := w.impose(); err != nil {
		return nil, err
	}
	return w, nil
}

// impose gives the answers that the lesson gives, and locks those that are not
// to be changed.
func (w *Walk) impose() error {
	p := w.Project
	if w.Lesson.Practice {
		if plan := p.Plan(); plan.Given("platform") && !p.Practice() {
			return problem.New(NotPractice, nil, "path", p.Dir())
		}
		if err := p.Impose("platform", wizard.PracticePlatform); err != nil {
			return err
		}
		p.Lock("platform")
	}
	locked := map[string]bool{}
	for _, key := range w.Lesson.Locked {
		locked[key] = true
	}
	plan := p.Plan()
	for _, a := range w.Lesson.Preset {
		if plan.Given(a.Key) && (!locked[a.Key] || plan.Get(a.Key) == a.Value) {
			continue
		}
		if err := p.Impose(a.Key, a.Value); err != nil {
			return err
		}
	}
	p.Lock(w.Lesson.Locked...)
	return nil
}

// world is what the lesson sees of the project now, by what was last looked
// at.
func (w *Walk) world() World {
	return World{Plan: w.Project.Plan(), Steps: w.Project.Journey(), Findings: len(w.Project.Findings())}
}

// Stand says where the student stands.
func (w *Walk) Stand() Stand { return w.Lesson.at(w.state, w.world()) }

// State returns how far the student has come.
func (w *Walk) State() State { return w.state }

func (w *Walk) now() time.Time {
	if w.Now == nil {
		return time.Now().UTC().Truncate(time.Second)
	}
	return w.Now().UTC()
}

// Act takes in what the student did, keeps it in the record, and gives the
// answers that go with it.
func (w *Walk) Act(in Input) (Feedback, error) {
	next, f, err := w.Lesson.act(w.state, in, w.world(), w.now())
	if err != nil {
		return f, err
	}
	for _, a := range f.Sets {
		if err := w.Project.Impose(a.Key, a.Value); err != nil {
			return f, err
		}
	}
	if f.Verdict == Unfit {
		return f, nil
	}
	about := ""
	if f.Task != nil {
		about = f.Task.ID
	}
	return f, w.keep(next, string(f.Verdict), about)
}

// Ran judges what came of a run of a task's steps: the steps alone may have
// done the task.
func (w *Walk) Ran(t *Task) (Feedback, error) {
	if now := w.Stand().Task; now == nil || now.ID != t.ID {
		return Feedback{Verdict: Passed, Task: t, Why: t.Why}, w.Settle()
	}
	return w.Act(Input{Ran: true})
}

// Way is the steps that lead to a task of a step: those before it that are not
// done, and its own, done or not.
func (w *Walk) Way(t *Task) []journey.Step {
	var way []journey.Step
	j := w.Project.Journey()
	for _, step := range journey.Steps() {
		if step == t.Step {
			return append(way, step)
		}
		if j.Of(step).State != journey.Done {
			way = append(way, step)
		}
	}
	return nil
}

// Settle keeps what the steps alone have brought about.
func (w *Walk) Settle() error {
	next := w.Lesson.settle(w.state, w.world(), w.now())
	if next.Ended.Equal(w.state.Ended) {
		return nil
	}
	return w.keep(next, "finished", w.Lesson.ID)
}

func (w *Walk) keep(next State, what, about string) error {
	raw, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("lesson: %w", err)
	}
	if err := w.Project.SaveLesson(raw, what, about); err != nil {
		return err
	}
	w.state = next
	return nil
}

// WriteData draws the lesson's pictures into a folder and plants its faults in
// them.
func (l *Lesson) WriteData(dir string) error {
	if err := sample.Write(dir); err != nil {
		return problem.New(Unmade, err, "path", dir)
	}
	for _, d := range planted.Defects() {
		for _, name := range l.Data.Faults {
			if d.Name != name {
				continue
			}
			if err := d.Plant(dir); err != nil {
				return problem.New(Unmade, err, "path", dir)
			}
		}
	}
	return nil
}
