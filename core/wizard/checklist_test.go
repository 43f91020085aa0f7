package wizard_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// doneProject is a project with all its steps done on a fake instance.
func doneProject(t *testing.T) (*wizard.Project, *fakeInstance) {
	t.Helper()
	p, f := newProject(t), newFake()
	f.best = modelFile(t, "")
	if err := p.Set("platform", wizard.PracticePlatform); err != nil {
		t.Fatal(err)
	}
	f.rehearsal = true
	if _, err := run(t, p, f, journey.Download); err != nil {
		t.Fatal(err)
	}
	return p, f
}

func look(t *testing.T, p *wizard.Project, host instance.Instance) map[journey.Step]wizard.Checked {
	t.Helper()
	list, err := p.Checklist(context.Background(), host, noon)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[journey.Step]wizard.Checked{}
	for _, s := range list.Checked {
		steps[s.Step] = s
	}
	return steps
}

func partStates(c wizard.Checked) string {
	var all []string
	for _, p := range c.Parts {
		all = append(all, string(p.Name)+"="+string(p.State))
	}
	return strings.Join(all, " ")
}

func changesOf(c wizard.Checked) string {
	var all []string
	for _, ch := range c.Since {
		one := string(ch.Kind) + " " + ch.Name
		if ch.Kind == wizard.ChangedAnswer {
			one += " " + ch.Before + ">" + ch.After
		}
		all = append(all, one)
	}
	return strings.Join(all, ", ")
}

func TestChecklistShowsPartsWithEvidence(t *testing.T) {
	t.Parallel()
	p, _ := doneProject(t)
	steps := look(t, p, nil)
	for step, want := range map[journey.Step]string{
		journey.Region:   "platform=holds",
		journey.Check:    "data-read=holds data-sound=holds",
		journey.Convert:  "labels=holds",
		journey.Classes:  "data-yaml=holds model-yaml=holds settings=holds",
		journey.Upload:   "login=unseen dataset=unseen code=unseen",
		journey.Train:    "started=unseen epochs=unseen best=unseen",
		journey.Download: "saved=holds curves=holds samples=holds",
	} {
		if got := partStates(steps[step]); got != want {
			t.Errorf("%s: %s, want %s", step, got, want)
		}
	}
	fresh := newProject(t)
	for step, s := range look(t, fresh, nil) {
		for _, part := range s.Parts {
			if part.State != wizard.PartOpen {
				t.Errorf("in a new project %s of %s is %s", part.Name, step, part.State)
			}
		}
	}
}

func TestChecklistSaysWhatChanged(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(t *testing.T, p *wizard.Project)
		step   journey.Step
		reason journey.Reason
		wants  string
	}{
		{"an answer", func(t *testing.T, p *wizard.Project) {
			if err := p.Set("train.epochs", "7"); err != nil {
				t.Fatal(err)
			}
		}, journey.Classes, journey.AnswersChanged, "answer train.epochs 100>7"},
		{"a label of the person's", func(t *testing.T, p *wizard.Project) {
			name := filepath.Join(p.Dir(), "train_data", "train", "person-001.xml")
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			write(t, name, strings.Replace(string(data), "<annotation>", "<annotation> ", 1))
			if err := os.Remove(filepath.Join(p.Dir(), "train_data", "train", "person-002.xml")); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(p.Dir(), "train_data", "train", "person-099.xml"), string(data))
		}, journey.Check, journey.DataChanged, "changed train_data/train/person-001.xml, removed train_data/train/person-002.xml, added train_data/train/person-099.xml"},
		{"the code", func(t *testing.T, p *wizard.Project) {
			write(t, filepath.Join(p.Dir(), "yolov5_code", "utils.py"), "1")
			write(t, filepath.Join(p.Dir(), "yolov5n.pt"), "other weights")
		}, journey.Classes, journey.CodeChanged, "added yolov5_code/utils.py, changed yolov5_code/yolov5n.pt"},
		{"a label that the wizard wrote", func(t *testing.T, p *wizard.Project) {
			if err := os.Remove(filepath.Join(p.Dir(), "prepared", "dataset", "labels", "train", "person-003.txt")); err != nil {
				t.Fatal(err)
			}
		}, journey.Convert, journey.FilesChanged, "missing prepared/dataset/labels/train/person-003.txt"},
		{"the data are gone", func(t *testing.T, p *wizard.Project) {
			if err := p.Set("data", "train_data"); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(p.Dir(), "train_data")); err != nil {
				t.Fatal(err)
			}
		}, journey.Check, journey.DataGone, "missing train_data"},
		{"the model", func(t *testing.T, p *wizard.Project) {
			write(t, filepath.Join(p.Dir(), "rehearsal", "yolov5n_best.pt"), "another")
		}, journey.Download, journey.FilesChanged, "changed rehearsal/yolov5n_best.pt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, _ := doneProject(t)
			test.change(t, p)
			s := look(t, p, nil)[test.step]
			if s.State != journey.Stale || s.Reason != test.reason || changesOf(s) != test.wants {
				t.Errorf("%s, %s: %s; want %s", s.State, s.Reason, changesOf(s), test.wants)
			}
			if s.SinceTotal != len(s.Since) {
				t.Errorf("%d of %d", len(s.Since), s.SinceTotal)
			}
		})
	}
}

func TestChecklistNamesTheEarlierStep(t *testing.T) {
	t.Parallel()
	p, _ := doneProject(t)
	if err := p.Set("train.epochs", "7"); err != nil {
		t.Fatal(err)
	}
	if got, want := changesOf(look(t, p, nil)[journey.Upload]), "step classes"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestProgressMoves takes a whole project elsewhere, and then its plan and its
// record alone.
func TestProgressMoves(t *testing.T) {
	t.Parallel()
	p, _ := doneProject(t)
	moved := filepath.Join(t.TempDir(), "别处 other")
	if err := os.CopyFS(moved, os.DirFS(p.Dir())); err != nil {
		t.Fatal(err)
	}
	q, err := wizard.Open(moved)
	if err != nil {
		t.Fatal(err)
	}
	list, err := q.Checklist(t.Context(), nil, noon)
	if err != nil || !list.Done() {
		t.Errorf("moved with everything: %s, %v", states(list.Journey), err)
	}

	alone := t.TempDir()
	for _, name := range []string{"gpuwizard.yaml", ".gpuwizard/progress.json"} {
		data, err := os.ReadFile(filepath.Join(p.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), p.Dir()) {
			t.Errorf("%s names the folder that it lay in", name)
		}
		write(t, filepath.Join(alone, name), string(data))
	}
	q, err = wizard.Open(alone)
	if err != nil {
		t.Fatal(err)
	}
	steps := look(t, q, nil)
	for step, wants := range map[journey.Step]string{
		journey.Check: "missing train_data", journey.Convert: "missing prepared",
		journey.Classes: "missing yolov5_code", journey.Download: "missing rehearsal/yolov5n_best.pt",
	} {
		if got := changesOf(steps[step]); !strings.HasPrefix(got, wants) || steps[step].State != journey.Stale {
			t.Errorf("%s is %s: %s, want %s", step, steps[step].State, got, wants)
		}
	}
	// With the data elsewhere it goes on from there, and what they lead to
	// counts as before.
	if err := q.Set("data", filepath.Join(p.Dir(), "train_data")); err != nil {
		t.Fatal(err)
	}
	if err := q.Set("code.folder", filepath.Join(p.Dir(), "yolov5_code")); err != nil {
		t.Fatal(err)
	}
	if err := q.Set("weights", filepath.Join(p.Dir(), "yolov5n.pt")); err != nil {
		t.Fatal(err)
	}
	face := &fakeFace{}
	for _, step := range []journey.Step{journey.Check, journey.Convert, journey.Classes} {
		if err := q.Run(t.Context(), step, wizard.Env{Face: face}); err != nil {
			t.Fatal(err)
		}
	}
	if j, err := q.Verify(t.Context()); err != nil || j.Of(journey.Convert).State != journey.Done || j.Of(journey.Upload).State == journey.Todo {
		t.Errorf("continued elsewhere: %s, %v", states(j), err)
	}
}

func TestChecklistLooksAtTheInstance(t *testing.T) {
	t.Parallel()
	p, f := doneProject(t)
	steps := look(t, p, f)
	if got, want := partStates(steps[journey.Upload]), "login=holds dataset=holds code=holds"; got != want || steps[journey.Upload].State != journey.Done {
		t.Fatalf("%s, want %s: %s", got, want, changesOf(steps[journey.Upload]))
	}
	if got, want := partStates(steps[journey.Train]), "started=holds epochs=holds best=holds"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	// The wizard adapted a file of the code there, and is not surprised by it.
	sent := f.uploads["/root/gpuwizard-person/code"]
	at := slices.IndexFunc(sent, func(s instance.Source) bool { return s.Path == "train.py" })
	if at < 0 {
		t.Fatalf("sent %v", sent)
	}
	before, after := sent[at].SHA256, strings.Repeat("a", 64)
	f.adapted = before + "  " + after + "  train.py\n"
	for _, c := range []struct{ digest, want string }{
		{after, "login=holds dataset=holds code=holds"},
		{strings.Repeat("b", 64), "login=holds dataset=holds code=differs"},
		{before, "login=holds dataset=holds code=holds"},
	} {
		sent[at].SHA256 = c.digest
		if got := partStates(look(t, p, f)[journey.Upload]); got != c.want {
			t.Errorf("train.py with %.8s: %s, want %s", c.digest, got, c.want)
		}
	}
	// A label there is another, and the model has been cleared away.
	for folder, files := range f.uploads {
		for i := range files {
			if strings.HasSuffix(files[i].Path, "person-004.txt") {
				files[i].SHA256 = strings.Repeat("0", 64)
				t.Logf("changed in %s", folder)
			}
		}
	}
	f.bestGone = true
	steps = look(t, p, f)
	if got, want := partStates(steps[journey.Upload]), "login=holds dataset=differs code=holds"; got != want || steps[journey.Upload].Reason != journey.FilesChanged {
		t.Errorf("%s, want %s", got, want)
	}
	if got := changesOf(steps[journey.Upload]); !strings.HasSuffix(got, "/dataset/labels/train/person-004.txt") {
		t.Errorf("changes: %s", got)
	}
	if got, want := partStates(steps[journey.Train]), "started=holds epochs=holds best=differs"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// The next look without the instance knows nothing of it.
	if s := look(t, p, nil)[journey.Upload]; s.State != journey.Done {
		t.Errorf("without the instance: %s", s.State)
	}
	// An instance that is away is told beside what could be seen.
	f.readErr = nil
	list, err := p.Checklist(t.Context(), away{f}, noon)
	if !problem.Has(err, instance.ConnectionLost) || list.Connected || !list.Done() {
		t.Errorf("%v, connected %v, %s", err, list.Connected, states(list.Journey))
	}
}

func TestJournalFollowsTheEvidence(t *testing.T) {
	t.Parallel()
	p, _ := doneProject(t)
	data, err := os.ReadFile(p.StatePath("progress.json"))
	if err != nil {
		t.Fatal(err)
	}
	var record journey.Record
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatal(err)
	}
	if faults := record.Faults(); len(faults) > 0 {
		t.Errorf("an honest record has faults: %v", faults)
	}
	edited := strings.Replace(string(data), `"map50": "0.259"`, `"map50": "0.959"`, 1)
	if edited == string(data) {
		t.Fatal("no such figure in the record")
	}
	record = journey.Record{}
	if err := json.Unmarshal([]byte(edited), &record); err != nil {
		t.Fatal(err)
	}
	if faults := record.Faults(); len(faults) != 1 || faults[0].Kind != journey.FaultEvidence || faults[0].About != "train" {
		t.Errorf("an edited figure: %v", faults)
	}
}
