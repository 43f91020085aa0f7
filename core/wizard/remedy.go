package wizard

import "gpuwizard/core/dataset"

// A RemedyKind says what a remedy does.
type RemedyKind string

// The kinds of remedies. After all but the last the training goes on.
const (
	RemedyAnswer  RemedyKind = "answer"  // gives a key of the plan another value
	RemedyCommand RemedyKind = "command" // runs a shell line on the instance
	RemedyRedo    RemedyKind = "redo"    // does a step again, which puts back what it made
	RemedyResume  RemedyKind = "resume"  // goes on from the last whole checkpoint
	RemedyAgain   RemedyKind = "again"   // starts the training anew: what it lacks is seen to at its start
	RemedyGoTo    RemedyKind = "goto"    // only the person can do it, in another step
)

// A Remedy puts right what keeps a training from running.
type Remedy struct {
	Kind    RemedyKind `json:"kind"`
	Key     string     `json:"key,omitempty"`     // of the plan
	Value   string     `json:"value,omitempty"`   // for it
	Command string     `json:"command,omitempty"` // a shell line
	Step    Step       `json:"step,omitempty"`    // to do again, or to go to
}

// A Hurdle is one thing that the look before the training found on the
// instance: left as it is, it would end the training or harm it.
type Hurdle struct {
	Check    HurdleCheck      `json:"check"`
	Severity dataset.Severity `json:"severity"`
	State    HurdleState      `json:"state"`
	// By says who mends it: MendAuto, the wizard by itself; MendAsk, the wizard
	// at the person's word; MendNone, the person alone.
	By     dataset.Mend      `json:"by"`
	Remedy *Remedy           `json:"remedy,omitempty"`
	Args   map[string]string `json:"args,omitempty"`
}

// A HurdleCheck names what was looked at; its words are in tui/text.
type HurdleCheck string

// A HurdleState says what became of a hurdle.
type HurdleState string

// The states of a hurdle.
const (
	HurdleFound  HurdleState = "found"  // and waits for its remedy
	HurdleMended HurdleState = "mended" // seen to be gone, or taken care of
	HurdleStays  HurdleState = "stays"  // the training goes on with it
)
