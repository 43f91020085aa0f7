package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/remote/sshdtest"
)

// TestStopOfARealServer has the program stop an instance whose training is
// fetched, by commands that do so and that do not: it is called off when its
// port was seen to be silent, and never else.
func TestStopOfARealServer(t *testing.T) {
	t.Parallel()
	s := newRentedWith(t, sshdtest.Options{Container: true})
	config := filepath.Join(t.TempDir(), "config")
	stop := func(how string, args ...string) result {
		t.Helper()
		write(t, filepath.Join(config, "gpuwizard", "platforms.yaml"), "version: 1\nplatforms:\n  - id: any\n    stop: {command: "+strconv.Quote(how)+"}\n")
		args = append([]string{"stop", "--lang", "en", "--dir", s.dir, "--identity", s.Key}, args...)
		c := command(t, args...)
		c.Env = append(c.Env, asProgram+"=20ms,,20ms", "XDG_CONFIG_HOME="+config)
		out, _ := c.CombinedOutput()
		return result{code: c.ProcessState.ExitCode(), out: string(out)}
	}
	// Nothing is stopped before the model is here.
	if r := s.run(t, "--until", "upload"); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	if r := stop("touch $HOME/told"); r.code != exitUser || exists(filepath.Join(s.Home, "told")) {
		t.Errorf("without the model: exit code %d:\n%s", r.code, r.out)
	}
	if r := s.run(t); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	for _, c := range []struct{ name, command, says string }{
		{"missing", "no-such-command", "exit code 127"},
		{"without effect", "true", "it still answers"},
		{"the connection is lost for another reason", "pkill -KILL -n sshd", "ended while the command to stop ran"},
	} {
		if r := stop(c.command); r.code != exitUser || !strings.Contains(r.out, c.says) || !strings.Contains(r.out, "Could not confirm") || strings.Contains(r.out, "seen to be off") {
			t.Errorf("%s: exit code %d:\n%s", c.name, r.code, r.out)
		}
	}
	r := stop("pkill -KILL -o sshd")
	if r.code != exitDone || !strings.Contains(r.out, "seen to be off") {
		t.Fatalf("seen off: exit code %d:\n%s", r.code, r.out)
	}
	// Once it is off nobody can ask it any more, and only the platform knows.
	if r := stop("true"); r.code != exitUser {
		t.Errorf("off already: exit code %d:\n%s", r.code, r.out)
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
