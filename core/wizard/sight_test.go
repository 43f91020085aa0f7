package wizard_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

func TestLookAt(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	s := wizard.LookAt(p.Dir())
	if len(s.Data) != 1 || s.Data[0] != "train_data" || s.IsData || !s.Code || s.Pictures == 0 || s.Labels == 0 || s.More {
		t.Errorf("the folder around: %+v", s)
	}
	if s := wizard.LookAt(filepath.Join(p.Dir(), "train_data")); !s.IsData || s.Code {
		t.Errorf("the data: %+v", s)
	}
	// What a rehearsal beside it is made of is no data of the person's.
	around := t.TempDir()
	if err := os.CopyFS(filepath.Join(around, "gpuwizard-practice"), os.DirFS(p.Dir())); err != nil {
		t.Fatal(err)
	}
	if s := wizard.LookAt(around); len(s.Data) > 0 || s.Code {
		t.Errorf("a folder with a project in it: %+v", s)
	}
	if s := wizard.LookAt(t.TempDir()); s.IsData || s.Project || len(s.Data) > 0 || s.Pictures > 0 {
		t.Errorf("an empty folder: %+v", s)
	}
	if s := wizard.LookAt(filepath.Join(p.Dir(), "nowhere")); s.IsData || s.Pictures > 0 {
		t.Errorf("no folder: %+v", s)
	}
}

// Whoever chooses the labelled pictures gets a project around them.
func TestOpenFor(t *testing.T) {
	dir := newProject(t).Dir()
	fresh := filepath.Join(dir, "fresh")
	if err := os.CopyFS(filepath.Join(fresh, "my_data"), os.DirFS(filepath.Join(dir, "train_data"))); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(dir, "home")
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if err := os.CopyFS(filepath.Join(home, "train_data"), os.DirFS(filepath.Join(dir, "train_data"))); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(fresh, "other data")
	if err := os.CopyFS(second, os.DirFS(filepath.Join(dir, "train_data"))); err != nil {
		t.Fatal(err)
	}
	// The parts of a data set and the code, all in one folder.
	together := filepath.Join(t.TempDir(), "together")
	for from, to := range map[string]string{"train_data": ".", "yolov5_code": "yolov5_code"} {
		if err := os.CopyFS(filepath.Join(together, to), os.DirFS(filepath.Join(dir, from))); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ choose, dir, data string }{
		{filepath.Join(fresh, "my_data"), fresh, "my_data"},
		{fresh, fresh, "my_data"},
		{second, second, "."}, // the folder around is the project of my_data
		{filepath.Join(fresh, "my_data"), fresh, "my_data"},
		{filepath.Join(home, "train_data"), filepath.Join(home, "train_data"), "."},
		{together, together, "."},
	} {
		p, err := wizard.OpenFor(test.choose)
		if err != nil {
			t.Fatal(err)
		}
		if p.Dir() != test.dir || p.Plan().Data != test.data {
			t.Errorf("%s: project in %s, data %q", test.choose, p.Dir(), p.Plan().Data)
		}
		if err := p.Run(t.Context(), journey.Check, wizard.Env{Face: &fakeFace{}}); err != nil {
			t.Errorf("%s: the check fails: %v", test.choose, err)
		}
	}
	if _, err := wizard.OpenFor(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("opened a folder that is not there")
	}
}

func TestFindProject(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if err := p.Set("name", "x"); err != nil {
		t.Fatal(err)
	}
	if got, ok := wizard.FindProject(filepath.Join(p.Dir(), "train_data")); !ok || got != p.Dir() {
		t.Errorf("from below: %q, %v", got, ok)
	}
	if got, ok := wizard.FindProject(t.TempDir()); ok {
		t.Errorf("found %q", got)
	}
}

// A second folder of pictures beside a first has its project inside itself: the
// code that lies beside both is found, and told where. What is in the project
// comes first.
func TestCodeBesideTheData(t *testing.T) {
	t.Parallel()
	dir := newProject(t).Dir()
	first, err := wizard.OpenFor(filepath.Join(dir, "train_data"))
	if err != nil {
		t.Fatal(err)
	}
	if got := first.Plan().Code.Folder; first.Dir() != dir || got != "yolov5_code" {
		t.Fatalf("the first project is in %s, with %q", first.Dir(), got)
	}
	if err := first.Set("data", "train_data"); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(dir, "more pictures")
	if err := os.CopyFS(second, os.DirFS(filepath.Join(dir, "train_data"))); err != nil {
		t.Fatal(err)
	}
	p, err := wizard.OpenFor(second)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Plan().Code.Folder; p.Dir() != second || got != "../yolov5_code" {
		t.Fatalf("the second project is in %s, with %q", p.Dir(), got)
	}
	questions := p.Questions(journey.Classes)
	at := slices.IndexFunc(questions, func(q wizard.Question) bool { return q.Key == "code.folder" })
	if q := questions[at]; q.Default != "../yolov5_code" || len(q.Choices) != 1 || q.Choices[0].Args["beside"] != dir {
		t.Errorf("asked as %+v", q)
	}
	face := &fakeFace{}
	for _, step := range []journey.Step{journey.Region, journey.Check, journey.Convert, journey.Classes} {
		if err := p.Run(t.Context(), step, wizard.Env{Face: face}); err != nil {
			t.Fatal(err)
		}
	}
	told := slices.IndexFunc(face.events, func(e wizard.Event) bool { return e.Code == wizard.NoteCodeBeside })
	if told < 0 || face.events[told].Args["path"] != filepath.Join(dir, "yolov5_code") {
		t.Errorf("where the code was found is not told: %d", told)
	}
	if _, err := p.Verify(t.Context()); err != nil || p.Journey().Of(journey.Classes).State != journey.Done {
		t.Errorf("afterwards %+v, %v", p.Journey().Of(journey.Classes), err)
	}
	// Its own zip comes before what lies beside it, and its own folder before that.
	if err := os.WriteFile(filepath.Join(second, "yolov5-7.0.zip"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if c := p.Plan().Code; c.Zip != "yolov5-7.0.zip" || c.Folder != "" {
		t.Errorf("with a zip of its own: %+v", c)
	}
	if err := os.CopyFS(filepath.Join(second, "mine"), os.DirFS(filepath.Join(dir, "yolov5_code"))); err != nil {
		t.Fatal(err)
	}
	if c := p.Plan().Code; c.Folder != "mine" || c.Zip != "" {
		t.Errorf("with a folder of its own: %+v", c)
	}
	// Without a folder, a zip beside the data does as well.
	if err := os.RemoveAll(filepath.Join(second, "mine")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		os.Rename(filepath.Join(second, "yolov5-7.0.zip"), filepath.Join(dir, "yolov5-7.0.zip")),
		os.RemoveAll(filepath.Join(dir, "yolov5_code")),
	); err != nil {
		t.Fatal(err)
	}
	if c := p.Plan().Code; c.Zip != "../yolov5-7.0.zip" || c.Folder != "" {
		t.Errorf("with a zip beside: %+v", c)
	}
}
