package wizard

import (
	"path"
	"slices"
	"strconv"

	"gpuwizard/core/journey"
)

// ticks works out the parts of a step by its evidence and by what was looked
// at.
type ticks struct {
	p         *Project
	step      journey.Status
	e         *journey.Evidence // may be nil
	complete  bool
	differs   map[string]bool // files here that are not as they were
	connected bool            // the instance was looked at
}

func (p *Project) newTicks(s journey.Status, connected bool) ticks {
	t := ticks{p: p, step: s, e: s.Evidence, complete: s.Evidence != nil && s.Evidence.Complete, differs: map[string]bool{}, connected: connected}
	if p.seen != nil {
		for _, name := range p.seen.Changed[s.Step] {
			t.differs[name] = true
		}
	}
	return t
}

// fact are those of the facts that there are.
func (t ticks) fact(names ...string) map[string]string {
	args := map[string]string{}
	for _, name := range names {
		if value := t.e.Fact(name); value != "" {
			args[name] = value
		}
	}
	return args
}

// here is the state of a part that is done once done is, with its files.
func (t ticks) here(done bool, files ...string) PartState {
	if !done {
		return PartOpen
	}
	if slices.ContainsFunc(files, func(name string) bool { return t.differs[name] }) {
		return PartDiffers
	}
	return PartHolds
}

// there is the state of a part that lies on the instance.
func (t ticks) there(done bool, what string) PartState {
	switch {
	case !done:
		return PartOpen
	case !t.connected:
		return PartUnseen
	case t.p.seen.There[what] > 0:
		return PartDiffers
	}
	return PartHolds
}

func (t ticks) parts() []Part {
	switch t.step.Step {
	case journey.Region:
		return t.region()
	case journey.Check:
		return t.check()
	case journey.Convert:
		return t.convert()
	case journey.Classes:
		return t.classes()
	case journey.Upload:
		return t.upload()
	case journey.Train:
		return t.train()
	}
	return t.download()
}

func (t ticks) region() []Part {
	parts := []Part{{PartPlatform, t.here(t.complete && t.step.Reason != journey.AnswersChanged), t.fact("platform", "region")}}
	if t.e.Fact("price") != "" {
		parts = append(parts, Part{PartPrice, t.here(true), t.fact("price")})
	}
	return parts
}

func (t ticks) check() []Part {
	read := t.e.Fact("pictures") != ""
	fresh := t.here(read)
	if read && t.step.State == journey.Stale {
		fresh = PartDiffers
	}
	sound := fresh
	if !t.complete {
		sound = PartOpen
	}
	found := t.fact("findings")
	if found["findings"] == "0" {
		found = nil
	}
	return []Part{
		{PartRead, fresh, t.fact("pictures", "boxes", "class_names", "format")},
		{PartSound, sound, found},
	}
}

func (t ticks) convert() []Part {
	labels := t.here(t.complete)
	if t.complete && len(t.differs) > 0 {
		labels = PartDiffers
	}
	return []Part{{PartLabels, labels, t.fact("train", "val", "boxes", "folder")}}
}

func (t ticks) classes() []Part {
	e, train := t.e, t.p.effective().Train
	parts := []Part{
		{PartDataYAML, PartOpen, nil},
		{PartModel, PartOpen, nil},
		{PartSettings, t.here(t.complete), map[string]string{
			"epochs": strconv.Itoa(train.Epochs), "batch": strconv.Itoa(train.Batch), "imgsz": strconv.Itoa(train.ImgSize),
		}},
	}
	if e == nil {
		return parts
	}
	for i, f := range e.Files {
		at := min(i, 1) // the data set YAML is written first
		parts[at].State = t.here(true, f.Path)
		parts[at].Args = map[string]string{"path": f.Path}
		if at == 1 {
			parts[at].Args["nc"] = e.Fact("nc")
		}
	}
	if e.Complete && len(e.Files) == 1 {
		// The model YAML is on the instance and edited there.
		parts[1].State, parts[1].Args = PartUnseen, map[string]string{"nc": e.Fact("nc")}
	}
	return parts
}

func (t ticks) upload() []Part {
	receipt := func(what string) map[string]string {
		if t.e == nil || t.e.Receipts[what].Folder == "" {
			return nil
		}
		r := t.e.Receipts[what]
		args := map[string]string{"files": strconv.Itoa(r.Files), "folder": r.Folder}
		if r.Bytes > 0 {
			args["bytes"] = strconv.FormatInt(r.Bytes, 10)
		}
		return args
	}
	dataset, code := receipt("dataset"), receipt("code")
	return []Part{
		{PartLogin, t.there(t.e.Fact("host") != "", "login"), t.fact("host", "gpu")},
		{PartDataset, t.there(dataset != nil, "dataset"), dataset},
		{PartCode, t.there(code != nil, "code"), code},
	}
}

func (t ticks) train() []Part {
	epochs, best := t.fact("epochs"), t.fact("map50")
	epochs["of"] = strconv.Itoa(t.p.effective().Train.Epochs)
	run := t.e.Fact("run")
	if run != "" {
		best["run"] = path.Base(run)
	}
	return []Part{
		{PartStarted, t.there(run != "", "run"), t.fact("run")},
		{PartEpochs, t.there(t.e.Fact("epochs") != "", "run"), epochs},
		{PartBest, t.there(t.complete, "best"), best},
	}
}

func (t ticks) download() []Part {
	e, parts := t.e, []Part{{PartSaved, PartOpen, nil}, {PartCurves, PartOpen, nil}}
	if e == nil {
		return parts
	}
	count := map[PartName]int{}
	for _, f := range e.Files {
		name := PartCurves
		switch {
		case f.Path == e.Fact("model") || e.Fact("model") == "" && parts[0].State == PartOpen:
			parts[0] = Part{PartSaved, t.here(true, f.Path), map[string]string{"model": f.Path, "sha256": f.SHA256}}
			continue
		case path.Base(path.Dir(f.Path)) == predictionsFolder:
			name = PartSamples
		case f.Path == e.Fact("onnx"):
			name = PartONNX
		}
		if count[name]++; name != PartCurves && count[name] == 1 {
			parts = append(parts, Part{name, PartOpen, nil})
		}
		at := slices.IndexFunc(parts, func(p Part) bool { return p.Name == name })
		if parts[at].State != PartDiffers {
			parts[at].State = t.here(true, f.Path)
		}
		parts[at].Args = map[string]string{"count": strconv.Itoa(count[name]), "folder": path.Dir(f.Path)}
	}
	if t.p.plan.Result.ONNX == "yes" && count[PartONNX] == 0 {
		parts = append(parts, Part{PartONNX, PartOpen, nil})
	}
	if off := e.Fact("instance"); off != "" {
		meter := PartOpen
		if off == "seen-off" {
			meter = PartHolds
		}
		parts = append(parts, Part{PartMeter, meter, map[string]string{"instance": off}})
	}
	return parts
}
