package job_test

import (
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/remote/sshdtest"
)

// TestRebootIsRecognised ends a container with all that runs in it and starts
// it again on the same disk: the host and its boot stay the same.
func TestRebootIsRecognised(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Container: true})
	i := dial(t, s)
	folder, guard := s.Home+"/job 1", s.Home+"/guard"
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
	if state, err := i.ArmGuard(t.Context(), instance.Guard{Folder: guard, Job: folder, End: time.Hour, Stop: "exit 1"}); err != nil || !state.Armed() {
		t.Fatalf("armed: %+v, %v", state, err)
	}
	var before instance.JobState
	for before.Beat.IsZero() {
		var err error
		before, _, err = i.ReadJob(t.Context(), folder, 0)
		if err != nil || before.Phase != instance.JobRunning || before.Rebooted {
			t.Fatalf("before: %+v, %v", before, err)
		}
	}
	s.Restart() // the container's first process dies, and everything with it
	i = dial(t, s)
	state, log, err := i.ReadJob(t.Context(), folder, 0)
	if err != nil || state.Phase != instance.JobLost || !state.Rebooted || state.Started != before.Started || string(log) != "begun\n" {
		t.Errorf("after: %+v, log %q, %v", state, log, err)
	}
	if state.Beat.Before(state.Started) {
		t.Errorf("its last sign of life was at %v, its start at %v", state.Beat, state.Started)
	}
	if state, err := i.ReadGuard(t.Context(), guard); err != nil || state.Phase != instance.GuardSilent {
		t.Errorf("the guard: %+v, %v", state, err)
	}
	// Nothing stands in the way of going on.
	again := instance.Job{Folder: s.Home + "/job 2", Command: []string{program}}
	if state, err := i.StartJob(t.Context(), again); err != nil || state.Phase != instance.JobRunning || state.Rebooted {
		t.Errorf("again: %+v, %v", state, err)
	}
	if state, err := i.StopJob(t.Context(), again.Folder); err != nil || state.Phase != instance.JobExited {
		t.Errorf("stopped: %+v, %v", state, err)
	}
}
