package remote

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/pkg/sftp"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
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

// SFTP opens the server's files, where it lets anybody do that.
func (h host) SFTP(ctx context.Context) (*sftp.Client, error) {
	c, _, err := h.i.connection(ctx)
	if err != nil {
		return nil, err
	}
	client, err := sftp.NewClient(c.client)
	if err != nil {
		if !c.alive() {
			return nil, problem.New(instance.ConnectionLost, err, "host", h.Name())
		}
		return nil, problem.New(instance.NoShell, err, "host", h.Name())
	}
	return client, nil
}

// lookAtFiles is what can be seen of an instance that serves files and runs no
// commands: where its home folder is, and how much goes in.
func (i *Instance) lookAtFiles(ctx context.Context) (instance.Facts, bool) {
	client, err := host{i}.SFTP(ctx)
	if err != nil {
		return instance.Facts{}, false
	}
	defer func() { _ = client.Close() }()
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()
	home, err := client.Getwd()
	if err != nil {
		return instance.Facts{}, false
	}
	disk := instance.Disk{Path: home, FreeInodes: -1, Writable: true}
	if v, err := client.StatVFS(home); err == nil {
		disk.FreeBytes = int64(v.Bavail * v.Frsize)
	}
	return instance.Facts{User: i.o.Target.User, Home: home, Disks: []instance.Disk{disk}}, true
}
