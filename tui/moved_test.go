package tui

import (
	"context"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// A password that is typed fast comes in one piece, and may be a word that is
// the name of a key.
func TestWordsThatNameKeysAreTyped(t *testing.T) {
	for _, word := range []string{"right", "end", "up", "tab", "secret"} {
		d := drive(t, newProject(t), Options{}).open()
		got := make(chan string, 1)
		go func() {
			password, _ := d.m.face.Password(d.m.ctx, rental.Login{User: "root", Host: "a.example"}, 1)
			got <- password
		}()
		d.see("─ Password ─")
		d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(word)})
		d.press("enter")
		if password := <-got; password != word {
			t.Errorf("typed %q, got %q", word, password)
		}
	}
}

// An instance that is to be started costs money: what Enter does depends on
// whether the step needs its GPU.
func TestStartInstance(t *testing.T) {
	cheap, err := rental.ParseMoney("0.10", "CNY")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		start wizard.Start
		keys  []string
		want  bool
	}{
		{"for the training", wizard.Start{Platform: "autodl", Host: "a.example:22", Restart: true}, []string{"enter"}, true},
		{"not now", wizard.Start{Platform: "autodl", Host: "a.example:22", Restart: true}, []string{"down", "enter"}, false},
		{"left", wizard.Start{Platform: "vast", Host: "a.example:22"}, []string{"esc"}, false},
		{"where no GPU is needed", wizard.Start{Platform: "autodl", Host: "a.example:22", Cheap: cheap}, []string{"enter"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, newProject(t), Options{}).open()
			got := make(chan bool, 1)
			go func() {
				yes, _ := d.m.face.StartInstance(d.m.ctx, tt.start)
				got <- yes
			}()
			d.see("Start the instance?")
			d.press(tt.keys...)
			if yes := <-got; yes != tt.want {
				t.Errorf("got %v", yes)
			}
		})
	}
}

// An instance that was restarted: the new login is pasted with its password,
// or the question goes away because the old one answers again.
func TestNewLogin(t *testing.T) {
	old := rental.Login{User: "root", Host: "connect.nmb1.seetacloud.com", Port: 10309}
	for _, tt := range []struct {
		name    string
		answer  func(d *driver)
		want    rental.Login
		problem error
	}{
		{"the same", func(d *driver) { d.press("enter") }, old, nil},
		{"pasted", func(d *driver) {
			d.paste("ssh -p 4022 root@connect.nmb1.seetacloud.com\naB3+/xYz9012\n")
			d.press("enter")
		}, rental.Login{User: "root", Host: old.Host, Port: 4022}, nil},
		{"typed wrongly at first", func(d *driver) {
			d.press("*")
			d.press("enter")
			d.see("no name")
			d.press("backspace", "enter")
		}, old, nil},
		{"without its port at first", func(d *driver) {
			d.press("ctrl+u")
			d.paste("ssh root@connect.nmb1.seetacloud.com")
			d.press("enter")
			d.see("has no port")
			d.press(" -p 22", "enter")
		}, rental.Login{User: "root", Host: old.Host, Port: 22}, nil},
		{"left", func(d *driver) { d.press("esc") }, rental.Login{}, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, newProject(t), Options{}).open()
			type answer struct {
				login rental.Login
				err   error
			}
			got := make(chan answer, 1)
			go func() {
				login, err := d.m.face.NewLogin(d.m.ctx, old, wizard.LoginForGPU)
				got <- answer{login, err}
			}()
			d.see("Waiting for the GPU")
			tt.answer(d)
			if a := <-got; a.login != tt.want || a.err != tt.problem {
				t.Errorf("got %v, %v; want %v", a.login, a.err, tt.want)
			}
			if tt.name == "pasted" {
				if password, err := d.m.face.Password(d.m.ctx, tt.want, 1); err != nil || password != "aB3+/xYz9012" {
					t.Errorf("password %q, %v", password, err)
				}
			}
		})
	}
	t.Run("withdrawn", func(t *testing.T) {
		d := drive(t, newProject(t), Options{}).open()
		ctx, cancel := context.WithCancel(d.m.ctx)
		go func() { _, _ = d.m.face.NewLogin(ctx, old, wizard.LoginForGPU) }()
		d.see("Waiting for the GPU")
		cancel()
		d.wait("the question goes away", func() bool { return d.m.dialog == nil })
	})
}
