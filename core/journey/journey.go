package journey

// A Reason says why a step is stale.
type Reason string

// The reasons for which a step is stale.
const (
	AnswersChanged Reason = "answers-changed" // of this step, in the plan
	DataChanged    Reason = "data-changed"    // the labelled pictures
	DataGone       Reason = "data-missing"    // there is no such folder or zip
	CodeChanged    Reason = "code-changed"    // the code folder or the weights
	CodeGone       Reason = "code-missing"    // there is no such folder, zip or file of weights
	EarlierChanged Reason = "earlier-changed" // a step that it builds on is not done
	FilesChanged   Reason = "files-changed"   // files that are its evidence are missing or differ
)

// A Status is where one step stands, and why.
type Status struct {
	Step     Step      `json:"step"`
	State    State     `json:"state"`
	Reason   Reason    `json:"reason,omitempty"`
	Changed  []string  `json:"changed,omitempty"` // the first files that are missing or differ
	Evidence *Evidence `json:"evidence,omitempty"`
}

// A Journey is where all the steps stand.
type Journey struct {
	Steps []Status `json:"steps"`
	// Current is the first step that is not done, or "" at the end.
	Current Step `json:"current"`
	// Verified is whether the evidence was looked at again, on the disk, or is
	// the record of the last time.
	Verified bool `json:"verified"`
}

// Of returns the status of a step.
func (j Journey) Of(step Step) Status {
	for _, s := range j.Steps {
		if s.Step == step {
			return s
		}
	}
	return Status{Step: step, State: Todo}
}

// Done reports whether all steps are done.
func (j Journey) Done() bool { return j.Current == "" }

// Observed is what was looked at again on the disk. A nil Observed stands for
// "nothing looked at": the record is taken as it is.
type Observed struct {
	Data    string            // fingerprint of the labelled pictures now
	Code    string            // fingerprint of the code and weights now
	NoData  bool              // the data are not where the plan says
	NoCode  bool              // the code, or the weights, are not where the plan says
	Changed map[Step][]string // evidence files that are missing or differ
	// There counts what differs on the instance, by part: dataset, code, run,
	// best. It is nil if nobody looked there.
	There map[string]int
}

// Next says where the journey stands: a pure function of the record of
// evidence, the digest of the answers that each step would use now (nil stands
// for the answers that it did use), and what was observed.
func Next(record Record, answers func(Step) string, seen *Observed) Journey {
	j := Journey{Verified: seen != nil}
	state := map[Step]State{}
	for _, step := range Steps() {
		s := Status{Step: step, State: Todo}
		e := record.Steps[step]
		if e != nil {
			s.Evidence = e.Clone()
			now := e.Answers
			if answers != nil {
				now = answers(step)
			}
			s.State, s.Reason, s.Changed = judge(record, step, now, state, seen)
		}
		state[step] = s.State
		if j.Current == "" && s.State != Done {
			j.Current = step
		}
		j.Steps = append(j.Steps, s)
	}
	return j
}

func judge(record Record, step Step, answers string, earlier map[Step]State, seen *Observed) (State, Reason, []string) {
	e := record.Steps[step]
	// What failed with other answers says nothing of these.
	if e.Answers != answers {
		return Stale, AnswersChanged, nil
	}
	if e.Failure != nil {
		return Failed, "", nil
	}
	if seen != nil {
		if step == Check && seen.NoData {
			return Stale, DataGone, nil
		}
		if (step == Classes || step == Upload) && seen.NoCode {
			return Stale, CodeGone, nil
		}
		// A step that never got to its end may not have seen them before.
		if step == Check && e.Data != seen.Data && (e.Complete || e.Data != "") {
			return Stale, DataChanged, nil
		}
		if (step == Classes || step == Upload) && e.Code != seen.Code && (e.Complete || e.Code != "") {
			return Stale, CodeChanged, nil
		}
		if changed := seen.Changed[step]; len(changed) > 0 {
			return Stale, FilesChanged, changed
		}
	}
	for _, n := range step.Needs() {
		if earlier[n] != Done || record.Steps[n].Output != e.From[n] {
			return Stale, EarlierChanged, nil
		}
	}
	if !e.Complete {
		return Running, "", nil
	}
	return Done, "", nil
}
