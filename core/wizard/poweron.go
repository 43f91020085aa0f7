package wizard

import (
	"context"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/sshconfig"
)

// A Starter is a Face that can be asked whether to start an instance, which is
// billed from then on. Without it nothing is started.
type Starter interface {
	StartInstance(ctx context.Context, s Start) (bool, error)
}

// Start is the question whether to start an instance with its GPU by the
// platform's own interface.
type Start struct {
	Platform string
	Host     string
	PerHour  rental.Money // zero if not known
	// Restart is an instance that runs without its GPU, and is stopped first.
	Restart bool
	// Cheap is what an hour without the GPU costs, where that is enough for the
	// step at hand: the platform's web panel can start it so. Zero otherwise.
	Cheap rental.Money
}

// The notes about starting an instance.
const (
	NoteStarting   NoteCode = "starting"    // platform, price
	NoteStarted    NoteCode = "started"     // platform, price: the platform's own interface says so
	NoteNotStarted NoteCode = "not-started" // platform, state: told to, and not on by what the platform says
	NoteFoundAt    NoteCode = "found-at"    // platform, login: where the platform says that the instance is
)

// offerStart asks whether to start the instance, if the platform's interface
// can, and has the plan's login lead to it. It is false where the person has to
// do it; what went wrong was told.
func (w *work) offerStart(power rental.Switch, restart bool) (bool, error) {
	starter, ok := w.env.Face.(Starter)
	if !ok || power == nil {
		return false, nil
	}
	cheap, full := w.rates()
	question := Start{Platform: w.plan.Platform, Host: w.host(), PerHour: full, Restart: restart}
	if w.step != journey.Train {
		question.Cheap = cheap
	}
	yes, err := starter.StartInstance(w.ctx, question)
	if err != nil || !yes {
		return false, err
	}
	w.note(NoteStarting, "platform", w.plan.Platform, "price", known(full))
	if restart {
		if err := w.order(power.PowerOff); err != nil || !w.awaitPower(power, rental.PowerState.Ended) {
			return false, w.notStarted(power, err)
		}
	}
	if err := w.order(power.PowerOn); err != nil || !w.awaitPower(power, rental.PowerState.IsOn) {
		return false, w.notStarted(power, err)
	}
	w.note(NoteStarted, "platform", w.plan.Platform, "price", known(full))
	w.starting = true
	_, err = w.findByPanel(power)
	return true, err
}

// order has the platform's interface do something, and does not wait for ever.
func (w *work) order(do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(w.ctx, panelPause)
	defer cancel()
	return do(ctx)
}

// notStarted tells why an instance is not known to be on, and what the platform
// says of it: it may be on, off or on its way.
func (w *work) notStarted(power rental.Switch, cause error) error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	if cause != nil {
		w.panelTrouble(cause)
	}
	state, err := w.powerState(power)
	if err != nil {
		state = rental.PowerUnknown
	}
	w.note(NoteNotStarted, "platform", w.plan.Platform, "state", string(state))
	return nil
}

// awaitPower looks until the platform says what is waited for. An order that
// was taken proves nothing, nor does a state that cannot be read.
func (w *work) awaitPower(power rental.Switch, reached func(rental.PowerState) bool) bool {
	for range stopLooks {
		if state, err := w.powerState(power); err == nil && reached(state) {
			return true
		}
		if sleep(w.ctx, w.lookPause()) != nil {
			return false
		}
	}
	return false
}

// findByPanel has the plan's login lead to where the platform says that the
// instance is, and reports whether that is somewhere else than it was.
func (w *work) findByPanel(power rental.Switch) (moved bool, err error) {
	rented, err := w.rented(power)
	if err != nil || rented.Login.Host == "" {
		return false, w.ctx.Err() // the person is asked then
	}
	old, err := ReadLogin(w.plan.Login)
	if err != nil {
		return false, err
	}
	w.told = old
	if moved = !leadsTo(old, rented.Login); moved {
		w.told = rented.Login
		w.told.Key, w.told.Jump = old.Key, old.Jump
		w.note(NoteFoundAt, "platform", w.plan.Platform, "login", w.told.Command())
		if err := w.setLogin(w.told); err != nil {
			return false, err
		}
	}
	w.told.Password = rented.Login.Password
	return moved, nil
}

// leadsTo reports whether a login, which may be the name of a host in the
// person's SSH configuration, leads to the address of another.
func leadsTo(login, to rental.Login) bool {
	c, _ := sshconfig.Here()
	stops, err := c.Route(login)
	if err != nil {
		return false
	}
	last := stops[len(stops)-1]
	port := to.Port
	if port == 0 {
		port = rental.DefaultPort
	}
	return strings.EqualFold(last.Host, to.Host) && last.Port == port
}

// byPanel is for an instance that does not answer: the platform may say that it
// is somewhere else, or off, and start it. It reports whether to try again.
func (w *work) byPanel() (again bool, err error) {
	power := w.powerSwitch()
	if power == nil {
		return false, nil
	}
	switch state, err := w.powerState(power); {
	case problem.Has(err, rental.PanelNotYours, rental.PanelCannot):
		w.note(NotePanelStrange, "platform", w.plan.Platform)
	case err != nil:
		w.panelTrouble(err)
	case state.IsOn():
		return w.findByPanel(power)
	case state == rental.PowerOff && !w.apart:
		return w.offerStart(power, false)
	}
	return false, w.ctx.Err()
}

// patienceRestart is how long SSH may take to answer once the panel says that
// the instance runs.
const patienceRestart = 3 * time.Minute

// awaitSSH tries to reach an instance that was started.
func (w *work) awaitSSH(reach func() error) error {
	for pause, waited := firstPause, time.Duration(0); ; pause = min(2*pause, longestPause) {
		err := reach()
		if !passing(err) || waited >= patienceRestart {
			return err
		}
		w.note(NoteReconnect, "host", w.host(), "seconds", strconv.Itoa(int(pause.Seconds())))
		if err := sleep(w.ctx, pause); err != nil {
			return err
		}
		waited += pause
	}
}

// dial connects. An instance that was started just now is waited for.
func (w *work) dial() (host instance.Instance, err error) {
	connect := func() (err error) {
		host, err = w.env.Connect(w.ctx, w.plan, w.StatePath(), w.stepFace())
		return err
	}
	if !w.starting {
		return host, connect()
	}
	if err = w.awaitSSH(connect); err == nil {
		w.starting = false
	}
	return host, err
}

// lookPause is the time between two looks at an instance that was told to stop
// or to start.
func (w *work) lookPause() time.Duration {
	switch {
	case w.env.StopPause > 0:
		return w.env.StopPause
	case w.Practice():
		return stopPause / 50
	}
	return stopPause
}
