package shell_test

import (
	"bytes"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"gpuwizard/core/shellword"
	"gpuwizard/remote/shell"
)

// shells are those installed here, as a command that takes a script after -c.
func shells(t testing.TB) [][]string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	var found [][]string
	for _, s := range [][]string{{"sh"}, {"dash"}, {"bash"}, {"busybox", "sh"}} {
		if _, err := exec.LookPath(s[0]); err == nil {
			found = append(found, append(s, "-c"))
		}
	}
	if found == nil {
		t.Skip("no POSIX shell is installed")
	}
	return found
}

var awkward = []string{
	"", "plain", "two words", "it's", "''", `"$HOME"`, "`id`", "$(id)", "a\nb", "-n", "~", "a=b", "#no",
	"!", "*", "[a]", `back\slash`, `\`, "图片", "\xff\xfe", "tab\there", "{a,b}", "a;b|c&d<e>f(g)", "\r",
	"%s", "ends with newline\n",
}

func TestQuoteIsOneWordToEveryShell(t *testing.T) {
	for _, sh := range shells(t) {
		for _, want := range awkward {
			script := "printf '%s|' " + shellword.Join(want, "next")
			out, err := exec.Command(sh[0], append(sh[1:], script)...).Output()
			if err != nil || string(out) != want+"|next|" {
				t.Errorf("%v: Quote(%q): got %q, %v", sh, want, out, err)
			}
		}
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	sh := shells(f)[0]
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ReplaceAll(s, "\x00", "")
		out, err := exec.Command(sh[0], append(sh[1:], "printf '%s|' "+shellword.Join(s, s))...).Output()
		if err != nil || string(out) != want+"|"+want+"|" {
			t.Fatalf("%q: got %q, %v", s, out, err)
		}
	})
}

// The login shells that students meet, and two that are no POSIX shells.
func TestProgramUnderLoginShells(t *testing.T) {
	found := shells(t)
	for _, name := range []string{"csh", "tcsh", "fish", "zsh"} {
		if _, err := exec.LookPath(name); err == nil {
			found = append(found, []string{name, "-c"})
		}
	}
	const data = "data\x00after\nthe script"
	command := shell.Command{Script: `printf '%s|' "$@"; cat; echo oops >&2; exit 7`, Args: awkward}
	for _, short := range []bool{false, true} {
		command.Short = short
		line, text, mark := shell.Program(command)
		if (text == "") != short {
			t.Errorf("short %v: the script's text is %q", short, text)
		}
		for _, sh := range found {
			cmd := exec.Command(sh[0], append(sh[1:], line)...)
			// It comes in pieces, as from a network.
			cmd.Stdin = iotest.HalfReader(strings.NewReader(text + data))
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != 7 {
				t.Errorf("%v: exit %d, %s", sh, code, errs.String())
			}
			if want := mark + "\n" + strings.Join(awkward, "|") + "|" + data; out.String() != want {
				t.Errorf("%v: got %q, want %q", sh, out.String(), want)
			}
			if want := mark + "\noops\n"; errs.String() != want {
				t.Errorf("%v: standard error %q, want %q", sh, errs.String(), want)
			}
		}
	}
}

func TestSkipperFindsTheMarkHoweverItIsCut(t *testing.T) {
	mark := shell.NewMark()
	text := "Welcome!\n" + mark[:9] + " no newline at the end: " + mark + "\nfirst\n" + mark + "\nlast"
	want := "first\n" + mark + "\nlast"
	for size := 1; size <= len(text); size++ {
		s := shell.NewSkipper(mark)
		var got []byte
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			piece, err := s.Rest(rest[:n])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, piece...)
			rest = rest[n:]
		}
		if string(got) != want {
			t.Fatalf("pieces of %d: got %q", size, got)
		}
	}
}

func TestSkipperGivesUpOnEndlessGreetings(t *testing.T) {
	s := shell.NewSkipper(shell.NewMark())
	piece := bytes.Repeat([]byte("chatter "), 1<<12)
	for range 1 << 10 {
		if _, err := s.Rest(piece); err != nil {
			return
		}
	}
	t.Error("took 32 MiB of greetings without an error")
}
