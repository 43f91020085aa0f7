package wizard_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// A cloud is an instance with its platform's interface: what the interface is
// told happens to the instance.
type cloud struct {
	*cheap
	rental.Panel
	state   rental.PowerState
	told    []string
	noStock bool
	stuck   bool // it takes orders and does nothing
	login   rental.Login
	price   rental.Money // that its interface tells
	at      string       // the login that leads to it; others are refused
	slow    int          // how often SSH does not answer after a start
	refuses int          // how often it still does not
	given   string       // the password that it was logged in with
}

func newCloud() *cloud {
	c := &cloud{cheap: &cheap{fakeInstance: newFake()}, Panel: &market{}, state: rental.PowerOn}
	c.at = "ssh -p 10309 root@connect.nmb1.seetacloud.com"
	return c
}

func (c *cloud) Switch(string) rental.Switch { return c }

func (c *cloud) Look(ctx context.Context) (instance.Facts, error) {
	facts, err := c.cheap.Look(ctx)
	facts.Platform, facts.ID = "autodl", "pro-1"
	return facts, err
}

func (c *cloud) PowerState(context.Context) (rental.PowerState, error) { return c.state, nil }

func (c *cloud) PowerOff(context.Context) error {
	c.told = append(c.told, "off")
	if !c.stuck {
		c.state = rental.PowerOff
	}
	return nil
}

func (c *cloud) PowerOn(context.Context) error {
	c.told = append(c.told, "on")
	if c.noStock {
		return problem.New(rental.PanelNoStock, nil, "platform", "autodl")
	}
	if !c.stuck {
		c.state, c.refuses = rental.PowerOn, c.slow
		c.gpu.Store(true)
		if c.login.Host != "" {
			c.at = c.login.Command()
		}
	}
	return nil
}

func (c *cloud) Rented(context.Context) (rental.Rented, error) {
	return rental.Rented{Login: c.login, PerHour: c.price}, nil
}

func (c *cloud) connect(ctx context.Context, plan planfile.Plan, _ string, face wizard.Face) (instance.Instance, error) {
	if c.state != rental.PowerOn || plan.Login != c.at {
		return nil, problem.New(instance.ConnectionRefused, nil, "host", "h", "port", "22")
	}
	if c.refuses > 0 {
		c.refuses--
		return nil, problem.New(instance.ServerNotReady, nil, "host", "h", "port", "22")
	}
	login, _ := wizard.ReadLogin(plan.Login)
	c.given, _ = face.Password(ctx, login, 1)
	return c, nil
}

// person is asked whether to start, and for logins.
type person struct {
	restarter
	starts bool
	asked  []wizard.Start
}

func (p *person) StartInstance(_ context.Context, s wizard.Start) (bool, error) {
	p.asked = append(p.asked, s)
	return p.starts, nil
}

func TestPlatformStartsTheInstanceWithItsGPU(t *testing.T) {
	t.Parallel()
	moved := rental.Login{User: "root", Host: "connect.nmb1.seetacloud.com", Port: 4022, Password: "of the new start"}
	nobody := problem.New(instance.LoginNeeded, nil, "host", "h", "user", "root")
	for _, tt := range []struct {
		name    string
		starts  bool
		change  func(*cloud)
		ends    problem.Code
		told    string
		note    wizard.NoteCode
		byHand  int // how often the person was asked for the login after all
		restart bool
	}{
		{"switched on", true, func(*cloud) {}, "", "off on", wizard.NoteStarted, 0, true},
		{"switched on elsewhere", true, func(c *cloud) { c.login = moved }, "", "off on", wizard.NoteFoundAt, 0, true},
		{"SSH takes its time", true, func(c *cloud) { c.login = moved; c.slow = 1 }, "", "off on", wizard.NoteReconnect, 0, true},
		{"not wanted", false, func(*cloud) {}, wizard.GPUNeeded, "", wizard.NoteWaitGPU, 1, true},
		{"no GPU is free", true, func(c *cloud) { c.noStock = true }, wizard.GPUNeeded, "off on", wizard.NotePanelTrouble, 1, true},
		{"orders without effect", true, func(c *cloud) { c.stuck = true }, wizard.GPUNeeded, "off", wizard.NoteNotStarted, 1, true},
		{"it was off", true, func(c *cloud) { c.state = rental.PowerOff }, "", "on", wizard.NoteStarted, 0, false},
		{"it moved", true, func(c *cloud) {
			c.login, c.at = moved, moved.Command()
			c.gpu.Store(true)
		}, "", "", wizard.NoteFoundAt, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readyToUpload(t)
			set(t, p, "platform", "autodl", "region", "nm-B1", "gpu", "RTX 3090", "price.per_hour", "1.32")
			c := newCloud()
			face := &person{starts: tt.starts}
			face.answer = func(context.Context) (rental.Login, error) { return rental.Login{}, nobody }
			env := wizard.Env{
				Connect: c.connect, Face: face, StopPause: time.Millisecond,
				Panel: func(string) rental.Panel { return c },
			}
			for _, step := range []journey.Step{journey.Region, journey.Upload} {
				if err := p.Run(t.Context(), step, env); err != nil {
					t.Fatal(err)
				}
			}
			tt.change(c)
			err := p.Run(t.Context(), journey.Train, env)
			if tt.ends == "" && err != nil || tt.ends != "" && !problem.Has(err, tt.ends) {
				t.Fatalf("ended with %v, want %q", err, tt.ends)
			}
			if told := strings.Join(c.told, " "); told != tt.told || face.restarter.asked != tt.byHand || c.started != bit(tt.ends == "") {
				t.Errorf("told %q, asked %d times for a login, started %d", told, face.restarter.asked, c.started)
			}
			if len(face.notes(tt.note)) == 0 {
				t.Errorf("%s was not told", tt.note)
			}
			if tt.told != "" {
				q := wizard.Start{Platform: "autodl", Host: "connect.nmb1.seetacloud.com:10309", PerHour: money(t, "1.32 CNY"), Restart: tt.restart}
				if !slices.Equal(face.asked, []wizard.Start{q}) {
					t.Errorf("asked %+v", face.asked)
				}
			}
			if tt.ends == "" && c.login.Host != "" {
				if p.Plan().Login != moved.Command() || c.given != moved.Password {
					t.Errorf("login %q, password %q", p.Plan().Login, c.given)
				}
			}
		})
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The platform knows best what an instance costs.
func TestPriceOfThePlatformIsTold(t *testing.T) {
	t.Parallel()
	for price, want := range map[string]int{"1.32 CNY": 0, "2.05 CNY": 1} {
		p := readyToUpload(t)
		set(t, p, "platform", "autodl", "region", "nm-B1", "gpu", "RTX 3090", "price.per_hour", "1.32")
		c, face := newCloud(), &fakeFace{}
		c.price = money(t, price)
		c.gpu.Store(true)
		env := wizard.Env{Connect: c.connect, Face: face, Panel: func(string) rental.Panel { return c }}
		for _, step := range []journey.Step{journey.Region, journey.Upload} {
			if err := p.Run(t.Context(), step, env); err != nil {
				t.Fatal(err)
			}
		}
		notes := face.notes(wizard.NoteOtherPrice)
		if len(notes) != want || want == 1 && (notes[0]["want"] != "1.32 CNY" || notes[0]["got"] != price) {
			t.Errorf("at %s: told %v", price, notes)
		}
	}
}
