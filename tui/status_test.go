package tui

import (
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// An instance that was seen to be off is said to be off, and costs nothing,
// until it is met again: whether it has a GPU then or not.
func TestSeenOffUntilMetAgain(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	if err := d.m.project.Set("price.per_hour", "1.88"); err != nil {
		t.Fatal(err)
	}
	d.m.refresh()
	const off, costs = "seen to be off", "so far"
	says := func(when string, words string, wanted bool) {
		t.Helper()
		if status := d.m.status(); strings.Contains(status, words) != wanted {
			t.Errorf("%s: %q in %q: want %t", when, words, status, wanted)
		}
	}
	pretend(d, journey.Download, connected()...)
	says("connected", off, false)
	says("connected", costs, true)
	finish(d, journey.Download, nil, map[string]string{"host": "a.example", "instance": "seen-off"})
	says("after the download", off, true)
	says("after the download", costs, false)

	pretend(d, journey.Upload, noteOf(wizard.NoteConnected, "host", "a.example"), costing(time.Minute))
	says("met without its GPU", off, false)
	says("met without its GPU", costs, true)
	finish(d, journey.Upload, nil, map[string]string{"host": "a.example"})
	for i := range d.m.journey.Steps {
		if s := &d.m.journey.Steps[i]; s.Step == journey.Upload {
			s.Evidence.Began = noon.Add(time.Hour)
		}
	}
	says("after it was met again", off, false)
	says("after it was met again", costs, true)
}
