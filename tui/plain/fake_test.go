package plain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
)

// What the tests' user has in their home folder is theirs.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		panic(err)
	}
	os.Setenv("HOME", home)
	os.Setenv("USERPROFILE", home)
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

// newProject is a folder with a few labelled pictures and a stand-in for
// YOLOv5's code.
func newProject(t *testing.T) *wizard.Project {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"train", "test"} {
		for i := range 2 {
			name := part + strconv.Itoa(i)
			write(t, filepath.Join(dir, "train_data", part, "Annotations", name+".xml"), fmt.Sprintf(
				"<annotation><filename>%s.png</filename><size><width>64</width><height>48</height><depth>3</depth></size>"+
					"<object><name>person</name><bndbox><xmin>4</xmin><ymin>5</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>", name,
			))
			write(t, filepath.Join(dir, "train_data", part, "JPEGImages", name+".png"), picture(t, len(part)*10+i*100))
		}
	}
	write(t, filepath.Join(dir, "yolov5_code", "train.py"), `"--weights" "--batch-size" "--epochs" "--cfg" "--imgsz" "%11s"`)
	write(t, filepath.Join(dir, "yolov5_code", "models", "yolov5n.yaml"), "nc: 80  # number of classes\nanchors: 3\n")
	return open(t, dir)
}

func open(t *testing.T, dir string) *wizard.Project {
	t.Helper()
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// picture is a bright square on the dark, elsewhere in each picture.
func picture(t *testing.T, at int) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 48))
	for x := range 16 {
		for y := range 12 {
			img.SetGray((at+x)%64, (at/4+y)%48, color.Gray{255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// noInstance is a connection that must not be tried.
func noInstance(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
	return nil, errors.New("there is no instance in this test")
}

var login = rental.Login{User: "root", Host: "connect.nmb1.seetacloud.com", Port: 10309}

// console is a console that reads typed and writes to the buffer.
func console(o plain.Options, typed io.Reader) (*plain.Console, *bytes.Buffer) {
	var out bytes.Buffer
	o.In, o.Out = typed, &out
	if o.Text == nil {
		o.Text = text.For(text.EN)
	}
	return plain.New(o), &out
}
