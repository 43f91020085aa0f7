package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gpuwizard/core/instance"
)

// checkerNumber is the number of the stream that lets large files be checked.
const checkerNumber = maxLanes*laneStreams + 1

// errLane ends a try whose connections were lost but for the first.
var errLane = errors.New("a second connection was lost")

// A crew is the streams of one try.
type crew struct {
	t      *upload
	q      *queue
	cancel context.CancelCauseFunc
	all    sync.WaitGroup
	// distance is the round trip, measured before anything big is on its way.
	distance func() time.Duration

	mu      sync.Mutex
	streams []*stream // those at work
	numbers int
}

// send sends what the plan says, and returns when the instance has read it all
// back.
func (t *upload) send(ctx context.Context, p *plan) error {
	q := newQueue(t.list, p)
	ctx, cancel := context.WithCancelCause(ctx)
	c := &crew{t: t, q: q, cancel: cancel, distance: t.distance(ctx)}
	defer c.all.Wait()
	defer cancel(nil)
	c.hire(ctx, 0)
	if len(p.bigs) > 0 {
		checker := &stream{t: t, q: q, number: checkerNumber, take: q.check}
		c.all.Go(func() { c.work(ctx, checker) })
		c.all.Go(func() { c.read(ctx, p.bigs) })
	}
	if lanes, ok := t.host.(Lanes); ok {
		defer lanes.CloseLanes()
		c.all.Go(func() { c.manage(ctx) })
	}
	return q.wait(ctx)
}

// read finds out the digests of large files that are not known, while the files
// are sent.
func (c *crew) read(ctx context.Context, bigs []*big) {
	for _, b := range bigs {
		if c.t.list.sum(b.file) != "" {
			continue
		}
		if err := c.t.list.read(ctx, []instance.Source{b.file}); err != nil {
			c.q.fail(err)
			return
		}
		c.q.wake()
	}
}

// hire puts streams to work on a lane.
func (c *crew) hire(ctx context.Context, lane int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range laneStreams {
		c.numbers++
		s := &stream{t: c.t, q: c.q, lane: lane, number: c.numbers, take: c.take}
		c.streams = append(c.streams, s)
		c.all.Go(func() { c.work(ctx, s) })
	}
}

// take is what streams do that send. The queue's lock is held.
func (c *crew) take() *part {
	c.mu.Lock()
	streams := max(1, len(c.streams))
	c.mu.Unlock()
	return c.q.take(streams)
}

func (c *crew) work(ctx context.Context, s *stream) {
	err := s.run(ctx)
	c.mu.Lock()
	for n, other := range c.streams {
		if other == s {
			c.streams = append(c.streams[:n:n], c.streams[n+1:]...)
			break
		}
	}
	c.mu.Unlock()
	switch {
	case err == nil, ctx.Err() != nil:
	case s.lane > 0 && s.open.Load() == 0 && isLink(err):
		// It never began: the server wants no more connections. Or it had nothing
		// left to do.
	case s.lane > 0 && isLink(err):
		c.q.fail(fmt.Errorf("%w: %w", errLane, err))
	default:
		c.q.fail(err)
	}
}

// manage doubles the number of connections for as long as that helps: it
// compares what the instance takes a second before and after.
func (c *crew) manage(ctx context.Context) {
	rtt := c.distance()
	if rtt < nearby {
		return
	}
	lanes := 1
	first := c.team(func(*stream) bool { return true })
	if !c.flows(ctx, first, rtt) {
		return
	}
	for lanes*2 <= c.t.maxLanes {
		began, from := time.Now(), c.passed()
		for lane := lanes; lane < 2*lanes; lane++ {
			c.hire(ctx, lane)
		}
		added := c.team(func(s *stream) bool { return s.lane >= lanes })
		if !c.flows(ctx, added, rtt) {
			return
		}
		before := speed(began, c.passed()-from-passed(added))
		if !pause(ctx, 2*rtt) {
			return
		}
		began, from = time.Now(), c.passed()
		if !pause(ctx, settling(rtt)) {
			return
		}
		after := speed(began, c.passed()-from)
		if after < before*worthIt {
			for _, s := range added {
				s.retired.Store(true)
			}
			c.q.wake()
			return
		}
		lanes *= 2
		if float64(c.q.rest()) < after { // less than a second's work
			return
		}
	}
}

func (c *crew) team(in func(*stream) bool) []*stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []*stream
	for _, s := range c.streams {
		if in(s) {
			list = append(list, s)
		}
	}
	return list
}

func passed(list []*stream) int64 {
	var n int64
	for _, s := range list {
		n += s.passed()
	}
	return n
}

// passed is what the streams at work have brought there.
func (c *crew) passed() int64 { return passed(c.team(func(*stream) bool { return true })) }

// flows waits until the streams bring something, and reports whether they do
// before all is sent.
func (c *crew) flows(ctx context.Context, list []*stream, rtt time.Duration) bool {
	for passed(list) == 0 {
		if c.q.rest() == 0 || !pause(ctx, moment(rtt)) {
			return false
		}
		gone := c.team(func(s *stream) bool { return s == list[0] || s == list[len(list)-1] })
		if len(gone) == 0 {
			return false
		}
	}
	return true
}
