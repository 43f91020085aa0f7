package job_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

// checkpoints writes a file again and again, slowly, as a training does its
// checkpoint, in place; its children load pictures.
const checkpoints = `
import os, sys, time
for _ in range(2):
    if os.fork() == 0:
        while True: time.sleep(1)
print("ready", flush=True)
while True:
    with open(sys.argv[1], "wb", 0) as f:
        for part in range(10):
            f.write(b"x" * 1000)
            time.sleep(0.03)
        f.write(b"END")
    time.sleep(0.15)
`

// TestStopLeavesTheCheckpointWhole stops a job that is writing its checkpoint
// most of the time.
func TestStopLeavesTheCheckpointWhole(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("install python3")
	}
	s := sshdtest.Start(t)
	i := dial(t, s)
	program := filepath.Join(s.Home, "train.py")
	if err := os.WriteFile(program, []byte(checkpoints), 0o644); err != nil {
		t.Fatal(err)
	}
	for n, name := range []string{"a", "b", "c", "d"} {
		folder, last := s.Home+"/"+name, filepath.Join(s.Home, name+" 最后 last.pt")
		if _, err := i.StartJob(t.Context(), instance.Job{Folder: folder, Command: []string{python, program, last}, Whole: []string{".pt"}}); err != nil {
			t.Fatal(err)
		}
		for {
			if text, err := os.ReadFile(last); err == nil && len(text) > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(n*70) * time.Millisecond) // another moment each time
		state, err := i.StopJob(t.Context(), folder)
		if err != nil || state.Phase != instance.JobExited || state.Exit != 143 {
			t.Errorf("%+v, %v", state, err)
		}
		text, err := os.ReadFile(last)
		if err != nil || len(text) != 10_003 || !strings.HasSuffix(string(text), "END") {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		if out, err := exec.Command("pgrep", "-f", last).Output(); err == nil {
			t.Errorf("children live: %s", out)
		}
	}
}

// TestJobOnBadDisks says plainly what is the matter.
func TestJobOnBadDisks(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, s)
	disk := filepath.Join(s.Home, "磁 盘")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", disk).Run() })
	program := script(t, s, "while [ ! -e '"+s.Home+"/go' ]; do sleep 0.1; done; echo this has no room; exit 4")
	j := instance.Job{Folder: disk + "/job", Command: []string{program}}
	if state, err := i.StartJob(t.Context(), j); err != nil || state.Phase != instance.JobRunning {
		t.Fatalf("%+v, %v", state, err)
	}
	_ = exec.Command("dd", "if=/dev/zero", "of="+disk+"/full", "bs=1k").Run()
	if err := os.WriteFile(s.Home+"/go", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	// Its end is known even so.
	if state, _ := await(t, i, j.Folder, instance.JobExited); state.Exit != 4 {
		t.Errorf("on a full disk: %+v", state)
	}
	j.Folder = disk + "/another"
	if _, err := i.StartJob(t.Context(), j); !problem.Has(err, instance.RemoteNoSpace) {
		t.Errorf("full: %v", err)
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", disk).CombinedOutput(); err != nil {
		t.Skipf("no remount: %s", out)
	}
	j.Folder = disk + "/third"
	if _, err := i.StartJob(t.Context(), j); !problem.Has(err, instance.RemoteReadOnly) {
		t.Errorf("read-only: %v", err)
	}
}
