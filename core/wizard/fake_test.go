package wizard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gpuwizard/core/dataset/sample"
	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// fakeInstance keeps uploads in memory and answers the steps' scripts. The
// real thing is tested with package remote; this one fails on request.
type fakeInstance struct {
	uploads map[string][]instance.Source
	code    map[string]string // what was uploaded as such
	jobs    map[string]instance.Job
	log     string
	exit    int
	phase   instance.JobPhase
	best    []byte
	lies    bool // downloads whose checksum differs
	// together, if set, is called by each download of a picture that was drawn.
	together func(context.Context) error
	noGPU    bool
	noPython bool
	readErr  []error // returned by ReadJob, one after the other
	lookErr  []error // returned by Look, likewise
	chunk    int     // bytes of log per read
	sight    string  // the answer of the look before a training
	looks    int
	started  int
	stopped  int
	// endOnStart lets jobs started from now on end at once.
	endOnStart bool
	rehearsal  bool
	bestGone   bool
	// checkpoints are what last.pt and best.pt are good for, as the script that
	// looks says: missing if "".
	checkpoints [2]string
	stripped    int
	stripExit   int
	options     []string       // as the last run that went on got them: file, key=value
	exits       map[string]int // by job, as exit was at its start
	// extras answers for a job beside the training, by the script that it runs:
	// how it ends, what it prints, and the files that it leaves in a folder.
	extras  map[string]extra
	adapted string   // what the list of adapted files there says
	copied  []string // pictures that were put aside for detect.py
	onnx    []byte
	// lacksONNX is how often the module onnx is looked for in vain.
	lacksONNX int

	guard struct {
		state instance.GuardState
		err   error
		armed []instance.Guard
		mu    sync.Mutex
		words []instance.GuardWord // signs of life come from a goroutine of their own
	}
	off struct {
		switched instance.Switched
		err      error
		found    []instance.Presence // one after the other; the last stays
		asked    int
	}
}

func bool2exit(failed bool) int {
	if failed {
		return 1
	}
	return 0
}

// extra is how a job beside the training goes.
type extra struct {
	phase instance.JobPhase
	exit  int
	log   string
	left  string // what is listed of its folder, "" for the pictures that were copied
}

func newFake() *fakeInstance {
	f := &fakeInstance{
		uploads: map[string][]instance.Source{}, jobs: map[string]instance.Job{}, exits: map[string]int{},
		phase: instance.JobExited, chunk: 1 << 16, log: healthyLog, sight: healthySight,
		extras: map[string]extra{"detect.py": {phase: instance.JobExited, log: "image 1/9 /a.jpg: 64x64 (no detections), 8.5ms\n"}},
	}
	f.guard.state.Phase = instance.GuardArmed
	return f
}

// healthySight is what the look before a training sees where nothing is wrong.
const healthySight = `{"python": "3.10.4", "torch": "2.1.0", "cuda": "12.1", "cuda_ready": true, "archs": ["sm_80", "sm_86", "compute_90"],
 "gpus": [{"name": "NVIDIA GeForce RTX 3090", "capability": "86", "bytes": 25000000000, "free": 24900000000}], "cuda_works": true, "nms": true, "numpy": "1.24.2"}`

const healthyLog = "Starting training for 1 epochs...\n\n      Epoch    GPU_mem   box_loss   obj_loss   cls_loss  Instances       Size\n" +
	"\r        0/0         0G     0.1121    0.01456          0         44         96:   0%|          | 0/1 00:00" +
	"\r        0/0         0G     0.1121    0.01456          0         44         96: 100%|██████████| 1/1 00:01\n" +
	"                 Class     Images  Instances          P          R      mAP50   mAP50-95: 100%|██████████| 1/1 00:00\n" +
	"                   all         12         29      0.234      0.483      0.259     0.0674\n\n1 epochs completed in 0.001 hours.\n"

func (f *fakeInstance) Look(context.Context) (instance.Facts, error) {
	if len(f.lookErr) > 0 {
		err := f.lookErr[0]
		f.lookErr = f.lookErr[1:]
		return instance.Facts{}, err
	}
	facts := instance.Facts{
		Home: "/root", CPUs: 4, Disks: []instance.Disk{{Path: "/root/autodl-tmp", FreeBytes: 1 << 36, Writable: true}},
		GPUs:    []instance.GPU{{Name: "NVIDIA GeForce RTX 3090"}},
		Pythons: []instance.Python{{Path: "/root/miniconda3/bin/python", Version: "3.10", Torch: "2.1", CUDA: "12.1", CUDAReady: true}},
	}
	if f.noGPU {
		facts.GPUs, facts.Pythons[0].CUDAReady = nil, false
	}
	facts.Rehearsal = f.rehearsal
	if f.noPython {
		facts.Pythons = nil
	}
	return facts, nil
}

func (f *fakeInstance) Run(_ context.Context, script string, args []string, out io.Writer) (int, error) {
	if slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "# gpuwizard preflight") }) {
		f.looks++
		if f.noGPU && f.sight == healthySight {
			f.sight = `{"torch": "2.1.0"}`
		}
		_, err := io.WriteString(out, "gpuwizard-preflight "+strings.ReplaceAll(f.sight, "\n", "")+"\n")
		return 0, err
	}
	if slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "# gpuwizard checkpoint") }) {
		for i, state := range f.checkpoints {
			if state == "" {
				state = "missing"
			}
			if _, err := fmt.Fprintf(out, "%s\t%s\n", args[len(args)-2+i], state); err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
	if at := slices.Index(args, "options"); at >= 0 {
		f.options = args[at+1:]
	}
	if strings.Contains(script, "strip_optimizer") {
		f.stripped++
		return f.stripExit, nil
	}
	if slices.Contains(args, "import onnx") {
		f.lacksONNX--
		return bool2exit(f.lacksONNX >= 0), nil
	}
	if strings.Contains(script, `cp "$from`) {
		f.copied = args[2:]
		return 0, nil
	}
	if strings.Contains(script, "wc -c") && path.Base(args[0]) == "drawn" {
		list := f.extras["detect.py"].left
		for _, name := range f.copied {
			if f.extras["detect.py"].left == "" {
				list += "7 " + name + "\n"
			}
		}
		_, err := io.WriteString(out, list)
		return 0, err
	}
	if strings.Contains(script, "wc -c") {
		_, err := io.WriteString(out, "12 results.csv\n9 ../evil.csv\n7 results.png\n5 -rf.png\n8 tool.exe\n")
		return 0, err
	}
	if strings.HasPrefix(script, "cat ") && path.Base(args[0]) == "adapted.list" {
		_, err := io.WriteString(out, f.adapted)
		return 0, err
	}
	if strings.Contains(script, "sha256sum") {
		files, ok := f.uploads[args[0]]
		if !ok {
			return 4, nil
		}
		for _, s := range files {
			if _, err := fmt.Fprintf(out, "%s  ./%s\n", s.SHA256, s.Path); err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
	if f.bestGone && strings.Contains(script, "test -s") {
		return 2, nil
	}
	return 0, nil
}

// away is an instance that does not answer.
type away struct{ instance.Instance }

func (away) Run(context.Context, string, []string, io.Writer) (int, error) {
	return 0, problem.New(instance.ConnectionLost, nil, "host", "a.example")
}

func (f *fakeInstance) Upload(ctx context.Context, folder string, files []instance.Source, tell func(instance.Progress)) (instance.Receipt, error) {
	for i, s := range files {
		var err error
		if files[i].SHA256, err = s.Sum(ctx); err != nil {
			return instance.Receipt{}, err
		}
	}
	f.uploads[folder] = files
	if path.Base(folder) == "code" {
		f.code = map[string]string{}
		for _, s := range files {
			r, err := s.Open()
			if err != nil {
				return instance.Receipt{}, err
			}
			text, err := io.ReadAll(r)
			if err = errors.Join(err, r.Close()); err != nil {
				return instance.Receipt{}, err
			}
			f.code[s.Path] = string(text)
		}
	}
	tell(instance.Progress{Phase: "send", Files: len(files), FilesTotal: len(files)})
	return instance.Receipt{Folder: folder, Files: len(files), Digest: "d" + path.Base(folder)}, nil
}

func (f *fakeInstance) Download(ctx context.Context, from, to string, _ func(instance.Progress)) (instance.FileFact, error) {
	if f.together != nil && strings.Contains(from, "/predictions/") {
		if err := f.together(ctx); err != nil {
			return instance.FileFact{}, err
		}
	}
	if f.lies {
		return instance.FileFact{}, problem.New(instance.ChecksumDiffers, nil, "path", from, "want", "aa", "got", "bb")
	}
	data := []byte("content of " + path.Base(from))
	switch path.Base(from) {
	case "best.pt":
		data = f.best
	case "best.onnx":
		data = f.onnx
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		return instance.FileFact{}, err
	}
	return instance.FileFact{Path: to, Size: int64(len(data)), SHA256: sha(data)}, nil
}

func (f *fakeInstance) StartJob(_ context.Context, job instance.Job) (instance.JobState, error) {
	if _, ok := f.jobs[job.Folder]; !ok {
		f.started++
		f.exits[job.Folder] = f.exit
	}
	f.jobs[job.Folder] = job
	if f.endOnStart {
		f.phase = instance.JobExited
	}
	return instance.JobState{Phase: instance.JobRunning}, nil
}

func (f *fakeInstance) ReadJob(_ context.Context, folder string, offset int64) (instance.JobState, []byte, error) {
	if len(f.readErr) > 0 {
		err := f.readErr[0]
		f.readErr = f.readErr[1:]
		return instance.JobState{}, nil, err
	}
	if _, ok := f.jobs[folder]; !ok {
		return instance.JobState{Phase: instance.JobAbsent}, nil, nil
	}
	if e, ok := f.extras[f.jobs[folder].Command[1]]; ok {
		return instance.JobState{Phase: e.phase, Exit: e.exit, LogSize: int64(len(e.log))}, []byte(e.log[min(int(offset), len(e.log)):]), nil
	}
	state := instance.JobState{Phase: f.phase, Exit: f.exits[folder], LogSize: int64(len(f.log))}
	from := min(offset, state.LogSize)
	return state, []byte(f.log[from:min(from+int64(f.chunk), state.LogSize)]), nil
}

func (f *fakeInstance) StopJob(context.Context, string) (instance.JobState, error) {
	f.stopped++
	return instance.JobState{Phase: instance.JobExited, Exit: 143}, nil
}

func (f *fakeInstance) ArmGuard(_ context.Context, g instance.Guard) (instance.GuardState, error) {
	f.guard.armed = append(f.guard.armed, g)
	return f.guard.state, f.guard.err
}

func (f *fakeInstance) ReadGuard(context.Context, string) (instance.GuardState, error) {
	return f.guard.state, f.guard.err
}

func (f *fakeInstance) TellGuard(_ context.Context, _ string, word instance.GuardWord) (instance.GuardState, error) {
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	f.guard.words = append(f.guard.words, word)
	return f.guard.state, f.guard.err
}

func (f *fakeInstance) TurnOff(context.Context, string, string) (instance.Switched, error) {
	f.off.asked++
	return f.off.switched, f.off.err
}

func (f *fakeInstance) Probe(context.Context) (instance.Presence, error) {
	if len(f.off.found) == 0 {
		return instance.PortAnswers, nil
	}
	found := f.off.found[0]
	if len(f.off.found) > 1 {
		f.off.found = f.off.found[1:]
	}
	return found, nil
}

func (f *fakeInstance) Close() error { return nil }

func (f *fakeInstance) connect(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
	return f, nil
}

// fakeFace keeps what it is told and refuses every question.
type fakeFace struct {
	events   []wizard.Event
	remember planfile.Memory
	// logins are the answers to NewLogin; "" is the old one, "-" is nobody.
	logins      []string
	askedLogins int
	askedStop   int                  // whether to stop the instance
	reasons     []wizard.LoginReason // for which they were asked for
}

func (f *fakeFace) Tell(e wizard.Event) { f.events = append(f.events, e) }

func (f *fakeFace) Password(context.Context, rental.Login, int) (string, error) {
	return "", errors.New("no password")
}
func (f *fakeFace) Passphrase(context.Context, string, int) (string, error) { return "", nil }

func (f *fakeFace) Challenge(context.Context, wizard.Challenge) (string, error) { return "", nil }

func (f *fakeFace) Remember(context.Context, rental.Login) (planfile.Memory, error) {
	return f.remember, nil
}

func (f *fakeFace) TrustHost(context.Context, wizard.HostKey) (bool, error) { return false, nil }
func (f *fakeFace) NewLogin(_ context.Context, old rental.Login, why wizard.LoginReason) (rental.Login, error) {
	f.askedLogins++
	f.reasons = append(f.reasons, why)
	if f.askedLogins > len(f.logins) || f.logins[f.askedLogins-1] == "-" {
		return rental.Login{}, errors.New("nobody is there")
	}
	if f.logins[f.askedLogins-1] == "" {
		return old, nil
	}
	return rental.ParseLogin(f.logins[f.askedLogins-1])
}

func (f *fakeFace) StopInstance(context.Context, string) (bool, error) {
	f.askedStop++
	return false, nil
}

func (f *fakeFace) notes(code wizard.NoteCode) (found []map[string]string) {
	for _, e := range f.events {
		if e.Code == code {
			found = append(found, e.Args)
		}
	}
	return found
}

func (f *fakeFace) log() string {
	var b strings.Builder
	for _, e := range f.events {
		if e.Kind == wizard.KindLog && !e.Live {
			b.WriteString(e.Line + "\n")
		}
	}
	return b.String()
}

// sampleDir is where the sample data lie that all tests copy.
var sampleDir string

// wholeSample draws the sample data once: it takes a while with -race.
var wholeSample = sync.OnceValues(func() (string, error) {
	whole := filepath.Join(sampleDir, "whole")
	return whole, sample.Write(whole)
})

// sampled is how many of the sample's pictures most tests have: enough for each
// step to have some in both parts, and few to be copied for each test.
const sampled = 16

// sampleData is a part of the sample data.
var sampleData = sync.OnceValues(func() (string, error) {
	whole, err := wholeSample()
	if err != nil {
		return "", err
	}
	few := filepath.Join(sampleDir, "few")
	for part, pictures := range map[string]int{"train": sampled * 3 / 4, "test": sampled / 4} {
		files, err := filepath.Glob(filepath.Join(whole, part, "*"))
		if err != nil {
			return "", err
		}
		if err := os.MkdirAll(filepath.Join(few, part), 0o755); err != nil {
			return "", err
		}
		for _, name := range files[:2*pictures] { // a picture and its labels each
			data, err := os.ReadFile(name)
			if err == nil {
				err = os.WriteFile(filepath.Join(few, part, filepath.Base(name)), data, 0o644)
			}
			if err != nil {
				return "", err
			}
		}
	}
	return few, nil
})

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sample")
	if err != nil {
		panic(err)
	}
	sampleDir = filepath.Join(dir, "train_data")
	// What the tests' user has in their home folder is theirs.
	os.Setenv("HOME", dir)
	os.Setenv("USERPROFILE", dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// newProject is a folder with the sample data, a code folder and a plan.
func newProject(t *testing.T) *wizard.Project {
	t.Helper()
	dir := t.TempDir()
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "train_data"), os.DirFS(drawn)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "yolov5_code", "train.py"), `"--weights" "--batch-size" "--epochs" "--cfg" "--imgsz" "%11s"`)
	write(t, filepath.Join(dir, "yolov5_code", "models", "yolov5n.yaml"), "# top\r\nnc: 80  # number of classes\r\nanchors: 3")
	write(t, filepath.Join(dir, "yolov5_code", ".git", "config"), "secret history")
	write(t, filepath.Join(dir, "yolov5_code", "big.pt"), "other weights")
	write(t, filepath.Join(dir, "yolov5n.pt"), "weights")
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set("login", "ssh -p 10309 root@connect.nmb1.seetacloud.com"); err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
