package remote

import (
	"context"
	"maps"
	"sync"
	"time"
)

// lanes are more connections to the same instance, for transfers: each is
// logged in with what let the first one in, and asks nobody anything.
type lanes struct {
	mu   sync.Mutex
	list map[int]*Instance
}

// onLane returns what a command on that lane runs over; 0 is the instance's own
// connection.
func (i *Instance) onLane(ctx context.Context, n int) (*Instance, error) {
	if n == 0 {
		return i, nil
	}
	select {
	case i.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-i.turn }()
	select {
	case <-i.closed:
		return nil, i.closedErr
	default:
	}
	i.lanes.mu.Lock()
	defer i.lanes.mu.Unlock()
	if lane := i.lanes.list[n]; lane != nil {
		return lane, nil
	}
	o := i.o
	o.TrustHost, o.Password, o.Passphrase, o.Waiting = nil, nil, nil, nil
	o.Retries = -1
	lane := newInstance(o)
	lane.accepted, lane.unlocked = i.accepted, maps.Clone(i.unlocked)
	lane.passwords = i.passwords
	lane.passwords.ask = nil
	lane.skipped = maps.Clone(i.skipped)
	if i.lanes.list == nil {
		i.lanes.list = map[int]*Instance{}
	}
	i.lanes.list[n] = lane
	return lane, nil
}

func (i *Instance) closeLanes() {
	i.lanes.mu.Lock()
	defer i.lanes.mu.Unlock()
	for n, lane := range i.lanes.list {
		_ = lane.Close()
		delete(i.lanes.list, n)
	}
}

// CloseLanes closes all connections but the first.
func (h host) CloseLanes() { h.i.closeLanes() }

// RoundTrip measures the way to the instance and back: the best of three. It is
// 0 where more connections would all be inside one other.
func (h host) RoundTrip(ctx context.Context) (time.Duration, error) {
	if h.i.via != nil {
		return 0, nil
	}
	c, _, err := h.i.connection(ctx)
	if err != nil {
		return 0, err
	}
	best := time.Duration(0)
	for range 3 {
		took := make(chan time.Duration, 1)
		go func() {
			began := time.Now()
			_, _, _ = c.client.SendRequest("keepalive@openssh.com", true, nil) // a lost connection shows elsewhere
			took <- time.Since(began)
		}()
		select {
		case d := <-took:
			if best == 0 || d < best {
				best = d
			}
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	return best, nil
}
