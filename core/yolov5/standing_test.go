package yolov5

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// aTraining writes the log of a training of v7.0 whose epochs take so many
// seconds each, and tells the events with the time at which each came.
func aTraining(epochs int, took func(epoch int) float64, tell func(e Event, at time.Time)) {
	var p Parser
	at := time.Unix(1_000_000, 0)
	say := func(format string, args ...any) {
		if e, ok := p.Parse(fmt.Sprintf(format, args...)); ok {
			tell(e, at)
		}
	}
	clock := func(s float64) string { return fmt.Sprintf("%02d:%02d", int(s)/60, int(s)%60) }
	say("YOLOv5 🚀 v7.0-0-g915bbf29 Python-3.8.10 torch-1.11.0 CPU")
	say("train: Scanning /l/train... 38 images, 0 backgrounds, 2 corrupt: 100%%|██████████| 40/40 00:00")
	say("val: Scanning /l/val... 9 images, 0 backgrounds, 1 corrupt: 100%%|██████████| 10/10 00:00")
	say("Starting training for %d epochs...", epochs)
	for epoch := range epochs {
		seconds := took(epoch)
		for batch := range 11 {
			part := 0.8 * seconds * float64(batch) / 10
			say("        %d/%d         0G     0.1121    0.01456          0         44         96:  50%%|██| %d/10 %s", epoch, epochs-1, batch, clock(part))
		}
		at = at.Add(time.Duration(seconds * float64(time.Second)))
		say("                 Class     Images  Instances          P          R      mAP50   mAP50-95: 100%%|██████████| 2/2 %s", clock(0.2*seconds))
		say("                   all         40         45    0.00342      0.911     %.4f     %.4f", float64(epoch)/200, float64(epoch)/300)
	}
	say("%d epochs completed in 0.011 hours.", epochs)
	say("Results saved to runs/train/exp")
}

// TestStandingForecast holds that what is left lies within what was forecast,
// with a clock and without, for an even pace and for an uneven one.
func TestStandingForecast(t *testing.T) {
	const epochs = 60
	for name, took := range map[string]func(int) float64{
		"even":       func(int) float64 { return 30 },
		"first slow": func(epoch int) float64 { return map[bool]float64{true: 90, false: 30}[epoch == 0] },
		"uneven":     func(epoch int) float64 { return 20 + 10*math.Sin(float64(epoch)*1.7) },
		"fast":       func(int) float64 { return 2 },
	} {
		for _, live := range []bool{true, false} {
			var total float64
			for epoch := range epochs {
				total += took(epoch)
			}
			var tr Tracker
			passed, said, within, wide := 0.0, 0, 0, 0.0
			aTraining(epochs, took, func(e Event, at time.Time) {
				if !live {
					at = time.Time{}
				}
				tr.Add(e, at)
				v, ok := e.(Validation)
				if !ok {
					return
				}
				passed += took(v.Epoch)
				if v.Epoch < 2 || v.Epoch == epochs-1 {
					return
				}
				s := tr.Standing()
				left := total - passed
				said++
				if s.LeftLow.Seconds() <= left && left <= s.LeftHigh.Seconds() && s.LeftLow <= s.Left && s.Left <= s.LeftHigh {
					within++
				}
				wide = max(wide, (s.LeftHigh-s.LeftLow).Seconds()/left)
			})
			if said == 0 || within*100 < said*90 {
				t.Errorf("%s, live %v: %d of %d forecasts held what came", name, live, within, said)
			}
			if live && name == "even" && wide > 1.5 {
				t.Errorf("an even pace is forecast no better than within %.0f %%", 100*wide)
			}
		}
	}
}

func TestStanding(t *testing.T) {
	var tr Tracker
	if s := tr.Standing(); s.Phase != Preparing || s.Epoch != -1 || s.RunShare != 0 {
		t.Errorf("before the first line: %+v", s)
	}
	var phases []string
	last := 0.0
	aTraining(4, func(int) float64 { return 100 }, func(e Event, at time.Time) {
		tr.Add(e, at)
		s := tr.Standing()
		if len(phases) == 0 || phases[len(phases)-1] != string(s.Phase) {
			phases = append(phases, string(s.Phase))
		}
		if _, begins := e.(Start); begins && s.Batches != 0 {
			t.Errorf("%d of %d batches before the first", s.Batch, s.Batches)
		}
		if s.RunShare < last || s.RunShare > 1 || s.EpochShare > 1 {
			t.Errorf("share %v after %v at %T", s.RunShare, last, e)
		}
		last = s.RunShare
	})
	want := "preparing scanning learning validating learning validating learning validating learning validating learning finishing over"
	if got := strings.Join(phases, " "); got != want {
		t.Errorf("phases %s", got)
	}
	s := tr.Standing()
	if s.RunShare != 1 || !s.OnCPU || s.Dropped != 3 || s.Best == nil || s.Best.Number != 3 || len(s.Curve) != 4 || s.Epochs != 4 {
		t.Errorf("at the end: %+v", s)
	}
	if s.Spent < 390*time.Second || s.Spent > 410*time.Second || s.BestAfter != s.Spent {
		t.Errorf("spent %v, best after %v", s.Spent, s.BestAfter)
	}
	// What was handed out stays as it was.
	tr.Merge([]Epoch{{Number: 0, Val: Losses{Box: 7}}})
	if s.Curve[0].Val.Box == 7 || tr.Standing().Curve[0].Val.Box != 7 {
		t.Error("a standing changed after it was handed out, or a row was not merged")
	}
}

func TestStandingAfterAResume(t *testing.T) {
	var tr Tracker
	var p Parser
	for _, line := range []string{
		"Resuming training from /r/weights/last.pt from epoch 2 to 4 total epochs",
		"Starting training for 4 epochs...",
		"        2/3         0G     0.1121    0.01456          0         44         96:  50%|██| 5/10 00:20",
	} {
		if e, ok := p.Parse(line); ok {
			tr.Add(e, time.Time{})
		}
	}
	s := tr.Standing()
	if s.First != 2 || s.Epoch != 2 || s.RunShare < 0.6 || s.RunShare > 0.75 || s.Left <= 0 || s.LeftHigh < s.Left {
		t.Errorf("%+v", s)
	}
}

// TestStandingOfARecording follows the recording of the practice instance.
func TestStandingOfARecording(t *testing.T) {
	log, err := os.Open("../../remote/practice/recording/train.log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var tr Tracker
	if err := ScanLog(log, func(e Event) { tr.Add(e, time.Time{}) }); err != nil {
		t.Fatal(err)
	}
	s := tr.Standing()
	if s.Phase != Over || s.Epoch != 119 || s.Epochs != 120 || len(s.Curve) != 120 || s.Best == nil || s.Best.MAP50 < 0.7 {
		t.Errorf("%+v", s)
	}
	// recording.json: 765 seconds in all.
	if s.Spent < 600*time.Second || s.Spent > 765*time.Second {
		t.Errorf("its epochs took %v", s.Spent)
	}
}
