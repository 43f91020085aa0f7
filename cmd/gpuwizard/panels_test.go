package main

import (
	"errors"
	"os"
	"testing"

	"github.com/zalando/go-keyring"

	"gpuwizard/core/planfile"
	"gpuwizard/core/wizard"
)

// A token goes to its own platform only, and to no process started later.
func TestTokens(t *testing.T) {
	t.Setenv("GPUWIZARD_TOKEN_AUTODL", "a-token")
	taken := takeTokens()
	if got, there := os.LookupEnv("GPUWIZARD_TOKEN_AUTODL"); there {
		t.Errorf("the token is still in the environment: %q", got)
	}
	keyring.MockInitWithError(errors.New("nobody asks it"))
	for _, id := range []string{"autodl", "vast", "runpod", "any", ""} {
		if open := taken.panel(id) != nil; open != (id == "autodl") {
			t.Errorf("%q: open %v", id, open)
		}
	}
}

// A token is kept where the user wants passwords to be, and no longer than
// they want it.
func TestTokenInTheKeyring(t *testing.T) {
	sshFiles(t, "")
	keyring.MockInit()
	told := &listener{}
	run := func(token string, how planfile.Memory) (used string) {
		t.Helper()
		t.Setenv("GPUWIZARD_TOKEN_VAST", token)
		taken := takeTokens()
		used = taken.token("vast")
		for range 2 { // steps
			taken.remember(t.Context(), planfile.Plan{Platform: "vast", Remember: string(how)}, told)
		}
		return used
	}
	for _, c := range []struct {
		name, given string
		how         planfile.Memory
		used, after string
		told        int
	}{
		{"not asked for", "first", planfile.RememberAsk, "first", "", 0},
		{"kept", "first", planfile.RememberKeyring, "first", "first", 1},
		{"used", "", planfile.RememberKeyring, "first", "first", 0},
		{"another one", "second", planfile.RememberKeyring, "second", "second", 1},
		{"taken out", "", planfile.RememberNothing, "second", "", 0},
		{"gone", "", planfile.RememberNothing, "", "", 0},
	} {
		told.notes = 0
		used := run(c.given, c.how)
		after, _ := keyring.Get(keyringService, tokenAccount("vast"))
		if used != c.used || after != c.after || told.notes != c.told {
			t.Errorf("%s: used %q, the keyring holds %q, told %d times", c.name, used, after, told.notes)
		}
	}
}

// listener counts what it is told.
type listener struct {
	nobody
	notes int
}

func (l *listener) Tell(wizard.Event) { l.notes++ }
