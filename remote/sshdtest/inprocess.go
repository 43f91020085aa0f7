package sshdtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
)

// InProcess is an SSH server in this process, for what OpenSSH can't be made to
// do without a user's real password. It runs commands as the test's user.
type InProcess struct {
	Port               int
	HostKeyFingerprint string
	Asked              atomic.Int64 // channels and requests that a client waited for

	config *ssh.ServerConfig
	o      InProcessOptions
}

// InProcessOptions change what a server in this process does.
type InProcessOptions struct {
	// Handle gets the nth connection, counted from 1, before the server does;
	// with true it has dealt with it.
	Handle func(n int, c net.Conn) bool
	// Forward makes the connection that all lead to which are asked for; nil is
	// nowhere.
	Forward func() (net.Conn, error)
}

// StartInProcess runs a server in this process until the test ends. The config
// says who is let in; the server adds its key.
func StartInProcess(t testing.TB, config *ssh.ServerConfig, o InProcessOptions) *InProcess {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	check(t, err)
	key, err := ssh.NewSignerFromKey(private)
	check(t, err)
	config.AddHostKey(key)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s := &InProcess{
		Port: l.Addr().(*net.TCPAddr).Port, config: config, o: o,
		HostKeyFingerprint: ssh.FingerprintSHA256(key.PublicKey()),
	}
	var all sync.WaitGroup
	var open sync.Map
	all.Go(func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, true)
			all.Go(func() { s.serve(n, c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		open.Range(func(c, _ any) bool { _ = c.(net.Conn).Close(); return true })
		all.Wait()
	})
	return s
}

func (s *InProcess) serve(n int, c net.Conn) {
	defer func() { _ = c.Close() }()
	if s.o.Handle != nil && s.o.Handle(n, c) {
		return
	}
	_, channels, requests, err := ssh.NewServerConn(c, s.config)
	if err != nil {
		return
	}
	go func() {
		for r := range requests {
			s.count(r)
			_ = r.Reply(false, nil)
		}
	}()
	for n := range channels {
		s.Asked.Add(1)
		if n.ChannelType() == "direct-tcpip" && s.o.Forward != nil {
			go s.pass(n)
			continue
		}
		ch, requests, err := n.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				s.count(r)
				if r.Type != "exec" {
					_ = r.Reply(false, nil)
					continue
				}
				_ = r.Reply(true, nil)
				go execute(ch, string(r.Payload[4:]))
			}
		}()
	}
}

func (s *InProcess) count(r *ssh.Request) {
	if r.WantReply {
		s.Asked.Add(1)
	}
}

func (s *InProcess) pass(n ssh.NewChannel) {
	out, err := s.o.Forward()
	if err != nil {
		_ = n.Reject(ssh.ConnectionFailed, "Connection refused")
		return
	}
	ch, requests, err := n.Accept()
	if err != nil {
		_ = out.Close()
		return
	}
	go ssh.DiscardRequests(requests)
	go func() { _, _ = io.Copy(out, ch); _ = out.Close() }()
	_, _ = io.Copy(ch, out)
	_ = ch.Close()
}

func execute(ch ssh.Channel, line string) {
	cmd := exec.Command("sh", "-c", line)
	in, _ := cmd.StdinPipe()
	cmd.Stdout, cmd.Stderr = ch, ch.Stderr()
	go func() { _, _ = io.Copy(in, ch); _ = in.Close() }()
	err := cmd.Run()
	status := struct{ Status uint32 }{}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status.Status = uint32(exit.ExitCode())
	} else if err != nil {
		status.Status = 127
	}
	_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(status))
	_ = ch.Close()
}
