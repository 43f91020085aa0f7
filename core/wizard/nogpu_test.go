package wizard_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// readyToUpload is a project whose steps on this computer are done; they are
// done once for all tests.
func readyToUpload(t *testing.T) *wizard.Project {
	t.Helper()
	dir, err := ready()
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	p, err := wizard.Open(copied)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var ready = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(sampleDir), "ready")
	drawn, err := sampleData()
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(filepath.Join(dir, "train_data"), os.DirFS(drawn)); err != nil {
		return "", err
	}
	if err := writeCode(dir); err != nil {
		return "", err
	}
	p, err := wizard.Open(dir)
	if err != nil {
		return "", err
	}
	if err := p.Set("login", "ssh -p 10309 root@connect.nmb1.seetacloud.com"); err != nil {
		return "", err
	}
	for _, step := range journey.Steps()[:4] {
		if err := p.Run(context.Background(), step, wizard.Env{Face: &fakeFace{}}); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// writeCode puts what looks like YOLOv5 into a project's folder.
func writeCode(dir string) error {
	for name, text := range map[string]string{
		"yolov5_code/train.py":            `"--weights" "--batch-size" "--epochs" "--cfg" "--imgsz" "%11s"`,
		"yolov5_code/models/yolov5n.yaml": "nc: 80\nanchors: 3\n",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// cheap is an instance in no-GPU mode until it is restarted.
type cheap struct {
	*fakeInstance
	gpu    atomic.Bool
	logins []string // with which the steps came
}

func (c *cheap) Look(ctx context.Context) (instance.Facts, error) {
	facts, err := c.fakeInstance.Look(ctx)
	facts.CPUs, facts.MemoryMiB = 16, 64<<10
	if !c.gpu.Load() {
		facts.GPUs, facts.Pythons[0].CUDAReady = nil, false
		facts.CPUs, facts.MemoryMiB = 0.5, 2048
	}
	return facts, err
}

func (c *cheap) Run(ctx context.Context, script string, args []string, out io.Writer) (int, error) {
	c.noGPU = !c.gpu.Load()
	defer func() { c.noGPU = false }()
	if !c.noGPU {
		c.sight = healthySight
	}
	if strings.Contains(script, `" -L 2>/dev/null`) {
		if c.gpu.Load() {
			return 0, nil
		}
		return 1, nil
	}
	return c.fakeInstance.Run(ctx, script, args, out)
}

func (c *cheap) connect(_ context.Context, plan planfile.Plan, _ string, _ wizard.Face) (instance.Instance, error) {
	c.logins = append(c.logins, plan.Login)
	return c, nil
}

// restarter is a person who is asked for the login of a restarted instance.
type restarter struct {
	fakeFace
	answer func(ctx context.Context) (rental.Login, error)
	asked  int
}

func (r *restarter) NewLogin(ctx context.Context, _ rental.Login, _ wizard.LoginReason) (rental.Login, error) {
	r.asked++
	return r.answer(ctx)
}

func TestTrainingWaitsForTheGPU(t *testing.T) {
	*wizard.PollGPU = time.Millisecond
	moved := rental.Login{User: "root", Host: "connect.nmb1.seetacloud.com", Port: 4022}
	for _, tt := range []struct {
		name    string
		answers []string // to set
		answer  func(ctx context.Context, c *cheap, asked int) (rental.Login, error)
		asked   int
		ends    problem.Code
		login   string
		onCPU   bool
	}{
		{"back at its old place, unasked", nil, func(ctx context.Context, c *cheap, _ int) (rental.Login, error) {
			c.gpu.Store(true)
			<-ctx.Done() // the question is withdrawn
			return rental.Login{}, ctx.Err()
		}, 1, "", "10309", false},
		{"the person says so", nil, func(_ context.Context, c *cheap, _ int) (rental.Login, error) {
			c.gpu.Store(true)
			return rental.Login{}, nil
		}, 1, "", "10309", false},
		{"at another port", nil, func(_ context.Context, c *cheap, _ int) (rental.Login, error) {
			c.gpu.Store(true)
			return moved, nil
		}, 1, "", "4022", false},
		{"at another port, and back at its old place", nil, func(ctx context.Context, c *cheap, _ int) (rental.Login, error) {
			c.gpu.Store(true)
			<-ctx.Done() // too late: the person has answered
			return moved, nil
		}, 1, "", "4022", false},
		{"restarted without it once more", nil, func(_ context.Context, c *cheap, asked int) (rental.Login, error) {
			c.gpu.Store(asked == 2)
			return rental.Login{}, nil
		}, 2, "", "10309", false},
		{"nobody there", nil, func(context.Context, *cheap, int) (rental.Login, error) {
			return rental.Login{}, problem.New(instance.LoginNeeded, nil, "host", "h", "user", "root")
		}, 1, wizard.GPUNeeded, "10309", false},
		{"the person leaves", nil, func(context.Context, *cheap, int) (rental.Login, error) {
			return rental.Login{}, context.Canceled
		}, 1, wizard.Cancelled, "10309", false},
		{"on the CPU by the plan", []string{"train.device", "cpu"}, nil, 0, "", "10309", true},
		{"a machine of one's own", []string{"platform", "any"}, nil, 0, "", "10309", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readyToUpload(t)
			set(t, p, tt.answers...)
			c := &cheap{fakeInstance: newFake()}
			face := &restarter{}
			face.answer = func(ctx context.Context) (rental.Login, error) { return tt.answer(ctx, c, face.asked) }
			var err error
			for _, step := range []journey.Step{journey.Region, journey.Classes, journey.Upload, journey.Train} {
				if err = p.Run(t.Context(), step, wizard.Env{Connect: c.connect, Face: face}); err != nil {
					break
				}
			}
			if tt.ends == "" && err != nil || tt.ends != "" && !problem.Has(err, tt.ends) {
				t.Fatalf("ended with %v, want %q", err, tt.ends)
			}
			if face.asked != tt.asked {
				t.Errorf("asked %d times, want %d", face.asked, tt.asked)
			}
			if !strings.Contains(p.Plan().Login, tt.login) || !strings.Contains(c.logins[len(c.logins)-1], tt.login) {
				t.Errorf("login %q, came with %v", p.Plan().Login, c.logins)
			}
			if started := c.started == 1; started != (tt.ends == "") {
				t.Errorf("started %d trainings", c.started)
			}
			if on := len(face.notes(wizard.NoteOnCPU)) > 0; on != tt.onCPU {
				t.Errorf("on the CPU: %v", on)
			}
			if tt.asked > 0 {
				one(t, &face.fakeFace, wizard.NoteWaitGPU)
			}
		})
	}
}

func TestUploadWithoutTheGPU(t *testing.T) {
	t.Parallel()
	p := readyToUpload(t)
	set(t, p, "price.per_hour", "1.88", "gpu", "RTX 4090") // the first step is done again
	c := &cheap{fakeInstance: newFake()}
	face := &fakeFace{}
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { at = at.Add(time.Minute); return at }
	upTo := func(last journey.Step) {
		t.Helper()
		for _, step := range journey.Steps() {
			if p.Journey().Of(step).State != journey.Done || step == last {
				if err := p.Run(t.Context(), step, wizard.Env{Connect: c.connect, Face: face, Now: clock}); err != nil {
					t.Fatal(err)
				}
			}
			if step == last {
				return
			}
		}
	}
	upTo(journey.Upload)
	if n := one(t, face, wizard.NoteNoGPUMode); n["cheap"] != "0.10 CNY" || n["price"] != "1.88 CNY" {
		t.Errorf("%v", n)
	}
	one(t, face, wizard.NotePrepared)
	if n := one(t, face, wizard.NoteUploadPaid); n["paid"] == "" || n["saved"] == "" || n["paid"] >= n["saved"] {
		t.Errorf("%v", n)
	}
	if len(face.notes(wizard.NoteNoGPU)) != 0 {
		t.Error("no-GPU mode is told as a missing GPU")
	}
	// The same with the GPU on: what it would have saved.
	c.gpu.Store(true)
	face = &fakeFace{}
	upTo(journey.Upload)
	if n := one(t, face, wizard.NoteNoGPUAdvice); n["bytes"] == "0" || n["saving"] == "" {
		t.Errorf("%v", n)
	}
	// And the plan said another GPU than the one that is there.
	if n := one(t, face, wizard.NoteOtherGPU); n["got"] != "NVIDIA GeForce RTX 3090" || n["price"] != "1.32 CNY" {
		t.Errorf("%v", n)
	}
}

// placed is an instance that says where it is.
type placed struct {
	*fakeInstance
	platform, region string
	disks            []string
}

func (f *placed) Look(ctx context.Context) (instance.Facts, error) {
	facts, err := f.fakeInstance.Look(ctx)
	facts.Platform, facts.Region = f.platform, f.region
	for _, path := range f.disks {
		facts.Disks = append(facts.Disks, instance.Disk{Path: path, Writable: true})
	}
	return facts, err
}

func (f *placed) connect(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
	return f, nil
}

func TestThePlaceIsCompared(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		at   placed
		code wizard.NoteCode
		want map[string]string
	}{
		{"another platform", placed{platform: "vast"}, wizard.NoteOtherPlatform, map[string]string{"want": "autodl", "got": "vast"}},
		{"another region", placed{region: "bj-B1"}, wizard.NoteOtherRegion, map[string]string{"got": "bj-B1", "sees": "apart"}},
		{"a region nobody knows", placed{region: "mars-A"}, wizard.NoteOtherRegion, map[string]string{"sees": "unknown"}},
		{"the same in other letters", placed{region: "NM-b1", disks: []string{"/root/autodl-fs"}}, "", nil},
		{"no file storage", placed{region: "nm-B1"}, wizard.NoteNoStorage, map[string]string{"paths": "/root/autodl-fs, /root/autodl-nas"}},
		{"the old file storage", placed{region: "nm-B1", disks: []string{"/root/autodl-nas"}}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readyToUpload(t)
			set(t, p, "platform", "autodl", "region", "nm-B1", "gpu", "RTX 3090")
			tt.at.fakeInstance = newFake()
			face := &fakeFace{}
			for _, step := range []journey.Step{journey.Region, journey.Upload} {
				if err := p.Run(t.Context(), step, wizard.Env{Connect: tt.at.connect, Face: face}); err != nil {
					t.Fatal(err)
				}
			}
			// What stays on a disk is told of each that is there.
			for i, n := range face.notes(wizard.NoteDisk) {
				if want := append([]string{"/root/autodl-tmp"}, tt.at.disks...)[i]; n["path"] != want || n["note_en"] == "" {
					t.Errorf("disk %d: %v", i, n)
				}
			}
			if n := len(face.notes(wizard.NoteDisk)); n != 1+len(tt.at.disks) {
				t.Errorf("%d disks told", n)
			}
			for _, code := range []wizard.NoteCode{wizard.NoteOtherPlatform, wizard.NoteOtherRegion, wizard.NoteOtherGPU, wizard.NoteNoStorage} {
				switch notes := face.notes(code); {
				case code == tt.code:
					n := one(t, face, code)
					for name, value := range tt.want {
						if n[name] != value {
							t.Errorf("%s: %v", code, n)
						}
					}
				case tt.code == "" && len(notes) > 0:
					t.Errorf("%s: %v", code, notes)
				}
			}
		})
	}
}

// loader is an instance that counts how often the code is asked whether it
// loads, which takes as long as importing torch.
type loader struct {
	*cheap
	numpy string // its version
	asked int
}

func (l *loader) Run(ctx context.Context, script string, args []string, out io.Writer) (int, error) {
	switch {
	case strings.Contains(script, "train.py --help"):
		l.asked++
	case slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "# gpuwizard preflight") }):
		_, err := io.WriteString(out, `gpuwizard-preflight {"torch": "2.1.0", "cuda_ready": true, "numpy": "`+l.numpy+`"}`+"\n")
		return 0, err
	}
	return l.cheap.Run(ctx, script, args, out)
}

// What is seen while the GPU is off is not looked at again while it is paid
// for, unless something changed.
func TestCodeIsAskedOnceWhetherItLoads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, numpy string // when the GPU is back
		asked       int
	}{
		{"as it was", "1.23.5", 1},
		{"another library", "1.23.6", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readyToUpload(t)
			l := &loader{cheap: &cheap{fakeInstance: newFake()}, numpy: "1.23.5"}
			env := wizard.Env{Face: &fakeFace{}, Connect: func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
				return l, nil
			}}
			for _, step := range []journey.Step{journey.Region, journey.Upload, journey.Train} {
				if step == journey.Train {
					l.gpu.Store(true)
					l.numpy = tt.numpy
				}
				if err := p.Run(t.Context(), step, env); err != nil {
					t.Fatal(err)
				}
			}
			if l.asked != tt.asked || l.started != 1 {
				t.Errorf("asked %d times, started %d trainings", l.asked, l.started)
			}
		})
	}
}
