package main

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/dataset/planted"
	"gpuwizard/core/dataset/sample"
)

type foundLine struct {
	Check, Severity, Mend, Text string
	Count                       int
	Files                       []string
	Args                        map[string]string
}

func findings(t *testing.T, r result) []foundLine {
	t.Helper()
	var list []foundLine
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		var f foundLine
		if line == "" || strings.HasPrefix(line, `{"event":"error"`) {
			continue
		}
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("not JSON: %q", line)
		}
		list = append(list, f)
	}
	return list
}

func TestCheckOfCleanData(t *testing.T) {
	t.Parallel()
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	if r := program(t, "check", drawn, "--json"); r.code != 0 || r.out != "" {
		t.Errorf("exit code %d, found:\n%s", r.code, r.all())
	}
}

func TestCheckFindsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	for _, d := range planted.Defects() {
		t.Run(d.Name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			drawn, err := sampleData()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(dir, os.DirFS(drawn)); err != nil {
				t.Fatal(err)
			}
			if err := d.Plant(dir); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			r := program(t, "check", dir, "--json")
			if want := map[bool]int{true: 1, false: 0}[d.Stops || d.Severity == "ruins"]; r.code != want {
				t.Errorf("exit code %d, want %d:\n%s", r.code, want, r.out)
			}
			list := findings(t, r)
			at := slices.IndexFunc(list, func(f foundLine) bool {
				return f.Check == string(d.Check) && (d.Kind == "" || f.Args["kind"] == d.Kind)
			})
			if at < 0 {
				t.Fatalf("not found:\n%s", r.out)
			}
			if f := list[at]; f.Severity != string(d.Severity) || f.Count != len(f.Files) || f.Text == "" {
				t.Errorf("found as %+v", f)
			}
			if tree(t, dir) != before {
				t.Error("the person's files changed")
			}
		})
	}
}

func TestCheckOfAZipAndReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "train_data.zip")
	f, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(drawn)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	page := filepath.Join(dir, "report.html")
	r := program(t, "check", archive, "--html", page, "--lang", "zh")
	if r.code != 0 || !strings.Contains(r.out, "60") {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	if html := read(t, page); !strings.Contains(html, "数据检查报告") || !strings.Contains(html, "data:image/") || strings.Contains(html, "src=\"http") {
		t.Error("the report lacks its title or its pictures, or reaches for the network")
	}
	// The same zip does for a whole project.
	write(t, filepath.Join(dir, "gpuwizard.yaml"), "platform: any\ndata: train_data.zip\n")
	if r := program(t, "run", "--yes", "--until", "convert", "--dir", dir); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	if got := states(checklist(t, dir)); got != "done done done todo todo todo todo" {
		t.Errorf("states %s", got)
	}
	write(t, archive, "no zip any more")
	if got := states(checklist(t, dir)); got != "done stale stale todo todo todo todo" {
		t.Errorf("with another zip: %s", got)
	}
	if r := program(t, "run", "--yes", "--until", "convert", "--dir", dir); r.code != 1 {
		t.Errorf("a broken zip: exit code %d:\n%s", r.code, r.all())
	}
}

func TestConvertAndPreview(t *testing.T) {
	t.Parallel()
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if r := program(t, "convert", drawn, "--out", out); r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	labels, _ := filepath.Glob(filepath.Join(out, "labels", "train", "*.txt"))
	if len(labels) != sample.TrainPictures || !strings.Contains(read(t, filepath.Join(out, "dataset.yaml")), "person") {
		t.Errorf("%d labels", len(labels))
	}
	if r := program(t, "convert", drawn); r.code != 3 {
		t.Errorf("without --out: exit code %d", r.code)
	}
	if r := program(t, "convert", drawn, "--out", filepath.Join(drawn, "inside")); r.code != 1 {
		t.Errorf("into the data: exit code %d:\n%s", r.code, r.all())
	}
	r := program(t, "preview", filepath.Join(drawn, "train", "person-001.jpg"))
	if r.code != 0 || strings.Count(r.out, "\n") < 10 || strings.Contains(r.out, "\x1b") {
		t.Errorf("preview: exit code %d:\n%s", r.code, r.all())
	}
	if r := program(t, "preview", filepath.Join(drawn, "train", "nobody.jpg")); r.code != 1 {
		t.Errorf("preview of nothing: exit code %d:\n%s", r.code, r.all())
	}
}
