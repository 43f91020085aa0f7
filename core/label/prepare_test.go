package label_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func blank(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White})); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// marked returns a JPEG that differs from others by its grey.
func marked(grey uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = grey
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func voc(class string) []byte {
	return fmt.Appendf(nil, "<annotation><size><width>40</width><height>30</height></size><object><name>%s</name>"+
		"<difficult>0</difficult><bndbox><xmin>4</xmin><ymin>3</ymin><xmax>20</xmax><ymax>15</ymax></bndbox></object></annotation>", class)
}

func TestDataStayAsTheyWere(t *testing.T) {
	data := sampleData(t)
	before := tree(t, data)
	out := filepath.Join(t.TempDir(), "prepared")
	prepare(t, read(t, data), out, person)
	prepare(t, read(t, data), out, label.Options{Classes: []string{"person", "dog"}, MinusOne: true})
	if after := tree(t, data); !maps.Equal(before, after) {
		t.Error("a file of the user's has changed")
	}
}

func TestLinksWherePossible(t *testing.T) {
	data := sampleData(t)
	out := filepath.Join(filepath.Dir(data), "prepared")
	m := prepare(t, read(t, data), out, person)
	for _, f := range m.Files {
		if !strings.HasPrefix(f.Path, "images/") {
			continue
		}
		a, err1 := os.Stat(filepath.Join(out, filepath.FromSlash(f.Path)))
		b, err2 := os.Stat(filepath.Join(data, filepath.FromSlash(f.Source)))
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if !os.SameFile(a, b) {
			t.Fatalf("%s is a copy on the same disk", f.Path)
		}
	}
}

func TestOnlyWhatChangedIsWritten(t *testing.T) {
	data := sampleData(t)
	out := filepath.Join(t.TempDir(), "prepared")
	first := prepare(t, read(t, data), out, person)
	before := tree(t, out)
	if again := prepare(t, read(t, data), out, person); again.Digest != first.Digest {
		t.Error("the second call came to another end")
	}
	after := tree(t, out)
	delete(before, dataset.PreparedMark)
	delete(after, dataset.PreparedMark)
	if !maps.Equal(before, after) {
		t.Error("the second call wrote files that were right")
	}

	// One box moved, one picture gone, one replaced, one new.
	edit := filepath.Join(data, "train", "person-003.xml")
	text, err := os.ReadFile(edit)
	if err != nil {
		t.Fatal(err)
	}
	write(t, edit, bytes.Replace(text, []byte("<xmin>"), []byte("<xmin>1"), 1))
	for _, name := range []string{"person-004.jpg", "person-004.xml"} {
		if err := os.Remove(filepath.Join(data, "train", name)); err != nil {
			t.Fatal(err)
		}
	}
	replaced := filepath.Join(data, "train", "person-005.jpg")
	if err := os.Remove(replaced); err != nil {
		t.Fatal(err)
	}
	write(t, replaced, marked(1))
	write(t, filepath.Join(data, "test", "new.jpg"), marked(2))
	write(t, filepath.Join(data, "test", "new.xml"), voc("person"))
	mine := filepath.Join(out, "images", "train", "somebody's.jpg")
	write(t, mine, marked(3))

	prepare(t, read(t, data), out, person)
	after = tree(t, out)
	var changed []string
	for _, name := range []string{
		"images/train/person-003.jpg", "labels/train/person-003.txt", "images/train/person-004.jpg", "labels/train/person-004.txt",
		"images/train/person-005.jpg", "labels/train/person-005.txt", "images/val/new.jpg", "labels/val/new.txt", "images/train/somebody's.jpg",
	} {
		switch was, is := before[name], after[name]; {
		case is == "":
			changed = append(changed, "gone "+name)
		case was == "":
			changed = append(changed, "new "+name)
		case was != is:
			changed = append(changed, "changed "+name)
		}
		delete(before, name)
		delete(after, name)
	}
	delete(after, dataset.PreparedMark)
	if !maps.Equal(before, after) {
		t.Error("other files were written")
	}
	want := "changed labels/train/person-003.txt, gone images/train/person-004.jpg, gone labels/train/person-004.txt, " +
		"changed images/train/person-005.jpg, new images/val/new.jpg, new labels/val/new.txt, new images/train/somebody's.jpg"
	got := strings.Join(changed, ", ")
	// The label of the replaced picture depends on that picture's size.
	got = strings.Replace(got, ", changed labels/train/person-005.txt", "", 1)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNames(t *testing.T) {
	data := t.TempDir()
	names := []string{"a.jpg", "sub/a.jpg", "B.jpg", "sub/b.jpg", "人.jpg", "x y.jpg", "x+y.jpg", "-rf.jpg", "con.jpg", "plain_1.2.JPG", strings.Repeat("long", 50) + ".jpg"}
	for i, name := range names {
		write(t, filepath.Join(data, "train", filepath.FromSlash(name)), marked(uint8(i)))
		write(t, filepath.Join(data, "train", filepath.FromSlash(strings.TrimSuffix(name, filepath.Ext(name))+".xml")), voc("c"))
	}
	write(t, filepath.Join(data, "val", "lies.jpg"), blank(40, 30))
	write(t, filepath.Join(data, "val", "lies.xml"), voc("c"))
	out := filepath.Join(t.TempDir(), "out")
	m := prepare(t, read(t, data), out, label.Options{Classes: []string{"c"}})
	got := map[string]string{}
	lower := map[string]bool{}
	for _, f := range m.Files {
		key := strings.ToLower(strings.TrimSuffix(f.Path, filepath.Ext(f.Path)))
		if lower[key] {
			t.Errorf("%s clashes", f.Path)
		}
		lower[key] = true
		for _, c := range f.Path {
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./", c) {
				t.Errorf("%q has odd characters", f.Path)
			}
		}
		if strings.HasPrefix(f.Path, "images/") {
			got[f.Source] = f.Path
			label := strings.Replace(strings.TrimSuffix(f.Path, filepath.Ext(f.Path)), "images/", "labels/", 1) + ".txt"
			if _, err := os.Stat(filepath.Join(out, label)); err != nil {
				t.Errorf("%s has no label: %v", f.Path, err)
			}
			a, _ := os.ReadFile(filepath.Join(out, f.Path))
			b, _ := os.ReadFile(filepath.Join(data, f.Source))
			if !bytes.Equal(a, b) {
				t.Errorf("%s does not hold %s", f.Path, f.Source)
			}
		}
	}
	if len(got) != len(names)+1 {
		t.Errorf("%d pictures of %d", len(got), len(names)+1)
	}
	if again := prepare(t, read(t, data), out, label.Options{Classes: []string{"c"}}); again.Digest != m.Digest {
		t.Error("the second call chose other names")
	}
	if p := got["train/plain_1.2.JPG"]; p != "images/train/plain_1.2.jpg" {
		t.Errorf("a plain name became %q", p)
	}
	if p := got["val/lies.jpg"]; p != "images/val/lies.png" {
		t.Errorf("a PNG named .jpg became %q", p)
	}
}

func TestBackgroundAndUnusable(t *testing.T) {
	data := t.TempDir()
	for _, part := range []string{"train", "val"} {
		write(t, filepath.Join(data, part, "a.jpg"), marked(9))
		write(t, filepath.Join(data, part, "a.xml"), voc("c"))
		write(t, filepath.Join(data, part, "none.jpg"), marked(10))
		write(t, filepath.Join(data, part, "broken.jpg"), []byte("no picture"))
	}
	out := filepath.Join(t.TempDir(), "out")
	m := prepare(t, read(t, data), out, label.Options{Classes: []string{"c"}})
	if text, err := os.ReadFile(filepath.Join(out, "labels", "train", "none.txt")); err != nil || len(text) != 0 {
		t.Errorf("label of a background: %q, %v", text, err)
	}
	if m.Train != 2 || m.Val != 2 || len(m.Skipped) != 2 || m.Skipped[0] != (label.Skipped{Source: "train/broken.jpg", Part: "train"}) {
		t.Errorf("%d+%d pictures, skipped %v", m.Train, m.Val, m.Skipped)
	}
}

// YOLOv5 v7.0 writes a JPEG anew that does not end as it should; a linked one
// would be the user's own file.
func TestOpenEndedPictureIsCopied(t *testing.T) {
	data := t.TempDir()
	open := bytes.TrimSuffix(marked(7), []byte{0xFF, 0xD9})
	for _, part := range []string{"train", "val"} {
		write(t, filepath.Join(data, part, "a.jpg"), open)
		write(t, filepath.Join(data, part, "a.xml"), voc("c"))
	}
	out := filepath.Join(t.TempDir(), "out")
	opts := label.Options{Classes: []string{"c"}}
	for range 2 {
		m := prepare(t, read(t, data), out, opts)
		got, err := os.ReadFile(filepath.Join(out, "images", "train", "a.jpg"))
		if err != nil || !bytes.Equal(got, marked(7)) {
			t.Errorf("the copy is not closed (%v)", err)
		}
		if changed, err := label.Verify(context.Background(), out, m, true); err != nil || len(changed) > 0 {
			t.Errorf("%v, %v", changed, err)
		}
	}
	if now, _ := os.ReadFile(filepath.Join(data, "train", "a.jpg")); !bytes.Equal(now, open) {
		t.Error("the user's picture has changed")
	}
}

func TestLinkedPicture(t *testing.T) {
	data, elsewhere := t.TempDir(), t.TempDir()
	write(t, filepath.Join(elsewhere, "p.jpg"), marked(1))
	for _, part := range []string{"train", "val"} {
		write(t, filepath.Join(data, part, "a.xml"), voc("c"))
		if err := os.Symlink(filepath.Join(elsewhere, "p.jpg"), filepath.Join(data, part, "a.jpg")); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	prepare(t, read(t, data), out, label.Options{Classes: []string{"c"}})
	info, err := os.Lstat(filepath.Join(out, "images", "train", "a.jpg"))
	if err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}

func TestRefused(t *testing.T) {
	data := sampleData(t)
	ours := t.TempDir()
	write(t, filepath.Join(ours, "thesis.doc"), []byte("x"))
	file := filepath.Join(ours, "thesis.doc")
	trap := t.TempDir()
	prepared := filepath.Join(trap, "out")
	prepare(t, read(t, data), prepared, person)
	if err := os.RemoveAll(filepath.Join(prepared, "labels", "val")); err != nil {
		t.Fatal(err)
	}
	linked := os.Symlink(data, filepath.Join(prepared, "labels", "val")) == nil
	edited := filepath.Join(t.TempDir(), "out")
	prepare(t, read(t, data), edited, person)
	write(t, filepath.Join(edited, dataset.PreparedMark), []byte("gpuwizard prepared 1 complete\nown ../../thesis.doc\n"))

	flat := filepath.Join(t.TempDir(), "flat")
	write(t, filepath.Join(flat, "a.jpg"), marked(1))
	write(t, filepath.Join(flat, "a.xml"), voc("c"))

	tests := []struct {
		name, data, out string
		opts            label.Options
		want            problem.Code
		args            string
		skip            bool
	}{
		{"over the data", data, data, person, label.InsideData, "", false},
		{"within the data", data, filepath.Join(data, "train", "new"), person, label.InsideData, "", false},
		{"around the data", data, filepath.Dir(data), person, label.InsideData, "", false},
		{"somebody's folder", data, ours, person, label.NotOurs, "", false},
		{"a file", data, file, person, label.WriteFailed, "", false},
		{"a link in the prepared folder", data, prepared, person, label.NotOurs, "", !linked},
		{"an edited manifest", data, edited, person, label.BrokenManifest, "line=2", false},
		{"a class too few", data, filepath.Join(trap, "x"), label.Options{Classes: []string{"dog"}}, label.UnknownClass, "class=person count=135 path=test/person-049.xml", false},
		{"a class twice", data, filepath.Join(trap, "x"), label.Options{Classes: []string{"person", "person"}}, label.BadClasses, "class=person", false},
		{"not divided", flat, filepath.Join(trap, "x"), label.Options{Classes: []string{"c"}}, label.PartEmpty, "part=train", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.skip {
				t.Skip("no symbolic links here")
			}
			before := tree(t, test.data)
			_, err := label.Prepare(context.Background(), read(t, test.data), test.out, test.opts, nil)
			if !problem.Has(err, test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			p, _ := problem.As(err)
			for _, arg := range strings.Fields(test.args) {
				name, value, _ := strings.Cut(arg, "=")
				if p.Args[name] != value {
					t.Errorf("%s is %q, want %q", name, p.Args[name], value)
				}
			}
			if after := tree(t, test.data); !maps.Equal(before, after) {
				t.Error("the data have changed")
			}
		})
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(trap, "x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused call left its folder behind: %v", err)
	}
}

// Whoever starts the wizard in the data's own folder keeps its things in a
// hidden folder there.
func TestHiddenFolderWithinTheData(t *testing.T) {
	data := sampleData(t)
	out := filepath.Join(data, ".gpuwizard", "prepared")
	prepare(t, read(t, data), out, person)
	if set := read(t, data); len(set.Items) != 60 {
		t.Errorf("%d pictures afterwards", len(set.Items))
	}
}
