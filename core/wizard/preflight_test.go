package wizard_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// TestHurdleStopsTheTraining holds that what would end a training is found
// before it starts, that its remedy is offered, and that applying it goes on.
func TestHurdleStopsTheTraining(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sight string
		check preflight.Check
		kind  journey.RemedyKind
	}{
		"class count":       {`{"torch": "2.1.0", "cuda_ready": true, "cfg_yaml": "nc: 80\n"}`, preflight.HurdleClasses, journey.RemedyRedo},
		"label folder":      {`{"torch": "2.1.0", "cuda_ready": true, "data_yaml": "path: /root/autodl-tmp/gpuwizard-person/dataset\ntrain: images/train\nval: images/val\nnames: [person]\n", "Sets": {"train": {"path": "/d", "exists": true, "pictures": 9, "labels": 0, "top": -1}}}`, preflight.HurdleLabels, journey.RemedyRedo},
		"truncated weights": {`{"torch": "2.1.0", "cuda_ready": true, "Weights": {"exists": true, "bytes": 9, "zip": true, "whole": false}}`, preflight.HurdleWeights, journey.RemedyRedo},
		"torch and card":    {`{"torch": "1.7.0", "cuda_ready": true, "archs": ["sm_70"], "gpus": [{"name": "x", "capability": "86", "bytes": 9}]}`, preflight.HurdleArch, journey.RemedyAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			f := newFake()
			f.sight = tt.sight
			_, err := run(t, p, f, journey.Train)
			found, ok := problem.As(err)
			if !ok || found.Code != wizard.HurdleLeft || found.Args["check"] != string(tt.check) || f.started != 0 {
				t.Fatalf("%v, %d trainings started", err, f.started)
			}
			r := p.Remedy()
			if r == nil || r.Kind != tt.kind {
				t.Fatalf("remedy %+v", r)
			}
			f.sight = healthySight
			if err := p.ApplyMend(t.Context(), wizard.Env{Connect: f.connect, Face: &fakeFace{}}); err != nil || f.started != 1 {
				t.Errorf("%v, %d trainings started", err, f.started)
			}
		})
	}
}

// TestOldCodeIsAdaptedOnce holds that code which is older than its libraries is
// adapted and then trained with: by the libraries alone it looks the same after.
func TestOldCodeIsAdaptedOnce(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	f.sight = `{"torch": "2.1.0", "cuda_ready": true, "numpy": "1.26.4", "pillow": "10.0", "trapz": false}`
	face, err := run(t, p, f, journey.Train)
	if err != nil || f.started != 1 || f.looks != 2 {
		t.Errorf("%v, %d trainings started, looked %d times", err, f.started, f.looks)
	}
	var states []preflight.State
	for _, e := range face.events {
		if e.Kind == wizard.KindHurdle && e.Hurdle.Check == preflight.HurdleOldCode {
			states = append(states, e.Hurdle.State)
		}
	}
	if !slices.Equal(states, []preflight.State{preflight.Found, preflight.Mended}) {
		t.Errorf("told %v", states)
	}
}

// mender answers whether to take a hurdle away.
type mender struct {
	fakeFace
	yes   bool
	asked []preflight.Hurdle
}

func (m *mender) Mend(_ context.Context, h preflight.Hurdle) (bool, error) {
	m.asked = append(m.asked, h)
	return m.yes, nil
}

// TestHarmfulHurdleIsAsked holds that what would harm a training without ending
// it is asked about before the training begins, and that it begins either way.
func TestHarmfulHurdleIsAsked(t *testing.T) {
	for _, yes := range []bool{true, false} {
		p := newProject(t)
		if err := os.Remove(filepath.Join(p.Dir(), "yolov5n.pt")); err != nil {
			t.Fatal(err)
		}
		f := newFake()
		f.sight = `{"torch": "2.1.0", "cuda_ready": true, "Weights": {"exists": false}}`
		face := &mender{yes: yes}
		for _, step := range journey.Steps()[:6] {
			if err := p.Run(t.Context(), step, wizard.Env{Connect: f.connect, Face: face}); err != nil {
				t.Fatal(err)
			}
		}
		if len(face.asked) != 1 || face.asked[0].Check != preflight.HurdleNoWeights || f.started != 1 {
			t.Errorf("asked of %+v, %d trainings started", face.asked, f.started)
		}
		stays := slices.ContainsFunc(face.events, func(e wizard.Event) bool {
			return e.Kind == wizard.KindHurdle && e.Hurdle.State == preflight.Stays && e.Hurdle.Asks()
		})
		if scratch := p.Plan().Weights == ""; scratch != yes || stays == yes {
			t.Errorf("answered %v: weights %q, it stays: %v", yes, p.Plan().Weights, stays)
		}
	}
}
