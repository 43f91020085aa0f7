package remote

import (
	"errors"
	"io"
	"maps"
	"net"
	"strings"
	"syscall"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// hopProblem marks a problem as that of the host on the way.
func (t *try) hopProblem(err error) error {
	p, ok := problem.As(err)
	if !ok || ofHop(err) {
		return err // cancelled, or that of a hop before
	}
	marked := *p
	marked.Args = maps.Clone(p.Args)
	if marked.Args == nil {
		marked.Args = map[string]string{}
	}
	marked.Args["hop"] = t.i.via.o.Target.Host
	return &marked
}

// ofHop reports whether a problem is that of a host on the way.
func ofHop(err error) bool {
	p, ok := problem.As(err)
	return ok && p.Args["hop"] != ""
}

// dialProblem says why there is no connection at all.
func (t *try) dialProblem(err error) error {
	host, port, via := t.i.o.Target.Host, t.i.o.Target.port(), ""
	if t.i.via != nil {
		via = t.i.via.o.Target.Host
	}
	var dns *net.DNSError
	var refused *ssh.OpenChannelError
	switch {
	case errors.As(err, &refused):
		// The words are those of OpenSSH and of the system it runs on.
		said := strings.ToLower(refused.Message)
		switch {
		case refused.Reason != ssh.ConnectionFailed:
			return problem.New(JumpRefused, err, "host", host, "via", via)
		case strings.Contains(said, "refused"):
			return problem.New(instance.ConnectionRefused, err, "host", host, "port", port, "via", via)
		case strings.Contains(said, "not known"), strings.Contains(said, "resolution"), strings.Contains(said, "no address"):
			return problem.New(instance.HostUnknown, err, "host", host, "via", via)
		}
	case errors.As(err, &dns) && dns.IsNotFound:
		return problem.New(instance.HostUnknown, err, "host", host)
	case errors.Is(err, errRefused):
		return problem.New(instance.ConnectionRefused, err, "host", host, "port", port)
	}
	if _, ok := problem.As(err); ok {
		return err // a proxy's own
	}
	return problem.New(instance.HostUnreachable, err, "host", host, "port", port, "via", via)
}

// loginProblem says why a connection did not become a login: by how far it got,
// what was tried, and the type of the error.
func (t *try) loginProblem(err error, a *auth, greeting string, keyPassed, silent bool) error {
	o := t.i.o
	host, user := o.Target.Host, o.Target.User
	notReady := func() error {
		return problem.New(instance.ServerNotReady, err, "host", host, "port", o.Target.port())
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
	case a.skipped:
		t.again = true
		return err
	case silent:
		return problem.New(instance.HostUnreachable, err, "host", host, "port", o.Target.port())
	case errors.As(err, &algorithms):
		if len(t.families) > 0 {
			return t.nextFamily(nil)
		}
		return problem.New(instance.AlgorithmMismatch, err, "host", host)
	case isBusy(greeting):
		return notReady()
	case greeting != "" && !strings.HasPrefix(greeting, "SSH-"):
		return problem.New(NotSSH, err, "host", host, "port", o.Target.port())
	case isDropped(err) && !keyPassed:
		return notReady()
	case !keyPassed:
		return problem.New(instance.AlgorithmMismatch, err, "host", host)
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
	case a.keysTried && dropped && t.keyDrops == 0:
		// The link may have been cut at that very moment.
		t.keyDrops++
		t.again = true
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
		return problem.New(instance.WrongPassword, err, "host", host, "user", user)
	case a.partly:
		return problem.New(MoreThanKey, err, "host", host, "user", user, "wants", strings.Join(a.wants, ", "))
	case t.badIdentity != "":
		return problem.New(IdentityUnreadable, err, "path", t.badIdentity)
	case t.skipKeys && t.keyDrops > 0:
		// Nobody has said that the keys are wrong: they get another chance.
		t.skipKeys, t.keyDrops = false, 0
		return notReady()
	case a.keysTried || t.skipKeys:
		return problem.New(instance.KeyRefused, err, "host", host, "user", user)
	}
	return problem.New(instance.LoginNeeded, err, "host", host, "user", user)
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
	return problem.New(instance.AlgorithmMismatch, nil, "host", t.i.o.Target.Host)
}

// isDropped tells a connection that ended from a server's refusal.
func isDropped(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.As(err, &op)
}
