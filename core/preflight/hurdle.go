package preflight

import (
	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
)

// A Hurdle is one thing that the look before the training found on the
// instance: left as it is, it would end the training or harm it.
type Hurdle struct {
	Check    Check            `json:"check"`
	Severity dataset.Severity `json:"severity"`
	State    State            `json:"state"`
	// By says who mends it: MendAuto, the wizard by itself; MendAsk, the wizard
	// at the person's word; MendNone, the person alone.
	By     dataset.Mend      `json:"by"`
	Remedy *journey.Remedy   `json:"remedy,omitempty"`
	Args   map[string]string `json:"args,omitempty"`
}

// Asks reports whether the wizard can take the hurdle away at the person's word.
func (h Hurdle) Asks() bool {
	return h.By != dataset.MendAuto && h.Remedy != nil && h.Remedy.Kind != journey.RemedyGoTo
}

// A Check names what was looked at; its words are in tui/text.
type Check string

// A State says what became of a hurdle.
type State string

// The states of a hurdle.
const (
	Found  State = "found"  // and waits for its remedy
	Mended State = "mended" // seen to be gone, or taken care of
	Stays  State = "stays"  // the training goes on with it
)
