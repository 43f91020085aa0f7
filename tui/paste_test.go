package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

const threeLines = "  first\r\nsecond  \n\n\tthird\n"

// A paste of several lines sends nothing off, wherever a line is typed, and
// nothing of it goes without a word.
func TestPasteOfSeveralLines(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(d *driver)
		sees string
	}{
		{"class names", func(d *driver) { goTo(d, journey.Convert); d.press("enter", "ctrl+u") }, "first, second, third"},
		{"class names after others", func(d *driver) { goTo(d, journey.Convert); d.press("enter", "ctrl+u", "cat, dog,") }, "cat, dog, first, second, third"},
		{"class names, onto their row", func(d *driver) { goTo(d, journey.Convert) }, "Class names: first, second, third"},
		{"login", func(d *driver) { goTo(d, journey.Upload); d.press("enter") }, "first second third"},
		{"search of the log", func(d *driver) {
			pretend(d, journey.Train, wizard.Event{Kind: wizard.KindLog, Line: "a line"}, wizard.Event{Kind: wizard.KindTraining, Training: &yolov5.Standing{}})
			d.press("/")
		}, "first second third"},
		{"filter of the prices", func(d *driver) { goTo(d, journey.Region); d.press("t", "/") }, "first second third"},
		{"search of the choices", func(d *driver) { goTo(d, journey.Region); d.press("down", "enter", "/") }, "first second third"},
		{"answer of a lesson", func(d *driver) { atBadTask(d, "calm", 3); d.press("enter") }, "first second third"},
		{"place of what was done by hand", func(d *driver) { goTo(d, journey.Convert); d.press("y", "up", "enter") }, "first second third"},
		{"challenge", func(d *driver) { asks(d, ask{challenge: &wizard.Challenge{Prompt: "code", Echo: true}}) }, "first second third"},
		{"password", func(d *driver) { asks(d, ask{login: &rental.Login{Host: "h"}, attempt: 1}) }, "had 3 lines; only the first is used"},
		{"passphrase", func(d *driver) { asks(d, ask{phrase: "key", attempt: 1}) }, "had 3 lines; only the first is used"},
		{"buttons", func(d *driver) { asks(d, ask{stop: "h"}) }, "Nothing here takes what was pasted"},
		{"the action", func(d *driver) { goTo(d, journey.Check) }, "Nothing here takes what was pasted"},
		{"choices", func(d *driver) { goTo(d, journey.Region); d.press("down", "enter") }, ""},
		{"overview", func(d *driver) { standing(d) }, "Nothing here takes what was pasted"},
		{"first screen", func(d *driver) { d.m.leaveProject() }, "Nothing here takes what was pasted"},
		{"a step at work", func(d *driver) { pretend(d, journey.Upload) }, "Nothing here takes what was pasted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, newProject(t), Options{})
			tt.set(d)
			running, dialog, at := d.m.running, d.m.dialog, d.m.at
			d.paste(threeLines)
			if d.m.running != running || d.m.dialog != dialog || d.m.at != at || d.quit {
				t.Fatalf("the paste did something:\n%s", d.m.View())
			}
			if view := d.m.View(); !strings.Contains(view, tt.sees) {
				t.Errorf("no %q:\n%s", tt.sees, view)
			}
		})
	}
}

// A password is found in what a panel copies with it.
func TestPasswordPastedWithMore(t *testing.T) {
	for paste, want := range map[string]string{
		"aB3+/xYz9012": "aB3+/xYz9012", " aB3+/xYz9012\r\n\n": "aB3+/xYz9012", loginLine + "\naB3+/xYz9012\n": "aB3+/xYz9012",
		"": "", "\n \n": "",
	} {
		d := drive(t, newProject(t), Options{})
		got := make(chan reply, 1)
		pretend(d, journey.Upload)
		d.m.question(ask{login: &rental.Login{Host: "h"}, attempt: 1, reply: got})
		d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(paste), Paste: true})
		d.press("enter")
		if want == "" {
			if d.m.dialog == nil {
				t.Errorf("%q was taken for a password", paste)
			}
			continue
		}
		if r := <-got; r.text != want || strings.Contains(d.m.View(), r.text) {
			t.Errorf("%.60q gave %.60q", paste, r.text)
		}
	}
}
