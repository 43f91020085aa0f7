package wizard_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// panel is the platform's interface, with what it says one after the other.
type panel struct {
	rental.Panel
	says    []rental.PowerState
	err     error
	late    bool // it answers when nobody waits any more
	stopped int
}

func (p *panel) Switch(string) rental.Switch { return p }

func (p *panel) PowerState(ctx context.Context) (rental.PowerState, error) {
	if p.late {
		<-ctx.Done()
		return "", ctx.Err()
	}
	if p.err != nil || len(p.says) == 0 {
		return "", p.err
	}
	said := p.says[0]
	if len(p.says) > 1 {
		p.says = p.says[1:]
	}
	return said, nil
}

func (p *panel) Rented(context.Context) (rental.Rented, error) { return rental.Rented{}, nil }

func (p *panel) PowerOn(context.Context) error  { return nil }
func (p *panel) PowerOff(context.Context) error { p.stopped++; return nil }

func times(n int, p instance.Presence) []instance.Presence {
	var all []instance.Presence
	for range n {
		all = append(all, p)
	}
	return all
}

// TestStopIsClaimedOnlyWhenSeen tells an instance to stop, with all that may
// happen then.
func TestStopIsClaimedOnlyWhenSeen(t *testing.T) {
	t.Parallel()
	ran := instance.Switched{Began: true, Ended: true}
	cut := instance.Switched{Began: true}
	lost := problem.New(instance.ConnectionLost, nil, "host", "h")
	p, f := doneRented(t)
	on, stopping, off := rental.PowerOn, rental.PowerStopping, rental.PowerOff
	for _, c := range []struct {
		name     string
		switched instance.Switched
		err      error
		found    []instance.Presence
		panel    *panel
		why      string // "" is seen off
	}{
		{"seen", cut, lost, times(1, instance.PortRefuses), nil, ""},
		{"seen, after a while", ran, nil, append(times(5, instance.PortAnswers), instance.PortRefuses), nil, ""},
		{"gone before its beginning was seen", instance.Switched{}, lost, times(1, instance.PortRefuses), nil, ""},
		{"the network fails before its beginning was seen", instance.Switched{}, lost, times(1, instance.PortAnswers), nil, "stop-answers"},
		{"command missing", instance.Switched{Began: true, Ended: true, Exit: 127, Output: "not found"}, nil, times(1, instance.PortRefuses), nil, "stop-command"},
		{"nothing happens", ran, nil, times(1, instance.PortAnswers), nil, "stop-answers"},
		{"the network fails", cut, lost, times(1, instance.PortSilent), nil, "stop-silent"},
		{"the network fails and comes back", cut, lost, append(times(6, instance.PortRefuses), instance.PortAnswers), nil, "stop-answers"},
		{"it restarts again and again", cut, lost, append(append(times(8, instance.PortRefuses), instance.PortClosed), append(times(8, instance.PortRefuses), instance.PortAnswers)...), nil, "stop-answers"},
		{"another machine there", cut, lost, times(1, instance.PortOther), nil, "stop-other"},
		{"the port takes and drops", cut, lost, times(1, instance.PortClosed), nil, "stop-closed"},
		{"the panel says so", cut, lost, times(1, instance.PortSilent), &panel{says: []rental.PowerState{on, stopping, off}}, ""},
		{"the panel says on", cut, lost, times(1, instance.PortRefuses), &panel{says: []rental.PowerState{on}}, "stop-panel-on"},
		{"the panel says stopping for ever", cut, lost, times(1, instance.PortRefuses), &panel{says: []rental.PowerState{on, stopping}}, "stop-panel-stopping"},
		{"the panel makes no sense", cut, lost, times(1, instance.PortRefuses), &panel{says: []rental.PowerState{on, rental.PowerUnknown}}, "stop-panel-unknown"},
		{"the panel fails", cut, lost, times(1, instance.PortRefuses), &panel{err: errors.New("500")}, "stop-panel-silent"},
		{"the panel answers late", cut, lost, times(1, instance.PortRefuses), &panel{late: true}, "stop-panel-silent"},
		{"the panel says off, and it answers", ran, nil, times(1, instance.PortAnswers), &panel{says: []rental.PowerState{on, off}}, "stop-panel-wrong"},
		{"the panel called it off before", ran, nil, times(1, instance.PortAnswers), &panel{says: []rental.PowerState{off}}, "stop-answers"},
		{"the panel's own stop instead of a missing command", instance.Switched{Began: true, Ended: true, Exit: 127}, nil, times(1, instance.PortRefuses), &panel{says: []rental.PowerState{on, off}}, ""},
	} {
		run := func(t *testing.T) {
			f.off.switched, f.off.err, f.off.found = c.switched, c.err, c.found
			face := &fakeFace{}
			env := wizard.Env{Connect: f.connect, Face: face, StopPause: time.Second}
			if c.panel != nil {
				if err := p.Set("instance", "pro-1"); err != nil {
					t.Fatal(err)
				}
				env.Panel = func(string) rental.Panel { return c.panel }
			}
			err := p.Stop(t.Context(), env, wizard.StopOptions{})
			seen, said := len(face.notes(wizard.NoteSeenOff)) > 0, face.notes(wizard.NoteNotConfirmed)
			instance := p.Journey().Of(journey.Download).Evidence.Fact("instance")
			if c.why == "" {
				if err != nil || !seen || len(said) > 0 || instance != "seen-off" {
					t.Errorf("%v, notes %v, instance %s", err, said, instance)
				}
				return
			}
			stop, _ := problem.As(err)
			if !problem.Has(err, wizard.StopNotConfirmed) || stop.Args["why"] != c.why || seen || len(said) != 1 || instance != "not-confirmed" {
				t.Errorf("%v, notes %v, seen %v, instance %s; want %s", err, said, seen, instance, c.why)
			}
		}
		// The clock is the test's: being late takes minutes.
		t.Run(c.name, func(t *testing.T) { synctest.Test(t, run) })
	}
}

// realModel has the shape of a .pt file.
func realModel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"best/data.pkl", "best/data/0"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("\x80\x02K\x01."))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// doneRented is a project whose model is here, from a rented instance.
func doneRented(t *testing.T) (*wizard.Project, *fakeInstance) {
	t.Helper()
	p := newProject(t)
	if err := p.Set("finish", "keep"); err != nil {
		t.Fatal(err)
	}
	f := newFake()
	f.best = realModel(t)
	if _, err := run(t, p, f, journey.Download); err != nil {
		t.Fatal(err)
	}
	return p, f
}

// TestNothingIsStoppedBeforeTheModelIsHere: unless the person says so, and then
// the training is ended first.
func TestNothingIsStoppedBeforeTheModelIsHere(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	f := newFake()
	if _, err := run(t, p, f, journey.Train); err != nil {
		t.Fatal(err)
	}
	f.off.switched, f.off.found = instance.Switched{Began: true}, times(1, instance.PortRefuses)
	env := wizard.Env{Connect: f.connect, Face: &fakeFace{}, StopPause: time.Millisecond}
	if err := p.Stop(t.Context(), env, wizard.StopOptions{}); !problem.Has(err, wizard.ModelNotHere) || f.off.asked != 0 {
		t.Errorf("%v, asked %d times", err, f.off.asked)
	}
	if err := p.Stop(t.Context(), env, wizard.StopOptions{WithoutModel: true}); err != nil || f.off.asked != 1 || f.stopped != 1 {
		t.Errorf("%v, asked %d times, jobs stopped %d", err, f.off.asked, f.stopped)
	}
}

// TestOnlyThePanelStopsSome: then the steps are told in words.
func TestOnlyThePanelStopsSome(t *testing.T) {
	t.Parallel()
	p, f := doneRented(t)
	if err := p.Set("platform", "lambda"); err != nil {
		t.Fatal(err)
	}
	face := &fakeFace{}
	err := p.Stop(t.Context(), wizard.Env{Connect: f.connect, Face: face}, wizard.StopOptions{WithoutModel: true})
	if !problem.Has(err, wizard.PanelOnly) || f.off.asked != 0 || len(face.notes(wizard.NoteStopSteps)) != 1 {
		t.Errorf("%v, asked %d times", err, f.off.asked)
	}
}

// Where only the panel stops the instance, no stop is offered at the end: it is
// said how it is done, and that the instance is on.
func TestNoStopIsOfferedThatCannotBeMade(t *testing.T) {
	t.Parallel()
	for platform, want := range map[string]struct{ asked, steps int }{"autodl": {1, 0}, "lambda": {0, 1}, "any": {0, 1}} {
		p := readyToUpload(t)
		set(t, p, "platform", platform, "finish", "ask")
		f := newFake()
		f.best = realModel(t)
		face := &fakeFace{}
		for _, step := range []journey.Step{journey.Region, journey.Upload, journey.Train, journey.Download} {
			if err := p.Run(t.Context(), step, wizard.Env{Connect: f.connect, Face: face}); err != nil {
				t.Fatal(platform, step, err)
			}
		}
		if face.askedStop != want.asked || len(face.notes(wizard.NoteStopSteps)) != want.steps || len(face.notes(wizard.NoteStillOn)) != 1 {
			t.Errorf("%s: asked %d times, told the steps %d times", platform, face.askedStop, len(face.notes(wizard.NoteStopSteps)))
		}
		if got := p.Journey().Of(journey.Download).Evidence.Fact("instance"); got != "on" {
			t.Errorf("%s: the instance is said to be %q", platform, got)
		}
	}
}

// Where no rule is set, nobody is left in the belief that something stops the
// instance.
func TestNoRuleOfTheGuard(t *testing.T) {
	t.Parallel()
	for _, until := range []string{"", "8h"} {
		p := newProject(t)
		for key, value := range map[string]string{"guard.budget": "off", "guard.idle": "off", "guard.after": "keep", "guard.until": until} {
			if err := p.Set(key, value); err != nil {
				t.Fatal(err)
			}
		}
		face, err := run(t, p, newFake(), journey.Train)
		if err != nil {
			t.Fatal(err)
		}
		none, keep := len(face.notes(wizard.NoteGuardNone)), len(face.notes(wizard.NoteGuardKeep))
		if until == "" && (none != 1 || keep != 0) || until != "" && (none != 0 || keep != 1) {
			t.Errorf("until %q: told %d times that no rule is set, %d times that it stays on after the training", until, none, keep)
		}
	}
}

// TestGuardIsShownAsItIsReadBack: a training goes on without a guard, but
// nobody is told that there is one.
func TestGuardIsShownAsItIsReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		state instance.GuardState
		err   error
		armed bool
	}{
		{"armed", instance.GuardState{Phase: instance.GuardArmed}, nil, true},
		{"grace", instance.GuardState{Phase: instance.GuardArmed, Rules: []instance.RuleState{
			{Rule: instance.RuleAfter, Act: instance.ActStop, Left: time.Minute, Counting: true},
		}}, nil, true},
		{"silent", instance.GuardState{Phase: instance.GuardSilent}, nil, false},
		{"absent", instance.GuardState{Phase: instance.GuardAbsent}, nil, false},
		{"unreadable", instance.GuardState{}, problem.New(instance.RemoteNoSpace, nil, "path", "/x"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			for key, value := range map[string]string{"price.per_hour": "2", "price.budget": "10", "guard.until": "8h"} {
				if err := p.Set(key, value); err != nil {
					t.Fatal(err)
				}
			}
			f := newFake()
			f.guard.state, f.guard.err = c.state, c.err
			face, err := run(t, p, f, journey.Train)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(face.notes(wizard.NoteGuardArmed)) > 0; got != c.armed || c.armed == (len(face.notes(wizard.NoteGuardNotArmed)) > 0) {
				t.Errorf("called armed: %v", got)
			}
			for _, n := range face.notes(wizard.NoteGuardArmed) {
				if n["seconds"] != "" {
					t.Errorf("the grace after the training runs before it: %v", n)
				}
			}
			if c.name == "armed" && len(f.guard.armed) != 1 {
				t.Fatalf("armed %d times", len(f.guard.armed))
			}
			g := f.guard.armed[0]
			if g.Budget != 5*time.Hour || g.End < 7*time.Hour || g.Idle != 30*time.Minute || !g.After || g.Grace != 15*time.Minute || g.Stop != "/usr/bin/shutdown" {
				t.Errorf("orders %+v", g)
			}
		})
	}
}

// An instance that does not answer may be off: only the platform knows, and
// nobody is asked to start it in order to stop it.
func TestStopOfWhatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		panel *panel
		why   string // "" is seen off
	}{
		{"the panel says off", &panel{says: []rental.PowerState{rental.PowerOff}}, ""},
		{"the panel says gone", &panel{says: []rental.PowerState{rental.PowerGone}}, ""},
		{"the panel says on", &panel{says: []rental.PowerState{rental.PowerOn}}, "stop-unreached"},
		{"the panel fails", &panel{err: errors.New("500")}, "stop-unreached"},
		{"no panel", nil, "stop-unreached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := doneRented(t)
			set(t, p, "instance", "pro-1")
			face := &person{starts: true}
			face.answer = func(context.Context) (rental.Login, error) {
				return rental.Login{}, problem.New(instance.LoginNeeded, nil, "host", "h", "user", "root")
			}
			env := wizard.Env{Face: face, StopPause: time.Millisecond, Connect: func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
				return nil, problem.New(instance.ConnectionRefused, nil, "host", "h", "port", "22")
			}}
			if c.panel != nil {
				env.Panel = func(string) rental.Panel { return c.panel }
			}
			err := p.Stop(t.Context(), env, wizard.StopOptions{})
			if said, _ := problem.As(err); c.why == "" && err != nil || c.why != "" && (!problem.Has(err, wizard.StopNotConfirmed) || said.Args["why"] != c.why) {
				t.Errorf("got %v, want %q", err, c.why)
			}
			if seen := len(face.notes(wizard.NoteSeenOff)) > 0; seen != (c.why == "") || len(face.asked) != 0 {
				t.Errorf("seen off: %v, asked to start %d times", seen, len(face.asked))
			}
		})
	}
}

// TestBilled: an instance that was gone to costs money until it was seen off.
func TestBilled(t *testing.T) {
	if newProject(t).Billed() {
		t.Error("nothing is rented yet")
	}
	p, f := doneRented(t)
	if !p.Billed() {
		t.Error("the instance was left on")
	}
	f.off.switched, f.off.found = instance.Switched{Began: true}, times(100, instance.PortRefuses)
	if err := p.Stop(t.Context(), wizard.Env{Connect: f.connect, Face: &fakeFace{}, StopPause: time.Millisecond}, wizard.StopOptions{}); err != nil {
		t.Fatal(err)
	}
	if p.Billed() {
		t.Error("the instance was seen off")
	}
	p, _ = doneRented(t)
	if err := p.Set("platform", "any"); err != nil {
		t.Fatal(err)
	}
	if err := p.Set("price.per_hour", "0"); err != nil {
		t.Fatal(err)
	}
	if p.Billed() {
		t.Error("a machine of one's own")
	}
}
