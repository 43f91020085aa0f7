package wizard

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/rental"
	"gpuwizard/core/shellword"
	"gpuwizard/core/yolov5"
)

// HandGuide says how a step is done by hand: as events, sentences and the
// commands to type, in their order.
func (p *Project) HandGuide(step journey.Step, hand Hand) []Event {
	g := &guide{Project: p, step: step, plan: p.effective(), hand: hand}
	if g.plan.Name == "" {
		g.plan.Name = g.classNames()[0] // the data were not looked at yet
	}
	switch step {
	case journey.Region:
		g.note(NoteDoRegion, "platform", g.plan.Platform)
	case journey.Check:
		g.note(NoteDoCheck, "folder", g.plan.Data)
	case journey.Convert:
		g.convert()
	case journey.Classes:
		g.classes()
	case journey.Upload:
		g.upload()
	case journey.Train:
		g.train()
	case journey.Download:
		g.download()
	}
	g.note(NoteDoThenLook)
	return g.events
}

type guide struct {
	*Project
	step   journey.Step
	plan   planfile.Plan
	hand   Hand
	events []Event
}

func (g *guide) note(code NoteCode, details ...string) {
	g.events = append(g.events, Noted(g.step, code, details...))
}

func (g *guide) command(words ...string) {
	g.events = append(g.events, Event{Step: g.step, Kind: KindCommand, Line: shellword.Join(words...)})
}

// line shows a command as it is typed.
func (g *guide) line(text string) {
	g.events = append(g.events, Event{Step: g.step, Kind: KindCommand, Line: text})
}

// content shows text to be typed into a file.
func (g *guide) content(text string) {
	for line := range strings.Lines(text) {
		g.events = append(g.events, Event{Step: g.step, Kind: KindContent, Line: strings.TrimRight(line, "\n")})
	}
}

// disk is a folder of the instance that people put their things into.
func (g *guide) disk() string {
	if platform, ok := rental.PlatformByID(g.plan.Platform); ok {
		if disks := platform.DataDisks(); len(disks) > 0 {
			return disks[0]
		}
	}
	return "/root"
}

func (g *guide) dataset() string {
	if g.hand.Folder != "" {
		return g.hand.Folder
	}
	if e := g.record.Steps[journey.Upload]; e.Fact("dataset") != "" {
		return e.Fact("dataset")
	}
	return path.Join(g.disk(), "dataset")
}

func (g *guide) code() string {
	switch {
	case g.hand.Code != "":
		return g.hand.Code
	case g.step == journey.Train && g.record.Steps[journey.Upload] != nil:
		return g.codeThere()
	case g.step == journey.Classes && !g.hand.There:
		return filepath.ToSlash(g.plan.Code.Folder)
	}
	return path.Join(g.disk(), "yolov5_code")
}

func (g *guide) classNames() []string {
	if len(g.plan.Classes) > 0 {
		return g.plan.Classes
	}
	return []string{"person"}
}

func (g *guide) convert() {
	if g.hand.There {
		g.note(NoteDoConvertThere, "folder", g.dataset())
		g.command("cd", path.Dir(g.dataset()))
		g.line("vim train_data_split.py")
		g.note(NoteDoVim)
		g.line("pip install opencv-python")
		g.line("python train_data_split.py")
	} else {
		g.note(NoteDoConvert, "folder", handFolder)
	}
	g.note(NoteDoRows, "class", g.classNames()[0])
}

func (g *guide) classes() {
	nc := strconv.Itoa(len(g.classNames()))
	model := modelPaths(g.plan.Model)[0]
	g.note(NoteDoClasses, "path", path.Join(g.code(), model), "nc", nc)
	if g.hand.There {
		g.command("cd", g.code())
		g.command("vim", model)
		g.note(NoteDoVim)
	}
	g.dataYAML()
}

// dataYAML shows what the article has its reader write into data/NAME.yaml.
func (g *guide) dataYAML() {
	g.note(NoteDoDataYAML, "path", path.Join(g.code(), "data", g.plan.Name+".yaml"))
	dataset := path.Join(g.disk(), "dataset")
	if g.step == journey.Upload {
		dataset = g.dataset()
	}
	g.content(string(yolov5.DataYAML(yolov5.DataYAMLOptions{Path: dataset, Train: "images/train", Val: "images/val", Names: g.classNames()})))
}

func (g *guide) upload() {
	zip := g.plan.Code.Zip
	code := g.plan.Code.Folder
	if zip != "" {
		code = ""
	}
	g.note(NoteDoUpload, "dataset", g.rel(g.preparedDataset()), "code", code, "zip", zip, "platform", g.plan.Platform)
	g.command("cd", path.Dir(g.dataset()))
	g.line("unzip dataset.zip")
	if zip == "" {
		g.line("unzip yolov5_code.zip")
	} else {
		// What a release unpacks to has a name of its own.
		g.command("unzip", "-d", "code_zip", filepath.Base(zip))
		g.line("mv code_zip/* yolov5_code")
	}
	g.note(NoteDoClasses, "path", path.Join(g.code(), modelPaths(g.plan.Model)[0]), "nc", strconv.Itoa(len(g.classNames())))
	g.dataYAML()
}

func (g *guide) train() {
	g.note(NoteDoTrain)
	_, weights, _ := g.weights(g.plan)
	w := work{Project: g.Project, plan: g.plan, evidence: &journey.Evidence{}}
	release := yolov5.Release(g.record.Steps[journey.Classes].Fact("release"))
	settings := w.settings(release, weights)
	if settings.Batch < 0 {
		settings.Batch = preflight.UsualBatch
	}
	settings.ExistOK = false
	g.command("cd", g.code())
	g.line("pip install -r requirements.txt")
	g.line(shellword.Join(settings.Command()...))
}

func (g *guide) download() {
	run := g.record.Steps[journey.Train].Fact("run")
	if run == "" {
		run = path.Join(g.codeThere(), "runs/train/exp")
	}
	g.note(NoteDoDownload, "run", path.Join(run, "weights", "best.pt"), "model", modelName(g.plan)+".pt", "folder", resultFolder)
	g.note(NoteDoCurves, "run", run, "folder", resultFolder)
}
