package wizard

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
)

// found reports whether the last check found a kind of defect, so that the
// question about its mend is asked only then.
func found(check dataset.Check) func(*Project) bool {
	return func(p *Project) bool {
		return slices.Contains(planfile.SplitList(p.record.Steps[journey.Check].Fact("checks")), string(check))
	}
}

func isZip(name string) bool { return strings.EqualFold(filepath.Ext(name), ".zip") }

// dataFolder is where the labelled pictures are read: the person's folder, or
// the one that their zip is unpacked into.
func (p *Project) dataFolder(plan planfile.Plan) string {
	if isZip(plan.Data) {
		return p.StatePath("data")
	}
	return p.path(plan.Data)
}

// dataFingerprint changes when the data do.
func (p *Project) dataFingerprint(ctx context.Context, plan planfile.Plan) (string, error) {
	print, err := dataset.Fingerprint(ctx, p.dataFolder(plan), readOptions(plan))
	if err != nil {
		return "", err
	}
	return p.namedFingerprint(plan, print)
}

// namedFingerprint adds to a fingerprint what it cannot know: the zip that the
// folder came from.
func (p *Project) namedFingerprint(plan planfile.Plan, print string) (string, error) {
	if !isZip(plan.Data) {
		return print, nil
	}
	z, err := zip.OpenReader(p.path(plan.Data))
	if err != nil {
		return "", err
	}
	defer z.Close()
	// Names, sizes and checksums stay the same when the zip is copied to
	// another computer, unlike its time.
	lines := make([]string, 0, len(z.File)+1)
	for _, f := range z.File {
		lines = append(lines, fmt.Sprintf("%q %d %08x", f.Name, f.UncompressedSize64, f.CRC32))
	}
	return journey.Digest(append(lines, print)...), nil
}

func readOptions(plan planfile.Plan) dataset.Options {
	return dataset.Options{ByFilename: plan.Mend.Pair == "filename"}
}

// Survey is a survey of the project's labelled pictures that was not begun yet:
// for whoever wants to look at them without doing a step.
func (p *Project) Survey() *dataset.Survey {
	plan := p.effective()
	return dataset.NewSurvey(p.dataFolder(plan), readOptions(plan))
}

// ProgressOf is how far the reading of data is, as events tell it.
func ProgressOf(p dataset.Progress) *instance.Progress {
	return &instance.Progress{Phase: string(p.Phase), Files: p.Done, FilesTotal: p.Total, Path: p.Path}
}

// readData reads the labelled pictures, unpacking them first if need be, while
// the face may look on.
func (w *work) readData() (*dataset.Survey, *dataset.Set, error) {
	tell := func(p dataset.Progress) { w.progress(*ProgressOf(p)) }
	if isZip(w.plan.Data) {
		archive := w.path(w.plan.Data)
		if _, err := os.Stat(archive); errors.Is(err, os.ErrNotExist) {
			return nil, nil, problem.New(dataset.NoSuchFolder, err, "path", archive)
		}
		if _, err := dataset.Unpack(w.ctx, archive, w.dataFolder(w.plan), dataset.Limits{Tell: tell}); err != nil {
			return nil, nil, err
		}
	}
	o := readOptions(w.plan)
	o.Tell = tell
	survey := dataset.NewSurvey(w.dataFolder(w.plan), o)
	w.env.Face.Tell(Event{Step: w.step, Kind: KindSurvey, Survey: survey})
	set, err := survey.Read(w.ctx)
	if set != nil {
		if print, printErr := w.namedFingerprint(w.plan, set.Fingerprint); printErr == nil {
			set.Fingerprint = print
		}
	}
	return survey, set, err
}

// readChecked is readData for a step that builds on the check: the data must be
// those that were checked, and what a full look at them told is in the set.
func (w *work) readChecked() (*dataset.Survey, *dataset.Set, error) {
	survey, set, err := w.readData()
	if err != nil {
		return nil, nil, err
	}
	if set.Fingerprint != w.record.Steps[journey.Check].Data {
		return nil, nil, problem.New(DataMoved, nil, "path", w.plan.Data)
	}
	return survey, set, w.lookAtPictures(survey, set, false)
}

// looked is what a full look at the pictures found, kept so that converting
// need not look again.
type looked struct {
	Fingerprint string            `json:"fingerprint"`
	Likeness    *dataset.Likeness `json:"likeness"`
}

func (p *Project) likenessFile() string { return p.StatePath("likeness.json") }

// lookAtPictures decodes all pictures, unless the plan says that their headers
// will do, and brings into the set what only that tells. What an earlier look
// told will do, too; one that was ended early will, if again is not set.
func (w *work) lookAtPictures(survey *dataset.Survey, set *dataset.Set, again bool) error {
	if w.plan.Mend.Look == "quick" {
		w.note(NoteQuickLook)
		return nil
	}
	if known := w.likenessOf(set); known != nil && !(again && len(known.Skipped) > 0) {
		survey.Apply(known)
		return nil
	}
	likeness, err := survey.Look(w.ctx)
	if err != nil {
		return err
	}
	return journey.WriteJSON(w.likenessFile(), looked{set.Fingerprint, likeness})
}

// likenessOf returns what an earlier look at this very set found, or nil.
func (w *work) likenessOf(set *dataset.Set) *dataset.Likeness {
	data, err := os.ReadFile(w.likenessFile())
	if err != nil {
		return nil
	}
	var l looked
	if json.Unmarshal(data, &l) != nil || l.Fingerprint != set.Fingerprint {
		return nil
	}
	return l.Likeness
}

// labelOptions turns the answers into what label.Prepare wants.
func (w *work) labelOptions(set *dataset.Set) label.Options {
	m := w.plan.Mend
	o := label.Options{
		Classes: w.plan.Classes, SkipDifficult: m.Difficult == "skip", MinusOne: m.Offset == "yolov5",
		SkipUnlabelled: m.Unlabelled == "skip", StoredBoxes: m.Turned == "stored",
	}
	if m.Merge == "yes" {
		o.Rename = dataset.Merges(set.Findings)
		o.Classes = mergedClasses(o.Classes, o.Rename)
	}
	return o
}

// mergedClasses leaves out the names that are merged into others.
func mergedClasses(classes []string, rename map[string]string) []string {
	var kept []string
	for _, c := range classes {
		if _, gone := rename[c]; !gone {
			kept = append(kept, c)
		}
	}
	return kept
}

// divide gives every picture its part, and returns what there is to say of it.
func (w *work) divide(survey *dataset.Survey, set *dataset.Set) NoteCode {
	if set.Layout != dataset.Flat && w.plan.Mend.Split != "new" {
		return NoteGivenSplit
	}
	survey.Split(w.plan.Split.Val, uint64(w.plan.Split.Seed))
	return NoteSplit
}
