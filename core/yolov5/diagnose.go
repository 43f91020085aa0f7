package yolov5

import (
	"io"
	"strings"
	"unicode"
)

// A Finding is what a log tells of a failure.
type Finding struct {
	Rule    string            `json:"rule"` // stays the same between versions
	Fatal   bool              `json:"fatal"`
	Sure    Sureness          `json:"sure"`
	Line    int               `json:"line"`  // from 1; lines end with line feeds
	Quote   string            `json:"quote"` // the line, cleaned and shortened
	Count   int               `json:"count"` // lines of this rule
	Args    map[string]string `json:"args,omitempty"`
	Meaning Text              `json:"meaning"`
	Mend    Mend              `json:"mend"`
}

// Sureness says how far a finding is to be believed.
type Sureness string

// The degrees of sureness, the greatest first.
const (
	Certain Sureness = "certain" // its line says so
	Likely  Sureness = "likely"  // its line has this cause as a rule, and may have others
	Guessed Sureness = "guessed" // no line says so: it is concluded from what the log lacks
)

// A Mend is what to do about a finding.
type Mend struct {
	Text
	// Apply says which of what follows mends it without a person; "" if none
	// does.
	Apply Apply `json:"apply,omitempty"`
	// Command is a shell line for the instance, or "". What it takes from the
	// log is plain words only.
	Command string  `json:"command,omitempty"`
	Answer  *Answer `json:"answer,omitempty"` // of the plan, to change
	Step    string  `json:"step,omitempty"`   // of the wizard, to go back to
}

// Apply says how a mend is applied by a program.
type Apply string

// The ways to apply a mend.
const (
	ApplyCommand Apply = "command" // run Command
	ApplyAnswer  Apply = "answer"  // change Answer
	ApplyRedo    Apply = "redo"    // do Step again, which puts back what it made
	ApplyAgain   Apply = "again"   // start anew with the wizard, which sees to it
	ApplyResume  Apply = "resume"  // go on from the last checkpoint
)

// An Answer is a key of the wizard's plan and the value that mends: a plain
// one, or "half" of what it is now.
type Answer struct {
	Key   string `yaml:"key" json:"key"`
	Value string `yaml:"value" json:"value"`
}

// Text is a text for people in the two languages of the program.
type Text struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// An Ending is what is known of a training's end beside its log.
type Ending struct {
	// Exit is the exit code, 128+n for signal n; it counts if Exited.
	Exit   int
	Exited bool
	Lost   bool // it runs no more, and left no exit code
	Paid   bool // a GPU is paid for
}

const (
	maxQuote = 300 // runes
	maxArg   = 200
)

// Diagnose reads the log of a training that is over and says what went wrong,
// the most telling finding first: what ended the training, then what merely
// harmed it. The log of a training that went well gives none, and neither does
// that of another program. A log that ends without an end is a finding as
// well, so a running training's log is not to be given.
//
// Of several fatal lines the last counts most: what Python prints last is what
// it died of, and a log may hold earlier attempts. What the training survived
// is not told. If the log cannot be read to its end, what was read is judged.
//
// The log is read in one pass and little of it is kept, whatever its size.
func Diagnose(log io.Reader) []Finding { return DiagnoseEnd(log, Ending{}) }

// DiagnoseEnd is Diagnose with what else is known.
func DiagnoseEnd(log io.Reader, end Ending) []Finding {
	d := newDiagnosis(end)
	_ = eachPiece(log, d.piece)
	return d.result()
}

// shortText returns s without unprintable characters and of at most n runes.
func shortText(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == ' ' {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return strings.Clone(s) // and not the whole log around it
}
