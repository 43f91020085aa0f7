package text_test

import (
	"strings"
	"testing"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/text"
)

// args gives every detail of a constant a value.
func args(c constant) map[string]string {
	m := map[string]string{"option": "batch", "value": "8"}
	for _, name := range c.args {
		m[name] = "17"
	}
	return m
}

func TestEveryHurdleHasItsSentences(t *testing.T) {
	for _, c := range constants(t, "preflight.Check") {
		for _, lang := range languages() {
			check := preflight.Check(c.value)
			said := lang.Hurdle(check, args(c))
			for _, sentence := range []string{said.What, said.Why, said.Mend, lang.HurdleName(check)} {
				if sentence == "" || sentence == c.value || strings.ContainsAny(sentence, "{}[]") {
					t.Errorf("%s: %s says %q in %s", c.where, c.value, sentence, lang.Lang)
				}
			}
			for _, state := range []preflight.State{preflight.Found, preflight.Mended, preflight.Stays} {
				line := lang.HurdleLine(preflight.Hurdle{Check: check, Severity: dataset.Harms, State: state, By: dataset.MendAsk, Args: args(c)})
				if line == "" || strings.Contains(line, "\n") || strings.ContainsAny(line, "{}") {
					t.Errorf("%s, %s: %q", c.value, state, line)
				}
			}
		}
	}
}

func TestEverySettingHasItsReason(t *testing.T) {
	for _, c := range constants(t, "preflight.Choosing") {
		for _, lang := range languages() {
			details := args(c)
			details["why"] = c.value
			d := lang.Decision(preflight.Decision{Option: "batch", Value: "8", Why: preflight.Choosing(c.value), Args: details})
			line := lang.Note(wizard.NoteSetting, details)
			if d.Name == "" || d.Why == "" || d.Otherwise == "" || strings.ContainsAny(line+d.Why, "{}[]") || !strings.Contains(line, d.Why) {
				t.Errorf("%s: %+v, %q", c.where, d, line)
			}
		}
	}
	for _, option := range []string{"weights", "cfg", "data", "epochs", "imgsz", "device", "batch", "workers", "cache"} {
		for _, lang := range languages() {
			if d := lang.Decision(preflight.Decision{Option: option, Why: preflight.ChooseUsual}); d.Name == "" || d.Otherwise == "" {
				t.Errorf("%s in %s: %+v", option, lang.Lang, d)
			}
		}
	}
}

func TestEveryRemedyHasItsWords(t *testing.T) {
	for _, c := range constants(t, "journey.RemedyKind") {
		for _, lang := range languages() {
			said := lang.Remedy(journey.Remedy{Kind: journey.RemedyKind(c.value), Key: "train.batch", Value: "8", Command: "pip install x", Step: journey.Upload})
			if said == "" || strings.ContainsAny(said, "{}[]") {
				t.Errorf("%s: %q", c.value, said)
			}
		}
	}
}

func TestTimeLeft(t *testing.T) {
	en := text.For(text.EN)
	for want, s := range map[string]yolov5.Standing{
		"":              {},
		"about 12 min":  {Left: 12 * time.Minute, LeftLow: 11*time.Minute + 30*time.Second, LeftHigh: 12*time.Minute + 20*time.Second},
		"at most 6 min": {Left: time.Minute, LeftLow: time.Second, LeftHigh: 6 * time.Minute},
		"10 to 15 min":  {Left: 12 * time.Minute, LeftLow: 10 * time.Minute, LeftHigh: 15 * time.Minute},
	} {
		if got := en.TimeLeft(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	line := en.EpochLine(yolov5.Standing{Epoch: 2, Epochs: 10, Curve: []yolov5.Epoch{{Number: 2, MAP50: 0.25}}, Best: &yolov5.Epoch{Number: 1, MAP50: 0.5}})
	if line != "epoch 3 of 10: mAP50 0.250, best so far 0.500 (epoch 2)" {
		t.Errorf("got %q", line)
	}
}
