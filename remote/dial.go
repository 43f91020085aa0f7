package remote

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// connect dials until it is in, or has a reason that another try won't change.
func (i *Instance) connect(ctx context.Context) (*conn, error) {
	keys := newHostKeys(i.o)
	keys.accepted = i.accepted
	i.passwords.asked = 0
	t := try{i: i, keys: keys}
	if keys.pinned != "" {
		t.families = keyFamilies()
	}
	for retries := 0; ; {
		c, err := t.dial(ctx)
		if err == nil {
			i.accepted = keys.accepted
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		var u *untrusted
		switch {
		case !ofHop(err) && errors.As(err, &u):
			if err := t.decide(ctx, u); err != nil {
				return nil, err
			}
		case t.again:
			t.again = false
		case problem.Has(err, instance.ServerNotReady) && !ofHop(err) && retries < i.o.Retries:
			retries++
			if i.o.Waiting != nil {
				i.o.Waiting(retries, err)
			}
			if !sleep(ctx, i.o.RetryPause) {
				return nil, context.Cause(ctx)
			}
		default:
			return nil, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// A try is a series of connections towards one login.
type try struct {
	i           *Instance
	keys        *hostKeys
	families    [][]string // host key types left to be tried for a pinned key
	pinnedTo    *untrusted // what the server showed instead of the pinned key
	skipKeys    bool
	keyDrops    int // connections that ended while keys were tried
	badIdentity string
	again       bool // the next dial tries something else: no pause, no count
}

// decide asks the user about a host key.
func (t *try) decide(ctx context.Context, u *untrusted) error {
	o := t.i.o
	got := ssh.FingerprintSHA256(u.key)
	changed := func() error {
		return problem.New(instance.HostKeyChanged, u,
			"host", o.Target.Host, "want", strings.Join(u.known, " "), "got", got)
	}
	switch {
	case u.revoked:
		return problem.New(instance.HostKeyRejected, u, "host", o.Target.Host)
	case t.keys.pinned != "":
		return changed()
	case o.TrustHost == nil && len(u.known) > 0:
		return changed()
	case o.TrustHost == nil:
		return problem.New(instance.HostKeyUnknown, u, "host", o.Target.Host, "got", got)
	}
	t.i.asking.Add(1)
	defer t.i.asking.Add(-1)
	yes, err := o.TrustHost(ctx, HostQuestion{
		Host:        knownName(t.keys.address),
		Fingerprint: got,
		KeyType:     u.key.Type(),
		Known:       u.known,
	})
	if err != nil {
		return err
	}
	if !yes {
		return problem.New(instance.HostKeyRejected, u, "host", o.Target.Host)
	}
	t.keys.accept(u.key)
	return nil
}

// reach makes the connection under SSH.
func (t *try) reach(ctx context.Context) (net.Conn, error) {
	if t.i.via != nil {
		return t.reachOver(ctx, t.i.via)
	}
	return t.dialIn(ctx, t.i.o.Dialer)
}

// reachOver makes it over the host on the way. That this one went away may show
// only now: then it is connected to anew, once.
func (t *try) reachOver(ctx context.Context, via *Instance) (net.Conn, error) {
	for again := false; ; again = true {
		// The person may have to type for that, with no time limit.
		c, fresh, err := via.connection(ctx)
		if err != nil {
			return nil, t.hopProblem(err)
		}
		tcp, err := t.dialIn(ctx, c.forward)
		var refused *ssh.OpenChannelError
		answered := err == nil || errors.As(err, &refused)
		if answered || fresh || again || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
			return tcp, err
		}
		via.drop(c)
	}
}

// dialIn makes a connection in time.
func (t *try) dialIn(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error)) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	tcp, err := dial(ctx, "tcp", t.i.o.Target.address())
	if err != nil {
		return nil, t.dialProblem(err)
	}
	return tcp, nil
}

// clientVersion is how this program greets a server.
const clientVersion = "SSH-2.0-gpuwizard"

// dial makes one connection and logs in.
func (t *try) dial(ctx context.Context) (*conn, error) {
	o := t.i.o
	tcp, err := t.reach(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.keys.load(); err != nil {
		_ = tcp.Close()
		return nil, err
	}
	raw := newLiveConn(tcp)
	var silent atomic.Bool
	over := make(chan struct{})
	guarded := make(chan struct{})
	go func() { // ends the handshake when it is cancelled, or hangs
		defer close(guarded)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-ctx.Done():
				_ = tcp.Close()
				return
			case <-tick.C:
				if t.i.asking.Load() > 0 {
					raw.touch()
				} else if raw.silence() > handshakeSilence {
					silent.Store(true)
					_ = tcp.Close()
					return
				}
			}
		}
	}()

	a := &auth{i: t.i, ctx: ctx, skipKeys: t.skipKeys, pause: func(on bool) {
		if on {
			t.i.asking.Add(1)
		} else {
			raw.touch()
			t.i.asking.Add(-1)
		}
	}}
	var keyPassed atomic.Bool
	var hostKey ssh.PublicKey
	algorithms := t.keys.algorithms()
	if len(t.families) > 0 {
		algorithms = t.families[0]
	}
	config := &ssh.ClientConfig{
		User:              o.Target.User,
		Auth:              a.methods(),
		AuthCallback:      a.watch,
		ClientVersion:     clientVersion,
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(address string, addr net.Addr, key ssh.PublicKey) error {
			err := t.keys.check(address, addr, key)
			keyPassed.Store(err == nil)
			hostKey = key
			return err
		},
	}
	c, channels, requests, err := ssh.NewClientConn(raw, o.Target.address(), config)
	close(over)
	<-guarded
	if a.agent != nil {
		_ = a.agent.Close()
	}
	if err == nil {
		t.i.byPassword.Store(a.passwordTried)
		return newConn(ssh.NewClient(c, channels, requests), raw, hostKey, o.KeepAlive), nil
	}
	_ = raw.Close()
	return nil, t.loginProblem(err, a, raw.greeting(), keyPassed.Load(), silent.Load())
}
