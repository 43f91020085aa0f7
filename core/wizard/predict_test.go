package wizard_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

// trained is a project whose model is on the instance.
func trained(t *testing.T) (*wizard.Project, *fakeInstance) {
	t.Helper()
	p, f := newProject(t), newFake()
	f.best = real(modelFile(t, "a"))
	if _, err := run(t, p, f, journey.Train); err != nil {
		t.Fatal(err)
	}
	return p, f
}

// real makes a rehearsal's stand-in pass for the real thing.
func real(stand []byte) []byte {
	stand = bytes.ReplaceAll(stand, []byte("REHEARSAL.txt"), []byte("something.txt"))
	return bytes.ReplaceAll(stand, []byte("gpuwizard-rehearsal"), []byte("pytorch, as it were"))
}

func TestPredictionsComeAlong(t *testing.T) {
	t.Parallel()
	p, f := trained(t)
	face, err := run(t, p, f, journey.Download)
	if err != nil {
		t.Fatal(err)
	}
	pictures := len(f.copied)
	if pictures == 0 || pictures > 9 {
		t.Errorf("%d pictures were put aside", pictures)
	}
	if n := face.notes(wizard.NotePredicted); len(n) != 1 || n[0]["count"] != strconv.Itoa(pictures) || n[0]["folder"] != "result/predictions" {
		t.Errorf("told %v", n)
	}
	found, err := filepath.Glob(filepath.Join(p.Dir(), "result", "predictions", "*"))
	if err != nil || len(found) != pictures {
		t.Errorf("pictures %v, %v", found, err)
	}
	if n := face.notes(wizard.NotePredictNull); len(n) != 1 || p.Journey().Of(journey.Download).Evidence.Fact("found") != "0" {
		t.Errorf("that it found nothing: %v", n)
	}
	var job instance.Job
	for _, j := range f.jobs {
		if j.Command[1] == "detect.py" {
			job = j
		}
	}
	line := strings.Join(job.Command, " ")
	for _, want := range []string{"/weights/best.pt --source /", "--img-size 640", "--device 0", "--exist-ok"} {
		if !strings.Contains(line, want) {
			t.Errorf("command %q lacks %q", line, want)
		}
	}

	// They are the same pictures each time, and are not paid for twice.
	before, started := strings.Join(f.copied, " "), f.started
	if err := p.Run(context.Background(), journey.Download, wizard.Env{Connect: f.connect, Face: face}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.copied, " "); got != before || f.started != started {
		t.Errorf("%d jobs more; pictures %s, before %s", f.started-started, got, before)
	}

	// One that is gone is seen; the answer is no part of what the step made.
	if err := os.Remove(found[0]); err != nil {
		t.Fatal(err)
	}
	if j, err := p.Verify(context.Background()); err != nil || j.Of(journey.Download).State != journey.Stale {
		t.Errorf("with a picture deleted: %s, %v", j.Of(journey.Download).State, err)
	}
}

// Most of what a picture's fetching takes is waiting, so that some are fetched
// at a time: each waits here for three others.
func TestPredictionsAreFetchedSideBySide(t *testing.T) {
	t.Parallel()
	p, f := trained(t)
	var coming atomic.Int32
	four := make(chan struct{})
	f.together = func(ctx context.Context) error {
		if coming.Add(1) == 4 {
			close(four)
		}
		select {
		case <-four:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	face := &fakeFace{}
	if err := p.Run(ctx, journey.Download, wizard.Env{Connect: f.connect, Face: face}); err != nil {
		t.Fatal(err)
	}
	if n := face.notes(wizard.NotePredicted); len(n) != 1 {
		t.Errorf("told %v", n)
	}
}

// Whatever becomes of the predictions, the model is here, and what is said of
// them is what was seen.
func TestPredictionsNeverCostTheModel(t *testing.T) {
	t.Parallel()
	exited := func(exit int, log string) extra { return extra{phase: instance.JobExited, exit: exit, log: log} }
	tests := []struct {
		name string
		set  func(*wizard.Project, *fakeInstance)
		note wizard.NoteCode
		args map[string]string
	}{
		{"detect.py fails", func(_ *wizard.Project, f *fakeInstance) {
			f.extras["detect.py"] = exited(1, "Traceback (most recent call last):\nModuleNotFoundError: No module named 'seaborn'\n")
		}, wizard.NotePredictFail, map[string]string{"why": "exit", "exit": "1", "output": "ModuleNotFoundError: No module named 'seaborn'"}},
		{"killed", func(_ *wizard.Project, f *fakeInstance) {
			f.extras["detect.py"] = extra{phase: instance.JobLost, log: "image 1/9\n"}
		}, wizard.NotePredictFail, map[string]string{"why": "lost"}},
		{"draws nothing", func(_ *wizard.Project, f *fakeInstance) {
			f.extras["detect.py"] = extra{phase: instance.JobExited, log: "done\n", left: "12 ../../evil.jpg\n9 other.jpg\n"}
		}, wizard.NotePredictFail, map[string]string{"why": "empty", "output": "done"}},
		{"never ends", func(_ *wizard.Project, f *fakeInstance) {
			f.extras["detect.py"] = extra{phase: instance.JobRunning}
		}, wizard.NotePredictFail, map[string]string{"why": "late"}},
		{"not wanted", func(p *wizard.Project, _ *fakeInstance) {
			if err := p.Set("result.predictions", "no"); err != nil {
				t.Fatal(err)
			}
		}, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, f := trained(t)
			tt.set(p, f)
			face, now := &fakeFace{}, time.Now()
			env := wizard.Env{Connect: f.connect, Face: face, Now: func() time.Time {
				now = now.Add(20 * time.Second)
				return now
			}}
			if err := p.Run(context.Background(), journey.Download, env); err != nil {
				t.Fatal(err)
			}
			if got := p.Journey().Of(journey.Download); got.State != journey.Done || got.Evidence.Fact("model") == "" {
				t.Errorf("the step is %s", got.State)
			}
			if tt.note == "" {
				for _, j := range f.jobs {
					if j.Command[1] == "detect.py" {
						t.Error("it was run all the same")
					}
				}
				return
			}
			notes := face.notes(tt.note)
			if len(notes) != 1 {
				t.Fatalf("%d notes %s", len(notes), tt.note)
			}
			for name, want := range tt.args {
				if notes[0][name] != want {
					t.Errorf("%s is %q, want %q", name, notes[0][name], want)
				}
			}
			if tt.args["why"] == "late" && f.stopped != 1 {
				t.Errorf("it was stopped %d times", f.stopped)
			}
			if log := notes[0]["log"]; log == "" {
				t.Error("the log was not kept")
			} else if _, err := os.Stat(filepath.Join(p.Dir(), filepath.FromSlash(log))); err != nil {
				t.Error(err)
			}
		})
	}
}

// The export is made if it is asked for, and its file taken for a model only if
// it reads as one.
func TestExportToONNX(t *testing.T) {
	t.Parallel()
	var stand bytes.Buffer
	if err := yolov5.WriteRehearsalONNX(&stand, "a"); err != nil {
		t.Fatal(err)
	}
	whole := real(stand.Bytes())
	const success = "\x1b[34m\x1b[1mONNX:\x1b[0m export success ✅ 0.6s, saved as /a/best.onnx (7.4 MB)\n"
	tests := []struct {
		name   string
		extra  extra
		onnx   []byte
		lacks  int // how often the module is looked for in vain
		note   wizard.NoteCode
		detail map[string]string
	}{
		{"exported", extra{log: success}, whole, 0, wizard.NoteExported, map[string]string{"opset": "12", "nodes": "1", "inputs": "images 1x3x64x64", "path": "result/yolov5n_best.onnx"}},
		{"module installed", extra{log: success}, whole, 1, wizard.NoteExported, nil},
		{"no module", extra{log: success}, whole, 9, wizard.NoteExportNone, map[string]string{"why": "onnx-module", "command": "/root/miniconda3/bin/python -m pip install onnx"}},
		{"failure with exit code 0", extra{log: "ONNX: export failure ❌ 0.1s: no room\n"}, whole, 0, wizard.NoteExportFail, map[string]string{"why": "empty", "output": "ONNX: export failure ❌ 0.1s: no room"}},
		{"exit code 1", extra{exit: 1, log: "usage: export.py: error\n"}, whole, 0, wizard.NoteExportFail, map[string]string{"why": "exit", "exit": "1"}},
		{"half a file", extra{log: success}, whole[:40], 0, wizard.NoteExportFail, map[string]string{"code": string(yolov5.ONNXBroken)}},
		{"a stand-in", extra{log: success}, stand.Bytes(), 0, wizard.NoteExportFail, map[string]string{"code": string(wizard.NotRehearsed)}},
		{"a web page", extra{log: success}, []byte("<html>"), 0, wizard.NoteExportFail, map[string]string{"code": string(yolov5.ONNXBroken)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, f := trained(t)
			if err := p.Set("result.onnx", "yes"); err != nil {
				t.Fatal(err)
			}
			tt.extra.phase = instance.JobExited
			f.extras["export.py"], f.onnx, f.lacksONNX = tt.extra, tt.onnx, tt.lacks
			face, err := run(t, p, f, journey.Download)
			if err != nil {
				t.Fatal(err)
			}
			notes := face.notes(tt.note)
			if len(notes) != 1 {
				t.Fatalf("%d notes %s", len(notes), tt.note)
			}
			for name, want := range tt.detail {
				if notes[0][name] != want {
					t.Errorf("%s is %q, want %q", name, notes[0][name], want)
				}
			}
			e := p.Journey().Of(journey.Download).Evidence
			_, err = os.Stat(filepath.Join(p.Dir(), "result", "yolov5n_best.onnx"))
			if here := tt.note == wizard.NoteExported; here != (err == nil) || here != (e.Fact("onnx") != "") {
				t.Errorf("the file: %v; the record says %q", err, e.Fact("onnx"))
			}
			if e.Fact("model") == "" || p.Journey().Of(journey.Download).State != journey.Done {
				t.Error("the model is not here")
			}
		})
	}
}

// losesFiles is an instance whose small files cannot be fetched.
type losesFiles struct{ *fakeInstance }

func (l losesFiles) Download(ctx context.Context, from, to string, tell func(instance.Progress)) (instance.FileFact, error) {
	if strings.Contains(from, "/drawn/") {
		return instance.FileFact{}, problem.New(instance.RemoteFileChanged, nil, "path", from)
	}
	return l.fakeInstance.Download(ctx, from, to, tell)
}

func TestPredictionsThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	p, f := trained(t)
	face := &fakeFace{}
	connect := func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
		return losesFiles{f}, nil
	}
	if err := p.Run(context.Background(), journey.Download, wizard.Env{Connect: connect, Face: face}); err != nil {
		t.Fatal(err)
	}
	if n := face.notes(wizard.NotePredictFail); len(n) != 1 || n[0]["code"] != string(instance.RemoteFileChanged) {
		t.Errorf("told %v", n)
	}
}

// The person's own stop is one, with the model here and its step not done.
func TestPredictionsCanBeStopped(t *testing.T) {
	t.Parallel()
	p, f := trained(t)
	f.extras["detect.py"] = extra{phase: instance.JobRunning}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	face := &stopFace{on: wizard.NotePredict, stop: stop}
	err := p.Run(ctx, journey.Download, wizard.Env{Connect: f.connect, Face: face})
	if !problem.Has(err, wizard.Cancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

// stopFace stops the step when it is told something.
type stopFace struct {
	fakeFace
	on   wizard.NoteCode
	stop func()
}

func (s *stopFace) Tell(e wizard.Event) {
	if e.Code == s.on {
		s.stop()
	}
}
