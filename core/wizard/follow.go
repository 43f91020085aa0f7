package wizard

import (
	"context"
	"path"
	"strconv"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/yolov5"
)

// The pauses of following a job: between two looks, and after a lost
// connection. The first try comes at once, the next ones later and later, until
// the wizard gives up and says how to go on.
const (
	lookAgain     = time.Second
	firstPause    = 2 * time.Second
	longestPause  = 30 * time.Second
	patienceTotal = 30 * time.Minute
	// askAfter is after how many tries in vain the person is asked whether the
	// instance is somewhere else by now.
	askAfter = 4
	// doubts is how often an answer is not believed that a connection may have
	// been cut into.
	doubts = 3
)

// GuardEnded: rule, act. The training was ended by the guard on the instance.
const GuardEnded problem.Code = "guard-ended"

// follow brings the job's log here byte for byte, tells what it says, and
// returns when the job has ended.
func (w *work) follow() (instance.JobState, []yolov5.Epoch, error) {
	log, err := w.openLog()
	if err != nil {
		return instance.JobState{}, nil, err
	}
	defer log.close()
	w.note(NoteLogFile, "path", w.rel(log.name))
	live := w.newLive()
	if path.Base(w.evidence.Fact("job")) != path.Base(w.evidence.Fact("run")) {
		live.recall()
	}
	// What an interrupted run has brought is told again from here, not fetched.
	if err := log.past(live); err != nil {
		return instance.JobState{}, nil, err
	}
	state, err := w.bring(log, true, live.take)
	if err != nil {
		return state, nil, err
	}
	live.finish()
	if state.Phase == instance.JobExited && state.Exit != 0 {
		if guard, err := w.instance.ReadGuard(w.ctx, w.guardFolder()); err == nil && guard.Acted != nil && guard.Acted.Act != instance.ActTell {
			w.tellActed(guard)
			return state, nil, problem.New(GuardEnded, nil, "rule", string(guard.Acted.Rule), "act", string(guard.Acted.Act))
		}
	}
	return state, live.tracker.Standing().Curve, log.sync()
}

// bring copies the job's log as it grows, to its end or, without follow, to
// where it is now.
func (w *work) bring(log *logCopy, follow bool, take func(piece []byte, fresh bool)) (instance.JobState, error) {
	job := w.evidence.Fact("job")
	away := absence{work: w}
	defer away.over()
	looked := w.env.Now()
	caughtUp := false
	for {
		state, piece, err := w.instance.ReadJob(w.ctx, job, log.from())
		if err != nil {
			if err := away.wait(err); err != nil {
				return state, err
			}
			caughtUp = false
			continue
		}
		away.over()
		fresh, err := log.add(state, piece)
		if err != nil {
			return state, err
		}
		if len(fresh) > 0 {
			take(fresh, caughtUp)
		}
		caughtUp = log.next >= state.LogSize
		ended := state.Phase == instance.JobExited || state.Phase == instance.JobLost || state.Phase == instance.JobAbsent
		if caughtUp && (ended || !follow) {
			return state, nil
		}
		if now := w.env.Now(); follow && now.Sub(looked) >= lifeEvery {
			looked = now
			w.lookAtGuard()
		}
		if len(piece) > 0 {
			continue
		}
		if err := w.rest(lookAgain); err != nil {
			return state, err
		}
	}
}

// rest waits, unless a face has a word for the guard.
func (w *work) rest(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.ctx.Done():
		return w.ctx.Err()
	case <-timer.C:
	case word := <-w.env.Words:
		if _, err := w.speakToGuard(&word); err != nil && w.ctx.Err() == nil && !passing(err) {
			w.note(NoteGuardNotArmed, "why", "guard-unread")
		}
	}
	return nil
}

// lookAtGuard tells where the guard stands, and in words only what is news: a
// guard that is not armed any more, or has acted.
func (w *work) lookAtGuard() {
	if w.evidence.Fact("guard") == "" {
		return
	}
	state, err := w.instance.ReadGuard(w.ctx, w.guardFolder())
	if err != nil {
		return // the connection is another's business
	}
	armed := "no"
	if state.Armed() {
		armed = "yes"
	}
	if armed != w.evidence.Fact("guarded") || state.Acted != nil {
		w.tellGuard(state, nil)
		return
	}
	w.env.Face.Tell(Event{Step: w.step, Kind: KindGuard, Guard: &state})
}

// An absence is a time without a connection.
type absence struct {
	*work
	tries  int
	pause  time.Duration
	waited time.Duration

	answer     chan newLogin
	withdraw   context.CancelFunc
	asked      bool
	panelAsked bool
}

type newLogin struct {
	login rental.Login
	err   error
}

// over ends an absence: a question that is still open is withdrawn.
func (a *absence) over() {
	if a.withdraw != nil {
		a.withdraw()
	}
	*a = absence{work: a.work}
}

// wait lets some time pass before the next try, longer each time. It returns an
// error when there is no use in trying again.
func (a *absence) wait(cause error) error {
	if a.ctx.Err() != nil {
		return a.ctx.Err()
	}
	stays := passing(cause) || a.tries < doubts && doubtful(cause)
	if !stays && !elsewhere(cause) || a.waited >= patienceTotal {
		return cause
	}
	a.tries++
	if a.tries == 1 && stays {
		return nil
	}
	a.pause = min(max(2*a.pause, firstPause), longestPause)
	w := a.work
	w.note(NoteReconnect, "host", w.host(), "seconds", strconv.Itoa(int(a.pause.Seconds())))
	if !a.asked && (a.tries >= askAfter || !stays) && !w.Practice() {
		if !a.panelAsked {
			a.panelAsked = true
			if again, err := w.byPanel(); err != nil {
				return err
			} else if again {
				return a.goingOn(w.arrive())
			}
		}
		a.ask()
	}
	timer := time.NewTimer(a.pause)
	defer timer.Stop()
	select {
	case <-w.ctx.Done():
		return w.ctx.Err()
	case <-timer.C:
		a.waited += a.pause
	case got := <-a.answer:
		a.answer = nil
		if got.err != nil {
			if w.ctx.Err() != nil {
				return w.ctx.Err()
			}
			if !stays {
				return cause
			}
			break // nobody to ask: it may come back by itself
		}
		return a.goingOn(w.moveTo(got.login))
	}
	if !stays && a.answer == nil {
		return cause
	}
	return nil
}

// goingOn is what becomes of an attempt to reach the instance elsewhere: it may
// be starting, or that was not it.
func (a *absence) goingOn(err error) error {
	if passing(err) || elsewhere(err) {
		a.asked = false
		return nil
	}
	return err
}

// ask asks for the way to the instance, while it is tried where it was.
func (a *absence) ask() {
	a.asked = true
	old, err := ReadLogin(a.plan.Login)
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.withdraw = cancel
	answer := make(chan newLogin, 1)
	a.answer = answer
	face := a.env.Face
	go func() {
		login, err := face.NewLogin(ctx, old, LoginMoved)
		answer <- newLogin{login, err}
	}()
}

// doubtful reports whether an error may come from a link that was cut at that
// very moment, for an instance that let us in before.
func doubtful(err error) bool {
	return problem.Has(err, instance.LoginNeeded, instance.KeyRefused, instance.AlgorithmMismatch, instance.NoShell, instance.RemoteFailed)
}

// elsewhere reports whether an error may mean that the instance was restarted
// with another port or password: somebody else answers, or nobody lets us in.
func elsewhere(err error) bool {
	return problem.Has(err, instance.WrongPassword, instance.KeyRefused, instance.LoginNeeded, instance.HostKeyChanged, instance.HostKeyUnknown)
}

// moveTo goes on with the instance at another place; the zero Login is the old
// one.
func (w *work) moveTo(login rental.Login) error {
	if login == (rental.Login{}) {
		return nil
	}
	if err := w.setLogin(login); err != nil {
		return err
	}
	return w.arrive()
}

// setLogin makes a login the plan's.
func (w *work) setLogin(login rental.Login) error {
	if err := w.Set("login", login.Command()); err != nil {
		return err
	}
	w.plan = w.effective()
	return nil
}

// arrive goes on with the instance where the plan's login leads by now.
func (w *work) arrive() error {
	host, err := w.dial()
	if err != nil {
		return err
	}
	w.closeInstance()
	w.instance = host
	w.fact("host", w.host())
	w.showLife()
	return nil
}

// passing reports whether an error may go away by itself.
func passing(err error) bool {
	return problem.Has(err, instance.ConnectionLost, instance.ConnectionRefused, instance.ServerNotReady, instance.HostUnreachable,
		instance.HostUnknown) // a laptop without a network knows no names either
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Logs tells the log of the training, brought here up to now or, with follow,
// until the training has ended. It changes nothing but the copy of the log.
func (p *Project) Logs(ctx context.Context, env Env, follow bool) error {
	if p.record.Steps[journey.Train].Fact("job") == "" {
		return problem.New(NothingTrained, nil)
	}
	w, err := p.aside(ctx, journey.Train, env)
	if w == nil {
		return err
	}
	defer w.closeInstance()
	log, logErr := w.openLog()
	if logErr != nil {
		return logErr
	}
	defer log.close()
	live := w.newLive()
	if logErr := log.past(live); logErr != nil {
		return logErr
	}
	if err != nil {
		// What is here is told all the same.
		live.lines.Flush()
		return err
	}
	_, err = w.bring(log, follow, live.take)
	live.lines.Flush()
	if err != nil {
		return w.plainError(err)
	}
	return log.sync()
}
