package remote_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"

	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// server is a server in this process, which takes passwords and whatever else
// its config says.
type server struct{ *sshdtest.InProcess }

func newServer(t *testing.T, config *ssh.ServerConfig) server {
	t.Helper()
	return server{sshdtest.StartInProcess(t, config, sshdtest.InProcessOptions{})}
}

func newHandledServer(t *testing.T, config *ssh.ServerConfig, handle func(int, net.Conn) bool) server {
	t.Helper()
	return server{sshdtest.StartInProcess(t, config, sshdtest.InProcessOptions{Handle: handle})}
}

func (s server) options() remote.Options {
	return remote.Options{
		Target:  remote.Target{User: "root", Host: "127.0.0.1", Port: s.Port},
		HostKey: s.HostKeyFingerprint,
		Retries: -1,
	}
}

var errDenied = errors.New("denied")

// accepts is a password callback that accepts one password.
func accepts(right string) func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, got []byte) (*ssh.Permissions, error) {
		if string(got) == right {
			return nil, nil
		}
		return nil, errDenied
	}
}

// takes is a callback that accepts some keys.
func takes(keys ...ssh.PublicKey) func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, got ssh.PublicKey) (*ssh.Permissions, error) {
		for _, key := range keys {
			if bytes.Equal(got.Marshal(), key.Marshal()) {
				return nil, nil
			}
		}
		return nil, errDenied
	}
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
