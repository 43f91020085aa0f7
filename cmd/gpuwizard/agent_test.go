//go:build !windows

package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// TestKeyFromTheAgent logs in with a key that only the user's agent holds.
func TestKeyFromTheAgent(t *testing.T) {
	s := newRented(t)
	private, err := ssh.ParseRawPrivateKey([]byte(read(t, s.Key)))
	if err != nil {
		t.Fatal(err)
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "agent") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	socket, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(keys, c) }()
		}
	}()
	if r := program(t, "run", "--yes", "--until", "upload", "--dir", s.dir); r.code == 0 {
		t.Fatal("let in without a key")
	}
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(dir, "s"))
	if r := program(t, "run", "--yes", "--until", "upload", "--dir", s.dir); r.code != 0 {
		t.Errorf("exit code %d:\n%s", r.code, r.all())
	}
}
