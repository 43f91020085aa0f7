package wizard

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"

	"gpuwizard/assets"
	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// HurdleLeft is the problem of a hurdle that would end the training and was
// not taken away.
const HurdleLeft problem.Code = "hurdle-left" // check, count

// A Mender is a Face that can be asked about a hurdle while the step waits.
// Without it the step fails with the hurdle, and its remedy can be applied then
// (see Project.ApplyMend).
type Mender interface {
	// Mend asks whether to take a hurdle away by its remedy.
	Mend(ctx context.Context, h preflight.Hurdle) (bool, error)
}

// findSite says where the training is going to take place.
func (w *work) findSite(folder, python string) (preflight.Site, error) {
	upload := w.record.Steps[journey.Upload]
	s := preflight.Site{
		Python: python, Folder: folder, Code: w.codeThere(), Dataset: w.datasetThere(),
		Ours: upload.Fact("code") == "" && upload.Fact("dataset") == "",
		Data: "data/" + w.plan.Name + ".yaml", Cfg: w.modelYAML(), Release: yolov5.Release(w.record.Steps[journey.Classes].Fact("release")),
	}
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return s, problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Convert))
	}
	s.Classes = manifest.Classes
	if _, s.Weights, err = w.weights(w.plan); err != nil {
		return s, err
	}
	script, requirements, err := w.codeTexts(s.Code)
	if err != nil {
		return s, err
	}
	s.Options = yolov5.OptionsOf(script)
	if s.Release == "" {
		// The code was brought to the instance from elsewhere.
		s.Release, _ = yolov5.ReleaseOf(fstest.MapFS{"train.py": {Data: script}})
	}
	for _, r := range yolov5.Requirements(requirements) {
		if !r.Keep && r.Marker == "" {
			s.Needs = append(s.Needs, r)
		}
	}
	return s, nil
}

// maxCodeText bounds what is read of a file of the code.
const maxCodeText = 1 << 20

// codeTexts returns train.py and requirements.txt, from here where they are
// here.
func (w *work) codeTexts(there string) (script, requirements []byte, err error) {
	if !w.plan.Code.OnInstance() {
		code, err := w.openCode(w.plan)
		if err != nil {
			return nil, nil, err
		}
		defer code.Close()
		read := func(name string) []byte {
			f, err := code.Open(name)
			if err != nil {
				return nil
			}
			defer f.Close()
			data, _ := io.ReadAll(io.LimitReader(f, maxCodeText))
			return data
		}
		return read("train.py"), read("requirements.txt"), nil
	}
	var texts [2]bytes.Buffer
	for i, name := range []string{"train.py", "requirements.txt"} {
		if _, err := w.instance.Run(w.ctx, printFile, []string{path.Join(there, name)}, limited(&texts[i])); err != nil {
			return nil, nil, err
		}
	}
	return texts[0].Bytes(), texts[1].Bytes(), nil
}

// preflight looks at what the training needs, takes away what is in its way
// and tells of each hurdle. What it returns was seen after the last mend.
func (w *work) preflight(folder, python string) (preflight.Site, preflight.Scene, error) {
	tried := map[preflight.Check]bool{}
	told := map[preflight.Check]preflight.State{}
	for {
		s, err := w.findSite(folder, python)
		if err != nil {
			return s, preflight.Scene{}, err
		}
		w.progress(instance.Progress{Phase: "preflight"})
		seen, err := w.look(s)
		if err != nil {
			return s, seen, err
		}
		// By the libraries alone adapted code looks as it did before.
		hurdles := slices.DeleteFunc(w.training(s).Hurdles(seen), func(h preflight.Hurdle) bool {
			return h.Check.Adapts() && (told[h.Check] == preflight.Mended || w.isAdapted(h))
		})
		if !slices.ContainsFunc(hurdles, func(h preflight.Hurdle) bool {
			return h.Severity == dataset.Ruins && !(h.Check == preflight.HurdleModules && tried[h.Check])
		}) {
			if w.loads = w.record.Steps[journey.Upload].Fact("loads") == w.loadsWith(s, seen); !w.loads {
				loads, err := w.codeLoads(s)
				if err != nil {
					return s, seen, err
				}
				hurdles = append(loads, hurdles...)
			}
		}
		again, err := w.takeAway(s, hurdles, tried, told)
		if err == nil && !again && told[preflight.HurdleModules] == "" {
			w.note(NoteModulesOK)
		}
		if err != nil || !again {
			return s, seen, err
		}
	}
}

// isAdapted reports whether the upload adapted the code in this way already.
func (w *work) isAdapted(h preflight.Hurdle) bool {
	done := planfile.SplitList(w.record.Steps[journey.Upload].Fact("adapted"))
	return !slices.ContainsFunc(planfile.SplitList(h.Args["names"]), func(name string) bool { return !slices.Contains(done, name) })
}

func (w *work) training(s preflight.Site) preflight.Training {
	file, _, _ := w.weights(w.plan)
	return preflight.Training{Site: s, Plan: w.plan, Facts: w.facts, Sent: file != ""}
}

const labelSeconds = 8 // for reading labels there

// look runs the script that looks at everything a training needs.
func (w *work) look(s preflight.Site) (preflight.Scene, error) {
	imports := [][2]string{}
	for _, r := range s.Needs {
		imports = append(imports, [2]string{r.Import, r.Name})
	}
	asked, err := json.Marshal(map[string]any{
		"code": s.Code, "data": s.Data, "cfg": s.Cfg, "weights": s.Weights,
		"runs": s.Runs(), "config": s.Config(), "fonts": s.Fonts(), "imports": imports, "seconds": labelSeconds,
		"sets": map[string]string{"train": path.Join(s.Dataset, "images/train"), "val": path.Join(s.Dataset, "images/val")},
	})
	if err != nil {
		return preflight.Scene{}, err
	}
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `cd "$2" 2>/dev/null; "$1" -c "$3" "$4" </dev/null`,
		[]string{s.Python, s.Code, assets.PreflightScript, string(asked)}, limited(&out))
	if err != nil {
		return preflight.Scene{}, err
	}
	seen, ok := preflight.ParseScene(out.String())
	if !ok {
		// A look that fails is no reason for a training to.
		w.note(NoteNoLook, "exit", strconv.Itoa(exit), "output", lastLine(out.String()))
		if python, err := w.choosePython(); err == nil {
			seen.Torch, seen.CUDAReady = python.Torch, python.CUDAReady
		}
	}
	return seen, nil
}

// NoteNoLook is told when the look before the training gave no answer.
const NoteNoLook NoteCode = "no-look" // exit, output

// judgeLeft ends the step if what is left would end the training.
func (w *work) judgeLeft(hurdles []preflight.Hurdle, told map[preflight.Check]preflight.State) error {
	var worst *preflight.Hurdle
	count := 0
	for i, h := range hurdles {
		if told[h.Check] == preflight.Mended {
			continue
		}
		if h.Severity == dataset.Ruins && !(h.Check == preflight.HurdleModules && w.loads) {
			count++
			if worst == nil || worst.Remedy == nil && h.Remedy != nil {
				worst = &hurdles[i]
			}
			continue
		}
		h.State = preflight.Stays
		w.tellHurdle(h)
	}
	if worst == nil {
		return nil
	}
	w.remedy = worst.Remedy
	args := []string{"check", string(worst.Check), "count", strconv.Itoa(count)}
	for _, name := range slices.Sorted(maps.Keys(worst.Args)) {
		args = append(args, name, worst.Args[name])
	}
	return problem.New(HurdleLeft, nil, args...)
}

func (w *work) tellHurdle(h preflight.Hurdle) {
	w.hurdles = append(w.hurdles, h)
	w.env.Face.Tell(Event{Step: w.step, Kind: KindHurdle, Hurdle: &h})
}

// makeReady takes away what can be without the GPU, and asks whether the code
// loads, so that none of this takes time while the GPU is paid for.
func (w *work) makeReady(folder, python string) error {
	s, err := w.findSite(folder, python)
	if err != nil {
		return err
	}
	tried := map[preflight.Check]bool{}
	for {
		seen, err := w.look(s)
		if err != nil {
			return err
		}
		again := false
		for _, h := range w.training(s).Hurdles(seen) {
			needed := h.Check == preflight.HurdleModules || h.Check == preflight.HurdleFont
			if needed && tried[h.Check] {
				return problem.New(HurdleLeft, nil, "check", string(h.Check), "count", "1")
			}
			if h.By != dataset.MendAuto || h.Remedy != nil || tried[h.Check] {
				continue
			}
			tried[h.Check] = true
			w.tellHurdle(h)
			looked, err := w.mend(s, h)
			if err != nil {
				return err
			}
			if h.Check.Adapts() {
				w.fact("adapted", planfile.JoinList(append(planfile.SplitList(w.evidence.Fact("adapted")), planfile.SplitList(h.Args["names"])...)))
			}
			again = again || looked
		}
		if again {
			continue
		}
		loads, err := w.codeLoads(s)
		if err != nil {
			return err
		}
		if len(loads) > 0 {
			return problem.New(HurdleLeft, nil, "check", string(preflight.HurdleLoads), "count", "1")
		}
		w.fact("loads", w.loadsWith(s, seen))
		return nil
	}
}

// loadsWith names what it depends on whether the code loads: the code that was
// sent, and the Python with its libraries.
func (w *work) loadsWith(s preflight.Site, seen preflight.Scene) string {
	code := w.record.Steps[journey.Upload].Receipts["code"].Digest
	parts := []string{code, s.Python, seen.Python, seen.Torch, seen.NumPy, seen.Pillow, strings.Join(seen.Missing, " ")}
	for _, name := range slices.Sorted(maps.Keys(seen.Versions)) {
		parts = append(parts, name+" "+seen.Versions[name])
	}
	return journey.Digest(parts...)
}

// codeLoads asks train.py for its help, for which it loads all it needs. What
// keeps it from that would end the training, and says so in the same words.
func (w *work) codeLoads(s preflight.Site) ([]preflight.Hurdle, error) {
	env := yolov5.Settings{Release: s.Release, ConfigDir: s.Config(), Mute: w.muted(s)}.Env()
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `cd "$1" || exit; python=$2; shift 2; env "$@" "$python" train.py --help </dev/null`,
		append([]string{s.Code, s.Python}, env...), limited(&out))
	if err != nil {
		return nil, err
	}
	w.loads = exit == 0
	if w.loads {
		return nil, nil
	}
	h := preflight.Hurdle{Check: preflight.HurdleLoads, Severity: dataset.Ruins, State: preflight.Found, By: dataset.MendNone, Args: map[string]string{
		"rule": "", "quote": lastLine(out.String()), "meaning_zh": "", "meaning_en": "",
	}}
	text := "train.py\n" + out.String()
	if found := yolov5.DiagnoseEnd(strings.NewReader(text), yolov5.Ending{Exited: true, Exit: exit}); len(found) > 0 {
		f := found[0]
		h.Args = map[string]string{"rule": f.Rule, "quote": clean.Line(f.Quote), "meaning_zh": f.Meaning.ZH, "meaning_en": f.Meaning.EN}
		if r := w.remedyOf(f); r != nil && (r.Kind == journey.RemedyCommand || r.Kind == journey.RemedyRedo) {
			h.Remedy, h.By = r, dataset.MendAsk
		}
	}
	return []preflight.Hurdle{h}, nil
}

// muted is the folder of modules that are to seem not installed, if there is
// one.
func (w *work) muted(s preflight.Site) string {
	if slices.ContainsFunc(w.hurdles, func(h preflight.Hurdle) bool { return h.Check == preflight.HurdleWatchers }) {
		return s.Mute()
	}
	return ""
}
