package wizard

import (
	"context"
	"strconv"

	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// Codes of problems with a remedy.
const (
	NoRemedy problem.Code = "no-remedy" // step: nothing is offered for its failure
)

// NoteMendFailed is told of a remedy's command that did not succeed; the
// training is tried all the same.
const NoteMendFailed NoteCode = "mend-failed" // command, exit, output

// Remedy is what is offered for the failure of the training, or nil.
func (p *Project) Remedy() *journey.Remedy {
	e := p.record.Steps[journey.Train]
	if e == nil || e.Failure == nil || e.Failure.Remedy == nil {
		return nil
	}
	r := *e.Failure.Remedy
	return &r
}

// ApplyMend applies the remedy that the failure of the training offers, and
// goes on: it does again what is no longer done, and then the training.
func (p *Project) ApplyMend(ctx context.Context, env Env) error {
	env = env.withClock()
	r := p.Remedy()
	if r == nil {
		return problem.New(NoRemedy, nil, "step", string(journey.Train))
	}
	switch r.Kind {
	case journey.RemedyGoTo:
		return problem.New(StepNotReady, nil, "step", string(journey.Train), "need", string(r.Step))
	case journey.RemedyAnswer:
		if err := p.Set(r.Key, r.Value); err != nil {
			return err
		}
	case journey.RemedyCommand:
		if err := p.runRemedyAlone(ctx, env, *r); err != nil {
			return err
		}
	}
	for _, step := range journey.Steps() {
		if step == journey.Train || r.Kind == journey.RemedyRedo && step == r.Step || p.Journey().Of(step).State != journey.Done {
			if err := p.Run(ctx, step, env); err != nil {
				return err
			}
		}
		if step == journey.Train {
			break
		}
	}
	return nil
}

// runRemedyAlone runs a remedy's command before the step is begun again.
func (p *Project) runRemedyAlone(ctx context.Context, env Env, r journey.Remedy) error {
	w := &work{Project: p, ctx: ctx, step: journey.Train, plan: p.effective(), env: env, evidence: p.record.Steps[journey.Train].Clone()}
	env.Face.Tell(Event{Step: journey.Train, Kind: KindBegin})
	if err := w.meet(); err != nil {
		return err
	}
	defer w.closeInstance()
	python, err := w.choosePython()
	if err != nil {
		return err
	}
	return w.runRemedy(preflight.Site{Python: python.Path, Folder: p.record.Steps[journey.Upload].Fact("folder")}, r.Command)
}

// remedyOf turns what a log told into what the wizard can do about it, or nil.
func (w *work) remedyOf(f yolov5.Finding) *journey.Remedy {
	switch f.Mend.Apply {
	case yolov5.ApplyCommand:
		return &journey.Remedy{Kind: journey.RemedyCommand, Command: f.Mend.Command}
	case yolov5.ApplyRedo:
		return &journey.Remedy{Kind: journey.RemedyRedo, Step: journey.Step(f.Mend.Step)}
	case yolov5.ApplyResume:
		return &journey.Remedy{Kind: journey.RemedyResume}
	case yolov5.ApplyAgain:
		return &journey.Remedy{Kind: journey.RemedyAgain}
	case yolov5.ApplyAnswer:
		if r := w.answerOf(*f.Mend.Answer); r != nil {
			return r
		}
	}
	if step, ok := journey.ParseStep(f.Mend.Step); ok && step != w.step {
		return &journey.Remedy{Kind: journey.RemedyGoTo, Step: step}
	}
	return nil
}

// answerOf is a remedy's answer in terms of the present plan. An answer that
// is given already mends nothing.
func (w *work) answerOf(a yolov5.Answer) *journey.Remedy {
	key, value := a.Key, a.Value
	if value == "half" {
		key, value = w.half(key)
	}
	if key == "" || w.plan.Get(key) == value {
		return nil
	}
	return &journey.Remedy{Kind: journey.RemedyAnswer, Key: key, Value: value}
}

// half is half of what the last training was started with; where that is the
// least, half of what comes next in weight.
func (w *work) half(key string) (string, string) {
	used := func(key string) int {
		n, err := strconv.Atoi(w.evidence.Fact("used_" + key))
		if err != nil {
			n, _ = strconv.Atoi(w.plan.Get("train." + key))
		}
		return n
	}
	switch key {
	case "train.workers":
		if w.evidence.Fact("used_cache") != "" {
			return "train.cache", "no"
		}
		if n := used("workers"); n > 0 {
			return key, strconv.Itoa(n / 2)
		}
		return w.half("train.batch")
	case "train.batch":
		n := used("batch")
		if n < 0 {
			n = 2 * preflight.UsualBatch
		}
		if n > 1 {
			return key, strconv.Itoa(n / 2)
		}
		if size := w.plan.Train.ImgSize / 2 / 32 * 32; size >= 64 {
			return "train.imgsz", strconv.Itoa(size)
		}
	}
	return "", ""
}
