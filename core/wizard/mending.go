package wizard

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/assets"
	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/shellword"
)

// takeAway applies the remedies that may be, and reports whether to look
// again. Each is tried once: a hurdle that is still there afterwards stays.
func (w *work) takeAway(s preflight.Site, hurdles []preflight.Hurdle, tried map[preflight.Check]bool, told map[preflight.Check]preflight.State) (bool, error) {
	again := false
	for check, state := range maps.Clone(told) {
		if gone := !slices.ContainsFunc(hurdles, func(h preflight.Hurdle) bool { return h.Check == check }); gone && state == preflight.Found {
			told[check] = preflight.Mended
			w.tellHurdle(preflight.Hurdle{Check: check, Severity: dataset.Minor, State: preflight.Mended})
		}
	}
	// All that was found is told before anything is done about it.
	for _, h := range hurdles {
		if told[h.Check] == "" {
			told[h.Check] = preflight.Found
			w.tellHurdle(h)
		}
	}
	for _, h := range hurdles {
		if tried[h.Check] {
			continue
		}
		tried[h.Check] = true
		if h.By != dataset.MendAuto {
			if !h.Asks() {
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
			told[h.Check] = preflight.Mended
			h.State = preflight.Mended
			w.tellHurdle(h)
			continue
		}
		again = true
		if h.Check.Adapts() {
			told[h.Check] = preflight.Mended
			h.State = preflight.Mended
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

func (w *work) askMend(h preflight.Hurdle) (bool, error) {
	if m, ok := w.env.Face.(Mender); ok {
		return m.Mend(w.ctx, h)
	}
	return false, nil
}

// mend takes a hurdle away. looked is whether to look again: some are taken
// care of by how the training is started.
func (w *work) mend(s preflight.Site, h preflight.Hurdle) (looked bool, err error) {
	if h.Remedy != nil {
		return true, w.apply(s, *h.Remedy)
	}
	switch h.Check {
	case preflight.HurdleModules:
		return true, w.installModules(s, planfile.SplitList(h.Args["modules"]))
	case preflight.HurdleFont:
		return true, w.placeFont(s.Python, s.Config())
	case preflight.HurdleOldCode, preflight.HurdleOwnPip:
		return true, w.runMend(s, append([]string{"code", s.Code, s.Adapted()}, planfile.SplitList(h.Args["names"])...)...)
	case preflight.HurdleCache:
		return true, w.runMend(s, append([]string{"remove"}, planfile.SplitList(h.Args["files"])...)...)
	case preflight.HurdleGit:
		return true, w.runMend(s, "remove", h.Args["path"])
	case preflight.HurdleWatchers:
		return false, w.runMend(s, append([]string{"mute", s.Mute()}, planfile.SplitList(h.Args["names"])...)...)
	}
	return false, nil
}

func (w *work) runMend(s preflight.Site, args ...string) error {
	return w.mustRun(w.ctx, `python=$1; shift; "$python" -c "$@" </dev/null`, append([]string{s.Python, assets.MendScript}, args...)...)
}

// apply applies a remedy while the step is at work.
func (w *work) apply(s preflight.Site, r journey.Remedy) error {
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
func (w *work) runRemedy(s preflight.Site, command string) error {
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
eval "$3" </dev/null`, []string{s.Python, s.Constraints(), command}, io.MultiWriter(limited(&out), lines))
	lines.Flush()
	if err != nil {
		return err
	}
	if exit != 0 {
		w.note(NoteMendFailed, "command", command, "exit", strconv.Itoa(exit), "output", lastLine(out.String()))
	}
	return nil
}

// hold writes down the versions of torch and its kin for pip.
func (w *work) hold(s preflight.Site) error { return w.runMend(s, "hold", s.Constraints()) }

func (w *work) logLines() *clean.Lines {
	return clean.NewLines(func(line string, live bool) {
		w.env.Face.Tell(Event{Step: w.step, Kind: KindLog, Line: line, Live: live})
	})
}

// installModules brings packages one call each, so that one that cannot be had
// does not keep the others away. Whether they are there is seen afterwards.
func (w *work) installModules(s preflight.Site, packages []string) error {
	w.note(NoteModules, "missing", strings.Join(packages, ", "))
	if err := w.hold(s); err != nil {
		return err
	}
	for _, name := range packages {
		w.command(shellword.Join(s.Python, "-m", "pip", "install", name))
		lines := w.logLines()
		_, err := w.instance.Run(w.ctx, `PIP_CONSTRAINT=$3; export PIP_CONSTRAINT
"$1" -m pip install --no-input --disable-pip-version-check "$2" </dev/null`, []string{s.Python, name, s.Constraints()}, lines)
		lines.Flush()
		if err != nil {
			return err
		}
	}
	return nil
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
