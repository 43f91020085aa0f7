package wizard

import (
	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
)

// A Hurdle is one thing that the look before the training found on the
// instance: left as it is, it would end the training or harm it.
type Hurdle struct {
	Check    HurdleCheck      `json:"check"`
	Severity dataset.Severity `json:"severity"`
	State    HurdleState      `json:"state"`
	// By says who mends it: MendAuto, the wizard by itself; MendAsk, the wizard
	// at the person's word; MendNone, the person alone.
	By     dataset.Mend      `json:"by"`
	Remedy *journey.Remedy   `json:"remedy,omitempty"`
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
