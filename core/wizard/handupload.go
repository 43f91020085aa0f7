package wizard

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

// handUpload looks whether the data set and the code are on the instance,
// whole and as they are here, however they got there.
func (w *work) handUpload() error {
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Convert))
	}
	if err := w.meet(); err != nil {
		return err
	}
	at, err := w.placesThere()
	if err != nil {
		return err
	}
	if err := w.handDataset(at.dataset); err != nil {
		return err
	}
	if err := w.handCode(at.code, at.dataset, manifest.Classes); err != nil || w.differences > 0 {
		return err
	}
	folder, err := w.chooseFolder()
	if err != nil {
		return err
	}
	// Jobs, runs and settings go where the wizard puts its own things.
	w.fact("folder", folder)
	w.fact("code", at.code)
	w.fact("dataset", at.dataset)
	w.evidence.Output = journey.Digest(at.dataset, at.code, w.evidence.Receipts["dataset"].Digest, w.evidence.Receipts["code"].Digest)
	w.evidence.Code, err = w.codeFingerprint(w.ctx, w.plan)
	return err
}

// handDataset compares the data set there with the prepared one.
func (w *work) handDataset(folder string) error {
	there, err := w.listOrTell("dataset", folder, "images")
	if err != nil || there == nil {
		return err
	}
	want := w.sentFiles(w.ctx, "dataset")
	var missing, differ, extra []string
	for _, name := range sortedKeys(want) {
		switch there[name] {
		case want[name]:
		case "":
			missing = append(missing, name)
		default:
			differ = append(differ, name)
		}
	}
	for _, name := range sortedKeys(there) {
		if _, known := want[name]; !known && strings.HasPrefix(name, "images/") && !leaving(name) {
			extra = append(extra, name)
		}
	}
	if len(differ) > 0 {
		if differ, err = w.differentLabels(folder, differ); err != nil {
			return err
		}
	}
	w.differFiles(NoteHandMissing, missing, "what", "dataset")
	w.differFiles(NoteHandDiffers, differ, "what", "dataset")
	w.differFiles(NoteHandExtra, extra, "what", "dataset")
	w.receive("dataset", folder, there, want)
	return nil
}

// differentLabels leaves out the labels that say the same in other bytes: line
// ends, or more digits.
func (w *work) differentLabels(folder string, names []string) ([]string, error) {
	labels, err := labelsThere(w.ctx, w.instance, folder)
	if err != nil {
		return nil, err
	}
	var differ []string
	for _, name := range names {
		stem, isLabel := strings.CutPrefix(strings.TrimSuffix(name, ".txt"), "labels/")
		mine, err := readUpTo(w.path(w.rel(w.preparedDataset())+"/"+name), maxHandLabel)
		if !isLabel || err != nil || !sameRows(mine, labels[stem]) {
			differ = append(differ, name)
		}
	}
	return differ, nil
}

// sameRows reports whether two label files hold the same boxes, to a hundredth
// of a percent of the picture.
func sameRows(a, b string) bool {
	mine, broken, _ := parseRows(a)
	theirs, theirBroken, _ := parseRows(b)
	if broken != "" || theirBroken != "" || len(mine) != len(theirs) {
		return false
	}
	for i := range mine {
		if mine[i].class != theirs[i].class || mine[i].distance(theirs[i], 1, 1) > 1e-4 {
			return false
		}
	}
	return true
}

// handCode compares the code there with the code here, and looks at the files
// that the class count and the classes stand in.
func (w *work) handCode(folder, dataset string, classes []string) error {
	there, err := w.listOrTell("code", folder, "train.py")
	if err != nil || there == nil {
		return err
	}
	want := w.sentFiles(w.ctx, "code")
	if want == nil {
		w.note(NoteHandUnknown, "path", folder)
		want = there
	}
	model := w.record.Steps[journey.Classes].Fact("model_yaml")
	var missing, differ []string
	for _, name := range sortedKeys(want) {
		switch {
		case name == model || there[name] == want[name]:
		case there[name] == "":
			missing = append(missing, name)
		default:
			differ = append(differ, name)
		}
	}
	if differ, err = w.otherLineEnds(folder, differ); err != nil {
		return err
	}
	w.differFiles(NoteHandMissing, missing, "what", "code")
	w.differFiles(NoteHandDiffers, differ, "what", "code")
	read := func(name string) (string, bool, error) { return w.readThere(path.Join(folder, name)) }
	if _, _, err := w.handModel(read, folder, len(classes)); err != nil {
		return err
	}
	if err := w.handDataYAML(read, folder, classes, dataset); err != nil {
		return err
	}
	w.receive("code", folder, there, want)
	return nil
}

// articleEdits are files that the article has its reader change.
var articleEdits = []string{"train.py"}

// otherLineEnds leaves out files of text that the way there gave other line
// ends, and those that the article's reader is told to edit.
func (w *work) otherLineEnds(folder string, names []string) ([]string, error) {
	var differ []string
	for _, name := range names {
		if slices.Contains(articleEdits, name) {
			continue
		}
		same, err := w.sameText(folder, name)
		if err != nil {
			return nil, err
		}
		if !same {
			differ = append(differ, name)
		}
		if len(differ) > maxHandTold {
			break // one by one is slow, and this is enough to tell
		}
	}
	return differ, nil
}

func (w *work) sameText(folder, name string) (bool, error) {
	code, err := w.openCode(w.plan)
	if err != nil {
		return false, nil
	}
	defer code.Close()
	f, err := code.Open(name)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	var mine bytes.Buffer
	if _, err := mine.ReadFrom(f); err != nil || mine.Len() > maxYAMLBytes {
		return false, nil
	}
	theirs, ok, err := w.readThere(path.Join(folder, name))
	return ok && strings.ReplaceAll(mine.String(), "\r\n", "\n") == strings.ReplaceAll(theirs, "\r\n", "\n"), err
}

// listOrTell lists a folder there, or tells that it is not there: nil.
func (w *work) listOrTell(what, folder, sign string) (map[string]string, error) {
	if folder == "" {
		w.differs(NoteHandNoFolder, "what", what, "path", w.facts.Home)
		return nil, nil
	}
	w.note(NoteHandLooked, "path", folder)
	there, err := filesThere(w.ctx, w.instance, folder)
	if err != nil {
		return nil, err
	}
	if there == nil {
		w.differs(NoteHandNoFolder, "what", what, "path", folder)
		return nil, nil
	}
	for name := range there {
		if name == sign || strings.HasPrefix(name, sign+"/") {
			return there, nil
		}
	}
	deeper, err := w.deeperThere(folder, sign)
	if err != nil {
		return nil, err
	}
	if deeper != "" {
		w.differs(NoteHandDeeper, "path", folder, "found", clean.Line(deeper))
		return nil, nil
	}
	w.differs(NoteHandMissing, "what", what, "count", "1", "files", path.Join(folder, sign))
	return nil, nil
}

// receive records what was seen of a folder in the way of an upload's receipt.
func (w *work) receive(what, folder string, there, want map[string]string) {
	seen := map[string]string{}
	for name := range want {
		seen[name] = there[name]
	}
	if w.evidence.Receipts == nil {
		w.evidence.Receipts = map[string]instance.Receipt{}
	}
	w.evidence.Receipts[what] = instance.Receipt{Folder: folder, Files: len(seen), Digest: receiptDigest(seen)}
}
