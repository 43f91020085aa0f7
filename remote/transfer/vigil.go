package transfer

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

const (
	// vigilTicks is how often the silence is looked at before it is too long.
	vigilTicks = 20
	// A slow disk reads so many bytes, and so many files, in the time in which
	// anything else must be heard of.
	slowBytes = 1500 << 20
	slowFiles = 30000
)

// An Asker is a Host that may have to ask a person: for however long they take,
// that is no silence of the instance.
type Asker interface{ Asking() bool }

// A vigil ends a transfer when the instance is there, but takes nothing and
// gives no answer any more, because a program on it hangs. A link that is dead is
// noticed by the connection.
type vigil struct{ ticks atomic.Int32 }

// keepVigil returns a context that ends with the vigil. What is silent may be
// reading all of so many files with so many bytes.
func keepVigil(ctx context.Context, h shell.Host, silence time.Duration, files int, bytes int64) (context.Context, *vigil, context.CancelFunc) {
	limit := silence + time.Duration(float64(silence)*(float64(bytes)/slowBytes+float64(files)/slowFiles))
	ctx, cancel := context.WithCancelCause(ctx)
	v := &vigil{}
	asker, _ := h.(Asker)
	go func() {
		// Ticks and not the clock: that this computer slept is nobody's silence.
		tick := time.NewTicker(limit / vigilTicks)
		defer tick.Stop()
		for v.ticks.Load() < vigilTicks {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if v.ticks.Add(1); asker != nil && asker.Asking() {
					v.heard()
				}
			}
		}
		cancel(problem.New(instance.RemoteSilent, nil, "host", h.Name(), "seconds", strconv.Itoa(int(limit.Seconds()))))
	}()
	return ctx, v, func() { cancel(nil) }
}

// heard notes that there was an answer, or that something was taken.
func (v *vigil) heard() { v.ticks.Store(0) }
