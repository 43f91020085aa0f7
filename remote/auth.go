package remote

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// maxIdentity bounds what is read of a key file.
const maxIdentity = 1 << 20

// errNoMore ends an authentication after the last password was refused.
var errNoMore = errors.New("no more passwords to try")

// passwords hands out the password: what is known, then what the user types.
type passwords struct {
	ask   func(ctx context.Context, attempt int) (string, error)
	value string
	have  bool // value was not refused yet
	drops int  // connections that ended while value was being checked
	asked int
}

// next returns a password to try. again says that the last one was refused.
func (p *passwords) next(ctx context.Context, again bool) (string, error) {
	if again {
		p.have = false
	}
	if p.have {
		return p.value, nil
	}
	if !p.canAsk() {
		return "", errNoMore
	}
	p.asked++
	value, err := p.ask(ctx, p.asked)
	if err != nil {
		return "", err
	}
	p.value, p.have, p.drops = value, true, 0
	return value, nil
}

func (p *passwords) canAsk() bool { return p.ask != nil && p.asked < maxAsked }

// dropped says that the connection ended before the server gave its answer.
// Some servers hang up instead of refusing: twice counts as refused.
func (p *passwords) dropped() {
	if p.drops++; p.drops >= 2 {
		p.have = false
	}
}

// auth is one connection's authentication.
type auth struct {
	i        *Instance
	ctx      context.Context
	pause    func(bool) // stops the clock of the handshake while a person thinks
	skipKeys bool

	keysTried     bool
	passwordTried bool
	stopped       error // what the user's answer was instead of a password
	badIdentity   string
	agent         io.Closer
}

func (a *auth) methods() []ssh.AuthMethod {
	var methods []ssh.AuthMethod
	if !a.skipKeys && (len(a.i.o.Identities) > 0 || a.i.o.UseAgent) {
		methods = append(methods, ssh.PublicKeysCallback(a.signers))
	}
	if a.i.o.Password != nil || a.i.passwords.have {
		// One password from the last connection, and those that are asked for.
		methods = append(methods,
			ssh.RetryableAuthMethod(ssh.PasswordCallback(a.password), maxAsked+1),
			ssh.RetryableAuthMethod(ssh.KeyboardInteractive(a.questions), maxAsked+1))
	}
	return methods
}

func (a *auth) password() (string, error) {
	if a.stopped != nil {
		return "", a.stopped
	}
	a.pause(true)
	defer a.pause(false)
	value, err := a.i.passwords.next(a.ctx, a.passwordTried)
	if err != nil {
		if !errors.Is(err, errNoMore) {
			a.stopped = err
		}
		return "", err
	}
	a.passwordTried = true
	return value, nil
}

// questions answers each hidden question with the password: servers that ask
// this way ask for nothing else.
func (a *auth) questions(_, _ string, questions []string, echos []bool) ([]string, error) {
	answers := make([]string, len(questions))
	var value string
	for i := range questions {
		if echos[i] {
			continue
		}
		if value == "" {
			var err error
			if value, err = a.password(); err != nil {
				return nil, err
			}
		}
		answers[i] = value
	}
	return answers, nil
}

func (a *auth) signers() ([]ssh.Signer, error) {
	var found []ssh.Signer
	add := func(s ssh.Signer) {
		if len(found) >= maxKeys {
			return
		}
		for _, f := range found {
			if bytes.Equal(f.PublicKey().Marshal(), s.PublicKey().Marshal()) {
				return
			}
		}
		found = append(found, s)
	}
	for _, file := range a.i.o.Identities {
		s, err := a.identity(file)
		if err != nil {
			a.badIdentity = file
			continue
		}
		add(s)
	}
	if a.i.o.UseAgent {
		if conn, err := dialAgent(); err == nil {
			a.agent = conn
			if list, err := agent.NewClient(conn).Signers(); err == nil {
				for _, s := range list {
					add(s)
				}
			}
		}
	}
	a.keysTried = a.keysTried || len(found) > 0
	return found, nil
}

func (a *auth) identity(file string) (ssh.Signer, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxIdentity))
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if !errors.As(err, &locked) {
		return signer, err
	}
	if s, ok := a.i.unlocked[file]; ok {
		return s, nil
	}
	if a.i.o.Passphrase == nil || a.stopped != nil {
		return nil, err
	}
	l := &lockedKey{a: a, file: file, text: text, public: locked.PublicKey}
	if l.public == nil {
		// The older file formats hide the public key as well.
		return l.unlock()
	}
	return l, nil
}

// A lockedKey asks for its passphrase when the server would accept the key.
type lockedKey struct {
	a      *auth
	file   string
	text   []byte
	public ssh.PublicKey
}

func (l *lockedKey) PublicKey() ssh.PublicKey { return l.public }

func (l *lockedKey) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	return l.SignWithAlgorithm(rand.Reader, data, "")
}

// SignWithAlgorithm lets RSA keys sign with SHA-2.
func (l *lockedKey) SignWithAlgorithm(_ io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	s, err := l.unlock()
	if err != nil {
		return nil, err
	}
	if with, ok := s.(ssh.AlgorithmSigner); ok && algorithm != "" {
		return with.SignWithAlgorithm(rand.Reader, data, algorithm)
	}
	return s.Sign(rand.Reader, data)
}

func (l *lockedKey) unlock() (ssh.Signer, error) {
	if s, ok := l.a.i.unlocked[l.file]; ok {
		return s, nil
	}
	l.a.pause(true)
	defer l.a.pause(false)
	err := errors.New("no passphrase")
	for attempt := 1; attempt <= maxAsked; attempt++ {
		phrase, askErr := l.a.i.o.Passphrase(l.a.ctx, l.file, attempt)
		if askErr != nil {
			l.a.stopped = askErr
			return nil, askErr
		}
		var s ssh.Signer
		if s, err = ssh.ParsePrivateKeyWithPassphrase(l.text, []byte(phrase)); err == nil {
			l.a.i.unlocked[l.file] = s
			return s, nil
		}
	}
	l.a.badIdentity = l.file
	return nil, err
}
