package wizard

import (
	"path/filepath"

	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/yolov5"
)

// A Recipe is what it takes to do the steps on the instance without the
// wizard: where things are here, where they go there, and the command. Paths
// of this computer are relative to Dir where they lie in it.
type Recipe struct {
	Name, Model string
	Dir         string // of the project
	Login       rental.Login
	HostKey     string // fingerprint; "" if none is known
	GPU         string // as rental calls it; "" if none was chosen
	GPUCount    int
	Classes     int

	Dataset string // holds images and labels
	Changes string // what goes over the code: the data set YAML and, of code that is here, the model YAML
	Code    planfile.Code
	Weights string // file to send along; "" if there is none
	// WeightsName is what train.py is given for it.
	WeightsName string
	Models      []string // paths in the code where the model YAML may be
	ModelHere   bool     // Changes holds it

	Folder  string   // on the instance; "" for the first of Disks that can be written to, else home
	Disks   []string // of the platform
	Pythons []string // to try there, in this order
	Command []string // the training's, without the Python, the runs' folder and the run's name
	Result  string   // where the model goes
}

// CodeElsewhere is the problem of code that only the instance has: nothing can
// be made of it without the wizard.
const CodeElsewhere problem.Code = "code-elsewhere" // path

// usualPythons are where images of GPU platforms have the Python with torch.
var usualPythons = []string{"/root/miniconda3/bin/python", "/opt/conda/bin/python", "/usr/local/bin/python3", "python3", "python"}

// Recipe returns the project's recipe. The data have to be converted, and the
// class count edited.
func (p *Project) Recipe() (Recipe, error) {
	if err := p.ready(journey.Upload); err != nil {
		return Recipe{}, err
	}
	plan := p.effective()
	if plan.Code.Remote != "" {
		return Recipe{}, problem.New(CodeElsewhere, nil, "path", plan.Code.Remote)
	}
	manifest, err := label.ReadManifest(p.preparedDataset())
	if err != nil {
		return Recipe{}, problem.New(StepNotReady, err, "step", string(journey.Upload), "need", string(journey.Convert))
	}
	r := Recipe{
		Name: plan.Name, Model: plan.Model, Dir: p.dir, HostKey: plan.HostKey, GPU: plan.GPU, GPUCount: max(1, plan.GPUCount), Classes: len(manifest.Classes),
		Dataset: p.rel(p.preparedDataset()), Changes: p.rel(p.preparedCode()), Code: plan.Code, Models: modelPaths(plan.Model),
		Pythons: usualPythons, Result: filepath.ToSlash(filepath.Join(resultFolder, modelName(plan)+".pt")),
	}
	if plan.Login != "" {
		if r.Login, err = ReadWholeLogin(plan.Login); err != nil {
			return Recipe{}, err
		}
		r.Login.Password = ""
	}
	if plan.Remote.Folder != "auto" {
		r.Folder = plan.Remote.Folder
	}
	if platform, ok := rental.PlatformByID(plan.Platform); ok {
		r.Disks = platform.DataDisks()
	}
	if plan.Remote.Python != "auto" {
		r.Pythons = []string{plan.Remote.Python}
	}
	file, name, err := p.weights(plan)
	if err != nil {
		return Recipe{}, err
	}
	r.WeightsName = name
	if file != "" {
		r.Weights = p.rel(file)
	}
	classes := p.record.Steps[journey.Classes]
	r.ModelHere = classes.Fact("model_yaml") != ""
	r.Code.Folder, r.Code.Zip = p.relIf(plan.Code.Folder), p.relIf(plan.Code.Zip)
	w := work{Project: p, plan: plan, evidence: &journey.Evidence{}}
	settings := w.settings(yolov5.Release(classes.Fact("release")), name)
	if settings.Batch < 0 {
		settings.Batch = preflight.UsualBatch
	}
	r.Command = settings.Command()[1:]
	return r, nil
}

// relIf is rel of a path of the plan, which may be "".
func (p *Project) relIf(path string) string {
	if path == "" {
		return ""
	}
	return p.rel(p.path(path))
}
