package guard_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// named are orders of one of several guards, each with a folder and a mark of
// its own.
func (in *machine) named(name string) instance.Guard {
	g := in.orders()
	g.Folder = in.path("guard " + name)
	g.Stop = "echo " + name + " >>'" + in.path(name) + "'"
	return g
}

// TestGuardHoldsStill has many guards at once, none of which may act, and one
// that acts when all the others would have long ago.
func TestGuardHoldsStill(t *testing.T) {
	t.Parallel()
	in := newMachine(t, "dash")
	in.gpu("37")
	i := in.dial()
	in.start(i)
	const span, grace = time.Second, 6 * time.Second
	// What must be told something in time, or see the GPU, comes with more time,
	// and harms no other where that is over before.
	quiet := []struct {
		name string
		set  func(*instance.Guard)
		word instance.GuardWord
	}{
		{"used-gpu", func(g *instance.Guard) { g.Idle = span }, instance.GuardWord{}},
		{"training", func(g *instance.Guard) { g.After, g.Grace, g.Job = true, span, in.path("job") }, instance.GuardWord{}},
		{"computing", func(g *instance.Guard) { g.After, g.Grace = true, grace }, instance.GuardWord{}},
		{"kept", func(*instance.Guard) {}, instance.GuardWord{}},
		{"extended", func(g *instance.Guard) { g.End, g.Budget = grace, grace }, instance.GuardWord{Extend: time.Hour}},
		{"sent-away", func(g *instance.Guard) { g.End = grace }, instance.GuardWord{Off: true}},
		{"settled", func(g *instance.Guard) { g.After, g.Grace = true, grace }, instance.GuardWord{Settled: true}},
		{"looked-at", func(g *instance.Guard) { g.After, g.Grace = true, grace }, instance.GuardWord{Looking: true}},
	}
	tell := func(name string, word instance.GuardWord) instance.GuardState {
		t.Helper()
		state, err := i.TellGuard(t.Context(), in.path("guard "+name), word)
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	late := map[string]bool{} // told when it might act already
	var looked time.Duration  // when that was told last
	for _, q := range quiet {
		g := in.named(q.name)
		g.Job = in.path("no-job " + q.name)
		q.set(&g)
		began := now(t)
		in.arm(i, g)
		if q.word == (instance.GuardWord{}) {
			continue
		}
		state := tell(q.name, q.word)
		late[q.name], looked = now(t)-began >= grace, began
		switch {
		case late[q.name]:
		case q.word.Extend > 0:
			if next, ok := state.Next(); !ok || next.Left < 59*time.Minute || state.Held < 59*time.Minute {
				t.Errorf("extended: %+v", state)
			}
		case q.word.Off && state.Phase != instance.GuardAbsent:
			t.Errorf("sent away: %+v", state)
		}
	}
	last := in.named("last")
	last.End = grace + 2*span
	in.arm(i, last)
	for in.read("last") == "" {
		began := now(t)
		tell("looked-at", instance.GuardWord{Looking: true})
		late["looked-at"] = late["looked-at"] || now(t)-looked >= grace
		looked = began
		time.Sleep(100 * time.Millisecond)
	}
	for _, q := range quiet {
		switch acted := in.read(q.name) != ""; {
		case acted && late[q.name]:
			t.Logf("%s: it acted, and was told too late on this busy machine", q.name)
		case acted:
			t.Errorf("%s: it acted", q.name)
		}
	}
	if n := strings.Count(in.read("asked"), "\n"); n < 8 {
		t.Errorf("the GPU was looked at %d times only", n)
	}
}

// TestGuardWithoutSight cannot see the GPU, and says so.
func TestGuardWithoutSight(t *testing.T) {
	t.Parallel()
	for name, smi := range map[string]string{"missing": "", "broken": "exit 9", "no figures": "echo [N/A]", "hangs": "sleep 1000"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newMachine(t, "dash")
			if smi != "" {
				in.command("nvidia-smi", smi)
			}
			i := in.dial()
			in.start(i)
			g := in.named("idle")
			g.Idle = time.Second
			state := in.arm(i, g)
			if len(state.Rules) != 1 || !state.Rules[0].Blind || state.Rules[0].Counting {
				t.Errorf("%+v", state.Rules)
			}
			last := in.named("last")
			last.End = 3 * time.Second
			if name == "hangs" {
				last.End *= 3 // it is given some time to answer
			}
			in.arm(i, last)
			in.wait("the other acts", func() bool { return in.read("last") != "" })
			if in.read("idle") != "" {
				t.Error("it acted on what it cannot see")
			}
		})
	}
}

// TestGuardCountsNoClock sets the clock back and forward all the time.
func TestGuardCountsNoClock(t *testing.T) {
	t.Parallel()
	in := newMachine(t, "dash")
	in.command("date", `n=$(cat "$HOME/n" 2>/dev/null || echo 0)
echo $((n + 1)) >"$HOME/n"
if [ $((n % 2)) = 0 ]; then echo 100000000; else echo 4000000000; fi`)
	i := in.dial()
	in.start(i)
	far := in.named("far")
	far.Budget, far.End = time.Hour, time.Hour
	in.arm(i, far)
	g := in.orders()
	g.End = 2 * time.Second
	began := now(t)
	in.arm(i, g)
	in.wait("the guard acts", in.stopped)
	if took := uptime(t, in.read("stopped")) - began; took < g.End-100*time.Millisecond {
		t.Errorf("acted after %v", took)
	}
	if in.read("far") != "" {
		t.Error("the clock moved a deadline")
	}
}

// TestGuardThatDoesNotAnswerIsNotArmed: what cannot be read back is not there.
func TestGuardThatDoesNotAnswerIsNotArmed(t *testing.T) {
	t.Parallel()
	in := newMachine(t, "dash")
	i := in.dial()
	g := in.orders()
	g.End = time.Hour
	silent := func(what string) {
		t.Helper()
		state, err := i.ReadGuard(t.Context(), g.Folder)
		if err != nil || state.Armed() || state.Phase != instance.GuardSilent || len(state.Rules) != 0 {
			t.Errorf("%s: %+v, %v", what, state, err)
		}
	}
	change := func(file string, edit func(string) string) func() {
		t.Helper()
		name := filepath.Join(g.Folder, file)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		put := func(text string) {
			t.Helper()
			// The watcher never reads half of it.
			err := os.WriteFile(name+".test", []byte(text), 0o644)
			if err == nil {
				err = os.Rename(name+".test", name)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		put(edit(string(text)))
		return func() { put(string(text)) }
	}
	if state, err := i.ReadGuard(t.Context(), g.Folder); err != nil || state.Phase != instance.GuardAbsent {
		t.Errorf("before: %+v, %v", state, err)
	}
	in.arm(i, g)
	undo := change("orders", func(s string) string {
		return strings.Replace(s, "\nboot=", "\nboot=another", 1)
	})
	silent("another boot")
	undo()
	pid, _, _ := strings.Cut(read(t, filepath.Join(g.Folder, "watcher")), "\n")
	if out, err := exec.Command("kill", "-KILL", pid).CombinedOutput(); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	in.wait("the watcher is dead", func() bool { return !lives(pid) })
	silent("killed")
	// A number that belongs to another process by now.
	change("watcher", func(s string) string {
		_, rest, _ := strings.Cut(s, "\n")
		return "1\n" + rest
	})
	silent("another process")
	// Armed again, it is there again.
	in.arm(i, g)
	// A watcher that never begins, such as one with a fault in its script.
	in.command("setsid", "exit 0")
	if state, err := i.ArmGuard(t.Context(), g); err != nil || state.Armed() {
		t.Errorf("a watcher that never began: %+v, %v", state, err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGuardWhereOnlyThePanelStops does what is of use there, and no more.
func TestGuardWhereOnlyThePanelStops(t *testing.T) {
	t.Parallel()
	in := newMachine(t, "dash")
	i := in.dial()
	in.start(i)
	g := in.orders()
	g.Stop, g.Budget, g.After = "", time.Second, true
	in.arm(i, g)
	var state instance.GuardState
	in.wait("the budget is told", func() bool {
		state, _ = i.ReadGuard(t.Context(), g.Folder)
		return state.Acted != nil
	})
	job, _, err := i.ReadJob(t.Context(), g.Job, 0)
	if err != nil || job.Phase != instance.JobRunning || state.Acted.Act != instance.ActTell || !state.Armed() {
		t.Errorf("%+v, job %+v, %v", state, job, err)
	}
	g.Budget, g.End = 0, time.Second
	in.arm(i, g)
	in.wait("the training is ended", func() bool {
		job, _, err := i.ReadJob(t.Context(), g.Job, 0)
		return err == nil && job.Phase == instance.JobExited && job.Exit == 143
	})
}

// TestGuardUnderEveryShell arms it with the shells that images have, and
// without the commands that some lack.
func TestGuardUnderEveryShell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sh      string
		without []string
	}{
		{"bash", []string{"flock"}},
		{"busybox", []string{"nohup"}},
		{"busybox", []string{"setsid", "nohup"}},
		{"mksh", nil},
		{"dash", []string{"setsid", "python3", "python", "flock"}},
	} {
		t.Run(strings.Join(append([]string{c.sh}, c.without...), "-"), func(t *testing.T) {
			t.Parallel()
			in := newMachine(t, c.sh, c.without...)
			i := in.dial()
			in.start(i)
			g := in.orders()
			g.End = time.Second
			in.arm(i, g)
			_ = i.Close()
			in.Stop()
			in.wait("the guard acts", in.stopped)
		})
	}
}

// TestGuardOnBadDisks: a full disk and one that may only be read. An armed
// guard acts on a full disk, and says what it did.
func TestGuardOnBadDisks(t *testing.T) {
	t.Parallel()
	in := newMachine(t, "dash")
	disk := filepath.Join(in.Home, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", disk).Run() })
	i := in.dial()
	g := in.orders()
	g.Folder = disk + "/guard"
	g.End = 3 * time.Second
	in.arm(i, g)
	_ = exec.Command("dd", "if=/dev/zero", "of="+disk+"/full", "bs=1k").Run()
	in.wait("the guard acts", in.stopped)
	in.wait("it says so", func() bool {
		state, err := i.ReadGuard(t.Context(), g.Folder)
		return err == nil && state.Phase == instance.GuardActing && state.Acted != nil && state.Acted.Ended
	})
	g.Folder = disk + "/another"
	if _, err := i.ArmGuard(t.Context(), g); !problem.Has(err, instance.RemoteNoSpace) {
		t.Errorf("full: %v", err)
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", disk).CombinedOutput(); err != nil {
		t.Skipf("no remount: %s", out)
	}
	if _, err := i.ArmGuard(t.Context(), g); !problem.Has(err, instance.RemoteReadOnly) {
		t.Errorf("read-only: %v", err)
	}
}

func TestTurnOffTellsHowFarItCame(t *testing.T) {
	t.Parallel()
	in := newMachine(t, "dash")
	i := in.dial()
	for _, c := range []struct {
		name, command string
		want          instance.Switched
	}{
		{"nothing happens", "echo done", instance.Switched{Began: true, Ended: true, Output: "done"}},
		{"not there", "no-such-command now", instance.Switched{Began: true, Ended: true, Exit: 127}},
		{"no variable", `echo "${NO_SUCH_ID:?}"`, instance.Switched{Began: true, Ended: true, Exit: 2}},
	} {
		got, err := i.TurnOff(t.Context(), in.path("guard"), c.command)
		if c.want.Exit != 0 && got.Output != "" {
			c.want.Output = got.Output
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	// The server goes away with the command at work.
	got, err := i.TurnOff(t.Context(), in.path("guard"), "kill -KILL $(cat '"+in.path("server")+"' 2>/dev/null) $PPID; sleep 5")
	if err == nil && !got.Ended || !got.Began {
		t.Errorf("cut: %+v, %v", got, err)
	}
}
