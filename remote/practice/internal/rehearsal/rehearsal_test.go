package rehearsal

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		line string
		want func(*arguments)
		fail string
	}{
		{"", func(*arguments) {}, ""},
		{"--weights  --cfg a.yaml --data b.yaml --epochs 3 --project p --name n --exist-ok", func(a *arguments) {
			a.weights, a.cfg, a.data, a.epochs, a.project, a.name, a.existOK = "", "a.yaml", "b.yaml", "3", "p", "n", true
		}, ""},
		{"--batch 4 --img=64 --dev cpu", func(a *arguments) { a.batch, a.imgsz, a.device = "4", "64", "cpu" }, ""},
		{"--resume", func(a *arguments) { a.resumes = true }, ""},
		{"--resume x.pt", func(a *arguments) { a.resumes, a.resume = true, "x.pt" }, ""},
		{"-h", func(a *arguments) { a.help = true }, ""},
		{"--workers 0 --optimizer Adam --hyp h.yaml --rect", func(*arguments) {}, ""},
		{"--epochs", nil, "argument --epochs: expected one argument"},
		{"--nosuch 1", nil, "unrecognized arguments: --nosuch"},
		{"stray", nil, "unrecognized arguments: stray"},
		{"--no 1", nil, "ambiguous option: --no could match"},
	} {
		want := arguments{weights: "yolov5s.pt", data: "data/coco128.yaml", project: "runs/train", name: "exp", epochs: "100"}
		if c.want != nil {
			c.want(&want)
		}
		var words []string
		if c.line != "" {
			words = strings.Split(c.line, " ")
		}
		got, err := parseArguments(words)
		switch {
		case c.fail != "":
			if err == nil || !strings.HasPrefix(err.Error(), c.fail) {
				t.Errorf("%s: %v", c.line, err)
			}
		case err != nil || !reflect.DeepEqual(got, want):
			t.Errorf("%s: %+v, %v", c.line, got, err)
		}
	}
}

func TestReplacedPathsKeepTheTiming(t *testing.T) {
	r := &Recording{log: []byte("see /r/runs/x and /r/runs/y\nend\n")}
	r.Paths.Run, r.Paths.Runs = "/r/runs/x", "/r/runs"
	r.marks = []mark{{1, 4}, {2, 8}, {3, 13}, {4, 28}, {5, len(r.log)}}
	got := r.For("", "", "/long/way/runs", "q")
	if want := "see q and /long/way/runs/y\nend\n"; string(got.log) != want {
		t.Fatalf("%q", got.log)
	}
	var pieces []string
	at := 0
	for _, m := range got.marks {
		pieces = append(pieces, string(got.log[at:m.end]))
		at = m.end
	}
	if want := []string{"see ", "q", "", " and /long/way/runs/y\n", "end\n"}; !reflect.DeepEqual(pieces, want) {
		t.Errorf("%q", pieces)
	}
}

func TestTiming(t *testing.T) {
	got, err := parseTiming([]byte("0\t2\n10\t5\n"), 7)
	if want := []mark{{0, 2}, {10 * time.Millisecond, 5}, {10 * time.Millisecond, 7}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"x\t1\n", "1\n", "5\t1\n4\t2\n", "5\t2\n6\t1\n", "1\t8\n", "-1\t1\n"} {
		if got, err := parseTiming([]byte(bad), 7); err == nil {
			t.Errorf("%q gave %v", bad, got)
		}
	}
}

func TestLabelFiles(t *testing.T) {
	for picture, want := range map[string]string{
		"/d/images/train/a.jpg":        "/d/labels/train/a.txt",
		"/images/images/train/a.b.png": "/images/labels/train/a.b.txt",
		"/d/JPEGImages/a.jpg":          "/d/JPEGImages/a.txt",
	} {
		if got := labelFile(picture); got != want {
			t.Errorf("%s: %s", picture, got)
		}
	}
}

func FuzzTiming(f *testing.F) {
	f.Add([]byte("0\t1\n5\t9\n"), 9)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		marks, err := parseTiming(text, size)
		if err != nil {
			return
		}
		last := mark{}
		for _, m := range marks {
			if m.at < last.at || m.end < last.end {
				t.Fatalf("%v after %v", m, last)
			}
			last = m
		}
		if size > 0 && last.end != size {
			t.Errorf("ends at %d of %d", last.end, size)
		}
	})
}

func FuzzArguments(f *testing.F) {
	f.Add("--data\x00a\x00--epochs=3\x00--resume")
	f.Fuzz(func(_ *testing.T, line string) { _, _ = parseArguments(strings.Split(line, "\x00")) })
}

func FuzzReplace(f *testing.F) {
	f.Add([]byte("a /r/x b"), "/r", "/r/x", "new", 3)
	f.Fuzz(func(t *testing.T, text []byte, short, long, now string, position int) {
		if short == "" || long == "" || position < 0 || position > len(text) {
			return
		}
		out, cuts := replace(text, []replacement{{long, now}, {short, now}})
		if got := shift(cuts, len(text)); got != len(out) {
			t.Errorf("the end is at %d of %d", got, len(out))
		}
		if at := shift(cuts, position); at < 0 || at > len(out) {
			t.Errorf("%d went to %d of %d", position, at, len(out))
		}
		same, cuts := replace(text, nil)
		if !bytes.Equal(same, text) || shift(cuts, position) != position {
			t.Error("nothing to replace, and yet")
		}
	})
}
