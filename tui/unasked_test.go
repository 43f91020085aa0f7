package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// at sets the clock to so long after noon.
func (d *driver) at(after time.Duration) {
	d.m.common.Now = func() time.Time { return noon.Add(after) }
}

// hits sends keys at once, as a hand does that was on its way.
func (d *driver) hits(types ...tea.KeyType) {
	for _, k := range types {
		d.send(tea.KeyMsg{Type: k})
	}
}

// A question that comes up under the fingers is answered by no key that was
// pressed before it was drawn, or a moment later; afterwards by the first.
func TestQuestionUnderTheFingers(t *testing.T) {
	login, err := rental.ParseLogin(loginLine)
	if err != nil {
		t.Fatal(err)
	}
	key := wizard.HostKey{Host: "h:1", Type: "ssh-ed25519", Fingerprint: "SHA256:new"}
	changed := key
	changed.Known = []string{"SHA256:old"}
	hurdle := preflight.Hurdle{Check: preflight.HurdleNoWeights, Severity: dataset.Harms, State: preflight.Found, By: dataset.MendAsk}
	for _, tt := range []struct {
		name string
		ask  ask
		says string
	}{
		{"trust of a host", ask{key: &key}, "First time at this host"},
		{"trust of a changed host", ask{key: &changed}, "SHA256:old"},
		{"start of an instance", ask{start: &wizard.Start{Platform: "autodl", Host: "h:1", Restart: true}}, "Start the instance?"},
		{"stop of an instance", ask{stop: "h:1"}, "h:1"},
		{"mend", ask{hurdle: &hurdle}, "m)"},
		{"key on the instance", ask{remember: &login}, "No more passwords"},
		{"passphrase, of which none is an answer", ask{phrase: "id", attempt: 1}, "Passphrase"},
		{"login, which stands there", ask{moved: &login, why: wizard.LoginMoved}, "10309"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, newProject(t), Options{})
			pretend(d, journey.Upload)
			tt.ask.reply = make(chan reply, 1)
			unanswered := func(when string) {
				t.Helper()
				select {
				case r := <-tt.ask.reply:
					t.Fatalf("%s: answered %+v", when, r)
				default:
				}
				if d.m.dialog == nil {
					t.Fatalf("%s: the question is gone", when)
				}
			}
			d.send(askMsg(tt.ask))
			d.hits(tea.KeyEnter, tea.KeyEsc)
			unanswered("before it is drawn")
			d.see(tt.says)
			calm := d.m.View()
			for _, when := range []time.Duration{0, 100 * time.Millisecond, 399 * time.Millisecond} {
				d.at(when)
				if !d.m.dialog.Secret() {
					d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y\r"), Paste: true})
					d.hits(tea.KeyUp, tea.KeySpace)
				}
				d.hits(tea.KeyEnter, tea.KeyEsc)
				unanswered(when.String())
			}
			d.see("did not count")
			// A key that is held down goes on doing nothing.
			for when := 400 * time.Millisecond; when < 2*time.Second; when += 30 * time.Millisecond {
				d.at(when)
				d.hits(tea.KeyEnter)
				unanswered("held")
			}
			d.at(2500 * time.Millisecond)
			if view := d.m.View(); tt.ask.key != nil && (strings.Contains(calm, "▸ [") || !strings.Contains(view, "▸ [")) {
				t.Errorf("whether it hears is not to be seen:\n%s\n%s", calm, view)
			}
			d.hits(tea.KeyEnter)
			select {
			case <-tt.ask.reply:
			default:
				t.Errorf("not answered after it was read:\n%s", d.m.View())
			}
		})
	}
}

// Half a second after it was drawn, the first key counts.
func TestQuestionIsAnsweredAfterHalfASecond(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	pretend(d, journey.Upload)
	got := make(chan reply, 1)
	d.send(askMsg(ask{key: &wizard.HostKey{Host: "h:1", Fingerprint: "SHA256:new"}, reply: got}))
	d.see("First time at this host")
	d.at(500 * time.Millisecond)
	d.hits(tea.KeyEnter)
	if len(got) != 1 || !(<-got).yes {
		t.Errorf("not heard:\n%s", d.m.View())
	}
}

// A password may be typed and sent as soon as its line is drawn; what was typed
// before it was is not in it.
func TestLineTakesLettersAtOnce(t *testing.T) {
	for _, paste := range []bool{false, true} {
		d := drive(t, newProject(t), Options{})
		pretend(d, journey.Upload)
		got := make(chan reply, 1)
		d.send(askMsg(ask{login: &rental.Login{Host: "h"}, attempt: 1, reply: got}))
		letters := func(s string) {
			d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: paste})
		}
		letters("early")
		d.see("─ Password ─")
		d.hits(tea.KeyEnter)
		letters("secret")
		d.hits(tea.KeyEnter)
		if len(got) != 1 {
			t.Fatalf("not heard:\n%s", d.m.View())
		}
		if r := <-got; r.text != "secret" {
			t.Errorf("answered %q", r.text)
		}
	}
}

// Ctrl-C is heard at any time.
func TestCtrlCUnderTheFingers(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	pretend(d, journey.Upload)
	d.send(askMsg(ask{stop: "h:1", reply: make(chan reply, 1)}))
	d.hits(tea.KeyCtrlC)
	d.see(d.m.text.LeaveTitle)
	d.hits(tea.KeyCtrlC)
	if !d.m.quit {
		t.Error("not heard")
	}
}

// What is in view changes by itself when the evidence was looked at, or when a
// step fails: Enter that was meant for what was there before starts nothing.
func TestPageUnderTheFingers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		moves func(t *testing.T, d *driver)
	}{
		{"the files are not what they were", func(t *testing.T, d *driver) {
			toUpload(t, d)
			d.m.show(journey.Check)
			d.see("Next")
			writeFile(t, d.m.project.StatePath("../train_data/train/Annotations/train0.xml"), strings.Replace(annotation("train0"), "<xmax>30", "<xmax>31", 1))
			d.do(d.m.verify())
			d.wait("the evidence is looked at", func() bool { return !d.m.verifying })
		}},
		{"the first step that is left comes into view", func(t *testing.T, d *driver) {
			d.m.show(journey.Download)
			d.m.touched = false
			d.do(d.m.verify())
			d.wait("the evidence is looked at", func() bool { return !d.m.verifying })
		}},
		{"the step failed", func(t *testing.T, d *driver) {
			d.m.options.Connect = func(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
				return nil, context.DeadlineExceeded
			}
			toUpload(t, d)
			d.press("enter")
			d.wait("the step has failed", func() bool { return d.m.running == "" && d.m.screens[journey.Upload].Startable() })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProject(t)
			if err := p.Set("login", loginLine); err != nil {
				t.Fatal(err)
			}
			d := drive(t, p, Options{}).open()
			tt.moves(t, d)
			if !d.m.screens[d.m.at].Startable() {
				t.Fatalf("nothing to start:\n%s", d.m.View())
			}
			d.hits(tea.KeyEnter)
			d.m.View()
			d.at(399 * time.Millisecond)
			d.hits(tea.KeyEnter)
			if d.m.running != "" {
				t.Fatalf("%s was started", d.m.running)
			}
			d.see("did not count")
			d.at(time.Second)
			d.hits(tea.KeyEnter)
			if d.m.running == "" {
				t.Errorf("not started when it was read:\n%s", d.m.View())
			}
		})
	}
}
