package dataset_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
)

// Names in a file lead to pictures of the set or nowhere.
func TestNamesLeadNowhere(t *testing.T) {
	dir := files{
		"set/a.jpg": picture(100, 80, 1), "set/b.jpg": picture(100, 80, 2), "secret.jpg": picture(100, 80, 3),
		"set/x.json": []byte(`{"images": [
			{"id": 1, "file_name": "../secret.jpg"}, {"id": 2, "file_name": "/etc/passwd"}, {"id": 3, "file_name": ".."},
			{"id": 4, "file_name": "C:\\somewhere\\a.jpg", "width": 100, "height": 80}, {"id": 5, "file_name": "B.JPEG", "width": 100, "height": 80}],
			"annotations": [{"image_id": 4, "category_id": 1, "bbox": [1, 2, 3, 4]}, {"image_id": 5, "category_id": 1, "bbox": [5, 6, 7, 8]}, {"image_id": 77, "category_id": 1, "bbox": [1, 1, 1, 1]}],
			"categories": [{"id": 1, "name": "dog"}]}`),
	}.write(t)
	set := read(t, filepath.Join(dir, "set"))
	if len(set.Items) != 2 || len(set.Items[0].Boxes) != 1 || len(set.Items[1].Boxes) != 1 {
		t.Errorf("%+v", set.Items)
	}
	// The last one is of the file itself: a box that belongs to no picture.
	if got := told(set.Findings); !strings.Contains(got, "no-picture/harms/none : secret.jpg etc/passwd x.json") {
		t.Error(got)
	}
}

// Two pictures whose names are the same but for case keep their own labels.
func TestCase(t *testing.T) {
	one := func(x int) []byte {
		return fmt.Appendf(nil, `{"shapes": [{"label": "dog", "points": [[%d, 1], [%d, 9]], "shape_type": "rectangle"}], "imageWidth": 100, "imageHeight": 80}`, x, x+10)
	}
	base := files{"a.jpg": picture(100, 80, 1), "A.jpg": picture(100, 80, 2)}
	coco := []byte(`{"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}, {"id": 2, "file_name": "A.jpg", "width": 100, "height": 80}],
		"annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 1, 10, 8]}, {"image_id": 2, "category_id": 1, "bbox": [50, 1, 10, 8]}],
		"categories": [{"id": 1, "name": "dog"}]}`)
	for name, labels := range map[string]files{"LabelMe": {"a.json": one(1), "A.json": one(50)}, "COCO": {"labels.json": coco}} {
		dir := base.with(labels).write(t)
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != len(labels)+2 {
			t.Skip("this disk takes both for one")
		}
		set := read(t, dir)
		if len(set.Items) != 2 || set.Items[0].Boxes[0].XMin != 50 || set.Items[1].Boxes[0].XMin != 1 {
			t.Errorf("%s: %+v", name, set.Items)
		}
	}
}

// A picture within a label is passed over, whatever its size.
func TestPictureInLabelIsNotKept(t *testing.T) {
	var label bytes.Buffer
	label.WriteString(`{"imageData": "`)
	label.Write(bytes.Repeat([]byte("A"), 24<<20))
	label.WriteString(`", "shapes": [{"label": "dog", "points": [[1, 1], [9, 9]]}], "imageWidth": 100, "imageHeight": 80}`)
	dir := files{"a.jpg": picture(100, 80, 1), "a.json": label.Bytes()}.write(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	set := read(t, dir)
	runtime.ReadMemStats(&after)
	if len(set.Items[0].Boxes) != 1 {
		t.Errorf("%+v", set.Items)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

// Folders of very many files that hold nothing end, with a finding.
func TestManyEmptyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("makes many files")
	}
	dir := files{"a.jpg": picture(100, 80, 1)}.write(t)
	for i := range 8000 {
		suffix := []string{".txt", ".json", ".xml", ".jpg"}[i%4]
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%05d%s", i/2, suffix)))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	set, err := dataset.Read(context.Background(), dir, dataset.Options{})
	if set == nil || len(set.Items) != 2001 {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(set.Findings, func(f dataset.Finding) bool {
		return f.Check == dataset.Unreadable && f.Severity == dataset.Ruins && len(f.Files) == 2000
	}) {
		t.Errorf("%v", err)
	}
}

// Links that lead in circles, and files that are links to nowhere, are left
// out in all formats.
func TestLinksInFormats(t *testing.T) {
	dir := files{"images/a.jpg": picture(100, 80, 1), "labels/a.txt": []byte("0 0.5 0.5 0.5 0.5\n"), "data.yaml": []byte("names: [dog]\ntrain: images\n")}.write(t)
	for name, to := range map[string]string{"labels/loop": dir, "labels/b.txt": "b.txt", "x.json": "nowhere", "images/up": filepath.Dir(dir)} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	set := read(t, dir)
	if got := strings.Join(set.LeftOut, " "); set.Format != dataset.YOLO || got != "images/up labels/b.txt labels/loop x.json" {
		t.Errorf("%s, left out %s", set.Format, got)
	}
	if want := (dataset.Box{Class: "dog", XMin: 25, YMin: 20, XMax: 75, YMax: 60}); set.Items[0].Boxes[0] != want {
		t.Errorf("%+v", set.Items[0].Boxes)
	}
}
