package practice_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/practice"
)

func TestLoginIsChecked(t *testing.T) {
	s := start(t, practice.Options{})
	for _, c := range []struct{ user, password string }{
		{s.User(), ""}, {s.User(), s.Password() + "x"}, {"admin", s.Password()},
	} {
		_, err := ssh.Dial("tcp", s.Addr(), &ssh.ClientConfig{
			User: c.user, Auth: []ssh.AuthMethod{ssh.Password(c.password)}, HostKeyCallback: ssh.FixedHostKey(s.HostKey()),
		})
		if err == nil {
			t.Errorf("%q was let in with %q", c.user, c.password)
		}
	}
	if other := start(t, practice.Options{}); other.Password() == s.Password() || other.Fingerprint() == s.Fingerprint() {
		t.Error("two instances share a secret")
	}
	_, err := remote.Dial(t.Context(), remote.Options{
		Target:   remote.Target{User: s.User(), Host: s.Host(), Port: s.Port()},
		HostKey:  s.Fingerprint(),
		Password: func(context.Context, int) (string, error) { return "wrong", nil },
	})
	if !problem.Has(err, instance.WrongPassword) {
		t.Errorf("a wrong password gives %v", err)
	}
}

// Only what detached itself outlives its connection; nothing outlives the
// server.
func TestDetached(t *testing.T) {
	s := start(t, practice.Options{})
	client := login(t, s)
	out, exit := run(t, client, `setsid sh -c 'echo $$ >kept; sleep 60' </dev/null >/dev/null 2>&1 &
		nohup sh -c ': >too; sleep 60' >/dev/null 2>&1 &
		sleep 60 &
		until [ -s kept ] && [ -e too ]; do sleep 0.01; done; echo $!`, "")
	if exit != 0 {
		t.Fatal(out)
	}
	eventually(t, "four processes", func() bool { return s.Running() == 4 }) // two shells with a sleep each
	_ = client.Close()
	client = login(t, s)
	if out, _ := run(t, client, `kill -0 $(cat kept) && echo lives; kill -0 `+strings.TrimSpace(out)+` 2>/dev/null || echo gone`, ""); !strings.HasPrefix(out, "lives\n") || !strings.HasSuffix(out, "gone\n") {
		t.Errorf("%q", out)
	}
	_ = s.Close()
	if n := s.Running(); n != 0 {
		t.Errorf("%d processes after Close", n)
	}
}

func TestCutConnectionEndsItsCommand(t *testing.T) {
	s := start(t, practice.Options{})
	for _, line := range []string{"cat", "while :; do :; done", "sleep 60 | cat", "read x", "x=$(sleep 60); echo $x", "sh -s", "tail -f .profile", "while ((1)); do x=1; done", "for ((;;)); do { x=1; }; done"} {
		client := login(t, s)
		if out, _ := run(t, client, ": >.profile", ""); out != "" {
			t.Fatal(out)
		}
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := session.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		if err := session.Start(line); err != nil {
			t.Fatal(err)
		}
		eventually(t, line+" to run", func() bool { return s.Running() > 0 })
		_ = client.Close()
		eventually(t, "the end of "+line, func() bool { return s.Running() == 0 })
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		s, err := practice.Start(t.Context(), practice.Options{Folder: t.TempDir(), Recording: tape()})
		if err != nil {
			t.Fatal(err)
		}
		client := login(t, s)
		for _, line := range []string{"sleep 60", "cat", "setsid sh -c 'while :; do sleep 1; done' >/dev/null 2>&1 & sleep 60", "sleep 60 | sleep 60", "read x"} {
			session, err := client.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := session.StdinPipe(); err != nil {
				t.Fatal(err)
			}
			if err := session.Start(line); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "all to run", func() bool { return s.Running() >= 10 })
		_ = s.Close()
		_ = client.Close()
	}
	var stacks []byte
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if runtime.NumGoroutine() <= before {
			return
		}
	}
	stacks = make([]byte, 1<<20)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}

func TestContextEndsTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := practice.Start(ctx, practice.Options{Folder: t.TempDir(), Recording: tape()})
	if err != nil {
		t.Fatal(err)
	}
	client := login(t, s)
	cancel()
	_ = client.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A classroom on one machine: nobody sees another's files or jobs.
func TestManyAtOnce(t *testing.T) {
	const many = 8
	top := t.TempDir()
	var group sync.WaitGroup
	errs := make(chan error, many)
	for n := range many {
		s := start(t, practice.Options{Folder: filepath.Join(top, fmt.Sprint("student", n)), Missing: []string{}})
		i := dial(t, s)
		place(t, s, i)
		group.Go(func() {
			job := training(s, fmt.Sprint("run", n))
			if _, err := i.StartJob(t.Context(), job); err != nil {
				errs <- err
				return
			}
			for {
				state, log, err := i.ReadJob(t.Context(), job.Folder, 0)
				if err != nil {
					errs <- err
					return
				}
				if state.Phase == instance.JobExited && state.LogSize == int64(len(log)) {
					if state.Exit != 0 || !bytes.Contains(log, []byte(s.Home())) {
						errs <- fmt.Errorf("student %d: %+v\n%s", n, state, log)
					}
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	for n := range many {
		runs, err := os.ReadDir(filepath.Join(top, fmt.Sprint("student", n), "root", "w", "runs"))
		if err != nil || len(runs) != 1 || runs[0].Name() != fmt.Sprint("run", n) {
			t.Errorf("student %d: %v, %v", n, runs, err)
		}
	}
}

// The built-in recording plays to its end, and looks like a training.
func TestBuiltInRecording(t *testing.T) {
	s, err := practice.Start(t.Context(), practice.Options{Folder: t.TempDir(), Missing: []string{}, Speed: 250})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	i := dial(t, s)
	place(t, s, i)
	job := training(s, "person")
	if _, err := i.StartJob(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	results := filepath.Join(s.Folder(), "root", "w", "runs", "person", "results.csv")
	grew := map[int]bool{}
	eventually(t, "rows of results.csv", func() bool {
		text, _ := os.ReadFile(results)
		grew[bytes.Count(text, []byte("\n"))] = true
		return len(grew) > 3
	})
	state, log := await(t, i, job.Folder)
	if state.Exit != 0 || strings.Contains(log, "/instance/") || !strings.Contains(log, "Optimizer stripped from "+s.Home()+"/w/runs/person/weights/best.pt") {
		t.Errorf("%+v", state)
	}
	text, err := os.ReadFile(results)
	if err != nil || bytes.Count(text, []byte("\n")) != 121 {
		t.Errorf("%d lines, %v", bytes.Count(text, []byte("\n")), err)
	}
}

func TestUnusableOptions(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	damaged := tape()
	damaged["timing.tsv"] = &fstest.MapFile{Data: []byte("1\t999999\n")}
	for want, o := range map[problem.Code]practice.Options{
		practice.PythonUnusable:    {Folder: t.TempDir(), Python: "no-such-python"},
		practice.FolderUnusable:    {Folder: inTheWay},
		practice.RecordingUnusable: {Folder: t.TempDir(), Recording: damaged},
	} {
		if _, err := practice.Start(t.Context(), o); !problem.Has(err, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRecorded(t *testing.T) {
	got, err := practice.Recorded()
	if err != nil || got.Epochs != 120 || got.Batch != 8 || got.ImgSize != 320 ||
		strings.Join(got.Extra, " ") != "--optimizer Adam --hyp data/hyps/hyp.VOC.yaml" {
		t.Errorf("%+v, %v", got, err)
	}
}
