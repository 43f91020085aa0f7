package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/remote"
)

// passwordVariable names the environment variable that holds the password for
// a run without a screen. It is read once and taken out of the environment, so
// that no process started later inherits it.
const passwordVariable = "GPUWIZARD_PASSWORD"

// logins connects to rented instances and keeps the connection for the steps
// that follow. Passwords stay in memory.
type logins struct {
	identity string // a key file named by the user
	password string // from the environment

	mu   sync.Mutex
	open map[string]*shared // by login and host key
}

func newLogins(identity string) *logins {
	l := &logins{identity: identity, password: os.Getenv(passwordVariable), open: map[string]*shared{}}
	os.Unsetenv(passwordVariable)
	return l
}

// connect is a wizard.Connector.
func (l *logins) connect(ctx context.Context, plan wizard.Plan, _ string, face wizard.Face) (wizard.Instance, error) {
	login, err := rental.ParseLogin(plan.Login)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	id := login.Command() + " " + plan.HostKey
	if s := l.open[id]; s != nil {
		s.use(face)
		return s, nil
	}
	s := &shared{}
	s.use(face)
	o := remote.Options{
		Target:     remote.Target{User: login.User, Host: login.Host, Port: login.Port},
		HostKey:    plan.HostKey,
		KnownHosts: knownHosts(),
		Identities: l.identities(),
		UseAgent:   true,
		TrustHost: func(ctx context.Context, q remote.HostQuestion) (bool, error) {
			return s.face().TrustHost(ctx, wizard.HostKey{Host: q.Host, Type: q.KeyType, Fingerprint: q.Fingerprint, Known: q.Known})
		},
		Password: func(ctx context.Context, attempt int) (string, error) {
			if l.password != "" {
				// The same word again would be no better, and some servers
				// lock out who tries too often.
				if attempt > 1 {
					return "", problem.New(wizard.WrongPassword, nil, "host", login.Host, "user", login.User)
				}
				return l.password, nil
			}
			return s.face().Password(ctx, login, attempt)
		},
	}
	if config, err := os.UserConfigDir(); err == nil {
		o.AddTo = filepath.Join(config, "gpuwizard", "known_hosts")
	}
	instance, err := remote.Dial(ctx, o)
	if err != nil {
		return nil, err
	}
	s.Instance = instance
	l.open[id] = s
	return s, nil
}

func (l *logins) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, s := range l.open {
		_ = s.Instance.Close()
		delete(l.open, id)
	}
}

// identities are the key files to try: the one named, else OpenSSH's defaults.
func (l *logins) identities() []string {
	if l.identity != "" {
		return []string{l.identity}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	var files []string
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		file := filepath.Join(home, ".ssh", name)
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	return files
}

func knownHosts() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(home, ".ssh", "known_hosts")}
}

// shared is one connection used by several steps, one after the other. Closing
// it ends a step's use, not the connection.
type shared struct {
	wizard.Instance
	mu      sync.Mutex
	present wizard.Face
}

func (s *shared) use(face wizard.Face) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present = face
}

func (s *shared) face() wizard.Face {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.present
}

// Close leaves the connection open for the next step.
func (s *shared) Close() error { return nil }

// wrongUsage is a mistake on the command line or in the plan.
func wrongUsage(err error) bool {
	for _, code := range []problem.Code{
		wizard.PlanSyntax, wizard.PlanUnknownKey, wizard.PlanTwice, wizard.PlanVersionNew, wizard.PlanWrongValue,
		wizard.PlanTooLarge, wizard.PlanUnreadable, wizard.NoProjectFolder, wizard.AnswerWrong, notPractice, practiceNoPython,
		rental.PlatformsBroken, rental.PlatformsUnread,
	} {
		if problem.Has(err, code) {
			return true
		}
	}
	return false
}

// needsUser is a question that nobody was there to answer.
func needsUser(err error) bool {
	for _, code := range []problem.Code{wizard.AnswerMissing, wizard.HostKeyUnknown, wizard.HostKeyChanged, wizard.LoginNeeded, wizard.StepNotReady} {
		if problem.Has(err, code) {
			return true
		}
	}
	return false
}
