package remote

import (
	"context"
	"errors"
	"io"
	"slices"

	"golang.org/x/crypto/ssh"

	"gpuwizard/remote/shell"
)

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
	partly        bool     // the server took one thing and wants another
	wants         []string // the methods that the server takes, as it said last
	stopped       error    // what the user's answer was instead of a password
	badIdentity   string
	skipped       bool // a key was left out: the others go over another connection
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
	} else if a.i.o.Question != nil {
		methods = append(methods, ssh.RetryableAuthMethod(ssh.KeyboardInteractive(a.questions), maxAsked))
	}
	return methods
}

// watch notes what the server says between the methods.
func (a *auth) watch(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	a.partly = len(c.PartialSuccessMethods) > 0
	a.wants = c.AllowedMethods
	return nil, nil
}

func (a *auth) password() (string, error) {
	if a.stopped != nil {
		return "", a.stopped
	}
	if a.skipped {
		return "", errNoMore
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

// maxQuestions bounds what a server may ask at once.
const maxQuestions = 8

// questions answers what a server asks: the first hidden question is taken for
// the password, unless it was given already; others, such as a code from a
// phone, are for the person to answer.
func (a *auth) questions(name, instruction string, questions []string, echos []bool) ([]string, error) {
	if len(questions) > maxQuestions || len(echos) != len(questions) {
		return nil, errors.New("too many questions")
	}
	answers := make([]string, len(questions))
	hidden := slices.Index(echos, false)
	for i := range questions {
		var err error
		if i == hidden && (a.i.o.Question == nil || a.asksForPassword(questions[i])) {
			answers[i], err = a.password()
		} else if a.i.o.Question != nil {
			answers[i], err = a.ask(Question{
				Name: shell.Clean(name, maxFact), Instruction: shell.Clean(instruction, maxFact),
				Prompt: shell.Clean(questions[i], maxFact), Echo: echos[i],
			})
		} else if !echos[i] {
			answers[i], err = a.password()
		}
		if err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// asksForPassword reports whether a hidden question means the password: it
// says so, or nothing was asked yet and the person can give one.
func (a *auth) asksForPassword(prompt string) bool {
	if a.i.o.Password == nil && !a.i.passwords.have {
		return false
	}
	if otherPrompt.MatchString(prompt) {
		return false
	}
	return passwordPrompt.MatchString(prompt) || !a.partly && !a.passwordTried
}

func (a *auth) ask(q Question) (string, error) {
	if a.stopped != nil {
		return "", a.stopped
	}
	a.pause(true)
	defer a.pause(false)
	answer, err := a.i.o.Question(a.ctx, q)
	if err != nil {
		a.stopped = err
	}
	return answer, err
}
