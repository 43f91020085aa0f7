package wizard

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/assets"
	"gpuwizard/core/preflight"
	"gpuwizard/core/yolov5"
)

// Notes about going on with a training.
const (
	NoteResume       NoteCode = "resume"        // epoch (counted from 0): the training goes on from last.pt after it
	NoteResumeBest   NoteCode = "resume-best"   // epoch: last.pt is broken, so it goes on from best.pt
	NoteResumeDone   NoteCode = "resume-done"   // its training was finished: nothing is trained again
	NoteResumeNone   NoteCode = "resume-none"   // there is no whole checkpoint: it begins anew
	NoteResumeBroken NoteCode = "resume-broken" // last.pt and best.pt are broken: it begins anew
)

// A checkpointState is what a checkpoint is good for.
type checkpointState struct {
	missing, broken, done bool
	epoch                 int
}

// maxEpoch is the last epoch that a checkpoint may be from.
const maxEpoch = 1 << 20

// parseCheckpoints reads the answer of the checkpoint script: a line for each
// path, in whatever else was printed.
func parseCheckpoints(out string, paths []string) []checkpointState {
	states := make([]checkpointState, len(paths))
	for i, name := range paths {
		states[i].missing = true
		for line := range strings.Lines(out) {
			rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), name+"\t")
			if !ok {
				continue
			}
			n, err := strconv.Atoi(rest)
			states[i] = checkpointState{missing: rest == "missing", broken: rest == "broken", done: rest == "done", epoch: n}
			if !states[i].missing && !states[i].done && (err != nil || n < 0 || n > maxEpoch) {
				states[i] = checkpointState{broken: true}
			}
		}
	}
	return states
}

// checkpoint says from where the run at hand can go on: a file, "" if from
// nowhere, and whether it was finished.
func (w *work) checkpoint(s preflight.Site) (from string, finished bool, err error) {
	weights := path.Join(w.evidence.Fact("run"), "weights")
	paths := []string{path.Join(weights, "last.pt"), path.Join(weights, "best.pt")}
	var out bytes.Buffer
	_, err = w.instance.Run(w.ctx, `cd "$1" || exit; python=$2; shift 2; "$python" -c "$@" </dev/null`,
		append([]string{s.Code, s.Python, assets.CheckpointScript}, paths...), limited(&out))
	if err != nil {
		return "", false, err
	}
	states := parseCheckpoints(out.String(), paths)
	last, best := states[0], states[1]
	whole := func(c checkpointState) bool { return !c.missing && !c.broken && !c.done }
	switch {
	case last.done || whole(last) && last.epoch+1 >= w.plan.Train.Epochs:
		w.note(NoteResumeDone)
		return "", true, nil
	case whole(last):
		w.note(NoteResume, "epoch", strconv.Itoa(last.epoch))
		return paths[0], false, nil
	case whole(best):
		w.note(NoteResumeBest, "epoch", strconv.Itoa(best.epoch))
		return paths[1], false, nil
	case last.broken:
		w.note(NoteResumeBroken)
	default:
		w.note(NoteResumeNone)
	}
	return "", false, nil
}

// adjustable are the answers that a training may go on with another value of:
// how it uses the machine, and not what it learns.
var adjustable = []string{"train.batch", "train.workers", "train.cache", "train.device"}

// A usedSetting is one that is adjustable.
type usedSetting struct {
	option, fact, value string
	written             []string // in the file that holds how a run was started
}

// used are the adjustable settings of a training.
func used(s yolov5.Settings) []usedSetting {
	batch, workers := strconv.Itoa(s.Batch), strconv.Itoa(s.Workers)
	device := s.Device
	if device == "auto" {
		device = ""
	}
	list := []usedSetting{
		{"batch", "used_batch", batch, []string{"batch_size=" + batch}},
		{"workers", "used_workers", workers, []string{"workers=" + workers}},
		{"cache", "used_cache", s.Cache, []string{"cache=" + strconv.Quote(s.Cache)}},
		{"device", "device", s.Device, []string{"device=" + strconv.Quote(device)}},
	}
	if s.Release == yolov5.V50 {
		list[0].written = append(list[0].written, "total_batch_size="+batch)
		list[2].written = []string{"cache_images=" + strconv.FormatBool(s.Cache != "")}
	} else if s.Cache == "" {
		list[2].written = []string{"cache=null"}
	}
	return list
}

// adjust lets a run go on with other settings than it was started with, as far
// as it may: train.py takes them all from the run's own file. It returns the
// decisions that the run now has.
func (w *work) adjust(settings yolov5.Settings, s preflight.Site, decided []preflight.Decision) ([]preflight.Decision, error) {
	kept := w.Beginning().Decisions
	if len(kept) == 0 {
		kept = decided
	}
	var written []string
	for _, u := range used(settings) {
		if w.evidence.Fact(u.fact) == u.value {
			continue
		}
		written = append(written, u.written...)
		kept = slices.DeleteFunc(kept, func(d preflight.Decision) bool { return d.Option == u.option })
		for _, d := range decided {
			if d.Option == u.option {
				kept = append(kept, d)
				w.note(NoteSetting, d.Details()...)
			}
		}
	}
	if written == nil {
		return kept, nil
	}
	return kept, w.runMend(s, append([]string{"options", path.Join(w.evidence.Fact("run"), "opt.yaml")}, written...)...)
}

// stripScript gives checkpoints of a finished training their final form, as
// train.py would have done: without the optimizer, and a quarter of the size.
const stripScript = `cd "$1" || exit
for f in last best; do
	[ -s "$3/$f.pt" ] || continue
	TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 YOLOv5_AUTOINSTALL=false YOLOV5_CONFIG_DIR=$4 "$2" -c 'import sys
sys.path.insert(0, ".")
from utils.general import strip_optimizer
strip_optimizer(sys.argv[1])' "$3/$f.pt" </dev/null || exit
done`

// strip finishes a training that ended between its last epoch and the end.
func (w *work) strip(s preflight.Site) error {
	return w.mustRun(w.ctx, stripScript, s.Code, s.Python, path.Join(w.evidence.Fact("run"), "weights"), s.Config())
}
