package wizard

import (
	"context"
	"strconv"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// Codes of problems with stopping the instance.
const (
	ModelNotHere     problem.Code = "model-not-here"     // host: nothing is stopped before the model is safe
	StopNotConfirmed problem.Code = "stop-not-confirmed" // host, why, platform
	PanelOnly        problem.Code = "panel-only"         // host, platform, note_zh, note_en: only the panel can stop it
)

// The notes about stopping.
const (
	NoteStopFailed NoteCode = "stop-failed"    // command, exit, output
	NoteStopEnded  NoteCode = "stop-ended"     // command: it ended without a complaint, which proves nothing
	NoteStopCut    NoteCode = "stop-cut"       // host: the connection ended while the command ran
	NoteStopSteps  NoteCode = "stop-steps"     // platform, note_zh, note_en
	NotePanelOff   NoteCode = "panel-off"      // platform, state: the platform's own interface says so
	NoteRehearsed  NoteCode = "stop-rehearsed" // the practice instance's server has ended
	// NotePanelStrange: platform. Its interface does not know this instance.
	NotePanelStrange NoteCode = "panel-strange"
)

// A StopOptions says what a person has decided about a stop.
type StopOptions struct {
	// WithoutModel stops even though the model is not here: a person said so.
	WithoutModel bool
}

// Stop stops the instance by the platform's own way, and returns nil only if it
// was seen to be off. Verify should come first: a model counts as here by what
// it saw.
func (p *Project) Stop(ctx context.Context, env Env, o StopOptions) error {
	if !o.WithoutModel && !p.modelHere() {
		return problem.New(ModelNotHere, nil, "host", (&work{Project: p, plan: p.effective()}).host())
	}
	w, err := p.aside(ctx, journey.Download, env)
	if passing(err) {
		return w.stopUnreached(err)
	}
	if err != nil {
		return err
	}
	defer w.closeInstance()
	if job := p.record.Steps[journey.Train].Fact("job"); job != "" && !p.modelHere() {
		// What it has learned is on the disk, at the last checkpoint.
		w.note(NoteJobEnds, "folder", job)
		if _, err := w.instance.StopJob(ctx, job); err != nil {
			return w.plainError(err)
		}
	}
	why, err := w.turnOff()
	if err != nil {
		return w.plainError(err)
	}
	if err := w.keepFacts(); err != nil {
		return err
	}
	if why != "" {
		return problem.New(StopNotConfirmed, nil, "host", w.host(), "why", why, "platform", w.plan.Platform)
	}
	return nil
}

// stopUnreached is for an instance that does not answer: it may be off already,
// but only the platform knows.
func (w *work) stopUnreached(cause error) error {
	if power := w.powerSwitch(); power != nil {
		if state, err := w.powerState(power); err == nil && state.Ended() {
			w.note(NotePanelOff, "platform", w.plan.Platform, "state", string(state))
			w.fact("instance", "seen-off")
			w.note(NoteSeenOff, "host", w.host())
			return w.keepFacts()
		}
	}
	return problem.New(StopNotConfirmed, cause, "host", w.host(), "why", "stop-unreached", "platform", w.plan.Platform)
}

// modelHere reports whether the model was fetched and, by what Verify saw, is
// still what was fetched.
func (p *Project) modelHere() bool { return p.Journey().Of(journey.Download).State == journey.Done }

// How long, and how often, an instance that was told to stop is looked at, and
// how often in a row its port must refuse: a server that restarts refuses for a
// while, too.
const (
	stopPause    = 5 * time.Second
	stopLooks    = 24
	stopRefusals = 9
	panelPause   = 15 * time.Second // longest wait for the platform's interface
)

// waysToStop are the platform's interface and its command on the instance, as
// far as there are such. Without either only its panel stops an instance.
func (w *work) waysToStop() (rental.Switch, string) {
	platform, _ := rental.PlatformByID(w.plan.Platform)
	return w.powerSwitch(), platform.Stop.Command
}

// turnOff stops the instance and looks whether it is off. It returns "" if it
// was seen off, else why that is not confirmed; the fact "instance" says the
// same. An error means that nothing was done.
func (w *work) turnOff() (why string, err error) {
	power, command := w.waysToStop()
	if command == "" && power == nil {
		zh, en := w.panelNote()
		w.note(NoteStopSteps, "platform", w.plan.Platform, "note_zh", zh, "note_en", en)
		return "", problem.New(PanelOnly, nil, "host", w.host(), "platform", w.plan.Platform, "note_zh", zh, "note_en", en)
	}
	w.note(NoteStopping, "host", w.host())
	power = w.trusted(power)
	told := false
	if command != "" {
		if told, err = w.runStop(command); err != nil && power == nil {
			return "", err
		}
	}
	if !told && power != nil {
		told = w.order(power.PowerOff) == nil
	}
	why = "stop-command"
	if told {
		why = w.watchEnd(power)
	}
	if why != "" {
		w.fact("instance", "not-confirmed")
		w.note(NoteNotConfirmed, "host", w.host(), "why", why)
		return why, w.ctx.Err()
	}
	w.fact("instance", "seen-off")
	w.note(NoteSeenOff, "host", w.host())
	if w.Practice() {
		w.note(NoteRehearsed)
	}
	return "", nil
}

// trusted drops an interface that does not know this instance, or speaks of
// another one: what it takes to be off is at work here.
func (w *work) trusted(power rental.Switch) rental.Switch {
	if power == nil {
		return nil
	}
	state, err := w.powerState(power)
	if problem.Has(err, rental.PanelNotYours, rental.PanelCannot) || err == nil && state.Ended() {
		w.note(NotePanelStrange, "platform", w.plan.Platform)
		return nil
	}
	return power
}

// runStop runs the platform's command. It is true if the command was seen to
// begin and gave no complaint.
func (w *work) runStop(command string) (bool, error) {
	w.command(command)
	s, err := w.instance.TurnOff(w.ctx, w.guardFolder(), command)
	switch {
	case !s.Began && problem.Has(err, instance.ConnectionLost):
		// It may have begun, and have been quicker than the news of it.
		w.note(NoteStopCut, "host", w.host())
	case !s.Began && err != nil:
		return false, err
	case !s.Began:
		w.note(NoteStopFailed, "command", command, "exit", "", "output", "")
		return false, nil
	case !s.Ended:
		w.note(NoteStopCut, "host", w.host())
	case s.Exit != 0:
		w.note(NoteStopFailed, "command", command, "exit", strconv.Itoa(s.Exit), "output", lastLine(s.Output))
		return false, nil
	default:
		w.note(NoteStopEnded, "command", command)
	}
	return true, nil
}

// watchEnd looks at an instance that was told to stop. Only a port that
// refuses, again and again, counts as the end; a connection that merely ended,
// or silence, may be the network's. Where the platform's interface can be
// asked, it must say so as well.
func (w *work) watchEnd(power rental.Switch) (why string) {
	pause, refused := w.lookPause(), 0
	for range stopLooks {
		if sleep(w.ctx, pause) != nil {
			return "stop-unseen"
		}
		found, err := w.instance.Probe(w.ctx)
		if err != nil {
			found = instance.PortSilent
		}
		if found == instance.PortRefuses {
			refused++
		} else {
			refused = 0
		}
		if power == nil {
			if why = "stop-" + string(found); refused == stopRefusals {
				return ""
			}
			continue
		}
		state, err := w.powerState(power)
		switch {
		case err != nil:
			why = "stop-panel-silent"
		case !state.Ended():
			why = "stop-panel-" + string(state)
		case found == instance.PortAnswers:
			why = "stop-panel-wrong"
		default:
			w.note(NotePanelOff, "platform", w.plan.Platform, "state", string(state))
			return ""
		}
	}
	return why
}

func (w *work) powerState(power rental.Switch) (rental.PowerState, error) {
	ctx, cancel := context.WithTimeout(w.ctx, panelPause)
	defer cancel()
	return power.PowerState(ctx)
}

// rented is what the platform's interface says of this very instance.
func (w *work) rented(power rental.Switch) (rental.Rented, error) {
	ctx, cancel := context.WithTimeout(w.ctx, panelPause)
	defer cancel()
	return power.Rented(ctx)
}

// finish does with the instance what the plan says, and says no more about the
// meter than was seen.
func (w *work) finish() error {
	stop := w.plan.Finish == "stop"
	power, command := w.waysToStop()
	panelOnly := power == nil && command == ""
	if w.plan.Finish == "ask" && !panelOnly {
		var err error
		if stop, err = w.env.Face.StopInstance(w.ctx, w.host()); err != nil {
			return err
		}
	}
	if !stop {
		// The person has decided: the guard's rule about the time after the
		// training has done its duty.
		if state, err := w.instance.TellGuard(w.ctx, w.guardFolder(), instance.GuardWord{Settled: true}); err == nil {
			w.env.Face.Tell(Event{Step: w.step, Kind: KindGuard, Guard: &state})
		}
		if w.Practice() {
			return nil
		}
		if panelOnly {
			zh, en := w.panelNote()
			w.note(NoteStopSteps, "platform", w.plan.Platform, "note_zh", zh, "note_en", en)
		}
		w.note(NoteStillOn, "platform", w.plan.Platform)
		w.fact("instance", "on")
		return nil
	}
	_, err := w.turnOff()
	if problem.Has(err, PanelOnly) {
		w.note(NoteStillOn, "platform", w.plan.Platform)
		w.fact("instance", "on")
		return nil
	}
	if err != nil && w.ctx.Err() == nil {
		w.fact("instance", "not-confirmed")
		w.note(NoteNotConfirmed, "host", w.host(), "why", "stop-command")
		return nil
	}
	return err
}
