package dataset

import (
	"bytes"
	"fmt"
	"testing"

	"gpuwizard/core/dataset/internal/jsonscan"
)

// BenchmarkCOCO reads a file like COCO's own, of some 500 bytes a box.
func BenchmarkCOCO(b *testing.B) {
	var t bytes.Buffer
	n := 10 * benchFiles()
	t.WriteString(`{"info": {}, "images": [`)
	for i := range n / 7 {
		fmt.Fprintf(&t, `{"license": 4,"file_name": "%012d.jpg","coco_url": "http://images.example/train2017/%012d.jpg","height": 427,"width": 640,"date_captured": "2013-11-14 17:02:52","id": %d},`, i, i, i)
	}
	t.WriteString(`{"id": -1, "file_name": "x.jpg"}], "annotations": [`)
	for i := range n {
		fmt.Fprintf(&t, `{"segmentation": [[510.66,423.01,511.72,420.03,510.45,416.0,510.34,413.02,510.77,410.26,510.77,407.5,510.34,405.16,511.51,402.83,511.41,400.49,510.24,398.16,509.39,397.31,504.61,399.22,502.17,399.64,500.89,401.66,500.47,402.08]],"area": 702.1057499999998,"iscrowd": 0,"image_id": %d,"bbox": [473.07,395.93,38.65,28.67],"category_id": %d,"id": %d},`, i/7, i%80, i)
	}
	t.WriteString(`{"image_id": -1, "category_id": 1, "bbox": [1, 1, 2, 2]}], "categories": [`)
	for i := range 80 {
		fmt.Fprintf(&t, `{"supercategory": "x", "id": %d, "name": "class %d"},`, i, i)
	}
	t.WriteString(`{"id": 99, "name": "none"}]}`)
	in := jsonscan.New(nil)
	b.SetBytes(int64(t.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := readCOCO(bytes.NewReader(t.Bytes()), in, map[string]string{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "boxes/s")
}

// BenchmarkLabels reads one label of each format with one file a picture, of
// five boxes.
func BenchmarkLabels(b *testing.B) {
	var rows, json bytes.Buffer
	json.WriteString(`{"version": "5.0", "shapes": [`)
	for i := range 5 {
		fmt.Fprintf(&rows, "%d 0.512345 0.412345 0.212345 0.112345\n", i)
		fmt.Fprintf(&json, `{"label": "class%d", "points": [[10.5, 20.25], [100.125, 200]], "group_id": null, "shape_type": "rectangle", "flags": {}},`, i)
	}
	json.WriteString(`{}], "imagePath": "a.jpg", "imageData": null, "imageHeight": 480, "imageWidth": 640}`)
	names := map[string]string{}
	b.Run("LabelMe", func(b *testing.B) {
		in := jsonscan.New(nil)
		for b.Loop() {
			if _, err := readLabelMe(bytes.NewReader(json.Bytes()), in, names); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("YOLO", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := parseYOLO(rows.Bytes()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
