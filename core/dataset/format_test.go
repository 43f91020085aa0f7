package dataset_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

// A drawing is one picture of 100x80 with what is on it, for every format.
type drawing struct {
	name  string // path without folder of parts
	part  string // train or val
	boxes []dataset.Box
}

var drawings = []drawing{
	{"p0.jpg", "train", []dataset.Box{{Class: "dog", XMin: 10, YMin: 20, XMax: 30, YMax: 40}, {Class: "行人", XMin: 0, YMin: 0, XMax: 100, YMax: 80}}},
	{"p1.jpg", "train", []dataset.Box{{Class: "dog", XMin: 1, YMin: 2, XMax: 3, YMax: 4}}},
	{"a b/人 2.jpg", "train", []dataset.Box{{Class: "dog", XMin: 33, YMin: 7, XMax: 34, YMax: 79}}},
	{"p3.jpg", "val", []dataset.Box{{Class: "dog", XMin: 49, YMin: 0, XMax: 100, YMax: 3}, {Class: "行人", XMin: 17, YMin: 1, XMax: 18, YMax: 80}}},
	{"p4.jpg", "val", nil},
	{"p5.jpg", "train", []dataset.Box{{Class: "行人", XMin: 5, YMin: 5, XMax: 95, YMax: 75}}},
}

func (d *drawing) stem() string { return strings.TrimSuffix(d.name, ".jpg") }

// pictures writes the pictures alone, as place says.
func pictures(place func(d *drawing) string) files {
	f := files{}
	for i := range drawings {
		f[place(&drawings[i])] = picture(100, 80, uint8(40*i))
	}
	return f
}

func marshal(v any) []byte {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	return data
}

type object = map[string]any

// labelMe writes reversed corners for every other box, and a picture inside.
func labelMe(d *drawing) []byte {
	shapes := []object{}
	for i, b := range d.boxes {
		points := [][]float64{{b.XMin, b.YMin}, {b.XMax, b.YMax}}
		if i%2 == 1 {
			slices.Reverse(points)
		}
		shapes = append(shapes, object{"label": b.Class, "points": points, "shape_type": "rectangle", "flags": object{}, "group_id": nil})
	}
	return marshal(object{
		"version": "5.4.1", "flags": object{}, "shapes": shapes, "imagePath": path.Base(d.name),
		"imageData": strings.Repeat("iVBORw0KGgo", 10000), "imageHeight": 80, "imageWidth": 100,
	})
}

// coco writes one file for the drawings of a part, or of all.
func coco(part string, name func(d *drawing) string) []byte {
	images, annotations := []object{}, []object{}
	for i, d := range drawings {
		if part != "" && d.part != part {
			continue
		}
		images = append(images, object{"id": 10 + i, "file_name": name(&d), "width": 100, "height": 80, "license": 1})
		for _, b := range d.boxes {
			class := 7
			if b.Class == "行人" {
				class = 3
			}
			annotations = append(annotations, object{
				"id": len(annotations), "image_id": 10 + i, "category_id": class, "iscrowd": 0, "area": 1.5,
				"bbox": []float64{b.XMin, b.YMin, b.XMax - b.XMin, b.YMax - b.YMin}, "segmentation": [][]float64{{1, 2, 3.5, 4}},
			})
		}
	}
	return marshal(object{
		"info": object{"description": "x"}, "images": images, "annotations": annotations,
		"categories": []object{{"id": 3, "name": "行人", "supercategory": "x"}, {"id": 7, "name": "dog"}, {"id": 9, "name": "never"}},
	})
}

// cvat writes one file for the drawings, with their parts.
func cvat() []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n<version>1.1</version>\n<meta><task><labels><label><name>dog</name></label></labels></task></meta>\n")
	for i, d := range drawings {
		fmt.Fprintf(&b, "<image id=\"%d\" name=\"%s\" subset=\"%s\" width=\"100\" height=\"80\">\n", i, d.name, d.part)
		for _, box := range d.boxes {
			fmt.Fprintf(&b, "  <box label=\"%s\" source=\"manual\" occluded=\"0\" xtl=\"%.2f\" ytl=\"%.2f\" xbr=\"%.2f\" ybr=\"%.2f\" z_order=\"0\"><attribute name=\"colour\">red</attribute></box>\n",
				box.Class, box.XMin, box.YMin, box.XMax, box.YMax)
		}
		b.WriteString("</image>\n")
	}
	b.WriteString("</annotations>\n")
	return []byte(b.String())
}

func yoloRows(d *drawing) []byte {
	b := bytes.NewBuffer([]byte{})
	for _, box := range d.boxes {
		class := slices.Index([]string{"行人", "dog"}, box.Class)
		fmt.Fprintf(b, "%d %.6f %.6f %.6f %.6f\n", class, (box.XMin+box.XMax)/200, (box.YMin+box.YMax)/160, (box.XMax-box.XMin)/100, (box.YMax-box.YMin)/80)
	}
	return b.Bytes()
}

func vocOf(d *drawing) []byte {
	var objects []string
	for _, b := range d.boxes {
		objects = append(objects, fmt.Sprintf("%s %v %v %v %v", b.Class, b.XMin, b.YMin, b.XMax, b.YMax))
	}
	return voc(objects...)
}

func list(part string, name func(d *drawing) string) []byte {
	var b bytes.Buffer
	for i := range drawings {
		if drawings[i].part == part {
			b.WriteString(name(&drawings[i]) + "\n")
		}
	}
	return b.Bytes()
}

func eachDrawing(f files, suffix string, place func(d *drawing) string, content func(d *drawing) []byte) files {
	for i := range drawings {
		at := place(&drawings[i])
		f[strings.TrimSuffix(at, path.Ext(at))+suffix] = content(&drawings[i])
	}
	return f
}

// The same boxes written in each format, in the ways that programs have, are
// read the same.
func TestFormatsAgree(t *testing.T) {
	in := func(folder string) func(d *drawing) string {
		return func(d *drawing) string { return path.Join(folder, d.name) }
	}
	parts := func(before, after string) func(d *drawing) string {
		return func(d *drawing) string { return path.Join(before, d.part, after, d.name) }
	}
	stemOf := func(d *drawing) string { return d.stem() }
	dataYAML := []byte("train: ../train/images\nval: ../valid/images\n\nnc: 2\nnames: ['行人', \"dog\"]\n")
	gb := func(text []byte) []byte {
		out, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	tests := []struct {
		name   string
		files  files
		format dataset.Format
		parted bool
	}{
		{"VOC with parts", eachDrawing(pictures(parts("", "")), ".xml", parts("", ""), vocOf), dataset.VOC, true},
		{
			"VOC with lists",
			eachDrawing(pictures(in("VOC2012/JPEGImages")), ".xml", in("VOC2012/Annotations"), vocOf).with(files{
				"VOC2012/ImageSets/Main/train.txt": list("train", stemOf), "VOC2012/ImageSets/Main/val.txt": list("val", stemOf),
				"VOC2012/ImageSets/Main/trainval.txt":  append(list("train", stemOf), list("val", stemOf)...),
				"VOC2012/ImageSets/Main/dog_train.txt": []byte("p0 1\np3 -1\n"), "VOC2012/ImageSets/Layout/train.txt": []byte("p3\n"),
			}),
			dataset.VOC, true,
		},
		{
			"VOC with lists to train and test on",
			eachDrawing(pictures(in("JPEGImages")), ".xml", in("Annotations"), vocOf).with(files{
				"ImageSets/Main/trainval.txt": list("train", stemOf), "ImageSets/Main/test.txt": list("val", stemOf),
			}),
			dataset.VOC, true,
		},
		{"LabelMe", eachDrawing(pictures(in("")), ".json", in(""), labelMe), dataset.LabelMe, false},
		{"LabelMe with parts", eachDrawing(pictures(parts("images", "")), ".json", parts("labels", ""), labelMe), dataset.LabelMe, true},
		{"LabelMe in GB18030", eachDrawing(pictures(in("")), ".json", in(""), func(d *drawing) []byte { return gb(labelMe(d)) }), dataset.LabelMe, false},
		{
			"COCO as it came",
			pictures(func(d *drawing) string { return d.part + "2017/" + d.name }).with(files{
				"annotations/instances_train2017.json":        coco("train", func(d *drawing) string { return d.name }),
				"annotations/instances_val2017.json":          coco("val", func(d *drawing) string { return d.name }),
				"annotations/person_keypoints_train2017.json": coco("train", func(d *drawing) string { return d.name }),
				"annotations/captions_val2017.json":           []byte(`{"images": [{"id": 13, "file_name": "p3.jpg"}], "annotations": [{"image_id": 13, "caption": "x"}]}`),
			}),
			dataset.COCO, true,
		},
		{
			"COCO, parts by file alone",
			pictures(in("images")).with(files{
				"train.json": coco("train", func(d *drawing) string { return `C:\data\` + d.name }),
				"val.json":   coco("val", func(d *drawing) string { return "../elsewhere/images/" + d.name }),
				"all.json":   coco("", func(d *drawing) string { return d.name }),
			}),
			dataset.COCO, true,
		},
		{
			"COCO by Roboflow",
			pictures(parts("", "")).with(files{
				"train/_annotations.coco.json": coco("train", func(d *drawing) string { return d.name }),
				"val/_annotations.coco.json":   coco("val", func(d *drawing) string { return d.name }),
			}),
			dataset.COCO, true,
		},
		{"COCO, one file", pictures(in("data")).with(files{"data/labels.json": coco("", func(d *drawing) string { return d.name })}), dataset.COCO, false},
		{"COCO in GB18030", pictures(in("data")).with(files{"labels.json": gb(coco("", func(d *drawing) string { return d.name }))}), dataset.COCO, false},
		{"COCO in UTF-8 with a mark", pictures(in("")).with(files{"x.json": append([]byte("\uFEFF"), coco("", func(d *drawing) string { return d.name })...)}), dataset.COCO, false},
		{"CVAT", pictures(in("images")).with(files{"annotations.xml": cvat()}), dataset.CVAT, true},
		{
			"YOLO by Roboflow",
			eachDrawing(pictures(parts("", "images")), ".txt", parts("", "labels"), yoloRows).with(files{"data.yaml": dataYAML, "README.dataset.txt": []byte("a set\n")}),
			dataset.YOLO, true,
		},
		{
			"YOLO as YOLOv5 has it",
			eachDrawing(pictures(parts("images", "")), ".txt", parts("labels", ""), yoloRows).with(files{"my.yaml": []byte("path: ../datasets/x\nnames:\n  0: 行人\n  1: dog\n")}),
			dataset.YOLO, true,
		},
		{
			"YOLO with folders of other names",
			eachDrawing(pictures(func(d *drawing) string { return "images/x" + d.part + "/" + d.name }), ".txt",
				func(d *drawing) string { return "labels/x" + d.part + "/" + d.name }, yoloRows).with(files{
				"my.yaml": []byte("train: /home/me/set/images/xtrain/\nval: [images/xval]\nnames: [行人, dog]\n"),
			}),
			dataset.YOLO, true,
		},
		{"YOLO by labelImg", eachDrawing(pictures(in("")), ".txt", in(""), yoloRows).with(files{"classes.txt": []byte("行人\r\ndog\r\n")}), dataset.YOLO, false},
		{
			"YOLO by Darknet",
			eachDrawing(pictures(in("obj_train_data")), ".txt", in("obj_train_data"), yoloRows).with(files{
				"obj.names": []byte("行人\ndog\n"), "obj.data": []byte("classes = 2\n"),
				"train.txt": list("train", in("data/obj_train_data")), "valid.txt": list("val", in("data/obj_train_data")),
			}),
			dataset.YOLO, true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := test.files.write(t)
			set := read(t, dir)
			if set.Format != test.format || (set.Layout == dataset.Parted) != test.parted {
				t.Errorf("format %s, layout %s", set.Format, set.Layout)
			}
			if len(set.Items) != len(drawings) {
				t.Fatalf("%d pictures", len(set.Items))
			}
			for i := range drawings {
				d := &drawings[i]
				n := slices.IndexFunc(set.Items, func(it dataset.Item) bool { return path.Base(it.Image) == path.Base(d.name) })
				it := &set.Items[n]
				if !slices.Equal(it.Boxes, d.boxes) {
					t.Errorf("%s: %v, want %v", d.name, it.Boxes, d.boxes)
				}
				if test.parted && it.Part != d.part || it.Width != 100 || it.LabelWidth != 100 || it.LabelHeight != 80 {
					t.Errorf("%s: %+v", d.name, it)
				}
				if test.files[it.Annotation] == nil {
					t.Errorf("%s: no such label file %q", d.name, it.Annotation)
				}
			}
			for _, f := range set.Findings {
				if f.Severity != dataset.Minor {
					t.Errorf("a clean set has findings:\n%s", told(set.Findings))
					break
				}
			}
			quick, err := dataset.Fingerprint(context.Background(), dir, dataset.Options{})
			if err != nil || quick != set.Fingerprint {
				t.Errorf("fingerprint %s, in the quick way %s (%v)", set.Fingerprint, quick, err)
			}
			changeEach(t, dir, test.files, set)
		})
	}
}

// changeEach changes each file that was read a little; the fingerprint must
// tell.
func changeEach(t *testing.T, dir string, f files, set *dataset.Set) {
	t.Helper()
	read := map[string]bool{}
	for i := range set.Items {
		read[set.Items[i].Annotation] = true
	}
	for rel := range f {
		switch path.Base(rel) {
		case "train.txt", "val.txt", "test.txt", "valid.txt", "classes.txt", "data.yaml", "my.yaml", "obj.names":
			read[rel] = path.Base(path.Dir(rel)) != "Layout"
		case "trainval.txt":
			read[rel] = f["ImageSets/Main/test.txt"] != nil
		}
	}
	for rel, yes := range read {
		at := filepath.Join(dir, filepath.FromSlash(rel))
		if err := os.WriteFile(at, append(bytes.Clone(f[rel]), '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := dataset.Fingerprint(context.Background(), dir, dataset.Options{})
		if err != nil || got != set.Fingerprint != yes {
			t.Errorf("%s changed: fingerprint %s (%v)", rel, got, err)
		}
		if err := os.WriteFile(at, f[rel], 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMixed(t *testing.T) {
	base := eachDrawing(pictures(func(d *drawing) string { return d.name }), ".xml", func(d *drawing) string { return d.name }, vocOf)
	all := func(d *drawing) string { return d.name }
	base = eachDrawing(base, ".txt", func(d *drawing) string { return "labels/" + d.name }, yoloRows).with(files{
		"coco.json": coco("", all), "annotations.xml": cvat(), "package.json": []byte(`{"name": "x"}`), "notes.txt": []byte("hello\n"), "classes.txt": []byte("行人\ndog\n"),
	})
	set := read(t, base.write(t))
	if got := strings.Join(set.LeftOut, " "); set.Format != dataset.VOC || got != "annotations.xml coco.json labels/a b/人 2.txt labels/p0.txt labels/p1.txt labels/p3.txt labels/p4.txt labels/p5.txt" {
		t.Errorf("%s, left out %s", set.Format, got)
	}
	// What labels the most is taken.
	for _, name := range []string{"p0.xml", "p1.xml", "a b/人 2.xml"} {
		base = base.with(files{name: nil})
	}
	set = read(t, base.write(t))
	if got := strings.Join(set.LeftOut, " "); set.Format != dataset.CVAT || !strings.HasPrefix(got, "coco.json labels/") || !strings.HasSuffix(got, "p5.xml") {
		t.Errorf("%s, left out %s", set.Format, got)
	}
	// Many files are named as one.
	many := files{}
	for i := range 30 {
		many[fmt.Sprintf("images/%02d.jpg", i)] = picture(100, 80, uint8(i))
		many[fmt.Sprintf("images/%02d.xml", i)] = voc("dog 1 1 9 9")
		many[fmt.Sprintf("labels/%02d.txt", i)] = []byte("0 0.5 0.5 0.1 0.1\n")
	}
	set = read(t, many.write(t))
	if got := strings.Join(set.LeftOut, " "); set.Format != dataset.VOC || got != "labels/*.txt" {
		t.Errorf("%s, left out %s", set.Format, got)
	}
}

func TestBrokenFormats(t *testing.T) {
	p := files{"a.jpg": picture(100, 80, 1), "b.jpg": picture(100, 80, 2)}
	image := `"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}], `
	tests := []struct {
		name  string
		files files
		want  string // file line reason object
	}{
		{"COCO cut off", files{"x.json": []byte("{" + image + "\n\"annotations\": [{")}, "x.json 2 syntax annotations[0]"},
		{"COCO with a word", files{"x.json": []byte("{" + image + "\n\"annotations\": [{}, \n{\"bbox\": [1, 2, \"x\", 4]}]}")}, "x.json 3 number annotations[1]"},
		{"COCO with NaN", files{"x.json": []byte("{" + image + "\"annotations\": [{\"image_id\": 1, \"area\": NaN, \"bbox\": [1, NaN, 3, 4]}]}")}, "x.json 1 number annotations[0]"},
		{"COCO, ids twice", files{"x.json": []byte(`{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}]}`)}, "x.json 1 number images[1]"},
		{"COCO neither UTF-8 nor GB18030", files{"x.json": []byte("{" + image + "\"x\": \"\xff\xff\"}")}, "x.json 1 encoding "},
		{"LabelMe cut off", files{"a.json": []byte("{\n\"shapes\": [\n"), "b.json": []byte(`{"shapes": []}`)}, "a.json 3 syntax "},
		{"LabelMe with a bad point", files{"a.json": []byte("{\"shapes\": [{\"label\": \"x\", \"points\": [[1]]}]}")}, "a.json 1 number shapes[0]"},
		{"LabelMe, a pointer", files{"a.json": []byte("version https://git-lfs.github.com/spec/v1\n"), "b.json": []byte(`{"shapes": []}`)}, "a.json 1 lfs-pointer "},
		{"LabelMe, empty", files{"a.json": {}, "b.json": []byte(`{"shapes": []}`)}, "a.json 1 empty "},
		{"LabelMe, another kind", files{"a.json": []byte(`{"x": 1}`), "b.json": []byte(`{"shapes": []}`)}, "a.json 1 root "},
		{"CVAT cut off", files{"x.xml": []byte("<annotations>\n<image name=\"a.jpg\">\n")}, "x.xml 3 syntax "},
		{"CVAT with a word", files{"x.xml": []byte("<annotations>\n<image name=\"a.jpg\">\n<box label=\"x\" xtl=\"a\"/></image></annotations>")}, "x.xml 3 number "},
		{"CVAT, too long", files{"x.xml": []byte("<annotations>" + strings.Repeat("x", 5<<20))}, "x.xml 1 too-large "},
		{"CVAT, too deep", files{"x.xml": []byte("<annotations>" + strings.Repeat("<a>", 100))}, "x.xml 1 too-large "},
		{"YOLO in pixels", files{"a.txt": []byte("0 0.5 0.5 0.1 0.1\n"), "b.txt": []byte("\n0 100 100 20 20\n")}, "b.txt 2 scale "},
		{"YOLO with a column too few", files{"a.txt": []byte("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1\n")}, "a.txt 2 syntax "},
		{"YOLO with a name", files{"a.txt": []byte("0 0.5 0.5 0.1 0.1\ndog 0.5 0.5 0.1 0.1")}, "a.txt 2 number "},
		{"YOLO, not a number", files{"a.txt": []byte("0 0.5 0.5 0.1 0.1\n0 nan 0.5 0.1 0.1")}, "a.txt 2 number "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := dataset.Read(context.Background(), p.with(test.files).write(t), dataset.Options{})
			e, _ := problem.As(err)
			if !problem.Has(err, dataset.BrokenAnnotation) || set == nil {
				t.Fatalf("%v, want %s", err, test.want)
			}
			got := fmt.Sprintf("%s %s %s %s", e.Args["path"][len(set.Root)+1:], e.Args["line"], e.Args["reason"], e.Args["object"])
			if got != test.want || e.Args["count"] != "1" {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// CVAT itself writes no box reversed; a program that does has made a mistake.
func TestReversedBoxInCVAT(t *testing.T) {
	dir := files{
		"a.jpg": picture(100, 80, 1),
		"annotations.xml": []byte(`<annotations><image id="0" name="a.jpg" width="100" height="80">` +
			`<box label="dog" xtl="60.00" ytl="10.00" xbr="20.00" ybr="50.00"></box>` +
			`<box label="dog" xtl="60.00" ytl="10.00" xbr="20.00" ybr="50.00" rotation="90"></box></image></annotations>`),
	}.write(t)
	set := read(t, dir)
	if got, want := told(set.Findings), "bad-box/harms/auto boxes:1 kind:reversed: a.jpg"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
