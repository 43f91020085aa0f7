package wizard

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// handDownload looks at a model that the person fetched and renamed.
func (w *work) handDownload() error {
	want := modelName(w.plan) + ".pt"
	name, err := w.handFile(want)
	if err != nil || name == "" {
		return err
	}
	file := w.path(name)
	w.note(NoteHandLooked, "path", w.rel(file))
	if filepath.Base(file) != want {
		w.differs(NoteHandName, "path", w.rel(file), "want", want)
	}
	source, err := localSource(file, w.rel(file))
	if err != nil {
		return problem.New(LocalReadOnly, err, "path", file)
	}
	if err := w.meet(); err != nil {
		return err
	}
	run := w.record.Steps[journey.Train].Fact("run")
	there, err := w.sumThere(path.Join(run, "weights", "best.pt"))
	if err != nil {
		return err
	}
	switch {
	case there == "":
		w.differs(NoteHandNoModel, "path", path.Join(run, "weights", "best.pt"))
	case there != source.SHA256:
		w.differs(NoteHandSum, "path", w.rel(file), "got", source.SHA256, "want", there)
	}
	f, err := os.Open(file)
	if err != nil {
		return problem.New(LocalReadOnly, err, "path", file)
	}
	defer f.Close()
	info, err := yolov5.CheckWeights(f, source.Size)
	if err == nil && info.Rehearsal != w.facts.Rehearsal {
		err = problem.New(NotRehearsed, nil, "path", w.rel(file))
	}
	if err != nil {
		return err
	}
	if w.differences > 0 {
		return nil
	}
	w.evidence.Files = append(w.evidence.Files, instance.FileFact{Path: w.rel(file), Size: source.Size, SHA256: source.SHA256})
	w.fact("model", w.rel(file))
	w.fact("run", run)
	if err := w.handCurves(run, filepath.Dir(file)); err != nil {
		return err
	}
	return w.finish()
}

// handReport writes the report of a model that the person fetched, once that is
// on record: beside the model, unless that lies where a new file is taken for a
// change of the code.
func (w *work) handReport() error {
	folder := filepath.Dir(w.path(w.evidence.Fact("model")))
	if code := w.plan.Code.Folder; code != "" && folder == w.path(code) {
		var err error
		if folder, err = w.resultFolder(w.evidence.Fact("run")); err != nil {
			return err
		}
	}
	if err := w.excuse(NoteReportFail, w.report(folder)); err != nil {
		return err
	}
	return w.save()
}

// handCurves looks for the run's curves beside the model, and records those
// that are the run's own. They are no part of the step: one that is missing or
// another's is told, and does not count.
func (w *work) handCurves(run, folder string) error {
	var out bytes.Buffer
	if _, err := w.instance.Run(w.ctx, listRun, []string{run}, limited(&out)); err != nil {
		return err
	}
	names := curves(out.String())
	names = slices.DeleteFunc(names[:min(len(names), maxCurves)], func(name string) bool {
		info, err := os.Lstat(filepath.Join(folder, name))
		return err != nil || !info.Mode().IsRegular()
	})
	var there map[string]string
	if len(names) > 0 {
		var err error
		if there, err = filesThere(w.ctx, w.instance, run, names...); err != nil {
			return err
		}
	}
	var others []string
	count := 0
	for _, name := range names {
		file := filepath.Join(folder, name)
		source, err := localSource(file, w.rel(file))
		if err != nil || there[name] != source.SHA256 {
			others = append(others, w.rel(file))
			continue
		}
		count++
		w.evidence.Files = append(w.evidence.Files, instance.FileFact{Path: w.rel(file), Size: source.Size, SHA256: source.SHA256})
	}
	if len(others) > 0 {
		w.note(NoteHandOther, "count", strconv.Itoa(len(others)), "files", someFiles(others))
	}
	w.note(NoteHandCurves, "count", strconv.Itoa(count), "run", run, "folder", w.rel(folder))
	return nil
}

// handFile is the file to look at: the one that was named, or one of the
// article's name in the folders where it may lie.
func (w *work) handFile(want string) (string, error) {
	tried := []string{want, path.Join(resultFolder, want), path.Join(w.plan.Code.Folder, want), "best.pt", path.Join(resultFolder, "best.pt")}
	if w.hand.Folder != "" {
		tried = []string{w.hand.Folder}
	}
	for _, name := range tried {
		info, err := os.Stat(w.path(name))
		if err == nil && info.Mode().IsRegular() {
			return name, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", problem.New(LocalReadOnly, err, "path", w.path(name))
		}
	}
	w.differs(NoteHandMissing, "what", "weights", "count", "1", "files", tried[0])
	return "", nil
}
