package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/remote/sshdtest"
)

// TestBareInstance goes the whole way on an instance that has BusyBox alone, no
// setsid and no nohup, and a home folder with a blank and Chinese characters.
func TestBareInstance(t *testing.T) {
	t.Parallel()
	path := sshdtest.Toolbox(t, "busybox", "setsid", "nohup")
	s := newRentedWith(t, sshdtest.Options{
		HomeName: "家 目录", LoginShell: filepath.Join(path, "sh"), Env: []string{"PATH=" + path},
	})
	r := s.run(t)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s\n%s", r.code, r.all(), s.Log())
	}
	if got := states(checklist(t, s.dir)); got != allDone {
		t.Errorf("states %s", got)
	}
	if !strings.Contains(read(t, filepath.Join(s.dir, "result", "results.csv")), "2,0.259") {
		t.Error("results.csv did not come along")
	}
}

// TestGuardCommand arms a guard with a training, kills it, and looks at it by
// the program: what does not answer is not armed, and that is no success.
func TestGuardCommand(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	hold := filepath.Join(s.Home, "hold")
	write(t, hold, "")
	watching := command(t, "run", "--yes", "--until", "train", "--lang", "en", "--dir", s.dir, "--identity", s.Key)
	said := &watched{}
	watching.Stdout, watching.Stderr = said, said
	if err := watching.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the training is on its way", func() bool { return said.has("0.259") })
	guard := func(code int, says string, args ...string) {
		t.Helper()
		r := program(t, append([]string{"guard", "--lang", "en", "--dir", s.dir, "--identity", s.Key}, args...)...)
		if r.code != code || !strings.Contains(r.all(), says) {
			t.Errorf("guard %v: exit code %d, want %d and %q:\n%s", args, r.code, code, says, r.all())
		}
	}
	guard(exitDone, "is armed")
	guard(exitDone, "waits 1 h", "--extend", "1h")
	watcher, _, _ := strings.Cut(read(t, filepath.Join(s.Home, "gpuwizard-person", "guard", "watcher")), "\n")
	if out, err := exec.Command("kill", "-KILL", watcher).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	waitUntil(t, "the watcher is dead", func() bool {
		stat, err := os.ReadFile(filepath.Join("/proc", watcher, "stat"))
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
	guard(exitFailed, "not armed")
	guard(exitDone, "is armed", "--arm")
	guard(exitDone, "guard is gone", "--off")
	guard(exitFailed, "not armed")
	if err := os.Remove(hold); err != nil {
		t.Fatal(err)
	}
	if err := watching.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, said)
	}
}
