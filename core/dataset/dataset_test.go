package dataset_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/sample"
	"gpuwizard/core/problem"
)

// A folder under test, by relative path.
type files map[string][]byte

func (f files) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range f {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (f files) with(more files) files {
	out := files{}
	maps.Copy(out, f)
	for name, data := range more {
		if data == nil {
			delete(out, name)
		} else {
			out[name] = data
		}
	}
	return out
}

// picture returns a JPEG of this size whose content depends on mark.
func picture(w, h int, mark uint8) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, grey(w, h, mark), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func grey(w, h int, mark uint8) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = mark
	}
	return img
}

func pngPicture(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, grey(w, h, 1)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func gifPicture(w, h int) []byte {
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White}), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// voc returns an annotation of a 100x80 picture with objects given as
// "class xmin ymin xmax ymax".
func voc(objects ...string) []byte {
	return vocSized("<size><width>100</width><height>80</height><depth>3</depth></size>", objects...)
}

func vocSized(size string, objects ...string) []byte {
	var b strings.Builder
	b.WriteString("<annotation>\n<folder>x</folder><filename>x.jpg</filename>" + size + "\n")
	for _, o := range objects {
		f := strings.Fields(o)
		n := len(f) - 4
		fmt.Fprintf(&b, "<object><name>%s</name><difficult>0</difficult><bndbox><xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox></object>\n",
			strings.Join(f[:n], " "), f[n], f[n+1], f[n+2], f[n+3])
	}
	b.WriteString("</annotation>\n")
	return []byte(b.String())
}

// clean is a small set without a defect.
func clean() files {
	f := files{}
	for i := range 12 {
		part := "train"
		if i >= 9 {
			part = "test"
		}
		f[fmt.Sprintf("%s/p%02d.jpg", part, i)] = picture(100, 80, uint8(10*i))
		f[fmt.Sprintf("%s/p%02d.xml", part, i)] = voc("person 10 10 30 40", "dog 50 20 100 80")
	}
	return f
}

func read(t *testing.T, dir string) *dataset.Set {
	t.Helper()
	set, err := dataset.Read(context.Background(), dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// utf16 is what Windows calls Unicode.
func utf16(text []byte) []byte {
	out := []byte{0xFF, 0xFE}
	for _, c := range text {
		out = append(out, c, 0)
	}
	return out
}

// told puts findings into words: "check/severity/mend details: files", each
// with its line where there is one.
func told(findings []dataset.Finding) string {
	var lines []string
	for _, f := range findings {
		args := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(f.Args), "map["), "]")
		var places []string
		for i := range f.Files {
			places = append(places, f.Place(i))
		}
		lines = append(lines, fmt.Sprintf("%s/%s/%s %s: %s", f.Check, f.Severity, f.Mend, args, strings.Join(places, " ")))
	}
	return strings.Join(lines, "\n")
}

func TestSample(t *testing.T) {
	dir := t.TempDir()
	if err := sample.Write(dir); err != nil {
		t.Fatal(err)
	}
	set := read(t, dir)
	if set.Layout != dataset.Parted || set.Count(dataset.Train) != 48 || set.Count(dataset.Val) != 12 {
		t.Errorf("%s, %d + %d pictures", set.Layout, set.Count(dataset.Train), set.Count(dataset.Val))
	}
	if len(set.Classes) != 1 || set.Classes[0].Name != "person" || set.Classes[0].Total != 135 {
		t.Errorf("classes %v", set.Classes)
	}
	if len(set.Findings) > 0 || len(set.LeftOut) > 0 {
		t.Errorf("a clean set has findings:\n%s\nleft out %v", told(set.Findings), set.LeftOut)
	}
}

func TestLayouts(t *testing.T) {
	p := func(n uint8) []byte { return picture(100, 80, n) }
	x := voc("c 1 1 50 50")
	tests := []struct {
		name    string
		files   files
		layout  dataset.Layout
		want    string // picture=annotation/part, ...
		leftOut string
	}{
		{
			"train and test side by side",
			files{"train/a.jpg": p(1), "train/a.xml": x, "test/b.jpg": p(2), "test/b.xml": x},
			dataset.Parted,
			"test/b.jpg=test/b.xml/val train/a.jpg=train/a.xml/train", "",
		},
		{
			"the lesson's leftovers",
			files{"images_label_split/a.jpg": p(1), "images_label_split/a.xml": x, "train/a.jpg": p(1), "train/a.xml": x, "test/b.jpg": p(2), "test/b.xml": x},
			dataset.Parted,
			"test/b.jpg=test/b.xml/val train/a.jpg=train/a.xml/train", "images_label_split",
		},
		{
			"nothing but the lesson's leftovers",
			files{"images_label_split/a.jpg": p(1), "images_label_split/a.xml": x},
			dataset.Flat,
			"images_label_split/a.jpg=images_label_split/a.xml/", "",
		},
		{
			"parts with folders of their own",
			files{"Train/images/a.jpg": p(1), "Train/annotations/a.xml": x, "Valid/JPEGImages/b.jpg": p(2), "Valid/Annotations/b.xml": x},
			dataset.Parted,
			"Train/images/a.jpg=Train/annotations/a.xml/train Valid/JPEGImages/b.jpg=Valid/Annotations/b.xml/val", "",
		},
		{
			"parts below images",
			files{"images/train/a.jpg": p(1), "images/val/b.jpg": p(2), "annotations/train/a.xml": x, "annotations/val/b.xml": x},
			dataset.Parted,
			"images/train/a.jpg=annotations/train/a.xml/train images/val/b.jpg=annotations/val/b.xml/val", "",
		},
		{
			"parts below images, annotations in one folder",
			files{"images/train/a.jpg": p(1), "images/val/b.jpg": p(2), "annotations/a.xml": x, "annotations/b.xml": x},
			dataset.Parted,
			"images/train/a.jpg=annotations/a.xml/train images/val/b.jpg=annotations/b.xml/val", "",
		},
		{
			"a test folder beside val",
			files{"train/a.jpg": p(1), "train/a.xml": x, "val/b.jpg": p(2), "val/b.xml": x, "test/c.jpg": p(3), "test/c.xml": x},
			dataset.Parted,
			"train/a.jpg=train/a.xml/train val/b.jpg=val/b.xml/val", "test",
		},
		{
			"pictures outside of the parts",
			files{"train/a.jpg": p(1), "train/a.xml": x, "val/b.jpg": p(2), "val/b.xml": x, "more/c.jpg": p(3), "more/c.xml": x},
			dataset.Parted,
			"train/a.jpg=train/a.xml/train val/b.jpg=val/b.xml/val", "more",
		},
		{
			"VOC as it came",
			files{"JPEGImages/a.jpg": p(1), "Annotations/a.xml": x, "ImageSets/Main/train.txt": []byte("a\n")},
			dataset.Flat,
			"JPEGImages/a.jpg=Annotations/a.xml/", "",
		},
		{
			"images and annotations",
			files{"images/a.jpg": p(1), "annotations/a.xml": x, "images/b.png": pngPicture(100, 80), "annotations/b.xml": x},
			dataset.Flat,
			"images/a.jpg=annotations/a.xml/ images/b.png=annotations/b.xml/", "",
		},
		{
			"one folder",
			files{"a.jpg": p(1), "a.xml": x, "b.JPEG": p(2), "b.XML": x},
			dataset.Flat,
			"a.jpg=a.xml/ b.JPEG=b.XML/", "",
		},
		{
			"train alone",
			files{"train/a.jpg": p(1), "train/a.xml": x},
			dataset.Flat,
			"train/a.jpg=train/a.xml/", "",
		},
		{
			"nested, with a space and Chinese",
			files{"我的 数据/set/train/人 1.jpg": p(1), "我的 数据/set/train/人 1.xml": x, "我的 数据/set/test/b.jpg": p(2), "我的 数据/set/test/b.xml": x},
			dataset.Parted,
			"我的 数据/set/test/b.jpg=我的 数据/set/test/b.xml/val 我的 数据/set/train/人 1.jpg=我的 数据/set/train/人 1.xml/train", "",
		},
		{
			"the same name in two folders",
			files{"s1/a.jpg": p(1), "s1/a.xml": x, "s2/a.jpg": p(2), "s2/a.xml": x},
			dataset.Flat,
			"s1/a.jpg=s1/a.xml/ s2/a.jpg=s2/a.xml/", "",
		},
		{
			"what others leave around",
			files{"a.jpg": p(1), "a.xml": x, "._a.jpg": []byte("x"), ".git/b.jpg": p(3), "__MACOSX/a.jpg": p(4), "Thumbs.db": []byte("x"), "notes.txt": []byte("x"), "pom.xml": []byte("<project/>")},
			dataset.Flat,
			"a.jpg=a.xml/", "pom.xml",
		},
		{
			"an older prepared folder",
			files{"a.jpg": p(1), "a.xml": x, "out/prepared.manifest": []byte("x"), "out/images/train/a.jpg": p(1)},
			dataset.Flat,
			"a.jpg=a.xml/", "out",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := read(t, test.files.write(t))
			var got []string
			for _, it := range set.Items {
				got = append(got, it.Image+"="+it.Annotation+"/"+it.Part)
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("got  %s\nwant %s", s, test.want)
			}
			if set.Layout != test.layout {
				t.Errorf("layout %s, want %s", set.Layout, test.layout)
			}
			if s := strings.Join(set.LeftOut, " "); s != test.leftOut {
				t.Errorf("left out %q, want %q", s, test.leftOut)
			}
			for _, f := range set.Findings {
				if f.Check != dataset.Encoding || f.Args["kind"] != "name" {
					t.Errorf("findings in a clean set:\n%s", told(set.Findings))
				}
			}
		})
	}
}

func TestNoFolder(t *testing.T) {
	dir := files{"file": []byte("x"), "empty/only.xml": voc(), "empty/note.txt": nil}.write(t)
	tests := []struct {
		path, args string
		want       problem.Code
	}{
		{filepath.Join(dir, "missing"), "", dataset.NoSuchFolder},
		{filepath.Join(dir, "file"), "", dataset.NotFolder},
		{filepath.Join(dir, "empty"), "1", dataset.NoPictures},
	}
	for _, test := range tests {
		_, err := dataset.Read(context.Background(), test.path, dataset.Options{})
		p, _ := problem.As(err)
		if !problem.Has(err, test.want) || p.Args["path"] != test.path || p.Args["annotations"] != test.args {
			t.Errorf("%s: %v, want %s", test.path, err, test.want)
		}
		if _, err := dataset.Fingerprint(context.Background(), test.path, dataset.Options{}); test.want != dataset.NoPictures && !problem.Has(err, test.want) {
			t.Errorf("fingerprint of %s: %v, want %s", test.path, err, test.want)
		}
	}
}

func TestClosed(t *testing.T) {
	if os.Getuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("nothing is closed to this user")
	}
	dir := clean().write(t)
	ctx := context.Background()
	if err := os.Chmod(filepath.Join(dir, "train", "p00.jpg"), 0); err != nil {
		t.Fatal(err)
	}
	if got := told(read(t, dir).Findings); got != "unreadable/harms/none reason:closed: train/p00.jpg" {
		t.Error(got)
	}
	if err := os.Chmod(filepath.Join(dir, "train", "p00.xml"), 0); err != nil {
		t.Fatal(err)
	}
	set, err := dataset.Read(ctx, dir, dataset.Options{})
	if !problem.Has(err, dataset.FileUnreadable) {
		t.Error(err)
	}
	if set == nil || !strings.HasPrefix(told(set.Findings), "unreadable/ruins/none kind:label reason:closed: train/p00.xml\n") {
		t.Errorf("%+v", set)
	}
	if err := os.Chmod(filepath.Join(dir, "train"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(dir, "train"), 0o755)
	if _, err := dataset.Read(ctx, dir, dataset.Options{}); !problem.Has(err, dataset.FolderUnreadable) {
		t.Error(err)
	}
}

func TestLinks(t *testing.T) {
	elsewhere := files{"b.jpg": picture(100, 80, 2), "b.xml": voc("dog 1 1 5 5")}.write(t)
	dir := files{"train/a.jpg": picture(100, 80, 1), "train/a.xml": voc("dog 1 1 5 5")}.write(t)
	links := map[string]string{"val": elsewhere, "train/loop": dir, "up": filepath.Dir(dir), "again": elsewhere, "train/gone.jpg": "nowhere"}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	set := read(t, dir)
	// Which of two links to one folder is followed is up to their order on
	// disk; never both.
	var got []string
	for _, it := range set.Items {
		got = append(got, it.Image)
	}
	if s := strings.Join(got, " "); s != "train/a.jpg val/b.jpg" && s != "again/b.jpg train/a.jpg" {
		t.Errorf("pictures: %s", s)
	}
	if s := strings.Join(set.LeftOut, " "); s != "again train/gone.jpg train/loop up" && s != "train/gone.jpg train/loop up val" {
		t.Errorf("left out: %s", s)
	}
}

func TestChineseClass(t *testing.T) {
	text, err := simplifiedchinese.GB18030.NewEncoder().Bytes(voc("行人 1 1 9 9"))
	if err != nil {
		t.Fatal(err)
	}
	set := read(t, files{"a.jpg": picture(100, 80, 1), "a.xml": text, "b.jpg": picture(100, 80, 2), "b.xml": voc("行人 1 1 9 9")}.write(t))
	if len(set.Classes) != 1 || set.Classes[0].Name != "行人" || set.Classes[0].Total != 2 {
		t.Errorf("classes %v", set.Classes)
	}
}
