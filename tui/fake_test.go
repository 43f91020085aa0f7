package tui

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

const loginLine = "ssh -p 10309 root@connect.nmb1.seetacloud.com"

// machine stands in for a rented machine: uploads go nowhere, and a training
// is a log.
type machine struct {
	log      string
	exit     int
	running  atomic.Bool  // the job does not end
	extended atomic.Int64 // what the guard was told to wait longer, in nanoseconds
	jobs     map[string]bool

	// What the connection asks on its way, if anything.
	password string
	key      *wizard.HostKey
	asked    []string
}

func (f *machine) connect(ctx context.Context, plan planfile.Plan, _ string, face wizard.Face) (instance.Instance, error) {
	login, err := wizard.ReadLogin(plan.Login)
	if err != nil {
		return nil, err
	}
	if f.key != nil {
		yes, err := face.TrustHost(ctx, *f.key)
		if err != nil {
			return nil, err
		}
		if !yes {
			return nil, problem.New(instance.HostKeyRejected, nil, "host", login.Host)
		}
	}
	for attempt := 1; f.password != ""; attempt++ {
		got, err := face.Password(ctx, login, attempt)
		if err != nil {
			return nil, err
		}
		f.asked = append(f.asked, got)
		if got == f.password {
			break
		}
		if attempt == 3 {
			return nil, problem.New(instance.WrongPassword, nil, "host", login.Host, "user", login.User)
		}
	}
	return f, nil
}

func (f *machine) Look(context.Context) (instance.Facts, error) {
	return instance.Facts{
		Home: "/root", CPUs: 4, Disks: []instance.Disk{{Path: "/root/autodl-tmp", FreeBytes: 50e9, Writable: true}},
		GPUs:    []instance.GPU{{Name: "NVIDIA GeForce RTX 3090"}},
		Pythons: []instance.Python{{Path: "/root/miniconda3/bin/python", Version: "3.10", Torch: "2.1", CUDA: "12.1", CUDAReady: true}},
	}, nil
}

func (f *machine) Run(_ context.Context, script string, _ []string, out io.Writer) (int, error) {
	if strings.Contains(script, "wc -c") {
		_, err := io.WriteString(out, "12 results.csv\n")
		return 0, err
	}
	return 0, nil
}

func (f *machine) Upload(_ context.Context, folder string, files []instance.Source, tell func(instance.Progress)) (instance.Receipt, error) {
	tell(instance.Progress{Phase: "send", Files: len(files), FilesTotal: len(files)})
	return instance.Receipt{Folder: folder, Files: len(files), Digest: path.Base(folder)}, nil
}

func (f *machine) Download(_ context.Context, from, to string, _ func(instance.Progress)) (instance.FileFact, error) {
	var b bytes.Buffer
	if path.Base(from) == "best.pt" {
		if err := yolov5.WriteRehearsal(&b, "stand-in"); err != nil {
			return instance.FileFact{}, err
		}
	}
	b.WriteString(path.Base(from))
	return instance.FileFact{Path: to, Size: int64(b.Len())}, os.WriteFile(to, b.Bytes(), 0o644)
}

func (f *machine) StartJob(_ context.Context, job instance.Job) (instance.JobState, error) {
	f.jobs[job.Folder] = true
	return instance.JobState{Phase: instance.JobRunning}, nil
}

func (f *machine) ReadJob(_ context.Context, folder string, offset int64) (instance.JobState, []byte, error) {
	if !f.jobs[folder] {
		return instance.JobState{Phase: instance.JobAbsent}, nil, nil
	}
	state := instance.JobState{Phase: instance.JobExited, Exit: f.exit, LogSize: int64(len(f.log))}
	if f.running.Load() {
		state.Phase = instance.JobRunning
	}
	rest := f.log[min(offset, state.LogSize):]
	return state, []byte(rest[:min(len(rest), 256<<10)]), nil
}

func (f *machine) StopJob(context.Context, string) (instance.JobState, error) {
	return instance.JobState{Phase: instance.JobExited}, nil
}

func (f *machine) ArmGuard(context.Context, instance.Guard) (instance.GuardState, error) {
	return f.guard(), nil
}

// guard is armed and acts in five hours, or later by what it was told.
func (f *machine) guard() instance.GuardState {
	left := 5*time.Hour + time.Duration(f.extended.Load())
	return instance.GuardState{Phase: instance.GuardArmed, Rules: []instance.RuleState{{Rule: instance.RuleBudget, Act: instance.ActStop, Left: left, Counting: true}}}
}

func (f *machine) ReadGuard(context.Context, string) (instance.GuardState, error) {
	return f.guard(), nil
}

func (f *machine) TellGuard(_ context.Context, _ string, word instance.GuardWord) (instance.GuardState, error) {
	f.extended.Add(int64(word.Extend))
	return f.guard(), nil
}

func (f *machine) TurnOff(context.Context, string, string) (instance.Switched, error) {
	return instance.Switched{}, nil
}

func (f *machine) Probe(context.Context) (instance.Presence, error) {
	return instance.PortAnswers, nil
}
func (f *machine) Close() error { return nil }

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
func newProject(t testing.TB) *wizard.Project {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"train", "test"} {
		for i := range 3 {
			name := part + strconv.Itoa(i)
			writeFile(t, filepath.Join(dir, "train_data", part, "Annotations", name+".xml"), annotation(name))
			writeFile(t, filepath.Join(dir, "train_data", part, "JPEGImages", name+".png"), picturePNG(t, name))
		}
	}
	writeFile(t, filepath.Join(dir, "yolov5_code", "train.py"), `"--weights" "--batch-size" "--epochs" "--cfg" "--imgsz" "%11s"`)
	writeFile(t, filepath.Join(dir, "yolov5_code", "models", "yolov5n.yaml"), "nc: 80  # number of classes\nanchors: 3\n")
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set("region", "nm-B1"); err != nil {
		t.Fatal(err)
	}
	return p
}

func annotation(name string) string {
	return "<annotation><filename>" + name + ".png</filename><size><width>64</width><height>48</height><depth>3</depth></size>" +
		"<object><name>person</name><difficult>0</difficult><bndbox><xmin>4</xmin><ymin>5</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
}

func picturePNG(t testing.TB, name string) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			img.Set(x, y, color.RGBA{uint8(x * len(name)), uint8(y * int(name[len(name)-1])), uint8(name[1]), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func writeFile(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// driver presses keys and runs the model's commands, as Bubble Tea would, so
// that a test waits for what is on the screen and for no clock.
type driver struct {
	t    *testing.T
	m    *root
	msgs chan tea.Msg
	quit bool
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.Local)

func drive(t *testing.T, p *wizard.Project, o Options) *driver {
	t.Helper()
	o.Project = p
	if o.Lang == "" {
		o.Lang = text.EN
	}
	ctx, cancel := context.WithCancel(t.Context())
	m := newRoot(ctx, o, widget.NewTheme(widget.ThemeOptions{NoColor: true, ASCII: o.ASCII}))
	m.common.Now = func() time.Time { return noon }
	d := &driver{t: t, m: m, msgs: make(chan tea.Msg, 100)}
	t.Cleanup(func() {
		cancel()
		m.settle(lastWait)
	})
	return d
}

// open starts the model and waits until the evidence was looked at.
func (d *driver) open() *driver {
	d.do(d.m.Init())
	d.wait("the evidence is looked at", func() bool { return !d.m.verifying })
	return d
}

func (d *driver) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				d.do(c)
			}
		default:
			select {
			case d.msgs <- msg:
			case <-d.m.ctx.Done():
			}
		}
	}()
}

func (d *driver) send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	_, cmd := d.m.Update(msg)
	d.do(cmd)
}

// wait handles messages until something holds.
func (d *driver) wait(what string, holds func() bool) {
	d.t.Helper()
	timer := time.NewTimer(2 * time.Minute)
	defer timer.Stop()
	for !holds() {
		select {
		case msg := <-d.msgs:
			d.send(msg)
		case <-timer.C:
			d.t.Fatalf("waited in vain until %s; the screen:\n%s", what, d.m.View())
		}
	}
}

// see waits for a text on the screen.
func (d *driver) see(text string) {
	d.t.Helper()
	d.wait("the screen says "+text, func() bool { return strings.Contains(d.m.View(), text) })
}

var keys = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"tab": tea.KeyTab, "ctrl+c": tea.KeyCtrlC, "ctrl+z": tea.KeyCtrlZ, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "backspace": tea.KeyBackspace, "ctrl+u": tea.KeyCtrlU, "end": tea.KeyEnd,
}

// press presses keys by their names; what has no name is typed. It is a person
// who has read what came up by itself.
func (d *driver) press(names ...string) {
	for _, name := range names {
		d.read()
		if k, ok := keys[name]; ok {
			d.send(tea.KeyMsg{Type: k})
			continue
		}
		for _, r := range name {
			if r == ' ' {
				d.send(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{r}})
				continue
			}
			d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
}

// read lets the time pass that keys do not answer what came up by itself.
func (d *driver) read() {
	if d.m.unread() {
		d.m.View()
		d.m.came.until = d.m.common.Now()
	}
}

func (d *driver) paste(s string) {
	d.read()
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true})
}
