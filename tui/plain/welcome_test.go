package plain_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/lesson"
	"gpuwizard/core/recent"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
)

func TestWelcome(t *testing.T) {
	real := newProject(t).Dir()
	top := t.TempDir()
	chosen := filepath.Join(top, "b", "pictures")
	for _, dir := range []string{filepath.Join(top, "a"), chosen} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(chosen, os.DirFS(filepath.Join(real, "train_data"))); err != nil {
		t.Fatal(err)
	}
	places := plain.Places{
		Here: top, Recent: []recent.Project{{Dir: real, Opened: time.Now()}},
		Practice:   func() (*wizard.Project, error) { return wizard.Open(filepath.Join(top, "a")) },
		TakeLesson: func(l *lesson.Lesson) (*wizard.Project, error) { return wizard.Open(filepath.Join(top, "a")) },
	}
	for _, test := range []struct {
		name, typed, dir string
		says             []string
	}{
		{"here", "\n", top, []string{"1) Start in this folder", "2) Practise first", "3) Take a lesson", "4) New project", "5) " + real, "next: Choose region"}},
		{"practice", "2\n", filepath.Join(top, "a"), nil},
		{"a lesson", "3\n2\n", filepath.Join(top, "a"), []string{"1) Train a person detector", "2) Find and mend the data (11 tasks, 7 of them questions"}},
		{"no lesson after all", "3\n4\n\n", top, nil},
		{"a project of before", "5\n", real, nil},
		{"a folder, by numbers", "4\n3\n2\n4\n3\n1\n", filepath.Join(top, "b"), []string{"Choose a folder: " + top, "no pictures", "3) a", "4) b", "3) pictures", "4 pictures, 4 label files"}},
		{"a folder, by letters of its name", "4\n5\nB\n3\n1\n", filepath.Join(top, "b"), []string{"5) type a path, or some letters", "3) b\n  4) type a path"}},
		{"a folder that is not there, then cancelled", "4\n5\nnowhere\n6\n1\n", top, []string{"cannot be opened"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, out := console(plain.Options{}, strings.NewReader(test.typed))
			p, err := c.Welcome(t.Context(), places)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if p == nil || p.Dir() != test.dir {
				t.Errorf("chose %v, want %s:\n%s", p, test.dir, out)
			}
			for _, want := range test.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
		})
	}
	// Nobody is there: the folder at hand.
	c, _ := console(plain.Options{}, strings.NewReader(""))
	if p, err := c.Welcome(t.Context(), places); p != nil || err != nil {
		t.Errorf("%v, %v", p, err)
	}
	c, out := console(plain.Options{JSON: true}, strings.NewReader(""))
	if p, err := c.Welcome(t.Context(), places); p != nil || err != nil || out.Len() > 0 {
		t.Errorf("%v, %v: %s", p, err, out)
	}
}
