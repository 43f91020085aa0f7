package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

const failedLog = "YOLOv5 🚀 v7.0-0-g915bbf29 Python-3.8.10 torch-1.11.0 CPU\n" +
	"train: WARNING ⚠️ /root/a.jpg: ignoring corrupt image/label: labels require 5 columns\n" +
	"Traceback (most recent call last):\n  File \"/root/yolov5/train.py\", line 9, in <module>\n" +
	"AssertionError: Label class 3 exceeds nc=1 in /root/person.yaml. Possible class labels are 0-0\n"

func TestDiagnoseTellsTheMostTellingFirst(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "train.log")
	write(t, log, failedLog)
	r := program(t, "diagnose", "--json", log)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.code != 0 || len(lines) != 2 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	var f struct {
		Rule    string
		Fatal   bool
		Line    int
		Quote   string
		Meaning string
		Mend    map[string]any
	}
	if err := json.Unmarshal([]byte(lines[0]), &f); err != nil {
		t.Fatal(err)
	}
	if f.Rule != "cls-exceeds" || !f.Fatal || f.Line != 5 || !strings.HasPrefix(f.Quote, "AssertionError: Label class 3") ||
		!strings.Contains(f.Meaning, "person.yaml") || f.Mend["text"] == "" || f.Mend["step"] != "convert" {
		t.Errorf("%+v", f)
	}
	for lang, want := range map[string]string{"en": "has the class number 3", "zh": "编号为 3 的类别"} {
		r := program(t, "diagnose", "--lang", lang, log)
		if r.code != 0 || !strings.Contains(r.out, want) || !strings.Contains(r.out, "person.yaml") || !strings.Contains(r.out, "5") {
			t.Errorf("%s: exit code %d:\n%s", lang, r.code, r.all())
		}
	}
}

func TestDiagnoseOfWhatIsNoLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "missing.log"), dir} {
		for _, lang := range []string{"en", "zh"} {
			r := program(t, "diagnose", "--lang", lang, path)
			if r.code != 1 || !strings.Contains(r.all(), path) {
				t.Errorf("exit code %d:\n%s", r.code, r.all())
			}
		}
	}
	write(t, filepath.Join(dir, "empty.log"), "")
	if r := program(t, "diagnose", filepath.Join(dir, "empty.log")); r.code != 0 || r.out == "" {
		t.Errorf("exit code %d:\n%s", r.code, r.all())
	}
	if r := program(t, "diagnose", "--json", filepath.Join(dir, "empty.log")); r.code != 0 || r.out != "" {
		t.Errorf("exit code %d:\n%s", r.code, r.all())
	}
	if r := programWith(t, streams{in: strings.NewReader(failedLog)}, "diagnose", "-"); r.code != 0 || !strings.Contains(r.out, "person.yaml") {
		t.Errorf("exit code %d:\n%s", r.code, r.all())
	}
}
