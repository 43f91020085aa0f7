package remote_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// asks is the same by questions.
func asks(right string) func(ssh.ConnMetadata, ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		got, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || got[0] != right {
			return nil, errDenied
		}
		return nil, nil
	}
}

// types returns a Password function that gives the answers one after another.
func types(asked *int, answers ...string) func(context.Context, int) (string, error) {
	return func(_ context.Context, attempt int) (string, error) {
		if *asked++; attempt > len(answers) {
			return "", fmt.Errorf("asked %d times", attempt)
		}
		return answers[attempt-1], nil
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	both := &ssh.ServerConfig{PasswordCallback: accepts("right"), KeyboardInteractiveCallback: asks("right")}
	for _, c := range []struct {
		name    string
		config  *ssh.ServerConfig
		answers []string
		asked   int
		want    problem.Code
	}{
		{"right", &ssh.ServerConfig{PasswordCallback: accepts("right")}, []string{"right"}, 1, ""},
		{"by questions", &ssh.ServerConfig{KeyboardInteractiveCallback: asks("right")}, []string{"right"}, 1, ""},
		{"third try", &ssh.ServerConfig{PasswordCallback: accepts("right")}, []string{"a", "b", "right"}, 3, ""},
		{"third try by questions", &ssh.ServerConfig{KeyboardInteractiveCallback: asks("right")}, []string{"a", "b", "right"}, 3, ""},
		{"third try, both", both, []string{"a", "b", "right"}, 3, ""},
		{"wrong", &ssh.ServerConfig{PasswordCallback: accepts("right")}, []string{"a", "b", "c"}, 3, instance.WrongPassword},
		{"wrong, both", both, []string{"a", "b", "c"}, 3, instance.WrongPassword},
		{"hangs up after each", &ssh.ServerConfig{PasswordCallback: accepts("right"), MaxAuthTries: 1}, []string{"a", "b", "c"}, 3, instance.WrongPassword},
		{"hangs up after each, then right", &ssh.ServerConfig{PasswordCallback: accepts("right"), MaxAuthTries: 1}, []string{"a", "b", "right"}, 3, ""},
		{"empty", &ssh.ServerConfig{PasswordCallback: accepts("right")}, []string{"", "", ""}, 3, instance.WrongPassword},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newServer(t, c.config).options()
			asked := 0
			o.Password = types(&asked, c.answers...)
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err == nil {
				_ = i.Close()
			}
			if asked != c.asked {
				t.Errorf("asked %d times, want %d", asked, c.asked)
			}
		})
	}
}

func TestNoPasswordToGive(t *testing.T) {
	t.Parallel()
	cancelled := errors.New("the user went back")
	s := newServer(t, &ssh.ServerConfig{PasswordCallback: accepts("right")})
	o := s.options()
	if _, err := remote.Dial(t.Context(), o); !problem.Has(err, instance.LoginNeeded) {
		t.Errorf("without: got %v", err)
	}
	o.Password = func(context.Context, int) (string, error) { return "", cancelled }
	if _, err := remote.Dial(t.Context(), o); !errors.Is(err, cancelled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// A person may think longer than the server waits: then what was typed is tried
// on another connection.
func TestServerHangsUpOverASlowAnswer(t *testing.T) {
	t.Parallel()
	var first net.Conn
	s := newHandledServer(t, &ssh.ServerConfig{PasswordCallback: accepts("right")}, func(n int, c net.Conn) bool {
		if n == 1 {
			first = c
		}
		return false
	})
	o := s.options()
	asked := 0
	o.Password = func(context.Context, int) (string, error) {
		asked++
		_ = first.Close()
		return "right", nil
	}
	dial(t, o)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// The password is kept for the next connection, and asked for anew when it was
// changed meanwhile.
func TestPasswordIsKeptForReconnecting(t *testing.T) {
	t.Parallel()
	right := "right"
	s := newServer(t, &ssh.ServerConfig{PasswordCallback: func(c ssh.ConnMetadata, got []byte) (*ssh.Permissions, error) {
		return accepts(right)(c, got)
	}})
	proxy := sshdtest.NewProxy(t, fmt.Sprintf("127.0.0.1:%d", s.Port))
	o := s.options()
	o.Target.Port = proxy.Port
	asked := 0
	o.Password = func(_ context.Context, _ int) (string, error) { asked++; return right, nil }
	i := dial(t, o)
	for want := range 2 {
		proxy.CutAfter(0)
		_, _ = i.Run(t.Context(), "echo", nil, nil)
		if exit, err := i.Run(t.Context(), "exit 6", nil, nil); exit != 6 || err != nil {
			t.Errorf("exit %d, %v", exit, err)
		}
		if asked != want+1 {
			t.Errorf("asked %d times, want %d", asked, want+1)
		}
		right = "another"
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newKey := func(name, phrase string) (string, ssh.PublicKey) {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		var block *pem.Block
		if phrase == "" {
			block, err = ssh.MarshalPrivateKey(private, "")
		} else {
			block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(phrase))
		}
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.NewSignerFromKey(private)
		if err != nil {
			t.Fatal(err)
		}
		return file, signer.PublicKey()
	}
	plain, plainKey := newKey("plain", "")
	locked, lockedKey := newKey("locked", "open sesame")
	other, _ := newKey("other", "")
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := func(password string) *ssh.ServerConfig {
		c := &ssh.ServerConfig{PublicKeyCallback: takes(plainKey, lockedKey)}
		if password != "" {
			c.PasswordCallback = accepts(password)
		}
		return c
	}
	few := config("right")
	few.MaxAuthTries = 2
	for _, c := range []struct {
		name       string
		config     *ssh.ServerConfig
		identities []string
		phrases    []string
		password   string
		asked      int // for passphrases
		want       problem.Code
	}{
		{name: "plain", config: config(""), identities: []string{plain}},
		{name: "second", config: config(""), identities: []string{other, plain}},
		{name: "locked", config: config(""), identities: []string{locked}, phrases: []string{"x", "open sesame"}, asked: 2},
		{name: "locked, not needed", config: config(""), identities: []string{plain, locked}},
		{name: "locked, wrong", config: config(""), identities: []string{locked}, phrases: []string{"x", "y", "z"}, asked: 3, want: remote.IdentityUnreadable},
		{name: "locked, left out", config: config(""), identities: []string{locked}, phrases: []string{""}, asked: 1, want: remote.IdentityUnreadable},
		{name: "locked, left out, another", config: config(""), identities: []string{locked, plain}, phrases: []string{""}, asked: 1},
		{name: "locked, wrong, another", config: config(""), identities: []string{locked, plain}, phrases: []string{"x", "y", "z"}, asked: 3},
		{name: "locked, left out, password", config: config("right"), identities: []string{locked}, phrases: []string{""}, asked: 1, password: "right"},
		{name: "locked, left out, another, password", config: config("right"), identities: []string{locked, other}, phrases: []string{""}, asked: 1, password: "right"},
		{name: "refused", config: config(""), identities: []string{other}, want: instance.KeyRefused},
		{name: "broken", config: config(""), identities: []string{broken}, want: remote.IdentityUnreadable},
		{name: "missing", config: config(""), identities: []string{filepath.Join(dir, "none")}, want: remote.IdentityUnreadable},
		{name: "broken and plain", config: config(""), identities: []string{broken, plain}},
		{name: "none", config: config(""), want: instance.LoginNeeded},
		{name: "refused, then password", config: config("right"), identities: []string{other}, password: "right"},
		{name: "hangs up over keys, then password", config: few, identities: []string{other, broken, locked + "x", other}, password: "right"},
		{name: "no password taken", config: config(""), identities: []string{other}, password: "right", want: instance.KeyRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newServer(t, c.config).options()
			o.Identities = c.identities
			asked := 0
			if c.phrases != nil {
				o.Passphrase = func(_ context.Context, file string, attempt int) (string, error) {
					if asked++; file != locked {
						t.Errorf("asked for %s", file)
					}
					return c.phrases[attempt-1], nil
				}
			}
			if c.password != "" {
				o.Password = func(context.Context, int) (string, error) { return c.password, nil }
			}
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err == nil {
				_ = i.Close()
			}
			if asked != c.asked {
				t.Errorf("asked %d times, want %d", asked, c.asked)
			}
		})
	}
}

func TestServerThatIsNotReady(t *testing.T) {
	t.Parallel()
	config := &ssh.ServerConfig{PasswordCallback: accepts("right")}
	for _, c := range []struct {
		name    string
		answer  string
		drops   int
		retries int
		want    problem.Code
	}{
		{"comes up", "", 3, 5, ""},
		{"does not", "", 9, 2, instance.ServerNotReady},
		{"too many", "Exceeded MaxStartups\r\n", 3, 5, ""},
		{"after the version line", "SSH-2.0-OpenSSH_9.2\r\n", 3, 5, ""},
		{"a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", 1, 5, remote.NotSSH},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newHandledServer(t, config, func(n int, conn net.Conn) bool {
				if n > c.drops {
					return false
				}
				_, _ = conn.Write([]byte(c.answer))
				// Closing with bytes unread would reset the connection, which
				// may take the answer with it.
				_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				_, _ = conn.Read(make([]byte, 4096))
				return true
			})
			o := s.options()
			o.Password = func(context.Context, int) (string, error) { return "right", nil }
			o.Retries, o.RetryPause = c.retries, time.Millisecond
			waits := 0
			o.Waiting = func(attempt int, cause error) {
				if waits++; attempt != waits || !problem.Has(cause, instance.ServerNotReady) {
					t.Errorf("told %d, %v", attempt, cause)
				}
			}
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err == nil {
				_ = i.Close()
			}
			if want := min(c.drops, c.retries); c.want != remote.NotSSH && waits != want {
				t.Errorf("waited %d times, want %d", waits, want)
			}
		})
	}
}

func TestDialProblems(t *testing.T) {
	t.Parallel()
	fails := func(err error) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: err}
		}
	}
	old := &ssh.ServerConfig{NoClientAuth: true}
	old.KeyExchanges = []string{ssh.InsecureKeyExchangeDHGEXSHA1}
	for _, c := range []struct {
		name string
		o    remote.Options
		want problem.Code
	}{
		{"refused", remote.Options{Target: remote.Target{Host: "127.0.0.1", Port: sshdtest.DeafPort(t)}}, instance.ConnectionRefused},
		{"no such name", remote.Options{Dialer: fails(&net.DNSError{IsNotFound: true})}, instance.HostUnknown},
		{"no name server", remote.Options{Dialer: fails(&net.DNSError{IsTemporary: true})}, instance.HostUnreachable},
		{"no answer", remote.Options{Dialer: fails(os.ErrDeadlineExceeded)}, instance.HostUnreachable},
		{"old algorithms", newServer(t, old).options(), instance.AlgorithmMismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := remote.Dial(t.Context(), c.o); !problem.Has(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestDialIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := newHandledServer(t, &ssh.ServerConfig{}, func(_ int, c net.Conn) bool {
		cancel()
		_, _ = c.Read(make([]byte, 1))
		_, _ = c.Read(make([]byte, 4096)) // until the client hangs up
		return true
	})
	if _, err := remote.Dial(ctx, s.options()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDeadLinkIsNoticed(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.KeepAlive = time.Second // a busy server may take that long to answer
	i := dial(t, o)
	// A quiet command on a link that works is left alone.
	if exit, err := i.Run(t.Context(), "sleep 5; exit 5", nil, nil); exit != 5 || err != nil {
		t.Fatalf("exit %d, %v", exit, err)
	}
	began := time.Now()
	out := writerFunc(func(p []byte) (int, error) {
		proxy.Stall(true)
		began = time.Now()
		return len(p), nil
	})
	_, err := i.Run(t.Context(), "echo begun; sleep 60", nil, out)
	if !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(began); d > 30*o.KeepAlive {
		t.Errorf("noticed after %v", d)
	}
	proxy.Stall(false)
	if exit, err := i.Run(t.Context(), "exit 3", nil, nil); exit != 3 || err != nil {
		t.Errorf("afterwards: %d, %v", exit, err)
	}
}

func TestNoShell(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{LoginShell: "/usr/sbin/nologin"})
	if _, err := dial(t, options(s)).Run(t.Context(), "exit 0", nil, nil); !problem.Has(err, instance.NoShell) {
		t.Errorf("got %v", err)
	}
}
