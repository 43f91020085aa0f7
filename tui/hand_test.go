package tui

import (
	"os"
	"path/filepath"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// A step done by hand on the screens: what is wrong is told, hints come one by
// one and are offered after three looks in vain, and what is right counts like
// a step done by the wizard.
func TestStepByHand(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{}).open()
	done := func(step journey.Step) func() bool {
		return func() bool { return d.m.atRest() && d.m.journey.Of(step).State == journey.Done }
	}
	d.press("y")
	d.see("Register at the panel")
	d.press("esc", "enter")
	d.wait("the region is chosen", done(journey.Region))
	d.press("enter", "enter")
	d.wait("the data are checked", done(journey.Check))
	d.press("enter", "enter")
	d.wait("the labels are converted", done(journey.Convert))
	// The student's own folder: what the wizard made, under another name.
	mine := filepath.Join(p.Dir(), "mine")
	if err := os.Rename(filepath.Join(p.Dir(), "prepared", "dataset"), mine); err != nil {
		t.Fatal(err)
	}
	d.m.project, _ = wizard.Open(p.Dir())
	d.m.refresh()
	d.press("y")
	d.see("one txt file per")
	d.see("by hand")
	for i := range wizard.HintEvery {
		d.press("enter")
		d.wait("it was looked at", func() bool { return d.m.atRest() })
		d.see("No folder with the labels was found")
		if i == 0 {
			d.press("h")
			d.see("Hint 1 of 3")
		}
	}
	d.see("Would a hint help")
	// Where it lies.
	d.press("down", "down", "down", "enter", "mine", "enter")
	d.see("in mine")
	cut := filepath.Join(mine, "labels", "train", "train0.txt")
	label := readFile(t, cut)
	writeFile(t, cut, "1"+label[1:])
	d.press("enter")
	d.wait("it was looked at", func() bool { return d.m.atRest() })
	d.see("the class's number is 1 and should be 0")
	writeFile(t, cut, label)
	d.press("enter")
	d.wait("it holds", done(journey.Convert))
	if e := d.m.journey.Of(journey.Convert).Evidence; !e.ByHand {
		t.Errorf("the evidence is not by hand: %+v", e)
	}
	d.see("What you did by hand holds")
	// The overview says so, and looks again when it is asked to.
	d.press("o")
	d.see("done by hand, and verified")
	if err := os.Remove(filepath.Join(p.Dir(), "prepared", "dataset", "labels", "train", "train0.txt")); err != nil {
		t.Fatal(err)
	}
	d.wait("the first look has ended", d.m.atRest)
	d.press("r")
	d.see("prepared/dataset/labels/train/train0.txt")
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
