package dataset_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

func TestFindings(t *testing.T) {
	gbk := func(text string) []byte {
		b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const x, j = "train/p00.xml", "train/p00.jpg"
	tests := []struct {
		name   string
		change files
		want   string
	}{
		{"clean", nil, ""},
		{"with a byte order mark", files{x: append([]byte("\uFEFF"), voc("person 1 1 5 5")...)}, ""},
		{"a tenth of the pictures is background", files{x: voc()}, ""},
		{"edges of the picture", files{x: voc("dog 0 0 100 80")}, ""},

		{"size of another picture", files{x: vocSized("<size><width>500</width><height>80</height></size>", "dog 1 1 9 9")}, "foreign-labels/harms/none kind:other: " + x},
		{
			"sizes of other pictures",
			files{
				x:               vocSized("<size><width>500</width><height>80</height></size>", "dog 1 1 9 9"),
				"train/p01.xml": vocSized("<size><width>80</width><height>100</height></size>", "dog 1 1 9 9"),
			},
			"foreign-labels/ruins/none kind:other: train/p00.xml train/p01.xml",
		},
		{"scaled afterwards", files{x: vocSized("<size><width>400</width><height>320</height></size>", "dog 1 1 399 9")}, "foreign-labels/note/auto kind:scaled: " + x},
		{"size nought", files{x: vocSized("<size><width>0</width><height>0</height></size>", "dog 1 1 9 9")}, "missing-fields/note/auto kind:size: " + x},
		{"no size", files{x: vocSized("", "dog 1 1 9 9")}, "missing-fields/note/auto kind:size: " + x},
		{"no difficult", files{x: bytes.ReplaceAll(voc("dog 1 1 9 9"), []byte("<difficult>0</difficult>"), nil)}, "missing-fields/note/auto kind:difficult: " + x},
		{"no box", files{x: []byte("<annotation><size><width>100</width><height>80</height></size><object><name>dog</name></object></annotation>")}, "missing-fields/harms/none kind:box: " + x},
		{"difficult", files{x: bytes.Replace(voc("dog 1 1 9 9", "dog 11 11 19 19"), []byte("<difficult>0"), []byte("<difficult>1"), 1)}, "difficult/note/ask boxes:1: " + x},
		{"twice", files{x: voc("dog 1 1 9 9", "dog 1 1 9 9", "person 1 1 9 9", "dog 1 1 9 9")}, "duplicate-rows/note/auto boxes:2: " + x},
		{
			"boxes out of order",
			files{x: voc("dog 9 1 1 9", "dog -1 0 9 9", "dog 1 1 101 9", "dog 3 3 3 9", "dog 200 1 300 9")},
			"bad-box/harms/auto boxes:2 kind:empty: " + x + "\nbad-box/harms/auto boxes:2 kind:outside: " + x + "\nbad-box/harms/auto boxes:1 kind:reversed: " + x,
		},
		{"no annotation", files{x: nil}, "unlabelled/harms/ask kind:missing: " + j},
		{"many backgrounds", files{x: voc(), "train/p01.xml": voc()}, "unlabelled/note/none kind:empty: train/p00.jpg train/p01.jpg"},
		{"no picture", files{"train/gone.xml": voc("dog 1 1 5 5")}, "no-picture/harms/none : train/gone.xml"},
		{"case", files{x: voc("Dog 1 1 9 9"), "train/p01.xml": voc("DOG 1 1 9 9")}, "class-names/harms/ask boxes:1 class:DOG kind:case other:dog other-boxes:10: train/p01.xml\nclass-names/harms/ask boxes:1 class:Dog kind:case other:dog other-boxes:10: train/p00.xml"},
		{"blank", files{x: bytes.Replace(voc("dog 1 1 9 9"), []byte("<name>dog"), []byte("<name> dog\n"), 1)}, "class-names/note/auto kind:blank: " + x},
		{"doubled letter", files{x: voc("personn 1 1 9 9")}, "class-names/harms/ask boxes:1 class:personn kind:typo other:person other-boxes:11: " + x},
		{"letters changed places", files{x: voc("pesron 1 1 9 9")}, "class-names/harms/ask boxes:1 class:pesron kind:typo other:person other-boxes:11: " + x},
		{"joined otherwise", files{x: voc("guide-dog 1 1 9 9"), "train/p01.xml": voc("guide_dog 1 1 9 9", "guide_dog 11 11 19 19")}, "class-names/harms/ask boxes:1 class:guide-dog kind:typo other:guide_dog other-boxes:2: " + x + "\nclass-names/note/none class:guide_dog kind:only-train: train/p01.xml"},
		{"wide letters", files{x: voc("ｄｏｇ 1 1 9 9")}, "class-names/harms/ask boxes:1 class:ｄｏｇ kind:typo other:dog other-boxes:11: " + x},
		{"numbered classes", files{x: voc("class1 1 1 9 9", "class2 1 1 9 9", "type A 1 1 9 9", "type B 1 1 9 9", "dig 1 1 9 9"), "test/p11.xml": voc("class1 1 1 9 9", "class2 1 1 9 9", "type A 1 1 9 9", "type B 1 1 9 9", "dig 1 1 9 9")}, ""},
		{"only to train on", files{x: voc("cat 1 1 9 9")}, "class-names/note/none class:cat kind:only-train: " + x},
		{"a rare class", files{x: voc(append(many("cart 1 1 %d 9", 41), "boat 1 1 9 9")...), "test/p11.xml": voc(append(many("cart 1 1 %d 9", 9), "boat 1 1 9 9")...)}, "imbalance/note/none boxes:2 class:boat kind:rare other:cart other-boxes:50: test/p11.xml " + x},
		{"tiny boxes", files{x: voc(many("dog 1 1.00%02d 2.1 2.1", 40)...)}, "imbalance/note/none boxes:40 kind:tiny of:62: " + x},
		{"name in Chinese", files{j: nil, x: nil, "train/人.jpg": picture(100, 80, 1), "train/人.xml": voc("dog 1 1 9 9")}, "encoding/note/auto encoding:utf-8 kind:name: train/人.jpg"},
		{"only to validate on", files{"test/p11.xml": voc("cat 1 1 9 9")}, "class-names/harms/none class:cat kind:only-val: test/p11.xml"},
		{"leak", files{"test/p11.jpg": picture(100, 80, 0)}, "leak/harms/ask kind:same: test/p11.jpg train/p00.jpg"},
		{"twins", files{"train/p01.jpg": picture(100, 80, 0)}, "duplicate-images/note/ask kind:same: train/p00.jpg train/p01.jpg"},
		{"lying name", files{j: pngPicture(100, 80)}, "wrong-extension/note/auto format:png: " + j},
		{"JPEG as browsers name it", files{j: nil, "train/p00.jfif": picture(100, 80, 1)}, "wrong-extension/note/auto format:jpeg: train/p00.jfif"},
		{"HEIC", files{j: nil, "train/p00.HEIC": []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")}, "unreadable/harms/none reason:heic: train/p00.HEIC"},
		{"GIF", files{j: gifPicture(100, 80)}, "unreadable/harms/none reason:gif: " + j},
		{"no picture at all", files{j: []byte("hello")}, "unreadable/harms/none reason:unknown: " + j},
		{"cut off", files{j: picture(100, 80, 1)[:30]}, "unreadable/harms/none reason:unknown: " + j},
		{"empty picture", files{j: {}}, "unreadable/harms/none reason:empty: " + j},
		{"pointer", files{j: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")}, "unreadable/harms/none reason:lfs-pointer: " + j},
		{"tiny picture", files{j: picture(9, 80, 1), x: vocSized("<size><width>9</width><height>80</height></size>", "dog 1 1 5 5")}, "unreadable/harms/none reason:small: " + j},
		{"GBK", files{x: gbk(strings.Replace(string(voc("dog 1 1 9 9")), "x.jpg", "行人.jpg", 1))}, "encoding/note/auto encoding:gb18030: " + x},
		// These two characters in GBK are valid UTF-8 by chance.
		{"GBK as declared", files{x: gbk("<?xml version='1.0' encoding='GBK'?>" + strings.Replace(string(voc("dog 1 1 9 9")), "x.jpg", "图片.jpg", 1))}, "encoding/note/auto encoding:gb18030: " + x},
		{"UTF-8 whatever is declared", files{x: []byte("<?xml version='1.0' encoding='GBK'?>" + strings.Replace(string(voc("dog 1 1 9 9")), "x.jpg", "图片.jpg", 1))}, ""},
		{"UTF-16", files{x: utf16(voc("dog 1 1 9 9"))}, "encoding/note/auto encoding:utf-16: " + x},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := read(t, clean().with(test.change).write(t))
			if got := told(set.Findings); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// many writes an object n times, with the numbers from 2 on.
func many(object string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(object, i+2)
	}
	return out
}

func TestNoLabels(t *testing.T) {
	f := files{}
	for name, data := range clean() {
		if strings.HasSuffix(name, ".jpg") {
			f[name] = data
		}
	}
	set := read(t, f.write(t))
	if len(set.Findings) != 2 || set.Findings[0].Check != dataset.NoLabels || set.Findings[0].Severity != dataset.Ruins {
		t.Errorf("got %s", told(set.Findings))
	}
	f = clean()
	for name := range f {
		if strings.HasPrefix(name, "test/") && strings.HasSuffix(name, ".xml") {
			delete(f, name)
		}
	}
	set = read(t, f.write(t))
	if got := told(set.Findings); !strings.HasPrefix(got, "no-labels/ruins/none part:val: ") {
		t.Errorf("got %s", got)
	}
}

func TestProblems(t *testing.T) {
	pointer := []byte("version https://git-lfs.github.com/spec/v1\n")
	huge := bytes.Repeat([]byte(" "), 32<<20+1)
	tests := []struct {
		name   string
		change files
		want   problem.Code
		args   string
	}{
		{"cut off", files{"train/p03.xml": voc("dog 1 1 5 5")[:100], "train/p02.xml": []byte("<annotation>\n\n<a></b>")}, dataset.BrokenAnnotation, "count=2 line=3 reason=syntax"},
		{"no XML", files{"train/p02.xml": []byte("hello\n")}, dataset.BrokenAnnotation, "count=1 line=1 reason=syntax"},
		{"empty", files{"train/p02.xml": []byte(" \n")}, dataset.BrokenAnnotation, "reason=empty"},
		{"pointer", files{"train/p02.xml": pointer}, dataset.BrokenAnnotation, "reason=lfs-pointer"},
		{"HTML", files{"train/p02.xml": []byte("<html></html>")}, dataset.BrokenAnnotation, "reason=root line=1"},
		{"no number", files{"train/p02.xml": bytes.Replace(voc("dog 1 1 5 5"), []byte("<xmin>1"), []byte("<xmin>one"), 1)}, dataset.BrokenAnnotation, "reason=number line=3"},
		{"infinity", files{"train/p02.xml": voc("dog 1 1 1e999 5")}, dataset.BrokenAnnotation, "reason=number line=3"},
		{"too large", files{"train/p02.xml": huge}, dataset.BrokenAnnotation, "reason=too-large"},
		{"neither encoding", files{"train/p02.xml": []byte("<annotation>\xff\xff\xff</annotation>")}, dataset.BrokenAnnotation, "reason=encoding"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := clean().with(test.change).write(t)
			set, err := dataset.Read(context.Background(), dir, dataset.Options{})
			if !problem.Has(err, test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			p, _ := problem.As(err)
			want := "path=" + filepath.Join(dir, "train", "p02.xml")
			for _, arg := range append(strings.Fields(test.args), want) {
				name, value, _ := strings.Cut(arg, "=")
				if p.Args[name] != value {
					t.Errorf("%s is %q, want %q", name, p.Args[name], value)
				}
			}
			if set == nil || len(set.Items) != 12 || len(set.Findings) == 0 || set.Findings[0].Check != dataset.Unreadable || set.Findings[0].Severity != dataset.Ruins {
				t.Errorf("the rest of the set was lost: %+v", set)
			}
		})
	}
}

// Labels that cannot be read hide no other fault, and are not taken for
// pictures without labels, nor for classes that are missing.
func TestUnreadLabelsHideNothing(t *testing.T) {
	cut := func(text []byte) []byte { return text[:len(text)-20] }
	allOf := func(part string, first, last int) files {
		f := files{}
		for i := first; i <= last; i++ {
			f[fmt.Sprintf("%s/p%02d.xml", part, i)] = cut(voc("dog 1 1 9 9"))
		}
		return f
	}
	collected := func(train, val []byte) files {
		f := files{"train/labels.json": train, "test/labels.json": val}
		for name := range clean() {
			if strings.HasSuffix(name, ".xml") {
				f[name] = nil
			}
		}
		return f
	}
	const other = `{"images": [{"id": 1, "file_name": "p11.jpg", "width": 100, "height": 80}, {"id": 2, "file_name": "p10.jpg", "width": 100, "height": 80}, {"id": 3, "file_name": "p09.jpg", "width": 100, "height": 80}],
"categories": [{"id": 1, "name": "dog"}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20]}, {"image_id": 2, "category_id": 1, "bbox": [10, 10, 20, 20]}]`
	tests := []struct {
		name   string
		change files
		want   string
	}{
		{
			"beside others",
			files{
				"train/p00.xml": cut(voc("dog 1 1 9 9")), "train/p01.xml": []byte("<annotation>\n\n<a></b>"), "train/p02.xml": {},
				"train/p03.xml": voc("personn 1 1 9 9"), "train/p04.xml": voc("dog 9 1 1 9"), "train/p05.jpg": []byte("hello"),
			},
			"unreadable/ruins/none kind:label reason:syntax: train/p00.xml:3 train/p01.xml:3\n" +
				"unreadable/ruins/none kind:label reason:empty: train/p02.xml\n" +
				"class-names/harms/ask boxes:1 class:personn kind:typo other:person other-boxes:7: train/p03.xml\n" +
				"unreadable/harms/none reason:unknown: train/p05.jpg\n" +
				"bad-box/harms/auto boxes:1 kind:reversed: train/p04.xml",
		},
		{
			"a whole part", allOf("train", 0, 8),
			"unreadable/ruins/none kind:label reason:syntax: train/p00.xml:3 train/p01.xml:3 train/p02.xml:3 train/p03.xml:3 train/p04.xml:3 train/p05.xml:3 train/p06.xml:3 train/p07.xml:3 train/p08.xml:3",
		},
		{
			"one file for all pictures of a part", collected([]byte("{\"images\": [{\"file_name\": \"p00.jpg\"}],\n\"annotations\": [}"), []byte(other+"}")),
			"unreadable/ruins/none kind:label reason:syntax: train/labels.json:2",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := dataset.Read(context.Background(), clean().with(test.change).write(t), dataset.Options{})
			if !problem.Has(err, dataset.BrokenAnnotation) || set == nil {
				t.Fatal(err)
			}
			if got := told(set.Findings); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
