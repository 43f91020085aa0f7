package wizard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// Env is what a run needs from outside.
type Env struct {
	Connect Connector
	Face    Face
	// Panel opens the platform's own interface for programs; it may be nil.
	Panel PanelOpener
	// Report writes what came of the project's training as one file to read;
	// without it, none is made.
	Report func(io.Writer, *Project) error
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Words are for the guard while a training is watched: a face may have a
	// key for more time. It may be nil.
	Words <-chan instance.GuardWord
	// StopPause is the time between two looks at an instance that was told to
	// stop, or to start; 0 is 5 s.
	StopPause time.Duration
}

func (e Env) withClock() Env {
	if e.Now == nil {
		e.Now = time.Now
	}
	return e
}

// Codes of problems of a step's run.
const (
	Cancelled     problem.Code = "cancelled"      // the person, or a signal, ended it
	StepFailed    problem.Code = "step-failed"    // step, detail: something that has no code of its own
	LocalReadOnly problem.Code = "local-readonly" // path
)

// Run does the work of one step and records its evidence. What an earlier,
// interrupted run has done already is found and kept. The steps that it needs
// must be done.
func (p *Project) Run(ctx context.Context, step journey.Step, env Env) error {
	env = env.withClock()
	if err := p.ready(step); err != nil {
		return err
	}
	plan := p.effective()
	e := p.freshEvidence(step, plan, env.Now())
	if old := p.record.Steps[step]; old != nil && step == journey.Train {
		// The job on the instance is known by these.
		e.Facts = old.Facts
	}
	w := &work{Project: p, ctx: ctx, step: step, plan: plan, env: env, evidence: e}
	w.met = p.hasMet()
	if err := w.save(); err != nil {
		return err
	}
	env.Face.Tell(Event{Step: step, Kind: KindBegin})
	err := w.do()
	w.closeInstance()
	if err != nil {
		return w.failed(err)
	}
	return w.complete()
}

// ready reports what keeps a step from being done now.
func (p *Project) ready(step journey.Step) error {
	if need := firstNeed(p.Journey(), step); need != "" {
		return problem.New(StepNotReady, nil, "step", string(step), "need", string(need))
	}
	for _, q := range p.Questions(step) {
		if q.Required && q.Value == "" {
			return problem.New(planfile.AnswerMissing, nil, "key", q.Key)
		}
	}
	return nil
}

// freshEvidence is that of a step about to be done.
func (p *Project) freshEvidence(step journey.Step, plan planfile.Plan, now time.Time) *journey.Evidence {
	e := &journey.Evidence{Began: now.UTC(), Answers: plan.Digest(step), Used: plan.Used(step), Attempts: 1}
	e.From = map[journey.Step]string{}
	for _, need := range step.Needs() {
		e.From[need] = p.record.Steps[need].Output
	}
	if old := p.record.Steps[step]; old != nil {
		e.Attempts = old.Attempts + 1
	}
	return e
}

// complete records that the step is done.
func (w *work) complete() error {
	p, e, step := w.Project, w.evidence, w.step
	e.Complete, e.Failure, e.Ended = true, nil, w.env.Now().UTC()
	// Answers that a default depended on may have become known on the way.
	plan := p.effective()
	e.Answers, e.Used = plan.Digest(step), plan.Used(step)
	if err := w.save(); err != nil {
		return err
	}
	p.forget(step)
	p.keepLists(w.ctx, step, plan)
	w.env.Face.Tell(Event{Step: step, Kind: KindEnd})
	return nil
}

// firstNeed is the step to do before this one: what it needs may itself have
// to wait. It is "" if all is done.
func firstNeed(j journey.Journey, step journey.Step) journey.Step {
	for _, need := range step.Needs() {
		if j.Of(need).State == journey.Done {
			continue
		}
		if first := firstNeed(j, need); first != "" {
			return first
		}
		return need
	}
	return ""
}

// forget drops what Verify saw of a step before it was done again.
func (p *Project) forget(step journey.Step) {
	if p.seen == nil {
		return
	}
	delete(p.seen.Changed, step)
	switch step {
	case journey.Check:
		p.seen.Data, p.seen.NoData = p.record.Steps[journey.Check].Data, false
	case journey.Classes, journey.Upload:
		p.seen.Code, p.seen.NoCode = p.record.Steps[step].Code, false
	}
}

// work is one step being done.
type work struct {
	*Project
	ctx      context.Context
	step     journey.Step
	plan     planfile.Plan
	env      Env
	evidence *journey.Evidence
	instance instance.Instance
	facts    instance.Facts

	hand        Hand
	differences int    // of a step done by hand
	lifeDone    func() // ends the signs of life for the guard

	apart    bool         // from the steps: nothing is started for this
	told     rental.Login // with its password, by the platform's interface
	starting bool         // the instance was started, and was not reached since
	met      bool         // an instance was reached before this step began

	// Of the training: what the look before it found, whether its code loads,
	// and what is offered should it fail.
	hurdles []preflight.Hurdle
	loads   bool
	remedy  *journey.Remedy
}

func (w *work) do() error {
	switch w.step {
	case journey.Region:
		return w.doRegion()
	case journey.Check:
		return w.doCheck()
	case journey.Convert:
		return w.doConvert()
	case journey.Classes:
		return w.doClasses()
	case journey.Upload:
		return w.doUpload()
	case journey.Train:
		return w.doTrain()
	case journey.Download:
		return w.doDownload()
	}
	return problem.New(StepFailed, nil, "step", string(w.step), "detail", "unknown step")
}

func (w *work) save() error {
	w.record.Steps[w.step] = w.evidence
	return w.record.Save(w.dir)
}

// failed records why the step did not end well. A step that was cancelled, or
// lost its connection, is no failure: it waits to be continued.
func (w *work) failed(err error) error {
	if w.wasCancelled(err) {
		return problem.New(Cancelled, err)
	}
	p := w.coded(err)
	w.evidence.Failure = &journey.Failure{Code: p.Code, Args: p.Args, Remedy: w.remedy}
	if saveErr := w.save(); saveErr != nil {
		return errors.Join(p, saveErr)
	}
	return p
}

// wasCancelled reports whether an error only says that the person, or a signal,
// ended the work.
func (w *work) wasCancelled(err error) bool {
	return w.ctx.Err() != nil || errors.Is(err, context.Canceled)
}

// coded is the error as a problem: what has no code of its own is a failure of
// the step.
func (w *work) coded(err error) *problem.Problem {
	if p, ok := problem.As(err); ok {
		return p
	}
	return problem.New(StepFailed, err, "step", string(w.step), "detail", err.Error())
}

func (w *work) note(code NoteCode, details ...string) {
	w.env.Face.Tell(Noted(w.step, code, details...))
}

func (w *work) command(line string) {
	w.env.Face.Tell(Event{Step: w.step, Kind: KindCommand, Line: line})
}

func (w *work) progress(p instance.Progress) {
	w.env.Face.Tell(Event{Step: w.step, Kind: KindProgress, Progress: &p})
}

// fact keeps something that a person may want to see beside the tick.
func (w *work) fact(name, value string) { w.evidence.SetFact(name, value) }

// lookTries is how often an instance is looked at over a link that gets cut.
const lookTries = 3

// connect opens the instance once a step and looks at it.
func (w *work) connect() error {
	if w.instance != nil {
		return nil
	}
	host, err := w.reach()
	if err != nil {
		return err
	}
	w.instance = host
	w.showLife()
	// A link that is cut right after the login is made anew by the next call.
	for tries := 1; ; tries++ {
		if w.facts, err = host.Look(w.ctx); err == nil {
			break
		}
		if tries == lookTries || !problem.Has(err, instance.ConnectionLost) {
			return err
		}
	}
	w.seeOn(w.facts.Uptime)
	w.showCost()
	return w.remember()
}

// stepFace is the face as a Connector sees it, which does not know for which
// step it tells something.
type stepFace struct {
	Face
	step journey.Step
	told rental.Login // what the platform says of the login
}

func (w *work) stepFace() stepFace { return stepFace{w.env.Face, w.step, w.told} }

// Password asks nobody for a password that the platform told.
func (f stepFace) Password(ctx context.Context, login rental.Login, attempt int) (string, error) {
	if attempt == 1 && f.told.Password != "" && login.Command() == f.told.Command() {
		return f.told.Password, nil
	}
	return f.Face.Password(ctx, login, attempt)
}

func (f stepFace) Tell(e Event) {
	e.Step = f.step
	f.Face.Tell(e)
}

func (w *work) closeInstance() {
	if w.lifeDone != nil {
		w.lifeDone()
		w.lifeDone = nil
	}
	if w.instance != nil {
		_ = w.instance.Close()
		w.instance = nil
	}
}

func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
