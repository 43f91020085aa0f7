package wizard

import (
	"path"
	"path/filepath"
	"strconv"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/shellword"
	"gpuwizard/core/yolov5"
)

// An ActKind says what an act does.
type ActKind string

// The kinds of acts.
const (
	ActRead    ActKind = "read"    // Path is read, and not changed
	ActWrite   ActKind = "write"   // Path is made
	ActChange  ActKind = "change"  // in a copy of the file Path, From becomes To
	ActConnect ActKind = "connect" // Command logs in; its password is typed by nobody but the person
	ActSend    ActKind = "send"    // Path here becomes To on the instance
	ActFetch   ActKind = "fetch"   // Path on the instance becomes To here
	ActRun     ActKind = "run"     // Command is run on the instance
)

// An Act is one thing that a step does, in the terms of who would do it by
// hand. What is not known before the step runs stands in pointed brackets.
type Act struct {
	Kind    ActKind `json:"kind"`
	Path    string  `json:"path,omitempty"`
	From    string  `json:"from,omitempty"`
	To      string  `json:"to,omitempty"`
	Command string  `json:"command,omitempty"`
}

// Acts are what a step does, or did, with the answers as they are now.
func (p *Project) Acts(step journey.Step) []Act {
	plan := p.effective()
	if plan.Name == "" {
		plan.Name = "<name>"
	}
	data := plan.Data
	if data == "" {
		data = "<data>"
	}
	dataset, code := p.rel(p.preparedDataset()), p.rel(p.preparedCode())
	switch step {
	case journey.Region:
		return []Act{{Kind: ActWrite, Path: planfile.Name}}
	case journey.Check:
		acts := []Act{{Kind: ActRead, Path: data}}
		if isZip(plan.Data) {
			acts = append(acts, Act{Kind: ActWrite, Path: p.rel(p.dataFolder(plan))})
		}
		return append(acts, Act{Kind: ActWrite, Path: path.Join(journey.StateDir, findingsFile)})
	case journey.Convert:
		return []Act{
			{Kind: ActRead, Path: data},
			{Kind: ActWrite, Path: path.Join(dataset, "images")},
			{Kind: ActWrite, Path: path.Join(dataset, "labels")},
		}
	case journey.Classes:
		return []Act{
			{Kind: ActWrite, Path: path.Join(code, "data", plan.Name+".yaml")},
			{Kind: ActChange, Path: path.Join(code, p.modelYAMLName(plan)), From: "nc: 80", To: "nc: " + p.classCount(plan)},
		}
	case journey.Upload:
		there := p.folderThere(plan)
		return []Act{
			{Kind: ActConnect, Command: p.loginCommand(plan)},
			{Kind: ActSend, Path: dataset, To: path.Join(there, "dataset")},
			p.codeAct(plan, there),
		}
	case journey.Train:
		return p.trainActs(plan)
	}
	return p.downloadActs(plan)
}

func (p *Project) codeAct(plan planfile.Plan, there string) Act {
	to := path.Join(there, "code")
	switch {
	case plan.Code.Git != "":
		return Act{Kind: ActRun, Command: "git clone " + shellword.Quote(plan.Code.Git) + " " + shellword.Quote(to)}
	case plan.Code.Remote != "":
		return Act{Kind: ActRun, Command: "cp -R " + shellword.Quote(plan.Code.Remote) + " " + shellword.Quote(to)}
	case plan.Code.Zip != "":
		return Act{Kind: ActSend, Path: plan.Code.Zip, To: to}
	case plan.Code.Folder != "":
		return Act{Kind: ActSend, Path: plan.Code.Folder, To: to}
	}
	return Act{Kind: ActSend, Path: "<code>", To: to}
}

// trainActs are the command of the training that was started, or of the one
// that would be.
func (p *Project) trainActs(plan planfile.Plan) []Act {
	there := p.folderThere(plan)
	code, run := path.Join(there, "code"), p.record.Steps[journey.Train].Fact("run")
	if run == "" {
		run = path.Join(there, "runs", "<run>")
	}
	w := &work{Project: p, plan: plan, evidence: &journey.Evidence{}}
	_, weights, err := w.weights(plan)
	if err != nil {
		weights = plan.Weights
	}
	settings := w.settings(yolov5.Release(p.record.Steps[journey.Classes].Fact("release")), weights)
	settings.Python, settings.CodeDir, settings.Project, settings.Name = p.pythonThere(plan), code, path.Dir(run), path.Base(run)
	return []Act{
		{Kind: ActRead, Path: path.Join(code, "requirements.txt")},
		{Kind: ActRun, Command: shellword.Quote(settings.Python) + " -m pip install <what is missing>"},
		{Kind: ActRun, Command: settings.Shell()},
		{Kind: ActWrite, Path: path.Join(run, "weights", "best.pt")},
	}
}

func (p *Project) downloadActs(plan planfile.Plan) []Act {
	run := p.record.Steps[journey.Train].Fact("run")
	if run == "" {
		run = path.Join(p.folderThere(plan), "runs", "<run>")
	}
	to := resultFolder
	if p.Practice() {
		to = rehearsalFolder
	}
	if model := p.record.Steps[journey.Download].Fact("model"); model != "" {
		to = path.Dir(filepath.ToSlash(model))
	}
	best, settings := path.Join(run, "weights", "best.pt"), yolov5.Settings{Python: p.pythonThere(plan), ImgSize: plan.Train.ImgSize}
	acts := []Act{
		{Kind: ActFetch, Path: best, To: path.Join(to, modelName(plan)+".pt")},
		{Kind: ActFetch, Path: path.Join(run, "results.csv"), To: path.Join(to, "results.csv")},
	}
	if plan.Result.Predictions == "yes" {
		there := p.folderThere(plan)
		call := settings.Detect(nil, best, path.Join(there, "dataset", "images", "val"), path.Join(there, predictionsFolder))
		acts = append(acts, Act{Kind: ActRun, Command: shellword.Join(call.Command...)})
	}
	if plan.Result.ONNX == "yes" {
		call := settings.Export(yolov5.ExportScripts[0], nil, best)
		acts = append(acts, Act{Kind: ActRun, Command: shellword.Join(call.Command...)})
	}
	if platform, ok := rental.PlatformByID(plan.Platform); ok && platform.Stop.Command != "" && plan.Finish != "keep" {
		acts = append(acts, Act{Kind: ActRun, Command: platform.Stop.Command})
	}
	return acts
}

func (p *Project) modelYAMLName(plan planfile.Plan) string {
	if name := p.record.Steps[journey.Classes].Fact("model_yaml"); name != "" {
		return name
	}
	return modelPaths(plan.Model)[0]
}

func (p *Project) classCount(plan planfile.Plan) string {
	if n := len(plan.Classes); n > 0 {
		return strconv.Itoa(n)
	}
	return "<n>"
}

func (p *Project) loginCommand(plan planfile.Plan) string {
	if p.Practice() {
		return "ssh <practice>"
	}
	if login, err := rental.ParseLogin(plan.Login); err == nil {
		return login.Command()
	}
	return "ssh <login>"
}

// folderThere is the folder on the instance, or the one that it is likely to
// be.
func (p *Project) folderThere(plan planfile.Plan) string {
	if folder := p.record.Steps[journey.Upload].Fact("folder"); folder != "" {
		return folder
	}
	if plan.Remote.Folder != "auto" && plan.Remote.Folder != "" {
		return path.Clean(plan.Remote.Folder)
	}
	base := "<home>"
	if platform, ok := rental.PlatformByID(plan.Platform); ok {
		if disks := platform.DataDisks(); len(disks) > 0 {
			base = disks[0]
		}
	}
	return path.Join(base, "gpuwizard-"+plan.Name)
}

func (p *Project) pythonThere(plan planfile.Plan) string {
	if plan.Remote.Python != "auto" && plan.Remote.Python != "" {
		return plan.Remote.Python
	}
	return "python"
}
