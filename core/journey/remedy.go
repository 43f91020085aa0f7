package journey

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

// Safe reports whether a remedy may be applied without asking: it changes no
// answer of the person's.
func (r Remedy) Safe() bool { return r.Kind != RemedyAnswer && r.Kind != RemedyGoTo }
