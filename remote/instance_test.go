package remote_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

func options(s *sshdtest.Server) remote.Options {
	return remote.Options{
		Target:     remote.Target{User: s.User, Host: s.Host, Port: s.Port},
		HostKey:    s.HostKeyFingerprint,
		Identities: []string{s.Key},
	}
}

func dial(t *testing.T, o remote.Options) *remote.Instance {
	t.Helper()
	i, err := remote.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

func TestRunUnderEveryLoginShell(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"/bin/sh", "/bin/bash", "/usr/bin/tcsh", "/usr/bin/fish", "/usr/bin/zsh"} {
		t.Run(filepath.Base(login), func(t *testing.T) {
			if _, err := os.Stat(login); err != nil {
				t.Skipf("install %s", filepath.Base(login))
			}
			s := sshdtest.StartWith(t, sshdtest.Options{LoginShell: login})
			// Greetings of every kind of shell, on both streams.
			greet(t, s.Home, ".bashrc", "echo Welcome; echo to the machine >&2; printf 'no newline'\n")
			greet(t, s.Home, ".cshrc", "echo Welcome\n")
			greet(t, s.Home, ".config/fish/config.fish", "echo Welcome\n")
			greet(t, s.Home, ".zshenv", "echo Welcome\n")
			i := dial(t, options(s))
			var out bytes.Buffer
			exit, err := i.Run(t.Context(), `printf '%s|' "$@"; echo; echo err >&2; pwd; exit 3`,
				[]string{"it's", "a b", "$HOME", "x\ny", "!"}, &out)
			if err != nil || exit != 3 {
				t.Fatalf("exit %d, %v", exit, err)
			}
			if want := "it's|a b|$HOME|x\ny|!|\nerr\n" + s.Home + "\n"; out.String() != want {
				t.Errorf("got %q, want %q", out.String(), want)
			}
		})
	}
}

func greet(t *testing.T, home, name, text string) {
	t.Helper()
	file := filepath.Join(home, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// late is how long a busy machine may take to say what time it is.
const late = 20 * time.Second

func TestLook(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Env: []string{"AutoDLRegion=nm-B1", "AutoDLContainerUUID=abc", "AutoDLSecret=no"}})
	greet(t, s.Home, ".profile", "echo Welcome; echo /not/a/python\n")
	// One that no PATH leads to.
	venv := filepath.Join(s.Home, ".venv", "bin", "python")
	greet(t, s.Home, ".venv/bin/python", "#!/bin/sh\nprintf 'python-version=3.12.3\\npython-torch=2.11.0\\n'\n")
	if err := os.Chmod(venv, 0o755); err != nil {
		t.Fatal(err)
	}
	facts, err := dial(t, options(s)).Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(facts.Pythons, func(p instance.Python) bool { return p.Path == venv && p.Torch == "2.11.0" }) {
		t.Errorf("pythons %+v", facts.Pythons)
	}
	uname, _ := exec.Command("uname", "-sm").Output()
	if facts.OS != strings.TrimSpace(string(uname)) || facts.User != s.User || facts.Home != s.Home {
		t.Errorf("got %q %q %q", facts.OS, facts.User, facts.Home)
	}
	if d := time.Since(facts.Clock); d < -time.Minute || d > time.Minute {
		t.Errorf("clock is off by %v", d)
	}
	if facts.CPUs <= 0 || facts.MemoryMiB <= 0 || facts.Practice ||
		facts.Platform != "autodl" || facts.Region != "nm-B1" || facts.ID != "abc" {
		t.Errorf("got %+v", facts)
	}
	if len(facts.Disks) == 0 || facts.Disks[0].Path != s.Home || facts.Disks[0].FreeBytes <= 0 ||
		facts.Disks[0].TotalBytes < facts.Disks[0].FreeBytes || !facts.Disks[0].Writable {
		t.Errorf("disks: %+v", facts.Disks)
	}
	if _, err := exec.LookPath("python3"); err == nil && len(facts.Pythons) == 0 {
		t.Error("no Python was found")
	}
	if strings.Join(facts.Tools, " ") == "" {
		t.Error("no tools were found")
	}
	if _, err := os.Stat("/proc/1/stat"); err == nil && (facts.Boot == "" || facts.Uptime <= 0) {
		t.Errorf("boot %q, %v ago", facts.Boot, facts.Uptime)
	}
	if d := facts.ClockOffset; d.Abs() > late {
		t.Errorf("the clock of this very machine is off by %v", d)
	}
}

// A clock that is a day ahead is told as such.
func TestLookAtAWrongClock(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	date, err := exec.LookPath("date")
	if err != nil {
		t.Skip("no date here")
	}
	script := "#!/bin/sh\necho $(($(" + date + " +%s) + 86400))\n"
	if err := os.WriteFile(filepath.Join(bin, "date"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s := sshdtest.StartWith(t, sshdtest.Options{Env: []string{"PATH=" + bin + ":" + os.Getenv("PATH")}})
	facts, err := dial(t, options(s)).Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := (facts.ClockOffset - 24*time.Hour).Abs(); d > late {
		t.Errorf("off by %v", facts.ClockOffset)
	}
}

func TestRunEndsAtOnceWhenCancelled(t *testing.T) {
	t.Parallel()
	i := dial(t, options(sshdtest.Start(t)))
	ctx, cancel := context.WithCancel(t.Context())
	out := writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
	began := time.Now()
	if _, err := i.Run(ctx, "echo begun; sleep 60", nil, out); err != context.Canceled {
		t.Errorf("got %v", err)
	}
	if d := time.Since(began); d > 30*time.Second { // the command itself takes a minute
		t.Errorf("took %v", d)
	}
	if exit, err := i.Run(t.Context(), "exit 0", nil, nil); exit != 0 || err != nil {
		t.Errorf("afterwards: %d, %v", exit, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestServerRestartLosesTheConnectionOnce(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	out := writerFunc(func(p []byte) (int, error) {
		s.Restart()
		return len(p), nil
	})
	_, err := i.Run(t.Context(), "echo begun; sleep 60", nil, out)
	if !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("got %v, want %s", err, instance.ConnectionLost)
	}
	if exit, err := i.Run(t.Context(), "exit 4", nil, nil); exit != 4 || err != nil {
		t.Errorf("afterwards: %d, %v", exit, err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	i := dial(t, options(sshdtest.Start(t)))
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Run(t.Context(), "exit 0", nil, nil); !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("got %v", err)
	}
}
