package job_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

func dial(t testing.TB, s *sshdtest.Server) *remote.Instance {
	t.Helper()
	i, err := remote.Dial(t.Context(), remote.Options{
		Target:     remote.Target{User: s.User, Host: s.Host, Port: s.Port},
		HostKey:    s.HostKeyFingerprint,
		Identities: []string{s.Key},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

// await reads the job until it is in a phase, with its whole log.
func await(t testing.TB, i *remote.Instance, folder string, phase instance.JobPhase) (instance.JobState, string) {
	t.Helper()
	var log bytes.Buffer
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		state, piece, err := i.ReadJob(t.Context(), folder, int64(log.Len()))
		if err != nil {
			t.Fatal(err)
		}
		log.Write(piece)
		if state.Phase == phase && int64(log.Len()) == state.LogSize {
			return state, log.String()
		}
		if time.Now().After(deadline) {
			t.Fatalf("the job is %+v, want %s; log %q", state, phase, log.String())
		}
	}
}

func script(t testing.TB, s *sshdtest.Server, text string) string {
	t.Helper()
	file := filepath.Join(s.Home, "train me.sh")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestJobLivesAndEnds(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, s)
	folder := s.Home + "/runs/任务 1"
	work := filepath.Join(s.Home, "work dir")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	program := script(t, s, `printf '%s|' "$@" "$NAME" "${LC_ALL-unset}"; pwd; echo err >&2
while [ ! -e go ]; do sleep 0.1; done; exit 9`)
	j := instance.Job{
		Folder: folder, Dir: work,
		Command: []string{program, "it's", "$HOME", "two\nlines", ""},
		Env:     []string{"NAME=a 'value' $x"},
	}
	if state, _, err := i.ReadJob(t.Context(), folder, 0); err != nil || state.Phase != instance.JobAbsent {
		t.Errorf("before: %+v, %v", state, err)
	}
	state, err := i.StartJob(t.Context(), j)
	if err != nil || state.Phase != instance.JobRunning {
		t.Fatalf("started: %+v, %v", state, err)
	}
	if d := time.Since(state.Started); d < -time.Minute || d > time.Minute {
		t.Errorf("started %v ago", d)
	}
	// The server goes away with all its connections; the job does not.
	s.Restart()
	i = dial(t, s)
	if again, err := i.StartJob(t.Context(), j); err != nil || again.Phase != instance.JobRunning || again.Started != state.Started {
		t.Errorf("started again: %+v, %v", again, err)
	}
	if err := os.WriteFile(filepath.Join(work, "go"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	state, log := await(t, i, folder, instance.JobExited)
	want := "it's|$HOME|two\nlines||a 'value' $x|unset|" + work + "\nerr\n"
	if state.Exit != 9 || log != want || state.Ended.Before(state.Started) || state.Rebooted {
		t.Errorf("ended: %+v, log %q, want %q", state, log, want)
	}
	if again, err := i.StartJob(t.Context(), j); err != nil || again != state {
		t.Errorf("started after its end: %+v, %v", again, err)
	}
	if stopped, err := i.StopJob(t.Context(), folder); err != nil || stopped != state {
		t.Errorf("stopped after its end: %+v, %v", stopped, err)
	}
	if _, piece, err := i.ReadJob(t.Context(), folder, 5); err != nil || string(piece) != want[5:] {
		t.Errorf("from 5: %q, %v", piece, err)
	}
	if _, piece, err := i.ReadJob(t.Context(), folder, 1<<40); err != nil || len(piece) != 0 {
		t.Errorf("from beyond: %q, %v", piece, err)
	}
}

func TestJobStartsOnceWhoeverAsks(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	program := script(t, s, "echo started; sleep 0.5")
	folder := s.Home + "/job"
	var all sync.WaitGroup
	for range 5 {
		i := dial(t, s)
		all.Go(func() {
			if _, err := i.StartJob(t.Context(), instance.Job{Folder: folder, Command: []string{program}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if state, log := await(t, dial(t, s), folder, instance.JobExited); log != "started\n" || state.Exit != 0 {
		t.Errorf("got %+v, log %q", state, log)
	}
}

func TestStopEndsTheWholeFamily(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, s)
	for _, c := range []struct {
		name, text string
		exit       int
	}{
		{"polite", `trap 'echo bye; exit 5' TERM; sleep 300 & echo child $!; echo ready; wait`, 5},
		{"plain", `sleep 300 & echo child $!; echo ready; sleep 300`, 143},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := s.Home + "/" + c.name
			program := script(t, s, c.text)
			if _, err := i.StartJob(t.Context(), instance.Job{Folder: folder, Command: []string{program}}); err != nil {
				t.Fatal(err)
			}
			var log string
			for !strings.Contains(log, "ready") {
				_, piece, err := i.ReadJob(t.Context(), folder, 0)
				if err != nil {
					t.Fatal(err)
				}
				log = string(piece)
			}
			state, err := i.StopJob(t.Context(), folder)
			if err != nil || state.Phase != instance.JobExited || state.Exit != c.exit {
				t.Errorf("got %+v, %v", state, err)
			}
			_, rest, _ := strings.Cut(log, "child ")
			pid, _, _ := strings.Cut(rest, "\n")
			if _, err := strconv.Atoi(pid); err != nil {
				t.Fatal(err)
			}
			if out, _ := exec.Command("ps", "-o", "stat=", "-p", pid).Output(); len(out) > 0 && !bytes.HasPrefix(out, []byte("Z")) {
				t.Errorf("child %s lives: %s", pid, out)
			}
		})
	}
}

// kill ends processes that a job's files name, as a crash would.
func kill(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(text), "\n")
	if out, err := exec.Command("kill", "-KILL", pid).CombinedOutput(); err != nil {
		t.Fatalf("%s: %s", err, out)
	}
}

func TestLostAndRebooted(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, s)
	folder := s.Home + "/job"
	program := script(t, s, "echo begun; exec sleep 300")
	if _, err := i.StartJob(t.Context(), instance.Job{Folder: folder, Command: []string{program}}); err != nil {
		t.Fatal(err)
	}
	for log := ""; log == ""; {
		_, piece, err := i.ReadJob(t.Context(), folder, 0)
		if err != nil {
			t.Fatal(err)
		}
		log = string(piece)
	}
	// The runner dies alone: the job still runs.
	kill(t, folder+"/pid")
	if state, _, err := i.ReadJob(t.Context(), folder, 0); err != nil || state.Phase != instance.JobRunning {
		t.Errorf("without its runner: %+v, %v", state, err)
	}
	kill(t, folder+"/child")
	if state, _ := await(t, i, folder, instance.JobLost); state.Rebooted {
		t.Errorf("killed: %+v", state)
	}

	// Another boot: the same numbers may belong to anyone, even to a process
	// that lives.
	text, err := os.ReadFile(folder + "/pid")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	lines[0], lines[1], lines[2] = strconv.Itoa(os.Getpid()), "", "another-boot/1"
	if err := os.WriteFile(folder+"/pid", []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if state, _, err := i.ReadJob(t.Context(), folder, 0); err != nil || state.Phase != instance.JobLost || !state.Rebooted {
		t.Errorf("rebooted: %+v, %v", state, err)
	}
}

func TestLargeLogInPieces(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, s)
	folder := s.Home + "/job"
	program := script(t, s, `i=0; while [ $i -lt 40000 ]; do printf 'line %d \r of\033[1m output\n' $i; i=$((i+1)); done`)
	if _, err := i.StartJob(t.Context(), instance.Job{Folder: folder, Command: []string{program}}); err != nil {
		t.Fatal(err)
	}
	_, log := await(t, i, folder, instance.JobExited)
	want, err := os.ReadFile(folder + "/log")
	if err != nil || log != string(want) || len(want) < 800_000 {
		t.Errorf("%d bytes, want %d, %v", len(log), len(want), err)
	}
}

func TestStartProblems(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, s)
	program := script(t, s, "exit 0")
	for _, c := range []struct {
		name string
		job  instance.Job
		want problem.Code
	}{
		{"no command", instance.Job{Folder: "/x"}, "bad-job"},
		{"relative", instance.Job{Folder: "x", Command: []string{"true"}}, "bad-job"},
		{"no name", instance.Job{Folder: "/x", Command: []string{"true"}, Env: []string{"a b=c"}}, "bad-job"},
		{"file above", instance.Job{Folder: program + "/job", Command: []string{"true"}}, instance.RemoteNotFolder},
		{"read-only", instance.Job{Folder: "/proc/gpuwizard", Command: []string{"true"}}, instance.RemoteFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := i.StartJob(t.Context(), c.job); !problem.Has(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	// What can't be run ends like a shell's command that is not there.
	for name, j := range map[string]instance.Job{
		"no program": {Folder: s.Home + "/a", Command: []string{"/no/such/program"}},
		"no folder":  {Folder: s.Home + "/b", Dir: "/no/such/folder", Command: []string{program}},
	} {
		if _, err := i.StartJob(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if state, log := await(t, i, j.Folder, instance.JobExited); state.Exit == 0 || log == "" {
			t.Errorf("%s: %+v, log %q", name, state, log)
		}
	}
}
