package planted_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/planted"
	"gpuwizard/core/dataset/sample"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

var drawn = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "planted-*")
	if err == nil {
		err = sample.Write(dir)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := drawn(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// plant returns a new copy of the sample with a defect in it.
func plant(t *testing.T, d planted.Defect) string {
	t.Helper()
	from, err := drawn()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := d.Plant(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// state is all that could be changed in a folder: names, content, times.
func state(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		out[path] = fmt.Sprint(info.Mode(), info.ModTime().UnixNano())
		if !e.IsDir() {
			data, err := os.ReadFile(path)
			out[path] += fmt.Sprintf(" %x", sha256.Sum256(data))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// look reads and checks, with decoding.
func look(t *testing.T, d planted.Defect, dir string) *dataset.Set {
	t.Helper()
	set, err := dataset.Read(context.Background(), dir, dataset.Options{})
	if problem.Has(err, dataset.BrokenAnnotation) != d.Stops || err != nil && !d.Stops {
		t.Fatal(err)
	}
	if d.Decoding {
		if slices.ContainsFunc(set.Findings, func(f dataset.Finding) bool { return f.Check == d.Check }) {
			t.Errorf("found without decoding: %v", set.Findings)
		}
		likeness, err := dataset.Twins(context.Background(), set, dataset.Options{})
		if err != nil {
			t.Fatal(err)
		}
		set.Apply(likeness)
	}
	return set
}

// mend prepares the set with everything that the findings offer.
func mend(t *testing.T, set *dataset.Set) string {
	t.Helper()
	rename := dataset.Merges(set.Findings)
	var classes []string
	for _, c := range set.Classes {
		if rename[c.Name] == "" {
			classes = append(classes, c.Name)
		}
	}
	out := filepath.Join(t.TempDir(), "prepared")
	_, err := label.Prepare(context.Background(), set, out, label.Options{Classes: classes, Rename: rename}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryDefectIsFoundAndNamed(t *testing.T) {
	for _, d := range planted.Defects() {
		t.Run(d.Name, func(t *testing.T) {
			dir := plant(t, d)
			before := state(t, dir)
			set := look(t, d, dir)
			var got []string
			named := false
			for _, f := range set.Findings {
				files := slices.Sorted(slices.Values(f.Files))
				got = append(got, fmt.Sprintln(f.Check, f.Severity, f.Mend, f.Args, files))
				if f.Check == d.Check && f.Args["kind"] == d.Kind && f.Severity == d.Severity && slices.Equal(files, d.Files) {
					named = true
				}
			}
			if !named {
				t.Errorf("not named in\n%s", strings.Join(got, ""))
			}
			// Without labels, pictures lack theirs; nothing else has two names.
			if len(got) > 1 && d.Check != dataset.NoLabels && d.Check != dataset.ForeignLabels {
				t.Errorf("found as well:\n%s", strings.Join(got, ""))
			}
			if d.Severity != dataset.Ruins {
				mend(t, set)
			}
			if after := state(t, dir); !maps.Equal(before, after) {
				t.Error("the user's files have changed")
			}
		})
	}
}

func TestForeignLabelsPairedAnew(t *testing.T) {
	for _, d := range planted.Defects() {
		if d.Check != dataset.ForeignLabels || d.Kind != "other" {
			continue
		}
		dir := plant(t, d)
		set := look(t, d, dir)
		if f := set.Findings[0]; f.Mend != dataset.MendAsk || f.Args["by"] != "filename" {
			t.Errorf("no mend is offered: %+v", f)
		}
		set, err := dataset.Read(context.Background(), dir, dataset.Options{ByFilename: true})
		if err != nil || len(set.Findings) > 0 {
			t.Errorf("after the mend: %v, %v", set.Findings, err)
		}
		for _, it := range set.Items {
			if it.Image == "train/person-001.jpg" && it.Annotation != "train/person-003.xml" {
				t.Errorf("%s has %s", it.Image, it.Annotation)
			}
		}
	}
}

// verify runs YOLOv5's own check of every picture, and opens it as training does.
const verify = `
import glob, os, sys
sys.path.insert(0, sys.argv[1])
import cv2
from utils.dataloaders import verify_image_label, img2label_paths
bad = total = 0
for root in sys.argv[2:]:
    for image in sorted(glob.glob(os.path.join(root, 'images', '*', '*'))):
        total += 1
        before = open(image, 'rb').read()
        r = verify_image_label((image, img2label_paths([image])[0], ''))
        opened = cv2.imread(image)
        if r[0] is None or r[5] != 1 or r[8] or opened is None or opened.shape[1::-1] != tuple(r[2]) or open(image, 'rb').read() != before:
            bad += 1
            print(root, image, r[4:], opened is None)
print('pictures', total, 'bad', bad)
`

func TestYOLOv5RejectsNothingAfterTheMend(t *testing.T) {
	code, python := os.Getenv("GPUWIZARD_TEST_YOLOV5"), os.Getenv("GPUWIZARD_TEST_PYTHON")
	if code == "" || python == "" {
		t.Skip("GPUWIZARD_TEST_YOLOV5 (a code folder) and GPUWIZARD_TEST_PYTHON are not set")
	}
	args := []string{"-c", verify, code}
	want := 0
	for _, d := range planted.Defects() {
		if d.Severity == dataset.Ruins {
			continue
		}
		out := mend(t, look(t, d, plant(t, d)))
		manifest, err := label.ReadManifest(out)
		if err != nil {
			t.Fatal(err)
		}
		want += manifest.Train + manifest.Val
		args = append(args, out)
	}
	output, err := exec.CommandContext(t.Context(), python, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(bytes.TrimSpace(output), fmt.Appendf(nil, "pictures %d bad 0", want)) {
		t.Errorf("%d pictures were prepared\n%s", want, output)
	}
}
