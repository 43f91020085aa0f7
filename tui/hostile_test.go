package tui

import (
	"strings"
	"testing"
	"unicode"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// What comes from files or from the instance changes nothing outside its place.
var hostile = []string{
	"\x1b]0;title\x07", "\x1b[2J\x1b[1;1H", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "\u009b31mC1", "\x9b31mC1 byte",
	"\u202egnp.exe", "\xff\xfe\xe5\x9b broken", "\t\v\f\r\n", "e" + strings.Repeat("\u0301", 100),
	strings.Repeat("长", 300_000), "\x1bP" + strings.Repeat("x", 1000), "\x1b[?1049l\x1bc", "\x00\x07\x08\x7f",
}

func TestHostileTextStaysInItsPlace(t *testing.T) {
	for _, bad := range hostile {
		for _, step := range wizard.Steps() {
			d := drive(t, newProject(t), Options{})
			pretend(d, step,
				noteOf(wizard.NoteSaved, "path", bad, "bytes", bad, "sha256", bad),
				noteOf(wizard.NoteFinding, "check", bad, "kind", bad, "severity", bad, "mend", bad, "count", bad, "files", bad),
				noteOf(wizard.NoteCode(bad)),
				wizard.Event{Kind: wizard.KindCommand, Line: bad},
				wizard.Event{Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: bad, Path: bad, Files: 1, FilesTotal: 2}},
				wizard.Event{Kind: wizard.KindLog, Line: bad},
				wizard.Event{Kind: wizard.KindLog, Line: bad, Live: true},
			)
			checkClean(t, d.m.View())
			facts := map[string]string{}
			for _, name := range []string{"model", "host", "gpu", "class_names", "folder", "log", "platform", "region", "map50"} {
				facts[name] = bad
			}
			finish(d, step, nil, facts)
			checkClean(t, d.m.View())
			d.m.screens[step].End(problem.New("training-failed", nil, "exit", bad, "line", bad, "log", bad))
			checkClean(t, d.m.View())
			d.m.question(ask{key: &wizard.HostKey{Host: bad, Type: bad, Fingerprint: bad, Known: []string{bad}}, reply: make(chan reply, 1)})
			checkClean(t, d.m.View())
		}
	}
}

func checkClean(t *testing.T, view string) {
	t.Helper()
	checkFrame(t, view, 80, 24)
	for _, r := range view {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("the screen holds %U:\n%q", r, view)
		}
	}
}
