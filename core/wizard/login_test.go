package wizard_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// keeper is an instance that was logged in to with a password.
type keeper struct {
	*fakeInstance
	offered bool
	fails   error
	did     []string
}

func (k *keeper) ByPassword() bool {
	first := !k.offered
	k.offered = true
	return first
}

func (k *keeper) InstallKey(context.Context) (string, bool, error) {
	k.did = append(k.did, "key")
	return "/home/lin/key", true, k.fails
}

func (k *keeper) KeepPassword(context.Context) (string, error) {
	k.did = append(k.did, "keyring")
	return "root@h:22", k.fails
}

// upToUpload is a project whose steps before the upload are done.
func upToUpload(t *testing.T) *wizard.Project {
	t.Helper()
	p := newProject(t)
	if _, err := run(t, p, newFake(), journey.Classes); err != nil {
		t.Fatal(err)
	}
	return p
}

func copyOf(t *testing.T, p *wizard.Project) *wizard.Project {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(p.Dir())); err != nil {
		t.Fatal(err)
	}
	twin, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return twin
}

func TestRememberAfterAPassword(t *testing.T) {
	t.Parallel()
	ready := upToUpload(t)
	for _, c := range []struct {
		name   string
		plan   string          // of the key remember
		answer planfile.Memory // of the person, if asked
		fails  error
		did    []string
		note   wizard.NoteCode
		after  string // the plan's key
	}{
		{"key", "", planfile.RememberKey, nil, []string{"key"}, wizard.NoteKeyInstalled, "key"},
		{"keyring", "", planfile.RememberKeyring, nil, []string{"keyring"}, wizard.NoteKeyringKept, "keyring"},
		{"no", "", planfile.RememberNothing, nil, nil, "", "no"},
		{"left open", "", planfile.RememberAsk, nil, nil, "", "ask"},
		{"nobody is there", "", "", nil, nil, "", "ask"},
		{"key by the plan", "key", "never asked", nil, []string{"key"}, wizard.NoteKeyInstalled, "key"},
		{"no by the plan", "no", "never asked", nil, nil, "", "no"},
		{"key fails", "", planfile.RememberKey, errors.New("read-only"), []string{"key"}, wizard.NoteKeyFailed, "ask"},
		{"key is not taken", "", planfile.RememberKey, problem.New(instance.KeyNotTaken, nil), []string{"key"}, wizard.NoteKeyNotTaken, "ask"},
		{"no keyring", "", planfile.RememberKeyring, errors.New("no service"), []string{"keyring"}, wizard.NoteKeyringFailed, "ask"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, f := copyOf(t, ready), newFake()
			if c.plan != "" {
				if err := p.Set("remember", c.plan); err != nil {
					t.Fatal(err)
				}
			}
			k := &keeper{fakeInstance: f, fails: c.fails}
			face := &fakeFace{remember: c.answer}
			connect := func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) { return k, nil }
			for _, step := range []journey.Step{journey.Upload, journey.Upload} {
				if err := p.Run(t.Context(), step, wizard.Env{Connect: connect, Face: face}); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(k.did, c.did) || p.Plan().Remember != c.after {
				t.Errorf("did %q, and the plan says %q", k.did, p.Plan().Remember)
			}
			if c.note != "" && len(face.notes(c.note)) != 1 {
				t.Errorf("told %v", face.events)
			}
		})
	}
}

// At AutoDL every instance has a port of its own: a login without one is no
// answer, unless the person or their SSH configuration says that 22 is meant.
func TestLoginWithoutItsPort(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	write(t, filepath.Join(home, ".ssh", "config"), "Host bare\n\tHostName connect.nmb1.seetacloud.com\nHost whole\n\tHostName connect.nmb1.seetacloud.com\n\tPort 10309\n")
	p := copyOf(t, upToUpload(t))
	for login, host := range map[string]string{
		"ssh root@connect.nmb1.seetacloud.com":          "connect.nmb1.seetacloud.com",
		"root@connect.westb.seetacloud.com":             "connect.westb.seetacloud.com",
		"ssh root@CONNECT.NMB1.seetacloud.com":          "connect.nmb1.seetacloud.com",
		"ssh root@region-42.seetacloud.com":             "region-42.seetacloud.com",
		"bare":                                          "connect.nmb1.seetacloud.com",
		"ssh -J g:10309 root@connect.nmb1.autodl.com":   "connect.nmb1.autodl.com",
		"ssh -p 22 root@connect.nmb1.seetacloud.com":    "",
		"root@connect.nmb1.seetacloud.com:22":           "",
		"ssh -p 10309 root@connect.nmb1.seetacloud.com": "",
		"whole":                             "",
		"ssh root@203.0.113.7":              "",
		"ssh root@i.seetacloud.com.invalid": "",
		"ssh ubuntu@my.machine.example":     "",
	} {
		err := p.Set("login", login)
		if host == "" && err != nil {
			t.Errorf("%s: %v", login, err)
		}
		if got, ok := problem.As(err); host != "" && (!ok || got.Code != rental.LoginNoPort || got.Args["host"] != host || got.Args["platform"] != "autodl") {
			t.Errorf("%s: got %v, want the problem of %s", login, err, host)
		}
	}
}

// moving is an instance that is at one login only.
type moving struct {
	instance.Instance
	at   string
	code problem.Code
}

func (m moving) connect(_ context.Context, plan planfile.Plan, _ string, _ wizard.Face) (instance.Instance, error) {
	if plan.Login != m.at {
		return nil, problem.New(m.code, nil, "host", "h")
	}
	return m.Instance, nil
}

func TestAnInstanceThatMoved(t *testing.T) {
	t.Parallel()
	ready := upToUpload(t)
	const there = "ssh -p 4022 root@connect.nmb1.seetacloud.com"
	for _, c := range []struct {
		name    string
		code    problem.Code
		answers []string // of the person; "" is the old login, "-" is nobody
		asked   int
		why     wizard.LoginReason
		fails   bool
	}{
		{"new port", instance.ConnectionRefused, []string{there}, 1, wizard.LoginFirst, false},
		{"new port and password", instance.WrongPassword, []string{there}, 1, wizard.LoginRefused, false},
		{"without its port", rental.LoginNoPort, []string{there}, 1, wizard.LoginPortless, false},
		{"none in the plan", rental.LoginEmpty, []string{there}, 1, wizard.LoginLacking, false},
		{"at the third time", instance.HostUnreachable, []string{"", "ssh -p 5 root@h.example.com", there}, 3, wizard.LoginFirst, false},
		{"never", instance.ServerNotReady, []string{"", "", "", ""}, 3, wizard.LoginFirst, true},
		{"nobody there", instance.ConnectionRefused, []string{"-"}, 1, wizard.LoginFirst, true},
		{"another fault", instance.HostKeyChanged, nil, 0, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := copyOf(t, ready)
			face := &fakeFace{logins: c.answers}
			m := moving{newFake(), there, c.code}
			err := p.Run(t.Context(), journey.Upload, wizard.Env{Connect: m.connect, Face: face})
			if c.fails != problem.Has(err, c.code) || face.askedLogins != c.asked {
				t.Errorf("got %v after %d questions", err, face.askedLogins)
			}
			if slices.ContainsFunc(face.reasons, func(why wizard.LoginReason) bool { return why != c.why }) {
				t.Errorf("asked for %q", face.reasons)
			}
			if c.fails {
				return
			}
			if p.Plan().Login != there {
				t.Errorf("the plan says %q", p.Plan().Login)
			}
			const address = "connect.nmb1.seetacloud.com:4022"
			notes := face.notes(wizard.NoteConnected)
			if got := p.Journey().Of(journey.Upload).Evidence.Fact("host"); got != address || len(notes) != 1 || notes[0]["host"] != address {
				t.Errorf("connected to %q, told %v", got, notes)
			}
			// Once it was there, it may have moved.
			m.at, face.logins, face.reasons = "ssh -p 5 root@h.example.com", nil, nil
			err = p.Run(t.Context(), journey.Upload, wizard.Env{Connect: m.connect, Face: face})
			if want := map[bool]wizard.LoginReason{true: c.why, false: wizard.LoginMoved}[c.why != wizard.LoginFirst]; err == nil || face.reasons[0] != want {
				t.Errorf("asked for %q, %v", face.reasons, err)
			}
		})
	}
}

// A person who turns back at the login has sent nothing, so nothing of it
// changed.
func TestTurningBackAtTheLogin(t *testing.T) {
	t.Parallel()
	p := copyOf(t, upToUpload(t))
	ctx, cancel := context.WithCancel(t.Context())
	turn := func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
		cancel()
		return nil, ctx.Err()
	}
	if err := p.Run(ctx, journey.Upload, wizard.Env{Connect: turn, Face: &fakeFace{}}); !problem.Has(err, wizard.Cancelled) {
		t.Fatal(err)
	}
	verify(t, p, "done done done done running todo todo")
}

// The log that is here is told while the instance is away, also where the
// price would be counted.
func TestLogsOfAnInstanceThatIsAway(t *testing.T) {
	t.Parallel()
	p, f := copyOf(t, upToUpload(t)), newFake()
	set(t, p, "price.per_hour", "2")
	for _, step := range []journey.Step{journey.Region, journey.Upload, journey.Train} {
		if err := p.Run(t.Context(), step, wizard.Env{Connect: f.connect, Face: &fakeFace{}}); err != nil {
			t.Fatal(err)
		}
	}
	face := &fakeFace{}
	away := func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
		return nil, problem.New(instance.HostKeyUnknown, nil, "host", "h")
	}
	err := p.Logs(t.Context(), wizard.Env{Connect: away, Face: face}, false)
	if !problem.Has(err, instance.HostKeyUnknown) || !strings.Contains(face.log(), "1 epochs completed") {
		t.Errorf("got %v and the log %q", err, face.log())
	}
}

func TestLoginOfAnotherPlace(t *testing.T) {
	ready := upToUpload(t)
	for _, c := range []struct {
		name, platform, region, login string
		note                          wizard.NoteCode
		args                          string
	}{
		{"the same", "autodl", "nm-B1", "ssh -p 1 root@connect.nmb1.seetacloud.com", "", ""},
		{"one storage", "autodl", "bj-B1", "ssh -p 1 root@connect.bjb2.seetacloud.com", "", ""},
		{"another region", "autodl", "nm-B1", "ssh -p 1 root@connect.westb.seetacloud.com", wizard.NoteOtherRegion, "nm-B1 west-B"},
		{"another platform", "autodl", "nm-B1", "ssh -p 26592 root@i-1.gpushare.com", wizard.NoteOtherPlatform, "autodl gpushare"},
		{"no platform chosen", "any", "", "ssh -p 1 root@connect.westb.seetacloud.com", "", ""},
		{"nothing is known of it", "autodl", "nm-B1", "ssh -p 1 root@203.0.113.7", "", ""},
		{"by a name", "autodl", "nm-B1", "my-gpu", wizard.NoteOtherRegion, "nm-B1 west-B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("USERPROFILE", home)
			write(t, filepath.Join(home, ".ssh", "config"), "Host my-gpu\n\tHostName connect.westb.seetacloud.com\n\tPort 1\n")
			p, f := copyOf(t, ready), newFake()
			for key, value := range map[string]string{"platform": c.platform, "region": c.region, "login": c.login} {
				if err := p.Set(key, value); err != nil {
					t.Fatal(err)
				}
			}
			face, err := run(t, p, f, journey.Upload)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, code := range []wizard.NoteCode{wizard.NoteOtherPlatform, wizard.NoteOtherRegion} {
				for _, args := range face.notes(code) {
					told = append(told, args["want"]+" "+args["got"])
					if code != c.note {
						t.Errorf("told %s", code)
					}
				}
			}
			if strings.Join(told, ", ") != c.args {
				t.Errorf("told %q, want %q", told, c.args)
			}
		})
	}
}

// A word alone never gets into the plan as a login, unless it is a host of the
// SSH configuration; a plan from elsewhere may name one that is not here.
func TestLoginByNameInThePlan(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	write(t, filepath.Join(home, ".ssh", "config"), "Host my-gpu other\n\tHostName 203.0.113.7\n")
	p := newProject(t)
	if err := p.Set("login", "my-gpu"); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"aB3xYz9012", "S3cret+/word"} {
		err := p.Set("login", secret)
		if !problem.Has(err, wizard.LoginNoHost) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", secret, err)
		}
	}
	if err := p.Set("login", "ssh -p 1 root@h.example.com S3cret+/word"); !problem.Has(err, planfile.AnswerHasSecret) {
		t.Errorf("got %v", err)
	}
	plan := filepath.Join(p.Dir(), planfile.Name)
	text, err := os.ReadFile(plan)
	if err != nil || !strings.Contains(string(text), "login: my-gpu\n") || strings.Contains(string(text), "cret") {
		t.Errorf("%v, %s", err, text)
	}
	write(t, plan, "version: 1\nlogin: their-gpu\n")
	if _, err := wizard.Open(p.Dir()); err != nil {
		t.Errorf("a name that is not known here: %v", err)
	}
	write(t, plan, "version: 1\nlogin: ssh -p 1 root@h.example.com S3cret+/word\n")
	if _, err := wizard.Open(p.Dir()); !problem.Has(err, planfile.WrongValue) || strings.Contains(err.Error(), "S3cret") {
		t.Errorf("a password in the plan: %v", err)
	}
	write(t, filepath.Join(home, ".ssh", "config"), "Include config\n")
	if err := p.Set("login", "my-gpu"); !problem.Has(err, "ssh-config-broken") {
		t.Errorf("a broken configuration: %v", err)
	}
}
