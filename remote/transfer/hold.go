package transfer

import (
	"context"
	"fmt"
	"io"
	"time"

	"gpuwizard/remote/shell"
)

const (
	// beatEvery is how often the lock's holder gives a sign of life.
	beatEvery = 5 * time.Second
	// releaseLimit bounds the wait for the lock to be taken away.
	releaseLimit = 10 * time.Second
)

// A holder keeps the lock through a script that lives as long as the upload.
type holder struct {
	found *findings
	words chan string
	over  chan struct{} // closed to let the script end
	gone  chan struct{} // closed when it has
}

// hold takes the lock and learns what is there. Should the lock's script end
// early, the upload is cancelled with its cause.
func (t *upload) hold(ctx context.Context, cancel context.CancelCauseFunc) (*holder, error) {
	for {
		h, err := t.tryHold(ctx, cancel)
		if h != nil || err != nil {
			return h, err
		}
	}
}

// tryHold returns nothing where another program held the lock all the while.
func (t *upload) tryHold(ctx context.Context, cancel context.CancelCauseFunc) (*holder, error) {
	f := newFindings(shell.NewMark(), t.list)
	trust := "trust"
	if t.doubt {
		trust = "doubt"
	}
	c := t.command("hold", f.mark, append([]string{trust}, t.list.oddArgs()...)...)
	c.Output = f
	f.waiting = func() { t.tell.phase("wait") }
	h := &holder{found: f, words: make(chan string, 1), over: make(chan struct{}), gone: make(chan struct{})}
	c.Input = h.beat
	// A cancelled upload still gives its lock back.
	runCtx, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() {
		defer stop()
		defer close(h.gone)
		r, err := t.host.Run(runCtx, c)
		if err == nil && !f.busy {
			err = f.problem(t.host, t.list.folder, r)
		}
		ended <- err
	}()
	go func() {
		<-h.over
		select {
		case <-time.After(releaseLimit):
			stop()
		case <-runCtx.Done():
		}
	}()
	select {
	case <-f.held:
		go func() {
			err := <-ended
			select {
			case <-h.over:
			default:
				cancel(err)
			}
		}()
		t.tell.phase("compare")
		return h, nil
	case err := <-ended:
		h.release(ctx)
		return nil, err
	case <-ctx.Done():
		h.release(ctx)
		return nil, context.Cause(ctx)
	}
}

// beat is the script's input.
func (h *holder) beat(ctx context.Context, w io.Writer) error {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		word := "beat\n"
		select {
		case <-h.over:
			select {
			case word = <-h.words:
				_, err := io.WriteString(w, word)
				return err
			default:
				return nil
			}
		case <-ctx.Done():
			return nil
		case word = <-h.words:
		case <-tick.C:
		}
		if _, err := io.WriteString(w, word); err != nil {
			return err
		}
	}
}

// ask lets the script do something, and returns its answer.
func (h *holder) ask(ctx context.Context, words string) (string, error) {
	select {
	case h.words <- words:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	select {
	case answer := <-h.found.replies:
		return answer, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// prepare runs calls of the script's functions.
func (h *holder) prepare(ctx context.Context, script string) error {
	_, err := h.ask(ctx, fmt.Sprintf("prepare %d\n%s", len(script), script))
	return err
}

// publish makes the folder visible. It returns errDoubt where there are other
// files than the list's.
func (h *holder) publish(ctx context.Context, l *list) error {
	answer, err := h.ask(ctx, fmt.Sprintf("publish %d %d %s\n", l.lines(), l.bytes, l.want()))
	if err == nil && answer != "published" {
		err = errDoubt
	}
	return err
}

// note lets the instance remember what the folder holds, when the lock is
// given back.
func (h *holder) note(digest string) { h.words <- "note " + digest + "\n" }

// release gives the lock back, and waits until it is given back unless ctx is
// done.
func (h *holder) release(ctx context.Context) {
	close(h.over)
	select {
	case <-h.gone:
	case <-ctx.Done():
	}
}
