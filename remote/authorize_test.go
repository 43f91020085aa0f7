package remote_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

func TestAuthorize(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "new", "id_ed25519")
	for range 2 {
		if err := remote.MakeKey(key, "gpuwizard"); err != nil {
			t.Fatal(err)
		}
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(key); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the private key: %v, %v", info.Mode(), err)
	}
	for _, c := range []struct{ name, before, after string }{
		{"nothing there", "-", string(public)},
		{"others there", "# mine\nssh-ed25519 AAAA me\n", "# mine\nssh-ed25519 AAAA me\n" + string(public)},
		{"no line end", "ssh-ed25519 AAAA me", "ssh-ed25519 AAAA me\n" + string(public)},
		{"there already", "x\n" + string(public) + "y\n", "x\n" + string(public) + "y\n"},
		{"there with options", `restrict,command="a b" ` + string(public), `restrict,command="a b" ` + string(public)},
		{"there as a comment", "#" + string(public), "#" + string(public) + string(public)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sshdtest.StartWith(t, sshdtest.Options{HomeKeys: true})
			file := filepath.Join(s.Home, ".ssh", "authorized_keys")
			if c.before != "-" {
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				place(t, filepath.Dir(file), "authorized_keys", []byte(c.before))
				if err := os.Chmod(file, 0o664); err != nil {
					t.Fatal(err)
				}
			}
			i := dial(t, options(s))
			for range 2 {
				if err := i.Authorize(t.Context(), key); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(file)
			if err != nil || string(got) != c.after {
				t.Errorf("got %q, %v; want %q", got, err, c.after)
			}
			if !strings.HasPrefix(c.name, "there") || c.name == "there as a comment" {
				if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o022 != 0 {
					t.Errorf("mode %v, %v", info.Mode(), err)
				}
			}
			o := options(s)
			o.Identities = []string{key}
			dial(t, o)
		})
	}
}

// A server that looks for keys elsewhere is left as it was.
func TestAuthorizeInVain(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "id_ed25519")
	if err := remote.MakeKey(key, "gpuwizard"); err != nil {
		t.Fatal(err)
	}
	s := sshdtest.Start(t)
	file := filepath.Join(s.Home, ".ssh", "authorized_keys")
	i := dial(t, options(s))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	place(t, filepath.Dir(file), "authorized_keys", []byte("mine\n"))
	if err := i.Authorize(t.Context(), key); !problem.Has(err, instance.KeyNotTaken) {
		t.Errorf("got %v", err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "mine\n" {
		t.Errorf("left %q, %v", got, err)
	}
	if err := i.Authorize(t.Context(), filepath.Join(s.Home, "none")); !problem.Has(err, remote.IdentityUnreadable) {
		t.Errorf("without a key: %v", err)
	}
}

func TestByPassword(t *testing.T) {
	t.Parallel()
	s := newServer(t, &ssh.ServerConfig{PasswordCallback: accepts("right")})
	o := s.options()
	o.Password = func(context.Context, int) (string, error) { return "right", nil }
	if !dial(t, o).ByPassword() {
		t.Error("a password was given")
	}
	real := sshdtest.Start(t)
	o = options(real)
	o.Password = func(context.Context, int) (string, error) { return "never", nil }
	if dial(t, o).ByPassword() {
		t.Error("the key was enough")
	}
}
