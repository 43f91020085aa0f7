package journey_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// whole is the record of a journey whose steps are all done.
func whole() journey.Record {
	r := journey.Record{Version: 1, Steps: map[journey.Step]*journey.Evidence{}}
	for i, step := range journey.Steps() {
		e := &journey.Evidence{
			Complete: true, Began: noon.Add(time.Duration(i) * time.Hour), Ended: noon.Add(time.Duration(i)*time.Hour + time.Minute),
			Answers: "answers of " + string(step), Output: "outcome of " + string(step), From: map[journey.Step]string{},
			Data: "pictures", Code: "yolov5", Attempts: 1,
		}
		for _, need := range step.Needs() {
			e.From[need] = r.Steps[need].Output
		}
		r.Steps[step] = e
	}
	return r
}

func TestNext(t *testing.T) {
	seen := func(change func(*journey.Observed)) *journey.Observed {
		o := &journey.Observed{Data: "pictures", Code: "yolov5"}
		change(o)
		return o
	}
	same := func(*journey.Observed) {}
	for _, test := range []struct {
		name    string
		change  func(*journey.Record)
		answers map[journey.Step]string // that differ from those used
		seen    *journey.Observed
		want    string // R C V K U T D: done stays a letter, stale -, failed !, running >, todo .
		at      journey.Step
		reason  journey.Reason
	}{
		{name: "all done", seen: seen(same), want: "RCVKUTD"},
		{name: "nobody looked", want: "RCVKUTD"},
		{name: "nothing done", change: func(r *journey.Record) { clear(r.Steps) }, want: ".......", at: journey.Region},
		{name: "the middle is missing", change: func(r *journey.Record) { delete(r.Steps, journey.Classes) }, want: "RCV.---", at: journey.Classes},
		{name: "an answer", answers: map[journey.Step]string{journey.Convert: "other"}, want: "RC-----", at: journey.Convert, reason: journey.AnswersChanged},
		{name: "the region alone", answers: map[journey.Step]string{journey.Region: "other"}, want: "-CVK---", at: journey.Region, reason: journey.AnswersChanged},
		{name: "pictures", seen: seen(func(o *journey.Observed) { o.Data = "others" }), want: "R------", at: journey.Check, reason: journey.DataChanged},
		{name: "no pictures", seen: seen(func(o *journey.Observed) { o.NoData, o.Data = true, "" }), want: "R------", at: journey.Check, reason: journey.DataGone},
		{name: "code", seen: seen(func(o *journey.Observed) { o.Code = "other" }), want: "RCV----", at: journey.Classes, reason: journey.CodeChanged},
		{name: "no code", seen: seen(func(o *journey.Observed) { o.NoCode = true }), want: "RCV----", at: journey.Classes, reason: journey.CodeGone},
		{name: "a file", seen: seen(func(o *journey.Observed) { o.Changed = map[journey.Step][]string{journey.Download: {"best.pt"}} }), want: "RCVKUT-", at: journey.Download, reason: journey.FilesChanged},
		{name: "another outcome", change: func(r *journey.Record) { r.Steps[journey.Convert].Output = "new" }, want: "RCV----", at: journey.Classes, reason: journey.EarlierChanged},
		{name: "a failure", change: func(r *journey.Record) { r.Steps[journey.Train].Failure = &journey.Failure{Code: "x"} }, want: "RCVKU!-", at: journey.Train},
		{name: "a failure with other answers", change: func(r *journey.Record) { r.Steps[journey.Train].Failure = &journey.Failure{Code: "x"} }, answers: map[journey.Step]string{journey.Train: "other"}, want: "RCVKU--", at: journey.Train, reason: journey.AnswersChanged},
		{name: "at work", change: func(r *journey.Record) { r.Steps[journey.Train].Complete = false }, want: "RCVKU>-", at: journey.Train},
		{name: "stale while at work", change: func(r *journey.Record) { r.Steps[journey.Train].Complete = false }, answers: map[journey.Step]string{journey.Train: "other"}, want: "RCVKU--", at: journey.Train, reason: journey.AnswersChanged},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := whole()
			if test.change != nil {
				test.change(&r)
			}
			j := journey.Next(r, func(step journey.Step) string {
				if other := test.answers[step]; other != "" {
					return other
				}
				return "answers of " + string(step)
			}, test.seen)
			if got := drawn(j); got != test.want || j.Current != test.at {
				t.Errorf("%s, now %q; want %s, %q", got, j.Current, test.want, test.at)
			}
			if test.at != "" && j.Of(test.at).Reason != test.reason {
				t.Errorf("the reason is %q, want %q", j.Of(test.at).Reason, test.reason)
			}
			if j.Done() != (test.at == "") || j.Verified != (test.seen != nil) {
				t.Errorf("done %t, verified %t", j.Done(), j.Verified)
			}
		})
	}
	if got := drawn(journey.Next(whole(), nil, nil)); got != "RCVKUTD" {
		t.Errorf("by the answers that were used: %s", got)
	}
}

func drawn(j journey.Journey) string {
	signs := map[journey.State]string{journey.Todo: ".", journey.Stale: "-", journey.Failed: "!", journey.Running: ">"}
	var b strings.Builder
	for i, s := range j.Steps {
		if s.State == journey.Done {
			b.WriteByte("RCVKUTD"[i])
			continue
		}
		b.WriteString(signs[s.State])
	}
	return b.String()
}

// TestFaults edits a saved record as somebody with a text editor would.
func TestFaults(t *testing.T) {
	dir := t.TempDir()
	record := whole()
	if err := record.Save(dir); err != nil {
		t.Fatal(err)
	}
	record.NoteLesson(json.RawMessage(`{"task": 1}`), "answered", "first", time.Now())
	record.Note(journey.Entry{What: "hint", About: "first"}, time.Now())
	if err := record.Save(dir); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		edit func(*journey.Record)
		want []journey.FaultKind
	}{
		{"as it was saved", func(*journey.Record) {}, nil},
		{"other fact", func(r *journey.Record) { r.Steps[journey.Train].SetFact("map50", "0.99") }, []journey.FaultKind{journey.FaultEvidence}},
		{"accuracy above one", func(r *journey.Record) { r.Steps[journey.Train].SetFact("map50", "1.5") }, []journey.FaultKind{journey.FaultEvidence, journey.FaultFigure}},
		{"step from nowhere", func(r *journey.Record) { delete(r.Steps, journey.Check) }, []journey.FaultKind{journey.FaultOrder}},
		{"ends before it begins", func(r *journey.Record) { r.Steps[journey.Region].Ended = noon.Add(-time.Hour) }, []journey.FaultKind{journey.FaultEvidence, journey.FaultTime}},
		{"entry edited", func(r *journey.Record) { r.Journal[2].What = "failed" }, []journey.FaultKind{journey.FaultChain, journey.FaultEvidence}},
		{"entry taken out", func(r *journey.Record) { r.Journal = slices.Delete(r.Journal, 3, 4) }, []journey.FaultKind{journey.FaultChain, journey.FaultEvidence}},
		{"no journal", func(r *journey.Record) { r.Journal = nil }, []journey.FaultKind{journey.FaultNone}},
		{"other lesson", func(r *journey.Record) { r.Lesson = json.RawMessage(`{"task": 9}`) }, []journey.FaultKind{journey.FaultEvidence}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := journey.LoadRecord(dir)
			if err != nil {
				t.Fatal(err)
			}
			test.edit(&r)
			var got []journey.FaultKind
			for _, f := range r.Faults() {
				if !slices.Contains(got, f.Kind) {
					got = append(got, f.Kind)
				}
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", r.Faults(), test.want)
			}
		})
	}
}

func TestSeenOn(t *testing.T) {
	var r journey.Record
	for _, s := range []journey.Stretch{{"a", true, 60}, {"b", false, 600}, {"a", true, 90}, {"a", true, 30}, {"c", true, 10}} {
		r.SeeOn(s)
	}
	if len(r.Paid) != 3 || r.SeenOn() != 100*time.Second {
		t.Errorf("%v, %s with a GPU", r.Paid, r.SeenOn())
	}
}

func TestPathIn(t *testing.T) {
	abs := filepath.Join(t.TempDir(), "x")
	for name, want := range map[string]string{
		"": "", "result/best.pt": filepath.Join("dir", "result", "best.pt"), abs: abs,
	} {
		if got := journey.PathIn("dir", name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// FuzzReadRecord reads whatever a folder that came from elsewhere holds, and
// saves what it read.
func FuzzReadRecord(f *testing.F) {
	record := whole()
	dir := f.TempDir()
	if err := record.Save(dir); err != nil {
		f.Fatal(err)
	}
	saved, err := os.ReadFile(filepath.Join(dir, journey.StateDir, journey.RecordFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(saved)
	f.Add([]byte(`{"version": 1, "steps": {"train": null, "nowhere": {}}, "paid": [{"boot": "x", "on": -1}], "journal": [{}], "lesson": {`))
	f.Add([]byte(`{"version": 2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "progress.json")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := journey.ReadRecord(path)
		if _, told := problem.As(err); err != nil && !told {
			t.Fatalf("an error without words: %v", err)
		}
		r.Faults()
		j := journey.Next(r, nil, nil)
		if len(j.Steps) != len(journey.Steps()) || r.SeenOn() < 0 {
			t.Fatalf("%+v", j)
		}
		if err != nil {
			return
		}
		if err := r.Save(dir); err != nil {
			t.Fatal(err)
		}
		again, err := journey.LoadRecord(dir)
		if err != nil || drawn(journey.Next(again, nil, nil)) != drawn(j) {
			t.Fatalf("read back: %v, %s, was %s", err, drawn(journey.Next(again, nil, nil)), drawn(j))
		}
	})
}
