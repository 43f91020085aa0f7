package shell

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

func newSystem(t testing.TB) *System {
	t.Helper()
	folder, err := confine.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := New(folder, folder.Path(), []string{"HOME=" + folder.Path()}, command.Table())
	t.Cleanup(func() {
		s.Close()
		_ = folder.Close()
	})
	return s
}

// A fault in a command is that command's failure and no more.
func TestFaultsAreContained(t *testing.T) {
	s := newSystem(t)
	s.commands["faulty"] = func(context.Context, *command.Call) int { panic("at the disco") }
	var out strings.Builder
	status := s.Run(t.Context(), "faulty; echo $?", Streams{Stdout: &out, Stderr: io.Discard})
	if status != 0 || out.String() != "70\n" {
		t.Errorf("%d, %q", status, out.String())
	}
}

// Not even a script that knows what was rewritten keeps Close waiting.
func TestMeddling(t *testing.T) {
	for _, script := range []string{
		cmdFork, cmdEnd, cmdExec, cmdFork + " simple; " + cmdEnd + " x; " + cmdExec + " ls",
		"unset " + varSelf + "; ls", varSelf + "=x; ls", "{ unset " + varSelf + "; ls; } & wait", varSelf + "=1 ls",
	} {
		s := newSystem(t)
		s.table.grace = 10 * time.Millisecond
		s.Run(t.Context(), script, Streams{Stdout: io.Discard, Stderr: io.Discard})
		s.Close()
	}
}

// Whatever a script holds, it ends when its connection does, and the program
// goes on.
func FuzzRun(f *testing.F) {
	for _, seed := range []string{
		"a() { b & wait $!; }; a", "trap 'x' TERM; kill $$; :", "sleep 9 & kill -9 $!; wait", "exec sh -c 'exit 3'",
		"while :; do :; done", "setsid sleep 9 &", "kill -- -1 0", "wait 1 x", "(exec cat) <f | head -c 1; . f; eval 'eval x'",
		"set -- -- x; cd -- ; pwd; printf -- -; command -v -- x; type x; hash x", "tar xf f; tail -c +1; dd bs=0; find . -exec; sha256sum -c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		s := newSystem(t)
		s.table.grace = time.Minute
		if strings.Contains(script, hidden) {
			t.Skip("see TestMeddling")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		defer r.Close()
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.Run(ctx, script, Streams{Stdin: r, Stdout: io.Discard, Stderr: io.Discard})
			s.Close()
		}()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatalf("%q goes on", script)
		}
	})
}
