package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

const healthyLog = "Starting training for 2 epochs...\n\n      Epoch    GPU_mem   box_loss   obj_loss   cls_loss  Instances       Size\n" +
	"\r        0/1         0G     0.1121    0.01456          0         44         96:   0%|          | 0/1 00:00" +
	"\r        0/1         0G     0.1121    0.01456          0         44         96: 100%|██████████| 1/1 00:01\n" +
	"                 Class     Images  Instances          P          R      mAP50   mAP50-95: 100%|██████████| 1/1 00:00\n" +
	"                   all         12         29      0.234      0.483      0.259     0.0674\n" +
	"\r        1/1         0G     0.0921    0.01456          0         44         96: 100%|██████████| 1/1 00:01\n" +
	"                   all         12         29      0.434      0.583      0.459     0.1674\n\n2 epochs completed in 0.001 hours.\n"

func newMachine() *machine {
	return &machine{log: healthyLog, jobs: map[string]bool{}}
}

// toUpload does the steps that need no instance.
func toUpload(t *testing.T, d *driver) {
	t.Helper()
	for _, step := range []journey.Step{journey.Region, journey.Check, journey.Convert, journey.Classes} {
		if d.m.at != step {
			t.Fatalf("at %s, want %s", d.m.at, step)
		}
		d.press("enter")
		d.wait(string(step)+" is done", func() bool { return d.m.journey.Of(step).State == journey.Done })
		d.press("enter")
	}
}

// atTraining goes on until a training runs that does not end by itself.
func atTraining(t *testing.T, p *wizard.Project) (*machine, *driver) {
	t.Helper()
	in := newMachine()
	in.running.Store(true)
	d := drive(t, p, Options{Connect: in.connect}).open()
	toUpload(t, d)
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	d.press("enter", "enter")
	d.see("epoch 2 of 2")
	return in, d
}

// atUpload drives a new project to its upload, to a machine that wants this
// password.
func atUpload(t *testing.T, password string) (*wizard.Project, *machine, *driver) {
	t.Helper()
	p, in := newProject(t), newMachine()
	in.password = password
	d := drive(t, p, Options{Connect: in.connect}).open()
	toUpload(t, d)
	return p, in, d
}

func TestTheJourneyByKeysAlone(t *testing.T) {
	p, in, d := atUpload(t, "s3cret word")

	// The login has no default: its row has the focus.
	d.press("enter")
	d.paste(loginLine + "\n")
	d.see("Login command: " + loginLine)
	d.press("enter")
	if got := p.Plan().Login; got != loginLine {
		t.Fatalf("login %q", got)
	}
	// What follows at once may be the rest of a paste that came as keys.
	d.press("q")
	d.m.deaf = noon
	d.press("enter")
	d.see("Password")
	d.press("wrong", "enter")
	d.see("attempt 2")
	d.paste(" s3cret word\n")
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	if want := []string{"wrong", "s3cret word"}; !slices.Equal(in.asked, want) {
		t.Errorf("passwords tried: %q, want %q", in.asked, want)
	}

	in.password = ""
	d.press("enter", "enter")
	d.wait("the training is done", func() bool { return d.m.journey.Of(journey.Train).State == journey.Done })
	d.see("m mAP50 0.459")
	d.press("l")
	d.see("2 epochs completed")
	d.press("l", "enter")
	if d.m.at != journey.Download {
		t.Errorf("at %s after the training", d.m.at)
	}
	d.press("q")
	d.wait("the program quits", func() bool { return d.quit })
	if r := d.m.result(); r.Step != journey.Download || r.Model != "" || r.Training {
		t.Errorf("result %+v", r)
	}
	for _, name := range []string{"gpuwizard.yaml", ".gpuwizard/progress.json"} {
		data, err := os.ReadFile(filepath.Join(p.Dir(), name))
		if err != nil || strings.Contains(string(data), "s3cret") {
			t.Errorf("%s: %v, or the password is in it", name, err)
		}
	}
}

func TestPasswordPastedWithTheLogin(t *testing.T) {
	_, in, d := atUpload(t, "kBz3w9Qq")
	d.press("enter")
	d.paste(loginLine + "\npassword: kBz3w9Qq\n")
	if view := d.m.View(); strings.Contains(view, "kBz3w9Qq") || !strings.Contains(view, "stays in memory") {
		t.Errorf("after the paste:\n%s", view)
	}
	d.press("enter")
	d.m.deaf = noon
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	if !slices.Equal(in.asked, []string{"kBz3w9Qq"}) {
		t.Errorf("passwords tried: %q", in.asked)
	}
}

func TestHostKeys(t *testing.T) {
	tests := []struct {
		name  string
		known []string
		keys  []string
		sees  string
		state journey.State
	}{
		{"first use, trusted", nil, []string{"enter"}, "First time at this host", journey.Done},
		{"first use, not trusted", nil, []string{"down", "enter"}, "First time at this host", journey.Failed},
		{"changed: no is at hand", []string{"SHA256:old"}, []string{"enter"}, "SHA256:old", journey.Failed},
		{"changed, trusted", []string{"SHA256:old"}, []string{"up", "enter"}, "SHA256:old", journey.Done},
		{"escape is no", nil, []string{"esc"}, "SHA256:new", journey.Failed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newProject(t)
			if err := p.Set("login", loginLine); err != nil {
				t.Fatal(err)
			}
			in := newMachine()
			in.key = &wizard.HostKey{Host: "h:1", Type: "ssh-ed25519", Fingerprint: "SHA256:new", Known: test.known}
			d := drive(t, p, Options{Connect: in.connect}).open()
			toUpload(t, d)
			d.press("enter")
			d.see(test.sees)
			d.press(test.keys...)
			d.wait("the upload ends", func() bool { return d.m.running == "" })
			if got := d.m.journey.Of(journey.Upload).State; got != test.state {
				t.Errorf("state %s, want %s; the screen:\n%s", got, test.state, d.m.View())
			}
		})
	}
}

func TestInterruptAsksThenStops(t *testing.T) {
	p := newProject(t)
	if err := p.Set("login", loginLine); err != nil {
		t.Fatal(err)
	}
	in, d := atTraining(t, p)

	d.press("ctrl+c")
	d.see("The training goes on")
	d.press("esc")
	if d.m.running != journey.Train || strings.Contains(d.m.View(), d.m.text.LeaveTitle) {
		t.Fatalf("after escape:\n%s", d.m.View())
	}
	// A screen can be looked at while another step is at work, and starts nothing.
	d.press("b", "enter", "b", "e", "enter", "x", "enter")
	d.see("is at work")
	d.press("n", "n")

	d.press("ctrl+c", "ctrl+c")
	d.wait("the program quits", func() bool { return d.quit })
	if d.m.running != "" {
		t.Error("the step is still at work")
	}
	if !d.m.result().Training {
		t.Error("nobody is told that the training goes on")
	}
	again, err := wizard.Open(p.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if s := again.Journey().Of(journey.Train); s.State != journey.Running {
		t.Errorf("the record says %s", s.State)
	}
	d = drive(t, again, Options{Connect: in.connect}).open()
	d.see("not finished")
	d.press("enter")
	d.see("running on the instance already")
	in.running.Store(false)
	d.wait("the training is done", func() bool { return d.m.journey.Of(journey.Train).State == journey.Done })
}

// Who leaves before the training was started is not told that it goes on.
func TestInterruptBeforeTheTraining(t *testing.T) {
	p := newProject(t)
	if err := p.Set("login", loginLine); err != nil {
		t.Fatal(err)
	}
	in := newMachine()
	d := drive(t, p, Options{Connect: in.connect}).open()
	toUpload(t, d)
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	in.password = "never given"
	d.press("enter", "enter")
	d.see("─ Password ─")
	d.press("ctrl+c")
	d.see(d.m.text.LeaveTitle)
	if view := d.m.View(); strings.Contains(view, "goes on at the instance") || !strings.Contains(view, "What is done is kept") {
		t.Errorf("before the training:\n%s", view)
	}
	d.press("ctrl+c")
	d.wait("the program quits", func() bool { return d.quit })
	if d.m.result().Training {
		t.Error("a training is said to go on that was never started")
	}
}

func TestFailureSaysWhatAndNext(t *testing.T) {
	p := newProject(t)
	if err := p.Set("data", "no_such_folder"); err != nil {
		t.Fatal(err)
	}
	d := drive(t, p, Options{}).open()
	d.press("n", "enter")
	d.see("There is no folder")
	d.see("What to do")
	d.press("e", "enter", "down", "enter")
	d.see("Data folder:")
	d.press("ctrl+u", "train_data", "enter", "down", "enter")
	d.wait("the check is done", func() bool { return d.m.journey.Of(journey.Check).State == journey.Done })
}

func TestWrongAnswerStaysOpen(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{}).open()
	d.press("n", "n", "n", "up", "up", "up", "enter", "ctrl+u", "lots", "enter")
	d.see("cannot be “lots”")
	d.press("ctrl+u", "8", "enter")
	if got := p.Plan().Train.Batch; got != 8 {
		t.Errorf("batch %d; the screen:\n%s", got, d.m.View())
	}
}

func TestAStepThatHasToWaitSaysSo(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	d.press("n", "n", "down", "enter")
	d.see("“Convert labels” has to wait: “Check data” comes first.")
	if d.m.at != journey.Check {
		t.Errorf("at %s", d.m.at)
	}
}

func TestAMissingAnswerIsAskedFor(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	toUpload(t, d)
	d.press("down", "enter")
	d.see("An answer is missing: Login command")
	d.press("enter")
	d.see("Login command: ")
}

func TestKeysBeforeTheEvidenceIsLookedAt(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{})
	d.m.verifying = true
	if view := d.m.View(); !strings.Contains(view, "looking at your files") || !strings.Contains(view, "Choose region") {
		t.Errorf("the first frame:\n%s", view)
	}
	d.press("enter")
	if d.m.running != "" {
		t.Error("a step was begun while the project is looked at")
	}
	d.open()
	d.wait("what waited is done", func() bool { return d.m.journey.Of(journey.Region).State == journey.Done })
}

func TestResize(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	for _, size := range []tea.WindowSizeMsg{{Width: 79, Height: 24}, {Width: 20, Height: 3}, {Width: 1, Height: 1}, {Width: 0, Height: 0}, {Width: 80, Height: 24}, {Width: 300, Height: 90}} {
		d.send(size)
		view := d.m.View()
		checkFrame(t, view, size.Width, size.Height)
		small := size.Width < 80 || size.Height < 24
		if small && size.Width >= 20 && !strings.Contains(view, "enlarge") {
			t.Errorf("at %v:\n%s", size, view)
		}
		if !small && !strings.Contains(view, "Choose region") {
			t.Errorf("at %v:\n%s", size, view)
		}
	}
}

func TestPanicInAStepRestoresTheTerminal(t *testing.T) {
	p := newProject(t)
	if err := p.Set("login", loginLine); err != nil {
		t.Fatal(err)
	}
	connect := func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) { panic("boom") }
	d := drive(t, p, Options{Connect: connect}).open()
	toUpload(t, d)
	d.press("enter")
	d.wait("the program quits", func() bool { return d.quit })
	if d.m.crash == nil || !strings.Contains(d.m.crash.Error(), "crash.log") {
		t.Errorf("crash: %v", d.m.crash)
	}
	if data, err := os.ReadFile(p.StatePath("crash.log")); err != nil || !strings.Contains(string(data), "boom") {
		t.Errorf("crash.log: %q, %v", data, err)
	}
}

// Nor does a fault of the screens themselves leave the terminal as it is, or
// the person without a word.
func TestPanicInAScreenRestoresTheTerminal(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{}).open()
	d.m.screens[journey.Check] = nil
	d.press("2")
	d.wait("the program quits", func() bool { return d.quit })
	if data, err := os.ReadFile(p.StatePath("crash.log")); err != nil || !strings.Contains(string(data), "goroutine") || d.m.crash == nil {
		t.Errorf("%v: %q, %v", d.m.crash, data, err)
	}
}

func TestFaceGivesUpWithItsContext(t *testing.T) {
	f := newFace()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.TrustHost(ctx, wizard.HostKey{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	go func() {
		<-f.asks
		cancel()
	}()
	if _, err := f.StopInstance(ctx, "h"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestAFloodIsThinned(t *testing.T) {
	f := newFace()
	for i := range 100_000 {
		f.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindLog, Line: "line"})
		f.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindProgress, Progress: &instance.Progress{Files: i}})
		f.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindLog, Line: "live", Live: true})
		f.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindLog, Line: "live again", Live: true})
	}
	f.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindNote, Code: wizard.NoteTrained})
	if f.lines > 2*widget.LogLines {
		t.Errorf("%d lines are kept", f.lines)
	}
	events := f.take()
	if last := events[len(events)-1]; last.Code != wizard.NoteTrained {
		t.Errorf("the last event is %+v", last)
	}
	if len(f.take()) != 0 {
		t.Error("taken twice")
	}
}

func TestAHeldKeyIsManyKeys(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("nnn")})
	if d.m.at != journey.Classes {
		t.Errorf("at %s", d.m.at)
	}
	// Text pasted where nothing is typed is no row of keys.
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("nbq")})
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("bbb"), Paste: true})
	if d.m.at != journey.Classes || d.quit {
		t.Errorf("at %s", d.m.at)
	}
}

func TestWhatIsPutIntoTheFolderIsSeen(t *testing.T) {
	p := newProject(t)
	data := filepath.Join(p.Dir(), "train_data")
	away := filepath.Join(t.TempDir(), "train_data")
	if err := os.Rename(data, away); err != nil {
		t.Fatal(err)
	}
	d := drive(t, p, Options{}).open()
	d.press("n")
	d.see("no labelled pictures in")
	if err := os.CopyFS(data, os.DirFS(away)); err != nil {
		t.Fatal(err)
	}
	d.send(lookMsg{})
	d.see("train_data")
	// Everything is answered: Enter starts.
	d.press("enter")
	d.wait("the check is done", func() bool { return d.m.journey.Of(journey.Check).State == journey.Done })
}

func TestPracticeChosenOnTheWay(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	d.press("down", "enter")
	d.see("Practice instance")
	d.press("up", "enter") // the last of the list
	d.see("REHEARSAL")
	d.see("This is practice")
}

func TestLoginProblemsLeadToTheLogin(t *testing.T) {
	p := newProject(t)
	in := newMachine()
	refuse := false
	connect := func(ctx context.Context, plan planfile.Plan, dir string, face wizard.Face) (instance.Instance, error) {
		if refuse {
			return nil, problem.New(instance.ConnectionRefused, nil, "host", "connect.nmb1.seetacloud.com", "port", "10309")
		}
		return in.connect(ctx, plan, dir, face)
	}
	if err := p.Set("login", loginLine); err != nil {
		t.Fatal(err)
	}
	d := drive(t, p, Options{Connect: connect}).open()
	toUpload(t, d)
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	refuse = true
	d.press("enter", "enter")
	// Asked for another login, the person has none.
	d.see("Has the instance moved?")
	d.press("esc")
	d.see("refuses connections")
	d.press("down", "enter")
	d.see("Login command")
	if d.m.at != journey.Upload {
		t.Errorf("at %s", d.m.at)
	}
}

func TestFindingsOfAnEarlierRun(t *testing.T) {
	p := newProject(t)
	writeFile(t, filepath.Join(p.Dir(), "train_data", "train", "JPEGImages", "alone.png"), picturePNG(t, "alone"))
	first := drive(t, p, Options{}).open()
	first.press("n", "enter")
	first.wait("the check is done", func() bool { return first.m.journey.Of(journey.Check).State == journey.Done })
	first.see("pictures without a label")

	again, err := wizard.Open(p.Dir())
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, again, Options{}).open()
	d.m.show(journey.Check)
	d.see("pictures without a label")
	// What is found anew takes its place.
	if err := os.Remove(filepath.Join(p.Dir(), "train_data", "train", "JPEGImages", "alone.png")); err != nil {
		t.Fatal(err)
	}
	d.press("down", "enter")
	d.wait("the check is done", func() bool { return d.m.running == "" && d.m.journey.Of(journey.Check).State == journey.Done })
	if view := d.m.View(); strings.Contains(view, "pictures without a label") {
		t.Errorf("an old finding:\n%s", view)
	}
}

func TestPasswordsLoseTheBlanksAroundThem(t *testing.T) {
	p := newProject(t)
	in := newMachine()
	in.password = "s3cret"
	if err := p.Set("login", loginLine); err != nil {
		t.Fatal(err)
	}
	d := drive(t, p, Options{Connect: in.connect}).open()
	toUpload(t, d)
	d.press("enter")
	d.see("─ Password ─")
	d.paste("\u00a0s3cret\u3000")
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
}

// The help of every step says why it exists, what it does, what it costs and
// what can go wrong; what it runs can be copied.
func TestHelp(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	d.send(tea.WindowSizeMsg{Width: 100, Height: 60})
	for i, step := range journey.Steps() {
		d.press(strconv.Itoa(i+1), "?")
		view := d.m.View()
		for _, want := range []string{d.m.text.WhyTitle, d.m.text.DoesTitle, d.m.text.CostsTitle, d.m.text.ByHandTitle, d.m.text.WrongTitle} {
			if !strings.Contains(view, want) {
				t.Errorf("%s: no %q in\n%s", step, want, view)
			}
		}
		d.press("right", "c")
		d.see("saved in .gpuwizard/copied.txt")
		d.press("?")
		if d.m.help != nil {
			t.Fatal("the help stays")
		}
	}
	saved, err := os.ReadFile(d.m.project.StatePath("copied.txt"))
	if err != nil || !strings.Contains(string(saved), "/usr/bin/shutdown") {
		t.Errorf("copied %q, %v", saved, err)
	}
	// Ctrl-C leaves, whatever is open.
	d.press("?", "ctrl+c")
	d.wait("the program quits", func() bool { return d.quit })
}
