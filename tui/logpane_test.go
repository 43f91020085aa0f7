package tui

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

func TestTheLogByKeys(t *testing.T) {
	var out bytes.Buffer
	d := drive(t, newProject(t), Options{Out: &out})
	pretend(d, journey.Train, noteOf(wizard.NoteLogFile, "path", ".gpuwizard/logs/person.log"))
	tell := func(from, to int) {
		for i := from; i < to; i++ {
			d.m.screens[journey.Train].Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindLog, Line: fmt.Sprintf("line %d of it", i)})
		}
	}
	tell(0, 100)
	d.press("l")
	d.see("line 99 of it")
	d.press("pgup")
	d.see("paused")
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
	if view := d.m.View(); d.m.running != journey.Train || d.m.dialog != nil || strings.Contains(view, "▸ line") {
		t.Errorf("after escape:\n%s", view)
	}

	// What the pane let go comes from the disk: by scrolling, and by searching.
	tell(101, widget.LogLines+2000)
	d.press("l", "home")
	d.see("Older lines could not be read; they are in the file")
	var disk strings.Builder
	for i := range widget.LogLines + 2000 {
		fmt.Fprintf(&disk, "line %d of it\n", i)
	}
	file := filepath.Join(d.m.project.Dir(), ".gpuwizard", "logs", "person.log")
	writeFile(t, file, disk.String())
	d.press("f", "/", "line 37 of", "enter")
	d.see("▸ line 37 of it")
	d.see("“line 37 of”: 1 line")
	d.press("f", "/", "99 of it", "enter")
	d.see("▸ line 11999 of it")
	d.see("“99 of it”: 120 lines")
	for range 99 {
		d.press("N")
	}
	d.see("▸ line 2099 of it")
	d.press("N")
	d.see("▸ line 1999 of it")
	d.press("N")
	d.see("▸ line 1899 of it")
	d.press("n")
	d.see("▸ line 1999 of it")
	d.press("n")
	d.see("▸ line 2099 of it")
	d.press("f", "esc", "l", "home")
	d.see("line 0 of it")
	for range 12 {
		d.press("pgdown")
	}
	d.see("line 195 of it")
	d.press("/", "line 200 of", "enter")
	d.see("▸ line 200 of it")
	d.press("c")
	d.see("copied.txt")
	saved, err := os.ReadFile(d.m.project.StatePath("copied.txt"))
	if err != nil || !strings.Contains(string(saved), "line 200 of it\nline 201 of it\n") {
		t.Errorf("saved %q, %v", saved, err)
	}
	if want := base64.StdEncoding.EncodeToString(saved); !strings.Contains(out.String(), "\x1b]52;c;"+want) {
		t.Errorf("the terminal got %q", out.String())
	}
}

// The log of an earlier session is read from the disk.
func TestTheLogOfAnEarlierSession(t *testing.T) {
	p := newProject(t)
	if err := p.Set("login", loginLine); err != nil {
		t.Fatal(err)
	}
	in := newMachine()
	var log strings.Builder
	for i := range 3 * widget.LogLines {
		fmt.Fprintf(&log, "talk %d\n", i)
	}
	in.log = log.String() + in.log
	d := drive(t, p, Options{Connect: in.connect}).open()
	toUpload(t, d)
	d.press("enter")
	d.wait("the upload is done", func() bool { return d.m.journey.Of(journey.Upload).State == journey.Done })
	d.press("enter", "enter")
	d.wait("the training is done", func() bool { return d.m.journey.Of(journey.Train).State == journey.Done })
	// However fast it came, each line has its number.
	d.press("l", "home")
	d.see("talk 0")
	d.see("1-16 / ")

	again, err := wizard.Open(p.Dir())
	if err != nil {
		t.Fatal(err)
	}
	d = drive(t, again, Options{Connect: in.connect}).open()
	d.press("6")
	d.see("l log")
	d.press("l")
	d.see("epochs completed")
	d.press("/", "talk 17", "enter", "N")
	d.see("talk 17998")
	d.press("l", "l", "home")
	d.see("talk 0")
}
