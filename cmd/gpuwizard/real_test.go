package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/core/yolov5"
	"gpuwizard/remote/sshdtest"
)

// Set these to run the tests that train for real: a folder with YOLOv5's code,
// a Python that has torch and the other modules, and, if other data than the
// sample are wanted, a folder of labelled pictures.
const (
	yolov5Variable = "GPUWIZARD_TEST_YOLOV5"
	pythonVariable = "GPUWIZARD_TEST_PYTHON"
	dataVariable   = "GPUWIZARD_TEST_DATA"
)

func realThing(t *testing.T) (code, python string) {
	t.Helper()
	code, python = os.Getenv(yolov5Variable), os.Getenv(pythonVariable)
	if code == "" || python == "" {
		t.Skipf("set %s to a folder with YOLOv5's code and %s to a Python with torch", yolov5Variable, pythonVariable)
	}
	return code, python
}

// TestRealTraining takes labelled pictures to a real best.pt: a real OpenSSH
// server, the real train.py.
func TestRealTraining(t *testing.T) {
	code, python := realThing(t)
	server := sshdtest.Start(t)
	dir := t.TempDir()
	data := os.Getenv(dataVariable)
	if data == "" {
		drawn, err := sampleData()
		if err != nil {
			t.Fatal(err)
		}
		data = drawn
	}
	write(t, filepath.Join(dir, "gpuwizard.yaml"), "version: 1\nplatform: any\n"+
		"login: ssh -p "+strconv.Itoa(server.Port)+" "+server.User+"@127.0.0.1\nhost_key: "+server.HostKeyFingerprint+"\n"+
		"data: "+data+"\ncode: {folder: "+code+"}\nmodel: yolov5n\nweights: \"\"\n"+
		"train: {epochs: 2, batch: 16, imgsz: 96, device: cpu}\nremote: {python: "+python+"}\nfinish: keep\n")
	r := program(t, "run", "--yes", "--dir", dir, "--identity", server.Key)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	t.Log(r.out)
	model := r.lastLine()
	if model != filepath.Join(dir, "result", "yolov5n_best.pt") {
		t.Errorf("last line %q", model)
	}
	f, err := os.Open(model)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if weights, err := yolov5.CheckWeights(f, info.Size()); err != nil || weights.Rehearsal || info.Size() < 1<<20 {
		t.Errorf("model of %d bytes: %+v, %v", info.Size(), weights, err)
	}
	epochs, err := yolov5.ParseResults(strings.NewReader(read(t, filepath.Join(dir, "result", "results.csv"))))
	if err != nil || len(epochs) != 2 {
		t.Errorf("results.csv has %d epochs: %v", len(epochs), err)
	}
	if got := states(checklist(t, dir)); got != allDone {
		t.Errorf("states %s", got)
	}
}

// TestPracticeWithRealCode trains with the real train.py on the practice
// instance, which is then no rehearsal.
func TestPracticeWithRealCode(t *testing.T) {
	code, python := realThing(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "gpuwizard.yaml"), "platform: practice\ntrain: {epochs: 1, batch: 16, imgsz: 64, extra: []}\n")
	r := program(t, "run", "--practice", "--yes", "--dir", dir, "--code", code, "--python", python)
	if r.code != 0 || r.lastLine() != filepath.Join(dir, "result", "yolov5n_best.pt") {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	if strings.Contains(strings.ToLower(r.out), "rehearsal") {
		t.Error("a real training is called a rehearsal")
	}
}
