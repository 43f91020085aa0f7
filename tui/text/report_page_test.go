package text_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
)

// evil is what must stand in the page as text wherever it comes from.
const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}]]>`

// project is one whose record and files are as given.
func project(t *testing.T, facts map[journey.Step]map[string]string, files map[string][]byte) *wizard.Project {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, data []byte) {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	record := journey.Record{Version: 1, Steps: map[journey.Step]*journey.Evidence{}}
	for _, step := range journey.Steps() {
		record.Steps[step] = &journey.Evidence{Complete: true, Began: time.Unix(1e9, 0), Ended: time.Unix(1e9, 0), Facts: facts[step], Attempts: 1}
	}
	for name, data := range files {
		put(name, data)
		if !strings.HasPrefix(name, ".") {
			d := record.Steps[journey.Download]
			d.Files = append(d.Files, instance.FileFact{Path: name, Size: int64(len(data)), SHA256: strings.Repeat("ab", 32)})
		}
	}
	data, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	put(".gpuwizard/progress.json", data)
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func page(t *testing.T, p *wizard.Project, lang text.Lang) string {
	t.Helper()
	var b bytes.Buffer
	if err := text.For(lang).WriteReport(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func picture(t *testing.T, encode func(*bytes.Buffer, image.Image) error, wide, high int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewRGBA(image.Rect(0, 0, wide, high))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(b *bytes.Buffer, img image.Image) error  { return png.Encode(b, img) }
func asJPEG(b *bytes.Buffer, img image.Image) error { return jpeg.Encode(b, img, nil) }

const header = "               epoch,      train/box_loss,      train/obj_loss,      train/cls_loss,   metrics/precision,      metrics/recall,     metrics/mAP_0.5,metrics/mAP_0.5:0.95,        val/box_loss,        val/obj_loss,        val/cls_loss,               x/lr0,               x/lr1,               x/lr2\n"

func results(rows ...string) []byte { return []byte(header + strings.Join(rows, "\n") + "\n") }

// whole is a training of which everything is there.
func whole(t *testing.T) *wizard.Project {
	return project(t, map[journey.Step]map[string]string{
		journey.Check:   {"pictures": "60", "boxes": "135", "class_names": evil, "format": evil},
		journey.Convert: {"train": "48", "val": "12"},
		journey.Train:   {"map50": "0.61", "map": "0.3", "epochs": "3", "best_epoch": "2", "seconds": "600", "gpu": evil, "torch": evil, "log": "logs/a.log"},
		journey.Download: {
			"model": "result/yolov5n_best.pt", "predictions": "result/predictions", "paid": "800", "cost": "0.42 CNY", "wasted": "0.11 CNY", "instance": "on",
		},
	}, map[string][]byte{
		"result/yolov5n_best.pt": []byte("model"),
		"result/results.csv": results(
			"0, .11, .02, 0, .1, .2, .3, .1, .1, .02, 0, .1, .1, .1",
			"1, .10, .02, 0, nan, .2, .5, .2, .1, inf, 0, .1, .1, .1",
			"2, .09, .01, 0, .4, .2, .61, .3, .1, .02, 0, .1, .1, .1"),
		"result/results.png":                        picture(t, asPNG, 2400, 1200),
		"result/confusion_matrix.png":               picture(t, asPNG, 30, 20),
		"result/PR_curve.png":                       []byte("no picture"),
		"result/predictions/" + `a"b'c<i>&amp;.jpg`: picture(t, asJPEG, 64, 48),
		".gpuwizard/training.json":                  []byte(`{"command":` + quoted(evil) + `,"decisions":[{"option":` + quoted(evil) + `,"value":` + quoted(evil) + `,"why":"given"}]}`),
		".gpuwizard/findings.json":                  []byte(`[{"Check":"bad-box","Severity":"ruins","Mend":"auto","Files":[` + quoted(evil) + `],"Args":{"class":` + quoted(evil) + `}}]`),
		".gpuwizard/logs/a.log":                     []byte("Starting training for 3 epochs...\ntrain: WARNING ⚠️ " + evil + ".jpg: ignoring corrupt image/label: negative label values\n3 epochs completed in 0.1 hours.\n"),
	})
}

func quoted(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

var source = regexp.MustCompile(`src="data:image/jpeg;base64,([^"]*)"`)

// What comes from elsewhere must not act, and nothing is to be fetched.
func TestHostileNames(t *testing.T) {
	for _, lang := range []text.Lang{text.EN, text.ZH} {
		got := page(t, whole(t), lang)
		for _, bad := range []string{"<script", "<img src=x", "<i>", "onerror=alert(1)>", "ZgotmplZ", "http://", "https://", "<link", "url("} {
			if strings.Contains(got, bad) {
				t.Errorf("%s: %q is in it", lang, bad)
			}
		}
		for _, want := range []string{"&lt;script&gt;", "a&#34;b&#39;c&lt;i&gt;&amp;amp;.jpg", strings.Repeat("ab", 32), "<polyline ", "default-src"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing", lang, want)
			}
		}
		if lang == text.EN && !strings.Contains(got, "75.0") {
			t.Error("the share of the paid time is missing")
		}
	}
}

func TestPictures(t *testing.T) {
	got := page(t, whole(t), text.EN)
	found := source.FindAllStringSubmatch(got, -1)
	if len(found) != 3 {
		t.Fatalf("%d pictures", len(found))
	}
	for _, f := range found {
		data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(f[1], "&#43;", "+"))
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil || max(img.Bounds().Dx(), img.Bounds().Dy()) > 1200 {
			t.Errorf("%v, %v", img.Bounds(), err)
		}
	}
	// In the order in which they are worth a look; a broken one is named.
	order := []string{"a&#34;b", "<polyline", ">results.png<", ">confusion_matrix.png<", ">PR_curve.png<"}
	at := 0
	for _, name := range order {
		next := strings.Index(got[at:], name)
		if next < 0 {
			t.Fatalf("%s is not where it belongs", name)
		}
		at += next
	}
}

func TestCurves(t *testing.T) {
	points := regexp.MustCompile(`points="([^"]*)"`)
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprintf("%d, .1, .1, .1, .5, .5, .5, .5, .1, .1, .1, .1, .1, .1", i)
	}
	tests := []struct {
		name  string
		rows  []byte
		lines int // -1 for any
	}{
		{"none", nil, 0},
		{"not results", []byte("<html>"), 0},
		{"one epoch", results("0, .1, .1, .1, .5, .5, .5, .5, .1, .1, .1, .1, .1, .1"), 10},
		{"no figures", results("0, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 0, 0, 0"), 0},
		{"beyond all bounds", results("0, 1e308, .1, .1, -5, 7, .5, .5, .1, .1, .1, .1, .1, .1", "1, 1e308, .1, .1, -5, 7, .5, .5, .1, .1, .1, .1, .1, .1"), 10},
		{"a gap", results("0, .1, .1, .1, .5, .5, .5, .5, .1, .1, .1, 0, 0, 0", "1, nan, .1, .1, .5, .5, .5, .5, .1, .1, .1, 0, 0, 0", "2, .1, .1, .1, .5, .5, .5, .5, .1, .1, .1, 0, 0, 0"), 11},
		{"very many", results(many...), 10},
	}
	for _, tt := range tests {
		files := map[string][]byte{"result/yolov5n_best.pt": []byte("model")}
		if tt.rows != nil {
			files["result/results.csv"] = tt.rows
		}
		p := project(t, map[journey.Step]map[string]string{journey.Download: {"model": "result/yolov5n_best.pt"}}, files)
		got := page(t, p, text.EN)
		found := points.FindAllStringSubmatch(got, -1)
		if len(found) != tt.lines {
			t.Errorf("%s: %d lines, want %d", tt.name, len(found), tt.lines)
		}
		for _, f := range found {
			if regexp.MustCompile(`[^0-9., ]`).MatchString(f[1]) || len(strings.Fields(f[1])) > 700 {
				t.Errorf("%s: points %.200s", tt.name, f[1])
			}
		}
		if len(got) > 1<<20 {
			t.Errorf("%s: %d bytes", tt.name, len(got))
		}
	}
}

// A project of which nothing is known makes a page, too.
func TestNothingIsThere(t *testing.T) {
	p, err := wizard.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := page(t, p, text.ZH); !strings.Contains(got, "</html>") {
		t.Error("the page is not whole")
	}
}
