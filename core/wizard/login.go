package wizard

import (
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/sshconfig"
)

// LoginNoHost: hosts. A word alone that is neither a login nor a host of the
// person's SSH configuration. The word is not told: it may be a password.
const LoginNoHost problem.Code = "login-no-host"

// ReadLogin reads a login line, or the name of a host in the person's SSH
// configuration.
func ReadLogin(line string) (rental.Login, error) {
	c, broken := sshconfig.Here()
	hosts := c.Hosts()
	login, err := rental.ParseLogin(line, hosts...)
	if problem.Has(err, rental.LoginUnclear) && isWord(line) {
		if broken != nil {
			return login, broken
		}
		return login, problem.New(LoginNoHost, err, "hosts", strings.Join(hosts[:min(5, len(hosts))], ", "))
	}
	return login, err
}

// ReadWholeLogin is ReadLogin for a login that is going to be used: it names the
// port where the platform gives every instance its own. Who means ssh's usual
// one says so.
func ReadWholeLogin(line string) (rental.Login, error) {
	login, err := ReadLogin(line)
	if err != nil || login.Port != 0 {
		return login, err
	}
	c, _ := sshconfig.Here()
	h := c.Resolve(login.Host)
	if platform := rental.PlatformOf(h.HostName); h.Port == 0 && platform.Login.OwnPort {
		return login, problem.New(rental.LoginNoPort, nil, "platform", platform.ID, "host", h.HostName)
	}
	return login, nil
}

func isWord(s string) bool { return len(strings.Fields(s)) == 1 }

// checkNewLogin is stricter with what a person just gave: a word alone that
// names no host here may be a password.
func checkNewLogin(s string) error {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	_, err := ReadWholeLogin(s)
	return err
}

// loginHost is the name or address that the plan's login leads to, "" if there
// is no login yet.
func (p *Project) loginHost() string {
	c := p.sshConfig()
	login, err := rental.ParseLogin(p.plan.Login, c.Hosts()...)
	if err != nil {
		return ""
	}
	return strings.ToLower(c.Resolve(login.Host).HostName)
}

// forges are no machines to train on, though many people have them in their
// SSH configuration.
var forges = []string{
	"github.com", "gitlab.com", "gitee.com", "bitbucket.org", "codeberg.org", "ssh.dev.azure.com", "huggingface.co", "hf.co",
	"git-codecommit", "aur.archlinux.org", "gitcode.com",
}

// hostChoices are the hosts of the person's SSH configuration, those of a known
// platform first.
func hostChoices(p *Project) []Choice {
	c := p.sshConfig()
	var choices, rented []Choice
	for _, name := range c.Hosts() {
		if login, err := rental.ParseLogin(name, name); err != nil || login.Host != name {
			continue
		}
		h := c.Resolve(name)
		if h.User == "git" || slices.ContainsFunc(forges, func(f string) bool {
			return strings.HasSuffix(strings.ToLower(h.HostName), f)
		}) {
			continue
		}
		where := h.HostName
		if h.User != "" {
			where = h.User + "@" + where
		}
		if h.Port != 0 {
			where += ":" + strconv.Itoa(h.Port)
		}
		choice := Choice{Value: name, Args: map[string]string{"where": where}}
		if rental.PlatformOf(h.HostName).ID != "any" {
			rented = append(rented, choice)
		} else {
			choices = append(choices, choice)
		}
	}
	return append(rented, choices...)
}

// maxMoved is how often a step asks for another way to the instance.
const maxMoved = 3

// reach connects. Where the login leads nowhere, it may have changed: ports and
// passwords do when an instance is restarted.
func (w *work) reach() (instance.Instance, error) {
	panelAsked := false
	for asked := 0; ; asked++ {
		host, err := w.dial()
		if err == nil || !mayHaveMoved(err) || w.Practice() || asked == maxMoved {
			return host, err
		}
		if !panelAsked {
			panelAsked = true
			if again, err := w.byPanel(); err != nil {
				return nil, err
			} else if again {
				continue
			}
		}
		old, readErr := ReadLogin(w.plan.Login)
		if readErr != nil && !problem.Has(readErr, rental.LoginEmpty) {
			return nil, err
		}
		login, askErr := w.env.Face.NewLogin(w.ctx, old, w.whyAnew(err))
		switch {
		case w.ctx.Err() != nil:
			return nil, w.ctx.Err()
		case askErr != nil:
			return nil, err // nobody is there, or they have no other
		case login == rental.Login{} || login.Command() == old.Command():
			continue
		}
		if err := w.Set("login", login.Command()); err != nil {
			return nil, err
		}
		w.plan.Login = w.Plan().Login
		w.note(NoteConnecting, "host", w.host())
	}
}

// whyAnew is the reason to ask for another login after an error.
func (w *work) whyAnew(err error) LoginReason {
	switch {
	case problem.Has(err, rental.LoginEmpty):
		return LoginLacking
	case problem.Has(err, rental.LoginNoPort):
		return LoginPortless
	case problem.Has(err, instance.WrongPassword):
		return LoginRefused
	case !w.met && !w.hasMet():
		return LoginFirst
	}
	return LoginMoved
}

// hasMet reports whether an instance was reached before.
func (p *Project) hasMet() bool {
	return len(p.record.Paid) > 0 || p.record.Steps[journey.Upload].Fact("host") != ""
}

// mayHaveMoved reports whether an error is that of a login that was good once,
// or was there: a plan can be edited.
func mayHaveMoved(err error) bool {
	p, ok := problem.As(err)
	if !ok || p.Args["hop"] != "" {
		return false
	}
	switch p.Code {
	case instance.ConnectionRefused, instance.HostUnreachable, instance.HostUnknown, instance.ServerNotReady, instance.WrongPassword, rental.LoginEmpty, rental.LoginNoPort:
		return true
	}
	return false
}

// tellHost compares the login with the plan, where the instance says nothing of
// itself: a login of another platform, or of another region, whose disks are
// not seen there.
func (w *work) tellHost() {
	chosen, ok := rental.PlatformByID(w.plan.Platform)
	host := w.loginHost()
	platform := rental.PlatformOf(host)
	if w.Practice() || w.facts.Platform != "" || !ok || chosen.ID == "any" || platform.ID == "any" {
		return
	}
	if chosen.ID != platform.ID {
		w.note(NoteOtherPlatform, "want", chosen.ID, "got", platform.ID)
		return
	}
	want, ok := chosen.RegionBySign(w.plan.Region)
	got, known := rental.RegionOf(host)
	if ok && known && want.Sign != got.Sign && rental.SameRegion(want, got) != rental.Together {
		w.note(NoteOtherRegion, "want", w.plan.Region, "got", got.Sign, "sees", string(rental.SameRegion(got, want)))
	}
}
