package tui

import (
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// A training is watched with its costs, its guard and its curves.
func TestWatchATraining(t *testing.T) {
	p := newProject(t)
	for key, value := range map[string]string{"login": loginLine, "price.per_hour": "1.88", "price.budget": "10"} {
		if err := p.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	in, d := atTraining(t, p)
	d.see("in 5 h (budget)")
	d.see("best: epoch 2")
	d.press("v")
	d.see("losses")
	d.press("v")
	d.see("m mAP50")

	// The guard is asked for more time, and says itself that it waits.
	d.press("e")
	d.see("Asking the guard")
	d.see("in 6 h (budget)")
	if got := time.Duration(in.extended.Load()); got != time.Hour {
		t.Errorf("the guard was told to wait %s longer", got)
	}

	// The meter runs on between two tellings, also away from the training.
	d.see("● CNY 1.88/h, CNY 0.0")
	d.m.common.Now = func() time.Time { return noon.Add(2 * time.Hour) }
	d.press("1")
	d.see("● CNY 1.88/h, CNY 3.7")
	d.press("6")
	in.running.Store(false)
	d.wait("the training is done", func() bool { return d.m.journey.Of(journey.Train).State == journey.Done })
	d.press("v")
	if view := d.m.View(); !strings.Contains(view, "losses") {
		t.Errorf("the curves of a training that is over:\n%s", view)
	}
}

// Each line of a meter, a guard and a standing that is not known is left out.
func TestTrainingWithoutFigures(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	pretend(d, journey.Train, wizard.Event{Kind: wizard.KindLog, Line: "a line"})
	d.press("v", "e")
	d.see("There is no guard")
	checkFrame(t, d.m.View(), 80, 24)
}
