package tui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/screen"
)

func init() {
	hostileScenes = append(hostileScenes, hostileDialogs...)
	hostileScenes = append(hostileScenes, hostileLessons...)
	hostileScenes = append(hostileScenes, hostileHands...)
	hostileScenes = append(hostileScenes, hostileOutcomes...)
}

type hostileScene struct {
	name string
	set  func(d *driver, bad string)
}

// hostileDialogs ask what hosts and platforms have the wizard ask.
var hostileDialogs = []hostileScene{
	{"host-new", func(d *driver, bad string) {
		asks(d, ask{key: &wizard.HostKey{Host: bad, Type: bad, Fingerprint: bad}})
	}},
	{"challenge-hidden", func(d *driver, bad string) {
		asks(d, ask{challenge: &wizard.Challenge{Login: badLogin(bad), Name: bad, Instruction: bad + "\n" + bad, Prompt: bad}})
		d.press("1")
	}},
	{"challenge-typed", func(d *driver, bad string) {
		asks(d, ask{challenge: &wizard.Challenge{Login: badLogin(bad), Prompt: bad, Echo: true}})
		d.paste(bad)
	}},
	{"remember", func(d *driver, bad string) {
		login := badLogin(bad)
		asks(d, ask{remember: &login})
	}},
	{"moved-typed", func(d *driver, bad string) {
		login := badLogin(bad)
		asks(d, ask{moved: &login, why: wizard.LoginForGPU})
		d.press("ctrl+u")
		d.paste(bad)
		d.press("enter")
	}},
	{"start", func(d *driver, bad string) {
		asks(d, ask{start: &wizard.Start{Platform: bad, Host: bad, PerHour: price(d, 1.88), Cheap: price(d, 0.1)}})
	}},
	{"restart", func(d *driver, bad string) {
		asks(d, ask{start: &wizard.Start{Platform: bad, Host: bad, Restart: true}})
	}},
	{"mend", func(d *driver, bad string) {
		asks(d, ask{hurdle: &preflight.Hurdle{Check: preflight.HurdleNoWeights, Severity: "harms", Args: map[string]string{"file": bad}}})
	}},
	{"mend-other", func(d *driver, bad string) {
		asks(d, ask{hurdle: &preflight.Hurdle{Check: preflight.Check(bad), Severity: "harms", Args: map[string]string{"file": bad}}})
	}},
	{"starting", func(d *driver, bad string) {
		pretend(d, journey.Upload, noteOf(wizard.NoteStarting, "platform", bad, "price", bad), noteOf(wizard.NoteStarted, "platform", bad, "price", bad),
			noteOf(wizard.NoteNotStarted, "platform", bad, "state", bad), noteOf(wizard.NoteFoundAt, "platform", bad, "login", bad),
			noteOf(wizard.NoteReconnect, "host", bad, "seconds", bad))
	}},
	{"not-connected", func(d *driver, bad string) {
		pretend(d, journey.Upload)
		finish(d, journey.Upload, problem.New(instance.WrongPassword, errors.New(bad), "host", bad, "user", bad, "detail", bad), nil)
	}},
}

func price(d *driver, amount float64) rental.Money {
	m, err := rental.MoneyOf(amount, "CNY")
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

func asks(d *driver, a ask) {
	pretend(d, journey.Upload)
	a.reply = make(chan reply, 1)
	d.m.question(a)
}

func badLogin(bad string) rental.Login { return rental.Login{Host: bad, User: bad, Port: 22} }

// hostileLessons are of a lesson that somebody else wrote.
var hostileLessons = []hostileScene{
	{"shelf", func(d *driver, bad string) {
		d.m.leaveProject()
		d.press("down", "down", "enter")
		d.send(lessonsMsg{badLesson(bad), badLesson(bad)})
		d.press("down")
	}},
	{"lesson-begin", func(d *driver, bad string) { inBadLesson(d, bad).intro = true }},
	{"lesson-read", func(d *driver, bad string) { atBadTask(d, bad, 0) }},
	{"lesson-step", func(d *driver, bad string) { atBadTask(d, bad, 1) }},
	{"lesson-choose", func(d *driver, bad string) {
		atBadTask(d, bad, 2)
		d.press("down")
	}},
	{"lesson-wrong", func(d *driver, bad string) {
		p := atBadTask(d, bad, 2)
		p.said = &lesson.Feedback{Verdict: lesson.Wrong, Task: p.stand.Task, Why: both(bad)}
	}},
	{"lesson-given", func(d *driver, bad string) {
		p := atBadTask(d, bad, 3)
		p.said = &lesson.Feedback{Verdict: lesson.Given, Task: p.stand.Task, Why: both(bad), Answer: bad}
	}},
	{"lesson-typed", func(d *driver, bad string) {
		atBadTask(d, bad, 3)
		d.press("enter")
		d.paste(bad)
	}},
	{"lesson-end", func(d *driver, bad string) {
		p := inBadLesson(d, bad)
		p.stand.Task, p.stand.Finished = nil, true
	}},
	{"lesson-locked", func(d *driver, bad string) {
		inBadLesson(d, bad).open = false
		badAnswers(d, bad, true)
		d.press("enter")
	}},
}

func both(s string) lesson.Text { return lesson.Text{ZH: s, EN: s} }

// badLesson has a page to read, a step, and both kinds of questions.
func badLesson(bad string) *lesson.Lesson {
	said := both(bad)
	return &lesson.Lesson{
		ID: bad, Title: said, Text: said,
		Preset: []lesson.Answer{{Key: "classes", Value: bad}, {Key: bad, Value: bad}}, Locked: []string{"classes", bad},
		Tasks: []lesson.Task{
			{ID: "read", Title: said, Text: said, Hints: []lesson.Text{said, said}},
			{ID: "step", Title: said, Text: said, Step: journey.Train, Fails: bad, Hints: []lesson.Text{said}},
			{ID: "choose", Title: said, Text: said, Choose: []lesson.Option{{Text: said, Right: true, Why: said}, {Text: said, Why: said}}, Hints: []lesson.Text{said}, Why: said},
			{ID: "number", Title: said, Text: said, Number: &lesson.Range{Min: 1, Max: 2}, Hints: []lesson.Text{said}, Why: said},
		},
	}
}

func inBadLesson(d *driver, bad string) *lessonPage {
	l := badLesson(bad)
	d.m.lesson = &lessonPage{walk: &lesson.Walk{Project: d.m.project, Lesson: l}, open: true, stand: lesson.Stand{Lesson: l, Each: make([]bool, len(l.Tasks))}}
	return d.m.lesson
}

func atBadTask(d *driver, bad string, n int) *lessonPage {
	p := inBadLesson(d, bad)
	task := &p.walk.Lesson.Tasks[n]
	p.stand.Task, p.stand.Number, p.stand.Hints, p.stand.MoreHints, p.stand.Offer = task, n+1, task.Hints, true, true
	p.rest()
	return p
}

// hostileHands are steps that the person does by hand.
var hostileHands = []hostileScene{
	{"hand", func(d *driver, bad string) { openHand(d, journey.Upload, bad) }},
	{"hand-plan", func(d *driver, bad string) {
		d.m.project = newProject(d.t)
		// An answer that no file takes is refused; the one before it stays.
		for _, key := range []string{"data", "name", "classes", "code.folder"} {
			_ = d.m.project.Set(key, bad)
		}
		d.m.refresh()
		goTo(d, journey.Check)
		d.press("y")
	}},
	{"hand-place", func(d *driver, bad string) {
		openHand(d, journey.Train, bad)
		d.press("up", "enter")
		d.paste(bad)
	}},
	{"hand-placed", func(d *driver, bad string) {
		goTo(d, journey.Convert)
		d.press("y", "up", "enter")
		d.paste(bad)
		d.press("enter")
	}},
	{"hand-differs", func(d *driver, bad string) { looked(d, journey.Convert, bad) }},
	{"hand-differs-classes", func(d *driver, bad string) { looked(d, journey.Classes, bad) }},
	{"hand-differs-down", func(d *driver, bad string) {
		looked(d, journey.Download, bad)
		d.press("h", "pgdown")
	}},
}

func openHand(d *driver, step journey.Step, bad string) {
	goTo(d, step)
	d.m.screens[step].OpenHand(wizard.Hand{Folder: bad, Code: bad}, []wizard.Event{
		noteOf(wizard.NoteDoUpload, "dataset", bad, "code", bad, "platform", bad), noteOf(wizard.NoteDoDataYAML, "path", bad),
		{Kind: wizard.KindContent, Line: bad},
		{Kind: wizard.KindCommand, Line: bad},
		noteOf(wizard.NoteCode(bad), bad, bad),
	})
}

// looked is a look at what was done by hand, after which everything differs.
func looked(d *driver, step journey.Step, bad string) {
	openHand(d, step, bad)
	d.m.screens[step].Begin()
	details := []string{}
	for _, name := range []string{"path", "what", "found", "files", "part", "line", "got", "want", "key", "run", "epochs", "of"} {
		details = append(details, name, bad)
	}
	for _, code := range []wizard.NoteCode{
		wizard.NoteHandLooked, wizard.NoteHandNoFolder, wizard.NoteHandDeeper, wizard.NoteHandMissing, wizard.NoteHandDiffers, wizard.NoteHandExtra,
		wizard.NoteHandPart, wizard.NoteHandNoLabel, wizard.NoteHandRow, wizard.NoteHandRowCount, wizard.NoteHandClass, wizard.NoteHandScale,
		wizard.NoteHandCorners, wizard.NoteHandBox, wizard.NoteHandMore, wizard.NoteHandYAML, wizard.NoteHandNC, wizard.NoteHandNames, wizard.NoteHandPath,
		wizard.NoteHandSetting, wizard.NoteHandNoRun, wizard.NoteHandOldRun, wizard.NoteHandNotFinished, wizard.NoteHandNoModel, wizard.NoteHandName,
		wizard.NoteHandSum, wizard.NoteHandUnknown,
	} {
		e := noteOf(code, details...)
		e.Step = step
		d.m.screens[step].Tell(e)
	}
	d.m.screens[step].End(problem.New(wizard.ByHandDiffers, nil, "step", bad, "count", bad))
}

// hostileOutcomes are what is left of a training.
var hostileOutcomes = []hostileScene{
	{"gallery", func(d *driver, bad string) {
		hangBad(d, bad)
		img := galleryMsg{file: d.m.gallery.asked, err: errors.New("open " + bad + ": no picture")}
		d.send(img)
	}},
	{"gallery-plot", func(d *driver, bad string) {
		hangBad(d, bad)
		d.press("down", "+", "right")
	}},
	{"outcome-folder", func(d *driver, bad string) {
		d.m.common.Folder = "/home/" + bad
		pretend(d, journey.Download)
		finish(d, journey.Download, nil, map[string]string{"model": "result/best.pt", "found": bad, "report": bad, "predictions": bad, "onnx": bad})
	}},
	{"nothing-here", func(d *driver, bad string) {
		d.m.common.Folder = "/home/" + bad
		goTo(d, journey.Check)
		d.m.screens[journey.Check].Refresh(journey.Status{Step: journey.Check, State: journey.Todo}, []wizard.Question{{Key: "data", Required: true}})
	}},
	{"names", func(d *driver, bad string) {
		d.m.common.Plan.Name, d.m.common.Plan.Platform, d.m.common.Plan.Region, d.m.common.Plan.GPU = bad, bad, bad, bad
		d.m.common.Plan.Price.PerHour, d.m.common.Plan.Price.Currency = 1, bad
		pretend(d, journey.Train)
		finish(d, journey.Train, nil, map[string]string{"gpu": bad, "map50": bad, "map": bad, "epochs": bad, "best_epoch": bad, "seconds": bad, "log": bad})
	}},
	{"old-log", func(d *driver, bad string) { openBadLog(d, bad) }},
	{"old-log-searched", func(d *driver, bad string) {
		openBadLog(d, bad)
		d.press("/")
		d.paste(bad)
		d.press("enter", "n", "right", "]")
	}},
	{"old-log-gone", func(d *driver, bad string) {
		d.m.logName = "/nowhere/" + bad
		goTo(d, journey.Train)
		d.m.oldFile()
		d.send(oldLinesMsg{0, nil, errors.New(bad)})
	}},
	{"report", func(d *driver, bad string) { d.m.handle(screen.Say{Text: d.m.text.OfLesson(both(bad))}) }},
}

func hangBad(d *driver, bad string) {
	pretend(d, journey.Download)
	finish(d, journey.Download, nil, map[string]string{"model": "result/best.pt", "predictions": "result/predictions"})
	e := d.m.journey.Of(journey.Download).Evidence
	for _, name := range []string{"result/predictions/" + bad + ".png", "result/results.png", "result/predictions/" + strings.ReplaceAll(bad, "/", "") + ".jpg"} {
		e.Files = append(e.Files, instance.FileFact{Path: name})
	}
	d.press("d")
}

// openBadLog shows the log of an earlier session, that lies on the disk as the
// instance wrote it.
func openBadLog(d *driver, bad string) {
	name := filepath.Join(d.t.TempDir(), "old.log")
	if err := os.WriteFile(name, []byte(strings.Repeat("calm\n", 300)+bad+"\n"+bad+"\r"+bad+"\ncalm\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	pretend(d, journey.Train)
	finish(d, journey.Train, nil, map[string]string{"epochs": "3"})
	d.m.logName = name
	d.send(sayMsg{})
	d.wait("its lines are counted", func() bool { return !d.m.old.reading && d.m.old.counted == name })
	d.press("l", "end")
	d.wait("its end is read", func() bool {
		d.m.View() // only what is drawn is wanted
		d.send(sayMsg{})
		return !d.m.old.reading && strings.Contains(d.m.View(), "calm")
	})
}
