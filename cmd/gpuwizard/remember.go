package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/natefinch/atomic"
	"github.com/zalando/go-keyring"

	"gpuwizard/core/planfile"
	"gpuwizard/core/wizard"
	"gpuwizard/remote"
)

var _ wizard.Keeper = (*shared)(nil)

// configFile is a file of this program in the user's configuration folder, ""
// if there is no such folder.
func configFile(name string) string {
	config, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(config, "gpuwizard", name)
}

// ownKey is the private key that the program makes where the user has none.
func ownKey() string { return configFile("id_ed25519") }

// ByPassword reports, once a login, whether it took a password.
func (s *shared) ByPassword() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.offered
	s.offered = true
	return first && !s.recalled && s.remote.ByPassword()
}

// InstallKey puts the user's key on the instance: one of ~/.ssh that needs no
// passphrase, else one that is made.
func (s *shared) InstallKey(ctx context.Context) (path string, made bool, err error) {
	for _, file := range usualKeys() {
		if remote.Usable(file) {
			return file, false, s.remote.Authorize(ctx, file)
		}
	}
	file := ownKey()
	if file == "" {
		return "", false, errors.New("no folder for a key")
	}
	_, err = os.Stat(file)
	made = err != nil
	if err := remote.MakeKey(file, "gpuwizard"); err != nil {
		return "", false, err
	}
	return file, made, s.remote.Authorize(ctx, file)
}

// KeepPassword puts the password into the system's keyring.
func (s *shared) KeepPassword(ctx context.Context) (login string, err error) {
	s.mu.Lock()
	account, password := s.account, s.password
	s.mu.Unlock()
	if password == "" {
		return "", errors.New("no password")
	}
	if err := inKeyring(ctx, func() error { return keyring.Set(keyringService, account, password) }); err != nil {
		return "", err
	}
	noteKept(account, true)
	return account, nil
}

// keyringService is the name under which keyrings list this program's entries.
const keyringService = "gpuwizard"

// keyringPatience is how long the keyring may take: it may have to be unlocked
// by the user first.
const keyringPatience = time.Minute

// inKeyring waits for the keyring, which may hang.
func inKeyring(ctx context.Context, work func() error) error {
	ctx, cancel := context.WithTimeout(ctx, keyringPatience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recall has the password of a login tried first that is in the keyring. One
// that the plan does not want there any more is taken out.
func (l *logins) recall(s *shared, o *remote.Options, how planfile.Memory) {
	ask := o.Password
	o.Password = func(ctx context.Context, attempt int) (string, error) {
		if attempt == 1 && how == planfile.RememberKeyring && l.password == "" {
			var password string
			err := inKeyring(ctx, func() (err error) {
				password, err = keyring.Get(keyringService, s.account)
				return err
			})
			if err == nil && password != "" {
				s.given(password, true)
				return password, nil
			}
		}
		password, err := ask(ctx, attempt)
		s.given(password, false)
		return password, err
	}
	if how != planfile.RememberKeyring {
		forget(context.Background(), s.account)
	}
}

func (s *shared) given(password string, recalled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.password, s.recalled = password, recalled
}

// kept lists the logins whose passwords are in the keyring, and the tokens, so
// that no keyring is asked that holds nothing of ours.
func kept() []string {
	text, err := os.ReadFile(configFile("keyring"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text))
}

func noteKept(account string, there bool) {
	list := slices.DeleteFunc(kept(), func(a string) bool { return a == account })
	if there {
		list = append(list, account)
	}
	file := configFile("keyring")
	if os.MkdirAll(filepath.Dir(file), 0o700) == nil {
		_ = atomic.WriteFile(file, strings.NewReader(strings.Join(list, "\n")+"\n"))
	}
}
