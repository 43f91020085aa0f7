package remote_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

func TestHostKeys(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	dir := t.TempDir()
	theirs, ours := filepath.Join(dir, "known_hosts"), filepath.Join(dir, "config", "known_hosts")
	try := func(o remote.Options) error {
		o.Target = remote.Target{User: s.User, Host: s.Host, Port: s.Port}
		o.Identities = []string{s.Key}
		i, err := remote.Dial(t.Context(), o)
		if err == nil {
			_ = i.Close()
		}
		return err
	}
	var asked []remote.HostQuestion
	answer := func(yes bool) func(context.Context, remote.HostQuestion) (bool, error) {
		return func(_ context.Context, q remote.HostQuestion) (bool, error) {
			asked = append(asked, q)
			return yes, nil
		}
	}
	expect := func(name string, err error, want problem.Code, questions int) {
		t.Helper()
		if want == "" && err != nil || want != "" && !problem.Has(err, want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
		if len(asked) != questions {
			t.Errorf("%s: %d questions, want %d", name, len(asked), questions)
		}
	}
	files := remote.Options{KnownHosts: []string{theirs, filepath.Join(dir, "none")}, AddTo: ours}
	with := func(o remote.Options, trust func(context.Context, remote.HostQuestion) (bool, error)) remote.Options {
		o.TrustHost = trust
		return o
	}

	expect("unknown", try(files), instance.HostKeyUnknown, 0)
	expect("said no", try(with(files, answer(false))), instance.HostKeyRejected, 1)
	if q := asked[0]; q.Fingerprint != s.HostKeyFingerprint || len(q.Known) != 0 || q.KeyType != "ssh-ed25519" ||
		q.Host != fmt.Sprintf("[127.0.0.1]:%d", s.Port) {
		t.Errorf("asked %+v", q)
	}
	if _, err := os.Stat(ours); err == nil {
		t.Error("a rejected key was written down")
	}
	expect("said yes", try(with(files, answer(true))), "", 2)
	expect("known from now on", try(files), "", 2)

	// The user's own file, with lines that can't be read in it.
	mine := "# a comment\nnonsense\n|1|bad|hash ssh-ed25519 AAAA\n" + s.KnownHosts + "\n"
	if err := os.WriteFile(theirs, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("the user's file", try(remote.Options{KnownHosts: []string{theirs}}), "", 2)

	first := s.HostKeyFingerprint
	s.NewHostKey()
	err := try(files)
	expect("changed", err, instance.HostKeyChanged, 2)
	if p, _ := problem.As(err); p != nil && (p.Args["want"] != first || p.Args["got"] != s.HostKeyFingerprint) {
		t.Errorf("changed: %v", p.Args)
	}
	expect("changed, said no", try(with(files, answer(false))), instance.HostKeyRejected, 3)
	if q := asked[2]; !slices.Equal(q.Known, []string{first}) || q.Fingerprint != s.HostKeyFingerprint {
		t.Errorf("asked %+v", q)
	}
	expect("changed, said yes", try(with(files, answer(true))), "", 4)
	expect("changed, from now on", try(files), "", 4)
	expect("changed, in the user's file alone", try(remote.Options{KnownHosts: []string{theirs}}), instance.HostKeyChanged, 4)
	if text, _ := os.ReadFile(ours); bytes.Count(text, []byte("\n")) != 1 {
		t.Errorf("our file holds more than one line: %s", text)
	}
	if text, _ := os.ReadFile(theirs); string(text) != mine {
		t.Errorf("the user's file was changed: %s", text)
	}

	// A fingerprint from the plan decides alone.
	expect("pinned", try(remote.Options{HostKey: s.HostKeyFingerprint, KnownHosts: []string{theirs}}), "", 4)
	expect("another pinned", try(with(remote.Options{HostKey: first, AddTo: ours}, answer(true))), instance.HostKeyChanged, 4)

	revoked := filepath.Join(dir, "revoked")
	text, _ := os.ReadFile(ours)
	if err := os.WriteFile(revoked, append([]byte("@revoked "), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("revoked", try(with(remote.Options{KnownHosts: []string{revoked}, AddTo: ours}, answer(true))), instance.HostKeyRejected, 4)
}

// A key of another type than the one known is found by asking for its type.
func TestKnownKeyTypeComesFirst(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{MoreHostKeys: []string{"ecdsa", "rsa"}})
	for _, line := range s.MoreKnownHosts {
		file := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		o := options(s)
		o.HostKey, o.KnownHosts = "", []string{file}
		dial(t, o)

		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(strings.SplitN(line, " ", 2)[1]))
		if err != nil {
			t.Fatal(err)
		}
		o.KnownHosts, o.HostKey = nil, ssh.FingerprintSHA256(key)
		dial(t, o)
	}
}
