package tui

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
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

// What comes from files or from an instance changes nothing outside its place.
var hostile = map[string]string{
	"escapes": "\x1b]0;title\x07 \x1b[2J\x1b[1;1H \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1b]52;c;aGVsbG8=\x07 " +
		"\x1b[?1049l\x1bc\x1b[?1000h\x1b[6n",
	"C1":        "\u009b31mC1 \u009d0;title\u009c \x9b31mC1 byte \x9d0;x\x9c",
	"invisible": "\u202egnp.exe\u2066\u200f a\u200b\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164b \u2764\ufe0f\u2601\ufe0e\U000e0141",
	"marks":     "e" + strings.Repeat("\u0301", 100) + " \u0e33\u0e49\u0ea1",
	"wide":      "训练👍👨‍👩‍👧‍👦🇨🇳ｆｕｌｌ\ufdfd𒐫",
	"broken":    "\xff\xfe\xe5\x9b broken",
	"control":   "\t\v\f\r\n\x00\x07\x08\x7f" + strings.Repeat("a\n", 500) + "\u2028\u2029\u0085",
	"long":      strings.Repeat("长", 300_000),
	"long word": strings.Repeat("x", 1<<20),
	"no end":    "\x1bP" + strings.Repeat("x", 1000),
	"form":      "{path} [[x]] %s %d \\ ${HOME} `id`",
}

// hostileScenes show each screen with text of another's making wherever there
// may be any.
var hostileScenes = []hostileScene{
	{"welcome", func(d *driver, bad string) {
		d.m.leaveProject()
		d.m.welcome.here = "/home/" + bad
		d.send(hereMsg{wizard.Sight{Data: []string{bad}, Code: true, Pictures: 3}})
		d.send(recentMsg{{Project: recent.Project{Dir: "/home/" + bad, Opened: noon}, done: 3, next: journey.Classes}})
	}},
	{"picker", func(d *driver, bad string) {
		d.m.leaveProject()
		d.m.pick("/nowhere/" + bad)
		d.send(foldersMsg{"/nowhere/" + bad, []pickRow{{pickUse, "/nowhere/" + bad, ""}, {pickUp, "/nowhere", ""}, {pickFolder, "/nowhere/" + bad, clean.Line(bad)}}, nil})
		d.send(sightMsg{"/nowhere/" + bad, wizard.Sight{Data: []string{bad}, Pictures: 2}})
		d.press("down", "down")
	}},
	{"picker-error", func(d *driver, bad string) {
		d.m.leaveProject()
		d.m.pick("/nowhere/" + bad)
		d.send(foldersMsg{"/nowhere/" + bad, nil, problem.New(wizard.NoProjectFolder, nil, "path", bad)})
	}},
	{"overview", func(d *driver, bad string) {
		standing(d)
		d.m.overview.list = &wizard.Checklist{Checked: []wizard.Checked{{
			Status: journey.Status{Step: journey.Convert, State: journey.Stale, Reason: journey.FilesChanged, Changed: []string{bad}},
			Since:  []wizard.Change{{Kind: wizard.RemovedFile, Name: bad, Before: bad, After: bad}, {Kind: wizard.ChangedAnswer, Name: bad, Before: bad, After: bad}}, SinceTotal: 2,
			Parts: []wizard.Part{{Name: wizard.PartLabels, State: wizard.PartDiffers, Args: map[string]string{"train": bad, "val": bad, "boxes": bad, "folder": bad}}, {Name: wizard.PartName(bad)}},
		}}}
	}},
	{"help", func(d *driver, bad string) {
		d.press("5", "?", "right")
		d.m.acts[journey.Upload] = []wizard.Act{{Kind: wizard.ActKind(bad), Path: bad, From: bad, To: bad, Command: bad}, {Kind: wizard.ActConnect, Command: bad}}
	}},
	{"region", func(d *driver, bad string) {
		stock := []rental.Stock{{Region: bad, GPU: bad, Free: 3, Total: 4}, {Region: "nm-B1", GPU: "RTX 4090 " + bad, Free: 1}}
		goTo(d, journey.Region)
		d.press("t")
		d.send(marketMsg{Platform: "autodl", Stock: stock, Troubles: []error{problem.New(rental.PanelRefused, nil, "platform", bad, "what", bad, "detail", bad, "status", bad)}})
		d.press("home")
	}},
	{"check", func(d *driver, bad string) {
		pretend(d, journey.Check,
			noteOf(wizard.NoteDataRead, "pictures", bad, "boxes", bad, "classes", bad), noteOf(wizard.NoteLeftOut, "path", bad),
			noteOf(wizard.NoteFinding, "check", bad, "kind", bad, "severity", bad, "mend", bad, "count", bad, "files", bad),
			noteOf(wizard.NoteFinding, "check", "bad-box", "kind", "outside", "severity", "harms", "mend", "auto", "count", "2", "files", bad, "boxes", bad),
		)
		finish(d, journey.Check, nil, map[string]string{"pictures": bad, "boxes": bad, "class_names": bad})
	}},
	{"stale", func(d *driver, bad string) {
		goTo(d, journey.Convert)
		d.m.screens[journey.Convert].Refresh(journey.Status{Step: journey.Convert, State: journey.Stale, Reason: journey.FilesChanged, Changed: []string{bad, bad}}, d.m.project.Questions(journey.Convert))
	}},
	{"questions", func(d *driver, bad string) { badAnswers(d, bad, false) }},
	{"choices", func(d *driver, bad string) {
		badAnswers(d, bad, false)
		d.press("enter", "down", "/")
		d.paste(bad)
	}},
	{"typing", func(d *driver, bad string) {
		badAnswers(d, bad, false)
		d.press("enter", "end", "enter")
		d.paste(bad)
	}},
	{"upload", func(d *driver, bad string) {
		pretend(d, journey.Upload,
			noteOf(wizard.NoteConnecting, "host", bad), noteOf(wizard.NoteConnected, "host", bad, "gpu", bad, "python", bad, "torch", bad),
			noteOf(wizard.NoteCode(bad), "a", bad),
			wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: bad, Path: bad, Bytes: 1, BytesTotal: 2, Files: 1, FilesTotal: 2, Rate: 1, Left: 1e300}},
		)
	}},
	{"train", func(d *driver, bad string) {
		pretend(d, journey.Train, append(training(12), wizard.Event{Kind: wizard.KindCommand, Line: bad},
			wizard.Event{Kind: wizard.KindLog, Line: bad}, wizard.Event{Kind: wizard.KindLog, Line: bad, Live: true},
			wizard.Event{Kind: wizard.KindTraining, Training: &yolov5.Standing{Phase: yolov5.Phase(bad), Device: bad, Epoch: 3, Epochs: 5, Curve: []yolov5.Epoch{{Number: 3}, {Number: -7}, {Number: 1 << 40}}}},
			wizard.Event{Kind: wizard.KindGuard, Guard: &instance.GuardState{Phase: instance.GuardArmed, Rules: []instance.RuleState{{Rule: instance.GuardRule(bad), Counting: true, Left: time.Hour}}}},
			wizard.Event{Kind: wizard.KindHurdle, Hurdle: &preflight.Hurdle{Check: preflight.Check(bad), Severity: "harms", Args: map[string]string{"file": bad}}},
			wizard.Event{Kind: wizard.KindHurdle, Hurdle: &preflight.Hurdle{Check: preflight.HurdleLoads, Severity: "ruins", By: "ask", Args: map[string]string{"quote": bad, "meaning_en": bad, "meaning_zh": bad}}},
		)...)
	}},
	{"log", func(d *driver, bad string) {
		pretend(d, journey.Train, append(training(2), wizard.Event{Kind: wizard.KindLog, Line: bad}, wizard.Event{Kind: wizard.KindLog, Line: bad, Live: true})...)
		d.press("l", "]", "/", "e", "enter")
	}},
	{"failed", func(d *driver, bad string) {
		pretend(d, journey.Train, append(training(1), noteOf(wizard.NoteDiagnosis, "rule", bad, "line", bad, "quote", bad, "meaning_zh", bad, "meaning_en", bad, "mend_zh", bad, "mend_en", bad))...)
		finish(d, journey.Train, problem.New("training-failed", nil, "exit", bad, "line", bad, "log", bad), nil)
	}},
	{"download", func(d *driver, bad string) {
		pretend(d, journey.Download, noteOf(wizard.NoteSaved, "path", bad, "bytes", bad, "sha256", bad))
		facts := map[string]string{}
		for _, name := range []string{"model", "host", "gpu", "class_names", "folder", "log", "platform", "region", "map50", "paid", "cost", "instance"} {
			facts[name] = bad
		}
		finish(d, journey.Download, nil, facts)
	}},
	{"host-key", func(d *driver, bad string) {
		pretend(d, journey.Upload)
		d.m.question(ask{key: &wizard.HostKey{Host: bad, Type: bad, Fingerprint: bad, Known: []string{bad}}, reply: make(chan reply, 1)})
	}},
	{"challenge", func(d *driver, bad string) {
		pretend(d, journey.Upload)
		login := rental.Login{Host: bad, User: bad, Port: 22}
		d.m.question(ask{challenge: &wizard.Challenge{Login: login, Name: bad, Instruction: bad, Prompt: bad, Echo: true}, reply: make(chan reply, 1)})
	}},
	{"password", func(d *driver, bad string) {
		pretend(d, journey.Upload)
		d.m.question(ask{login: &rental.Login{Host: bad, User: bad, Port: 22}, attempt: 2, reply: make(chan reply, 1)})
	}},
	{"passphrase", func(d *driver, bad string) {
		pretend(d, journey.Upload)
		d.m.question(ask{phrase: bad, attempt: 2, reply: make(chan reply, 1)})
	}},
	{"moved", func(d *driver, bad string) {
		pretend(d, journey.Train)
		d.m.question(ask{moved: &rental.Login{Host: bad, User: bad, Port: 22}, why: wizard.LoginMoved, reply: make(chan reply, 1)})
	}},
	{"stop", func(d *driver, bad string) {
		pretend(d, journey.Download)
		d.m.question(ask{stop: bad, reply: make(chan reply, 1)})
	}},
	{"toast", func(d *driver, bad string) {
		goTo(d, journey.Region)
		d.send(sayMsg{d.m.text.Problem(problem.New(wizard.NoProjectFolder, nil, "path", bad)).What})
	}},
}

// badAnswers shows the questions of a step with answers that somebody wrote
// into the plan.
func badAnswers(d *driver, bad string, locked bool) {
	goTo(d, journey.Classes)
	questions := d.m.project.Questions(journey.Classes)
	for i := range questions {
		questions[i].Value, questions[i].Given, questions[i].Locked = bad, true, locked
		questions[i].Choices = []wizard.Choice{{Value: bad, Args: map[string]string{"where": bad, "name_en": bad}}, {Value: "2"}}
		questions[i].Open = true
	}
	s := d.m.screens[journey.Classes]
	s.Refresh(journey.Status{Step: journey.Classes, State: journey.Todo}, questions)
	s.Edit()
}

func TestHostileTextOnEveryScreen(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, lang := range []text.Lang{text.EN, text.ZH} {
		for _, s := range hostileScenes {
			frame := func(bad string, size tea.WindowSizeMsg) []string {
				d := drive(t, p, Options{Lang: lang})
				d.send(size)
				s.set(d, bad)
				view := d.m.View()
				checkClean(t, s.name, view, size)
				return strings.Split(view, "\n")
			}
			size := tea.WindowSizeMsg{Width: 80, Height: 24}
			if lang == text.ZH {
				size = tea.WindowSizeMsg{Width: 120, Height: 40}
			}
			calm := frame("calm", size)
			for name, bad := range hostile {
				got := frame(bad, size)
				// The bar of the steps and the rule below it are nobody else's.
				for _, row := range []int{1, 2} {
					if got[row] != calm[row] {
						t.Errorf("%s, %s: row %d is %q, and was %q", s.name, name, row, got[row], calm[row])
					}
				}
				if len(got) != len(calm) {
					t.Errorf("%s, %s: %d rows, and were %d", s.name, name, len(got), len(calm))
				}
			}
		}
	}
}

// Names of files and of classes come from the person's data.
func TestHostileNamesInTheData(t *testing.T) {
	p := newProject(t)
	data := filepath.Join(p.Dir(), "train_data", "train")
	n := 0
	for _, bad := range hostile {
		name := strings.ReplaceAll(bad, "/", "")
		if i := strings.IndexByte(name, 0); i >= 0 {
			name = name[:i]
		}
		name = strconv.Itoa(n) + name[:min(len(name), 150)]
		label := annotation(strconv.Itoa(n))
		var class bytes.Buffer
		if err := xml.EscapeText(&class, []byte(clip(bad, 150))); err != nil {
			t.Fatal(err)
		}
		label = strings.ReplaceAll(label, "person", class.String())
		if err := os.WriteFile(filepath.Join(data, "Annotations", name+".xml"), []byte(label), 0o644); err != nil {
			continue // not every system takes every name
		}
		if err := os.WriteFile(filepath.Join(data, "JPEGImages", name+".png"), []byte(picturePNG(t, name)), 0o644); err != nil {
			continue
		}
		n++
	}
	size := tea.WindowSizeMsg{Width: 80, Height: 24}
	d := drive(t, p, Options{})
	d.send(size)
	d.m.show(journey.Check)
	d.press("d")
	if d.m.browser == nil {
		t.Fatalf("no browser:\n%s", d.m.View())
	}
	d.wait("the data are read", func() bool {
		if d.m.browser == nil {
			t.Fatalf("no browser any more:\n%s", d.m.View())
		}
		return d.m.browser.view.Final
	})
	for range 3 {
		for range n {
			checkClean(t, "the data", d.m.View(), size)
			d.press("down")
		}
		d.press("tab")
	}
	d.press("esc", "enter")
	d.wait("the check has ended", func() bool { return d.m.running == "" })
	checkClean(t, "the check", d.m.View(), size)
	d.press("3")
	checkClean(t, "the classes found", d.m.View(), size)
}

// clip is at most so many bytes of a text.
func clip(s string, most int) string { return s[:min(len(s), most)] }

func checkClean(t *testing.T, name, view string, size tea.WindowSizeMsg) {
	t.Helper()
	checkFrame(t, view, size.Width, size.Height)
	for _, r := range view {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			t.Fatalf("%s: the screen holds %U:\n%q", name, r, view)
		}
	}
	for i, line := range strings.Split(view, "\n") {
		if w := widget.Width(line); w > size.Width {
			t.Errorf("%s: line %d takes %d cells", name, i, w)
		}
	}
}
