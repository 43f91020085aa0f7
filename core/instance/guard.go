package instance

import "time"

// A Guard is what a watcher on the instance is to do when nobody is there to
// do it. It runs apart from the training and from every connection, and counts
// time by the instance's own running, never by its clock.
//
// A duration of 0 is a rule that is not set.
type Guard struct {
	Folder string        // the guard's own, on the instance
	Job    string        // folder of the job that it watches
	Budget time.Duration // from now until the money is spent
	End    time.Duration // from now until the latest end
	Idle   time.Duration // that no GPU computes anything while the job runs
	After  bool          // stop the instance after the job
	Grace  time.Duration // that it waits then for somebody to come
	// Stop is the platform's command to be run on the instance; "" where only
	// the panel can stop it.
	Stop string
}

// A GuardRule is one of the reasons for which a guard acts.
type GuardRule string

// The rules, in the order in which they are told.
const (
	RuleBudget GuardRule = "budget"
	RuleEnd    GuardRule = "until"
	RuleIdle   GuardRule = "idle"
	RuleAfter  GuardRule = "after"
)

// A GuardAct is what a guard does when a rule holds.
type GuardAct string

// The acts. Where only the panel can stop the instance, ending a training that
// goes well would save nothing.
const (
	ActStop GuardAct = "guard-stop" // ends the training, its checkpoint kept, and stops the instance
	ActEnd  GuardAct = "guard-end"  // ends the training, its checkpoint kept; the instance stays on
	ActTell GuardAct = "guard-tell" // writes down that the time has come
)

// Act is what a guard with these orders does when a rule holds.
func (g Guard) Act(rule GuardRule) GuardAct {
	switch {
	case g.Stop != "":
		return ActStop
	case rule == RuleEnd || rule == RuleIdle:
		return ActEnd
	}
	return ActTell
}

// A GuardPhase is where a guard stands.
type GuardPhase string

// The phases of a guard.
const (
	GuardAbsent GuardPhase = "absent" // none was ever armed here, or it was told to go
	GuardArmed  GuardPhase = "armed"  // the watcher lives and repeats the orders
	// GuardSilent: there are orders, but no watcher answers for them. It is not
	// armed: its process was killed, or the instance restarted.
	GuardSilent GuardPhase = "silent"
	GuardActing GuardPhase = "acting" // a rule held: see GuardState.Acted
)

// A GuardState is what was read back from the instance.
type GuardState struct {
	Phase GuardPhase  `json:"phase"`
	Rules []RuleState `json:"rules,omitempty"`
	// Held is how long no rule acts, since somebody asked for more time.
	Held  time.Duration `json:"held,omitempty"`
	Acted *GuardAction  `json:"acted,omitempty"`
}

// Armed reports whether a watcher was seen that answers for its orders.
func (s GuardState) Armed() bool { return s.Phase == GuardArmed }

// Next returns the rule that is going to act first as things stand.
func (s GuardState) Next() (next RuleState, ok bool) {
	for _, r := range s.Rules {
		if r.Counting && (!ok || r.Left < next.Left) {
			next, ok = r, true
		}
	}
	return next, ok && s.Armed()
}

// A RuleState is where one rule of a guard stands.
type RuleState struct {
	Rule GuardRule `json:"rule"`
	Act  GuardAct  `json:"act"`
	// Left is how long until it acts; it shrinks only while Counting: idleness
	// counts while no GPU computes, the grace once the job has ended and nobody
	// looks.
	Left     time.Duration `json:"left"`
	Counting bool          `json:"counting"`
	// Blind is a rule that cannot see what it watches: the GPU's use is told by
	// nvidia-smi alone.
	Blind bool `json:"blind,omitempty"`
}

// A GuardAction is what a guard did.
type GuardAction struct {
	Rule GuardRule `json:"rule"`
	Act  GuardAct  `json:"act"`
	At   time.Time `json:"at"` // by the instance's clock; zero if unknown
	// Tries is how often the platform's command was run; Exit and Output are of
	// the last time, once Ended. An instance that still says so was not stopped.
	Tries  int    `json:"tries"`
	Ended  bool   `json:"ended"`
	Exit   int    `json:"exit"`
	Output string `json:"output,omitempty"`
}

// A GuardWord is something that a guard is told while it is armed. One field is
// set.
type GuardWord struct {
	Looking bool          // somebody is there: a wizard's sign of life
	Settled bool          // the model is safe and the person has said what becomes of the instance
	Extend  time.Duration // act that much later
	Off     bool          // go
}
