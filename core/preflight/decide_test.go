package preflight_test

import (
	"slices"
	"testing"

	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/yolov5"
)

// Several GPUs are used at once only by a launcher that the release and the
// torch at hand agree on; the batch is then a multiple of their number.
func TestDecideDevice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		device  string
		gpus    int
		release yolov5.Release
		torch   string

		want  string
		used  int
		by    yolov5.Launcher
		why   preflight.Choosing
		batch int // of the plan's 10
	}{
		{"auto", 0, yolov5.V70, "2.1.0", "cpu", 0, "", preflight.ChooseCPU, 10},
		{"auto", 1, yolov5.V70, "2.1.0", "0", 1, "", preflight.ChooseOneGPU, 10},
		{"auto", 4, yolov5.V70, "2.1.0", "0,1,2,3", 4, yolov5.LaunchRun, preflight.ChooseAllGPUs, 8},
		{"auto", 4, yolov5.V70, "1.8.1", "0,1,2,3", 4, yolov5.LaunchOld, preflight.ChooseAllGPUs, 8},
		{"auto", 4, yolov5.V50, "2.1.0", "0", 1, "", preflight.ChooseLauncherOld, 10},
		{"0,2,3", 4, yolov5.V70, "2.1.0", "0,2,3", 3, yolov5.LaunchRun, preflight.ChooseGiven, 9},
		{"0,2", 4, yolov5.V50, "2.1.0", "0,2", 1, "", preflight.ChooseGiven, 10},
		{"cpu", 4, yolov5.V70, "2.1.0", "cpu", 0, "", preflight.ChooseGiven, 10},
	} {
		plan := planfile.New()
		for key, value := range map[string]string{"train.device": c.device, "train.batch": "10"} {
			if err := plan.Set(key, value); err != nil {
				t.Fatal(err)
			}
		}
		training := preflight.Training{Site: preflight.Site{Release: c.release}, Plan: plan}
		s, decisions := training.Decide(preflight.Machine{GPUs: make([]preflight.GPU, c.gpus), Torch: c.torch}, "/w/runs/a", "")
		at := slices.IndexFunc(decisions, func(d preflight.Decision) bool { return d.Option == "device" })
		if s.Device != c.want || s.GPUs != c.used || s.Launcher != c.by || s.Batch != c.batch || decisions[at].Why != c.why || decisions[at].Value != c.want {
			t.Errorf("%+v: device %s, %d GPUs by %q, batch %d, %+v", c, s.Device, s.GPUs, s.Launcher, s.Batch, decisions[at])
		}
	}
}
