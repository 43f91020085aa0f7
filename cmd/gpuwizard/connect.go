package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/lesson"
	"gpuwizard/core/lesson/class"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/sshconfig"
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
	hops sync.Map           // passwords that let into hosts on the way, by login
}

func newLogins(identity string) *logins {
	l := &logins{identity: identity, password: os.Getenv(passwordVariable), open: map[string]*shared{}}
	os.Unsetenv(passwordVariable)
	return l
}

// retryPause is the time between two tries to log in at a server that is not
// ready, and keepAlive how long a link may be silent before it is tried; 0 is
// the connection's own. Tests have less time.
var retryPause, keepAlive time.Duration

// connect is a wizard.Connector.
func (l *logins) connect(ctx context.Context, plan planfile.Plan, _ string, face wizard.Face) (instance.Instance, error) {
	login, err := wizard.ReadWholeLogin(plan.Login)
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
	o, err := l.way(s, login)
	if err != nil {
		return nil, err
	}
	o.HostKey = plan.HostKey
	l.recall(s, o, planfile.Memory(plan.Remember))
	host, err := remote.Dial(ctx, *o)
	if p, ok := problem.As(err); ok && p.Args["hop"] != "" {
		l.hops.Clear() // it may have been the password
	}
	if err != nil {
		return nil, err
	}
	s.Instance, s.remote, s.logins = host, host, l
	l.open[id] = s
	return s, nil
}

// way returns how to reach the instance of a login: over which hosts, as the
// SSH configuration says, and through which proxy.
func (l *logins) way(s *shared, login rental.Login) (*remote.Options, error) {
	config, err := sshconfig.Here()
	if err != nil && (login.User == "" || login.Port == 0) {
		return nil, err // it might say what the login does not
	}
	stops, err := config.Route(login)
	if err != nil {
		return nil, err
	}
	var o *remote.Options
	for i, stop := range stops {
		who := rental.Login{User: stop.User, Host: stop.Host, Port: stop.Port}
		if i == len(stops)-1 {
			who = login // as the person knows it, and its password was kept
			who.Password = ""
		}
		next := l.options(s, stop, who)
		next.Via, o = o, next
		if i < len(stops)-1 {
			next.Password = l.onTheWay(who.Command(), next.Password)
		}
		if i > 0 {
			from, to := stops[i-1].Host, stop.Host
			if from == to {
				from, to = address(stops[i-1]), address(stop)
			}
			s.tell(wizard.NoteJump, "host", from, "next", to)
			continue
		}
		proxy, err := remote.ProxyFor(os.Getenv, next.Target)
		if err != nil {
			return nil, err
		}
		if proxy != nil {
			next.Dialer = proxy.Dial
			s.tell(wizard.NoteProxy, "proxy", proxy.Address(), "variable", proxy.Variable)
		}
	}
	if l.identity != "" {
		o.Identities = []string{l.identity}
	}
	s.account = o.Target.User + "@" + address(stops[len(stops)-1])
	if l.password != "" {
		o.Password = func(_ context.Context, attempt int) (string, error) {
			// The same word again would be no better, and some servers lock out
			// who tries too often.
			if attempt > 1 {
				return "", problem.New(instance.WrongPassword, nil, "host", o.Target.Host, "user", o.Target.User)
			}
			return l.password, nil
		}
	}
	return o, nil
}

func address(stop sshconfig.Stop) string { return net.JoinHostPort(stop.Host, strconv.Itoa(stop.Port)) }

// onTheWay asks for the password of a host on the way once: where the instance
// behind it does not let the person in, the whole way is gone again.
func (l *logins) onTheWay(login string, ask func(context.Context, int) (string, error)) func(context.Context, int) (string, error) {
	return func(ctx context.Context, attempt int) (string, error) {
		if kept, ok := l.hops.Load(login); ok && attempt == 1 {
			return kept.(string), nil
		}
		l.hops.Delete(login)
		password, err := ask(ctx, attempt)
		if err == nil {
			l.hops.Store(login, password)
		}
		return password, err
	}
}

// A lost connection is tried to be made again for a while before the step hears
// of it: networks of trains and campuses come back.
const (
	reconnectPatience = time.Minute
	reconnectPause    = 3 * time.Second
)

// options are how to log in to one host of a way; who is what the person is
// asked about.
func (l *logins) options(s *shared, stop sshconfig.Stop, who rental.Login) *remote.Options {
	o := &remote.Options{
		Target:         remote.Target{User: stop.User, Host: stop.Host, Port: stop.Port},
		KnownHosts:     knownHosts(),
		Identities:     stop.Identities,
		IdentitiesOnly: stop.IdentitiesOnly,
		UseAgent:       true,
		RetryPause:     retryPause,
		KeepAlive:      keepAlive,
	}
	if len(o.Identities) == 0 {
		o.Identities = usualKeys()
	}
	if key := ownKey(); key != "" && !o.IdentitiesOnly {
		if _, err := os.Stat(key); err == nil {
			o.Identities = append(o.Identities, key)
		}
	}
	if config := configFile("known_hosts"); config != "" {
		o.AddTo = config
	}
	o.TrustHost = func(ctx context.Context, q remote.HostQuestion) (bool, error) {
		return s.face().TrustHost(ctx, wizard.HostKey{Host: q.Host, Type: q.KeyType, Fingerprint: q.Fingerprint, Known: q.Known})
	}
	o.Password = func(ctx context.Context, attempt int) (string, error) { return s.face().Password(ctx, who, attempt) }
	o.Passphrase = func(ctx context.Context, file string, attempt int) (string, error) {
		return s.face().Passphrase(ctx, file, attempt)
	}
	o.Question = func(ctx context.Context, q remote.Question) (string, error) {
		return s.face().Challenge(ctx, wizard.Challenge{
			Login: who, Name: q.Name, Instruction: q.Instruction, Prompt: q.Prompt, Echo: q.Echo,
		})
	}
	o.Patience, o.RetryPause = reconnectPatience, reconnectPause
	o.Reconnecting = func(error) {
		s.tell(wizard.NoteReconnect, "host", stop.Host, "seconds", strconv.Itoa(int(reconnectPause.Seconds())))
	}
	o.Waiting = func(attempt int, _ error) {
		s.tell(wizard.NoteNotReady, "host", stop.Host, "attempt", strconv.Itoa(attempt))
	}
	return o
}

func (l *logins) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, s := range l.open {
		_ = s.Instance.Close()
		delete(l.open, id)
	}
	l.hops.Clear()
}

// usualKeys are the key files that OpenSSH tries where nothing names others.
func usualKeys() []string {
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

// knownHosts are the files in which OpenSSH looks.
func knownHosts() []string {
	files := []string{filepath.Join(sshconfig.SystemFolder(), "ssh_known_hosts")}
	if home, err := os.UserHomeDir(); err == nil {
		files = append([]string{filepath.Join(home, ".ssh", "known_hosts"), filepath.Join(home, ".ssh", "known_hosts2")}, files...)
	}
	return files
}

// shared is one connection used by several steps, one after the other. Closing
// it ends a step's use, not the connection.
type shared struct {
	instance.Instance
	remote *remote.Instance
	logins *logins

	mu       sync.Mutex
	present  wizard.Face
	account  string // user@host:port, for the keyring
	password string // the last one given, in memory
	recalled bool   // it came from the keyring
	offered  bool   // ByPassword was asked
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

// tell tells the step at hand.
func (s *shared) tell(code wizard.NoteCode, details ...string) {
	s.face().Tell(wizard.Noted("", code, details...))
}

// Close leaves the connection open for the next step.
func (s *shared) Close() error { return nil }

// wrongUsage is a mistake on the command line or in the plan.
func wrongUsage(err error) bool {
	for _, code := range []problem.Code{
		planfile.Syntax, planfile.UnknownKey, planfile.KeyTwice, planfile.OtherVersion, planfile.WrongValue,
		planfile.TooLarge, planfile.Unreadable, wizard.NoProjectFolder, planfile.AnswerWrong, notPractice, practiceNoPython,
		rental.PlatformsBroken, rental.PlatformsUnread,
		lesson.Unreadable, lesson.TooLarge, lesson.Syntax, lesson.UnknownKey, lesson.Twice, lesson.Missing, lesson.WrongValue,
		lesson.NoSuch, lesson.Other, lesson.NotPractice,
		class.Unreadable, class.TooLarge, class.NoColumn, class.BadRow, class.Empty, classThere,
	} {
		if problem.Has(err, code) {
			return true
		}
	}
	return false
}

// needsUser is a question that nobody was there to answer.
func needsUser(err error) bool {
	for _, code := range []problem.Code{planfile.AnswerMissing, instance.HostKeyUnknown, instance.HostKeyChanged, instance.LoginNeeded, wizard.GPUNeeded, remote.MoreThanKey, wizard.StepNotReady, wizard.NothingTrained, wizard.NoModelYet, wizard.ModelNotHere, wizard.StopNotConfirmed, wizard.PanelOnly} {
		if problem.Has(err, code) {
			return true
		}
	}
	return false
}
