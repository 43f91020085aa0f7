package tui

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// keep remembers a password that was pasted along with a login, in memory.
func (f *face) keep(login rental.Login) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets[login.Command()] = login.Password
}

// keepLoose remembers a password whose login is not known yet.
func (f *face) keepLoose(password string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loose = password
}

// takeLoose gives a login the password that was pasted before it.
func (f *face) takeLoose(login rental.Login) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loose != "" {
		f.secrets[login.Command()], f.loose = f.loose, ""
	}
}

// Password asks for the password of a login. One that was pasted along with
// the login is tried first.
func (f *face) Password(ctx context.Context, login rental.Login, attempt int) (string, error) {
	f.mu.Lock()
	kept := f.secrets[login.Command()]
	f.mu.Unlock()
	if kept != "" && attempt == 1 {
		return kept, nil
	}
	r, err := f.ask(ctx, ask{login: &login, attempt: attempt})
	return r.text, err
}

// Passphrase asks for the passphrase of a key file.
func (f *face) Passphrase(ctx context.Context, path string, attempt int) (string, error) {
	r, err := f.ask(ctx, ask{phrase: path, attempt: attempt})
	return r.text, err
}

// Challenge asks what the server asks.
func (f *face) Challenge(ctx context.Context, c wizard.Challenge) (string, error) {
	r, err := f.ask(ctx, ask{challenge: &c})
	return r.text, err
}

// Remember asks how the next logins shall go.
func (f *face) Remember(ctx context.Context, login rental.Login) (planfile.Memory, error) {
	r, err := f.ask(ctx, ask{remember: &login})
	return planfile.Memory(r.text), err
}

func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// secret opens a dialog that asks for one. clean is what becomes of the answer.
func (m *root) secret(d *widget.Dialog, answer func(reply), clean func(string) string) {
	d.Theme = m.common.Theme
	d.AskSecret(m.pastedSecret)
	m.open(d, func(value string, cancelled bool) tea.Cmd {
		if cancelled {
			answer(reply{err: context.Canceled})
		} else {
			answer(reply{text: clean(value)})
		}
		return nil
	})
}

// loginFact says in a dialog which login it is about.
func (m *root) loginFact(login rental.Login) [][2]string {
	return [][2]string{{m.text.Login().LoginLabel, m.plain(login.Command())}}
}

// pastedSecret takes a secret from a paste: panels copy it with a line end, with
// blanks, or with the login.
func (m *root) pastedSecret(value, paste string) (string, bool) {
	lines := widget.PastedLines(paste)
	switch login, err := wizard.ReadLogin(paste); {
	case len(lines) == 0:
		return value, true
	case len(lines) > 1 && err == nil && login.Password != "":
		return login.Password, true
	case len(lines) > 1:
		m.flash = m.text.FillWith(m.text.Login().PasteFirst, "count", strconv.Itoa(len(lines)))
	}
	return value + lines[0], true
}

func (m *root) askPassword(login rental.Login, attempt int, answer func(reply)) {
	t := m.text
	d := &widget.Dialog{
		Title: t.PasswordTitle, Facts: m.loginFact(login), Text: t.PasswordWhy,
	}
	if attempt > 1 {
		d.Notice = t.Fill(t.PasswordAgain, map[string]string{"attempt": strconv.Itoa(attempt)})
	}
	// What is copied from a web page brings blanks along.
	m.secret(d, answer, func(s string) string { return strings.TrimFunc(s, blank) })
}

func (m *root) askPhrase(path string, attempt int, answer func(reply)) {
	words := m.text.Login()
	d := &widget.Dialog{
		Title: words.PhraseTitle, Facts: [][2]string{{words.KeyLabel, m.plain(path)}}, Text: words.PhraseWhy, Optional: true,
	}
	if attempt > 1 {
		d.Notice = m.text.Fill(words.PhraseAgain, map[string]string{"attempt": strconv.Itoa(attempt)})
	}
	m.secret(d, answer, func(s string) string { return s })
}

// askChallenge shows what the server asks, in its own words.
func (m *root) askChallenge(c wizard.Challenge, answer func(reply)) {
	words := m.text.Login()
	d := &widget.Dialog{
		Title: words.ChallengeTitle, Facts: m.loginFact(c.Login), Text: words.ChallengeAbout, Optional: true,
	}
	label := words.AsksLabel
	for _, said := range []string{c.Name, c.Instruction, c.Prompt} {
		if said != "" {
			d.Facts, label = append(d.Facts, [2]string{label, m.plain(said)}), ""
		}
	}
	if !c.Echo {
		m.secret(d, answer, func(s string) string { return strings.TrimFunc(s, blank) })
		return
	}
	d.Theme = m.common.Theme
	d.AskLine("", nil)
	m.open(d, func(value string, cancelled bool) tea.Cmd {
		if cancelled {
			answer(reply{err: context.Canceled})
		} else {
			answer(reply{text: strings.TrimFunc(value, blank)})
		}
		return nil
	})
}

func (m *root) askRemember(login rental.Login, answer func(reply)) {
	words := m.text.Login()
	d := &widget.Dialog{
		Title:  words.RememberTitle,
		Facts:  m.loginFact(login),
		Text:   words.RememberWhy + "\n\n" + words.RememberEach,
		Cancel: string(planfile.RememberAsk),
		Menu: widget.Menu{Buttons: []widget.Button{
			{Value: string(planfile.RememberKey), Label: words.RememberKey},
			{Value: string(planfile.RememberKeyring), Label: words.RememberKeyring},
			{Value: string(planfile.RememberNothing), Label: words.RememberNo},
		}},
	}
	m.open(d, func(value string, _ bool) tea.Cmd {
		answer(reply{text: value})
		return nil
	})
}

// askLogin asks for the login of an instance that was restarted, until what is
// typed is one.
func (m *root) askLogin(old rental.Login, why wizard.LoginReason, answer func(reply)) {
	title, text := m.text.NewLogin(why, old.Command())
	d := &widget.Dialog{Theme: m.common.Theme, Title: title, Text: text}
	d.AskLine(old.Command(), func(_, paste string) (string, bool) { return m.pasted("login", "", paste) })
	var then func(value string, cancelled bool) tea.Cmd
	then = func(value string, cancelled bool) tea.Cmd {
		if cancelled {
			answer(reply{err: context.Canceled})
			return nil
		}
		login, err := wizard.ReadWholeLogin(value)
		if err != nil {
			words := m.text.Problem(err)
			d.Notice = m.text.Join(words.What, words.Next)
			m.open(d, then)
			return nil
		}
		if login.Password != "" {
			m.face.keep(login)
		}
		answer(reply{to: login})
		return nil
	}
	m.open(d, then)
}

// pasted takes a login apart that is pasted into a line with value in it: the
// password stays in memory, and only the command goes into the line and the
// plan. So does a password that is pasted by itself. Of a list of several lines
// it makes one.
func (m *root) pasted(key, value, paste string) (string, bool) {
	if lines := widget.PastedLines(paste); planfile.IsList(key) && len(lines) > 1 {
		// A list as files have it, one item a line.
		if value = strings.TrimSpace(value); value != "" {
			lines = append([]string{strings.TrimRight(value, ",，")}, lines...)
		}
		return strings.Join(lines, ", "), true
	}
	if key != "login" {
		return "", false
	}
	if word := strings.TrimFunc(paste, blank); value != "" && !strings.ContainsFunc(word, unicode.IsSpace) {
		return "", false // a piece of the line
	}
	login, err := wizard.ReadLogin(paste)
	if err != nil {
		if !problem.Has(err, wizard.LoginNoHost) || !rental.LikePassword(strings.TrimFunc(paste, blank)) {
			return "", false
		}
		m.face.keepLoose(strings.TrimFunc(paste, blank))
		m.flash = m.text.Login().PasteSecret
		return "", true
	}
	_, err = wizard.ReadWholeLogin(paste)
	switch whole := err == nil; {
	case login.Password != "":
		m.face.keep(login)
		if !whole {
			m.face.keepLoose(login.Password) // the login is going to be another
		}
		login.Password = ""
		m.flash = m.text.PasteKept
	case whole:
		m.face.takeLoose(login)
	}
	if word := strings.TrimFunc(paste, blank); word == login.Host {
		return word, true // a name of the SSH configuration stays one
	}
	return login.Command(), true
}
