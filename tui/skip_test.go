package tui

import (
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

func TestTheLookAtThePicturesIsSkipped(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{}).open()
	d.m.show(journey.Check)
	d.m.screens[journey.Check].Begin()
	survey := p.Survey()
	progress := func(phase dataset.Phase) wizard.Event {
		return wizard.Event{Step: journey.Check, Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: string(phase), Files: 1, FilesTotal: 4}}
	}
	d.send(eventsMsg{{Step: journey.Check, Kind: wizard.KindSurvey, Survey: survey}, progress(dataset.Reading)})
	d.press("s") // means nothing yet
	d.send(eventsMsg{progress(dataset.Decoding)})
	d.see("skip the rest")
	set, err := survey.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if l, err := survey.Look(t.Context()); err != nil || len(l.Skipped) > 0 {
		t.Errorf("skipped too early: %v, %v", l, err)
	}
	d.press("s")
	if l, err := survey.Look(t.Context()); err != nil || len(l.Skipped) != len(set.Items) {
		t.Errorf("%v, %v", l, err)
	}
}
