package wizard_test

import (
	"os"
	"path/filepath"
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
	for _, test := range []struct{ choose, dir, data string }{
		{filepath.Join(fresh, "my_data"), fresh, "my_data"},
		{fresh, fresh, "my_data"},
		{second, second, "."}, // the folder around is the project of my_data
		{filepath.Join(fresh, "my_data"), fresh, "my_data"},
		{filepath.Join(home, "train_data"), filepath.Join(home, "train_data"), "."},
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
