package remote_test

import (
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// TestProbeTellsWhoAnswers, and logs in nowhere to find out.
func TestProbeTellsWhoAnswers(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i, err := remote.Dial(t.Context(), remote.Options{
		Target:     remote.Target{User: s.User, Host: s.Host, Port: s.Port},
		HostKey:    s.HostKeyFingerprint,
		Identities: []string{s.Key},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	probe := func(when string, want instance.Presence) {
		t.Helper()
		if got, err := i.Probe(t.Context()); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", when, got, err, want)
		}
	}
	probe("connected", instance.PortAnswers)
	s.Restart()
	probe("restarted", instance.PortAnswers)
	s.Stop()
	probe("stopped", instance.PortRefuses)
	s.NewHostKey()
	probe("another machine", instance.PortOther)
}
