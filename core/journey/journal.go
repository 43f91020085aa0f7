package journey

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// An Entry is one line of the record's journal. Each carries a digest over
// itself and the one before, and the digest of the evidence as it was then.
//
// The chain shows that a file was changed by a hand that did not recompute it.
// It proves no more than that: whoever runs this program's own code over made
// up evidence gets a chain that holds. There is no secret in it that a student
// could not read.
type Entry struct {
	At time.Time `json:"at"`
	// What is "start" for the first entry, "begun", "done" or "failed" for a
	// step's evidence, or what another part of the program has noted.
	What string `json:"what"`
	// About is the step, or what else the entry is about.
	About string `json:"about,omitempty"`
	// Text is what was noted; in the first entry, a number that no other
	// record has.
	Text string `json:"text,omitempty"`
	// Evidence is the digest of the step's evidence.
	Evidence string `json:"evidence,omitempty"`
	Sum      string `json:"sum"`
}

// maxJournal bounds the journal of a record that is worked on for ever.
const maxJournal = 20000

// Note appends an entry.
func (r *Record) Note(e Entry, now time.Time) {
	if len(r.Journal) == 0 {
		var id [16]byte
		_, _ = rand.Read(id[:]) // never fails: see crypto/rand.Read
		r.append(Entry{What: "start", Text: hex.EncodeToString(id[:])}, now)
	}
	r.append(e, now)
}

func (r *Record) append(e Entry, now time.Time) {
	if len(r.Journal) >= maxJournal {
		return
	}
	e.At = now.UTC().Truncate(time.Second)
	before := ""
	if n := len(r.Journal); n > 0 {
		before = r.Journal[n-1].Sum
	}
	e.Sum = e.sum(before)
	r.Journal = append(r.Journal, e)
}

func (e Entry) sum(before string) string {
	e.Sum = ""
	return Digest(before, jsonOf(e))
}

// journalSteps notes the steps whose evidence is another than the last entry
// about them says.
func (r *Record) journalSteps(now time.Time) {
	last := map[string]string{}
	for _, e := range r.Journal {
		if e.Evidence != "" {
			last[e.About] = e.Evidence
		}
	}
	for _, step := range Steps() {
		e := r.Steps[step]
		if e == nil || last[string(step)] == e.digest() {
			continue
		}
		what := "begun"
		switch {
		case e.Failure != nil:
			what = "failed"
		case e.Complete:
			what = "done"
		}
		r.Note(Entry{What: what, About: string(step), Evidence: e.digest()}, now)
	}
}

// NoteLesson keeps how far a lesson has come, with an entry that says what
// happened in it, and to what.
func (r *Record) NoteLesson(state json.RawMessage, what, about string, now time.Time) {
	r.Lesson = state
	r.Note(Entry{What: what, About: lessonEntry + about, Evidence: Digest(compact(state))}, now)
}

// lessonEntry begins what journal entries about a lesson are about.
const lessonEntry = "lesson/"

// compact writes JSON the same way, whatever its blanks.
func compact(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw)
	}
	return jsonOf(value)
}

// digest names the evidence as a whole.
func (e *Evidence) digest() string {
	return Digest(jsonOf(e))
}

// jsonOf writes a value the same way each time: its fields in their order,
// maps by their keys.
func jsonOf(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		// Evidence and entries are made of text, numbers and times.
		panic(err)
	}
	return string(data)
}

// A FaultKind says what of a record does not add up.
type FaultKind string

// The kinds of faults.
const (
	FaultChain    FaultKind = "chain"    // an entry of the journal does not follow from the one before
	FaultEvidence FaultKind = "evidence" // a step's evidence is not what the journal has
	FaultTime     FaultKind = "time"     // something ends before it begins, or entries go back in time
	FaultOrder    FaultKind = "order"    // a step is done and what it is made from is not
	FaultFigure   FaultKind = "figure"   // a figure that cannot be
	FaultNone     FaultKind = "journal"  // there is evidence and no journal
)

// A Fault is one thing in a record that does not add up. It says that the file
// is not as the program left it, not who changed it or why.
type Fault struct {
	Kind  FaultKind `json:"kind"`
	About string    `json:"about,omitempty"` // the step, or the number of the entry
}

// Faults looks for what does not add up in a record that came from elsewhere.
func (r Record) Faults() []Fault {
	var faults []Fault
	add := func(kind FaultKind, about string) { faults = append(faults, Fault{kind, about}) }
	if len(r.Journal) == 0 && len(r.Steps) > 0 {
		add(FaultNone, "")
	}
	before, last, lastLesson := Entry{}, map[string]string{}, ""
	for i, e := range r.Journal {
		if e.sum(before.Sum) != e.Sum || (i == 0) != (e.What == "start") {
			add(FaultChain, strconv.Itoa(i+1))
			break
		}
		if e.At.Before(before.At.Add(-clockSlack)) {
			add(FaultTime, strconv.Itoa(i+1))
		}
		if e.Evidence != "" {
			last[e.About] = e.Evidence
		}
		if strings.HasPrefix(e.About, lessonEntry) {
			lastLesson = e.About
		}
		before = e
	}
	if len(r.Lesson) > 0 && len(r.Journal) > 0 && last[lastLesson] != Digest(compact(r.Lesson)) {
		add(FaultEvidence, "lesson")
	}
	for _, step := range Steps() {
		e := r.Steps[step]
		switch {
		case e == nil:
			continue
		case len(r.Journal) > 0 && len(r.Journal) < maxJournal && last[string(step)] != e.digest():
			add(FaultEvidence, string(step))
		}
		if e.Complete && e.Ended.Before(e.Began) {
			add(FaultTime, string(step))
		}
		for _, need := range step.Needs() {
			if e.Complete && r.Steps[need] == nil {
				add(FaultOrder, string(step))
			}
		}
		for _, name := range []string{"map50", "map"} {
			if x, err := strconv.ParseFloat(e.Fact(name), 64); e.Fact(name) != "" && (err != nil || !(x >= 0 && x <= 1)) {
				add(FaultFigure, string(step))
			}
		}
	}
	return faults
}

// clockSlack is how far clocks are set back by honest means.
const clockSlack = 2 * time.Hour
