package wizard

import (
	"bytes"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/rental"
	"gpuwizard/core/yolov5"
)

// The notes about what the model finds on pictures that it has not learned
// from.
const (
	NotePredict     NoteCode = "predict"      // count (pictures): some seconds of paid time
	NotePredicted   NoteCode = "predicted"    // count, folder, seconds, cost, objects, on (pictures with any); the last two may be unknown
	NotePredictNull NoteCode = "predict-null" // count: it found nothing on any of them
	NotePredictPlay NoteCode = "predict-play" // count, folder: the practice instance played them back
	NotePredictNone NoteCode = "predict-none" // why (detect-script, no-pictures)
	// NotePredictFail: log, detail: in words, by why (exit, late, lost, empty, problem),
	// exit, output, or the problem's code and details. The model is not affected.
	NotePredictFail NoteCode = "predict-fail"
)

const (
	// mostPredicted is how many pictures the model is tried on: as many as a
	// person looks at, and as take a GPU no longer than loading torch does.
	mostPredicted = 9
	// predictTime is how long that may take: on a processor, some seconds for
	// torch and a second a picture.
	predictTime = 3 * time.Minute
	// predictionsFolder is below the folder of the result.
	predictionsFolder = "predictions"
	maxPrediction     = 32 << 20
)

// predict lets detect.py draw what the model finds on some of the pictures that
// it was not trained on, and brings those here. It is an extra: nothing that
// goes wrong with it is an error of the step.
func (w *work) predict(model instance.FileFact, run, folder string) error {
	if w.plan.Result.Predictions == "no" {
		return nil
	}
	return w.excuse(NotePredictFail, w.drawPredictions(model, run, folder))
}

// excuse turns what went wrong with an extra into a note; the person's own stop
// stays what it is.
func (w *work) excuse(code NoteCode, err error) error {
	if err == nil || w.ctx.Err() != nil {
		return err
	}
	p := w.coded(err)
	args := map[string]string{"why": "problem", "code": string(p.Code)}
	maps.Copy(args, p.Args)
	w.env.Face.Tell(Event{Step: w.step, Kind: KindNote, Code: code, Args: args})
	return nil
}

func (w *work) drawPredictions(model instance.FileFact, run, folder string) error {
	names := w.unseenPictures()
	if len(names) == 0 {
		w.note(NotePredictNone, "why", "no-pictures")
		return nil
	}
	s, err := w.settingsThere(run)
	if err != nil {
		return err
	}
	script, ok, err := w.readThere(path.Join(s.CodeDir, yolov5.DetectScript))
	if err != nil {
		return err
	}
	if !ok {
		w.note(NotePredictNone, "why", "detect-script")
		return nil
	}
	about := append([]string{model.SHA256}, names...)
	place := path.Join(w.record.Steps[journey.Upload].Fact("folder"), predictionsFolder, journey.Digest(about...)[:12])
	pictures, drawn := path.Join(place, "pictures"), path.Join(place, "drawn")
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, copyPictures, append([]string{pictures, path.Join(w.datasetThere(), "images", "val")}, names...), limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		w.note(NotePredictNone, "why", "no-pictures")
		return nil
	}
	w.note(NotePredict, "count", strconv.Itoa(len(names)))
	done, err := w.sendOn(errand{
		name: "predict", about: about, most: predictTime,
		call: s.Detect(yolov5.OptionsOf([]byte(script)), path.Join(run, "weights", "best.pt"), pictures, drawn),
	})
	if err != nil {
		return err
	}
	if !done.ok {
		w.noteFailed(NotePredictFail, done)
		return nil
	}
	return w.fetchPredictions(drawn, folder, names, done)
}

// noteFailed tells how an errand failed.
func (w *work) noteFailed(code NoteCode, o outcome) {
	why := "exit"
	switch {
	case o.late:
		why = "late"
	case o.lost:
		why = "lost"
	case o.ok:
		why = "empty"
	}
	w.note(code, "exit", strconv.Itoa(o.exit), "output", o.why(), "log", o.file, "why", why)
}

// copyPictures puts some pictures of a folder into one of their own; it fails
// if none of them is there.
const copyPictures = `to=$1 from=$2 some=1
shift 2
rm -rf "$to"
mkdir -p "$to" || exit 1
for name do
	if [ -f "$from/$name" ]; then cp "$from/$name" "$to/$name" && some=0; fi
done
exit $some
`

// shownKinds are the kinds of pictures that every release reads and that can be
// shown here.
var shownKinds = []string{".jpg", ".jpeg", ".png", ".bmp", ".webp"}

// unseenPictures are the names of some of the pictures to validate on, the same
// each time, spread over all of them.
func (w *work) unseenPictures() []string {
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return nil
	}
	var all []string
	for _, f := range manifest.Files {
		dir, name := path.Split(f.Path)
		if dir == "images/val/" && slices.Contains(shownKinds, strings.ToLower(path.Ext(name))) {
			all = append(all, name)
		}
	}
	n := min(len(all), mostPredicted)
	names := make([]string, 0, n)
	for i := range n {
		names = append(names, all[i*len(all)/n])
	}
	return names
}

// settingsThere are what is to be known of a training to use its outcome on the
// instance, as the run's own opt.yaml has it.
func (w *work) settingsThere(run string) (yolov5.Settings, error) {
	python, err := w.choosePython()
	if err != nil {
		return yolov5.Settings{}, err
	}
	at := preflight.Site{Folder: w.record.Steps[journey.Upload].Fact("folder")}
	s := yolov5.Settings{
		Release: yolov5.Release(w.record.Steps[journey.Classes].Fact("release")), Python: python.Path, CodeDir: w.codeThere(),
		Data: "data/" + w.plan.Name + ".yaml", ImgSize: w.plan.Train.ImgSize, Device: w.record.Steps[journey.Train].Fact("device"), ConfigDir: at.Config(),
	}
	text, ok, err := w.readThere(path.Join(run, "opt.yaml"))
	if err != nil || !ok {
		return s, err
	}
	options := map[string]any{}
	if yaml.Unmarshal([]byte(text), &options) != nil {
		return s, nil
	}
	if data := yamlText(options["data"]); data != "" {
		s.Data = data
	}
	if size, ok := option(options, "imgsz"); ok {
		if n, err := strconv.Atoi(size); err == nil && n > 0 {
			s.ImgSize = n
		}
	}
	if device, ok := option(options, "device"); ok && planfile.CheckDevice(device) == nil {
		s.Device = device
	}
	return s, nil
}

// fetchPredictions brings the pictures that were drawn, of those that were
// asked for.
func (w *work) fetchPredictions(drawn, folder string, names []string, done outcome) error {
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, listRun, []string{drawn}, limited(&out))
	if err != nil {
		return err
	}
	sizes := fileSizes(out.String())
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return exit != 0 || sizes[name] <= 0 || sizes[name] > maxPrediction
	})
	if err := w.bringSmall(drawn, names, filepath.Join(folder, predictionsFolder)); err != nil {
		return err
	}
	count := len(names)
	if count == 0 {
		w.noteFailed(NotePredictFail, done)
		return nil
	}
	here := path.Join(w.rel(folder), predictionsFolder)
	w.fact("predictions", here)
	w.fact("predicted", strconv.Itoa(count))
	objects, on := "", ""
	seen := yolov5.DetectedOf(done.log)
	if seen.Objects > 0 {
		objects, on = strconv.Itoa(seen.Objects), strconv.Itoa(seen.Pictures-seen.Empty)
	}
	if w.facts.Rehearsal {
		w.note(NotePredictPlay, "count", strconv.Itoa(count), "folder", here)
		return nil
	}
	w.note(NotePredicted, "count", strconv.Itoa(count), "folder", here, "seconds", errandSeconds(done), "cost", w.priceOf(done), "objects", objects, "on", on)
	if seen.Pictures > 0 {
		w.fact("found", strconv.Itoa(seen.Objects))
	}
	if seen.Pictures > 0 && seen.Objects == 0 {
		w.note(NotePredictNull, "count", strconv.Itoa(seen.Pictures))
	}
	return nil
}

// errandSeconds is how long an errand took, at least one second.
func errandSeconds(o outcome) string { return seconds(max(o.took, time.Second)) }

// priceOf is what the instance cost during an errand; "" if that is not known.
func (w *work) priceOf(o outcome) string {
	terms, ok := w.billed()
	if !ok {
		return ""
	}
	return rental.Cost(terms.PerHour, o.took).String()
}
