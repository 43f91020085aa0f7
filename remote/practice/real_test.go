package practice_test

import (
	"os/exec"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/remote/practice"
)

// With a real Python, what is uploaded as train.py is what runs.
func TestRealPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	s := start(t, practice.Options{Python: python})
	i := dial(t, s)
	facts, err := i.Look(t.Context())
	if err != nil || !facts.Practice || facts.Rehearsal || len(facts.GPUs) != 0 || len(facts.Pythons) != 1 ||
		facts.Pythons[0].Path != s.Home()+"/miniconda3/bin/python" || !strings.HasPrefix(facts.Pythons[0].Version, "3.") {
		t.Fatalf("%+v, %v", facts, err)
	}
	folder := s.Home() + "/w/code"
	code := []instance.Source{
		file("train.py", "import os, sys\nprint('real', os.getcwd(), sys.argv[1:], flush=True)\nsys.exit(5)\n"),
		file("slow.py", "import time\nprint('up', flush=True)\ntime.sleep(60)\n"),
	}
	if _, err := i.Upload(t.Context(), folder, code, func(instance.Progress) {}); err != nil {
		t.Fatal(err)
	}
	job := training(s, "real")
	job.Dir, job.Command = folder, []string{facts.Pythons[0].Path, "train.py", "--name", "a b"}
	if _, err := i.StartJob(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	state, log := await(t, i, job.Folder)
	if state.Phase != instance.JobExited || state.Exit != 5 || !strings.HasPrefix(log, "real ") || !strings.Contains(log, "['--name', 'a b']") {
		t.Errorf("%+v\n%s", state, log)
	}

	job = training(s, "slow")
	job.Dir, job.Command = folder, []string{facts.Pythons[0].Path, "slow.py"}
	if _, err := i.StartJob(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its first line", func() bool {
		_, log, err := i.ReadJob(t.Context(), job.Folder, 0)
		return err == nil && string(log) == "up\n"
	})
	if state, err := i.StopJob(t.Context(), job.Folder); err != nil || state.Phase != instance.JobExited || state.Exit != 143 {
		t.Errorf("%+v, %v", state, err)
	}
}
