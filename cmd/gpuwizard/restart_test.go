package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/remote/sshdtest"
)

// TestRestartedInstanceIsGoneOnWith ends an instance while it trains, with all
// its processes, and starts it again with its files: the program that watches
// says what happened and how to go on, and the next run goes on where the
// training was.
func TestRestartedInstanceIsGoneOnWith(t *testing.T) {
	t.Parallel()
	s := newRentedWith(t, sshdtest.Options{Container: true})
	write(t, filepath.Join(s.Home, "hold"), "")
	first := command(t, "run", "--yes", "--lang", "en", "--dir", s.dir, "--identity", s.Key)
	first.Env = append(first.Env, asProgram+"=100ms")
	said := &watched{}
	first.Stdout, first.Stderr = said, said
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "an epoch is over", func() bool { return said.has("0.259") })
	s.Restart()
	err := first.Wait()
	if first.ProcessState.ExitCode() != exitFailed {
		t.Fatalf("ended with %v:\n%s", err, said)
	}
	for _, words := range []string{"restarted", "last checkpoint"} {
		if !said.has(words) {
			t.Errorf("not a word of %q:\n%s", words, said)
		}
	}
	if got := states(checklist(t, s.dir)); got != "done done done done done failed todo" {
		t.Errorf("states %s", got)
	}
	if err := os.Remove(filepath.Join(s.Home, "hold")); err != nil {
		t.Fatal(err)
	}
	r := s.run(t, "--lang", "en")
	if r.code != 0 {
		t.Fatalf("gone on with: exit code %d:\n%s", r.code, r.all())
	}
	if !strings.Contains(r.out, "--resume") || !strings.Contains(r.out, "Resuming training from") {
		t.Errorf("it began anew:\n%s", r.out)
	}
	// Each epoch was trained once.
	if got := read(t, filepath.Join(s.dir, "result", "results.csv")); got != "epoch,metrics/mAP_0.5\n0,0.259\n1,0.259\n2,0.259\n" {
		t.Errorf("results.csv: %q", got)
	}
	if got := states(checklist(t, s.dir)); got != allDone {
		t.Errorf("states %s", got)
	}
}

// TestTrainingWithoutAGPUNeedsThePerson is a rented instance in no-GPU mode with
// nobody there to restart it: that is said, with what to do, and no failure of
// the program.
func TestTrainingWithoutAGPUNeedsThePerson(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	plan := filepath.Join(s.dir, "gpuwizard.yaml")
	write(t, plan, strings.Replace(read(t, plan), "platform: any", "platform: autodl", 1))
	r := s.run(t, "--lang", "en")
	if r.code != exitUser || !strings.Contains(r.all(), "shows no GPU") || !strings.Contains(r.all(), "无卡模式") {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	if got := states(checklist(t, s.dir)); got != "done done done done done failed todo" {
		t.Errorf("states %s", got)
	}
	if jobs, _ := filepath.Glob(filepath.Join(s.Home, "*", "jobs", "*")); len(jobs) != 0 {
		t.Errorf("started %v", jobs)
	}
}
