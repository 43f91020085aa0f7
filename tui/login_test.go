package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// sshHosts gives the tests' user an SSH configuration.
func sshHosts(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	writeFile(t, filepath.Join(home, ".ssh", "config"),
		"Host *.lab\n\tUser lab\nHost github.com\n\tUser git\nHost my-gpu\n\tHostName connect.nmb1.seetacloud.com\n\tPort 10309\n\tUser root\nHost old-gpu\n\tHostName 203.0.113.7\n")
}

func TestLoginChosenFromTheSSHConfiguration(t *testing.T) {
	sshHosts(t)
	p, in, d := atUpload(t, "kBz3w9Qq")
	d.press("enter")
	view := d.m.View()
	for _, want := range []string{"my-gpu", "root@connect.nmb1.seetacloud.com:10309", "old-gpu", "203.0.113.7"} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is not offered:\n%s", want, view)
		}
	}
	if strings.Contains(view, "github") || strings.Contains(view, ".lab") {
		t.Errorf("offers what is no machine to train on:\n%s", view)
	}
	compare(t, filepath.Join("testdata", "login-hosts-en-80x24.golden"), view)
	d.press("enter")
	if got := p.Plan().Login; got != "my-gpu" {
		t.Fatalf("login %q", got)
	}
	// A login that is pasted onto the list takes its place.
	d.m.deaf = noon
	d.press("up", "enter")
	d.paste("ssh -p 4 root@h.example.com kBz3w9Qq")
	d.see("Login command: ssh -p 4 root@h.example.com")
	d.press("enter")
	if got := p.Plan().Login; got != "ssh -p 4 root@h.example.com" {
		t.Fatalf("login %q", got)
	}
	d.m.deaf = noon
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	if !slices.Equal(in.asked, []string{"kBz3w9Qq"}) {
		t.Errorf("passwords tried: %q", in.asked)
	}
}

// A password in the place of the login is neither shown nor stored, and used
// once the login is known.
func TestPasswordPastedBeforeTheLogin(t *testing.T) {
	p, in, d := atUpload(t, "kBz3w9Qq")
	unseen := func(when string) {
		t.Helper()
		if view := d.m.View(); strings.Contains(view, "kBz3w9Qq") {
			t.Errorf("%s the password is shown:\n%s", when, view)
		}
		data, err := os.ReadFile(filepath.Join(p.Dir(), planfile.Name))
		if err != nil || strings.Contains(string(data), "kBz3w9Qq") {
			t.Errorf("%s: %v, or the password is in the plan", when, err)
		}
	}
	d.paste("kBz3w9Qq\n")
	unseen("pasted onto the row,")
	d.see("Looks like the password")
	d.press("esc", "enter")
	d.paste(" kBz3w9Qq")
	unseen("pasted into the line,")
	// Typed, it is seen while it is typed, and not kept.
	d.press("kBz3w9Qq", "enter")
	d.m.deaf = noon
	unseen("typed,")
	d.press("esc", "up", "enter")
	d.paste(loginLine)
	unseen("with the login,")
	d.press("enter")
	d.m.deaf = noon
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	unseen("in the end")
	if !slices.Equal(in.asked, []string{"kBz3w9Qq"}) {
		t.Errorf("passwords tried: %q", in.asked)
	}
}

// A login without the port that AutoDL gives every instance stays in its line
// with the reason, and the password that came with it is kept for the next.
func TestLoginWithoutItsPort(t *testing.T) {
	p, in, d := atUpload(t, "kBz3w9Qq")
	d.press("enter")
	d.paste("root@connect.nmb1.seetacloud.com\nkBz3w9Qq\n")
	d.press("enter")
	d.m.deaf = noon
	view := d.m.View()
	for _, want := range []string{"has no port", "write -p 22", "Login command: ssh root@connect.nmb1.seetacloud.com"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q:\n%s", want, view)
		}
	}
	if p.Plan().Login != "" || strings.Contains(view, "kBz3") {
		t.Errorf("login %q:\n%s", p.Plan().Login, view)
	}
	compare(t, filepath.Join("testdata", "login-no-port-en-80x24.golden"), view)
	d.press("ctrl+u")
	d.paste(loginLine)
	d.press("enter")
	d.m.deaf = noon
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	if !slices.Equal(in.asked, []string{"kBz3w9Qq"}) {
		t.Errorf("passwords tried: %q", in.asked)
	}
}

func TestQuestionsOnTheWayIn(t *testing.T) {
	login, err := rental.ParseLogin(loginLine)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ask  func(f *face, ctx context.Context) (string, error)
		see  string
		keys []string
		want string
		err  error
	}{
		{"passphrase", phrase, "/home/lin/.ssh/id", []string{"sesame", "enter"}, "sesame", nil},
		{"no passphrase", phrase, "/home/lin/.ssh/id", []string{"enter"}, "", nil},
		{"passphrase, left", phrase, "/home/lin/.ssh/id", []string{"esc"}, "", context.Canceled},
		{"code", challenge(login, true), "Verification code", []string{"123456", "enter"}, "123456", nil},
		{"hidden code", challenge(login, false), "Verification code", []string{"123456", "enter"}, "123456", nil},
		{"code, left", challenge(login, true), "Verification code", []string{"esc"}, "", context.Canceled},
		{"key, as proposed", remember(login), "Put a key on the instance", []string{"enter"}, string(planfile.RememberKey), nil},
		{"keyring", remember(login), "No more passwords", []string{"down", "enter"}, string(planfile.RememberKeyring), nil},
		{"no", remember(login), "No more passwords", []string{"down", "down", "enter"}, string(planfile.RememberNothing), nil},
		{"left open", remember(login), "No more passwords", []string{"esc"}, string(planfile.RememberAsk), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := drive(t, newProject(t), Options{}).open()
			type answer struct {
				text string
				err  error
			}
			got := make(chan answer, 1)
			go func() {
				text, err := c.ask(d.m.face, d.m.ctx)
				got <- answer{text, err}
			}()
			d.see(c.see)
			d.press(c.keys...)
			if a := <-got; a.text != c.want || !errors.Is(a.err, c.err) {
				t.Errorf("got %q, %v", a.text, a.err)
			}
		})
	}
}

func phrase(f *face, ctx context.Context) (string, error) {
	return f.Passphrase(ctx, "/home/lin/.ssh/id", 1)
}

func challenge(login rental.Login, echo bool) func(*face, context.Context) (string, error) {
	return func(f *face, ctx context.Context) (string, error) {
		return f.Challenge(ctx, wizard.Challenge{Login: login, Prompt: "Verification code: ", Echo: echo})
	}
}

func remember(login rental.Login) func(*face, context.Context) (string, error) {
	return func(f *face, ctx context.Context) (string, error) {
		m, err := f.Remember(ctx, login)
		return string(m), err
	}
}
