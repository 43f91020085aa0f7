package main

import (
	"strings"
	"testing"
)

// A command line that makes no sense is answered in the person's language,
// with what would make sense.
func TestCommandLinesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   []string
		zh, en string
	}{
		{[]string{"check"}, "写成：gpuwizard check DIR", "Write: gpuwizard check DIR"},
		{[]string{"check", "a", "b"}, "写成：gpuwizard check DIR", "Write: gpuwizard check DIR"},
		{[]string{"preview"}, "写成：gpuwizard preview IMAGE...", "Write: gpuwizard preview IMAGE..."},
		{[]string{"status", "now"}, "gpuwizard status 不是这样用的", "gpuwizard status is not used like that"},
		{[]string{"class", "new"}, "写成：gpuwizard class new DIR", "Write: gpuwizard class new DIR"},
		{[]string{"chek"}, "没有“chek”这个命令", "Perhaps check is meant"},
		{[]string{"lesson"}, "是不是想用：practice", "Perhaps practice is meant"},
		{[]string{"class", "list"}, "没有“list”这个命令", "no command “list”"},
		{[]string{"prices", "--foo"}, "没有 --foo 这个选项", "gpuwizard prices has no option --foo"},
		{[]string{"-x"}, "没有 -x 这个选项", "gpuwizard has no option -x"},
		{[]string{"practice", "--speed", "fast"}, "看不懂", "makes no sense"},
	} {
		sentences(t, exitUsage, c.zh, c.en, func(t *testing.T, lang string) result {
			return program(t, append([]string{"--lang", lang}, c.args...)...)
		})
	}
}

// What there is nothing of yet is said to be missing, not to wait for itself.
func TestNothingThereYet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ command, zh, en string }{
		{"logs", "还没有启动过训练", "No training was started"},
		{"report", "模型还没有取回来", "nothing to report"},
		{"stop", "所以没有关机", "so nothing was stopped."},
	} {
		dir := project(t, "version: 1\n")
		sentences(t, exitUser, c.zh, c.en, func(t *testing.T, lang string) result {
			return program(t, c.command, "--lang", lang, "--dir", dir)
		})
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if r := program(t, "--version"); r.code != exitDone || !strings.HasPrefix(r.out, "gpuwizard ") || strings.Count(r.out, "\n") != 1 {
		t.Errorf("%d: %q %q", r.code, r.out, r.err)
	}
}
