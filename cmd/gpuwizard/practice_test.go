package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/yolov5"
)

func digest(t *testing.T, name string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(read(t, name)))
	return hex.EncodeToString(sum[:])
}

func TestPracticeFromEndToEnd(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new folder 练习")
	r := program(t, "run", "--practice", "--yes", "--speed", "2000", "--dir", dir)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	model := r.lastLine()
	if want := filepath.Join(dir, "rehearsal", "yolov5n_best.pt"); model != want {
		t.Errorf("last line %q, want %q", model, want)
	}
	if _, err := os.Stat(model); err != nil {
		t.Error(err)
	}
	// A rehearsal says that it is one: on the way, and in the file.
	if !strings.Contains(strings.ToLower(r.out), "rehearsal") {
		t.Error("the output does not say that this is a rehearsal")
	}
	if !strings.Contains(read(t, model), "REHEARSAL") {
		t.Error("the file does not say that it is no model")
	}
	steps := checklist(t, dir)
	if got := states(steps); got != allDone {
		t.Fatalf("states %s", got)
	}
	practiceReport(t, dir)
	for _, name := range stepNames {
		evidence, _ := steps[name]["evidence"].(map[string]any)
		if facts, _ := evidence["facts"].(map[string]any); len(facts) == 0 {
			t.Errorf("%s is done without evidence", name)
		}
	}

	labels, err := filepath.Glob(filepath.Join(dir, "prepared", "dataset", "labels", "train", "*.txt"))
	if err != nil || len(labels) == 0 {
		t.Fatalf("labels %v, %v", labels, err)
	}
	if err := os.Remove(labels[0]); err != nil {
		t.Fatal(err)
	}
	if got, want := states(checklist(t, dir)), "done done stale stale stale stale stale"; got != want {
		t.Errorf("with a label deleted: %s, want %s", got, want)
	}

	// Continued, only what is missing is made again: the same training counts.
	again := program(t, "run", "--practice", "--yes", "--dir", dir, "--json")
	if again.code != 0 || states(checklist(t, dir)) != allDone {
		t.Fatalf("continued: exit code %d, states %s", again.code, states(checklist(t, dir)))
	}
	if strings.Contains(again.out, "job-started") {
		t.Error("the training was started again")
	}

	// The model is here: what else is wanted of it does not undo that.
	plan := filepath.Join(dir, "gpuwizard.yaml")
	write(t, plan, read(t, plan)+"result: {onnx: yes}\n")
	if got := states(checklist(t, dir)); got != allDone {
		t.Errorf("with an export asked for: states %s", got)
	}
	if r := program(t, "download", "--practice", "--json", "--dir", dir); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	exported := read(t, filepath.Join(dir, "rehearsal", "yolov5n_best.onnx"))
	if info, err := yolov5.CheckONNX(strings.NewReader(exported), int64(len(exported))); err != nil || !info.Rehearsal || !strings.Contains(exported, "REHEARSAL") {
		t.Errorf("the exported file: %+v, %v", info, err)
	}
}

// practiceReport looks at the predictions and the report that the download
// left, and writes the report again: no file is ever overwritten.
func practiceReport(t *testing.T, dir string) {
	t.Helper()
	predictions, err := filepath.Glob(filepath.Join(dir, "rehearsal", "predictions", "*.jpg"))
	if err != nil || len(predictions) != 9 {
		t.Errorf("predictions %v, %v", predictions, err)
	}
	name := filepath.Join(dir, "rehearsal", "report.html")
	page := read(t, name)
	if !strings.Contains(page, "rehearsal") || strings.Count(page, "data:image/jpeg;base64,") < 9+5 || strings.Count(page, "<polyline ") < 10 {
		t.Errorf("the report has %d pictures and %d curves", strings.Count(page, "data:image/jpeg;base64,"), strings.Count(page, "<polyline "))
	}
	write(t, name, "mine")
	r := program(t, "report", "--practice", "--dir", dir, "--lang", "zh")
	if r.code != 0 || read(t, name) != "mine" {
		t.Errorf("exit code %d, the file: %.20s\n%s", r.code, read(t, name), r.all())
	}
	if again := read(t, filepath.Join(dir, "rehearsal", "report-2.html")); !strings.Contains(again, "演练") || !strings.Contains(r.out, "report-2.html") {
		t.Errorf("the report written again: %.100s\n%s", again, r.out)
	}
}

func TestJSONIsOneObjectALine(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	r := program(t, "run", "--practice", "--json", "--speed", "2000", "--dir", dir, "--lang", "zh")
	if r.code != 0 {
		t.Fatalf("exit code %d: %s", r.code, r.all())
	}
	kinds := map[string]int{}
	var last map[string]any
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("not JSON: %q", line)
		}
		kind, _ := last["event"].(string)
		kinds[kind]++
	}
	if last["event"] != "done" || last["model"] != filepath.Join(dir, "rehearsal", "yolov5n_best.pt") {
		t.Errorf("last line %v", last)
	}
	for _, kind := range []string{"begin", "note", "command", "log", "metrics", "end"} {
		if kinds[kind] == 0 {
			t.Errorf("no event %q: %v", kind, kinds)
		}
	}
}

func TestPracticeLeavesARealProjectAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "gpuwizard.yaml"), "platform: autodl\n")
	before := tree(t, dir)
	r := program(t, "run", "--practice", "--yes", "--dir", dir)
	if r.code != 2 || tree(t, dir) != before {
		t.Errorf("exit code %d; files:\n%s", r.code, tree(t, dir))
	}
}

// TestPlainAsksAndTakesAnswers walks through the questions as somebody does who
// cannot see a screen: by numbers, with Enter for the default.
func TestPlainAsksAndTakesAnswers(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		t.Run(lang, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p")
			answers := strings.Repeat("\n", 60)
			r := programWith(t, streams{in: strings.NewReader(answers)}, "practice", "--plain", "--speed", "2000", "--dir", dir, "--lang", lang)
			if r.code != 0 || states(checklist(t, dir)) != allDone {
				t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
			}
			if strings.Contains(r.out, "\x1b") {
				t.Error("escape sequences among plain lines")
			}
		})
	}
}

// TestPlainReadsOnAfterTheFirstScreen pipes all answers at once: those that
// follow the choice of a project belong to its questions.
func TestPlainReadsOnAfterTheFirstScreen(t *testing.T) {
	t.Parallel()
	c := command(t, "--plain", "--lang", "en")
	c.Dir = t.TempDir()
	home := t.TempDir()
	c.Env = append(c.Env, "HOME="+home, "USERPROFILE="+home, "XDG_CONFIG_HOME="+home, "AppData="+home)
	c.Stdin = strings.NewReader("1\n" + strings.Repeat("\n", 8))
	out, _ := c.CombinedOutput()
	if !strings.Contains(string(out), "An answer is missing: Data folder") {
		t.Errorf("%s", out)
	}
}

func TestEndOfInputStopsTheQuestions(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	r := programWith(t, streams{in: strings.NewReader("")}, "practice", "--plain", "--dir", dir, "--lang", "en")
	if r.code != exitUser || !strings.Contains(r.all(), "An answer is missing: Data folder") {
		t.Errorf("exit code %d:\n%s", r.code, r.all())
	}
}
