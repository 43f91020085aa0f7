package dataset_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	xdraw "golang.org/x/image/draw"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/sample"
)

func twins(t *testing.T, set *dataset.Set) *dataset.Likeness {
	t.Helper()
	l, err := dataset.Twins(context.Background(), set, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// drawn is the sample set, drawn once for all tests.
var drawn = sync.OnceValues(func() (files, error) {
	dir, err := os.MkdirTemp("", "sample-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := sample.Write(dir); err != nil {
		return nil, err
	}
	f := files{}
	return f, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
})

func sampleSet(t *testing.T) string {
	t.Helper()
	f, err := drawn()
	if err != nil {
		t.Fatal(err)
	}
	return f.write(t)
}

func TestNoTwinsInTheSample(t *testing.T) {
	set := read(t, sampleSet(t))
	l := twins(t, set)
	set.Apply(l)
	if len(l.Pairs) > 0 || len(l.Groups) > 0 || len(l.Faults) > 0 || len(l.Unseen) > 0 || len(set.Findings) > 0 {
		t.Errorf("%+v\n%s", l, told(set.Findings))
	}
}

func TestNearTwins(t *testing.T) {
	scale := func(percent int) func(image.Image) image.Image {
		return func(img image.Image) image.Image {
			b := img.Bounds()
			out := image.NewRGBA(image.Rect(0, 0, b.Dx()*percent/100, b.Dy()*percent/100))
			xdraw.CatmullRom.Scale(out, out.Rect, img, b, xdraw.Src, nil)
			return out
		}
	}
	cut := func(left, top, right, bottom int) func(image.Image) image.Image {
		return func(img image.Image) image.Image {
			b := img.Bounds()
			b.Min, b.Max = b.Min.Add(image.Pt(left, top)), b.Max.Sub(image.Pt(right, bottom))
			out := image.NewRGBA(image.Rectangle{Max: b.Size()})
			draw.Draw(out, out.Rect, img, b.Min, draw.Src)
			return out
		}
	}
	same := func(img image.Image) image.Image { return img }
	tests := []struct {
		name    string
		change  func(image.Image) image.Image
		quality int // 0: PNG
	}{
		{"half the size", scale(50), 90},
		{"larger", scale(150), 90},
		{"worse quality", same, 30},
		{"another format", same, 0},
		{"moved to the left", cut(4, 0, 0, 0), 90},
		{"moved aslant", cut(3, 3, 0, 0), 90},
		{"cropped", cut(4, 3, 4, 3), 90},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := sampleSet(t)
			for n := 1; n <= 48; n += 9 {
				from := filepath.Join(dir, "train", fmt.Sprintf("person-%03d", n))
				img := decoded(t, from+".jpg")
				var b bytes.Buffer
				var err error
				suffix := ".jpg"
				if test.quality > 0 {
					err = jpeg.Encode(&b, test.change(img), &jpeg.Options{Quality: test.quality})
				} else {
					err, suffix = png.Encode(&b, img), ".png"
				}
				if err != nil {
					t.Fatal(err)
				}
				to := filepath.Join(dir, "test", fmt.Sprintf("again-%03d", n))
				put(t, to+suffix, b.Bytes())
				label, err := os.ReadFile(from + ".xml")
				if err != nil {
					t.Fatal(err)
				}
				put(t, to+".xml", label)
			}
			set := read(t, dir)
			l := twins(t, set)
			set.Apply(l)
			got := ""
			for _, f := range set.Findings {
				if f.Check == dataset.Leak {
					got += told([]dataset.Finding{f})
					if len(f.Files) != 12 {
						t.Errorf("%d files", len(f.Files))
					}
				}
			}
			if !strings.HasPrefix(got, "leak/harms/ask kind:near: ") || strings.Contains(got, "person-002") {
				t.Errorf("got %q", got)
			}
			for _, p := range l.Pairs {
				if p.A[len(p.A)-7:len(p.A)-4] != p.B[len(p.B)-7:len(p.B)-4] {
					t.Errorf("%s is not like %s", p.A, p.B)
				}
			}
			// Split again, the pairs stay together.
			part := map[string]string{}
			for _, it := range split(set.Items, 0.3, 1) {
				part[it.Image] = it.Part
			}
			for _, p := range l.Pairs {
				if part[p.A] != part[p.B] {
					t.Errorf("%s and %s were divided", p.A, p.B)
				}
			}
			before := told(set.Findings)
			set.Apply(l)
			if after := told(set.Findings); after != before {
				t.Errorf("applied again, it is\n%s\nno more\n%s", after, before)
			}
		})
	}
}

func TestFilm(t *testing.T) {
	// A figure walks through a picture of the sample, five pixels a frame.
	dir := sampleSet(t)
	still := decoded(t, filepath.Join(dir, "train", "person-001.jpg"))
	for n := range 25 {
		frame := image.NewRGBA(still.Bounds())
		draw.Draw(frame, frame.Rect, still, image.Point{}, draw.Src)
		draw.Draw(frame, image.Rect(5*n, 80, 5*n+14, 130), image.Black, image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, frame, nil); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "film", fmt.Sprintf("frame%02d.jpg", n)), b.Bytes())
		put(t, filepath.Join(dir, "film", fmt.Sprintf("frame%02d.xml", n)), voc("person 1 1 9 9"))
	}
	if err := os.Rename(filepath.Join(dir, "test"), filepath.Join(dir, "train", "more")); err != nil {
		t.Fatal(err)
	}
	set := read(t, dir)
	if set.Layout != dataset.Flat {
		t.Fatal(set.Layout)
	}
	set.Apply(twins(t, set))
	group := map[string]int{}
	for _, it := range set.Items {
		if strings.HasPrefix(it.Image, "film/") {
			group[it.Group]++
		} else if it.Group != "" && it.Image != "train/person-001.jpg" {
			t.Errorf("%s is of group %s", it.Image, it.Group)
		}
	}
	if group[""] > 2 || len(group) > 8 {
		t.Errorf("the film was cut into %v", group)
	}
	for g, n := range group {
		if n > 8 {
			t.Errorf("group %s has %d of 85 pictures", g, n)
		}
	}
	out := split(set.Items, 0.2, 1)
	val := 0
	for _, it := range out {
		if it.Part == dataset.Val {
			val++
		}
	}
	if val < 12 || val > 20 {
		t.Errorf("%d of %d pictures to validate on", val, len(out))
	}
}

func TestCutOffPicturesAreFound(t *testing.T) {
	dir := sampleSet(t)
	name := filepath.Join(dir, "train", "person-007.jpg")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	put(t, name, data[:len(data)*2/3])
	whole := filepath.Join(dir, "train", "person-008.jpg")
	if data, err = os.ReadFile(whole); err != nil {
		t.Fatal(err)
	}
	put(t, whole, data[:len(data)-2]) // its end marker alone is missing
	set := read(t, dir)
	if len(set.Findings) > 0 {
		t.Error(told(set.Findings))
	}
	set.Apply(twins(t, set))
	if got, want := told(set.Findings), "unreadable/harms/none found:decoding reason:truncated: train/person-007.jpg"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, it := range set.Items {
		if it.Readable() == (it.Image == "train/person-007.jpg") {
			t.Errorf("%s: %v", it.Image, it.Readable())
		}
	}
}

func TestTwinsStops(t *testing.T) {
	set := read(t, sampleSet(t))
	ctx, cancel := context.WithCancel(context.Background())
	_, err := dataset.Twins(ctx, set, dataset.Options{Workers: 1, Tell: func(p dataset.Progress) {
		if p.Total != 60 || p.Done < 1 || p.Phase != dataset.Decoding {
			t.Errorf("%+v", p)
		}
		cancel()
	}})
	if err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

func decoded(t *testing.T, path string) image.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
