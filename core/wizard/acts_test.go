package wizard_test

import (
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// What a step is said to do is what it does: the command of the training, as
// it was run, and the files that were written.
func TestActs(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	before := p.Acts(journey.Train)
	if !strings.Contains(commands(before), "<run>") || !strings.Contains(commands(before), "train.py --weights") {
		t.Errorf("before anything is known: %+v", before)
	}
	for _, step := range journey.Steps() {
		if len(p.Acts(step)) == 0 {
			t.Errorf("%s does nothing", step)
		}
	}
	var ran []string
	face := &fakeFace{}
	env := wizard.Env{Connect: newFake().connect, Face: face}
	for _, step := range journey.Steps()[:6] {
		if err := p.Run(t.Context(), step, env); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	for _, e := range face.events {
		if e.Kind == wizard.KindCommand && strings.Contains(e.Line, "train.py") {
			ran = append(ran, e.Line)
		}
	}
	run := p.Journey().Of(journey.Train).Evidence.Fact("run")
	if len(ran) != 1 || run == "" {
		t.Fatalf("ran %q in %q", ran, run)
	}
	told := commands(p.Acts(journey.Train))
	for _, word := range []string{"--epochs", "--cfg", "--data", "--name", "--project", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"} {
		if value(ran[0], word) != value(told, word) {
			t.Errorf("%s is %q in what was run and %q in what is told", word, value(ran[0], word), value(told, word))
		}
	}
	if fetch := p.Acts(journey.Download)[0]; fetch.Kind != wizard.ActFetch || fetch.Path != run+"/weights/best.pt" {
		t.Errorf("fetches %+v", fetch)
	}
}

func commands(acts []wizard.Act) string {
	var all []string
	for _, a := range acts {
		all = append(all, a.Command)
	}
	return strings.Join(all, "\n")
}

// value is the word after an option.
func value(command, option string) string {
	_, after, _ := strings.Cut(command, option)
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}
