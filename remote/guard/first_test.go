package guard_test

import (
	"strings"
	"testing"
	"time"

	"gpuwizard/core/rental"
	"gpuwizard/remote/sshdtest"
)

// TestStopKnowsWhatTheFirstProcessKnows stops instances whose name, and whose
// key to the platform, only the container's first process has: those who log
// in, and a guard that they leave behind, have none of them.
func TestStopKnowsWhatTheFirstProcessKnows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		platform, tool string
		first          []string
		id, want       string // what the platform calls the instance; what its tool is told
	}{
		{"vast", "vastai", []string{"VAST_CONTAINERLABEL=C.4711", "CONTAINER_ID=4711"}, "4711", "stop instance 4711"},
		{"runpod", "runpodctl", []string{"RUNPOD_POD_ID=abc123", "RUNPOD_DC_ID=EU-RO-1"}, "abc123", "pod stop abc123"},
		{"featurize", "featurize", []string{"UUID=it is's"}, "", "instance release it is's"},
	} {
		t.Run(c.platform, func(t *testing.T) {
			t.Parallel()
			in := newMachineWith(t, sshdtest.Options{Container: true, FirstEnv: append(c.first, "PLATFORM_KEY=of this instance")}, "dash")
			in.command(c.tool, `echo "$* with the key $PLATFORM_KEY" >>"`+in.path("told")+`"`)
			platform, _ := rental.PlatformByID(c.platform)
			command := platform.Stop.Command
			want := c.want + " with the key of this instance\n"
			i := in.dial()
			if facts, err := i.Look(t.Context()); err != nil || facts.ID != c.id || c.id != "" && facts.Platform != c.platform {
				t.Errorf("looked: %q of %q, %v", facts.ID, facts.Platform, err)
			}
			if s, err := i.TurnOff(t.Context(), in.path("guard"), command); err != nil || s.Exit != 0 || in.read("told") != want {
				t.Errorf("%+v, %v, told %q", s, err, in.read("told"))
			}
			g := in.orders()
			g.End, g.Stop = time.Second, command
			in.arm(i, g)
			_ = i.Close()
			in.wait("the guard acts", func() bool { return strings.Count(in.read("told"), want) == 2 })
		})
	}
}
