package wizard_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func modelFile(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := yolov5.WriteRehearsal(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run does the steps from the current one up to and with the last.
func run(t *testing.T, p *wizard.Project, f *fakeInstance, last journey.Step) (*fakeFace, error) {
	t.Helper()
	face := &fakeFace{}
	for _, step := range journey.Steps() {
		if p.Journey().Of(step).State != journey.Done {
			if err := p.Run(context.Background(), step, wizard.Env{Connect: f.connect, Face: face}); err != nil {
				return face, err
			}
		}
		if step == last {
			break
		}
	}
	return face, nil
}

func states(j journey.Journey) string {
	var all []string
	for _, s := range j.Steps {
		all = append(all, string(s.State))
	}
	return strings.Join(all, " ")
}

func TestJourneyUpToTheTraining(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	face, err := run(t, p, f, journey.Train)
	if err != nil {
		t.Fatal(err)
	}
	j, err := p.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := states(j), "done done done done done done todo"; got != want || j.Current != journey.Download {
		t.Errorf("states %s, want %s; current %s", got, want, j.Current)
	}
	if got := face.log(); !strings.Contains(got, "0.259") || strings.Contains(got, "\r") {
		t.Errorf("log told: %q", got)
	}
	const home = "/root/autodl-tmp/gpuwizard-person"
	if f.uploads[home+"/dataset"] == nil || f.uploads[home+"/code"] == nil {
		t.Fatalf("uploads went elsewhere: %v", reflect.ValueOf(f.uploads).MapKeys())
	}
	content := map[string]string{}
	for _, s := range f.uploads[home+"/code"] {
		r, err := s.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		_, _ = b.ReadFrom(r)
		r.Close()
		content[s.Path] = b.String()
		if sha(b.Bytes()) != s.SHA256 || int64(b.Len()) != s.Size {
			t.Errorf("%s: digest or size is not its content's", s.Path)
		}
	}
	if got := content["models/yolov5n.yaml"]; got != "# top\r\nnc: 1  # number of classes\r\nanchors: 3" {
		t.Errorf("model YAML %q", got)
	}
	if got := content["data/person.yaml"]; !strings.Contains(got, home+"/dataset/images/train") {
		t.Errorf("data YAML %q", got)
	}
	for _, unwanted := range []string{".git/config", "big.pt"} {
		if _, ok := content[unwanted]; ok {
			t.Errorf("%s was sent", unwanted)
		}
	}
	if content["yolov5n.pt"] != "weights" {
		t.Error("the weights were not sent")
	}
	// The person's own code folder is as it was.
	own, _ := os.ReadFile(filepath.Join(p.Dir(), "yolov5_code", "models", "yolov5n.yaml"))
	if !strings.Contains(string(own), "nc: 80") {
		t.Error("the person's model YAML was changed")
	}
	for folder, job := range f.jobs {
		line := strings.Join(job.Command, " ")
		for _, want := range []string{"train.py", "--weights yolov5n.pt", "--data data/person.yaml", "--epochs 100", "--cfg models/yolov5n.yaml"} {
			if !strings.Contains(line, want) {
				t.Errorf("command %q lacks %q", line, want)
			}
		}
		if !strings.HasPrefix(folder, home+"/jobs/") {
			t.Errorf("job folder %s", folder)
		}
	}
}

func TestDoneStepsBecomeStale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(t *testing.T, p *wizard.Project)
		want   string
		first  journey.Step
		reason journey.Reason
	}{
		{"nothing", func(*testing.T, *wizard.Project) {}, "done done done done done done todo", "", ""},
		{"label deleted", func(t *testing.T, p *wizard.Project) {
			found, _ := filepath.Glob(filepath.Join(p.Dir(), "prepared", "dataset", "labels", "train", "*.txt"))
			if err := os.Remove(found[3]); err != nil {
				t.Fatal(err)
			}
		}, "done done stale stale stale stale todo", journey.Convert, journey.FilesChanged},
		{"annotation edited", func(t *testing.T, p *wizard.Project) {
			found, _ := filepath.Glob(filepath.Join(p.Dir(), "train_data", "train", "*.xml"))
			data, _ := os.ReadFile(found[0])
			if err := os.WriteFile(found[0], append(data, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "done stale stale stale stale stale todo", journey.Check, journey.DataChanged},
		{"code edited", func(t *testing.T, p *wizard.Project) {
			write(t, filepath.Join(p.Dir(), "yolov5_code", "val.py"), "new")
		}, "done done done stale stale stale todo", journey.Classes, journey.CodeChanged},
		{"epochs changed", func(t *testing.T, p *wizard.Project) {
			if err := p.Set("train.epochs", "3"); err != nil {
				t.Fatal(err)
			}
		}, "done done done stale stale stale todo", journey.Classes, journey.AnswersChanged},
		{"login given later", func(t *testing.T, p *wizard.Project) {
			if err := p.Set("login", "ssh -p 22 root@connect.westb.seetacloud.com"); err != nil {
				t.Fatal(err)
			}
		}, "done done done done done done todo", "", ""},
		{"port changed", func(t *testing.T, p *wizard.Project) {
			if err := p.Set("login", "ssh -p 10310 root@connect.nmb1.seetacloud.com"); err != nil {
				t.Fatal(err)
			}
		}, "done done done done done done todo", "", ""},
		{"model YAML deleted", func(t *testing.T, p *wizard.Project) {
			if err := os.Remove(filepath.Join(p.Dir(), "prepared", "code", "models", "yolov5n.yaml")); err != nil {
				t.Fatal(err)
			}
		}, "done done done stale stale stale todo", journey.Classes, journey.FilesChanged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newProject(t)
			if _, err := run(t, p, newFake(), journey.Train); err != nil {
				t.Fatal(err)
			}
			tt.change(t, p)
			again, err := wizard.Open(p.Dir())
			if err != nil {
				t.Fatal(err)
			}
			j, err := again.Verify(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if got := states(j); got != tt.want {
				t.Errorf("states %s, want %s", got, tt.want)
			}
			if tt.first != "" && j.Of(tt.first).Reason != tt.reason {
				t.Errorf("%s is stale for %q, want %q", tt.first, j.Of(tt.first).Reason, tt.reason)
			}
		})
	}
}

func TestOutcomesAreComparedAndNotDates(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	if _, err := run(t, p, f, journey.Train); err != nil {
		t.Fatal(err)
	}
	labels, _ := filepath.Glob(filepath.Join(p.Dir(), "prepared", "dataset", "labels", "train", "*.txt"))
	if err := os.Remove(labels[0]); err != nil {
		t.Fatal(err)
	}
	verify(t, p, "done done stale stale stale stale todo")
	if _, err := run(t, p, f, journey.Convert); err != nil {
		t.Fatal(err)
	}
	// The same labels are there again: what was built on them holds.
	verify(t, p, "done done done done done done todo")

	xml, _ := filepath.Glob(filepath.Join(p.Dir(), "train_data", "train", "*.xml"))
	data, _ := os.ReadFile(xml[0])
	edited := strings.Replace(string(data), "<xmin>", "<xmin>1", 1)
	if err := os.WriteFile(xml[0], []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	verify(t, p, "done stale stale stale stale stale todo")
	if _, err := run(t, p, f, journey.Convert); err != nil {
		t.Fatal(err)
	}
	verify(t, p, "done done done stale stale stale todo")
}

func verify(t *testing.T, p *wizard.Project, want string) {
	t.Helper()
	j, err := p.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := states(j); got != want {
		t.Errorf("states %s, want %s", got, want)
	}
}

func TestTrainingGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	if _, err := run(t, p, f, journey.Upload); err != nil {
		t.Fatal(err)
	}
	// The first run is cut after some bytes of the log.
	f.phase, f.chunk = instance.JobRunning, 100
	ctx, cancel := context.WithCancel(context.Background())
	face := &cuttingFace{cancel: cancel}
	err := p.Run(ctx, journey.Train, wizard.Env{Connect: f.connect, Face: face})
	if !problem.Has(err, wizard.Cancelled) {
		t.Fatalf("cut run: %v", err)
	}
	again, err := wizard.Open(p.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if s := again.Journey().Of(journey.Train).State; s != journey.Running {
		t.Errorf("after the cut the step is %s", s)
	}
	f.phase, f.readErr = instance.JobExited, nil
	if _, err := run(t, again, f, journey.Train); err != nil {
		t.Fatal(err)
	}
	if f.started != 1 {
		t.Errorf("the job was started %d times", f.started)
	}
	logs, _ := filepath.Glob(filepath.Join(p.Dir(), ".gpuwizard", "logs", "*"))
	if len(logs) != 1 {
		t.Fatalf("logs %v", logs)
	}
	if data, _ := os.ReadFile(logs[0]); string(data) != f.log {
		t.Errorf("the log here differs from the instance's")
	}
}

func TestLinkThatIsCutRightAfterTheLogin(t *testing.T) {
	t.Parallel()
	lost := problem.New(instance.ConnectionLost, nil, "host", "h")
	for _, c := range []struct {
		cuts int
		want problem.Code
	}{{2, ""}, {3, instance.ConnectionLost}} {
		f := newFake()
		f.lookErr = slices.Repeat([]error{lost}, c.cuts)
		if _, err := run(t, newProject(t), f, journey.Upload); c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
			t.Errorf("%d cuts: %v", c.cuts, err)
		}
	}
}

// cuttingFace ends the run at the first live line of the log.
type cuttingFace struct {
	fakeFace
	cancel func()
}

func (f *cuttingFace) Tell(e wizard.Event) {
	if e.Kind == wizard.KindLog {
		f.cancel()
	}
}

func TestTrainingThatFails(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	f.exit, f.log = 1, "Traceback (most recent call last):\nModuleNotFoundError: No module named 'cv2'\n"
	face, err := run(t, p, f, journey.Train)
	pr, ok := problem.As(err)
	if !ok || pr.Code != wizard.TrainingFailed || pr.Args["rule"] != "nomodule" || !strings.Contains(pr.Args["line"], "cv2") {
		t.Fatalf("got %v", err)
	}
	if len(face.notes(wizard.NoteDiagnosis)) != 1 {
		t.Error("no diagnosis told")
	}
	if s := p.Journey().Of(journey.Train).State; s != journey.Failed {
		t.Errorf("the step is %s", s)
	}
	// The next attempt is a job of its own.
	f.exit, f.log = 0, healthyLog
	if _, err := run(t, p, f, journey.Train); err != nil {
		t.Fatal(err)
	}
	if f.started != 2 {
		t.Errorf("started %d jobs, want 2", f.started)
	}
}

func TestTrainingWithOtherAnswersEndsTheFirst(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	if _, err := run(t, p, f, journey.Upload); err != nil {
		t.Fatal(err)
	}
	f.phase = instance.JobRunning
	ctx, cancel := context.WithCancel(context.Background())
	if err := p.Run(ctx, journey.Train, wizard.Env{Connect: f.connect, Face: &cuttingFace{cancel: cancel}}); !problem.Has(err, wizard.Cancelled) {
		t.Fatalf("cut run: %v", err)
	}
	if err := p.Set("train.epochs", "5"); err != nil {
		t.Fatal(err)
	}
	f.endOnStart = true
	face, err := run(t, p, f, journey.Train)
	if err != nil {
		t.Fatal(err)
	}
	if f.stopped != 1 || f.started != 2 || len(face.notes(wizard.NoteJobStopped)) != 1 {
		t.Errorf("stopped %d, started %d", f.stopped, f.started)
	}
}

func TestNothingIsSaidToBeDoneWithoutEvidence(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	if _, err := run(t, p, f, journey.Train); err != nil {
		t.Fatal(err)
	}
	f.lies = true
	if _, err := run(t, p, f, journey.Download); !problem.Has(err, instance.ChecksumDiffers) {
		t.Errorf("a checksum that differs: %v", err)
	}
	f.lies, f.best = false, []byte("<html>not a model</html>")
	if _, err := run(t, p, f, journey.Download); err == nil {
		t.Error("a web page passed for a model")
	}
	// The stand-in of the practice instance is no model, whoever sends it.
	f.best = modelFile(t, "rehearsal")
	if _, err := run(t, p, f, journey.Download); !problem.Has(err, wizard.NotRehearsed) {
		t.Errorf("a rehearsal passed for a model: %v", err)
	}
	if found, _ := filepath.Glob(filepath.Join(p.Dir(), "result", "*.pt")); len(found) != 0 {
		t.Errorf("left %v", found)
	}
	if s := p.Journey().Of(journey.Download).State; s != journey.Failed {
		t.Errorf("the step is %s", s)
	}
}

func TestStepsThatMustWait(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	err := p.Run(context.Background(), journey.Upload, wizard.Env{Connect: newFake().connect, Face: &fakeFace{}})
	if pr, ok := problem.As(err); !ok || pr.Code != wizard.StepNotReady {
		t.Errorf("got %v", err)
	}
	if err := p.Set("data", ""); err != nil {
		t.Fatal(err)
	}
	err = p.Run(context.Background(), journey.Check, wizard.Env{Face: &fakeFace{}})
	if pr, ok := problem.As(err); !ok || pr.Code != planfile.AnswerMissing || pr.Args["key"] != "data" {
		t.Errorf("got %v", err)
	}
}

func TestNoPythonIsSaid(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	f.noPython = true
	if _, err := run(t, p, f, journey.Train); !problem.Has(err, wizard.NoPython) {
		t.Errorf("got %v", err)
	}
}
