package remote_test

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// via returns the options to reach a server through others, the first one
// first.
func via(target remote.Options, hops ...remote.Options) remote.Options {
	var before *remote.Options
	for _, hop := range hops {
		hop.Via = before
		before = &hop
	}
	target.Via = before
	return target
}

func TestJump(t *testing.T) {
	t.Parallel()
	gate, middle, target := sshdtest.Start(t), sshdtest.Start(t), sshdtest.Start(t)
	for name, o := range map[string]remote.Options{
		"one":  via(options(target), options(gate)),
		"two":  via(options(target), options(gate), options(middle)),
		"none": options(target),
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			i := dial(t, o)
			exit, err := i.Run(t.Context(), `pwd; exit 3`, nil, &out)
			if err != nil || exit != 3 || out.String() != target.Home+"\n" {
				t.Fatalf("exit %d, %v, %q", exit, err, out.String())
			}
			// A hop that goes away takes the connection along, and comes back.
			gate.Restart()
			if exit, err := i.Run(t.Context(), "exit 4", nil, nil); exit != 4 && !problem.Has(err, instance.ConnectionLost) {
				t.Errorf("after a restart: %d, %v", exit, err)
			}
			if exit, err := i.Run(t.Context(), "exit 5", nil, nil); exit != 5 || err != nil {
				t.Errorf("in the end: %d, %v", exit, err)
			}
		})
	}
}

// A hop that went away, which shows only when it is used, is connected to anew.
func TestJumpOverAHopThatWentAway(t *testing.T) {
	t.Parallel()
	gate, target := sshdtest.Start(t), sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, gate.Addr)
	hop := options(gate)
	hop.Target.Port = proxy.Port
	i := dial(t, via(options(target), hop))
	for range 3 {
		target.Restart()
		if exit, err := i.Run(t.Context(), "exit 4", nil, nil); exit != 4 && !problem.Has(err, instance.ConnectionLost) {
			t.Fatalf("before: %d, %v", exit, err)
		}
		target.Stop() // the hop stays, and ends with the next byte that it gets
		proxy.CutAfter(0)
		target.Restart()
		if exit, err := i.Run(t.Context(), "exit 5", nil, nil); exit != 5 || err != nil {
			t.Errorf("over the hop that went away: %d, %v", exit, err)
		}
	}
}

// Each host on the way is checked and logged in to like the target, and its
// problems are told as its own.
func TestJumpProblems(t *testing.T) {
	t.Parallel()
	gate, target := sshdtest.Start(t), sshdtest.Start(t)
	closed := sshdtest.StartWith(t, sshdtest.Options{Config: []string{"AllowTcpForwarding no"}})
	nobody := sshdtest.DeafPort(t)
	with := func(o remote.Options, change func(*remote.Options)) remote.Options {
		change(&o)
		return o
	}
	for _, c := range []struct {
		name string
		o    remote.Options
		want problem.Code
		hop  string // "" is the target's own problem
	}{
		{"unknown key of the hop", via(options(target), with(options(gate), func(o *remote.Options) { o.HostKey = "" })), instance.HostKeyUnknown, "127.0.0.1"},
		{"other key of the hop", via(options(target), with(options(gate), func(o *remote.Options) { o.HostKey = target.HostKeyFingerprint })), instance.HostKeyChanged, "127.0.0.1"},
		{"other key of the target", via(with(options(target), func(o *remote.Options) { o.HostKey = gate.HostKeyFingerprint }), options(gate)), instance.HostKeyChanged, ""},
		{"refused by the hop", via(options(target), with(options(gate), func(o *remote.Options) { o.Identities = []string{target.Key} })), instance.KeyRefused, "127.0.0.1"},
		{"refused by the target", via(with(options(target), func(o *remote.Options) { o.Identities = []string{gate.Key} }), options(gate)), instance.KeyRefused, ""},
		{"hop is off", via(options(target), with(options(gate), func(o *remote.Options) { o.Target.Port = nobody })), instance.ConnectionRefused, "127.0.0.1"},
		{"target is off", via(with(options(target), func(o *remote.Options) { o.Target.Port = nobody }), options(gate)), instance.ConnectionRefused, ""},
		{"target is unknown to the hop", via(with(options(target), func(o *remote.Options) { o.Target.Host = "nowhere.invalid" }), options(gate)), instance.HostUnknown, ""},
		{"hop passes nothing on", via(options(target), options(closed)), remote.JumpRefused, ""},
		{"the second of two hops", via(options(target), options(gate), with(options(gate), func(o *remote.Options) { o.Identities = nil; o.Target.Host = "localhost" })), instance.LoginNeeded, "localhost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := remote.Dial(t.Context(), c.o)
			p, ok := problem.As(err)
			if !ok || p.Code != c.want || p.Args["hop"] != c.hop {
				t.Errorf("got %v, want %s of %q", err, c.want, c.hop)
			}
		})
	}
}

// The password of a hop is asked for the hop, and a hop that is not up yet is
// waited for once.
func TestJumpWithPasswords(t *testing.T) {
	t.Parallel()
	target := sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, target.Addr)
	gate := newForwarder(t, "hop's", proxy.Addr)
	o := options(target)
	asked := ""
	ask := func(who, answer string) func(context.Context, int) (string, error) {
		return func(context.Context, int) (string, error) { asked += who + " "; return answer, nil }
	}
	hop := gate.options()
	hop.Password = ask("hop", "hop's")
	o.Password = ask("target", "never")
	hop.KeepAlive, o.KeepAlive = time.Second, time.Second
	i := dial(t, via(o, hop))
	if asked != "hop " {
		t.Errorf("asked %q", asked)
	}
	// The link behind the hop falls silent, the one to the hop does not.
	out := writerFunc(func(p []byte) (int, error) { proxy.Stall(true); return len(p), nil })
	if _, err := i.Run(t.Context(), "echo begun; sleep 60", nil, out); !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("got %v", err)
	}
	proxy.Stall(false)
	if exit, err := i.Run(t.Context(), "exit 3", nil, nil); exit != 3 || err != nil {
		t.Errorf("afterwards: %d, %v", exit, err)
	}
	if asked != "hop " {
		t.Errorf("asked %q", asked)
	}
}

// A host is known by its name and port: a jump host that is the target too is
// asked about once, and another port is another server.
func TestJumpAsksOnceForEachAddress(t *testing.T) {
	t.Parallel()
	gate, target := sshdtest.Start(t), sshdtest.Start(t)
	for _, c := range []struct {
		name   string
		target *sshdtest.Server
		want   []string // the fingerprints asked about
	}{
		{"the same address", gate, []string{gate.HostKeyFingerprint}},
		{"the same host, another port", target, []string{gate.HostKeyFingerprint, target.HostKeyFingerprint}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours := filepath.Join(t.TempDir(), "known_hosts")
			var asked []string
			asks := func(s *sshdtest.Server) remote.Options {
				o := options(s)
				o.HostKey, o.AddTo = "", ours
				o.TrustHost = func(_ context.Context, q remote.HostQuestion) (bool, error) {
					if len(q.Known) > 0 {
						t.Errorf("taken for a change: %+v", q)
					}
					asked = append(asked, q.Fingerprint)
					return true, nil
				}
				return o
			}
			for range 2 { // the second time all are known
				_ = dial(t, via(asks(c.target), asks(gate))).Close()
				if !slices.Equal(asked, c.want) {
					t.Errorf("asked about %q, want %q", asked, c.want)
				}
			}
		})
	}
}

func TestJumpCarriesFiles(t *testing.T) {
	t.Parallel()
	gate, target := sshdtest.Start(t), sshdtest.Start(t)
	i := dial(t, via(options(target), options(gate)))
	from := filepath.Join(target.Home, "big")
	if _, err := i.Run(t.Context(), `head -c 9000000 /dev/urandom >big`, nil, nil); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "big")
	fact, err := i.Download(t.Context(), from, to, func(instance.Progress) {})
	if err != nil || fact.Size != 9000000 {
		t.Errorf("%+v, %v", fact, err)
	}
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Run(t.Context(), "exit 0", nil, nil); !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("got %v", err)
	}
}

// newForwarder is a server in this process that takes a password and passes
// every connection on to one address, whatever was asked for.
func newForwarder(t *testing.T, password, to string) server {
	t.Helper()
	return server{sshdtest.StartInProcess(t, &ssh.ServerConfig{PasswordCallback: accepts(password)}, sshdtest.InProcessOptions{
		Forward: func() (net.Conn, error) { return net.Dial("tcp", to) },
	})}
}
