package plain_test

import (
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
)

func TestCtrlCSkipsTheLookAlone(t *testing.T) {
	var skip func()
	given := 0
	c, out := console(plain.Options{OnInterrupt: func(f func()) func() {
		skip = f
		return func() { given++ }
	}}, strings.NewReader(""))
	p := newProject(t)
	survey := p.Survey()
	progress := func(phase dataset.Phase) wizard.Event {
		return wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: string(phase), Files: 1, FilesTotal: 4}}
	}
	c.Tell(wizard.Event{Kind: wizard.KindSurvey, Survey: survey})
	c.Tell(progress(dataset.Reading))
	if skip != nil {
		t.Fatal("Ctrl-C is taken while the labels are read")
	}
	c.Tell(progress(dataset.Decoding))
	c.Tell(progress(dataset.Comparing))
	if skip == nil || given > 0 {
		t.Fatal("Ctrl-C is not taken")
	}
	skip()
	if !strings.Contains(out.String(), "once more ends the program") {
		t.Errorf("said %q", out)
	}
	c.Tell(wizard.Event{Kind: wizard.KindEnd})
	if given != 1 {
		t.Errorf("given back %d times", given)
	}
	if _, err := survey.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l, err := survey.Look(t.Context()); err != nil || len(l.Skipped) != 4 {
		t.Errorf("%+v, %v", l, err)
	}
}
