package wizard

import (
	"context"
	"path"
	"slices"
	"strconv"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
)

// A Checklist is where the steps stand, with their parts, each with what shows
// it: looked at again on this computer, and on the instance if one was given.
type Checklist struct {
	journey.Journey
	At time.Time // when it was looked at
	// Connected is whether the instance was looked at. If not, what lies there
	// is told by the record.
	Connected bool
	Billed    bool      // see Project.Billed
	Checked   []Checked // the steps, as Journey.Steps
}

// Checked is one step of a checklist.
type Checked struct {
	journey.Status
	Parts []Part `json:"parts,omitempty"`
	// Since is what changed since a stale step was done: the first of
	// SinceTotal things.
	Since      []Change `json:"since,omitempty"`
	SinceTotal int      `json:"since_total,omitempty"`
}

// A PartName names a part of a step.
type PartName string

// The parts of the steps, with the names of their Args.
const (
	PartPlatform PartName = "platform"   // platform, region
	PartPrice    PartName = "price"      // price
	PartRead     PartName = "data-read"  // pictures, boxes, class_names
	PartSound    PartName = "data-sound" // findings: none of them ruins a training
	PartLabels   PartName = "labels"     // train, val, boxes, folder
	PartDataYAML PartName = "data-yaml"  // path
	PartModel    PartName = "model-yaml" // path, nc
	PartSettings PartName = "settings"   // epochs, batch, imgsz
	PartLogin    PartName = "login"      // host
	PartDataset  PartName = "dataset"    // files, bytes, folder
	PartCode     PartName = "code"       // files, bytes, folder
	PartStarted  PartName = "started"    // run
	PartEpochs   PartName = "epochs"     // epochs, of
	PartBest     PartName = "best"       // map50, run
	PartSaved    PartName = "saved"      // model, sha256
	PartCurves   PartName = "curves"     // count
	PartSamples  PartName = "samples"    // count, folder: predictions on pictures
	PartONNX     PartName = "onnx"       // count, folder: the model in that format, where it was asked for
	PartMeter    PartName = "meter"      // instance: whether it was seen to be off
)

// A PartState says whether a part's evidence holds.
type PartState string

// The states of a part.
const (
	PartHolds   PartState = "holds"   // looked at, and as it should be
	PartDiffers PartState = "differs" // looked at, and not as it was
	PartOpen    PartState = "open"    // not done
	PartUnseen  PartState = "unseen"  // done by the record; it lies where nobody looked this time
)

// A Part is one tick of a step, with its evidence.
type Part struct {
	Name  PartName          `json:"name"`
	State PartState         `json:"state"`
	Args  map[string]string `json:"args,omitempty"`
}

// Checklist looks at all the evidence again: here, and at the instance if it
// is not nil. An error of the instance is returned with the checklist of what
// could be looked at here.
func (p *Project) Checklist(ctx context.Context, host instance.Instance, now time.Time) (Checklist, error) {
	if _, err := p.Verify(ctx); err != nil {
		return Checklist{}, err
	}
	var away error
	if host != nil {
		away = p.lookThere(ctx, host)
	}
	list := Checklist{Journey: p.Journey(), At: now, Connected: host != nil && away == nil, Billed: p.Billed()}
	for _, s := range list.Steps {
		c := Checked{Status: s, Parts: p.parts(s, list.Connected)}
		c.Since, c.SinceTotal = p.since(ctx, s)
		list.Checked = append(list.Checked, c)
	}
	return list, away
}

// parts are the parts of a step by its evidence and by what was looked at.
func (p *Project) parts(s journey.Status, connected bool) []Part {
	e := s.Evidence
	fact := func(names ...string) map[string]string {
		args := map[string]string{}
		for _, name := range names {
			if value := e.Fact(name); value != "" {
				args[name] = value
			}
		}
		return args
	}
	differs := map[string]bool{}
	if p.seen != nil {
		for _, name := range p.seen.Changed[s.Step] {
			differs[name] = true
		}
	}
	// state is that of a part which is done once done is.
	state := func(done bool, names ...string) PartState {
		if !done {
			return PartOpen
		}
		for _, name := range names {
			if differs[name] {
				return PartDiffers
			}
		}
		return PartHolds
	}
	there := func(done bool, what string) PartState {
		switch {
		case !done:
			return PartOpen
		case !connected:
			return PartUnseen
		case p.seen.There[what] > 0:
			return PartDiffers
		}
		return PartHolds
	}
	complete := e != nil && e.Complete
	switch s.Step {
	case journey.Region:
		parts := []Part{{PartPlatform, state(complete && s.Reason != journey.AnswersChanged), fact("platform", "region")}}
		if e.Fact("price") != "" {
			parts = append(parts, Part{PartPrice, state(true), fact("price")})
		}
		return parts
	case journey.Check:
		read := e.Fact("pictures") != ""
		fresh := state(read)
		if read && s.State == journey.Stale {
			fresh = PartDiffers
		}
		sound := fresh
		if !complete {
			sound = PartOpen
		}
		found := fact("findings")
		if found["findings"] == "0" {
			found = nil
		}
		return []Part{
			{PartRead, fresh, fact("pictures", "boxes", "class_names", "format")},
			{PartSound, sound, found},
		}
	case journey.Convert:
		labels := state(complete)
		if complete && len(differs) > 0 {
			labels = PartDiffers
		}
		return []Part{{PartLabels, labels, fact("train", "val", "boxes", "folder")}}
	case journey.Classes:
		return p.classParts(e, state)
	case journey.Upload:
		receipt := func(what string) map[string]string {
			if e == nil || e.Receipts[what].Folder == "" {
				return nil
			}
			r := e.Receipts[what]
			args := map[string]string{"files": strconv.Itoa(r.Files), "folder": r.Folder}
			if r.Bytes > 0 {
				args["bytes"] = strconv.FormatInt(r.Bytes, 10)
			}
			return args
		}
		return []Part{
			{PartLogin, there(e.Fact("host") != "", "login"), fact("host", "gpu")},
			{PartDataset, there(receipt("dataset") != nil, "dataset"), receipt("dataset")},
			{PartCode, there(receipt("code") != nil, "code"), receipt("code")},
		}
	case journey.Train:
		args := fact("epochs")
		args["of"] = strconv.Itoa(p.effective().Train.Epochs)
		best := fact("map50")
		if run := e.Fact("run"); run != "" {
			best["run"] = path.Base(run)
		}
		return []Part{
			{PartStarted, there(e.Fact("run") != "", "run"), fact("run")},
			{PartEpochs, there(e.Fact("epochs") != "", "run"), args},
			{PartBest, there(complete, "best"), best},
		}
	}
	return p.savedParts(e, state)
}

func (p *Project) classParts(e *journey.Evidence, state func(bool, ...string) PartState) []Part {
	plan := p.effective()
	parts := []Part{
		{PartDataYAML, PartOpen, nil},
		{PartModel, PartOpen, nil},
		{PartSettings, state(e != nil && e.Complete), map[string]string{
			"epochs": strconv.Itoa(plan.Train.Epochs), "batch": strconv.Itoa(plan.Train.Batch), "imgsz": strconv.Itoa(plan.Train.ImgSize),
		}},
	}
	if e == nil {
		return parts
	}
	for i, f := range e.Files {
		at := min(i, 1) // the data set YAML is written first
		parts[at].State = state(true, f.Path)
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

func (p *Project) savedParts(e *journey.Evidence, state func(bool, ...string) PartState) []Part {
	parts := []Part{{PartSaved, PartOpen, nil}, {PartCurves, PartOpen, nil}}
	if e == nil {
		return parts
	}
	count := map[PartName]int{}
	for _, f := range e.Files {
		name := PartCurves
		switch {
		case f.Path == e.Fact("model") || e.Fact("model") == "" && parts[0].State == PartOpen:
			parts[0] = Part{PartSaved, state(true, f.Path), map[string]string{"model": f.Path, "sha256": f.SHA256}}
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
			parts[at].State = state(true, f.Path)
		}
		parts[at].Args = map[string]string{"count": strconv.Itoa(count[name]), "folder": path.Dir(f.Path)}
	}
	if p.plan.Result.ONNX == "yes" && count[PartONNX] == 0 {
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
