package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"gpuwizard/core/planfile"
	"gpuwizard/core/wizard"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// The key that is put on an instance is one of the user's that needs no
// passphrase, else one that is made; later logins use it.
func TestInstallKey(t *testing.T) {
	sshFiles(t, "")
	s := sshdtest.StartWith(t, sshdtest.Options{HomeKeys: true})
	l := newLogins("")
	login := func(identity string) (*shared, error) {
		l.identity = identity
		plan := planfile.New()
		plan.Login = "ssh -p " + s.Addr[strings.LastIndex(s.Addr, ":")+1:] + " " + s.User + "@127.0.0.1"
		plan.HostKey = s.HostKeyFingerprint
		i, err := l.connect(t.Context(), plan, "", nobody{})
		if err != nil {
			return nil, err
		}
		return i.(*shared), nil
	}
	first, err := login(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	path, made, err := first.InstallKey(t.Context())
	if err != nil || !made || path != ownKey() {
		t.Fatalf("%s, made %v, %v", path, made, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info.Mode(), err)
	}
	if _, made, err := first.InstallKey(t.Context()); err != nil || made {
		t.Errorf("again: made %v, %v", made, err)
	}
	l.close()
	if _, err := login(""); err != nil {
		t.Errorf("with the key that was made: %v", err)
	}
	l.close()

	home, _ := os.UserHomeDir()
	mine := filepath.Join(home, ".ssh", "id_ed25519")
	if err := remote.MakeKey(mine, "me"); err != nil {
		t.Fatal(err)
	}
	second, err := login(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	if path, made, err := second.InstallKey(t.Context()); err != nil || made || path != mine {
		t.Errorf("%s, made %v, %v", path, made, err)
	}
	l.close()
}

// nobody is a face that answers nothing.
type nobody struct{ wizard.Face }

func (nobody) Tell(wizard.Event) {}

func TestPasswordInTheKeyring(t *testing.T) {
	sshFiles(t, "")
	keyring.MockInit()
	l := newLogins("")
	asked := 0
	try := func(how planfile.Memory, attempts int) []string {
		s := &shared{account: "root@h:22"}
		o := &remote.Options{Password: func(context.Context, int) (string, error) { asked++; return "typed", nil }}
		l.recall(s, o, how)
		var got []string
		for attempt := 1; attempt <= attempts; attempt++ {
			password, err := o.Password(t.Context(), attempt)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, password)
		}
		if how == planfile.RememberKeyring && !s.recalled {
			if _, err := s.KeepPassword(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return got
	}
	for _, c := range []struct {
		name  string
		how   planfile.Memory
		kept  string // put into the keyring first
		tries int
		want  string
		asked int
		after string // what the keyring holds
	}{
		{"never unless it is wanted", planfile.RememberAsk, "", 1, "typed", 1, ""},
		{"kept", planfile.RememberKeyring, "", 1, "typed", 1, "typed"},
		{"used", planfile.RememberKeyring, "", 1, "typed", 0, "typed"},
		{"changed meanwhile", planfile.RememberKeyring, "old", 2, "old typed", 1, "typed"},
		{"another wish takes it out", planfile.RememberNothing, "", 1, "typed", 1, ""},
	} {
		asked = 0
		if c.kept != "" {
			if err := keyring.Set(keyringService, "root@h:22", c.kept); err != nil {
				t.Fatal(err)
			}
		}
		got := strings.Join(try(c.how, c.tries), " ")
		after, _ := keyring.Get(keyringService, "root@h:22")
		if got != c.want || asked != c.asked || after != c.after {
			t.Errorf("%s: tried %q, asked %d times, and the keyring holds %q", c.name, got, asked, after)
		}
	}
	text, err := os.ReadFile(configFile("keyring"))
	if err != nil || strings.Contains(string(text), "typed") {
		t.Errorf("the list of logins: %q, %v", text, err)
	}

	// Without a keyring it says so, and goes on.
	keyring.MockInitWithError(errors.New("no secret service"))
	s := &shared{account: "root@h:22", password: "typed"}
	if _, err := s.KeepPassword(t.Context()); err == nil {
		t.Error("kept in no keyring")
	}
	if got := try(planfile.RememberAsk, 1); got[0] != "typed" {
		t.Errorf("tried %q", got)
	}
}
