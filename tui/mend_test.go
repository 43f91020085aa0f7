package tui

import (
	"strings"
	"testing"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/wizard"
)

// noWeights is a hurdle that harms a training and can be taken away.
func noWeights(state preflight.State) preflight.Hurdle {
	return preflight.Hurdle{
		Check: preflight.HurdleNoWeights, Severity: dataset.Harms, State: state, By: dataset.MendAsk,
		Remedy: &journey.Remedy{Kind: journey.RemedyAnswer, Key: "weights"}, Args: map[string]string{"file": "yolov5n.pt"},
	}
}

// Whether to take a hurdle away is asked before the training begins, and a
// training does not wait for ever for the answer.
func TestMendBeforeTheTraining(t *testing.T) {
	for _, tt := range []struct {
		name     string
		patience time.Duration
		keys     []string
		want     bool
	}{
		{"by its key", time.Hour, []string{"m"}, true},
		{"chosen", time.Hour, []string{"up", "enter"}, true},
		{"Enter changes nothing", time.Hour, []string{"enter"}, false},
		{"left", time.Hour, []string{"esc"}, false},
		{"nobody there", time.Millisecond, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, newProject(t), Options{}).open()
			d.m.face.patience = tt.patience
			got := make(chan bool, 1)
			go func() {
				yes, err := d.m.face.Mend(d.m.ctx, noWeights(preflight.Found))
				if err != nil {
					t.Error(err)
				}
				got <- yes
			}()
			if tt.keys != nil {
				d.see("train from scratch")
				d.press(tt.keys...)
			}
			d.wait("the question is over", func() bool { return len(got) == 1 && d.m.dialog == nil })
			if yes := <-got; yes != tt.want {
				t.Errorf("got %v", yes)
			}
		})
	}
	d := drive(t, newProject(t), Options{})
	ends := noWeights(preflight.Found)
	ends.Severity = dataset.Ruins
	if yes, err := d.m.face.Mend(t.Context(), ends); yes || err != nil {
		t.Errorf("of what ends the training the failed step's screen asks: %v, %v", yes, err)
	}
}

// Under a training that runs nothing is changed: its screen says why, and when
// it can be.
func TestNoMendingUnderATraining(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	pretend(d, journey.Train, training(3)...)
	d.press("m")
	if strings.Contains(d.m.View(), "the next start asks again") {
		t.Error("there is nothing to mend")
	}
	stays := noWeights(preflight.Stays)
	d.m.tell([]wizard.Event{{Step: journey.Train, Kind: wizard.KindHurdle, Hurdle: &stays}})
	d.see("m mend")
	d.press("m")
	d.see("if it fails of this, the mend is offered then")
	if !d.m.screens[journey.Train].Working() {
		t.Error("the training is not watched any more")
	}
}

// What was taken care of does not stand there as a warning as well.
func TestMendedHurdleIsNoWarning(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	h := preflight.Hurdle{Check: preflight.HurdleShm, Severity: dataset.Harms, State: preflight.Found, By: dataset.MendAuto, Args: map[string]string{"free": "67108864"}}
	pretend(d, journey.Train, append(connected(), wizard.Event{Kind: wizard.KindHurdle, Hurdle: &h})...)
	d.see("harmful: The shared memory")
	h.State = preflight.Mended
	d.m.tell([]wizard.Event{{Step: journey.Train, Kind: wizard.KindHurdle, Hurdle: &h}})
	d.see("taken care of")
	if strings.Contains(d.m.View(), "harmful: ") {
		t.Errorf("the warning stands beside it:\n%s", d.m.View())
	}
}
