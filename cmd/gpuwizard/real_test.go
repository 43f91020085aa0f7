package main

import (
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/core/yolov5"
	"gpuwizard/remote/sshdtest"
)

// Set these to run the tests that train for real: a folder with YOLOv5's code,
// a Python that has torch and the other modules, and, if other data than the
// sample are wanted, a folder of labelled pictures.
const (
	yolov5Variable = "GPUWIZARD_TEST_YOLOV5"
	pythonVariable = "GPUWIZARD_TEST_PYTHON"
	dataVariable   = "GPUWIZARD_TEST_DATA"
)

func realThing(t *testing.T) (code, python string) {
	t.Helper()
	code, python = os.Getenv(yolov5Variable), os.Getenv(pythonVariable)
	if code == "" || python == "" {
		t.Skipf("set %s to a folder with YOLOv5's code and %s to a Python with torch", yolov5Variable, pythonVariable)
	}
	return code, python
}

// needed is what train.py of v7.0 imports, of that which it asks for.
const needed = "gitpython\nmatplotlib>=3.2.2\nnumpy>=1.18.5\nopencv-python>=4.1.1\nPillow>=7.1.2\npsutil\nPyYAML>=5.3.1\n" +
	"requests>=2.23.0\ntorch>=1.7.0\ntorchvision>=0.8.1\ntqdm>=4.64.0\npandas>=1.1.4\nseaborn>=0.11.0\n"

// realCode is a copy of the code that asks for no more than it imports, since
// what lacks here would be looked for in a network first.
func realCode(t *testing.T) string {
	t.Helper()
	code, _ := realThing(t)
	own := filepath.Join(t.TempDir(), "yolov5_code")
	if err := os.CopyFS(own, os.DirFS(code)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(own, "requirements.txt"), needed)
	return own
}

// offline keeps the Python of an instance from every network.
var offline = []string{"https_proxy=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9"}

// plan writes the plan of a project whose instance is the server. What is in
// more stands for itself: data, code, model, weights and train.
func (r rented) plan(t *testing.T, name, python, more string) {
	t.Helper()
	write(t, filepath.Join(r.dir, "gpuwizard.yaml"), "version: 1\nplatform: any\nname: "+name+"\n"+
		"login: ssh -p "+strconv.Itoa(r.Port)+" "+r.User+"@127.0.0.1\nhost_key: "+r.HostKeyFingerprint+"\n"+
		"remote: {python: "+python+"}\nfinish: keep\nguard: {idle: off, after: keep}\n"+more)
}

// there is a path in the project's folder on the instance.
func (r rented) there(name string, elem ...string) string {
	return filepath.Join(append([]string{r.Home, "gpuwizard-" + name}, elem...)...)
}

// trained holds that a real model is here after so many epochs, each of which
// its curve has once.
func (r rented) trained(t *testing.T, epochs int) {
	t.Helper()
	model := filepath.Join(r.dir, "result", "yolov5n_best.pt")
	f, err := os.Open(model)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	// A stripped model has a quarter of the size of a checkpoint.
	if weights, err := yolov5.CheckWeights(f, info.Size()); err != nil || weights.Rehearsal || info.Size() < 1<<20 || info.Size() > 8<<20 {
		t.Errorf("model of %d bytes: %+v, %v", info.Size(), weights, err)
	}
	curve, err := yolov5.ParseResults(strings.NewReader(read(t, filepath.Join(r.dir, "result", "results.csv"))))
	if err != nil || len(curve) != epochs {
		t.Errorf("results.csv has %d epochs: %v", len(curve), err)
	}
	for i, e := range curve {
		if e.Number != i {
			t.Errorf("epoch %d in the place of %d", e.Number, i)
		}
	}
	if got := states(checklist(t, r.dir)); got != allDone {
		t.Errorf("states %s", got)
	}
}

// TestRealTraining takes labelled pictures to a real best.pt: a real OpenSSH
// server, the real train.py.
func TestRealTraining(t *testing.T) {
	t.Parallel()
	code, python := realThing(t)
	r := rented{sshdtest.Start(t), t.TempDir()}
	data := os.Getenv(dataVariable)
	if data == "" {
		drawn, err := sampleData()
		if err != nil {
			t.Fatal(err)
		}
		data = drawn
	}
	export := "no"
	if exec.Command(python, "-c", "import onnx").Run() == nil {
		export = "yes"
	}
	r.plan(t, "person", python, "data: "+data+"\ncode: {folder: "+code+"}\nmodel: yolov5n\nweights: \"\"\n"+
		"train: {epochs: 2, batch: 16, imgsz: 96, device: cpu}\nresult: {onnx: "+export+"}\n")
	got := r.run(t)
	if got.code != 0 {
		t.Fatalf("exit code %d:\n%s", got.code, got.all())
	}
	t.Log(got.out)
	if model := got.lastLine(); model != filepath.Join(r.dir, "result", "yolov5n_best.pt") {
		t.Errorf("last line %q", model)
	}
	r.trained(t, 2)
	r.predicted(t)
	if export == "yes" {
		r.exported(t)
	}
}

// exported holds that the model is here as ONNX too, of the size asked for.
func (r rented) exported(t *testing.T) {
	t.Helper()
	data := read(t, filepath.Join(r.dir, "result", "yolov5n_best.onnx"))
	info, err := yolov5.CheckONNX(strings.NewReader(data), int64(len(data)))
	if err != nil || info.Rehearsal || info.Nodes < 100 || !slices.Equal(info.Inputs, []string{"images 1x3x96x96"}) {
		t.Errorf("%+v, %v", info, err)
	}
}

// predicted holds that detect.py's pictures are here: the pictures that it was
// given, again, with what it found.
func (r rented) predicted(t *testing.T) {
	t.Helper()
	drawn, err := filepath.Glob(filepath.Join(r.dir, "result", "predictions", "*"))
	if err != nil || len(drawn) == 0 || len(drawn) > 9 {
		t.Errorf("predictions %v, %v", drawn, err)
	}
	for _, name := range drawn {
		got, want := pictureSize(t, name), pictureSize(t, filepath.Join(r.dir, "prepared", "dataset", "images", "val", filepath.Base(name)))
		if got != want {
			t.Errorf("%s: %v, its picture %v", name, got, want)
		}
	}
	if page := read(t, filepath.Join(r.dir, "result", "report.html")); strings.Count(page, "data:image/jpeg;base64,") < len(drawn)+3 {
		t.Error("the report lacks pictures")
	}
}

// pictureSize decodes a picture.
func pictureSize(t *testing.T, name string) image.Point {
	t.Helper()
	img, _, err := image.Decode(strings.NewReader(read(t, name)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return img.Bounds().Size()
}

// TestPracticeWithRealCode trains with the real train.py on the practice
// instance, which is then no rehearsal.
func TestPracticeWithRealCode(t *testing.T) {
	t.Parallel()
	code, python := realThing(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "gpuwizard.yaml"), "platform: practice\ntrain: {epochs: 1, batch: 16, imgsz: 64, extra: []}\n")
	r := program(t, "run", "--practice", "--yes", "--dir", dir, "--code", code, "--python", python)
	if r.code != 0 || r.lastLine() != filepath.Join(dir, "result", "yolov5n_best.pt") {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	if strings.Contains(strings.ToLower(r.out), "rehearsal") {
		t.Error("a real training is called a rehearsal")
	}
}
