package wizard_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// byOwnScript converts the sample data as a student's script does: pictures
// copied, one row a box, computed straight from the XML.
func byOwnScript(t *testing.T, p *wizard.Project, row func(xmin, ymin, xmax, ymax, w, h float64) string) string {
	t.Helper()
	out := filepath.Join(p.Dir(), "yolo")
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"train": "train", "test": "val"} {
		names, err := filepath.Glob(filepath.Join(p.Dir(), "train_data", from, "*.xml"))
		if err != nil || len(names) == 0 {
			t.Fatal(err, "no annotations")
		}
		for _, name := range names {
			var a struct {
				Size struct {
					Width  float64 `xml:"width"`
					Height float64 `xml:"height"`
				} `xml:"size"`
				Objects []struct {
					Box struct {
						XMin float64 `xml:"xmin"`
						YMin float64 `xml:"ymin"`
						XMax float64 `xml:"xmax"`
						YMax float64 `xml:"ymax"`
					} `xml:"bndbox"`
				} `xml:"object"`
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal(data, &a); err != nil {
				t.Fatal(err)
			}
			var rows strings.Builder
			for _, o := range a.Objects {
				rows.WriteString(row(o.Box.XMin, o.Box.YMin, o.Box.XMax, o.Box.YMax, a.Size.Width, a.Size.Height) + "\r\n")
			}
			stem := strings.TrimSuffix(filepath.Base(name), ".xml")
			write(t, filepath.Join(out, "labels", to, stem+".txt"), rows.String())
			picture, err := os.ReadFile(strings.TrimSuffix(name, ".xml") + ".jpg")
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(out, "images", to, stem+".jpg"), string(picture))
		}
	}
	return out
}

func centred(xmin, ymin, xmax, ymax, w, h float64) string {
	return fmt.Sprintf("0 %v %v %v %v", (xmin+xmax)/2/w, (ymin+ymax)/2/h, (xmax-xmin)/w, (ymax-ymin)/h)
}

func TestConvertByHand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		row  func(xmin, ymin, xmax, ymax, w, h float64) string
		then func(t *testing.T, out string)
		says []wizard.NoteCode
		args map[string]string // of the first of them
	}{
		{"right", centred, nil, nil, nil},
		{"as YOLOv5's own script does, a pixel to the side", func(a, b, c, d, w, h float64) string {
			return centred(a-1, b-1, c-1, d-1, w, h)
		}, nil, nil, nil},
		{"in pixels", func(a, b, c, d, w, h float64) string {
			return fmt.Sprintf("0 %v %v %v %v", (a+c)/2, (b+d)/2, c-a, d-b)
		}, nil, []wizard.NoteCode{wizard.NoteHandScale}, map[string]string{"line": "1"}},
		{"corners", func(a, b, c, d, w, h float64) string {
			return fmt.Sprintf("0 %v %v %v %v", a/w, b/h, c/w, d/h)
		}, nil, []wizard.NoteCode{wizard.NoteHandCorners}, nil},
		{"width and height exchanged", func(a, b, c, d, w, h float64) string {
			return centred(a, b, c, d, h, w)
		}, nil, []wizard.NoteCode{wizard.NoteHandBox}, nil},
		{"classes from one", func(a, b, c, d, w, h float64) string {
			return strings.Replace(centred(a, b, c, d, w, h), "0 ", "1 ", 1)
		}, nil, []wizard.NoteCode{wizard.NoteHandClass}, map[string]string{"got": "1", "want": "0"}},
		{"a row too many, and one that is none", centred, func(t *testing.T, out string) {
			write(t, filepath.Join(out, "labels", "train", "person-001.txt"), "0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.2 0.1\n0 0.5 0.5 0.1 0.3\n0 0.1 0.1 0.1 0.1\n0 0.9 0.9 0.1 0.1\n")
			write(t, filepath.Join(out, "labels", "train", "person-002.txt"), "person 0.5 0.5 0.1\n")
		}, []wizard.NoteCode{wizard.NoteHandRowCount, wizard.NoteHandRow}, map[string]string{"path": "labels/train/person-001.txt", "got": "5"}},
		{"labels forgotten", centred, func(t *testing.T, out string) {
			for _, n := range []string{"003", "004"} {
				if err := os.Remove(filepath.Join(out, "labels", "train", "person-"+n+".txt")); err != nil {
					t.Fatal(err)
				}
			}
		}, []wizard.NoteCode{wizard.NoteHandNoLabel}, map[string]string{"count": "2", "files": "train/person-003.txt, train/person-004.txt"}},
		{"pictures mixed up and lost", centred, func(t *testing.T, out string) {
			if err := os.Rename(filepath.Join(out, "images", "train", "person-005.jpg"), filepath.Join(out, "images", "val", "person-005.jpg")); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(out, "images", "train", "person-006.jpg")); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(out, "images", "train", "person-007.jpg"), "another picture")
		}, []wizard.NoteCode{wizard.NoteHandMissing, wizard.NoteHandDiffers, wizard.NoteHandPart}, map[string]string{"files": "train/person-006.jpg"}},
		{"a label of nothing", centred, func(t *testing.T, out string) {
			write(t, filepath.Join(out, "labels", "train", "stranger.txt"), "0 0.5 0.5 0.1 0.1\n")
		}, []wizard.NoteCode{wizard.NoteHandExtra}, map[string]string{"files": "train/stranger.txt"}},
		{"a folder too deep", centred, func(t *testing.T, out string) {
			if err := os.Rename(out, out+"2"); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(out+"2", filepath.Join(out, "yolo")); err != nil {
				t.Fatal(err)
			}
		}, []wizard.NoteCode{wizard.NoteHandDeeper}, map[string]string{"found": "yolo/yolo"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newProject(t)
			if _, err := run(t, p, newFake(), journey.Check); err != nil {
				t.Fatal(err)
			}
			if err := p.Set("data", "train_data"); err != nil {
				t.Fatal(err)
			}
			out := byOwnScript(t, p, test.row)
			if test.then != nil {
				test.then(t, out)
			}
			face := &fakeFace{}
			err := p.RunByHand(t.Context(), journey.Convert, wizard.Hand{}, wizard.Env{Face: face})
			if len(test.says) == 0 {
				status := p.Journey().Of(journey.Convert)
				if err != nil || status.State != journey.Done || !status.Evidence.ByHand {
					t.Fatalf("%v, %s; %v", err, status.State, face.events)
				}
				// The student's own labels are what goes on.
				mine, err := os.ReadFile(filepath.Join(out, "labels", "train", "person-001.txt"))
				if err != nil {
					t.Fatal(err)
				}
				taken, err := os.ReadFile(filepath.Join(p.Dir(), "prepared", "dataset", "labels", "train", "person-001.txt"))
				if err != nil || len(strings.Fields(string(taken))) != len(strings.Fields(string(mine))) {
					t.Errorf("taken over %q of %q, %v", taken, mine, err)
				}
				if _, err := run(t, p, newFake(), journey.Upload); err != nil {
					t.Errorf("going on: %v", err)
				}
				return
			}
			if !problem.Has(err, wizard.ByHandDiffers) {
				t.Fatalf("%v; %v", err, face.events)
			}
			for _, code := range test.says {
				if len(face.notes(code)) == 0 {
					t.Errorf("nothing of %s: %v", code, face.events)
				}
			}
			if args := face.notes(test.says[0]); len(args) > 0 {
				for name, want := range test.args {
					if args[0][name] != want {
						t.Errorf("%s is %q, want %q", name, args[0][name], want)
					}
				}
			}
			if state := p.Journey().Of(journey.Convert).State; state != journey.Failed {
				t.Errorf("convert is %s", state)
			}
		})
	}
}

// TestAttemptByHandLosesNothing holds that looking at what is not there leaves
// a step that the wizard did as it was.
func TestAttemptByHandLosesNothing(t *testing.T) {
	t.Parallel()
	p, _ := doneProject(t)
	before := p.Journey().Of(journey.Convert).Evidence
	err := p.RunByHand(t.Context(), journey.Convert, wizard.Hand{}, wizard.Env{Face: &fakeFace{}})
	if !problem.Has(err, wizard.ByHandDiffers) {
		t.Fatal(err)
	}
	after := p.Journey().Of(journey.Convert)
	if after.State != journey.Done || after.Evidence.Output != before.Output || after.Evidence.Attempts != before.Attempts+1 || after.Evidence.ByHand {
		t.Errorf("%s, %+v", after.State, after.Evidence)
	}
}

func TestHandGuides(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if _, err := run(t, p, newFake(), journey.Classes); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		step  journey.Step
		hand  wizard.Hand
		lines []string
	}{
		{journey.Region, wizard.Hand{}, nil},
		{journey.Check, wizard.Hand{}, nil},
		{journey.Convert, wizard.Hand{}, nil},
		{journey.Convert, wizard.Hand{There: true}, []string{"vim train_data_split.py", "pip install opencv-python"}},
		{journey.Classes, wizard.Hand{There: true, Code: "/root/my code"}, []string{"cd '/root/my code'", "vim models/yolov5n.yaml", `nc: 1`, `  - "person"`}},
		{journey.Upload, wizard.Hand{}, []string{"unzip dataset.zip", `train: "/root/autodl-tmp/dataset/images/train"`}},
		{journey.Upload, wizard.Hand{}, []string{"unzip yolov5_code.zip"}},
		{journey.Train, wizard.Hand{}, []string{"pip install -r requirements.txt", "python train.py --weights yolov5n.pt --cfg models/yolov5n.yaml --data data/person.yaml --epochs 100 --batch-size 16 --imgsz 640"}},
		{journey.Download, wizard.Hand{}, nil},
	} {
		var notes int
		said := ""
		for _, e := range p.HandGuide(test.step, test.hand) {
			if e.Kind == wizard.KindNote {
				notes++
			}
			said += e.Line + "\n"
		}
		if notes < 2 {
			t.Errorf("%s says next to nothing", test.step)
		}
		for _, line := range test.lines {
			if !strings.Contains(said, line) {
				t.Errorf("%s does not show %q:\n%s", test.step, line, said)
			}
		}
	}
	// A zip goes there as it is, and unpacks to a folder of another name.
	if err := p.Set("code.zip", "yolov5-7.0.zip"); err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, e := range p.HandGuide(journey.Upload, wizard.Hand{}) {
		said += e.Line + "\n"
	}
	if strings.Contains(said, "unzip yolov5_code.zip") || !strings.Contains(said, "unzip -d code_zip yolov5-7.0.zip\nmv code_zip/* yolov5_code\n") {
		t.Errorf("of a zip it shows:\n%s", said)
	}
}

// shelled is an instance whose run lies in a folder here, where a real shell
// lists it.
type shelled struct {
	*fakeInstance
	run, here string
	sums      int // times that digests were asked for
}

func (s *shelled) Run(ctx context.Context, script string, args []string, out io.Writer) (int, error) {
	if strings.Contains(script, "sha256sum") {
		s.sums++
	}
	at := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, s.run) })
	if at < 0 || !strings.Contains(script, "sha256sum") && !strings.Contains(script, "wc -c") {
		return s.fakeInstance.Run(ctx, script, args, out)
	}
	args = slices.Clone(args)
	args[at] = s.here + strings.TrimPrefix(args[at], s.run)
	c := exec.CommandContext(ctx, "sh", append([]string{"-c", script, "sh"}, args...)...)
	c.Stdout = out
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// Many curves that the person fetched are looked at in one go, and only what is
// here is asked about.
func TestCurvesByHandInOneGo(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("install sh")
	}
	p, f := doneProject(t)
	s := &shelled{fakeInstance: f, run: p.Journey().Of(journey.Train).Evidence.Fact("run"), here: t.TempDir()}
	write(t, filepath.Join(s.here, "weights", "best.pt"), string(f.best))
	beside := filepath.Join(p.Dir(), "mine")
	write(t, filepath.Join(beside, "yolov5n_best.pt"), string(f.best))
	for _, name := range []string{"results.csv", "PR_curve.png", "F1_curve.png", "labels.jpg", "opt.yaml", "other.png", "empty.png"} {
		write(t, filepath.Join(s.here, name), "drawn: "+name)
		write(t, filepath.Join(beside, name), "drawn: "+name)
	}
	write(t, filepath.Join(s.here, "empty.png"), "")
	write(t, filepath.Join(beside, "other.png"), "of another")
	write(t, filepath.Join(s.here, "left.png"), "not fetched")
	connect := func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) { return s, nil }
	face := &fakeFace{}
	hand := wizard.Hand{Folder: filepath.Join("mine", "yolov5n_best.pt")}
	if err := p.RunByHand(t.Context(), journey.Download, hand, wizard.Env{Connect: connect, Face: face}); err != nil {
		t.Fatalf("%v, told %v", err, face.events)
	}
	curves, others := face.notes(wizard.NoteHandCurves), face.notes(wizard.NoteHandOther)
	if len(curves) != 1 || curves[0]["count"] != "5" || len(others) != 1 || others[0]["files"] != "mine/other.png" {
		t.Errorf("told %v, %v", curves, others)
	}
	if s.sums != 2 {
		t.Errorf("digests were asked for %d times: for the model and for the curves is enough", s.sums)
	}
}
