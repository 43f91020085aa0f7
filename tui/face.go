package tui

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/instance"
	"gpuwizard/core/preflight"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/widget"
)

// batchPause is how long events gather before they are drawn together.
const batchPause = 70 * time.Millisecond

// face is the person's side of a step: it hands events and questions from the
// goroutine that runs the step to the model.
type face struct {
	mu      sync.Mutex
	pending []wizard.Event
	lines   int // ended log lines among them
	secrets map[string]string
	loose   string // a password that was pasted before its login

	patience time.Duration // see mendPatience

	wake chan struct{}
	asks chan ask
}

// ask is a question that the step's goroutine waits on. Exactly one of login,
// phrase, challenge, remember, key, moved, hurdle, start and stop is set; with
// gone, an earlier one is withdrawn.
type ask struct {
	login     *rental.Login
	phrase    string // path of a key file
	attempt   int
	challenge *wizard.Challenge
	remember  *rental.Login
	key       *wizard.HostKey
	moved     *rental.Login // the login as it was
	why       wizard.LoginReason
	hurdle    *preflight.Hurdle
	start     *wizard.Start
	stop      string     // the host to stop
	gone      chan reply // of the question that is withdrawn
	reply     chan reply
}

type reply struct {
	text string
	yes  bool
	to   rental.Login
	err  error
}

// What a face sends to the model.
type (
	eventsMsg []wizard.Event
	askMsg    ask
)

func newFace() *face {
	return &face{secrets: map[string]string{}, patience: mendPatience, wake: make(chan struct{}, 1), asks: make(chan ask)}
}

// Tell keeps an event for the next batch. It never waits. What a later event
// replaces is dropped, and of a flood of log lines the newest are kept: the
// whole log is on the disk.
func (f *face) Tell(e wizard.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := len(f.pending) - 1
	for i := last; i >= max(0, last-1) && !endedLine(f.pending[i]); i-- {
		if replaces(e, f.pending[i]) {
			f.pending[i] = e
			return
		}
	}
	f.pending = append(f.pending, e)
	if endedLine(e) {
		if f.lines++; f.lines > 2*widget.LogLines {
			f.thin()
		}
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// thin drops the oldest log lines down to what a log pane keeps.
func (f *face) thin() {
	drop := f.lines - widget.LogLines
	var skipped *wizard.Event
	kept := f.pending[:0]
	for _, e := range f.pending {
		switch {
		case drop > 0 && endedLine(e):
			drop--
			if skipped == nil || skipped.Step != e.Step {
				kept = append(kept, wizard.Event{Step: e.Step, Kind: kindSkipped, Progress: &instance.Progress{}})
				skipped = &kept[len(kept)-1]
			}
			skipped.Progress.Files++
			continue
		case e.Kind == kindSkipped && skipped != nil && skipped.Step == e.Step:
			skipped.Progress.Files += e.Progress.Files
			continue
		case e.Kind != wizard.KindLog:
			skipped = nil // what is told between two lines stays there
		}
		kept = append(kept, e)
		if e.Kind == kindSkipped {
			skipped = &kept[len(kept)-1]
		}
	}
	clear(f.pending[len(kept):])
	f.pending, f.lines = kept, widget.LogLines
}

// kindSkipped tells how many log lines were dropped at that place.
const kindSkipped wizard.Kind = "skipped"

func endedLine(e wizard.Event) bool { return e.Kind == wizard.KindLog && !e.Live }

// replaces reports whether nothing is lost if e stands in old's place.
func replaces(e, old wizard.Event) bool {
	if e.Kind != old.Kind || e.Step != old.Step {
		return false
	}
	switch e.Kind {
	case wizard.KindProgress, wizard.KindTraining, wizard.KindCost:
		return true
	case wizard.KindLog:
		return e.Live && old.Live
	case wizard.KindMetrics:
		now, ok := e.Metrics.(yolov5.Progress)
		before, was := old.Metrics.(yolov5.Progress)
		return ok && was && now.Epoch == before.Epoch
	}
	return false
}

// take returns the events that gathered.
func (f *face) take() []wizard.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := f.pending
	f.pending, f.lines = nil, 0
	return events
}

// wait is the command that brings the next batch or the next question.
func (f *face) wait(ctx context.Context) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case a := <-f.asks:
			return askMsg(a)
		case <-f.wake:
		}
		timer := time.NewTimer(batchPause)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		return eventsMsg(f.take())
	}
}

// ask hands a question over and waits for its answer.
func (f *face) ask(ctx context.Context, a ask) (reply, error) {
	if a.reply == nil {
		a.reply = make(chan reply, 1)
	}
	select {
	case <-ctx.Done():
		return reply{}, ctx.Err()
	case f.asks <- a:
	}
	select {
	case <-ctx.Done():
		return reply{}, ctx.Err()
	case r := <-a.reply:
		return r, r.err
	}
}

// withdrawIn bounds how long the screens may be too busy to hear that a
// question is withdrawn.
const withdrawIn = 5 * time.Second

// askFor is ask for a question that is withdrawn when ctx ends before its
// answer.
func (f *face) askFor(ctx context.Context, a ask) (reply, error) {
	a.reply = make(chan reply, 1)
	r, err := f.ask(ctx, a)
	if ctx.Err() != nil {
		timer := time.NewTimer(withdrawIn)
		defer timer.Stop()
		select {
		case f.asks <- ask{gone: a.reply}:
		case <-timer.C:
		}
	}
	return r, err
}

// NewLogin asks for the way to an instance that was restarted.
func (f *face) NewLogin(ctx context.Context, old rental.Login, why wizard.LoginReason) (rental.Login, error) {
	r, err := f.askFor(ctx, ask{moved: &old, why: why})
	return r.to, err
}

// TrustHost asks whether to go on with this host key.
func (f *face) TrustHost(ctx context.Context, key wizard.HostKey) (bool, error) {
	r, err := f.ask(ctx, ask{key: &key})
	return r.yes, err
}

// StartInstance asks whether to start the instance now.
func (f *face) StartInstance(ctx context.Context, s wizard.Start) (bool, error) {
	r, err := f.ask(ctx, ask{start: &s})
	return r.yes, err
}

// StopInstance asks whether to stop the instance now.
func (f *face) StopInstance(ctx context.Context, host string) (bool, error) {
	r, err := f.ask(ctx, ask{stop: host})
	return r.yes, err
}
