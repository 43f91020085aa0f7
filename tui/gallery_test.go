package tui

import (
	"path/filepath"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
)

// hang shows a download that is done and brought pictures along.
func hang(t *testing.T, d *driver) {
	t.Helper()
	pretend(d, journey.Download)
	finish(d, journey.Download, nil, map[string]string{
		"model": "result/yolov5n_best.pt", "host": "a.example:22", "report": "result/report.html", "predictions": "result/predictions", "found": "5",
	})
	e := d.m.journey.Of(journey.Download).Evidence
	for _, name := range []string{
		"result/yolov5n_best.pt", "result/results.csv", "result/PR_curve.png", "result/results.png", "result/confusion_matrix.png",
		"result/predictions/one.png", "result/predictions/two.png", "result/other.png",
	} {
		e.Files = append(e.Files, instance.FileFact{Path: name})
		if filepath.Ext(name) == ".png" && name != "result/confusion_matrix.png" {
			writeFile(t, filepath.Join(d.m.common.Folder, filepath.FromSlash(name)), picturePNG(t, filepath.Base(name)))
		}
	}
}

// Predictions come first, then YOLOv5's own pictures as they are worth a look;
// one that cannot be opened is told of and no end of the others.
func TestGallery(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	hang(t, d)
	d.see("result/report.html")
	d.press("d")
	for i, name := range []string{"one.png", "two.png", "results.png", "confusion_matrix.png", "PR_curve.png"} {
		d.wait(name, func() bool { return d.m.gallery.shown.file == d.m.gallery.asked })
		d.see(name)
		d.see([]string{"1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5"}[i])
		if (d.m.gallery.shown.img == nil) != (name == "confusion_matrix.png") {
			t.Errorf("%s: %v", name, d.m.gallery.shown.err)
		}
		d.press("right")
	}
	d.see("the nearer to the upper right corner")
	d.press("up", "up")
	d.see("3 of 5")

	// Near, the arrows move over the picture.
	d.wait("the picture is there", func() bool { return d.m.gallery.shown.file == d.m.gallery.asked })
	d.press("+", "+")
	d.see("4:1")
	before := d.m.gallery.window()
	d.press("right", "down", "left", "right", "right")
	if after := d.m.gallery.window(); after.Min.X <= before.Min.X || after.Min.Y <= before.Min.Y || after.Dx() != before.Dx() {
		t.Errorf("the window went from %v to %v", before, after)
	}
	for range 20 {
		d.press("right", "down")
	}
	if w, all := d.m.gallery.window(), d.m.gallery.shown.img.Bounds(); !w.In(all) || w.Max != all.Max {
		t.Errorf("the window %v of %v", w, all)
	}
	d.press("-", "-", "-", "esc")
	if d.m.gallery != nil || d.m.at != journey.Download {
		t.Error("the pictures stay")
	}
	// Without pictures there is nothing to open.
	d.m.journey.Of(journey.Download).Evidence.Files = nil
	d.press("d")
	if d.m.gallery != nil {
		t.Error("the pictures of nothing are open")
	}
}
