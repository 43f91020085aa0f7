package guard_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/remote"
	"gpuwizard/remote/guard"
	"gpuwizard/remote/sshdtest"
)

// A machine is a real OpenSSH server with a small set of commands, and a home
// folder whose name is none that a script would choose.
type machine struct {
	*sshdtest.Server
	t    *testing.T
	bin  string
	home string
}

func newMachine(t *testing.T, sh string, without ...string) *machine {
	t.Helper()
	return newMachineWith(t, sshdtest.Options{}, sh, without...)
}

func newMachineWith(t *testing.T, o sshdtest.Options, sh string, without ...string) *machine {
	t.Helper()
	in := &machine{t: t, bin: sshdtest.Toolbox(t, sh, append(without, "nvidia-smi")...)}
	o.Env = append(o.Env, "PATH="+in.bin)
	in.Server = sshdtest.StartWith(t, o)
	in.home = filepath.Join(in.Home, "家 目录")
	if err := os.Mkdir(in.home, 0o755); err != nil {
		t.Fatal(err)
	}
	return in
}

func (in *machine) dial() *remote.Instance {
	in.t.Helper()
	i, err := remote.Dial(in.t.Context(), remote.Options{
		Target:     remote.Target{User: in.User, Host: in.Host, Port: in.Port},
		HostKey:    in.HostKeyFingerprint,
		Identities: []string{in.Key},
		GuardPace:  guard.Pace{Tick: 200 * time.Millisecond, Again: 400 * time.Millisecond},
	})
	if err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(func() { _ = i.Close() })
	return i
}

// command puts a command into the instance's PATH.
func (in *machine) command(name, script string) {
	in.t.Helper()
	file := filepath.Join(in.bin, name)
	_ = os.Remove(file)
	if err := os.WriteFile(file, []byte("#!"+in.bin+"/sh\n"+script+"\n"), 0o755); err != nil {
		in.t.Fatal(err)
	}
}

// gpu makes nvidia-smi show a use of the GPU, and count how often it was asked.
func (in *machine) gpu(use string) {
	in.command("nvidia-smi", "echo asked >>'"+in.path("asked")+"'\necho "+use)
}

func (in *machine) path(name string) string { return filepath.Join(in.home, name) }

func (in *machine) read(name string) string {
	text, _ := os.ReadFile(in.path(name))
	return string(text)
}

// wait waits until something holds.
func (in *machine) wait(what string, holds func() bool) {
	in.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			in.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// orders are those of a guard that would stop this instance. The command says
// when it was run, by the count that no clock changes.
func (in *machine) orders() instance.Guard {
	return instance.Guard{
		Folder: in.path("guard"), Job: in.path("job"), Grace: time.Hour,
		Stop: "head -n 1 /proc/uptime >>'" + in.path("stopped") + "'",
	}
}

func (in *machine) stopped() bool { return in.read("stopped") != "" }

// start starts a job that hangs, or one that ends when the file "end" appears.
func (in *machine) start(i *remote.Instance) {
	in.t.Helper()
	program := in.path("train.sh")
	if err := os.WriteFile(program, []byte("sleep 300 & echo $! >'"+in.path("child")+"'\necho training\nwhile [ ! -e '"+in.path("end")+"' ]; do sleep 1; done\n"), 0o755); err != nil {
		in.t.Fatal(err)
	}
	state, err := i.StartJob(in.t.Context(), instance.Job{Folder: in.path("job"), Command: []string{"sh", program}, Dir: in.home})
	if err != nil || state.Phase != instance.JobRunning {
		in.t.Fatalf("started: %+v, %v", state, err)
	}
	in.wait("the job begins", func() bool { return in.read("child") != "" })
}

func (in *machine) arm(i *remote.Instance, g instance.Guard) instance.GuardState {
	in.t.Helper()
	state, err := i.ArmGuard(in.t.Context(), g)
	// On a busy machine, a short span may be over by the time it answers.
	if err != nil || !state.Armed() && state.Phase != instance.GuardActing {
		in.t.Fatalf("armed: %+v, %v", state, err)
	}
	in.t.Cleanup(func() { _ = os.Remove(filepath.Join(g.Folder, "orders")) })
	return state
}

func uptime(t *testing.T, text string) time.Duration {
	t.Helper()
	first, _, _ := strings.Cut(text, " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(seconds * float64(time.Second))
}

func now(t *testing.T) time.Duration {
	t.Helper()
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Skip("no /proc/uptime here")
	}
	return uptime(t, string(text))
}

// lives reports whether a process is there and has not ended.
func lives(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	_, rest, ok := strings.Cut(string(text), ") ")
	return err == nil && ok && !strings.HasPrefix(rest, "Z")
}

// TestGuardActsWithNobodyThere arms a guard, ends the connection and the
// server, and waits for what each rule does.
func TestGuardActsWithNobodyThere(t *testing.T) {
	t.Parallel()
	const span = 2 * time.Second
	for _, c := range []struct {
		name   string
		orders func(*instance.Guard)
		rule   instance.GuardRule
		gpu    string
		end    bool // the job ends by itself
	}{
		{"budget", func(g *instance.Guard) { g.Budget = span }, instance.RuleBudget, "97", false},
		{"latest end", func(g *instance.Guard) { g.End = span }, instance.RuleEnd, "97", false},
		{"idle with a hung process", func(g *instance.Guard) { g.Idle = span }, instance.RuleIdle, "0", false},
		{"after the training", func(g *instance.Guard) { g.After, g.Grace = true, span }, instance.RuleAfter, "0", true},
		{"no training ever began", func(g *instance.Guard) { g.After, g.Grace = true, span }, instance.RuleAfter, "0", true},
		{"the first of all", func(g *instance.Guard) { g.Budget, g.End, g.Idle = time.Hour, span, time.Hour }, instance.RuleEnd, "97", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := newMachine(t, "dash")
			in.gpu(c.gpu)
			i := in.dial()
			if !strings.Contains(c.name, "no training") {
				in.start(i)
			}
			g := in.orders()
			c.orders(&g)
			began := now(t)
			state := in.arm(i, g)
			if !c.end && state.Armed() {
				next, ok := state.Next()
				if !ok && c.rule != instance.RuleIdle || ok && (next.Rule != c.rule || next.Act != instance.ActStop || next.Left > span) {
					t.Errorf("next is %+v, %v", next, ok)
				}
			}
			_ = i.Close()
			in.Stop()
			if c.end {
				if err := os.WriteFile(in.path("end"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
				if in.read("child") != "" {
					began = now(t)
				}
			}
			in.wait("the guard acts", in.stopped)
			if took := uptime(t, in.read("stopped")) - began; took < span-100*time.Millisecond {
				t.Errorf("acted after %v, ordered were %v", took, span)
			}
			in.Restart()
			i = in.dial()
			in.wait("the guard says what it did", func() bool {
				var err error
				state, err = i.ReadGuard(t.Context(), g.Folder)
				return err == nil && state.Acted != nil && state.Acted.Ended
			})
			if a := state.Acted; state.Phase != instance.GuardActing || a.Rule != c.rule || a.Act != instance.ActStop || a.Exit != 0 || a.Tries < 1 {
				t.Errorf("%+v, %+v", state, a)
			}
			job, _, err := i.ReadJob(t.Context(), g.Job, 0)
			if err != nil || job.Phase == instance.JobRunning {
				t.Errorf("the job is %+v, %v", job, err)
			}
			if child := strings.TrimSpace(in.read("child")); child != "" && !c.end {
				if lives(child) {
					t.Errorf("the job's child %s lives", child)
				}
			}
			if _, err := i.TellGuard(t.Context(), g.Folder, instance.GuardWord{Off: true}); err != nil {
				t.Error(err)
			}
		})
	}
}
