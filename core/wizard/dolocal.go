package wizard

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
)

// DataSpoiled is the problem of data that would ruin the training.
const DataSpoiled problem.Code = "data-spoiled" // check, count, files (the first few)

func (w *work) doCheck() error {
	survey, set, unread := w.readData()
	if set == nil {
		return unread
	}
	// Labels that cannot be read keep nothing else from being found.
	if err := w.lookAtPictures(survey, set, true); err != nil {
		return err
	}
	var names []string
	boxes := 0
	for _, c := range set.Classes {
		names = append(names, c.Name)
		boxes += c.Total
	}
	split := "given"
	if set.Layout == dataset.Flat {
		split = "none"
	}
	w.evidence.Data, w.evidence.Output = set.Fingerprint, set.Fingerprint
	w.fact("pictures", strconv.Itoa(len(set.Items)))
	w.fact("boxes", strconv.Itoa(boxes))
	w.fact("megapixels", megapixels(set))
	w.fact("class_names", planfile.JoinList(names))
	w.fact("split", split)
	w.fact("format", string(set.Format))
	w.fact("checks", checkNames(set.Findings))
	w.fact("findings", strconv.Itoa(len(set.Findings)))
	w.note(NoteDataRead, "pictures", strconv.Itoa(len(set.Items)), "boxes", strconv.Itoa(boxes), "classes", planfile.JoinList(names))
	for _, path := range set.LeftOut {
		w.note(NoteLeftOut, "path", path)
	}
	if err := journey.WriteJSON(w.StatePath(findingsFile), set.Findings); err != nil {
		return err
	}
	var ruin *dataset.Finding
	for i, f := range set.Findings {
		w.noteFinding(f)
		if f.Severity == dataset.Ruins && ruin == nil {
			ruin = &set.Findings[i]
		}
	}
	switch {
	case unread != nil:
		return unread
	case ruin != nil:
		return problem.New(DataSpoiled, nil, "check", string(ruin.Check), "count", strconv.Itoa(len(ruin.Files)), "files", someFiles(ruin.Files))
	}
	return nil
}

// megapixels is the size of the pictures on the average, as the forecast of the
// training time needs it: they are decoded again in every epoch.
func megapixels(set *dataset.Set) string {
	pixels, n := 0.0, 0
	for _, item := range set.Items {
		if item.Width > 0 && item.Height > 0 {
			pixels += float64(item.Width) * float64(item.Height)
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(pixels/float64(n)/1e6, 'f', 2, 64)
}

const (
	findingsFile     = "findings.json"
	maxFindingsBytes = 64 << 20
)

// Findings are what the last check of the data found, the worst first. Without
// a record of it that can be read there are none.
func (p *Project) Findings() []dataset.Finding {
	f, err := os.Open(p.StatePath(findingsFile))
	if err != nil {
		return nil
	}
	defer f.Close()
	var findings []dataset.Finding
	if json.NewDecoder(io.LimitReader(f, maxFindingsBytes)).Decode(&findings) != nil {
		return nil
	}
	return findings
}

// checkNames lists the checks that found something, each once.
func checkNames(findings []dataset.Finding) string {
	var names []string
	for _, f := range findings {
		if !slices.Contains(names, string(f.Check)) {
			names = append(names, string(f.Check))
		}
	}
	return planfile.JoinList(names)
}

func (w *work) noteFinding(f dataset.Finding) {
	w.env.Face.Tell(Event{Step: w.step, Kind: KindNote, Code: NoteFinding, Args: FindingArgs(f)})
}

// FindingArgs are the details of a finding as NoteFinding tells them.
func FindingArgs(f dataset.Finding) map[string]string {
	args := map[string]string{
		"check": string(f.Check), "severity": string(f.Severity), "mend": string(f.Mend),
		"count": strconv.Itoa(len(f.Files)), "files": somePlaces(f),
	}
	if len(f.Lines) > 0 {
		args["line"] = strconv.Itoa(f.Lines[0])
	}
	maps.Copy(args, f.Args)
	return args
}

// some is how many files a sentence names.
const some = 3

// somePlaces are the first files of a finding, with the line where there is one.
func somePlaces(f dataset.Finding) string {
	var places []string
	for i := range min(len(f.Files), some+1) {
		places = append(places, f.Place(i))
	}
	return someFiles(places)
}

func someFiles(files []string) string {
	if len(files) > some {
		return strings.Join(files[:some], ", ") + ", ..."
	}
	return strings.Join(files, ", ")
}

func (w *work) doConvert() error {
	survey, set, err := w.readChecked()
	if err != nil {
		return err
	}
	divided := w.divide(survey, set)
	if err := w.prepare(set, w.labelOptions(set)); err != nil {
		return err
	}
	// What cannot be used was left out meanwhile.
	w.note(divided, "train", w.evidence.Fact("train"), "val", w.evidence.Fact("val"))
	return nil
}

// prepare writes the data set as YOLOv5 wants it.
func (w *work) prepare(set *dataset.Set, o label.Options) error {
	out := w.preparedDataset()
	manifest, err := label.Prepare(w.ctx, set, out, o, func(done, total int, path string) {
		w.progress(instance.Progress{Phase: "convert", Files: done, FilesTotal: total, Path: path})
	})
	if err != nil {
		return err
	}
	w.fact("train", strconv.Itoa(manifest.Train))
	w.fact("val", strconv.Itoa(manifest.Val))
	w.fact("boxes", strconv.Itoa(manifest.Boxes))
	// From here on a class keeps its number, whatever else the data will hold.
	if !w.Project.plan.Given("classes") {
		if err := w.Set("classes", planfile.JoinList(manifest.Classes)); err != nil {
			return err
		}
	}
	w.evidence.Output = journey.Digest(manifest.Digest, planfile.JoinList(manifest.Classes))
	w.fact("folder", w.rel(out))
	skipped := ""
	if n := len(manifest.Skipped); n > 0 {
		skipped = strconv.Itoa(n)
	}
	w.note(NoteConverted, "pictures", strconv.Itoa(manifest.Train+manifest.Val), "labels", strconv.Itoa(manifest.Boxes),
		"folder", w.rel(out), "skipped", skipped)
	return nil
}

// DataMoved is the problem of data that changed after they were checked.
const DataMoved problem.Code = "data-changed" // path
