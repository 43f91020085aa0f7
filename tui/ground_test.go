package tui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestGround(t *testing.T) {
	for reply, want := range map[string]struct{ light, ok bool }{
		"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[1;1R": {true, true},
		"\x1b]11;rgb:1e/1e/2e\x07":                  {false, true},
		"\x1b]11;rgb:fd/f6/e3\x07\x1b[12;40R":       {true, true},
		"\x1b[1;1R":                                 {false, false},
		"":                                          {false, false},
		"\x1b]11;rgb:zz/00/00\x07":                  {false, false},
	} {
		if light, ok := lightReply(reply); light != want.light || ok != want.ok {
			t.Errorf("%q: light %v, ok %v", reply, light, ok)
		}
	}
	for value, want := range map[string]bool{"15;0": false, "0;15": true, "0;default;7": true, "": false, "x": false, "0;99": false} {
		if got := lightVariable(value); got != want {
			t.Errorf("COLORFGBG=%s: light %v", value, got)
		}
	}
}

// What a terminal says too late is no key, and is typed nowhere.
func TestALateReplyIsNoKey(t *testing.T) {
	d := drive(t, newProject(t), Options{}).open()
	before := d.m.at
	for _, late := range []tea.KeyMsg{
		{Type: tea.KeyRunes, Alt: true, Runes: []rune("]11;rgb:1111/2222/3333")},
		{Type: tea.KeyRunes, Alt: true, Runes: []rune(`\`)},
	} {
		d.send(late)
	}
	if d.m.at != before || d.m.touched || d.quit {
		t.Errorf("at %s, touched %v, quit %v", d.m.at, d.m.touched, d.quit)
	}
}
