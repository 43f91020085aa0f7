package wizard

import (
	"bytes"
	"context"
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
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
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
	Mend(ctx context.Context, h Hurdle) (bool, error)
}

// findSite says where the training is going to take place.
func (w *work) findSite(folder, python string) (site, error) {
	upload := w.record.Steps[journey.Upload]
	s := site{
		python: python, folder: folder, code: w.codeThere(), dataset: upload.Fact("dataset"),
		ours: upload.Fact("code") == "" && upload.Fact("dataset") == "",
		data: "data/" + w.plan.Name + ".yaml", release: yolov5.Release(w.record.Steps[journey.Classes].Fact("release")),
	}
	if s.dataset == "" {
		s.dataset = path.Join(folder, "dataset")
	}
	s.cfg = w.settings(s.release, "", "", "", "", "", true).Cfg
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return s, problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Convert))
	}
	s.classes = manifest.Classes
	if _, s.weights, err = w.weights(w.plan); err != nil {
		return s, err
	}
	script, requirements, err := w.codeTexts(s.code)
	if err != nil {
		return s, err
	}
	s.options = yolov5.OptionsOf(script)
	if s.release == "" {
		// The code was brought to the instance from elsewhere.
		s.release, _ = yolov5.ReleaseOf(fstest.MapFS{"train.py": {Data: script}})
	}
	for _, r := range yolov5.Requirements(requirements) {
		if !r.Keep && r.Marker == "" {
			s.needs = append(s.needs, r)
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
func (w *work) preflight(folder, python string) (site, scene, error) {
	tried := map[HurdleCheck]bool{}
	told := map[HurdleCheck]HurdleState{}
	for {
		s, err := w.findSite(folder, python)
		if err != nil {
			return s, scene{}, err
		}
		w.progress(instance.Progress{Phase: "preflight"})
		seen, err := w.look(s)
		if err != nil {
			return s, seen, err
		}
		// By the libraries alone adapted code looks as it did before.
		hurdles := slices.DeleteFunc(w.judging(s).hurdles(seen), func(h Hurdle) bool {
			return h.Check == HurdleOldCode && (told[h.Check] == HurdleMended || w.record.Steps[journey.Upload].Fact("adapted") == h.Args["names"])
		})
		if !slices.ContainsFunc(hurdles, func(h Hurdle) bool {
			return h.Severity == dataset.Ruins && !(h.Check == HurdleModules && tried[h.Check])
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
		if err == nil && !again && told[HurdleModules] == "" {
			w.note(NoteModulesOK)
		}
		if err != nil || !again {
			return s, seen, err
		}
	}
}

func (w *work) judging(s site) judging {
	file, _, _ := w.weights(w.plan)
	return judging{site: s, plan: w.plan, facts: w.facts, sent: file != ""}
}

// takeAway applies the remedies that may be, and reports whether to look
// again. Each is tried once: a hurdle that is still there afterwards stays.
func (w *work) takeAway(s site, hurdles []Hurdle, tried map[HurdleCheck]bool, told map[HurdleCheck]HurdleState) (bool, error) {
	again := false
	for check, state := range maps.Clone(told) {
		if gone := !slices.ContainsFunc(hurdles, func(h Hurdle) bool { return h.Check == check }); gone && state == HurdleFound {
			told[check] = HurdleMended
			w.tellHurdle(Hurdle{Check: check, Severity: dataset.Minor, State: HurdleMended})
		}
	}
	// All that was found is told before anything is done about it.
	for _, h := range hurdles {
		if told[h.Check] == "" {
			told[h.Check] = HurdleFound
			w.tellHurdle(h)
		}
	}
	for _, h := range hurdles {
		if tried[h.Check] {
			continue
		}
		tried[h.Check] = true
		if h.By != dataset.MendAuto {
			if h.Remedy == nil || h.Remedy.Kind == journey.RemedyGoTo {
				continue
			}
			yes, err := w.askMend(h)
			if err != nil {
				return false, err
			}
			if !yes {
				continue
			}
		}
		looked, err := w.mend(s, h)
		if err != nil {
			return false, err
		}
		if !looked {
			// It is taken care of when the training starts.
			told[h.Check] = HurdleMended
			h.State = HurdleMended
			w.tellHurdle(h)
			continue
		}
		again = true
		if h.Check == HurdleOldCode {
			told[h.Check] = HurdleMended
			h.State = HurdleMended
			w.tellHurdle(h)
		}
		if h.Remedy != nil && h.Remedy.Kind != journey.RemedyCommand {
			// Steps before this one were done again: nothing is as it was.
			return true, nil
		}
	}
	if again {
		return true, nil
	}
	return false, w.judgeLeft(hurdles, told)
}

// judgeLeft ends the step if what is left would end the training.
func (w *work) judgeLeft(hurdles []Hurdle, told map[HurdleCheck]HurdleState) error {
	var worst *Hurdle
	count := 0
	for i, h := range hurdles {
		if told[h.Check] == HurdleMended {
			continue
		}
		if h.Severity == dataset.Ruins && !(h.Check == HurdleModules && w.loads) {
			count++
			if worst == nil || worst.Remedy == nil && h.Remedy != nil {
				worst = &hurdles[i]
			}
			continue
		}
		h.State = HurdleStays
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

func (w *work) tellHurdle(h Hurdle) {
	w.hurdles = append(w.hurdles, h)
	w.env.Face.Tell(Event{Step: w.step, Kind: KindHurdle, Hurdle: &h})
}

func (w *work) askMend(h Hurdle) (bool, error) {
	if m, ok := w.env.Face.(Mender); ok {
		return m.Mend(w.ctx, h)
	}
	return false, nil
}

// mend takes a hurdle away. looked is whether to look again: some are taken
// care of by how the training is started.
func (w *work) mend(s site, h Hurdle) (looked bool, err error) {
	if h.Remedy != nil {
		return true, w.apply(s, *h.Remedy)
	}
	switch h.Check {
	case HurdleModules:
		return true, w.installModules(s, planfile.SplitList(h.Args["modules"]))
	case HurdleFont:
		return true, w.placeFont(s.python, s.config())
	case HurdleOldCode:
		return true, w.runMend(s, append([]string{"code", s.code}, planfile.SplitList(h.Args["names"])...)...)
	case HurdleCache:
		return true, w.runMend(s, append([]string{"remove"}, planfile.SplitList(h.Args["files"])...)...)
	case HurdleGit:
		return true, w.runMend(s, "remove", h.Args["path"])
	case HurdleWatchers:
		return false, w.runMend(s, append([]string{"mute", s.mute()}, planfile.SplitList(h.Args["names"])...)...)
	}
	return false, nil
}

func (w *work) runMend(s site, args ...string) error {
	return w.mustRun(w.ctx, `python=$1; shift; "$python" -c "$@" </dev/null`, append([]string{s.python, assets.MendScript}, args...)...)
}

// apply applies a remedy while the step is at work.
func (w *work) apply(s site, r journey.Remedy) error {
	switch r.Kind {
	case journey.RemedyCommand:
		return w.runRemedy(s, r.Command)
	case journey.RemedyAnswer:
		if err := w.Set(r.Key, r.Value); err != nil {
			return err
		}
	}
	return w.prepareAgain(r)
}

// prepareAgain does again the steps before the training that a remedy names, or
// that are no longer done since an answer changed, and takes their outcome over.
func (w *work) prepareAgain(r journey.Remedy) error {
	for _, step := range journey.Steps() {
		if step == w.step {
			break
		}
		if r.Kind == journey.RemedyRedo && step == r.Step || w.Journey().Of(step).State != journey.Done {
			if err := w.Run(w.ctx, step, w.env); err != nil {
				return err
			}
		}
	}
	w.plan = w.effective()
	w.evidence.Answers = w.plan.Digest(w.step)
	for _, need := range w.step.Needs() {
		w.evidence.From[need] = w.record.Steps[need].Output
	}
	return nil
}

// runRemedy runs a shell line on the instance with the training's Python first
// on the path, and pip held from touching torch.
func (w *work) runRemedy(s site, command string) error {
	if err := w.hold(s); err != nil {
		return err
	}
	w.command(command)
	var out bytes.Buffer
	lines := w.logLines()
	exit, err := w.instance.Run(w.ctx, `PATH=$(dirname "$1"):$PATH PIP_CONSTRAINT=$2 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
export PATH PIP_CONSTRAINT PIP_NO_INPUT PIP_DISABLE_PIP_VERSION_CHECK
python=$1
pip() { "$python" -m pip "$@"; }
eval "$3" </dev/null`, []string{s.python, s.constraints(), command}, io.MultiWriter(limited(&out), lines))
	lines.Flush()
	if err != nil {
		return err
	}
	if exit != 0 {
		w.note(NoteMendFailed, "command", command, "exit", strconv.Itoa(exit), "output", lastLine(out.String()))
	}
	return nil
}

func (s site) constraints() string { return path.Join(s.config(), "constraints.txt") }

// hold writes down the versions of torch and its kin for pip.
func (w *work) hold(s site) error { return w.runMend(s, "hold", s.constraints()) }

func (w *work) logLines() *clean.Lines {
	return clean.NewLines(func(line string, live bool) {
		w.env.Face.Tell(Event{Step: w.step, Kind: KindLog, Line: line, Live: live})
	})
}

// installModules brings packages one call each, so that one that cannot be had
// does not keep the others away. Whether they are there is seen afterwards.
func (w *work) installModules(s site, packages []string) error {
	w.note(NoteModules, "missing", strings.Join(packages, ", "))
	if err := w.hold(s); err != nil {
		return err
	}
	for _, name := range packages {
		w.command(shellword.Join(s.python, "-m", "pip", "install", name))
		lines := w.logLines()
		_, err := w.instance.Run(w.ctx, `PIP_CONSTRAINT=$3; export PIP_CONSTRAINT
"$1" -m pip install --no-input --disable-pip-version-check "$2" </dev/null`, []string{s.python, name, s.constraints()}, lines)
		lines.Flush()
		if err != nil {
			return err
		}
	}
	return nil
}

// makeReady takes away what can be without the GPU, and asks whether the code
// loads, so that none of this takes time while the GPU is paid for.
func (w *work) makeReady(folder, python string) error {
	s, err := w.findSite(folder, python)
	if err != nil {
		return err
	}
	tried := map[HurdleCheck]bool{}
	for {
		seen, err := w.look(s)
		if err != nil {
			return err
		}
		again := false
		for _, h := range w.judging(s).hurdles(seen) {
			needed := h.Check == HurdleModules || h.Check == HurdleFont
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
			if h.Check == HurdleOldCode {
				w.fact("adapted", h.Args["names"])
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
			return problem.New(HurdleLeft, nil, "check", string(HurdleLoads), "count", "1")
		}
		w.fact("loads", w.loadsWith(s, seen))
		return nil
	}
}

// loadsWith names what it depends on whether the code loads: the code that was
// sent, and the Python with its libraries.
func (w *work) loadsWith(s site, seen scene) string {
	code := w.record.Steps[journey.Upload].Receipts["code"].Digest
	parts := []string{code, s.python, seen.Python, seen.Torch, seen.NumPy, seen.Pillow, strings.Join(seen.Missing, " ")}
	for _, name := range slices.Sorted(maps.Keys(seen.Versions)) {
		parts = append(parts, name+" "+seen.Versions[name])
	}
	return journey.Digest(parts...)
}

// codeLoads asks train.py for its help, for which it loads all it needs. What
// keeps it from that would end the training, and says so in the same words.
func (w *work) codeLoads(s site) ([]Hurdle, error) {
	env := yolov5.Settings{Release: s.release, ConfigDir: s.config(), Mute: s.muted(w)}.Env()
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `cd "$1" || exit; python=$2; shift 2; env "$@" "$python" train.py --help </dev/null`,
		append([]string{s.code, s.python}, env...), limited(&out))
	if err != nil {
		return nil, err
	}
	w.loads = exit == 0
	if w.loads {
		return nil, nil
	}
	h := Hurdle{Check: HurdleLoads, Severity: dataset.Ruins, State: HurdleFound, By: dataset.MendNone, Args: map[string]string{
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
	return []Hurdle{h}, nil
}

// muted is the folder of modules that are to seem not installed, if there is
// one.
func (s site) muted(w *work) string {
	if slices.ContainsFunc(w.hurdles, func(h Hurdle) bool { return h.Check == HurdleWatchers }) {
		return s.mute()
	}
	return ""
}

// placeFont saves YOLOv5 the download of a font. Where it cannot, the training
// may still have a network: that is told, and no reason to stop.
func (w *work) placeFont(python, config string) error {
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `"$1" -c "$2" "$3" </dev/null`, []string{python, assets.FontScript, config}, limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		w.note(NoteNoFont, "output", lastLine(out.String()))
	}
	return nil
}
