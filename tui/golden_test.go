package tui

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/recent"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

var (
	update = flag.Bool("update", false, "write the golden screens anew")
	frames = flag.String("frames", "", "a folder to write the screens to in colour, for cmd/screenshot")
	few    = flag.Bool("few", false, "write them in 16 colours")
	many   = flag.Bool("many", false, "write them in 256 colours")
	light  = flag.Bool("light", false, "write them for a light ground")
)

// checkFrame holds that a frame fits the window.
func checkFrame(t *testing.T, view string, width, height int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if view != "" && len(lines) > height {
		t.Errorf("%d lines in a window of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := widget.Width(line); w > width {
			t.Errorf("line %d takes %d of %d cells: %q", i+1, w, width, line)
		}
	}
}

// scene is one screen as a person may see it.
type scene struct {
	name string
	set  func(t *testing.T, d *driver)
}

func goTo(d *driver, step journey.Step) { d.m.show(step) }

// pretend shows a step as if it had run to some point.
func pretend(d *driver, step journey.Step, events ...wizard.Event) {
	if d.m.show(step); !d.m.common.Practice && slices.Index(journey.Steps(), step) >= slices.Index(journey.Steps(), journey.Upload) {
		d.m.common.Plan.Login = loginLine
	}
	d.m.running = step
	d.m.stop = func() {}
	d.m.screens[step].Begin()
	for _, e := range events {
		e.Step = step
		d.m.tell([]wizard.Event{e})
	}
}

// finish ends a pretended run.
func finish(d *driver, step journey.Step, err error, facts map[string]string) {
	status := journey.Status{Step: step, State: journey.Done, Evidence: &journey.Evidence{Complete: true, Ended: noon, Facts: facts}}
	if err != nil {
		status.State = journey.Failed
	}
	finishAs(d, err, status)
}

// finishAs ends it with a state of the step.
func finishAs(d *driver, err error, status journey.Status) {
	d.m.running, d.m.link = "", link{}
	for i := range d.m.journey.Steps {
		if d.m.journey.Steps[i].Step == status.Step {
			d.m.journey.Steps[i] = status
		}
	}
	d.m.screens[status.Step].Refresh(status, d.m.project.Questions(status.Step))
	d.m.screens[status.Step].End(err)
}

func noteOf(code wizard.NoteCode, details ...string) wizard.Event {
	args := map[string]string{}
	for i := 0; i+1 < len(details); i += 2 {
		args[details[i]] = details[i+1]
	}
	return wizard.Event{Kind: wizard.KindNote, Code: code, Args: args}
}

func connected() []wizard.Event {
	return []wizard.Event{
		noteOf(wizard.NoteConnecting, "host", "connect.nmb1.seetacloud.com:10309"),
		noteOf(wizard.NoteConnected, "host", "connect.nmb1.seetacloud.com:10309", "gpu", "NVIDIA GeForce RTX 3090", "python", "3.10.8", "torch", "2.1.2"),
		costing(5 * time.Minute),
	}
}

// costing is what the instance has cost after some time.
func costing(on time.Duration) wizard.Event {
	perHour, _ := rental.ParseMoney("1.88", "CNY")
	return wizard.Event{Kind: wizard.KindCost, Meter: &wizard.Meter{PerHour: perHour, On: on, Cost: rental.Cost(perHour, on)}}
}

// training is the events of some epochs.
func training(done int) []wizard.Event {
	events := append(connected(), noteOf(wizard.NoteModulesOK),
		wizard.Event{Kind: wizard.KindCommand, Line: "python train.py --weights yolov5n.pt --cfg models/yolov5n.yaml --data data/person.yaml --epochs 100"},
		noteOf(wizard.NoteJobStarted, "folder", "/root/job"))
	var tracker yolov5.Tracker
	tracker.Add(yolov5.Start{Epochs: 100}, noon)
	for i := range done {
		x := float64(i) / 40
		tracker.Add(yolov5.Progress{Epoch: i, Epochs: 100, GPUMem: 3.2, Train: yolov5.Losses{Box: 0.11 - 0.05*x, Obj: 0.027, Cls: 0.011 - 0.002*x}, Batch: 25, Batches: 25}, noon)
		tracker.Add(yolov5.Validation{
			Epoch: i, Class: "all", Precision: 0.9 * (1 - math.Exp(-4*x)), Recall: 0.7*(1-math.Exp(-5*x)) + 0.04*math.Cos(float64(i)),
			MAP50: 0.8*(1-math.Exp(-3*x)) + 0.03*math.Sin(float64(i)), MAP: 0.4 * (1 - math.Exp(-3*x)),
		}, noon.Add(time.Duration(i*5+i%3)*time.Second))
		tracker.Merge([]yolov5.Epoch{{
			Number: i, Train: yolov5.Losses{Box: 0.11 - 0.05*x, Obj: 0.027, Cls: 0.011 - 0.002*x}, Val: yolov5.Losses{Box: 0.1 - 0.03*x, Obj: 0.03, Cls: 0.012},
			Precision: 0.9 * (1 - math.Exp(-4*x)), Recall: 0.7*(1-math.Exp(-5*x)) + 0.04*math.Cos(float64(i)),
			MAP50: 0.8*(1-math.Exp(-3*x)) + 0.03*math.Sin(float64(i)), MAP: 0.4 * (1 - math.Exp(-3*x)),
		}})
		line := fmt.Sprintf("%11d/99      3.2G    %.4f   0.02733         0         21       640: 100%%|██████████| 25/25 00:05", i, 0.11-0.05*x)
		events = append(
			events,
			wizard.Event{Kind: wizard.KindLog, Line: line},
			wizard.Event{Kind: wizard.KindLog, Line: "                   all         12         29      0.434      0.583      0.459     0.1674"},
		)
	}
	perHour, _ := rental.ParseMoney("1.88", "CNY")
	on := 20 * time.Minute
	if done < 100 {
		tracker.Add(yolov5.Progress{Epoch: done, Epochs: 100, GPUMem: 3.2, Train: yolov5.Losses{Box: 0.06, Obj: 0.027, Cls: 0}, Batch: 12, Batches: 25}, noon)
	}
	standing := tracker.Standing()
	events = append(events,
		wizard.Event{Kind: wizard.KindTraining, Training: &standing},
		wizard.Event{Kind: wizard.KindCost, Meter: &wizard.Meter{
			PerHour: perHour, On: on, Cost: rental.Cost(perHour, on), Left: standing.Left, Measured: true,
			Total: rental.Cost(perHour, on+standing.Left), TotalHigh: rental.Cost(perHour, on+standing.LeftHigh),
		}},
		wizard.Event{Kind: wizard.KindGuard, Guard: &instance.GuardState{Phase: instance.GuardArmed, Rules: []instance.RuleState{
			{Rule: instance.RuleBudget, Act: instance.ActStop, Left: 4*time.Hour + 40*time.Minute, Counting: true},
			{Rule: instance.RuleIdle, Act: instance.ActStop, Left: 30 * time.Minute},
		}}})
	return append(events, wizard.Event{Kind: wizard.KindLog, Line: "         40/99      3.2G    0.0612   0.02733         0         21       640:  48%|████▊     | 12/25 00:02", Live: true})
}

var scenes = []scene{
	{"region", func(_ *testing.T, d *driver) { goTo(d, journey.Region) }},
	{"welcome", func(_ *testing.T, d *driver) { atTheDoor(d) }},
	{"welcome-first", func(_ *testing.T, d *driver) {
		d.m.leaveProject()
		d.m.welcome.here = "/home/lin"
		d.send(hereMsg{wizard.Sight{}})
	}},
	{"welcome-help", func(_ *testing.T, d *driver) {
		atTheDoor(d)
		d.press("?")
	}},
	{"welcome-folder", func(_ *testing.T, d *driver) {
		atTheDoor(d)
		chooseFolder(d)
		d.press("down", "down", "down", "down")
	}},
	{"welcome-folder-filter", func(_ *testing.T, d *driver) {
		atTheDoor(d)
		chooseFolder(d)
		d.press("/", "p", "e", "r")
	}},
	{"welcome-folder-none", func(_ *testing.T, d *driver) {
		atTheDoor(d)
		chooseFolder(d)
		d.press("/", "q", "?", "enter")
	}},
	{"welcome-disks", func(_ *testing.T, d *driver) {
		atTheDoor(d)
		d.m.pick("")
		d.send(foldersMsg{"", []pickRow{
			{pickFolder, `C:\Users\lin`, `C:\Users\lin`},
			{pickFolder, `C:\Users\lin\Desktop`, `C:\Users\lin\Desktop`},
			{pickFolder, `C:\`, `C:\`},
			{pickFolder, `D:\`, `D:\`},
		}, nil})
	}},
	{"overview", func(_ *testing.T, d *driver) {
		standing(d)
		d.m.overview.list = &wizard.Checklist{Checked: []wizard.Checked{{
			Status: journey.Status{Step: journey.Convert, State: journey.Stale, Reason: journey.FilesChanged},
			Since:  []wizard.Change{{Kind: wizard.RemovedFile, Name: "prepared/dataset/labels/train/000017.txt"}}, SinceTotal: 1,
			Parts: []wizard.Part{{Name: wizard.PartLabels, State: wizard.PartDiffers, Args: map[string]string{"train": "1024", "val": "256", "boxes": "3411", "folder": "prepared/dataset"}}},
		}}}
	}},
	{"overview-projects", func(_ *testing.T, d *driver) {
		standing(d)
		d.press("up", "up", "up")
	}},
	{"browse-findings", func(t *testing.T, d *driver) {
		lookAtData(t, d)
		d.press("down")
		d.wait("the picture is there", func() bool { return d.m.browser.shown.file == d.m.browser.asked })
	}},
	{"browse-pictures", func(t *testing.T, d *driver) {
		// One alone: of several any may be read first.
		empty(t, d, "train_data")
		data := filepath.Join(d.m.project.Dir(), "train_data", "train")
		writeFile(t, filepath.Join(data, "Annotations", "one.xml"), annotation("one"))
		writeFile(t, filepath.Join(data, "JPEGImages", "one.png"), picturePNG(t, "one"))
		d.m.refresh()
		d.press("2", "d")
		d.wait("the data are read", func() bool { return d.m.browser.view.Final })
		d.press("+")
		d.wait("the picture is there", func() bool { return d.m.browser.shown.file == d.m.browser.asked })
	}},
	{"browse-numbers", func(t *testing.T, d *driver) {
		lookAtData(t, d)
		d.press("tab", "tab")
		d.wait("the boxes are counted", func() bool { return d.m.browser.sizes != nil })
	}},
	{"help-step", func(_ *testing.T, d *driver) { d.press("2", "?") }},
	{"help-acts", func(_ *testing.T, d *driver) { d.press("6", "?", "right") }},
	{"help-words", func(_ *testing.T, d *driver) { d.press("?", "left", "left") }},
	{"help-keys", func(_ *testing.T, d *driver) { d.press("?", "left") }},
	{"region-choices", func(_ *testing.T, d *driver) {
		goTo(d, journey.Region)
		d.press("down", "down", "enter")
	}},
	{"region-toast", func(_ *testing.T, d *driver) {
		goTo(d, journey.Region)
		d.send(sayMsg{d.m.text.Problem(problem.New(rental.PanelNotYours, nil, "platform", "autodl", "instance", "pro-76419909953e")).Next})
	}},
	{"region-table", func(_ *testing.T, d *driver) {
		goTo(d, journey.Region)
		d.press("t", "down")
	}},
	{"region-table-all", func(t *testing.T, d *driver) {
		priced(t, d, "100", "20")
		goTo(d, journey.Region)
		d.press("t", "p", "s", "down")
	}},
	{"region-table-told", func(t *testing.T, d *driver) {
		goTo(d, journey.Region)
		d.press("t")
		d.send(stockTold(t))
		d.press("down")
	}},
	{"region-table-regions", func(_ *testing.T, d *driver) {
		goTo(d, journey.Region)
		d.press("t", "tab", "down", "down")
	}},
	{"check", func(_ *testing.T, d *driver) { goTo(d, journey.Check) }},
	{"check-working", func(_ *testing.T, d *driver) {
		pretend(d, journey.Check, wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{
			Phase: "scan", Files: 4312, FilesTotal: 10000, Path: "train/JPEGImages/街景_004312.jpg",
		}})
	}},
	{"check-found", func(t *testing.T, d *driver) {
		spoil(t, d)
		survey := d.m.project.Survey()
		if _, err := survey.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		pretend(d, journey.Check, wizard.Event{Kind: wizard.KindSurvey, Survey: survey}, wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{
			Phase: "decode", Files: 5, FilesTotal: 8, Path: "train/JPEGImages/beyond.png",
		}})
	}},
	{"check-findings", func(_ *testing.T, d *driver) {
		pretend(d, journey.Check,
			noteOf(wizard.NoteDataRead, "pictures", "1280", "boxes", "3411", "classes", "person"),
			noteOf(wizard.NoteLeftOut, "path", "images_label_split"),
			noteOf(wizard.NoteFinding, "check", "difficult", "severity", "note", "mend", "ask", "count", "12", "files", "a.xml, b.xml, c.xml, ...", "boxes", "15"),
			noteOf(wizard.NoteFinding, "check", "bad-box", "kind", "outside", "severity", "harms", "mend", "auto", "count", "2", "files", "000017.xml, 000311.xml", "boxes", "3"),
			noteOf(wizard.NoteFinding, "check", "leak", "kind", "same", "severity", "harms", "mend", "ask", "count", "2", "files", "train/7.jpg, test/7.jpg"),
		)
		finish(d, journey.Check, nil, map[string]string{"pictures": "1280", "boxes": "3411", "class_names": "person", "split": "given", "findings": "3"})
	}},
	{"check-failed", func(_ *testing.T, d *driver) {
		pretend(d, journey.Check)
		finish(d, journey.Check, problem.New("broken-annotation", nil, "path", "train/Annotations/000017.xml", "line", "12", "reason", "syntax", "count", "3"), nil)
	}},
	{"convert", func(_ *testing.T, d *driver) { goTo(d, journey.Convert) }},
	{"convert-stale", func(_ *testing.T, d *driver) {
		goTo(d, journey.Convert)
		d.m.screens[journey.Convert].Refresh(journey.Status{
			Step: journey.Convert, State: journey.Stale, Reason: journey.FilesChanged, Changed: []string{"prepared/dataset/labels/train/000017.txt"},
		}, d.m.project.Questions(journey.Convert))
	}},
	{"classes", func(_ *testing.T, d *driver) { goTo(d, journey.Classes) }},
	{"classes-typing", func(_ *testing.T, d *driver) {
		goTo(d, journey.Classes)
		d.press("down", "down", "down", "down", "enter", "0", "0", "0", "enter")
	}},
	{"upload", func(_ *testing.T, d *driver) { goTo(d, journey.Upload) }},
	{"upload-typing", func(_ *testing.T, d *driver) {
		goTo(d, journey.Upload)
		d.press("enter", "s", "s", "h")
	}},
	{"upload-working", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload, connected()...)
		for i, at := range []int64{0, 12_400_000} {
			d.m.common.Now = func() time.Time { return noon.Add(time.Duration(i) * 5 * time.Second) }
			d.m.screens[journey.Upload].Tell(wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{
				Phase: "send", Bytes: at, BytesTotal: 86_000_000, Files: 100 * i, FilesTotal: 2560, Path: "images/train/000312.jpg",
			}})
		}
	}},
	{"upload-away", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload, append(connected(),
			wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{
				Phase: "send", Bytes: 41_000_000, BytesTotal: 86_000_000, Files: 1200, FilesTotal: 2560, Path: "images/train/001200.jpg", Rate: 1_900_000, Left: 23,
			}},
			noteOf(wizard.NoteCutOff, "host", "connect.nmb1.seetacloud.com:10309", "seconds", "4"))...)
	}},
	{"download-working", func(_ *testing.T, d *driver) {
		pretend(d, journey.Download, append(connected(),
			noteOf(wizard.NoteCutOff, "host", "connect.nmb1.seetacloud.com:10309", "seconds", "4"),
			wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{
				Phase: "download", Bytes: 1_000_000, BytesTotal: 3_900_000, Path: "weights/best.pt", Rate: 410_000, Left: 7,
			}},
			wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{
				Phase: "download", Bytes: 1_400_000, BytesTotal: 3_900_000, Path: "weights/best.pt", Rate: 410_000, Left: 6,
			}})...)
	}},
	{"password", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload, connected()[:1]...)
		login, _ := rental.ParseLogin(loginLine)
		d.m.question(ask{login: &login, attempt: 2, reply: make(chan reply, 1)})
		d.press("abc")
	}},
	{"passphrase", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload, connected()[:1]...)
		d.m.question(ask{phrase: "/home/lin/.ssh/id_ed25519", attempt: 2, reply: make(chan reply, 1)})
		d.press("abc")
	}},
	{"challenge", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload, connected()[:1]...)
		login, _ := rental.ParseLogin(loginLine)
		d.m.question(ask{challenge: &wizard.Challenge{
			Login: login, Instruction: "Two-factor authentication", Prompt: "Verification code: ", Echo: true,
		}, reply: make(chan reply, 1)})
		d.press("123")
	}},
	{"remember", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload, connected()...)
		login, _ := rental.ParseLogin(loginLine)
		d.m.question(ask{remember: &login, reply: make(chan reply, 1)})
	}},
	{"login-moved", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, append(training(12), noteOf(wizard.NoteReconnect, "host", "connect.nmb1.seetacloud.com:10309", "seconds", "8"))...)
		login, _ := rental.ParseLogin(loginLine)
		d.m.question(ask{moved: &login, why: wizard.LoginMoved, reply: make(chan reply, 1)})
	}},
	{"start-instance", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, connected()[0],
			noteOf(wizard.NoteConnected, "host", "connect.nmb1.seetacloud.com:10309", "python", "3.10.8", "torch", "2.1.2"))
		price, _ := rental.ParseMoney("1.88", "CNY")
		d.m.question(ask{start: &wizard.Start{
			Platform: "autodl", Host: "connect.nmb1.seetacloud.com:10309", PerHour: price, Restart: true,
		}, reply: make(chan reply, 1)})
	}},
	{"host-new", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload)
		d.m.question(ask{key: &wizard.HostKey{
			Host: "connect.nmb1.seetacloud.com:10309", Type: "ssh-ed25519", Fingerprint: "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
		}, reply: make(chan reply, 1)})
	}},
	{"host-changed", func(_ *testing.T, d *driver) {
		pretend(d, journey.Upload)
		d.m.question(ask{key: &wizard.HostKey{
			Host: "connect.nmb1.seetacloud.com:10309", Type: "ssh-ed25519", Fingerprint: "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
			Known: []string{"SHA256:uNiVztksCsDhcc0u9e8BrVc98pf3rnWzJXIjm6KkQq0"},
		}, reply: make(chan reply, 1)})
	}},
	{"train", func(_ *testing.T, d *driver) { goTo(d, journey.Train) }},
	{"train-working", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train)
		d.m.common.Now = func() time.Time { return noon.Add(3*time.Minute + 31*time.Second) }
		for _, e := range training(41) {
			e.Step = journey.Train
			d.m.tell([]wizard.Event{e})
		}
	}},
	{"train-losses", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, training(41)...)
		d.press("v")
	}},
	{"train-begins", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, append(connected(), noteOf(wizard.NoteModules, "missing", "seaborn, thop"),
			wizard.Event{Kind: wizard.KindHurdle, Hurdle: &preflight.Hurdle{Check: preflight.HurdleShm, Severity: "harms", State: preflight.Found, By: "auto", Args: map[string]string{"free": "67108864"}}},
			noteOf(wizard.NoteJobStarted, "folder", "/root/job"),
			wizard.Event{Kind: wizard.KindTraining, Training: &yolov5.Standing{Phase: yolov5.Scanning, Epoch: -1, Batch: 400, Batches: 1280}})...)
	}},
	{"train-after-look", func(_ *testing.T, d *driver) {
		look := wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: "preflight"}}
		pretend(d, journey.Train, append([]wizard.Event{look}, training(5)...)...)
	}},
	{"train-away", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, append(training(12), noteOf(wizard.NoteReconnect, "host", "connect.nmb1.seetacloud.com:10309", "seconds", "8"))...)
	}},
	{"train-mend", func(_ *testing.T, d *driver) {
		h := noWeights(preflight.Found)
		pretend(d, journey.Train, append(connected(), wizard.Event{Kind: wizard.KindHurdle, Hurdle: &h})...)
		d.m.question(ask{hurdle: &h, reply: make(chan reply, 1)})
	}},
	{"train-hurdle", func(_ *testing.T, d *driver) {
		remedy := &journey.Remedy{Kind: journey.RemedyRedo, Step: journey.Upload}
		pretend(d, journey.Train, append(connected(),
			wizard.Event{Kind: wizard.KindHurdle, Hurdle: &preflight.Hurdle{
				Check: preflight.HurdleClasses, Severity: "ruins", State: preflight.Found, By: "ask", Remedy: remedy,
				Args: map[string]string{"file": "models/yolov5n.yaml", "got": "80", "want": "1"},
			}})...)
		err := problem.New(wizard.HurdleLeft, nil, "count", "1")
		finishAs(d, err, journey.Status{Step: journey.Train, State: journey.Failed, Evidence: &journey.Evidence{Failure: &journey.Failure{Code: wizard.HurdleLeft, Args: err.Args, Remedy: remedy}}})
	}},
	{"train-log", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, training(41)...)
		d.press("l", "pgup")
	}},
	{"train-log-search", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, training(41)...)
		d.m.View()
		d.press("/", "0.0638", "enter")
	}},
	{"train-failed", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, append(training(1), noteOf(wizard.NoteDiagnosis, "rule", "cuda-oom", "line", "57", "quote", "RuntimeError: CUDA out of memory.",
			"meaning_zh", "显存不够。", "meaning_en", "The GPU ran out of memory.", "mend_zh", "把每批图片数减半再试。", "mend_en", "Try half the batch size."))...)
		finish(d, journey.Train, problem.New("training-failed", nil, "exit", "1", "line", "RuntimeError: CUDA out of memory.", "log", ".gpuwizard/logs/person.log"), nil)
	}},
	{"train-done", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, training(100)...)
		finish(d, journey.Train, nil, map[string]string{"epochs": "100", "best_epoch": "96", "map50": "0.8012", "map": "0.4312", "seconds": "1830", "gpu": "NVIDIA GeForce RTX 3090", "log": "logs/person.log"})
	}},
	{"train-done-cpu", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, append(training(100), noteOf(wizard.NoteTrained, "epochs", "100", "best_epoch", "96", "map50", "0.8012", "map", "0.4312"), noteOf(wizard.NoteOnCPU))...)
		finish(d, journey.Train, nil, map[string]string{"epochs": "100", "best_epoch": "96", "map50": "0.8012", "map": "0.4312", "seconds": "1830", "log": ".gpuwizard/logs/person.log"})
	}},
	{"train-goes-on", func(_ *testing.T, d *driver) {
		goTo(d, journey.Train)
		d.m.screens[journey.Train].Refresh(journey.Status{
			Step: journey.Train, State: journey.Running, Evidence: &journey.Evidence{Facts: map[string]string{"job": "/root/autodl-tmp/gpuwizard-person/runs/person-1"}},
		}, d.m.project.Questions(journey.Train))
	}},
	{"leave", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, training(3)...)
		d.press("ctrl+c")
	}},
	{"stop-instance", func(_ *testing.T, d *driver) {
		pretend(d, journey.Download, connected()...)
		d.m.question(ask{stop: "connect.nmb1.seetacloud.com:10309", reply: make(chan reply, 1)})
	}},
	{"download-done", func(_ *testing.T, d *driver) {
		pretend(d, journey.Download, noteOf(wizard.NoteSaved, "path", "result/yolov5n_best.pt", "bytes", "3871234", "sha256", "4e8fdc46299e77aa"),
			noteOf(wizard.NoteStopping, "host", "connect.nmb1.seetacloud.com:10309"), noteOf(wizard.NoteSeenOff, "host", "connect.nmb1.seetacloud.com:10309"))
		finish(d, journey.Download, nil, map[string]string{"model": "result/yolov5n_best.pt", "host": "connect.nmb1.seetacloud.com:10309", "instance": "seen-off", "paid": "2520", "cost": "1.32 CNY"})
	}},
	{"download-kept-on", func(_ *testing.T, d *driver) {
		pretend(d, journey.Download, noteOf(wizard.NoteSaved, "path", "result/yolov5n_best.pt", "bytes", "3871234", "sha256", "4e8fdc46299e77aa"),
			noteOf(wizard.NoteStillOn, "platform", "autodl"))
		finish(d, journey.Download, nil, map[string]string{
			"model": "result/yolov5n_best.pt", "host": "connect.nmb1.seetacloud.com:10309", "instance": "on", "report": "result/report.html",
			"predictions": "result/predictions", "found": "12", "paid": "2400", "cost": "1.25 CNY",
		})
	}},
	{"rehearsal-done", func(t *testing.T, d *driver) {
		if err := d.m.project.Set("platform", wizard.PracticePlatform); err != nil {
			t.Fatal(err)
		}
		d.m.refresh()
		pretend(d, journey.Download, noteOf(wizard.NoteRehearsal))
		finish(d, journey.Download, nil, map[string]string{"model": "rehearsal/yolov5n_best.pt", "host": "practice", "rehearsal": "true"})
	}},
	{"gallery", func(t *testing.T, d *driver) {
		hang(t, d)
		d.press("d", "right", "+")
		d.wait("the picture is there", func() bool { return d.m.gallery.shown.file == d.m.gallery.asked })
	}},
	{"rehearsal-leave", func(t *testing.T, d *driver) {
		if err := d.m.project.Set("platform", wizard.PracticePlatform); err != nil {
			t.Fatal(err)
		}
		d.m.refresh()
		pretend(d, journey.Train, noteOf(wizard.NoteJobStarted, "folder", "/root/job"))
		d.press("ctrl+c")
	}},
	{"rehearsal-region", func(t *testing.T, d *driver) {
		goTo(d, journey.Region)
		if err := d.m.project.Set("platform", wizard.PracticePlatform); err != nil {
			t.Fatal(err)
		}
		d.m.refresh()
	}},
	{"empty-region", func(t *testing.T, d *driver) {
		empty(t, d, "train_data")
		goTo(d, journey.Region)
	}},
	{"empty-check", func(t *testing.T, d *driver) {
		empty(t, d, "train_data")
		goTo(d, journey.Check)
	}},
	{"empty-classes", func(t *testing.T, d *driver) {
		empty(t, d, "yolov5_code")
		goTo(d, journey.Classes)
	}},
	{"check-spoiled", func(_ *testing.T, d *driver) {
		pretend(d, journey.Check,
			noteOf(wizard.NoteDataRead, "pictures", "1", "boxes", "1", "classes", "person"),
			noteOf(wizard.NoteFinding, "check", "no-labels", "severity", "ruins", "mend", "none", "part", "val"),
			noteOf(wizard.NoteFinding, "check", "bad-box", "kind", "outside", "severity", "harms", "mend", "auto", "count", "1", "files", "000017.xml", "boxes", "1"),
		)
		finish(d, journey.Check, problem.New(wizard.DataSpoiled, nil, "check", "no-labels"), nil)
	}},
	{"train-no-login", func(_ *testing.T, d *driver) {
		pretend(d, journey.Train, connected()[:1]...)
		finish(d, journey.Train, problem.New(instance.ConnectionRefused, nil, "host", "connect.nmb1.seetacloud.com", "port", "10309"), nil)
	}},
}

// priced gives the project a budget and a voucher.
func priced(t *testing.T, d *driver, budget, voucher string) {
	t.Helper()
	for key, value := range map[string]string{"price.budget": budget, "price.voucher": voucher, "train.epochs": "300"} {
		if err := d.m.project.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	d.m.refresh()
}

// stockTold is what a platform tells of its stock.
func stockTold(t *testing.T) marketMsg {
	t.Helper()
	money := func(amount string) rental.Money {
		m, err := rental.ParseMoney(amount, "CNY")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	return marketMsg{Platform: "autodl", Balance: &rental.Balance{Money: money("23.40"), Voucher: money("10")}, Stock: []rental.Stock{
		{Region: "nm-B1", GPU: "RTX 4090", Free: 12, Total: 96, PerHour: money("1.98")},
		{Region: "nm-B1", GPU: "RTX 3090", Free: 0, Total: 40, PerHour: money("1.32")},
		{Region: "bj-B1", GPU: "RTX 4090D", Free: 3, Total: 8, PerHour: money("1.78")},
		{Region: "bj-B1", GPU: "A800-80GB", Free: 5, Total: 8},
	}}
}

// atTheDoor shows the first screen with a folder that holds data, and projects
// of before.
func atTheDoor(d *driver) {
	d.m.leaveProject()
	d.m.welcome.here = "/home/lin/person"
	d.send(hereMsg{wizard.Sight{Data: []string{"train_data"}, Code: true, Pictures: 1280, Labels: 1280}})
	d.send(recentMsg{
		{Project: recent.Project{Dir: "/home/lin/helmets", Opened: noon.Add(-2 * time.Hour)}, done: 3, next: journey.Classes},
		{Project: recent.Project{Dir: "/home/lin/作业/行人检测", Opened: noon.Add(-50 * time.Hour)}, done: 7, whole: true},
		{Project: recent.Project{Dir: "/home/lin/gpuwizard-practice", Opened: noon.Add(-90 * time.Hour)}, done: 5, next: journey.Train},
	})
}

func chooseFolder(d *driver) {
	d.m.pick("/home/lin")
	rows := []pickRow{{pickUse, "/home/lin", ""}, {pickUp, "/home", ""}}
	for _, name := range []string{"Desktop", "helmets", "person", "Pictures", "yolov5-7.0", "作业"} {
		rows = append(rows, pickRow{pickFolder, "/home/lin/" + name, name})
	}
	d.send(foldersMsg{"/home/lin", rows, nil})
	for name, sight := range map[string]wizard.Sight{
		"": {Pictures: 20000, Labels: 9000, More: true}, "/person": {Data: []string{"train_data"}, Pictures: 1280, Labels: 1280},
		"/helmets": {Project: true}, "/Desktop": {}, "/yolov5-7.0": {Code: true},
	} {
		d.send(sightMsg{"/home/lin" + name, sight})
	}
}

// lookAtData opens the pictures of a project with some defects.
func lookAtData(t *testing.T, d *driver) {
	t.Helper()
	spoil(t, d)
	d.m.show(journey.Check)
	d.press("d")
	d.wait("the data are read", func() bool { return d.m.browser.view.Final })
}

// spoil gives the project's data some defects.
func spoil(t *testing.T, d *driver) {
	t.Helper()
	data := filepath.Join(d.m.project.Dir(), "train_data", "train")
	writeFile(t, filepath.Join(data, "JPEGImages", "alone.png"), picturePNG(t, "alone"))
	beyond := strings.Replace(annotation("beyond"), "<xmax>30", "<xmax>90", 1)
	writeFile(t, filepath.Join(data, "Annotations", "beyond.xml"), beyond)
	writeFile(t, filepath.Join(data, "JPEGImages", "beyond.png"), picturePNG(t, "beyond"))
	d.m.refresh()
}

// standing is the overview of a project in which something changed.
func standing(d *driver) {
	evidence := &journey.Evidence{Complete: true, Ended: noon.Add(-time.Hour)}
	for i, state := range []journey.State{journey.Done, journey.Done, journey.Stale, journey.Todo, journey.Todo, journey.Todo, journey.Todo} {
		s := &d.m.journey.Steps[i]
		if s.State = state; state != journey.Todo {
			s.Evidence, s.Reason = evidence, journey.FilesChanged
		}
	}
	d.m.verifying = true // nobody looks anew
	d.m.at = journey.Convert
	d.press("o")
	d.m.verifying = false
}

// empty takes a folder away from the project.
func empty(t *testing.T, d *driver, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(d.m.project.Dir(), name)); err != nil {
		t.Fatal(err)
	}
	d.m.refresh()
}

func TestGoldenScreens(t *testing.T) {
	for _, lang := range []text.Lang{text.ZH, text.EN} {
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			for _, s := range scenes {
				name := fmt.Sprintf("%s-%s-%dx%d", s.name, lang, size.Width, size.Height)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p := newProject(t)
					for key, value := range map[string]string{"price.per_hour": "1.88", "price.budget": "10", "region": "nm-B1"} {
						if err := p.Set(key, value); err != nil {
							t.Fatal(err)
						}
					}
					d := drive(t, p, Options{Lang: lang})
					d.m.common.Folder = "/home/lin/person"
					d.send(size)
					s.set(t, d)
					view := d.m.View()
					checkFrame(t, view, size.Width, size.Height)
					if *frames != "" {
						writeFile(t, filepath.Join(*frames, name+".ansi"), coloured(d))
					}
					compare(t, filepath.Join("testdata", name+".golden"), view)
				})
			}
		}
	}
}

// coloured draws the window once more, with all colours.
func coloured(d *driver) string {
	profile := termenv.TrueColor
	switch {
	case *few:
		profile = termenv.ANSI
	case *many:
		profile = termenv.ANSI256
	}
	*d.m.common.Theme = *widget.NewTheme(widget.ThemeOptions{Profile: &profile, Light: *light})
	d.send(tea.WindowSizeMsg{Width: d.m.width + 4, Height: d.m.height + 4})
	d.m.View() // whatever was drawn is drawn anew
	d.send(tea.WindowSizeMsg{Width: d.m.width - 4, Height: d.m.height - 4})
	return d.m.View()
}

// compare holds a frame against its golden file, blanks at line ends aside.
func compare(t *testing.T, file, view string) {
	t.Helper()
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	got := strings.Join(lines, "\n") + "\n"
	if filepath.Separator != '/' {
		// Paths are as the system has them; nothing else is written with \.
		got = strings.ReplaceAll(got, string(filepath.Separator), "/")
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("the screen differs from %s; run with -update if that is meant. Now:\n%s", file, got)
	}
}

// Every scene also in ASCII: nothing but letters of the language and signs
// that every terminal has.
func TestASCIIScreens(t *testing.T) {
	for _, s := range scenes {
		d := drive(t, newProject(t), Options{ASCII: true})
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		s.set(t, d)
		view := d.m.View()
		checkFrame(t, view, 80, 24)
		for _, r := range view {
			if r > '~' && !strings.ContainsRune("“”×█▊街景行人检测作业登录指令密码", r) {
				t.Errorf("%s holds %q:\n%s", s.name, r, view)
				break
			}
		}
	}
}
