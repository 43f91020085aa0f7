package tui

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

func TestTheLogByKeys(t *testing.T) {
	var out bytes.Buffer
	d := drive(t, newProject(t), Options{Out: &out})
	pretend(d, wizard.Train, noteOf(wizard.NoteLogFile, "path", ".gpuwizard/logs/person.log"))
	tell := func(from, to int) {
		for i := from; i < to; i++ {
			d.m.screens[wizard.Train].Tell(wizard.Event{Step: wizard.Train, Kind: wizard.KindLog, Line: fmt.Sprintf("line %d of it", i)})
		}
	}
	tell(0, 100)
	d.press("l")
	d.see("line 99 of it")
	d.press("pgup")
	d.see("not following")
	tell(100, 101)
	if view := d.m.View(); strings.Contains(view, "line 100 of it") {
		t.Errorf("the window moved while it was scrolled up:\n%s", view)
	}
	d.press("f")
	d.see("line 100 of it")

	// While a text is typed, letters are letters.
	d.press("/", "line 4q", "backspace", "enter")
	d.see("“line 4”: 11 lines")
	d.see("▸ line 49 of it")
	d.press("N")
	d.see("▸ line 48 of it")
	d.press("n", "n")
	d.see("No more in this direction")
	d.press("/", "nowhere", "enter")
	d.see("“nowhere” is not in the log")
	d.press("/", "esc", "esc")
	if view := d.m.View(); d.m.running != wizard.Train || d.m.dialog != nil || strings.Contains(view, "▸ line") {
		t.Errorf("after escape:\n%s", view)
	}

	tell(101, widget.LogLines+200)
	d.press("l", "home")
	d.see("Older lines are in the file: .gpuwizard/logs/person.log")
	d.press("c")
	d.see("copied.txt")
	saved, err := os.ReadFile(d.m.project.StatePath("copied.txt"))
	if err != nil || !strings.HasPrefix(string(saved), "line 200 of it\nline 201 of it\n") {
		t.Errorf("saved %q, %v", saved, err)
	}
	if want := base64.StdEncoding.EncodeToString(saved); !strings.Contains(out.String(), "\x1b]52;c;"+want) {
		t.Errorf("the terminal got %q", out.String())
	}
}
