package dataset_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

func TestReadVOC(t *testing.T) {
	dir := clean().write(t)
	set := read(t, dir)
	r := dataset.NewVOCReader(dir)
	defer r.Close()
	for _, want := range set.Items[:3] {
		got, err := r.Read(want.Annotation)
		if err != nil || !reflect.DeepEqual(got.Boxes, want.Boxes) || got.LabelWidth != want.LabelWidth || got.LabelHeight != want.LabelHeight {
			t.Errorf("%+v, %v; Read has %+v", got, err, want)
		}
	}
}

// A file that nobody has written by hand is refused by its size: none of it is
// kept in memory.
func TestReadVOCRefuses(t *testing.T) {
	dir := t.TempDir()
	r := dataset.NewVOCReader(dir)
	defer r.Close()
	for _, test := range []struct {
		name, text string
		size       int64
		code       problem.Code
		reason     string
	}{
		{"broken.xml", "<annotation>", 0, dataset.BrokenAnnotation, dataset.BrokenSyntax},
		{"empty.xml", "", 0, dataset.BrokenAnnotation, dataset.BrokenEmpty},
		{"large.xml", "<annotation>", 2 << 30, dataset.BrokenAnnotation, dataset.BrokenTooLarge},
		{"gone.xml", "", -1, dataset.FileUnreadable, ""},
	} {
		path := filepath.Join(dir, test.name)
		if test.size >= 0 {
			if err := os.WriteFile(path, []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if test.size > 0 {
			if err := os.Truncate(path, test.size); err != nil {
				t.Skip(err) // no room for it, not even sparse
			}
		}
		_, err := r.Read(test.name)
		if p, ok := problem.As(err); !ok || p.Code != test.code || p.Args["reason"] != test.reason {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
