package remote

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// connect dials until it is in, or has a reason that another try won't change.
func (i *Instance) connect(ctx context.Context) (*conn, error) {
	keys, err := newHostKeys(i.o)
	if err != nil {
		return nil, err
	}
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
		case errors.As(err, &u):
			if err := t.decide(ctx, u); err != nil {
				return nil, err
			}
		case t.again:
			t.again = false
		case problem.Has(err, wizard.ServerNotReady) && retries < i.o.Retries:
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
	badIdentity string
	again       bool // the next dial tries something else: no pause, no count
}

// decide asks the user about a host key.
func (t *try) decide(ctx context.Context, u *untrusted) error {
	o := t.i.o
	got := ssh.FingerprintSHA256(u.key)
	changed := func() error {
		return problem.New(wizard.HostKeyChanged, u,
			"host", o.Target.Host, "want", strings.Join(u.known, " "), "got", got)
	}
	switch {
	case u.revoked:
		return problem.New(wizard.HostKeyRejected, u, "host", o.Target.Host)
	case t.keys.pinned != "":
		return changed()
	case o.TrustHost == nil && len(u.known) > 0:
		return changed()
	case o.TrustHost == nil:
		return problem.New(wizard.HostKeyUnknown, u, "host", o.Target.Host, "got", got)
	}
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
		return problem.New(wizard.HostKeyRejected, u, "host", o.Target.Host)
	}
	t.keys.accept(u.key)
	return nil
}

// dial makes one connection and logs in.
func (t *try) dial(ctx context.Context) (*conn, error) {
	o := t.i.o
	dialCtx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	tcp, err := o.Dialer(dialCtx, "tcp", o.Target.address())
	if err != nil {
		return nil, t.dialProblem(err)
	}
	raw := newLiveConn(tcp)
	var asking atomic.Int32
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
				if asking.Load() > 0 {
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
			asking.Add(1)
		} else {
			raw.touch()
			asking.Add(-1)
		}
	}}
	var keyPassed atomic.Bool
	algorithms := t.keys.algorithms()
	if len(t.families) > 0 {
		algorithms = t.families[0]
	}
	config := &ssh.ClientConfig{
		User:              o.Target.User,
		Auth:              a.methods(),
		ClientVersion:     "SSH-2.0-gpuwizard",
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(address string, addr net.Addr, key ssh.PublicKey) error {
			err := t.keys.check(address, addr, key)
			keyPassed.Store(err == nil)
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
		return newConn(ssh.NewClient(c, channels, requests), raw, o.KeepAlive), nil
	}
	_ = raw.Close()
	return nil, t.loginProblem(err, a, raw.greeting(), keyPassed.Load(), silent.Load())
}

// dialProblem says why there is no connection at all.
func (t *try) dialProblem(err error) error {
	target := t.i.o.Target
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return problem.New(wizard.HostUnknown, err, "host", target.Host)
	case errors.Is(err, errRefused):
		return problem.New(wizard.ConnectionRefused, err, "host", target.Host, "port", target.port())
	}
	if _, ok := problem.As(err); ok {
		return err // a proxy's own
	}
	return problem.New(wizard.HostUnreachable, err, "host", target.Host, "port", target.port())
}

// loginProblem says why a connection did not become a login: by how far it got,
// what was tried, and the type of the error.
func (t *try) loginProblem(err error, a *auth, greeting string, keyPassed, silent bool) error {
	o := t.i.o
	host, user := o.Target.Host, o.Target.User
	notReady := func() error {
		return problem.New(wizard.ServerNotReady, err, "host", host, "port", o.Target.port())
	}
	var u *untrusted
	var algorithms *ssh.AlgorithmNegotiationError
	switch {
	case errors.As(err, &u):
		if len(t.families) > 0 {
			return t.nextFamily(u)
		}
		return u
	case a.stopped != nil:
		return a.stopped
	case silent:
		return problem.New(wizard.HostUnreachable, err, "host", host, "port", o.Target.port())
	case errors.As(err, &algorithms):
		if len(t.families) > 0 {
			return t.nextFamily(nil)
		}
		return problem.New(wizard.AlgorithmMismatch, err, "host", host)
	case isBusy(greeting):
		return notReady()
	case greeting != "" && !strings.HasPrefix(greeting, "SSH-"):
		return problem.New(NotSSH, err, "host", host, "port", o.Target.port())
	case isDropped(err) && !keyPassed:
		return notReady()
	case !keyPassed:
		return problem.New(wizard.AlgorithmMismatch, err, "host", host)
	}

	dropped := isDropped(err)
	if a.badIdentity != "" {
		t.badIdentity = a.badIdentity
	}
	p := &t.i.passwords
	switch {
	case a.passwordTried && dropped && p.have:
		// The server went away before it answered; or it hangs up over a wrong
		// password.
		p.dropped()
		t.again = p.have || p.canAsk()
	case a.passwordTried:
		p.have = false
		t.again = !dropped && p.canAsk()
	case a.keysTried && !t.skipKeys && (p.have || p.canAsk()):
		// Some servers hang up after a few keys: then the password goes first.
		t.skipKeys, t.again = true, true
	case dropped:
		return notReady()
	}
	switch {
	case t.again:
		return err
	case a.passwordTried:
		return problem.New(wizard.WrongPassword, err, "host", host, "user", user)
	case t.badIdentity != "":
		return problem.New(IdentityUnreadable, err, "path", t.badIdentity)
	case a.keysTried || t.skipKeys:
		return problem.New(wizard.KeyRefused, err, "host", host, "user", user)
	}
	return problem.New(wizard.LoginNeeded, err, "host", host, "user", user)
}

// isBusy knows the words with which OpenSSH sends a client away before the
// version line, when it has too many or dislikes its address for a while.
func isBusy(greeting string) bool {
	return strings.HasPrefix(greeting, "Exceeded MaxStartups") ||
		strings.HasPrefix(greeting, "Not allowed at this time")
}

// nextFamily tries the pinned fingerprint against the server's other keys.
func (t *try) nextFamily(u *untrusted) error {
	if u != nil && t.pinnedTo == nil {
		t.pinnedTo = u
	}
	if len(t.families) > 1 {
		t.families = t.families[1:]
		t.again = true
		return errors.New("another host key type")
	}
	if t.pinnedTo != nil {
		return t.pinnedTo
	}
	return problem.New(wizard.AlgorithmMismatch, nil, "host", t.i.o.Target.Host)
}

// isDropped tells a connection that ended from a server's refusal.
func isDropped(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.As(err, &op)
}
