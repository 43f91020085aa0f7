package remote_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// What OpenSSH's own server does when it does not let in, told apart.
func TestFaultsOfARealServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config []string
		keys   []string // more host keys
		change func(*remote.Options)
		want   problem.Code
		wait   bool // it is tried again
	}{
		{name: "lets in"},
		{name: "old key exchange", config: []string{"KexAlgorithms diffie-hellman-group1-sha1"}, want: instance.AlgorithmMismatch},
		{name: "old ciphers", config: []string{"Ciphers 3des-cbc"}, want: instance.AlgorithmMismatch},
		{name: "old kind of host key", config: []string{"HostKeyAlgorithms ssh-rsa"}, keys: []string{"rsa"}, change: func(o *remote.Options) { o.HostKey = "" }, want: instance.AlgorithmMismatch},
		{name: "another key", change: func(o *remote.Options) { o.Identities = []string{otherKey(t)} }, want: instance.KeyRefused},
		{name: "no key and no password taken", change: func(o *remote.Options) { o.Identities = nil }, want: instance.LoginNeeded},
		{name: "password where only keys are taken", change: withPassword, want: instance.LoginNeeded},
		{name: "wrong password", config: []string{"PasswordAuthentication yes"}, change: withPassword, want: instance.WrongPassword},
		{name: "key and password", config: []string{"PasswordAuthentication yes", "AuthenticationMethods publickey,password"}, want: remote.MoreThanKey},
		{name: "user is not allowed", config: []string{"DenyUsers *"}, want: instance.KeyRefused},
		{name: "host key of another", change: func(o *remote.Options) { o.HostKey = "SHA256:" + strings.Repeat("A", 43) }, want: instance.HostKeyChanged},
		{name: "host key that nobody knows", change: func(o *remote.Options) { o.HostKey = "" }, want: instance.HostKeyUnknown},
		{name: "too many strangers", config: []string{"MaxStartups 1:100:1", "LoginGraceTime 60"}, want: instance.ServerNotReady, wait: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sshdtest.StartWith(t, sshdtest.Options{Config: c.config, MoreHostKeys: c.keys})
			o := options(s)
			o.Retries, o.RetryPause = 2, 10*time.Millisecond
			waited := 0
			o.Waiting = func(int, error) { waited++ }
			if c.change != nil {
				c.change(&o)
			}
			if c.wait {
				strange(t, s)
			}
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q\n%s", err, c.want, s.Log())
			}
			if err == nil {
				_ = i.Close()
			}
			if c.wait != (waited > 0) {
				t.Errorf("waited %d times", waited)
			}
		})
	}
}

func withPassword(o *remote.Options) {
	o.Identities = nil
	o.Password = func(context.Context, int) (string, error) { return "certainly not this one", nil }
}

func otherKey(t *testing.T) string {
	t.Helper()
	key := t.TempDir() + "/id"
	if err := remote.MakeKey(key, "other"); err != nil {
		t.Fatal(err)
	}
	return key
}

// strange takes the server's one place for who has not logged in yet.
func strange(t *testing.T, s *sshdtest.Server) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		c, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetReadDeadline(end)
		first := make([]byte, 4)
		if _, err := io.ReadFull(c, first); err == nil && string(first) == "SSH-" {
			return
		}
	}
	t.Fatal("the server's place stays taken")
}

// A connection that was there once is got back while patience lasts, though
// the server is away for a while.
func TestPatience(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	o := options(s)
	o.Patience, o.RetryPause = time.Minute, 20*time.Millisecond
	away := make(chan struct{})
	told := 0
	o.Reconnecting = func(error) {
		if told++; told == 1 {
			close(away)
		}
	}
	i := dial(t, o)
	s.Stop()
	go func() { <-away; s.Restart() }()
	if exit, err := i.Run(t.Context(), "exit 3", nil, nil); exit != 3 && !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("exit %d, %v", exit, err)
	}
	if exit, err := i.Run(t.Context(), "exit 4", nil, nil); exit != 4 || err != nil {
		t.Errorf("afterwards: %d, %v", exit, err)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	// Without patience it fails at once.
	o.Patience, o.Reconnecting = 0, nil
	j := dial(t, o)
	s.Stop()
	for range 2 { // the first may find the end of the connection
		if _, err := j.Run(t.Context(), "exit 0", nil, nil); !problem.Has(err, instance.ConnectionRefused) && !problem.Has(err, instance.ConnectionLost) {
			t.Errorf("got %v", err)
		}
	}
}

// The server tries the link as well: an idle connection that answers stays.
func TestServersKeepAliveIsAnswered(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Config: []string{"ClientAliveInterval 1", "ClientAliveCountMax 4"}})
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.KeepAlive = time.Hour // only the server asks
	i := dial(t, o)
	time.Sleep(8 * time.Second) // longer than the server's patience, which is five
	if exit, err := i.Run(t.Context(), "exit 3", nil, nil); exit != 3 || err != nil || proxy.Accepted() != 1 {
		t.Errorf("exit %d, %v, over %d connections", exit, err, proxy.Accepted())
	}
}
