package tui

import (
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// The pictures can be looked at while a step reads them, and without a step.
func TestThePicturesWhileTheyAreRead(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{}).open()
	survey := p.Survey()
	pretend(d, journey.Check)
	d.send(eventsMsg{{Step: journey.Check, Kind: wizard.KindSurvey, Survey: survey}})
	d.press("d")
	d.see("Nothing found yet")
	if _, err := survey.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.send(tickMsg{})
	d.see("no faults found")
	d.see("1 of 6")
	d.see("64 x 48, 1 box   ━ person 1")
	before := d.m.View()
	d.press("right")
	d.see("2 of 6")
	d.press("left", "+")
	d.see("2:1")
	d.wait("the picture is drawn anew", func() bool { return d.m.View() != before })
	d.press("tab")
	d.see("training 3   validation 3")
	d.see("256-640 pixels")
	d.press("esc")
	if d.m.browser != nil || d.m.running != journey.Check {
		t.Error("the browser stays, or the step was stopped")
	}
}

func TestThePicturesOfAFinding(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	lookAtData(t, d)
	if n := len(d.m.browser.view.Findings); n < 2 {
		t.Fatalf("%d findings", n)
	}
	seen := map[string]bool{}
	for range d.m.browser.view.Findings {
		file := d.m.browser.asked
		d.wait("the picture is there", func() bool { return d.m.browser.shown.file == file })
		seen[file] = true
		d.press("down")
	}
	if !seen["train/JPEGImages/alone.png"] || !seen["train/Annotations/beyond.xml"] {
		t.Errorf("seen: %v", seen)
	}
	// Without colours the box is drawn in letters.
	if view := d.m.View(); !strings.Contains(view, "+--") || !strings.Contains(view, "|") {
		t.Errorf("no box in\n%s", view)
	}
	d.press("d", "d")
	d.see("Findings")
}

func TestNoPicturesToLookAt(t *testing.T) {
	p := newProject(t)
	if err := p.Set("data", "no_such_folder"); err != nil {
		t.Fatal(err)
	}
	d := drive(t, p, Options{}).open()
	d.press("2", "d")
	d.see("There is no folder")
	if d.m.browser != nil {
		t.Error("the browser is open on nothing")
	}
}

func TestSizesOfBoxes(t *testing.T) {
	var counts [len(sizeEnds) + 1]int
	it := dataset.Item{LabelWidth: 640, LabelHeight: 480}
	for _, side := range []float64{4, 15.9, 16, 100, 300, 640} {
		it.Boxes = append(it.Boxes, dataset.Box{XMax: side, YMax: side})
	}
	it.Boxes = append(it.Boxes, dataset.Box{XMin: 9, XMax: 3, YMax: 10}) // reversed
	count(&it, &counts)
	if counts != [...]int{3, 1, 0, 1, 0, 2} {
		t.Errorf("%v", counts)
	}
}
