package wizard

import (
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// handClasses looks at the two files that the article's reader edits: the
// class count in the model YAML, and the data set YAML, here or on the
// instance.
func (w *work) handClasses() error {
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Convert))
	}
	read, code, err := w.handFiles()
	if err != nil || read == nil {
		return err
	}
	w.note(NoteHandLooked, "path", code)
	modelName, model, err := w.handModel(read, code, len(manifest.Classes))
	if err != nil {
		return err
	}
	if err := w.handDataYAML(read, code, manifest.Classes, ""); err != nil || w.differences > 0 {
		return err
	}
	return w.takeOverClasses(modelName, model, manifest.Classes)
}

// handFiles returns how to read a file of the person's code folder, and what
// that folder is called; nil if there is none, which has been told then.
func (w *work) handFiles() (read func(name string) (string, bool, error), code string, err error) {
	if !w.hand.There {
		code = w.hand.Code
		if code == "" {
			code = w.plan.Code.Folder
		}
		dir := w.path(code)
		if info, err := os.Stat(dir); code == "" || err != nil || !info.IsDir() {
			w.differs(NoteHandNoFolder, "what", "code", "path", code)
			return nil, "", nil
		}
		return func(name string) (string, bool, error) {
			text, err := readUpTo(filepath.Join(dir, filepath.FromSlash(name)), maxYAMLBytes)
			return text, err == nil, nil
		}, code, nil
	}
	if err := w.meet(); err != nil {
		return nil, "", err
	}
	found, err := w.placesThere()
	if err != nil {
		return nil, "", err
	}
	if found.code == "" {
		w.differs(NoteHandNoFolder, "what", "code", "path", w.facts.Home)
		return nil, "", nil
	}
	w.fact("place", found.code)
	return func(name string) (string, bool, error) { return w.readThere(path.Join(found.code, name)) }, found.code, nil
}

// handModel looks at the class count of the model YAML.
func (w *work) handModel(read func(string) (string, bool, error), code string, want int) (name, text string, err error) {
	for _, name = range modelPaths(w.plan.Model) {
		text, ok, err := read(name)
		if err != nil {
			return "", "", err
		}
		if !ok {
			continue
		}
		at := path.Join(filepath.ToSlash(code), name)
		nc, line, err := yolov5.ClassCount([]byte(text))
		switch {
		case err != nil:
			w.differs(NoteHandYAML, "path", at, "line", lineOf(err))
		case nc != want:
			w.differs(NoteHandNC, "path", at, "line", strconv.Itoa(line), "got", strconv.Itoa(nc), "want", strconv.Itoa(want))
		}
		return name, text, nil
	}
	w.differs(NoteHandMissing, "what", "model-yaml", "count", "1", "files", modelPaths(w.plan.Model)[0])
	return "", "", nil
}

// handDataYAML looks at the data set YAML. On the instance its folders must be
// there; and where the data set is known, they must be its own.
func (w *work) handDataYAML(read func(string) (string, bool, error), code string, classes []string, dataset string) error {
	name := "data/" + w.plan.Name + ".yaml"
	at := path.Join(filepath.ToSlash(code), name)
	text, ok, err := read(name)
	if err != nil {
		return err
	}
	if !ok {
		w.differs(NoteHandMissing, "what", "data-yaml", "count", "1", "files", at)
		return nil
	}
	data, err := yolov5.ParseDataYAML([]byte(text))
	if err != nil {
		w.differs(NoteHandYAML, "path", at, "line", lineOf(err))
		return nil
	}
	if got, want := strings.Join(data.Names, ", "), strings.Join(classes, ", "); got != want {
		w.differs(NoteHandNames, "path", at, "got", got, "want", want)
	}
	if dataset == "" && !w.hand.There {
		return nil
	}
	for _, part := range []struct {
		key     string
		folders []string
	}{{"train", data.Train}, {"val", data.Val}} {
		for _, folder := range part.folders {
			full := folder
			if !path.IsAbs(full) {
				full = path.Join(data.Path, full)
			}
			if !path.IsAbs(full) {
				full = path.Join(code, full)
			}
			full = path.Clean(full)
			ok, err := w.isThere(full)
			if err != nil {
				return err
			}
			want := ""
			if dataset != "" {
				want = path.Join(dataset, "images", part.key)
			}
			if !ok || want != "" && full != want {
				w.differs(NoteHandPath, "path", at, "key", part.key, "got", full, "want", want)
			}
		}
	}
	return nil
}

func lineOf(err error) string {
	if p, ok := problem.As(err); ok {
		return p.Args["line"]
	}
	return ""
}

// takeOverClasses keeps what the following steps build on, with the person's
// model YAML in the place of the wizard's own edit.
func (w *work) takeOverClasses(modelName, model string, classes []string) error {
	dataPath := filepath.Join(w.preparedCode(), "data", w.plan.Name+".yaml")
	if err := w.write(dataPath, w.dataYAML("../dataset", classes)); err != nil {
		return err
	}
	if err := w.write(filepath.Join(w.preparedCode(), filepath.FromSlash(modelName)), []byte(model)); err != nil {
		return err
	}
	w.fact("model_yaml", modelName)
	release := yolov5.Release("")
	if !w.plan.Code.OnInstance() {
		code, err := w.openCode(w.plan)
		if err != nil {
			return err
		}
		defer code.Close()
		if release, err = yolov5.ReleaseOf(code.FS); err != nil {
			return err
		}
	}
	return w.classesDone(release, classes)
}
