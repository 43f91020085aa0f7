// Package lesson is the classroom: a lesson is a list of tasks that a student
// walks through beside the seven steps, with questions whose answers can be
// checked, hints on demand, and an end.
//
// A lesson is one YAML file. Unknown keys, wrong values and missing ones are
// answered with the line and what is allowed. Every text has both languages:
// {zh: ..., en: ...}.
//
//	lesson: 1                       # the version of this format
//	id: first-detector              # a-z, 0-9 and dashes
//	title: {zh: ..., en: ...}
//	text: {zh: ..., en: ...}        # shown before the first task
//	practice: yes                   # on the built-in practice instance
//	data:                           # pictures that the program draws itself;
//	  sample: yes                   # without it, the student's own
//	  faults: [typo, outside]       # planted in them
//	failures:                       # trainings on the practice instance that
//	  - log: no-cuda                # play a failure back, one of the built-in
//	    until: {train.device: [auto, cpu]}   # as long as the answer is none of these
//	preset: {train.epochs: 120}     # answers that are given to begin with
//	locked: [train.epochs]          # answers that the student cannot change
//	tasks:
//	  - id: look                    # once in a lesson
//	    title: {zh: ..., en: ...}
//	    text: {zh: ..., en: ...}
//	    # one of these, or none for a page to read:
//	    step: check                 # done while the step is done;
//	    by_hand: yes                #   and if the student did it by hand;
//	    fails: no-cuda              #   or once it has failed for this cause: a
//	                                #   planted failure, or data-spoiled for check
//	    sound: yes                  #   or, for check, once no fault is left
//	    choose:                     # one of several answers
//	      - {zh: ..., en: ..., right: yes}
//	      - {zh: ..., en: ..., why: {zh: ..., en: ...}}   # said when it is chosen
//	    number: {min: 1, max: 3}    # a number in a range
//	    fact: {step: train, name: map50, within: 0.01}    # from the student's own run
//	    tries: 3                    # wrong answers before it is given; 0: no end
//	    hints: [{zh: ..., en: ...}] # the gentlest first
//	    why: {zh: ..., en: ...}     # said once it is answered
//	finish: {right: 4}              # questions to be answered right; 0: none
//
// An option of choose may carry sets: {train.device: auto}, answers that
// choosing it gives. The task's text may use {placeholders} nowhere.
//
// The walk itself is a pure step function over a State, so that the screens,
// the numbered questions and a program reading JSON are faces of one thing.
// The state lives in the project's record; nothing is kept in memory.
package lesson

import (
	"crypto/sha256"
	"encoding/hex"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// Codes of problems with a lesson's file.
const (
	Unreadable problem.Code = "lesson-unreadable" // path
	TooLarge   problem.Code = "lesson-too-large"  // path, max (bytes)
	Syntax     problem.Code = "lesson-syntax"     // path, line, detail
	UnknownKey problem.Code = "lesson-key"        // path, line, key, allowed
	Twice      problem.Code = "lesson-key-twice"  // path, line, key
	Missing    problem.Code = "lesson-missing"    // path, line, key
	WrongValue problem.Code = "lesson-value"      // path, line, key, got, allowed
	NoSuch     problem.Code = "lesson-unknown"    // name, allowed: no file and no built-in lesson of that name
)

// FileVersion is the version of the format that this program reads.
const FileVersion = 1

// Text is a text in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// A Lesson is what its file says.
type Lesson struct {
	ID       string
	Title    Text
	Text     Text
	Practice bool
	Data     Data
	Failures []Failure
	Preset   []Answer // in the order of the file
	Locked   []string
	Tasks    []Task
	Finish   Finish

	source []byte
}

// Data are the pictures of a lesson.
type Data struct {
	Sample bool
	Faults []string // of package planted, by name
}

// A Failure is a training that does not go well.
type Failure struct {
	Log   string // a built-in log, by its rule
	Until []Until
}

// Until is what ends a failure: an answer that is one of these values.
type Until struct {
	Key    string
	Values []string
}

// An Answer is a value for a key of the plan.
type Answer struct{ Key, Value string }

// Finish is what counts as finished, beside having gone through every task.
type Finish struct {
	Right int // questions answered right
}

// A Task is one thing to do or to answer.
type Task struct {
	ID    string
	Title Text
	Text  Text

	Step   journey.Step // "" for a page to read or a question
	ByHand bool
	Fails  string // the rule of the failure
	Sound  bool

	Choose []Option
	Number *Range
	Fact   *Fact

	Tries int
	Hints []Text
	Why   Text
}

// An Option is one answer to choose.
type Option struct {
	Text  Text
	Right bool
	Why   Text
	Sets  []Answer
}

// A Range is what a number has to lie in.
type Range struct{ Min, Max float64 }

// A Fact is something that the student's own run came to.
type Fact struct {
	Step   journey.Step
	Name   string
	Within float64
}

// A Kind says what a task wants.
type Kind string

// The kinds of tasks.
const (
	KindRead   Kind = "read"   // a page
	KindStep   Kind = "step"   // a step of the journey
	KindChoose Kind = "choose" // one of several answers
	KindNumber Kind = "number" // a number in a range
	KindFact   Kind = "fact"   // a fact of the student's own run
)

// Kind returns what the task wants.
func (t Task) Kind() Kind {
	switch {
	case t.Step != "":
		return KindStep
	case len(t.Choose) > 0:
		return KindChoose
	case t.Number != nil:
		return KindNumber
	case t.Fact != nil:
		return KindFact
	}
	return KindRead
}

// Asks reports whether the task is a question.
func (t Task) Asks() bool { return t.Kind() != KindRead && t.Kind() != KindStep }

// Veils reports whether the student is to find out by themselves what an event
// tells: the diagnosis of the failure that the task is about.
func (t *Task) Veils(e wizard.Event) bool {
	return t != nil && t.Fails != "" && t.Step == journey.Train && e.Code == wizard.NoteDiagnosis
}

// Digest names the lesson's file: another content has another digest.
func (l *Lesson) Digest() string {
	sum := sha256.Sum256(l.source)
	return hex.EncodeToString(sum[:])
}

// Source is the file as it was read.
func (l *Lesson) Source() []byte { return l.source }

// Questions is how many of the tasks are questions.
func (l *Lesson) Questions() int {
	n := 0
	for _, t := range l.Tasks {
		if t.Asks() {
			n++
		}
	}
	return n
}

// Failing returns the failure that a training with this plan is to meet, or
// "".
func (l *Lesson) Failing(plan planfile.Plan) string {
	for _, f := range l.Failures {
		for _, u := range f.Until {
			met := false
			for _, v := range u.Values {
				met = met || plan.Get(u.Key) == v
			}
			if !met {
				return f.Log
			}
		}
	}
	return ""
}
