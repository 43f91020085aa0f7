package remote

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"regexp"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// maxIdentity bounds what is read of a key file.
const maxIdentity = 1 << 20

var (
	passwordPrompt = regexp.MustCompile(`(?i)passw|密码|密碼|口令`)
	otherPrompt    = regexp.MustCompile(`(?i)code|token|otp|oath|one.?time|pin\b|factor|验证|驗證|动态|一次性`)
)

// signers are the keys to offer: those of the files, then the agent's. A key
// that the agent holds is signed with there: no passphrase is asked for.
func (a *auth) signers() ([]ssh.Signer, error) {
	var found, agents []ssh.Signer
	add := func(s ssh.Signer) {
		if len(found) < maxKeys && find(found, s.PublicKey()) == nil {
			found = append(found, s)
		}
	}
	if a.i.o.UseAgent {
		if conn, err := dialAgent(); err == nil {
			a.agent = conn
			agents, _ = agent.NewClient(conn).Signers()
		}
	}
	for _, file := range a.i.o.Identities {
		if a.i.skipped[file] {
			continue
		}
		s, err := a.identity(file, agents)
		if err != nil {
			a.badIdentity = file
			continue
		}
		add(s)
	}
	if !a.i.o.IdentitiesOnly {
		for _, s := range agents {
			add(s)
		}
	}
	a.keysTried = a.keysTried || len(found) > 0
	for _, s := range found {
		if l, ok := s.(*lockedKey); ok {
			l.others = len(found) - 1
		}
	}
	return found, nil
}

func find(list []ssh.Signer, key ssh.PublicKey) ssh.Signer {
	if key == nil {
		return nil
	}
	for _, s := range list {
		if bytes.Equal(s.PublicKey().Marshal(), key.Marshal()) {
			return s
		}
	}
	return nil
}

// identity reads a key file. A public key stands for a private one that only
// the agent has.
func (a *auth) identity(file string, agents []ssh.Signer) (ssh.Signer, error) {
	text, err := readKeyFile(file)
	if err != nil {
		return nil, err
	}
	if key, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
		if s := find(agents, key); s != nil {
			return s, nil
		}
		return nil, errors.New("only the public key is here")
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if !errors.As(err, &locked) {
		return signer, err
	}
	if s, ok := a.i.unlocked[file]; ok {
		return s, nil
	}
	public := locked.PublicKey
	if public == nil {
		// The older file formats hide the public key as well.
		if text, err := readKeyFile(file + ".pub"); err == nil {
			public, _, _, _, _ = ssh.ParseAuthorizedKey(text)
		}
	}
	if s := find(agents, public); s != nil {
		return s, nil
	}
	if a.i.o.Passphrase == nil || a.stopped != nil {
		return nil, err
	}
	l := &lockedKey{a: a, file: file, text: text, public: public}
	if public == nil {
		return l.unlock()
	}
	return l, nil
}

func readKeyFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxIdentity))
}

// A lockedKey asks for its passphrase when the server would accept the key.
type lockedKey struct {
	a      *auth
	file   string
	text   []byte
	public ssh.PublicKey
	others int // keys that are offered beside it
}

func (l *lockedKey) PublicKey() ssh.PublicKey { return l.public }

func (l *lockedKey) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	return l.SignWithAlgorithm(rand.Reader, data, "")
}

// SignWithAlgorithm lets RSA keys sign with SHA-2.
func (l *lockedKey) SignWithAlgorithm(_ io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	s, err := l.unlock()
	if err != nil {
		// The library offers no other key once signing failed.
		l.a.skipped = l.others > 0
		return nil, err
	}
	if with, ok := s.(ssh.AlgorithmSigner); ok && algorithm != "" {
		return with.SignWithAlgorithm(rand.Reader, data, algorithm)
	}
	return s.Sign(rand.Reader, data)
}

// errNoPassphrase is why a key is left out.
var errNoPassphrase = errors.New("no passphrase was given")

// unlock asks for the passphrase. An empty one leaves the key out, and so do
// too many wrong ones.
func (l *lockedKey) unlock() (ssh.Signer, error) {
	if s, ok := l.a.i.unlocked[l.file]; ok {
		return s, nil
	}
	l.a.pause(true)
	defer l.a.pause(false)
	err := errNoPassphrase
	for attempt := 1; attempt <= maxAsked; attempt++ {
		phrase, askErr := l.a.i.o.Passphrase(l.a.ctx, l.file, attempt)
		if askErr != nil {
			l.a.stopped = askErr
			return nil, askErr
		}
		if phrase == "" {
			break
		}
		var s ssh.Signer
		if s, err = ssh.ParsePrivateKeyWithPassphrase(l.text, []byte(phrase)); err == nil {
			l.a.i.unlocked[l.file] = s
			return s, nil
		}
	}
	l.a.i.skipped[l.file] = true
	l.a.badIdentity = l.file
	return nil, err
}
