package wizard_test

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// TestGoingOn lets a training end with an error, and holds from what the next
// one goes on, and what it says of it.
func TestGoingOn(t *testing.T) {
	t.Parallel()
	p, f := newProject(t), newFake()
	if err := p.Set("train.epochs", "5"); err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		name       string
		last, best string
		from       string // the checkpoint, or "" for a new training
		note       wizard.NoteCode
		epoch      string
		finished   bool // nothing is trained any more
	}{
		{"killed", "2", "1", "last.pt", wizard.NoteResume, "2", false},
		{"last.pt broken", "broken", "1", "best.pt", wizard.NoteResumeBest, "1", false},
		{"last.pt missing", "", "1", "best.pt", wizard.NoteResumeBest, "1", false},
		{"both broken", "broken", "broken", "", wizard.NoteResumeBroken, "", false},
		{"best.pt alone broken", "2", "broken", "last.pt", wizard.NoteResume, "2", false},
		{"before the first epoch", "", "", "", wizard.NoteResumeNone, "", false},
		{"last.pt broken, no other", "broken", "", "", wizard.NoteResumeBroken, "", false},
		{"after the last epoch", "4", "3", "", wizard.NoteResumeDone, "", true},
		{"finished", "done", "done", "", wizard.NoteResumeDone, "", true},
		{"half stripped", "done", "3", "", wizard.NoteResumeDone, "", true},
		{"no sense", "-7", "x", "", wizard.NoteResumeBroken, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// Another training than the one before.
			if err := p.Set("train.batch", strconv.Itoa(i+1)); err != nil {
				t.Fatal(err)
			}
			f.started, f.stripped, f.exit = 0, 0, 137
			if _, err := run(t, p, f, journey.Train); err == nil {
				t.Fatal("a killed training went well")
			}
			first := p.Journey().Of(journey.Train).Evidence.Fact("run")
			f.exit, f.checkpoints = 0, [2]string{tt.last, tt.best}
			face, err := run(t, p, f, journey.Train)
			if err != nil {
				t.Fatal(err)
			}
			notes := face.notes(tt.note)
			if len(notes) != 1 || notes[0]["epoch"] != tt.epoch {
				t.Errorf("notes %v", notes)
			}
			want := 2
			if tt.finished {
				want = 1
			}
			if f.started != want || f.stripped != 2-want {
				t.Errorf("%d trainings started, %d stripped", f.started, f.stripped)
			}
			evidence := p.Journey().Of(journey.Train).Evidence
			if goesOn := evidence.Fact("run") == first; goesOn != (tt.from != "" || tt.finished) {
				t.Errorf("run %s after %s", evidence.Fact("run"), first)
			}
			if tt.finished {
				return
			}
			command := f.jobs[evidence.Fact("job")].Command
			at := slices.Index(command, "--resume")
			switch {
			case tt.from == "" && at >= 0, tt.from != "" && at < 0:
				t.Errorf("started with %q", command)
			case at >= 0 && command[at+1] != path.Join(first, "weights", tt.from):
				t.Errorf("goes on from %s", command[at+1])
			}
		})
	}
}

// TestOtherAnswers holds that a training goes on with another use of the
// machine, and that with other things to learn it begins anew.
func TestOtherAnswers(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	f.checkpoints = [2]string{"2", "2"}
	for i, tt := range []struct{ key, value, written string }{
		{"train.imgsz", "320", ""},
		{"train.epochs", "7", ""},
		{"train.extra", "--cos-lr", ""},
		{"train.batch", "4", "batch_size=4"},
		{"train.workers", "1", "workers=1"},
		{"train.cache", "ram", `cache="ram"`},
		{"train.cache", "no", "cache=null"},
		{"train.device", "cpu", `device="cpu"`},
		{"weights", "", ""},
	} {
		if err := p.Set("train.epochs", strconv.Itoa(10+i)); err != nil {
			t.Fatal(err)
		}
		f.exit = 137
		if _, err := run(t, p, f, journey.Train); err == nil {
			t.Fatal("a killed training went well")
		}
		f.exit, f.options = 0, nil
		if err := p.Set(tt.key, tt.value); err != nil {
			t.Fatal(err)
		}
		face, err := run(t, p, f, journey.Train)
		if err != nil || f.started != 2*(i+1) {
			t.Fatalf("%s: %v, %d started", tt.key, err, f.started)
		}
		if goesOn := len(face.notes(wizard.NoteResume)) == 1; goesOn != (tt.written != "") {
			t.Errorf("%s: goes on: %v", tt.key, goesOn)
		}
		if tt.written == "" {
			continue
		}
		folder := p.Journey().Of(journey.Train).Evidence.Fact("run")
		if len(f.options) < 2 || f.options[0] != folder+"/opt.yaml" || !slices.Contains(f.options[1:], tt.written) {
			t.Errorf("%s: %q", tt.key, f.options)
		}
		option := strings.TrimPrefix(tt.key, "train.")
		for _, d := range p.Beginning().Decisions {
			if want := strings.TrimPrefix(tt.value, "no"); d.Option == option && d.Value != want {
				t.Errorf("the decision says %+v", d)
			}
		}
		// Of a training that is done, it is another one.
		if err := p.Set(tt.key, map[string]string{"train.batch": "8", "train.workers": "2", "train.cache": "disk", "train.device": "0"}[tt.key]); err != nil {
			t.Fatal(err)
		}
		face, err = run(t, p, f, journey.Train)
		if err != nil || len(face.notes(wizard.NoteResume)) > 0 {
			t.Errorf("%s: %v, notes %v", tt.key, err, face.notes(wizard.NoteResume))
		}
		f.started--
	}
}

// TestStrippingFails holds that a model that could not be given its final form
// is not called done, and that it is tried again.
func TestStrippingFails(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	f.exit = 1
	f.log = strings.Replace(healthyLog, "1 epochs completed", "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n1 epochs completed", 1)
	_, err := run(t, p, f, journey.Train)
	if failed, ok := problem.As(err); !ok || failed.Code != wizard.TrainingFailed {
		t.Fatal(err)
	}
	f.checkpoints, f.stripExit = [2]string{"done", "99"}, 1
	if _, err := run(t, p, f, journey.Train); err == nil || p.Journey().Of(journey.Train).State != journey.Failed {
		t.Errorf("%v, the step is %s", err, p.Journey().Of(journey.Train).State)
	}
	f.stripExit = 0
	if _, err := run(t, p, f, journey.Train); err != nil || f.started != 1 || f.stripped != 2 {
		t.Errorf("%v, %d trainings started, %d times stripped", err, f.started, f.stripped)
	}
}
