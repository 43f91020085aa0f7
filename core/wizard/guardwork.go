package wizard

import (
	"context"
	"strconv"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// The notes about the guard.
const (
	NoteGuardArmed    NoteCode = "guard-armed"     // host, seconds (until the first rule acts, "" if none counts)
	NoteGuardNone     NoteCode = "guard-none"      // no rule is set
	NoteGuardBudget   NoteCode = "guard-budget"    // seconds, act
	NoteGuardEnd      NoteCode = "guard-until"     // seconds, act
	NoteGuardIdle     NoteCode = "guard-idle"      // seconds, act
	NoteGuardBlind    NoteCode = "guard-blind"     // seconds: the use of the GPU cannot be seen
	NoteGuardAfter    NoteCode = "guard-after"     // seconds, act
	NoteGuardKeep     NoteCode = "guard-keep"      // the instance stays on after the training
	NoteGuardNoPrice  NoteCode = "guard-no-price"  // budget: without a price it says nothing about time
	NoteGuardLoses    NoteCode = "guard-loses"     // platform: stopping would lose the model, so nothing is stopped after the training
	NoteGuardPanel    NoteCode = "guard-panel"     // platform: only the panel can stop the instance
	NoteGuardNotArmed NoteCode = "guard-not-armed" // why
	NoteGuardActed    NoteCode = "guard-acted"     // rule, act, tries, exit, output
	NoteGuardExtended NoteCode = "guard-extended"  // seconds
	NoteGuardOff      NoteCode = "guard-off"       // the guard was told to go
)

// armGuard puts the guard on the instance, unless the one there has the same
// orders, and tells what was read back of it. A training goes on without a
// guard; but nobody is left in the belief that there is one. Before a training
// is started, the grace after it does not run yet.
func (w *work) armGuard(starting bool) error {
	g, err := w.guard()
	if err != nil {
		return err
	}
	w.tellOrders(g)
	orders := journey.Digest(w.plan.Guard.Budget, w.plan.Guard.Until, w.plan.Guard.Idle, w.plan.Guard.After, w.plan.Guard.Grace,
		strconv.FormatFloat(w.plan.Price.Budget, 'f', -1, 64), strconv.FormatFloat(w.plan.Price.PerHour, 'f', -1, 64), g.Job, g.Stop)
	state, err := w.instance.ReadGuard(w.ctx, g.Folder)
	if err != nil || !state.Armed() || w.evidence.Fact("guard_orders") != orders {
		if state, err = w.instance.ArmGuard(w.ctx, g); err == nil {
			w.fact("guard_orders", orders)
		}
	}
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	w.fact("guard", g.Folder)
	for i := range state.Rules {
		if starting && state.Rules[i].Rule == instance.RuleAfter {
			state.Rules[i].Counting = false
		}
	}
	w.tellGuard(state, err)
	return nil
}

// tellOrders says in words what each rule does and what it cannot know.
func (w *work) tellOrders(g instance.Guard) {
	price, plan := w.plan.Price, w.plan.Guard
	act := func(rule instance.GuardRule) string { return string(g.Act(rule)) }
	if g.Stop == "" {
		w.note(NoteGuardPanel, "platform", w.plan.Platform)
	}
	if g.Budget > 0 {
		w.note(NoteGuardBudget, "seconds", seconds(g.Budget), "act", act(instance.RuleBudget))
	} else if plan.Budget != planfile.GuardOff && price.Budget > 0 && price.PerHour <= 0 {
		w.note(NoteGuardNoPrice, "budget", strconv.FormatFloat(price.Budget, 'f', 2, 64))
	}
	if g.End > 0 {
		w.note(NoteGuardEnd, "seconds", seconds(g.End), "act", act(instance.RuleEnd))
	}
	if g.Idle > 0 {
		w.note(NoteGuardIdle, "seconds", seconds(g.Idle), "act", act(instance.RuleIdle))
	}
	switch {
	case g.After:
		w.note(NoteGuardAfter, "seconds", seconds(g.Grace), "act", act(instance.RuleAfter))
	case plan.After == planfile.AfterStop:
		w.note(NoteGuardLoses, "platform", w.plan.Platform)
	case g.Budget <= 0 && g.End <= 0 && g.Idle <= 0:
		w.note(NoteGuardNone)
	default:
		w.note(NoteGuardKeep)
	}
}

// tellGuard says whether the guard is armed, on the evidence of what was read.
func (w *work) tellGuard(state instance.GuardState, err error) {
	w.fact("guarded", "no")
	switch {
	case err != nil:
		w.note(NoteGuardNotArmed, "why", "guard-unread")
		state = instance.GuardState{Phase: instance.GuardSilent}
	case state.Phase == instance.GuardActing:
		w.tellActed(state)
	case !state.Armed():
		w.note(NoteGuardNotArmed, "why", "guard-gone")
	default:
		w.fact("guarded", "yes")
		next, in := state.Next()
		left := ""
		if in {
			left = seconds(next.Left)
		}
		w.note(NoteGuardArmed, "host", w.host(), "seconds", left)
		for _, r := range state.Rules {
			if r.Blind {
				w.note(NoteGuardBlind, "seconds", seconds(r.Left))
			}
		}
		if state.Acted != nil {
			w.tellActed(state)
		}
	}
	w.env.Face.Tell(Event{Step: w.step, Kind: KindGuard, Guard: &state})
}

func (w *work) tellActed(state instance.GuardState) {
	a := state.Acted
	if a == nil {
		return
	}
	tries, exit := "", ""
	if a.Tries > 0 {
		tries = strconv.Itoa(a.Tries)
	}
	if a.Ended {
		exit = strconv.Itoa(a.Exit)
	}
	w.note(NoteGuardActed, "rule", string(a.Rule), "act", string(a.Act), "tries", tries, "exit", exit, "output", lastLine(a.Output))
}

// The spans between two signs of life for the guard, and between two looks at
// it while a training is watched.
const lifeEvery = 30 * time.Second

// showLife tells the guard, as long as this work has the instance, that
// somebody is there. It is of no use to say that it failed: then nobody is.
func (w *work) showLife() {
	folder := w.guardFolder()
	if folder == "" || w.lifeDone != nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan struct{})
	w.lifeDone = func() { cancel(); <-done }
	host := w.instance
	go func() {
		defer close(done)
		for {
			_, _ = host.TellGuard(ctx, folder, instance.GuardWord{Looking: true})
			if sleep(ctx, lifeEvery) != nil {
				return
			}
		}
	}()
}

// Guard reads the guard on the instance and, with a word, tells it something
// first. It says what was read back, by notes and by a KindGuard event.
func (p *Project) Guard(ctx context.Context, env Env, word *instance.GuardWord) (instance.GuardState, error) {
	w, err := p.aside(ctx, journey.Train, env)
	if err != nil {
		return instance.GuardState{}, err
	}
	defer w.closeInstance()
	state, err := w.speakToGuard(word)
	if err != nil {
		return state, w.plainError(err)
	}
	return state, nil
}

// ArmGuard arms the guard anew by the plan, apart from the training step.
func (p *Project) ArmGuard(ctx context.Context, env Env) error {
	w, err := p.aside(ctx, journey.Train, env)
	if err != nil {
		return err
	}
	defer w.closeInstance()
	w.evidence.SetFact("guard_orders", "")
	if err := w.armGuard(false); err != nil {
		return w.plainError(err)
	}
	if err := w.keepFacts(); err != nil {
		return err
	}
	if w.evidence.Fact("guarded") != "yes" {
		return problem.New(GuardNotArmed, nil, "host", w.host())
	}
	return nil
}

// GuardNotArmed: host. No watcher answered for its orders.
const GuardNotArmed problem.Code = "guard-not-armed"

func (w *work) speakToGuard(word *instance.GuardWord) (instance.GuardState, error) {
	folder := w.guardFolder()
	var state instance.GuardState
	var err error
	if word == nil {
		state, err = w.instance.ReadGuard(w.ctx, folder)
	} else {
		state, err = w.instance.TellGuard(w.ctx, folder, *word)
	}
	if err != nil {
		return state, err
	}
	switch {
	case word != nil && word.Off:
		w.note(NoteGuardOff)
		w.env.Face.Tell(Event{Step: w.step, Kind: KindGuard, Guard: &state})
		return state, nil
	case word != nil && word.Extend > 0 && state.Armed():
		w.note(NoteGuardExtended, "seconds", seconds(word.Extend))
	}
	w.tellGuard(state, nil)
	return state, nil
}

// aside is work with the instance apart from the steps: it changes no step's
// state. The work is there, without an instance, when that could not be reached.
func (p *Project) aside(ctx context.Context, step journey.Step, env Env) (*work, error) {
	env = env.withClock()
	upload := p.record.Steps[journey.Upload]
	if upload.Fact("folder") == "" {
		return nil, problem.New(StepNotReady, nil, "step", string(step), "need", string(journey.Upload))
	}
	evidence := &journey.Evidence{}
	if e := p.record.Steps[step]; e != nil {
		evidence = e.Clone()
	}
	w := &work{Project: p, ctx: ctx, step: step, plan: p.effective(), env: env, evidence: evidence, apart: true}
	w.note(NoteConnecting, "host", w.host())
	if err := w.connect(); err != nil {
		w.closeInstance()
		return w, w.plainError(err)
	}
	return w, nil
}

// keepFacts puts what was found aside into the record of a step that has one.
func (w *work) keepFacts() error {
	e := w.record.Steps[w.step]
	if e == nil {
		return nil
	}
	e.Facts = w.evidence.Facts
	return w.record.Save(w.dir)
}

// plainError makes an error a problem, without a word in the record.
func (w *work) plainError(err error) error {
	if w.wasCancelled(err) {
		return problem.New(Cancelled, err)
	}
	return w.coded(err)
}

// panelNote are the words of the platform on how to stop an instance.
func (w *work) panelNote() (zh, en string) {
	platform, _ := rental.PlatformByID(w.plan.Platform)
	return platform.Stop.Note.ZH, platform.Stop.Note.EN
}
