package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"testing"

	"gpuwizard/core/dataset/sample"
)

// A recorded training belongs to exactly this set. The labels depend on this
// package alone; the bytes of the pictures also on Go's JPEG encoder, which
// may change from one Go release to the next.
const (
	labelsDigest = "854211c1df0c1da6fed613db882f89c11367fe01330aba18c8e3436ff87e05c6"
	setDigest    = "e11bc4364699d9428e663da594ce527e71a90391fa15ac9fa2140e8b90276ef5"
)

func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(names)
	return names
}

func digest(t *testing.T, dir, suffix string) string {
	t.Helper()
	h := sha256.New()
	for _, name := range files(t, dir) {
		if !strings.HasSuffix(name, suffix) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(h, "%x  %s\n", sha256.Sum256(data), name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestSample(t *testing.T) {
	dir := t.TempDir()
	if err := sample.Write(dir); err != nil {
		t.Fatal(err)
	}
	t.Run("same everywhere", func(t *testing.T) { testSameEverywhere(t, dir) })
	t.Run("pictures match labels", func(t *testing.T) { testPicturesMatchLabels(t, dir) })
	t.Run("written again", func(t *testing.T) { testWriteAgain(t, dir) })
}

func testSameEverywhere(t *testing.T, dir string) {
	if got := digest(t, dir, ".xml"); got != labelsDigest {
		t.Errorf("labels: digest %s, want %s", got, labelsDigest)
	}
	if !strings.HasPrefix(runtime.Version(), "go1.26") {
		return
	}
	if got := digest(t, dir, ""); got != setDigest {
		t.Errorf("whole set: digest %s, want %s", got, setDigest)
	}
}

func testPicturesMatchLabels(t *testing.T, dir string) {
	type object struct {
		Name string `xml:"name"`
		XMin int    `xml:"bndbox>xmin"`
		YMin int    `xml:"bndbox>ymin"`
		XMax int    `xml:"bndbox>xmax"`
		YMax int    `xml:"bndbox>ymax"`
	}
	var total int64
	pictures := map[string]int{}
	for _, name := range files(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if !strings.HasSuffix(name, ".jpg") {
			continue
		}
		pictures[filepath.Dir(name)]++
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, ".jpg")+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Filename string   `xml:"filename"`
			Width    int      `xml:"size>width"`
			Height   int      `xml:"size>height"`
			Objects  []object `xml:"object"`
		}
		if err := xml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		size := img.Bounds().Size()
		if doc.Width != size.X || doc.Height != size.Y || doc.Filename != filepath.Base(name) {
			t.Errorf("%s: label says %s, %dx%d; picture is %v", name, doc.Filename, doc.Width, doc.Height, size)
		}
		if n := len(doc.Objects); n < 1 || n > 4 {
			t.Errorf("%s: %d figures", name, n)
		}
		for _, o := range doc.Objects {
			r := image.Rectangle{Min: image.Pt(o.XMin, o.YMin), Max: image.Pt(o.XMax, o.YMax)}
			if o.Name != sample.Class || !r.In(img.Bounds()) || r.Dx() < 8 || r.Dy() < 20 {
				t.Errorf("%s: odd object %+v", name, o)
			}
		}
	}
	if pictures["train"] != sample.TrainPictures || pictures["test"] != sample.TestPictures {
		t.Errorf("pictures: %v", pictures)
	}
	if total > 1_500_000 {
		t.Errorf("set of %d bytes is too large to be uploaded in passing", total)
	}
}

func testWriteAgain(t *testing.T, dir string) {
	names := files(t, dir)
	before := map[string]os.FileInfo{}
	for _, name := range names {
		before[name], _ = os.Stat(filepath.Join(dir, name))
	}
	damaged := filepath.Join(dir, names[0])
	if err := os.WriteFile(damaged, []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := sample.Write(dir); err != nil {
		t.Fatal(err)
	}
	if again := files(t, dir); len(again) != len(names) {
		t.Fatalf("%d files, then %d", len(names), len(again))
	}
	for _, name := range names[1:] {
		after, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !os.SameFile(before[name], after) || !after.ModTime().Equal(before[name].ModTime()) {
			t.Errorf("%s was written again (%v)", name, err)
		}
	}
	if data, _ := os.ReadFile(damaged); string(data) == "half" {
		t.Error("a damaged file was not mended")
	}
}
