package yolov5

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

func TestDataYAML(t *testing.T) {
	got := string(DataYAML(DataYAMLOptions{
		Path: "/root/autodl-tmp/person", Train: "images/train", Val: "images/val",
		Names: []string{"person", "it's a: \"dog\"", "人", "1", "no", "~", "", "# x", "a\tb\n", "😀", "back\\slash"},
	}))
	want := `path: "/root/autodl-tmp/person"
train: "/root/autodl-tmp/person/images/train"
val: "/root/autodl-tmp/person/images/val"
nc: 11
names:
  - "person"
  - "it's a: \"dog\""
  - "\u4EBA"
  - "1"
  - "no"
  - "~"
  - ""
  - "# x"
  - "a\tb\n"
  - "\U0001F600"
  - "back\\slash"
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDataYAMLReadsBack(t *testing.T) {
	for _, o := range []DataYAMLOptions{
		{Path: "/data/a b", Train: "images/train", Val: "images/val", Names: []string{"person"}},
		{Path: "/数据/集", Train: "/else/where", Val: "../other", Names: []string{"人", "yes", "null", "0x1", "1e3", "- a", "{b}", "\u2028", "\x00\x7f\u0085"}},
	} {
		file := DataYAML(o)
		if strings.IndexFunc(string(file), func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			t.Errorf("not ASCII: %s", file)
		}
		data, err := ParseDataYAML(file)
		if err != nil {
			t.Fatal(err)
		}
		if data.Path != o.Path || !reflect.DeepEqual(data.Names, o.Names) || data.NC != len(o.Names) {
			t.Errorf("got %+v of %+v", data, o)
		}
		if len(data.Train) != 1 || !strings.HasPrefix(data.Train[0], "/") || !strings.HasPrefix(data.Val[0], "/") {
			t.Errorf("not absolute: %+v", data)
		}
	}
}

func TestParseDataYAML(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     DataSet
		code     problem.Code
		line     string
	}{
		{name: "v5.0", in: "train: ../coco128/images/\nval: [a, b]\nnc: 2\nnames: [ 'person', bicycle ]\n", want: DataSet{Train: []string{"../coco128/images/"}, Val: []string{"a", "b"}, Names: []string{"person", "bicycle"}, NC: 2}},
		{name: "v7.0", in: "path: ../datasets/x\ntrain: i\nval: j\ntest: # none\nnames:\n  1: bicycle\n  0: person\n", want: DataSet{Path: "../datasets/x", Train: []string{"i"}, Val: []string{"j"}, Names: []string{"person", "bicycle"}, NC: -1}},
		{name: "aliases", in: "train: &t a\nval: *t\nnames: [x]\n", want: DataSet{Train: []string{"a"}, Val: []string{"a"}, Names: []string{"x"}, NC: -1}},
		{name: "byte order mark, CR LF", in: "\ufefftrain: a\r\nval: b\r\nnames: [x]\r\n", want: DataSet{Train: []string{"a"}, Val: []string{"b"}, Names: []string{"x"}, NC: -1}},
		{name: "count differs", in: "train: a\nval: b\nnc: 80\nnames: [x]\n", code: DataYAMLCount, line: "3"},
		{name: "no train", in: "val: b\nnames: [x]\n", code: DataYAMLMissing},
		{name: "empty val", in: "train: a\nval:\nnames: [x]\n", code: DataYAMLMissing},
		{name: "no names", in: "train: a\nval: b\nnames: []\n", code: DataYAMLMissing},
		{name: "names with a gap", in: "train: a\nval: b\nnames: {0: x, 2: y}\n", code: DataYAMLBadValue, line: "3"},
		{name: "names in words", in: "train: a\nval: b\nnames: {x: 0}\n", code: DataYAMLBadValue, line: "3"},
		{name: "nested", in: "train: {a: b}\nval: b\nnames: [x]\n", code: DataYAMLBadValue, line: "1"},
		{name: "GBK", in: "train: a\nval: b\nnames: [\xc8\xcb]\n", code: DataYAMLBroken, line: "1"},
		{name: "list", in: "- a\n", code: DataYAMLNoMap, line: "1"},
		{name: "no space", in: "train:a\nval: b\n", code: DataYAMLBroken, line: "2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseDataYAML([]byte(tt.in))
			if tt.code != "" {
				wantProblem(t, err, tt.code, tt.line)
				return
			}
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func FuzzDataYAML(f *testing.F) {
	f.Add("/root/x", "images/train", "person", "it's: #1")
	f.Add("/数据", "", "\x00\xff", "no")
	f.Fuzz(func(t *testing.T, path, train, a, b string) {
		file := DataYAML(DataYAMLOptions{Path: path, Train: train, Val: "v", Names: []string{a, b}})
		var got struct {
			Path  string
			Names []string
			NC    int
		}
		if err := yaml.Unmarshal(file, &got); err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		valid := func(s string) string { return string([]rune(s)) }
		if got.Path != valid(path) || len(got.Names) != 2 || got.Names[0] != valid(a) || got.Names[1] != valid(b) || got.NC != 2 {
			t.Fatalf("got %+v of %q", got, file)
		}
	})
}

func FuzzParseDataYAML(f *testing.F) {
	f.Add([]byte("path: ../datasets/x\ntrain: i\nval: [j, k]\nnc: 2\nnames: {0: a, 1: b}\n"))
	f.Add([]byte("\ufeff&a {train: *a, val: b}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		data, err := ParseDataYAML(in)
		if err == nil && (len(data.Names) == 0 || len(data.Train) == 0 || len(data.Val) == 0) {
			t.Fatalf("accepted %+v", data)
		}
		if _, ok := problem.As(err); err != nil && !ok {
			t.Fatalf("no problem: %v", err)
		}
	})
}
