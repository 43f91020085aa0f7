package dataset

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"gpuwizard/core/dataset/internal/jsonscan"
)

var cocoSeeds = []string{
	`{"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}], "annotations": [{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4.5], "iscrowd": 1, "segmentation": [[1, 2]]}], "categories": [{"id": 2, "name": " dog "}]}`,
	`{"annotations": [{"image_id": "x", "category_id": "y", "bbox": [1, 2]}], "images": [{"id": "x", "file_name": 7}], "categories": [{"id": "y"}]}`,
	`{"images": [{"id": 1}, null, {"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}]}`, `{"images": {}}`, `[]`, `{`, ``, `{"images": [], "annotations": [{"bbox": [NaN, 1e99, null, "3"]}]}`,
}

var labelMeSeeds = []string{
	`{"version": "5.0", "shapes": [{"label": "dog", "points": [[9, 8], [1, 2.5]], "shape_type": "rectangle", "difficult": true}], "imagePath": "a.jpg", "imageData": "aGVsbG8=", "imageWidth": 100, "imageHeight": 80}`,
	`{"shapes": [{"points": [[5, 5], [8, 9]], "shape_type": "circle", "label": 1}, {"label": "p", "points": [[1, 1]], "shape_type": "point"}, {"label": "", "points": []}, null]}`,
	`{"shapes": [{"label": "x", "points": [[1], [2, 3, 4]]}]}`, `{"shapes": null}`, `{}`, `[]`, "", "\xff",
}

var cvatSeeds = []string{
	`<?xml version="1.0" encoding="utf-8"?><annotations><meta><original_size><width>10</width><height>20</height></original_size></meta><image id="0" name="a.jpg" width="100" height="80" subset="Train"><box label=" dog " xtl="1.5" ytl="2" xbr="30" ybr="40" rotation="30.0"><attribute name="difficult">true</attribute></box><polygon label="x" points="1,2;3,4;5,0"/><points label="x" points="1,2"/></image></annotations>`,
	`<annotations><image name="a"><ellipse label="e" cx="10" cy="10" rx="3" ry="4" rotation="90"/><mask label="m" left="1" top="2" width="3" height="4" rle="1"/><cuboid label="c" xtl1="1"/><tag label="t"/></image><track label="car"><box frame="0" outside="0" xtl="1" ytl="2" xbr="3" ybr="4"/><box frame="1" outside="1"/></track></annotations>`,
	`<annotations><image><box/></image></annotations>`, `<annotation/>`, `<annotations>`, ``, `<annotations></annotations><a/>`, "<annotations>\xff</annotations>",
}

var yoloSeeds = []string{
	"0 0.5 0.5 0.25 0.125\n12 0.1 0.2 0.3 0.4 0.99\n", "1 0.1 0.1 0.2 0.1 0.2 0.3\r\n\r\n", "0 5 5 5 5", "-1 0 0 0 0", "0.5 0 0 0 0", "0 nan 0 0 0", "0 1e-9 .5 0.5 0.5", "\xff\xfe0\x00", "", "dog 1 2 3 4",
}

// finite reports whether boxes are fit to be computed with.
func finite(t *testing.T, a *annotation) {
	t.Helper()
	for _, b := range a.boxes {
		for _, v := range []float64{b.XMin, b.YMin, b.XMax, b.YMax} {
			if math.IsNaN(v) || math.Abs(v) > 1e12 {
				t.Fatalf("%+v", b)
			}
		}
		if b.Class == "" {
			t.Fatal("a box without a class")
		}
	}
	if a.width < 0 || a.height < 0 || a.noBox < 0 {
		t.Fatalf("%+v", a)
	}
}

// reasoned checks that an error says why and where.
func reasoned(t *testing.T, data []byte, err error) {
	t.Helper()
	if errors.Is(err, errNotUTF8) {
		return
	}
	var e *syntaxError
	if !errors.As(err, &e) || e.reason == "" || e.line < 1 || e.line > 1+bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r")) {
		t.Fatalf("%#v", err)
	}
}

func FuzzCOCO(f *testing.F) {
	for _, s := range cocoSeeds {
		f.Add([]byte(s))
	}
	in := jsonscan.New(nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		list, dangling, err := readCOCO(bytes.NewReader(data), in, map[string]string{})
		if err != nil {
			reasoned(t, data, err)
			return
		}
		if dangling < 0 {
			t.Fatal(dangling)
		}
		for i := range list {
			finite(t, &list[i])
		}
	})
}

func FuzzLabelMe(f *testing.F) {
	for _, s := range labelMeSeeds {
		f.Add([]byte(s))
	}
	in := jsonscan.New(nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := readLabelMe(bytes.NewReader(data), in, map[string]string{})
		if err != nil {
			reasoned(t, data, err)
			return
		}
		finite(t, a)
	})
}

func FuzzCVAT(f *testing.F) {
	for _, s := range cvatSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := readCVAT(bytes.NewReader(data), map[string]string{})
		if err != nil {
			reasoned(t, data, err)
			return
		}
		for i := range list {
			finite(t, &list[i].annotation)
		}
	})
}

func FuzzYOLO(f *testing.F) {
	for _, s := range yoloSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _, err := parseYOLO(data)
		if err != nil {
			reasoned(t, data, err)
			return
		}
		a := &annotation{}
		for i := range rows {
			for _, size := range []int{10, 1000, 100_000} {
				a.boxes = append(a.boxes, rows[i].box(className(nil, rows[i].class), size, size))
			}
		}
		finite(t, a)
	})
}

// What stream decodes is what decode does, in pieces of any size, and names
// and lists of any content harm nobody.
func FuzzStream(f *testing.F) {
	for _, list := range [][]string{seeds, cocoSeeds, {"names: [a, b]\ntrain: x\n", "names: {0: a, 7: b}\nval: [x, y]\n", "a: &a [*a]", "p0 1\n\np1 -1\n"}} {
		for _, s := range list {
			f.Add([]byte(s))
		}
	}
	s := newStreamer()
	lib := newLibrary([]string{"x/a.jpg", "b.jpg", "x/y/a.png", "train/a.jpg"})
	f.Fuzz(func(t *testing.T, data []byte) {
		var text []byte
		got, err := s.readFrom(context.Background(), bytes.NewReader(data), func(r io.Reader) (err error) {
			text, err = io.ReadAll(r)
			return err
		})
		if err != nil || got.size != int64(len(data)) {
			t.Fatal(err, got.size)
		}
		want, encoding := decode(data)
		if len(data) == 0 || bytes.HasPrefix(data, []byte(pointerStart)) || declaresGB(data) {
			return
		}
		if encoding == encodingUTF16 && bytes.ContainsRune(want, utf8.RuneError) {
			encoding = "" // a stream has no place for what cannot be read
		}
		if got.broken != nil != (encoding == "") || got.broken == nil && (got.encoding != encoding || !bytes.Equal(text, want)) {
			t.Fatalf("%s %q %v, decode has %s %q", got.encoding, text, got.broken, encoding, want)
		}
		if d := parseDataYAML("x/data.yaml", data); d != nil && len(d.names) == 0 {
			t.Fatal("a description without names")
		}
		lib.find(string(data), "x", Train)
		for _, entry := range parseList(data) {
			lib.find(entry, ".", "")
		}
	})
}

// A look at the start of a file tells something of every one.
func FuzzLook(f *testing.F) {
	for _, list := range [][]string{seeds, cocoSeeds, labelMeSeeds, cvatSeeds, yoloSeeds} {
		for _, s := range list {
			f.Add([]byte(s))
		}
	}
	path := filepath.Join(f.TempDir(), "x")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		coco, _, err := readCOCO(bytes.NewReader(data), jsonscan.New(nil), map[string]string{})
		if l := lookJSON(path); err == nil && len(coco) > 0 && l == looksOther && utf8.Valid(data) && bytes.HasPrefix(data, []byte(`{"images": [{"file_name"`)) {
			t.Fatal("not known again")
		}
		list, err := readCVAT(bytes.NewReader(data), map[string]string{})
		if l := lookXML(path); err == nil && len(list) > 0 && l != looksCVAT {
			t.Fatal("not known again")
		}
		rows, encoding, err := parseYOLO(data)
		if l := lookRows(path); err == nil && len(rows) > 0 && len(data) < headRows && l != looksRows && encoding == encodingUTF8 {
			t.Fatal("not known again")
		}
	})
}
