package job_test

import (
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/remote/sshdtest"
)

// The same script under the shells that images have, and without the commands
// that some lack.
func TestJobUnderEveryShell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sh      string
		without []string
	}{
		{"dash", nil},
		{"bash", nil},
		{"busybox", nil},
		{"dash", []string{"setsid"}},
		{"bash", []string{"setsid", "python3", "python"}},
		{"busybox", []string{"setsid", "nohup"}},
		{"dash", []string{"ln"}},
		{"dash", []string{"flock"}},
		{"mksh", nil},
	} {
		t.Run(strings.Join(append([]string{c.sh}, c.without...), "-"), func(t *testing.T) {
			t.Parallel()
			path := sshdtest.Toolbox(t, c.sh, c.without...)
			s := sshdtest.StartWith(t, sshdtest.Options{Env: []string{"PATH=" + path}})
			i := dial(t, s)
			program := script(t, s, `echo "$1"; [ "$1" = long ] || exit 7; sleep 300`)
			ends := instance.Job{Folder: s.Home + "/ends", Command: []string{"sh", program, "short"}}
			if _, err := i.StartJob(t.Context(), ends); err != nil {
				t.Fatal(err)
			}
			if state, log := await(t, i, ends.Folder, instance.JobExited); state.Exit != 7 || log != "short\n" {
				t.Errorf("ends: %+v, log %q", state, log)
			}
			long := instance.Job{Folder: s.Home + "/long", Command: []string{"sh", program, "long"}}
			if state, err := i.StartJob(t.Context(), long); err != nil || state.Phase != instance.JobRunning {
				t.Fatalf("long: %+v, %v", state, err)
			}
			_ = i.Close()
			s.Restart()
			i = dial(t, s)
			if state, _, err := i.ReadJob(t.Context(), long.Folder, 0); err != nil || state.Phase != instance.JobRunning {
				t.Errorf("after the connection: %+v, %v", state, err)
			}
			if state, err := i.StopJob(t.Context(), long.Folder); err != nil || state.Phase != instance.JobExited || state.Exit != 143 {
				t.Errorf("stopped: %+v, %v", state, err)
			}
		})
	}
}
