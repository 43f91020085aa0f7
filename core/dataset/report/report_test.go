package report_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/planted"
	"gpuwizard/core/dataset/report"
	"gpuwizard/core/dataset/sample"
)

var words = report.Words{
	Lang: "en", Title: "Report", Pictures: "pictures", Boxes: "boxes", Classes: "classes", Train: "train", Val: "val",
	Undivided: "not divided", Findings: "Findings", NoFindings: "nothing found", Files: "files", MoreFiles: "and more:",
	Samples: "Samples", Pairs: "Pairs", PairsUnknown: "not compared", ClassBoxes: "Boxes of each class",
	Sizes: "Sizes", Width: "width", Height: "height", Places: "Places", Damaged: "cannot be shown",
	Finding:  func(f dataset.Finding) string { return "<" + string(f.Check) + "> " + f.Args["class"] },
	Severity: func(s dataset.Severity) string { return string(s) },
	Mend:     func(_ dataset.Severity, m dataset.Mend) string { return string(m) },
}

// spoilt returns the sample with several defects in it.
func spoilt(t *testing.T, names ...string) *dataset.Set {
	t.Helper()
	dir := t.TempDir()
	if err := sample.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, d := range planted.Defects() {
		for _, name := range names {
			if d.Name == name {
				if err := d.Plant(dir); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	set, err := dataset.Read(context.Background(), dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func write(t *testing.T, set *dataset.Set, l *dataset.Likeness) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(context.Background(), &b, set, l, words); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var dataURI = regexp.MustCompile(`src="data:image/jpeg;base64,([^"]*)"`)

func TestReport(t *testing.T) {
	set := spoilt(t, "near-leak", "rotated", "pointer", "outside")
	l, err := dataset.Twins(context.Background(), set, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set.Apply(l)
	// What comes from elsewhere must not act.
	evil := `<script>alert("x")</script>`
	set.Classes[0].Name = evil
	set.Findings[0].Files = append(set.Findings[0].Files, `"><img src=x onerror=alert(1)>.jpg`)
	got := write(t, set, l)
	for _, want := range []string{"&lt;leak&gt;", "&lt;rotated&gt;", "&lt;unreadable&gt;", "train/person-020.jpg", "cannot be shown", "passed-on", "&lt;script&gt;", "<circle ", "fill-opacity="} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, bad := range []string{"<script", "<img src=x", "ZgotmplZ", "http://", "https://"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q is in it", bad)
		}
	}
	photos := dataURI.FindAllStringSubmatch(got, -1)
	if len(photos) < 10 || len(photos) > 12+2*8 {
		t.Errorf("%d pictures", len(photos))
	}
	for _, p := range photos {
		data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(p[1], "&#43;", "+"))
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil || max(img.Bounds().Dx(), img.Bounds().Dy()) > 320 {
			t.Errorf("%v %v", img.Bounds(), err)
		}
	}
	if path := os.Getenv("GPUWIZARD_TEST_REPORT"); path != "" {
		if err := os.WriteFile(filepath.Clean(path), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReportOfACleanSet(t *testing.T) {
	set := spoilt(t)
	got := write(t, set, nil)
	for _, want := range []string{"nothing found", "not compared", "person"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := len(dataURI.FindAllString(got, -1)); n != 12 {
		t.Errorf("%d pictures", n)
	}
}

// A large set makes no large report.
func TestReportIsBounded(t *testing.T) {
	set := &dataset.Set{Root: t.TempDir(), Layout: dataset.Flat}
	f := dataset.Finding{Check: dataset.BadBox, Severity: dataset.Harms}
	for i := range 50_000 {
		it := dataset.Item{Image: "a.jpg", Width: 1000, Height: 800, LabelWidth: 1000, LabelHeight: 800}
		x, y := float64(i%900), float64(i%700)
		it.Boxes = []dataset.Box{{Class: "c", XMin: x, YMin: y, XMax: x + 50 + float64(i%40), YMax: y + 20 + float64(i%60)}}
		set.Items = append(set.Items, it)
		f.Files = append(f.Files, "a.xml")
	}
	for range 20 {
		set.Findings = append(set.Findings, f)
	}
	if got := write(t, set, &dataset.Likeness{}); len(got) > 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestReportStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var b bytes.Buffer
	if err := report.Write(ctx, &b, spoilt(t), nil, words); !errors.Is(err, context.Canceled) || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}
