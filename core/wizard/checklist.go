package wizard

import (
	"context"
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
		c := Checked{Status: s, Parts: p.newTicks(s, list.Connected).parts()}
		c.Since, c.SinceTotal = p.since(ctx, s)
		list.Checked = append(list.Checked, c)
	}
	return list, away
}
