package label_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/picture"
	"gpuwizard/core/label"
)

// stored returns a JPEG that viewers turn by the orientation into a picture of
// w by h, white but for a black box.
func stored(orientation, w, h int, black image.Rectangle) []byte {
	back := map[int]int{6: 8, 8: 6}[orientation]
	if back == 0 {
		back = orientation // the others are their own reverse
	}
	seen := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if !image.Pt(x, y).In(black) {
				seen.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture.Upright(seen, back), &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[6+8+2+9] = byte(orientation)
	segment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(exif)+2))
	return append(append([]byte{0xFF, 0xD8}, append(segment, exif...)...), b.Bytes()[2:]...)
}

func vocBox(w, h int, box string) []byte {
	f := strings.Fields(box)
	return fmt.Appendf(nil, "<annotation><size><width>%d</width><height>%d</height></size><object><name>c</name><difficult>0</difficult>"+
		"<bndbox><xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox></object></annotation>", w, h, f[0], f[1], f[2], f[3])
}

// However a picture is stored, and whichever way its boxes were drawn: in the
// prepared folder the label surrounds what is seen.
func TestTurnedPictures(t *testing.T) {
	black := image.Rect(16, 8, 40, 24) // as seen, on 80x48
	// The same box on the picture as it is stored.
	raw := map[int]string{
		2: "40 8 64 24", 3: "40 24 64 40", 4: "16 24 40 40",
		5: "8 16 24 40", 6: "8 40 24 64", 7: "24 40 40 64", 8: "24 16 40 40",
	}
	for orientation := 2; orientation <= 8; orientation++ {
		for _, drawn := range []string{"seen", "stored"} {
			t.Run(fmt.Sprint(orientation, " ", drawn), func(t *testing.T) {
				data := t.TempDir()
				w, h, box := 80, 48, "16 8 40 24"
				if drawn == "stored" {
					box = raw[orientation]
					if orientation > 4 {
						w, h = h, w
					}
				}
				for _, part := range []string{"train", "val"} {
					write(t, filepath.Join(data, part, "a.jpg"), stored(orientation, 80, 48, black))
					write(t, filepath.Join(data, part, "a.xml"), vocBox(w, h, box))
				}
				before := tree(t, data)
				set := read(t, data)
				kind := drawn
				if orientation <= 4 {
					kind = "unclear"
				}
				found := false
				for _, f := range set.Findings {
					if f.Check == dataset.Rotated && f.Args["kind"] == kind && len(f.Files) == 2 {
						found = true
					} else if f.Check == dataset.Rotated || f.Check == dataset.ForeignLabels {
						t.Errorf("found %+v", f)
					}
				}
				if !found {
					t.Errorf("not found among %+v", set.Findings)
				}
				out := filepath.Join(t.TempDir(), "out")
				opts := label.Options{Classes: []string{"c"}, StoredBoxes: drawn == "stored"}
				m := prepare(t, set, out, opts)
				text, err := os.ReadFile(filepath.Join(out, "labels", "train", "a.txt"))
				if want := "0 0.350000 0.333333 0.300000 0.333333\n"; err != nil || string(text) != want {
					t.Errorf("label %q, want %q (%v)", text, want, err)
				}
				img, err := picture.Open(filepath.Join(out, "images", "train", "a.jpg"))
				if err != nil || img.Bounds() != image.Rect(0, 0, 80, 48) {
					t.Fatalf("%v %v", img.Bounds(), err)
				}
				for y := range 48 {
					for x := range 80 {
						dark := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
						if dark != image.Pt(x, y).In(black) {
							t.Fatalf("wrong at %d,%d", x, y)
						}
					}
				}
				for _, f := range m.Files {
					if strings.HasPrefix(f.Path, "images/") && (f.Mend != label.MendUpright || f.SourceSize == 0) {
						t.Errorf("the manifest says %+v", f)
					}
				}
				was := tree(t, out)
				if again := prepare(t, read(t, data), out, opts); again.Digest != m.Digest {
					t.Error("the second call came to another end")
				}
				is := tree(t, out)
				delete(was, dataset.PreparedMark)
				delete(is, dataset.PreparedMark)
				if !maps.Equal(was, is) {
					t.Error("the second call wrote the pictures anew")
				}
				if read, err := label.ReadManifest(out); err != nil || read.Files[0].Mend != label.MendUpright {
					t.Errorf("read back: %+v, %v", read.Files, err)
				}
				if !maps.Equal(before, tree(t, data)) {
					t.Error("a file of the user's has changed")
				}
			})
		}
	}
}

func TestLeftOut(t *testing.T) {
	data := t.TempDir()
	for _, part := range []string{"train", "val"} {
		for i, name := range []string{"a", "b", "none"} {
			write(t, filepath.Join(data, part, name+".jpg"), marked(uint8(9+i)))
		}
		write(t, filepath.Join(data, part, "a.xml"), voc("c"))
		write(t, filepath.Join(data, part, "b.xml"), voc("c"))
	}
	out := filepath.Join(t.TempDir(), "out")
	m := prepare(t, read(t, data), out, label.Options{Classes: []string{"c"}, SkipUnlabelled: true, Skip: map[string]bool{"train/b.jpg": true}})
	var got []string
	for _, f := range m.Files {
		got = append(got, f.Path)
	}
	want := "images/train/a.jpg images/val/a.jpg images/val/b.jpg labels/train/a.txt labels/val/a.txt labels/val/b.txt"
	if s := strings.Join(got, " "); s != want || m.Train != 1 || m.Val != 2 {
		t.Errorf("got %s, %d+%d\nwant %s", s, m.Train, m.Val, want)
	}
}
