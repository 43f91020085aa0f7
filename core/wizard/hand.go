package wizard

import (
	"context"
	"slices"
	"strconv"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
)

// Hand says where the person did a step by themselves. What is left empty is
// looked for in the usual places.
type Hand struct {
	// There is whether labels were converted, or the class count changed, on
	// the instance instead of this computer.
	There bool
	// Folder is what the person made: a data set folder, the folder of a run,
	// or the file of the model.
	Folder string
	// Code is the folder of YOLOv5's code.
	Code string
}

// HintEvery is after how many failures a hint is offered.
const HintEvery = 3

// ByHandDiffers is the problem of a step done by hand whose result is not as
// it should be. The differences were told as notes.
const ByHandDiffers problem.Code = "by-hand-differs" // step, count

// What is told of a step done by hand. The codes that begin with "do" say what
// to do, those with "hand" what was seen.
const (
	NoteDoRegion       NoteCode = "do-region"        // platform
	NoteDoCheck        NoteCode = "do-check"         // folder
	NoteDoConvert      NoteCode = "do-convert"       // folder
	NoteDoConvertThere NoteCode = "do-convert-there" // folder
	NoteDoRows         NoteCode = "do-rows"          // class
	NoteDoClasses      NoteCode = "do-classes"       // path, nc
	NoteDoDataYAML     NoteCode = "do-data-yaml"     // path
	NoteDoVim          NoteCode = "do-vim"           // no details
	NoteDoUpload       NoteCode = "do-upload"        // dataset, code, zip (one of both), platform
	NoteDoTrain        NoteCode = "do-train"         // no details
	NoteDoDownload     NoteCode = "do-download"      // run, model, folder
	NoteDoCurves       NoteCode = "do-curves"        // run, folder
	NoteDoThenLook     NoteCode = "do-then-look"     // no details

	NoteHandLooked      NoteCode = "hand-looked"       // path
	NoteHandHolds       NoteCode = "hand-holds"        // step
	NoteHandNoFolder    NoteCode = "hand-no-folder"    // what, path
	NoteHandDeeper      NoteCode = "hand-deeper"       // path, found
	NoteHandMissing     NoteCode = "hand-missing"      // what, count, files
	NoteHandDiffers     NoteCode = "hand-differs"      // what, count, files
	NoteHandExtra       NoteCode = "hand-extra"        // what, count, files
	NoteHandPart        NoteCode = "hand-part"         // count, files, part
	NoteHandNoLabel     NoteCode = "hand-no-label"     // count, files
	NoteHandRow         NoteCode = "hand-row"          // path, line, got
	NoteHandRowCount    NoteCode = "hand-row-count"    // path, got, want
	NoteHandClass       NoteCode = "hand-class"        // path, line, got, want
	NoteHandScale       NoteCode = "hand-scale"        // path, line, got
	NoteHandCorners     NoteCode = "hand-corners"      // path, line, got, want
	NoteHandBox         NoteCode = "hand-box"          // path, line, got, want
	NoteHandMore        NoteCode = "hand-more"         // count: other labels that differ
	NoteHandYAML        NoteCode = "hand-yaml"         // path, line
	NoteHandNC          NoteCode = "hand-nc"           // path, line, got, want
	NoteHandNames       NoteCode = "hand-names"        // path, got, want
	NoteHandPath        NoteCode = "hand-path"         // path, key, got, want
	NoteHandSetting     NoteCode = "hand-setting"      // path, key, got, want
	NoteHandNoRun       NoteCode = "hand-no-run"       // path
	NoteHandOldRun      NoteCode = "hand-old-run"      // path
	NoteHandNotFinished NoteCode = "hand-not-finished" // run, epochs, of
	NoteHandNoModel     NoteCode = "hand-no-model"     // path
	NoteHandName        NoteCode = "hand-name"         // path, want
	NoteHandSum         NoteCode = "hand-sum"          // path, got, want
	NoteHandCurves      NoteCode = "hand-curves"       // count (of the run's files), run, folder
	NoteHandOther       NoteCode = "hand-other"        // count, files: beside the model, and not the run's
	NoteHandUnknown     NoteCode = "hand-unknown"      // path: its likes on the instance are not known
)

// RunByHand looks whether a step that the person did by themselves holds, and
// records its evidence like that of a step done by the wizard. What does not
// hold is told, and no evidence of an earlier time is lost by it.
func (p *Project) RunByHand(ctx context.Context, step journey.Step, hand Hand, env Env) error {
	env = env.withClock()
	if err := p.ready(step); err != nil {
		return err
	}
	plan := p.effective()
	e := p.freshEvidence(step, plan, env.Now())
	e.ByHand = true
	old := p.record.Steps[step]
	w := &work{Project: p, ctx: ctx, step: step, plan: plan, env: env, evidence: e, hand: hand}
	env.Face.Tell(Event{Step: step, Kind: KindBegin})
	err := w.lookAtHand()
	if err == nil && w.differences > 0 {
		err = problem.New(ByHandDiffers, nil, "step", string(step), "count", strconv.Itoa(w.differences))
	}
	w.closeInstance()
	if err != nil {
		return w.tried(old, err)
	}
	w.note(NoteHandHolds, "step", string(step))
	if err := w.complete(); err != nil || step != journey.Download {
		return err
	}
	return w.handReport()
}

// tried keeps an attempt that did not hold. What an earlier one came to stays.
func (w *work) tried(old *journey.Evidence, err error) error {
	if w.wasCancelled(err) {
		return problem.New(Cancelled, err)
	}
	failure := w.coded(err)
	kept := w.evidence
	if old != nil {
		kept = old.Clone()
		kept.Attempts++
	}
	if old == nil || old.Failure != nil {
		kept.Failure = &journey.Failure{Code: failure.Code, Args: failure.Args}
	}
	w.evidence = kept
	if err := w.save(); err != nil {
		return err
	}
	return failure
}

// differs tells one way in which the result is not as it should be.
func (w *work) differs(code NoteCode, details ...string) {
	w.differences++
	w.note(code, details...)
}

// differFiles tells of files that have the same fault, in one sentence.
func (w *work) differFiles(code NoteCode, files []string, details ...string) {
	if len(files) == 0 {
		return
	}
	slices.Sort(files)
	w.differs(code, append(details, "count", strconv.Itoa(len(files)), "files", someFiles(files))...)
}

func (w *work) lookAtHand() error {
	switch w.step {
	case journey.Region, journey.Check:
		// The answers are the step, and the data are read in any case.
		return w.do()
	case journey.Convert:
		return w.handConvert()
	case journey.Classes:
		return w.handClasses()
	case journey.Upload:
		return w.handUpload()
	case journey.Train:
		return w.handTrain()
	}
	return w.handDownload()
}
