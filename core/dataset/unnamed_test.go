package dataset_test

import (
	"bytes"
	"strconv"
	"testing"
)

func TestUnnamedClasses(t *testing.T) {
	labels := files{}
	for name, data := range clean() {
		if bytes.HasPrefix(data, []byte("\xFF\xD8")) {
			labels[name] = data
			labels[name[:len(name)-len("jpg")]+"txt"] = []byte("0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.4 0.4\n")
		}
	}
	odd := files{"train/p00.txt": []byte("7 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.4 0.4\n")}
	names := files{"classes.txt": []byte("dog\nperson\n")}
	for _, test := range []struct {
		name  string
		files files
		boxes string
		class string
		count int
	}{
		{"named", labels.with(names), "", "", 0},
		{"no names at all", labels, strconv.Itoa(len(labels)), "0", len(labels) / 2},
		{"a number beyond the names", labels.with(names).with(odd), "1", "7", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := 0
			for _, f := range read(t, test.files.write(t)).Findings {
				if f.Args["kind"] == "unnamed" {
					got = len(f.Files)
					if f.Args["boxes"] != test.boxes || f.Args["class"] != test.class {
						t.Errorf("%v", f.Args)
					}
				}
			}
			if got != test.count {
				t.Errorf("%d files, want %d", got, test.count)
			}
		})
	}
}

// TestBlanksAroundNames holds that blanks in a list of names are told of where
// the names are used, and line ends of another system are no blanks.
func TestBlanksAroundNames(t *testing.T) {
	yolo, voc := files{}, clean()
	for name, data := range clean() {
		if bytes.HasPrefix(data, []byte("\xFF\xD8")) {
			yolo[name] = data
			yolo[name[:len(name)-len("jpg")]+"txt"] = []byte("0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.4 0.4\n")
		}
	}
	for _, test := range []struct {
		name  string
		files files
		list  string
		want  string
	}{
		{"none", yolo, "dog\nperson\n", ""},
		{"after a name", yolo, "dog \nperson\n", "class-names/note/auto kind:blank: classes.txt"},
		{"before the last", yolo, "dog\n\tperson", "class-names/note/auto kind:blank: classes.txt"},
		{"lines of Windows", yolo, "dog\r\nperson\r\n", ""},
		{"an empty line of blanks", yolo, "dog\nperson\n  \n", ""},
		{"not used", voc, "dog \nperson\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := read(t, test.files.with(files{"classes.txt": []byte(test.list)}).write(t))
			if got := told(set.Findings); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			if got := len(set.Classes); got != 2 {
				t.Errorf("%d classes", got)
			}
		})
	}
}
