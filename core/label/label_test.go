package label_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/sample"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

func read(t *testing.T, dir string) *dataset.Set {
	t.Helper()
	set, err := dataset.Read(context.Background(), dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// drawn is the sample, drawn once.
var drawn = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "sample")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := sample.Write(dir); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = os.ReadFile(filepath.Join(dir, path))
		}
		return err
	})
	return files, err
})

// sampleData returns a new folder with the sample in it.
func sampleData(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "train_data")
	files, err := drawn()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), data)
	}
	return dir
}

func prepare(t *testing.T, set *dataset.Set, out string, opts label.Options) label.Manifest {
	t.Helper()
	m, err := label.Prepare(context.Background(), set, out, opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var person = label.Options{Classes: []string{sample.Class}}

// rowsByHand computes the label of an annotation with exact fractions, from
// its text alone.
func rowsByHand(t *testing.T, annotation []byte, class map[string]int) string {
	t.Helper()
	var doc struct {
		Width   string `xml:"size>width"`
		Height  string `xml:"size>height"`
		Objects []struct {
			Name                   string `xml:"name"`
			XMin, YMin, XMax, YMax string
			Box                    struct {
				XMin string `xml:"xmin"`
				YMin string `xml:"ymin"`
				XMax string `xml:"xmax"`
				YMax string `xml:"ymax"`
			} `xml:"bndbox"`
		} `xml:"object"`
	}
	if err := xml.Unmarshal(annotation, &doc); err != nil {
		t.Fatal(err)
	}
	rat := func(text string) *big.Rat {
		r, ok := new(big.Rat).SetString(strings.TrimSpace(text))
		if !ok {
			t.Fatalf("number %q", text)
		}
		return r
	}
	clip := func(v, limit *big.Rat) *big.Rat {
		if v.Sign() < 0 {
			return new(big.Rat)
		}
		if v.Cmp(limit) > 0 {
			return limit
		}
		return v
	}
	// Half up to six digits; FloatString rounds halves away from zero, which
	// is up for what is not negative.
	axis := func(low, high, size string) (centre, length string, keep bool) {
		limit := rat(size)
		a, b := rat(low), rat(high)
		if a.Cmp(b) > 0 {
			a, b = b, a
		}
		a, b = clip(a, limit), clip(b, limit)
		sum, diff := new(big.Rat).Add(a, b), new(big.Rat).Sub(b, a)
		keep = diff.Cmp(big.NewRat(1, 1)) >= 0
		sum.Quo(sum, new(big.Rat).Add(limit, limit))
		return sum.FloatString(6), diff.Quo(diff, limit).FloatString(6), keep
	}
	var out strings.Builder
	for _, o := range doc.Objects {
		cx, w, keepX := axis(o.Box.XMin, o.Box.XMax, doc.Width)
		cy, h, keepY := axis(o.Box.YMin, o.Box.YMax, doc.Height)
		row := fmt.Sprintf("%d %s %s %s %s\n", class[o.Name], cx, cy, w, h)
		if keepX && keepY && !strings.Contains("\n"+out.String(), "\n"+row) {
			out.WriteString(row)
		}
	}
	return out.String()
}

func TestLabelsOfTheSample(t *testing.T) {
	data := sampleData(t)
	out := filepath.Join(t.TempDir(), "prepared")
	m := prepare(t, read(t, data), out, person)
	labels := 0
	for _, f := range m.Files {
		got, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		source, err := os.ReadFile(filepath.Join(data, filepath.FromSlash(f.Source)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Path, "images/") {
			if !bytes.Equal(got, source) {
				t.Errorf("%s is not the picture it was", f.Path)
			}
			continue
		}
		labels++
		if want := rowsByHand(t, source, map[string]int{"person": 0}); string(got) != want {
			t.Errorf("%s:\n%swant\n%s", f.Path, got, want)
		}
	}
	if labels != 60 || m.Train != 48 || m.Val != 12 || m.Dropped != 0 || len(m.Skipped) != 0 {
		t.Errorf("%d labels, manifest says %d+%d, %d dropped, skipped %v", labels, m.Train, m.Val, m.Dropped, m.Skipped)
	}
}

// Corners of every sort, among them those that fall on a tie and those that
// floating point would get wrong.
func TestRows(t *testing.T) {
	var objects []string
	corners := []string{
		"0 0 640 480", "1 1 2 2", "3 5 8 13", "320 240 321 241", "0 0 1 1", "639 479 640 480",
		"-5 -5 10 10", "600 400 700 500", "100 100 50 50", "10 10 10 20", "10 10 10.5 20", "-9 -9 -3 -3",
		"0.5 0.5 100.25 99.75", "45.70000076293945 10.1 99.99999 47.3", "1e1 2e1 3.5e2 4E2", "0.1 0.2 0.3 99",
		"10.00032 20 30.00032 40", "0.00064 0 10 10", "1 5 9 13", "1 5 9 13",
	}
	for _, c := range corners {
		f := strings.Fields(c)
		objects = append(objects, fmt.Sprintf("<object><name>b</name><difficult>0</difficult><bndbox>"+
			"<xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox></object>", f[0], f[1], f[2], f[3]))
	}
	text := "<annotation><size><width>640</width><height>480</height></size>" + strings.Join(objects, "") + "</annotation>"
	dir := t.TempDir()
	for _, part := range []string{"train", "val"} {
		write(t, filepath.Join(dir, part, "a.png"), blank(640, 480))
		write(t, filepath.Join(dir, part, "a.xml"), []byte(text))
	}
	out := filepath.Join(t.TempDir(), "out")
	m := prepare(t, read(t, dir), out, label.Options{Classes: []string{"a", "b"}})
	got, err := os.ReadFile(filepath.Join(out, "labels", "train", "a.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if want := rowsByHand(t, []byte(text), map[string]int{"b": 1}); string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	rows := strings.Count(string(got), "\n")
	if m.Boxes != 2*rows || m.Dropped != 2*(len(corners)-rows) {
		t.Errorf("%d boxes, %d dropped; %d rows of %d corners", m.Boxes, m.Dropped, rows, len(corners))
	}
}

func TestOptions(t *testing.T) {
	object := func(name, difficult string) string {
		return "<object><name>" + name + "</name><difficult>" + difficult + "</difficult><bndbox>" +
			"<xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>60</ymax></bndbox></object>"
	}
	text := "<annotation><size><width>100</width><height>100</height></size>" +
		object("cat", "0") + object("Cat", "0") + object("dog", "1") + "</annotation>"
	tests := []struct {
		name string
		opts label.Options
		want string
	}{
		{"as it is", label.Options{Classes: []string{"dog", "cat", "Cat"}}, "1 0.200000 0.400000 0.200000 0.400000\n2 0.200000 0.400000 0.200000 0.400000\n0 0.200000 0.400000 0.200000 0.400000\n"},
		{"spellings merged", label.Options{Classes: []string{"cat", "dog"}, Rename: map[string]string{"Cat": "cat"}}, "0 0.200000 0.400000 0.200000 0.400000\n1 0.200000 0.400000 0.200000 0.400000\n"},
		{"no difficult ones", label.Options{Classes: []string{"cat", "Cat", "dog"}, SkipDifficult: true}, "0 0.200000 0.400000 0.200000 0.400000\n1 0.200000 0.400000 0.200000 0.400000\n"},
		{"one pixel less", label.Options{Classes: []string{"cat", "Cat", "dog"}, SkipDifficult: true, MinusOne: true}, "0 0.190000 0.390000 0.200000 0.400000\n1 0.190000 0.390000 0.200000 0.400000\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, part := range []string{"train", "test"} {
				write(t, filepath.Join(dir, part, "a.png"), blank(100, 100))
				write(t, filepath.Join(dir, part, "a.xml"), []byte(text))
			}
			out := filepath.Join(t.TempDir(), "out")
			prepare(t, read(t, dir), out, test.opts)
			got, err := os.ReadFile(filepath.Join(out, "labels", "val", "a.txt"))
			if err != nil || string(got) != test.want {
				t.Errorf("%v, got\n%swant\n%s", err, got, test.want)
			}
		})
	}
}

func TestManifest(t *testing.T) {
	out := filepath.Join(t.TempDir(), "prepared")
	m := prepare(t, read(t, sampleData(t)), out, person)
	h := sha256.New()
	if !sort.SliceIsSorted(m.Files, func(i, j int) bool { return m.Files[i].Path < m.Files[j].Path }) {
		t.Error("files are not in order")
	}
	for _, f := range m.Files {
		data, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(data)) != f.Size {
			t.Errorf("%s: %d bytes, manifest says %d", f.Path, len(data), f.Size)
		}
		fmt.Fprintf(h, "%x  %s\n", sha256.Sum256(data), f.Path)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != m.Digest {
		t.Errorf("digest %s, manifest says %s", got, m.Digest)
	}
	again, err := label.ReadManifest(out)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(again.Classes, again.Train, again.Val, again.Boxes, again.Digest) != fmt.Sprint(m.Classes, m.Train, m.Val, m.Boxes, m.Digest) {
		t.Errorf("read back %+v", again)
	}
	for i, f := range again.Files {
		if f.Modified != m.Files[i].Modified || f.Source != m.Files[i].Source {
			t.Errorf("read back %+v, want %+v", f, m.Files[i])
		}
	}
	// Nothing else is in the folder.
	inside := tree(t, out)
	delete(inside, dataset.PreparedMark)
	if len(inside) != len(m.Files) {
		t.Errorf("%d files in the folder, %d in the manifest", len(inside), len(m.Files))
	}
	if _, err := label.ReadManifest(t.TempDir()); !problem.Has(err, label.MissingManifest) {
		t.Errorf("no manifest: %v", err)
	}
}

func TestVerify(t *testing.T) {
	ctx := context.Background()
	data := sampleData(t)
	out := filepath.Join(t.TempDir(), "prepared")
	m := prepare(t, read(t, data), out, person)
	check := func(deep bool, want ...string) {
		t.Helper()
		got, err := label.Verify(ctx, out, m, deep)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("deep %v: %v, %v; want %v", deep, got, err, want)
		}
	}
	check(false)
	check(true)
	one, two := "labels/train/person-001.txt", "labels/val/person-050.txt"
	if err := os.Remove(filepath.Join(out, one)); err != nil {
		t.Fatal(err)
	}
	check(false, one)
	at := filepath.Join(out, two)
	info, err := os.Stat(at)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	// The same content at another time is no change.
	if err := os.Chtimes(at, time.Time{}, info.ModTime().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	check(false, one)
	// One digit, with size and time as they were, is found by a deep look.
	text[len(text)-2] ^= 1
	write(t, at, text)
	check(false, one, two)
	if err := os.Chtimes(at, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	check(false, one)
	check(true, one, two)
	// The next call mends what has changed.
	write(t, at, []byte("0 1\n"))
	m = prepare(t, read(t, data), out, person)
	check(true)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := label.Verify(cancelled, out, m, false); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// tree returns the files below dir with their content's digest and time.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)] = fmt.Sprintf("%x %s %s", sha256.Sum256(data), info.ModTime(), info.Mode())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
