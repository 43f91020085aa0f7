//go:build !windows

package remote_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// withAgent makes an agent that holds these keys the user's.
func withAgent(t *testing.T, keys ...any) {
	t.Helper()
	ring := agent.NewKeyring()
	for _, key := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "agent") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close(); _ = os.RemoveAll(dir) })
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c) }()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(dir, "s"))
}

// A key that the agent holds is used there, whatever is known of its file.
func TestAgentHoldsTheKey(t *testing.T) {
	s := sshdtest.Start(t)
	text, err := os.ReadFile(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	block, err := ssh.MarshalPrivateKeyWithPassphrase(*private.(*ed25519.PrivateKey), "", []byte("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	locked := place(t, dir, "locked", pem.EncodeToMemory(block))
	public := place(t, dir, "id.pub", ssh.MarshalAuthorizedKey(signer.PublicKey()))
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		held       []any
		identities []string
		only       bool
		asked      int
		want       problem.Code
	}{
		{name: "the agent's own", held: []any{private}},
		{name: "a locked file", held: []any{private}, identities: []string{locked}},
		{name: "a locked file that the agent has not", held: []any{&other}, identities: []string{locked}, asked: 1},
		{name: "a public key", held: []any{private}, identities: []string{public}},
		{name: "a public key, nothing else", held: []any{&other, private}, identities: []string{public}, only: true},
		{name: "a public key that the agent has not", held: []any{&other}, identities: []string{public}, want: remote.IdentityUnreadable},
		{name: "the agent's others are left out", held: []any{private}, only: true, want: instance.LoginNeeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			withAgent(t, c.held...)
			o := options(s)
			o.Identities, o.UseAgent, o.IdentitiesOnly = c.identities, true, c.only
			asked := 0
			o.Passphrase = func(context.Context, string, int) (string, error) { asked++; return "open sesame", nil }
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err == nil {
				_ = i.Close()
			}
			if asked != c.asked {
				t.Errorf("asked for %d passphrases, want %d", asked, c.asked)
			}
		})
	}
}

// The older format hides the public key, too: its neighbour with .pub tells it.
func TestLockedKeyOfTheOlderFormat(t *testing.T) {
	t.Parallel()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	//lint:ignore SA1019 that is how such files are made
	block, err := x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", der, []byte("open sesame"), x509.PEMCipherAES128)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for _, taken := range []bool{true, false} {
		for _, pub := range []bool{true, false} {
			dir := t.TempDir()
			locked := place(t, dir, "id", pem.EncodeToMemory(block))
			if pub {
				place(t, dir, "id.pub", ssh.MarshalAuthorizedKey(signer.PublicKey()))
			}
			callback := takes()
			if taken {
				callback = takes(signer.PublicKey())
			}
			o := newServer(t, &ssh.ServerConfig{PublicKeyCallback: callback}).options()
			o.Identities = []string{locked}
			asked := 0
			o.Passphrase = func(context.Context, string, int) (string, error) { asked++; return "open sesame", nil }
			i, err := remote.Dial(t.Context(), o)
			if err == nil {
				_ = i.Close()
			}
			if (err == nil) != taken || !taken && !problem.Has(err, instance.KeyRefused) {
				t.Errorf("taken %v, .pub %v: %v", taken, pub, err)
			}
			want := 1
			if pub && !taken {
				want = 0 // no server wants it: nobody is asked
			}
			if asked != want {
				t.Errorf("taken %v, .pub %v: asked %d times", taken, pub, asked)
			}
		}
	}
}

// What a server asks beside the password is for the person to answer.
func TestQuestions(t *testing.T) {
	t.Parallel()
	type round struct {
		questions []string
		echos     []bool
		answers   []string
	}
	for _, c := range []struct {
		name     string
		rounds   []round
		password string
		asked    []string // what the person was asked beside the password
		want     problem.Code
	}{
		{"password", []round{{[]string{"Password: "}, []bool{false}, []string{"right"}}}, "right", nil, ""},
		{"in Chinese", []round{{[]string{"密码："}, []bool{false}, []string{"right"}}}, "right", nil, ""},
		{"without a word for it", []round{{[]string{"root@box:"}, []bool{false}, []string{"right"}}}, "right", nil, ""},
		{"password and code", []round{{[]string{"Password: ", "Verification code: "}, []bool{false, false}, []string{"right", "code"}}}, "right", []string{"Verification code:"}, ""},
		{"code first", []round{{[]string{"One-time password (OATH): "}, []bool{false}, []string{"code"}}, {[]string{"Password: "}, []bool{false}, []string{"right"}}}, "right", []string{"One-time password (OATH):"}, ""},
		{"in two rounds", []round{{[]string{"Password: "}, []bool{false}, []string{"right"}}, {[]string{"Your answer? "}, []bool{true}, []string{"code"}}}, "right", []string{"Your answer?"}, ""},
		{"no question at all", []round{{[]string{"Password: "}, []bool{false}, []string{"right"}}, {nil, nil, nil}}, "right", nil, ""},
		{"code alone", []round{{[]string{"Enter PIN: "}, []bool{false}, []string{"code"}}}, "", []string{"Enter PIN:"}, ""},
		{"a hostile one", []round{{[]string{"\x1b[2Jcode\r\n"}, []bool{true}, []string{"code"}}}, "", []string{"[2Jcode"}, ""},
		{"too many", []round{{make([]string, 99), make([]bool, 99), make([]string, 99)}}, "right", nil, instance.LoginNeeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, &ssh.ServerConfig{KeyboardInteractiveCallback: func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
				for _, r := range c.rounds {
					got, err := ask("", "", r.questions, r.echos)
					if err != nil || strings.Join(got, "|") != strings.Join(r.answers, "|") {
						return nil, errDenied
					}
				}
				return nil, nil
			}})
			o := s.options()
			if c.password != "" {
				o.Password = func(context.Context, int) (string, error) { return c.password, nil }
			}
			var asked []string
			o.Question = func(_ context.Context, q remote.Question) (string, error) {
				asked = append(asked, strings.TrimSpace(q.Prompt))
				return "code", nil
			}
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err == nil {
				_ = i.Close()
			}
			if strings.Join(asked, "|") != strings.Join(c.asked, "|") {
				t.Errorf("asked %q, want %q", asked, c.asked)
			}
		})
	}
}
