package remote_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"gpuwizard/remote"
)

// A server in this process, for what OpenSSH can't be made to do without a
// user's real password.
type server struct {
	port        int
	fingerprint string
	config      *ssh.ServerConfig
	handle      func(n int, c net.Conn) bool // true: the nth connection is dealt with
	asked       atomic.Int64                 // channels and requests that a client waited for
	forward     func() (net.Conn, error)     // what connections asked for lead to; nil is nowhere
}

func newServer(t *testing.T, config *ssh.ServerConfig) *server {
	t.Helper()
	return newHandledServer(t, config, func(int, net.Conn) bool { return false })
}

func newHandledServer(t *testing.T, config *ssh.ServerConfig, handle func(int, net.Conn) bool) *server {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	config.AddHostKey(key)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{
		port: l.Addr().(*net.TCPAddr).Port, config: config, handle: handle,
		fingerprint: ssh.FingerprintSHA256(key.PublicKey()),
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

func (s *server) options() remote.Options {
	return remote.Options{
		Target:  remote.Target{User: "root", Host: "127.0.0.1", Port: s.port},
		HostKey: s.fingerprint,
		Retries: -1,
	}
}

func (s *server) serve(n int, c net.Conn) {
	defer func() { _ = c.Close() }()
	if s.handle(n, c) {
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
		s.asked.Add(1)
		if n.ChannelType() == "direct-tcpip" && s.forward != nil {
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

func (s *server) count(r *ssh.Request) {
	if r.WantReply {
		s.asked.Add(1)
	}
}

func (s *server) pass(n ssh.NewChannel) {
	out, err := s.forward()
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

// place writes a file for a test.
func place(t *testing.T, dir, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
