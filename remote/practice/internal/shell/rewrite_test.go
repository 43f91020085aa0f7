package shell

import (
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
)

func TestReprintIsStable(t *testing.T) {
	for _, script := range []string{
		"echo $$ \"${$}\" $((1+$$)) '$$'",
		"a & b\nc $!",
		"( apart x ) </dev/null >/dev/null 2>&1 &",
		"x=$(f <<E\nbody $$\nE\n)",
		"x=$(<file); y=`cmd $$`",
		"f() { g & wait $!; }; f",
		"echo a >|b <&0",
	} {
		once, err := reprint(script)
		if err != nil {
			t.Errorf("%q: %v", script, err)
			continue
		}
		if strings.Contains(strings.ReplaceAll(once, "'$$'", ""), "$$") || strings.Contains(once, "$!") {
			t.Errorf("%q became %q", script, once)
		}
		if _, err := newParser().Parse(strings.NewReader(once), ""); err != nil {
			t.Errorf("%q became %q: %v", script, once, err)
		}
	}
}

func TestLoopsOverPatternsOnWindows(t *testing.T) {
	for script, want := range map[string]bool{
		`for f in "$d"/end.*; do echo $f; done`: true,
		`for f in a b; do echo $f; done`:        false,
		`for f; do echo $f; done`:               false,
	} {
		file, err := newParser().Parse(strings.NewReader(script), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := rewrite(file, true); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := syntax.NewPrinter().Print(&b, file); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), `f=${f//\\//}`); got != want {
			t.Errorf("%s became %s", script, b.String())
		}
	}
}

func FuzzReprint(f *testing.F) {
	for _, seed := range []string{
		"a & b", "$(x & $!)", "<<E\n$$\nE\n", "for f in *; do g & done", "${!x} ${$:-1} $!a", "( & )", "f() { a; } &", "a | b &",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		text, err := reprint(script)
		if err != nil {
			return
		}
		if _, err := newParser().Parse(strings.NewReader(text), ""); err != nil {
			// The printer itself can't say everything: only what we did counts.
			file, _ := newParser().Parse(strings.NewReader(script), "")
			var plain strings.Builder
			if syntax.NewPrinter().Print(&plain, file) != nil {
				return
			}
			if _, e := newParser().Parse(strings.NewReader(plain.String()), ""); e != nil {
				return
			}
			t.Errorf("%q became %q: %v", script, text, err)
		}
	})
}
