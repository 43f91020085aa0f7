package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/zalando/go-keyring"

	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/platform"
)

// tokens are the developer tokens of platforms, by platform, from variables of
// the environment or, where the user has asked for that, from the system's
// keyring. Each platform has a variable of its own, so that no token is ever
// sent to another. They are taken out of the environment, so that no process
// started later inherits them, and stay in memory.
type tokens struct {
	mu    sync.Mutex
	held  map[string]string // "" where the keyring was asked in vain
	fresh map[string]bool   // from the environment, and not put into the keyring yet
}

func takeTokens() *tokens {
	t := &tokens{held: map[string]string{}, fresh: map[string]bool{}}
	for _, p := range rental.Platforms() {
		if p.API == nil {
			continue
		}
		if token := os.Getenv(p.API.Variable); token != "" {
			t.held[p.ID], t.fresh[p.ID] = token, true
			os.Unsetenv(p.API.Variable)
		}
	}
	return t
}

// tokenAccount is the name of a platform's token in the keyring; no login has
// such a one.
func tokenAccount(platform string) string { return "token:" + platform }

// panel is a wizard.PanelOpener.
func (t *tokens) panel(id string) rental.Panel {
	return platform.Open(platform.Options{Platform: id, Token: t.token(id)})
}

func (t *tokens) token(id string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	token, known := t.held[id]
	if !known && slices.Contains(kept(), tokenAccount(id)) {
		_ = inKeyring(context.Background(), func() (err error) {
			token, err = keyring.Get(keyringService, tokenAccount(id))
			return err
		})
		t.held[id] = token
	}
	return token
}

// all are the tokens that this program knows by now.
func (t *tokens) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Values(t.held))
}

// remember puts a platform's token into the system's keyring if the plan wants
// to be remembered there, and takes it out if it no longer does.
func (t *tokens) remember(ctx context.Context, plan planfile.Plan, face wizard.Face) {
	account := tokenAccount(plan.Platform)
	t.mu.Lock()
	defer t.mu.Unlock()
	token := t.held[plan.Platform]
	if planfile.Memory(plan.Remember) != planfile.RememberKeyring {
		forget(ctx, account)
		return
	}
	if !t.fresh[plan.Platform] {
		return
	}
	t.fresh[plan.Platform] = false
	if err := inKeyring(ctx, func() error { return keyring.Set(keyringService, account, token) }); err != nil {
		return // that there is no keyring is said of the password
	}
	noteKept(account, true)
	face.Tell(wizard.Event{Kind: wizard.KindNote, Code: wizard.NoteTokenKept, Args: map[string]string{"platform": plan.Platform}})
}

// forget takes out of the keyring what the user does not want there any more.
func forget(ctx context.Context, account string) {
	if !slices.Contains(kept(), account) {
		return
	}
	err := inKeyring(ctx, func() error { return keyring.Delete(keyringService, account) })
	if err == nil || errors.Is(err, keyring.ErrNotFound) {
		noteKept(account, false)
	}
}
