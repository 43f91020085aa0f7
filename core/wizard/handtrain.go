package wizard

import (
	"bytes"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/yolov5"
)

// newestRun prints the newest of the runs below some folders: the one whose
// opt.yaml is the newest.
const newestRun = `new=
for base; do
	for d in "$base"/*; do
		[ -f "$d/opt.yaml" ] || continue
		if [ -z "$new" ] || [ "$d/opt.yaml" -nt "$new/opt.yaml" ]; then new=$d; fi
	done
done
[ -n "$new" ] && printf '%s\n' "$new"
exit 0`

// handTrain looks at a run that the person started with python train.py.
func (w *work) handTrain() error {
	if err := w.meet(); err != nil {
		return err
	}
	code := w.codeThere()
	if w.hand.Code != "" {
		code = w.hand.Code
	}
	run, err := w.handRun(code)
	if err != nil || run == "" {
		return err
	}
	w.note(NoteHandLooked, "path", run)
	options, err := w.handOptions(run, code)
	if err != nil || options == nil {
		return err
	}
	epochs, err := w.handEpochs(run, options)
	if err != nil {
		return err
	}
	best := path.Join(run, "weights", "best.pt")
	sum, err := w.sumThere(best)
	if err != nil {
		return err
	}
	if sum == "" {
		w.differs(NoteHandNoModel, "path", best)
	}
	if w.differences > 0 {
		return nil
	}
	w.fact("run", run)
	w.fact("best_sha256", sum)
	w.trained(epochs)
	return nil
}

// handRun is the folder of the run to look at: the one that was named, or the
// newest; "" if there is none, which has been told then.
func (w *work) handRun(code string) (string, error) {
	if w.hand.Folder != "" {
		ok, err := w.isThere(w.hand.Folder)
		if err == nil && !ok {
			w.differs(NoteHandNoRun, "path", w.hand.Folder)
			return "", nil
		}
		return w.hand.Folder, err
	}
	var out bytes.Buffer
	bases := []string{path.Join(code, "runs", "train"), path.Join(code, "runs"), path.Join(w.record.Steps[journey.Upload].Fact("folder"), "runs")}
	if _, err := w.instance.Run(w.ctx, newestRun, bases, limited(&out)); err != nil {
		return "", err
	}
	run := clean.Line(strings.TrimRight(out.String(), "\r\n"))
	if run == "" {
		w.differs(NoteHandNoRun, "path", bases[0])
	}
	return run, nil
}

// handOptions compares what the run was started with to the plan; nil if it
// cannot be read, which has been told then.
func (w *work) handOptions(run, code string) (map[string]any, error) {
	name := path.Join(run, "opt.yaml")
	text, ok, err := w.readThere(name)
	if err != nil {
		return nil, err
	}
	options := map[string]any{}
	if !ok || len(text) > maxYAMLBytes || yaml.Unmarshal([]byte(text), &options) != nil || len(options) == 0 {
		w.differs(NoteHandNoRun, "path", run)
		return nil, nil
	}
	t := w.plan.Train
	_, weights, err := w.weights(w.plan)
	if err != nil {
		return nil, err
	}
	want := []struct{ key, value string }{
		{"epochs", strconv.Itoa(t.Epochs)},
		{"batch_size", strconv.Itoa(t.Batch)},
		{"imgsz", strconv.Itoa(t.ImgSize)},
		{"data", w.plan.Name + ".yaml"},
		{"cfg", w.plan.Model + ".yaml"},
		{"weights", weights},
	}
	for _, o := range want {
		got, there := option(options, o.key)
		if !there || o.key == "batch_size" && t.Batch == -1 {
			continue
		}
		if o.key == "cfg" && got == "" && weights != "" {
			continue // the weights bring their own
		}
		if got != o.value {
			w.differs(NoteHandSetting, "path", name, "key", o.key, "got", got, "want", o.value)
		}
	}
	return options, w.handAge(run, code)
}

// option is a setting of opt.yaml; of paths, the last name.
func option(options map[string]any, key string) (string, bool) {
	value, ok := options[key]
	if !ok && key == "imgsz" {
		value, ok = options["img_size"] // v5.0: a list of two
		if list, isList := value.([]any); isList && len(list) > 0 {
			value = list[0]
		}
	}
	if !ok || value == nil {
		return "", ok
	}
	text := clean.Line(strings.TrimSpace(strings.Trim(yamlText(value), `"'`)))
	if key == "data" || key == "cfg" || key == "weights" {
		if text = path.Base(filepath.ToSlash(text)); text == "." {
			text = ""
		}
	}
	return text, true
}

func yamlText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// handAge refuses a run that was started before the files that it should have
// used were there.
func (w *work) handAge(run, code string) error {
	var out bytes.Buffer
	yaml := path.Join(code, "data", w.plan.Name+".yaml")
	exit, err := w.instance.Run(w.ctx, `[ ! -e "$2" ] || [ ! "$2" -nt "$1" ]`, []string{path.Join(run, "opt.yaml"), yaml}, limited(&out))
	if err == nil && exit != 0 {
		w.differs(NoteHandOldRun, "path", run)
	}
	return err
}

// handEpochs reads how far the run has come, and tells if it has not ended.
func (w *work) handEpochs(run string, options map[string]any) ([]yolov5.Epoch, error) {
	for _, name := range []string{"results.csv", "results.txt"} {
		text, ok, err := w.readThere(path.Join(run, name))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		epochs, err := yolov5.ParseResults(strings.NewReader(text))
		if err != nil {
			return nil, err
		}
		if len(epochs) < w.plan.Train.Epochs && !stoppedEarly(epochs, options) {
			w.differs(NoteHandNotFinished, "run", run, "epochs", strconv.Itoa(len(epochs)), "of", strconv.Itoa(w.plan.Train.Epochs))
		}
		return epochs, nil
	}
	w.differs(NoteHandNotFinished, "run", run, "epochs", "0", "of", strconv.Itoa(w.plan.Train.Epochs))
	return nil, nil
}

// stoppedEarly reports whether a run ended before its last epoch because it
// did not get better for as many epochs as its patience is.
func stoppedEarly(epochs []yolov5.Epoch, options map[string]any) bool {
	text, _ := option(options, "patience")
	patience, err := strconv.Atoi(text)
	best, ok := yolov5.Best(epochs)
	return err == nil && patience > 0 && ok && epochs[len(epochs)-1].Number-best.Number >= patience
}

// sumThere is the digest of a file of the instance; "" if there is none, or
// nothing in it.
func (w *work) sumThere(name string) (string, error) {
	there, err := filesThere(w.ctx, w.instance, path.Dir(name), path.Base(name))
	return there[path.Base(name)], err
}
