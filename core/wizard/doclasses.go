package wizard

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/natefinch/atomic"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
	"gpuwizard/core/yolov5"
)

// doClasses writes the two files that the article's reader edits by hand: the
// data set YAML, and a copy of the model YAML with its class count changed.
// The person's own code folder stays as it is; on the instance the copy takes
// the place of the original.
func (w *work) doClasses() error {
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Convert))
	}
	data := w.dataYAML("../dataset", manifest.Classes)
	dataPath := filepath.Join(w.preparedCode(), "data", w.plan.Name+".yaml")
	if err := w.write(dataPath, data); err != nil {
		return err
	}
	w.note(NoteDataYAML, "path", w.rel(dataPath))
	w.tellBeside()
	release := yolov5.Release("")
	if w.plan.Code.OnInstance() {
		w.note(NoteModelOnThere, "path", modelPaths(w.plan.Model)[0])
	} else {
		if release, err = w.editModel(len(manifest.Classes)); err != nil {
			return err
		}
	}
	return w.classesDone(release, manifest.Classes)
}

// classesDone keeps what the step came to, and tells how the training is going
// to be started.
func (w *work) classesDone(release yolov5.Release, classes []string) (err error) {
	if w.evidence.Code, err = w.codeFingerprint(w.ctx, w.plan); err != nil {
		return err
	}
	_, weights, err := w.weights(w.plan)
	if err != nil {
		return err
	}
	w.evidence.Output = journey.Digest(w.evidence.Code, journey.Digest(sumLines(w.evidence.Files)...))
	w.fact("classes", planfile.JoinList(classes))
	w.fact("nc", strconv.Itoa(len(classes)))
	w.fact("release", string(release))
	settings := w.settings(release, weights)
	settings.Project, settings.Name = "<runs>", "<run>"
	w.note(NoteCommand, "command", shellword.Join(settings.Command()...))
	return nil
}

// tellBeside says where the code is that was found beside the data.
func (w *work) tellBeside() {
	for _, c := range append(codeChoices(w.Project), zipChoices(w.Project)...) {
		if mine := w.plan.Code.Folder + w.plan.Code.Zip; c.Value == mine && c.Args[besideData] != "" && w.Project.plan.Code == (planfile.Code{}) {
			w.note(NoteCodeBeside, "path", filepath.Join(c.Args[besideData], path.Base(c.Value)))
			return
		}
	}
}

func (w *work) editModel(classes int) (yolov5.Release, error) {
	code, err := w.openCode(w.plan)
	if err != nil {
		return "", err
	}
	defer code.Close()
	release, err := yolov5.ReleaseOf(code.FS)
	if err != nil {
		return "", err
	}
	name, old, err := code.modelYAML(w.plan.Model)
	if err != nil {
		return "", err
	}
	from, line, err := yolov5.ClassCount(old)
	if err != nil {
		return "", err
	}
	edited, err := yolov5.SetClassCount(old, classes)
	if err != nil {
		return "", err
	}
	out := filepath.Join(w.preparedCode(), filepath.FromSlash(name))
	if err := w.write(out, edited); err != nil {
		return "", err
	}
	w.fact("model_yaml", name)
	w.note(NoteModelYAML, "path", name, "from", strconv.Itoa(from), "to", strconv.Itoa(classes), "line", strconv.Itoa(line))
	return release, nil
}

// dataYAML renders the data set YAML for a data set folder.
func (w *work) dataYAML(folder string, classes []string) []byte {
	return yolov5.DataYAML(yolov5.DataYAMLOptions{
		Path: folder, Train: "images/train", Val: "images/val", Names: classes,
	})
}

// settings are the training's as far as the plan has them; where things are on
// the instance is left to the caller.
func (w *work) settings(release yolov5.Release, weights string) yolov5.Settings {
	t := w.plan.Train
	return yolov5.Settings{
		Release: release, Python: "python", Cfg: w.modelYAML(), Weights: weights, Data: "data/" + w.plan.Name + ".yaml",
		Epochs: t.Epochs, Batch: t.Batch, ImgSize: t.ImgSize, Device: t.Device, Workers: -1, ExistOK: true, Extra: t.Extra,
	}
}

// modelYAML is where in the code the model's YAML is.
func (w *work) modelYAML() string {
	name := modelPaths(w.plan.Model)[0]
	for _, e := range []*journey.Evidence{w.record.Steps[journey.Upload], w.record.Steps[journey.Classes], w.evidence} {
		if found := e.Fact("model_yaml"); found != "" {
			name = found
		}
	}
	return name
}

// write writes a file of the prepared folder at once or not at all, and keeps
// it as evidence.
func (w *work) write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return cannotWrite(name, err)
	}
	if err := atomic.WriteFile(name, bytes.NewReader(data)); err != nil {
		return cannotWrite(name, err)
	}
	return w.keep(name)
}

// keep adds a file that the step made to its evidence.
func (w *work) keep(name string) error {
	s, err := localSource(name, w.rel(name))
	if err != nil {
		return cannotWrite(name, err)
	}
	w.evidence.Files = append(w.evidence.Files, instance.FileFact{Path: s.Path, Size: s.Size, SHA256: s.SHA256})
	return nil
}

func cannotWrite(name string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return problem.New(instance.LocalNoSpace, err, "path", name)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return problem.New(LocalReadOnly, err, "path", name)
	}
	return problem.New(StepFailed, err, "step", "", "detail", path.Base(filepath.ToSlash(name))+": "+err.Error())
}
