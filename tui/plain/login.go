package plain

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// Password asks for a password where one can be typed unseen.
func (c *Console) Password(ctx context.Context, login rental.Login, attempt int) (string, error) {
	c.mu.Lock()
	kept, loose := c.secret, c.loose
	c.loose = ""
	c.mu.Unlock()
	if kept.Password != "" && kept.Command() == login.Command() && attempt == 1 {
		return kept.Password, nil
	}
	if loose != "" && attempt == 1 {
		return loose, nil
	}
	nobody := problem.New(instance.LoginNeeded, nil, "host", login.Host, "user", login.User)
	if !c.hears() {
		return "", nobody
	}
	form := c.o.Text.Plain().PasswordFor
	if attempt > 1 {
		form = c.o.Text.Plain().PasswordAgain
	}
	password, err := c.secretly(ctx, c.fill(form, "login", login.Command()))
	if errors.Is(err, io.EOF) {
		return "", nobody
	}
	// What is copied from a web page brings blanks along.
	return strings.TrimSpace(password), err
}

// takeLogin takes a password out of a login that was pasted with it: the
// password stays in memory, the rest is the answer.
func (c *Console) takeLogin(line string) string {
	login, err := wizard.ReadLogin(line)
	if err != nil || login.Password == "" {
		return line
	}
	_, err = wizard.ReadWholeLogin(line)
	c.mu.Lock()
	c.secret = login
	if err != nil {
		c.loose = login.Password // the login is going to be another
	}
	c.mu.Unlock()
	c.line("  " + c.o.Text.PasteKept)
	login.Password = ""
	return login.Command()
}

// keepLoose keeps what was typed where it makes no sense but may be the
// password: the second line of a paste, of which the first was the login.
func (c *Console) keepLoose(answer string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loose != "" || c.secret.Password != "" || !rental.LikePassword(answer) {
		return false
	}
	c.loose = answer
	return true
}

// hears reports whether something can be typed unseen.
func (c *Console) hears() bool { return c.o.ReadPassword != nil && !c.o.JSON && !c.o.Yes }

func (c *Console) secretly(ctx context.Context, prompt string) (string, error) {
	c.prompt(prompt)
	secret, err := inTime(ctx, c.o.ReadPassword)
	c.line("")
	return secret, err
}

// Passphrase asks for the passphrase of a key file; where nobody can be asked,
// the key is left out.
func (c *Console) Passphrase(ctx context.Context, path string, attempt int) (string, error) {
	if !c.hears() {
		return "", nil
	}
	words := c.o.Text.Login()
	if attempt > 1 {
		c.line(c.fill(words.PhraseAgain, "attempt", strconv.Itoa(attempt)))
	}
	phrase, err := c.secretly(ctx, c.fill(words.PhraseFor, "path", path))
	if errors.Is(err, io.EOF) {
		return "", nil
	}
	return phrase, err
}

// Challenge asks what the server asks.
func (c *Console) Challenge(ctx context.Context, q wizard.Challenge) (string, error) {
	nobody := problem.New(instance.LoginNeeded, nil, "host", q.Login.Host, "user", q.Login.User)
	if !c.hears() || !c.asks() {
		return "", nobody
	}
	c.line(c.fill(c.o.Text.Login().ChallengeWhy, "login", q.Login.Command()))
	for _, said := range []string{q.Name, q.Instruction} {
		if said != "" {
			c.line("  " + clean.Line(said))
		}
	}
	prompt := "  " + strings.TrimSpace(clean.Line(q.Prompt)) + " "
	var answer string
	var err error
	if q.Echo {
		c.prompt(prompt)
		answer, err = c.read(ctx)
	} else {
		answer, err = c.secretly(ctx, prompt)
	}
	if errors.Is(err, io.EOF) {
		return "", nobody
	}
	return strings.TrimSpace(answer), err
}

// Remember asks how the next logins shall go; where nobody can be asked, it
// stays open.
func (c *Console) Remember(ctx context.Context, login rental.Login) (planfile.Memory, error) {
	if !c.asks() {
		return planfile.RememberAsk, nil
	}
	words := c.o.Text.Login()
	c.line(words.RememberWhy)
	c.line(words.RememberEach)
	values := []planfile.Memory{planfile.RememberKey, planfile.RememberKeyring, planfile.RememberNothing}
	at, err := c.choose(ctx, words.RememberTitle, []string{words.RememberKey, words.RememberKeyring, words.RememberNo}, 0)
	switch {
	case errors.Is(err, io.EOF):
		return planfile.RememberAsk, nil
	case err != nil:
		return planfile.RememberAsk, err
	}
	return values[at], nil
}
