package journey

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/natefinch/atomic"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// StateDir is the folder of evidence inside the project's folder.
const StateDir = ".gpuwizard"

// RecordFile is the record's name in it.
const RecordFile = "progress.json"

const (
	recordVersion  = 1
	maxRecordBytes = 16 << 20
)

// Codes of problems with the record of evidence.
const (
	RecordBroken   problem.Code = "record-broken"    // path: not a record that this program can read
	RecordVersion  problem.Code = "record-version"   // path, got, want
	RecordNotSaved problem.Code = "record-not-saved" // path
)

// A Record is the evidence of the steps by name: the content of
// .gpuwizard/progress.json. It holds no secrets.
type Record struct {
	Version int                `json:"version"`
	Steps   map[Step]*Evidence `json:"steps"`
	// Student is who the record is of, in a class.
	Student string `json:"student,omitempty"`
	// Lesson is how far a lesson has come; see package lesson.
	Lesson json.RawMessage `json:"lesson,omitempty"`
	// Paid are the starts of instances that were paid for.
	Paid []Stretch `json:"paid,omitempty"`
	// Journal says in which order the evidence came about; see Entry.
	Journal []Entry `json:"journal,omitempty"`
}

// Evidence is what shows that a step was done.
type Evidence struct {
	// Complete is false while the step is at work, or was interrupted.
	Complete bool      `json:"complete"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended,omitzero"`
	// Answers is a digest of the answers that the step used.
	Answers string `json:"answers"`
	// Used are those answers by key, to say later which of them changed.
	Used map[string]string `json:"used,omitempty"`
	// Output names the step's outcome; From are the outcomes of earlier steps
	// that it was made from. The same outcome found again, such as the same
	// labels written once more, makes nothing stale.
	Output string          `json:"output,omitempty"`
	From   map[Step]string `json:"from,omitempty"`
	// Data and Code are fingerprints of what the step read on this computer.
	Data string `json:"data,omitempty"`
	Code string `json:"code,omitempty"`
	// Facts are what a person may want to see, by name: pictures, labels, gpu.
	Facts map[string]string `json:"facts,omitempty"`
	// Files are the files that the step made here, relative to the project's
	// folder; those of the prepared data set are in its own manifest.
	Files []instance.FileFact `json:"files,omitempty"`
	// Receipts are what the instance confirmed, by name: dataset, code.
	Receipts map[string]instance.Receipt `json:"receipts,omitempty"`
	Failure  *Failure                    `json:"failure,omitempty"`
	// ByHand is whether the person did the step and the wizard verified it.
	ByHand   bool `json:"by_hand,omitempty"`
	Attempts int  `json:"attempts"`
}

// A Failure is why the last attempt at a step did not end well.
type Failure struct {
	Code problem.Code      `json:"code"`
	Args map[string]string `json:"args,omitempty"`
	// Remedy is what the wizard can do about it; see Project.ApplyMend.
	Remedy *Remedy `json:"remedy,omitempty"`
}

// Clone returns a copy that a running step does not change.
func (e *Evidence) Clone() *Evidence {
	c := *e
	c.From, c.Facts, c.Receipts = maps.Clone(e.From), maps.Clone(e.Facts), maps.Clone(e.Receipts)
	c.Used = maps.Clone(e.Used)
	c.Files = slices.Clone(e.Files)
	return &c
}

// PathIn returns the path of a file that evidence or a plan names: absolute, or
// with slashes and relative to the project's folder. "" stays so.
func PathIn(dir, name string) string {
	name = filepath.FromSlash(name)
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// SeenOff reports whether the instance was last seen to be off: no step went to
// it since. of gives a step's evidence.
func SeenOff(of func(Step) *Evidence) bool {
	off := of(Download)
	if off.Fact("instance") != "seen-off" {
		return false
	}
	for _, step := range []Step{Upload, Train} {
		if e := of(step); e != nil && e.Began.After(off.Ended) {
			return false
		}
	}
	return true
}

// Fact returns a fact, or "".
func (e *Evidence) Fact(name string) string {
	if e == nil {
		return ""
	}
	return e.Facts[name]
}

// SetFact keeps a fact.
func (e *Evidence) SetFact(name, value string) {
	if e.Facts == nil {
		e.Facts = map[string]string{}
	}
	e.Facts[name] = value
}

// LoadRecord reads the record of a project's folder; without a file it is new.
func LoadRecord(dir string) (Record, error) {
	path := filepath.Join(dir, StateDir, RecordFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return Record{Version: recordVersion, Steps: map[Step]*Evidence{}}, nil
	}
	return ReadRecord(path)
}

// ReadRecord reads a record from its file, which may come from elsewhere.
func ReadRecord(path string) (Record, error) {
	record := Record{Version: recordVersion, Steps: map[Step]*Evidence{}}
	f, err := os.Open(path)
	if err != nil {
		return record, problem.New(RecordBroken, err, "path", path)
	}
	defer f.Close()
	dec := json.NewDecoder(io.LimitReader(f, maxRecordBytes))
	var found Record
	if err := dec.Decode(&found); err != nil {
		return record, problem.New(RecordBroken, err, "path", path)
	}
	if found.Version != recordVersion {
		return record, problem.New(RecordVersion, nil, "path", path,
			"got", strconv.Itoa(found.Version), "want", strconv.Itoa(recordVersion))
	}
	for _, step := range Steps() {
		if e := found.Steps[step]; e != nil {
			record.Steps[step] = e
		}
	}
	record.Journal, record.Lesson, record.Student = found.Journal, found.Lesson, found.Student
	for _, s := range found.Paid[:min(len(found.Paid), maxStretches)] {
		if s.On > 0 && s.On <= maxOn {
			record.Paid = append(record.Paid, s)
		}
	}
	return record, nil
}

// Save writes the record into a project's folder, after an entry in its
// journal for each step whose evidence is another than the journal knows.
func (r *Record) Save(dir string) error {
	r.journalSteps(time.Now())
	return WriteJSON(filepath.Join(dir, StateDir, RecordFile), r)
}

// WriteJSON writes a file of the state folder at once or not at all.
func WriteJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return problem.New(RecordNotSaved, err, "path", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return problem.New(RecordNotSaved, err, "path", path)
	}
	if err := atomic.WriteFile(path, bytes.NewReader(append(data, '\n'))); err != nil {
		return problem.New(RecordNotSaved, err, "path", path)
	}
	return nil
}

// Digest names an outcome: what is the same, line by line, has the same digest.
func Digest(lines ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
