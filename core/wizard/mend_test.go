package wizard_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/planted"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// spoiled is a project whose data have a planted defect.
func spoiled(t *testing.T, name string) *wizard.Project {
	t.Helper()
	p := newProject(t)
	whole, err := wholeSample()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(p.Dir(), "train_data")
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(data, os.DirFS(whole)); err != nil {
		t.Fatal(err)
	}
	defects := planted.Defects()
	at := slices.IndexFunc(defects, func(d planted.Defect) bool { return d.Name == name })
	if at < 0 {
		var names []string
		for _, d := range defects {
			names = append(names, d.Name)
		}
		t.Fatalf("no defect %q among %s", name, strings.Join(names, ", "))
	}
	if err := defects[at].Plant(data); err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(p *wizard.Project, step journey.Step) string {
	var all []string
	for _, q := range p.Questions(step) {
		all = append(all, q.Key)
	}
	return strings.Join(all, " ")
}

// TestDefectsThatAPersonDecidesOn holds that the question about a mend is asked
// only where its defect was found, and that the answer takes effect.
func TestDefectsThatAPersonDecidesOn(t *testing.T) {
	t.Parallel()
	t.Run("clean data ask nothing", func(t *testing.T) {
		p := newProject(t)
		if _, err := run(t, p, newFake(), journey.Check); err != nil {
			t.Fatal(err)
		}
		if got := keys(p, journey.Convert); got != "classes" {
			t.Errorf("asked: %s", got)
		}
	})
	t.Run("difficult objects", func(t *testing.T) {
		p := spoiled(t, "difficult")
		boxes := map[string]string{}
		for _, answer := range []string{"keep", "skip"} {
			if answer == "skip" {
				if got := keys(p, journey.Convert); !strings.Contains(got, "mend.difficult") {
					t.Errorf("asked: %s", got)
				}
				if err := p.Set("mend.difficult", answer); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := run(t, p, newFake(), journey.Convert); err != nil {
				t.Fatal(err)
			}
			boxes[answer] = p.Journey().Of(journey.Convert).Evidence.Fact("boxes")
		}
		if boxes["keep"] == boxes["skip"] {
			t.Errorf("boxes %v", boxes)
		}
	})
	t.Run("leak", func(t *testing.T) {
		p := spoiled(t, "leak")
		if _, err := run(t, p, newFake(), journey.Check); err != nil {
			t.Fatal(err)
		}
		if got := keys(p, journey.Convert); !strings.Contains(got, "mend.split") {
			t.Errorf("asked: %s", got)
		}
		if err := p.Set("mend.split", "new"); err != nil {
			t.Fatal(err)
		}
		face, err := run(t, p, newFake(), journey.Convert)
		if err != nil || len(face.notes(wizard.NoteSplit)) != 1 {
			t.Errorf("%v, notes %v", err, face.notes(wizard.NoteSplit))
		}
	})
}

func TestClassesKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if _, err := run(t, p, newFake(), journey.Convert); err != nil {
		t.Fatal(err)
	}
	if plan := p.Plan(); !plan.Given("classes") || plan.Get("classes") != "person" {
		t.Errorf("classes in the plan: %q", plan.Get("classes"))
	}
	// A class that comes before the others by name does not move them.
	labels, _ := filepath.Glob(filepath.Join(p.Dir(), "train_data", "train", "*.xml"))
	data, err := os.ReadFile(labels[0])
	if err != nil {
		t.Fatal(err)
	}
	write(t, labels[0], strings.Replace(string(data), "<name>person</name>", "<name>dog</name>", 1))
	verify(t, p, "done stale stale todo todo todo todo")
	if _, err = run(t, p, newFake(), journey.Convert); err == nil {
		t.Fatal("a class without a number was converted")
	}
	if err := p.Set("classes", "person, dog"); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, p, newFake(), journey.Convert); err != nil {
		t.Fatal(err)
	}
}

func TestDataThatWouldRuinTheTraining(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	labels, _ := filepath.Glob(filepath.Join(p.Dir(), "train_data", "*", "*.xml"))
	for _, name := range labels {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Set("data", "train_data"); err != nil {
		t.Fatal(err)
	}
	err := p.Run(context.Background(), journey.Check, wizard.Env{Face: &fakeFace{}})
	if err == nil {
		err = p.Run(context.Background(), journey.Region, wizard.Env{Face: &fakeFace{}})
	}
	if pr, ok := problem.As(err); !ok || pr.Code != wizard.DataSpoiled || pr.Args["check"] != "no-labels" {
		t.Errorf("got %v", err)
	}
	if s := p.Journey().Of(journey.Check).State; s != journey.Failed {
		t.Errorf("the step is %s", s)
	}
}

// A label that cannot be read is told with its line, and the other faults too:
// nobody is to meet them one a run.
func TestBrokenLabelsHideNoOtherFault(t *testing.T) {
	t.Parallel()
	p := spoiled(t, "broken-annotation")
	label := filepath.Join(p.Dir(), "train_data", "train", "person-002.xml")
	text, err := os.ReadFile(label)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(label, []byte(strings.ReplaceAll(string(text), "<name>person", "<name>perrson")), 0o644); err != nil {
		t.Fatal(err)
	}
	face := &fakeFace{}
	if err := p.Run(t.Context(), journey.Region, wizard.Env{Face: face}); err != nil {
		t.Fatal(err)
	}
	err = p.Run(t.Context(), journey.Check, wizard.Env{Face: face})
	broken, ok := problem.As(err)
	if !ok || broken.Code != dataset.BrokenAnnotation || broken.Args["line"] == "" {
		t.Fatalf("got %v", err)
	}
	told := map[string]string{}
	for _, e := range face.events {
		if e.Code == wizard.NoteFinding {
			told[e.Args["check"]+"/"+e.Args["kind"]] = e.Args["files"]
		}
	}
	if told["unreadable/label"] != "train/person-009.xml:"+broken.Args["line"] || told["class-names/typo"] != "train/person-002.xml" {
		t.Errorf("told of %v", told)
	}
	if len(p.Findings()) != len(told) || !strings.Contains(keys(p, journey.Convert), "mend.merge") {
		t.Errorf("kept %v, asks %s", p.Findings(), keys(p, journey.Convert))
	}
	if s := p.Journey().Of(journey.Check).State; s != journey.Failed {
		t.Errorf("the step is %s", s)
	}
}

// skipFace has seen enough as soon as pictures are decoded.
type skipFace struct {
	fakeFace
	survey *dataset.Survey
}

func (f *skipFace) Tell(e wizard.Event) {
	switch {
	case e.Kind == wizard.KindSurvey:
		f.survey = e.Survey
	case e.Kind == wizard.KindProgress && e.Progress.Phase == string(dataset.Decoding):
		f.survey.Skip()
	}
	f.fakeFace.Tell(e)
}

func TestTheLookAtThePicturesSkipped(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	found := func() int {
		for _, f := range p.Findings() {
			if f.Check == dataset.NotLooked {
				return len(f.Files)
			}
		}
		return 0
	}
	if _, err := run(t, p, newFake(), journey.Region); err != nil {
		t.Fatal(err)
	}
	face := &skipFace{}
	if err := p.Run(t.Context(), journey.Check, wizard.Env{Face: face}); err != nil {
		t.Fatal(err)
	}
	if n := found(); n == 0 || n == sampled || !face.survey.View().Final {
		t.Errorf("%d pictures are named as not looked at", n)
	}
	// Converting takes that for an answer.
	other := &fakeFace{}
	if err := p.Run(t.Context(), journey.Convert, wizard.Env{Face: other}); err != nil {
		t.Fatal(err)
	}
	for _, e := range other.events {
		if e.Kind == wizard.KindProgress && e.Progress.Phase == string(dataset.Decoding) {
			t.Fatal("pictures were decoded after all")
		}
	}
	// Checking again does not.
	if err := p.Run(t.Context(), journey.Check, wizard.Env{Face: &fakeFace{}}); err != nil {
		t.Fatal(err)
	}
	if n := found(); n != 0 {
		t.Errorf("still %d pictures", n)
	}
	// Whoever wants to look at the data may do so by themselves.
	s := p.Survey()
	if set, err := s.Read(t.Context()); err != nil || len(set.Items) != sampled {
		t.Errorf("%v, %v", set, err)
	}
}
