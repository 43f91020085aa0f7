package lesson

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// A State is how far a student has come: what cannot be read off the steps
// themselves. Whether a step is done is never in it.
type State struct {
	Lesson string    `json:"lesson"` // the lesson's id
	Digest string    `json:"digest"` // of the lesson's file as it was last seen
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended,omitzero"`
	// Tasks by id: those that were read, answered or tried.
	Tasks map[string]Tried `json:"tasks,omitempty"`
}

// Tried is what a student did about a task.
type Tried struct {
	Done   bool      `json:"done,omitempty"`
	Right  bool      `json:"right,omitempty"` // of a question: answered right, not given
	Tries  int       `json:"tries,omitempty"` // answers, or runs that did not do
	Hints  int       `json:"hints,omitempty"` // that were given
	Answer string    `json:"answer,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// A World is what a lesson looks at outside of its state.
type World struct {
	Plan  planfile.Plan
	Steps journey.Journey
	// Findings is how many faults the last check of the data found.
	Findings int
}

// A Stand is where a student stands.
type Stand struct {
	Lesson *Lesson
	Task   *Task  // the one to do now; nil at the end
	Number int    // of the task, from 1
	Done   int    // tasks
	Each   []bool // of the tasks: whether it is done
	Tried  Tried
	Hints  []Text // those that were given for it
	// Offer is whether a hint is to be offered: after every third failure.
	Offer bool
	// MoreHints is whether there is one that was not given yet.
	MoreHints bool
	Right     int // questions answered right so far
	Finished  bool
	// Short is how many more right answers the lesson wants, when every task
	// has been gone through.
	Short int
}

// at says where a student stands. Steps that are not done any more lead back
// to their task.
func (l *Lesson) at(s State, w World) Stand {
	st := Stand{Lesson: l}
	for i := range l.Tasks {
		t := &l.Tasks[i]
		tried := s.Tasks[t.ID]
		if tried.Right {
			st.Right++
		}
		done := l.done(t, tried, w)
		st.Each = append(st.Each, done)
		if done {
			st.Done++
			continue
		}
		if st.Task == nil {
			st.Task, st.Number, st.Tried = t, i+1, tried
			st.Hints = t.Hints[:min(tried.Hints, len(t.Hints))]
			st.MoreHints = tried.Hints < len(t.Hints)
			st.Offer = st.MoreHints && tried.Tries > 0 && tried.Tries%wizard.HintEvery == 0
		}
	}
	if st.Task == nil {
		st.Number = len(l.Tasks)
		st.Short = max(0, l.Finish.Right-st.Right)
		st.Finished = st.Short == 0
	}
	return st
}

func (l *Lesson) done(t *Task, tried Tried, w World) bool {
	if t.Kind() != KindStep || t.Fails != "" {
		return tried.Done
	}
	status := w.Steps.Of(t.Step)
	switch {
	case status.State != journey.Done:
		return false
	case t.ByHand:
		return status.Evidence != nil && status.Evidence.ByHand
	case t.Sound:
		return w.Findings == 0
	}
	return true
}

// An Input is what a student did: exactly one of these.
type Input struct {
	Read   bool   // a page was read
	Answer string // to a question: the number of an option, or what was typed
	Hint   bool   // a hint was asked for
	Ran    bool   // the task's step was run, whatever came of it
	Again  bool   // the questions that were not answered right are asked again
}

// A Verdict is what came of an input.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "passed"  // the task is done
	Correct Verdict = "correct" // the question is answered right
	Wrong   Verdict = "wrong"
	Given   Verdict = "given" // wrong too often: the answer is told
	Hinted  Verdict = "hinted"
	NotDone Verdict = "not-done" // the step is not as the task wants it
	Unfit   Verdict = "unfit"    // no answer to this question: not counted
	Anew    Verdict = "anew"
)

// Feedback says what came of an input.
type Feedback struct {
	Verdict Verdict
	Task    *Task
	Why     Text   // said about the answer
	Hint    *Text  // the hint that was given
	Answer  string // the right one, when it is told
	Sets    []Answer
}

// NotNow is the problem of an input that the task does not want.
const NotNow problem.Code = "lesson-not-now" // task

// act takes in what a student did and returns the state after it. It changes
// nothing itself: the answers for the plan are in the feedback.
func (l *Lesson) act(s State, in Input, w World, now time.Time) (State, Feedback, error) {
	stand := l.at(s, w)
	next := s.clone(l, now)
	if in.Again {
		return l.again(next, stand)
	}
	t := stand.Task
	if t == nil {
		return s, Feedback{}, problem.New(NotNow, nil, "task", "")
	}
	tried := stand.Tried
	f := Feedback{Task: t}
	switch {
	case in.Hint:
		if !stand.MoreHints {
			return s, Feedback{}, problem.New(NoMoreHints, nil, "task", t.ID)
		}
		f.Verdict, f.Hint = Hinted, &t.Hints[tried.Hints]
		tried.Hints++
	case in.Read && t.Kind() == KindRead:
		tried.Done, tried.At = true, now
		f.Verdict = Passed
	case in.Ran && t.Kind() == KindStep:
		f.Verdict = NotDone
		if failed(t, w) {
			tried.Done, tried.At = true, now
			f.Verdict, f.Why = Passed, t.Why
		} else {
			tried.Tries++
		}
	case in.Answer != "" && t.Asks():
		tried, f = l.judge(t, tried, in.Answer, w, now)
	default:
		return s, Feedback{}, problem.New(NotNow, nil, "task", t.ID)
	}
	next.Tasks[t.ID] = tried
	if l.at(next, w).Finished && next.Ended.IsZero() {
		next.Ended = now
	}
	return next, f, nil
}

// NoMoreHints is the problem of a hint too many.
const NoMoreHints problem.Code = "lesson-no-hint" // task

// settle notes what the steps alone have brought about: a lesson whose last
// task is a step ends with it.
func (l *Lesson) settle(s State, w World, now time.Time) State {
	if s.Ended.IsZero() && l.at(s, w).Finished {
		s = s.clone(l, now)
		s.Ended = now
	}
	return s
}

func failed(t *Task, w World) bool {
	e := w.Steps.Of(t.Step).Evidence
	return t.Fails != "" && e != nil && e.Failure != nil && (e.Failure.Args["rule"] == t.Fails || string(e.Failure.Code) == t.Fails)
}

func (s State) clone(l *Lesson, now time.Time) State {
	c := s
	c.Tasks = make(map[string]Tried, len(s.Tasks)+1)
	maps.Copy(c.Tasks, s.Tasks)
	c.Lesson, c.Digest = l.ID, l.Digest()
	if c.Began.IsZero() {
		c.Began = now
	}
	return c
}

// again opens the questions that were not answered right, when there is
// nothing else left to do.
func (l *Lesson) again(s State, stand Stand) (State, Feedback, error) {
	if stand.Task != nil || stand.Short == 0 {
		return s, Feedback{}, problem.New(NotNow, nil, "task", "")
	}
	for _, t := range l.Tasks {
		if tried := s.Tasks[t.ID]; t.Asks() && !tried.Right {
			// What was tried stays counted.
			tried.Done = false
			tried.Answer = ""
			s.Tasks[t.ID] = tried
		}
	}
	return s, Feedback{Verdict: Anew}, nil
}

func (l *Lesson) judge(t *Task, tried Tried, answer string, w World, now time.Time) (Tried, Feedback) {
	f := Feedback{Task: t, Why: t.Why}
	answer = strings.TrimSpace(answer)
	right, told, why, sets, fit := t.check(answer, w)
	if !fit {
		f.Verdict, f.Why = Unfit, Text{}
		return tried, f
	}
	tried.Answer, tried.At = answer, now
	tried.Tries++
	switch {
	case right:
		tried.Done, tried.Right = true, true
		f.Verdict, f.Sets = Correct, sets
	case t.Tries > 0 && tried.Tries%t.Tries == 0:
		tried.Done = true
		f.Verdict, f.Answer = Given, told
		for _, o := range t.Choose {
			if o.Right && f.Sets == nil {
				f.Sets = o.Sets // or the student could not go on
			}
		}
	default:
		f.Verdict, f.Why = Wrong, why
	}
	return tried, f
}

// IsRight reports whether an answer to a question is right, as it stands now.
func (l *Lesson) IsRight(task, answer string, w World) bool {
	for i := range l.Tasks {
		if t := &l.Tasks[i]; t.ID == task && t.Asks() {
			right, _, _, _, _ := t.check(strings.TrimSpace(answer), w)
			return right
		}
	}
	return false
}

// check judges an answer: whether it is right, what the right one is, what is
// to be said about it, and whether it is an answer at all.
func (t *Task) check(answer string, w World) (right bool, told string, why Text, sets []Answer, fit bool) {
	switch t.Kind() {
	case KindChoose:
		n, err := strconv.Atoi(answer)
		if err != nil || n < 1 || n > len(t.Choose) {
			return false, "", Text{}, nil, false
		}
		var all []string
		for i, o := range t.Choose {
			if o.Right {
				all = append(all, strconv.Itoa(i+1))
			}
		}
		o := t.Choose[n-1]
		return o.Right, strings.Join(all, ", "), o.Why, o.Sets, true
	case KindNumber:
		r := t.Number
		told := trim(r.Min)
		if r.Max > r.Min {
			told += " .. " + trim(r.Max)
		}
		return near(answer, r.Min, r.Max), told, Text{}, nil, len(numbers(answer)) > 0
	}
	told = w.Steps.Of(t.Fact.Step).Evidence.Fact(t.Fact.Name)
	want, err := strconv.ParseFloat(told, 64)
	if t.Fact.Name == "best_epoch" {
		// People count from 1.
		want++
		told = trim(want)
	}
	within := t.Fact.Within + 1e-9
	return err == nil && near(answer, want-within, want+within), told, Text{}, nil, err == nil && len(numbers(answer)) > 0
}

func near(answer string, low, high float64) bool {
	return slices.ContainsFunc(numbers(answer), func(x float64) bool { return x >= low && x <= high })
}

// numbers reads what people type for a number: a percent sign, full-width
// digits, a comma for the point or between thousands. Where that can mean two
// numbers, both are returned.
func numbers(s string) []float64 {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．' || r == '。':
			return '.'
		case r == '，':
			return ','
		case r == '％':
			return '%'
		}
		return r
	}, strings.TrimSpace(s))
	plain := strings.TrimSpace(strings.TrimSuffix(s, "%"))
	var found []float64
	for _, text := range []string{strings.ReplaceAll(plain, ",", "."), strings.ReplaceAll(plain, ",", "")} {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		if strings.HasSuffix(s, "%") {
			x /= 100
		}
		found = append(found, x)
	}
	return found
}

func trim(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
