package wizard_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// leaving is an instance whose connection is lost while a training is followed,
// for some time or for good.
type leaving struct {
	*fakeInstance
	code problem.Code // of all that is tried where it was
	back time.Time    // when it answers there again; zero is never
	read bool
}

func (l *leaving) ReadJob(ctx context.Context, folder string, offset int64) (instance.JobState, []byte, error) {
	if l.read && (l.back.IsZero() || time.Now().Before(l.back)) {
		return instance.JobState{}, nil, problem.New(l.code, nil, "host", "h")
	}
	l.read = offset == 0
	return l.fakeInstance.ReadJob(ctx, folder, offset)
}

// TestInstanceMovesWhileItTrains follows a training whose instance is to be
// reached otherwise by then, or comes back by itself. The clock is the test's.
func TestInstanceMovesWhileItTrains(t *testing.T) {
	t.Parallel()
	const there = "ssh -p 4022 root@connect.nmb1.seetacloud.com"
	moved, err := rental.ParseLogin(there)
	if err != nil {
		t.Fatal(err)
	}
	says := func(login rental.Login, err error) func(context.Context) (rental.Login, error) {
		return func(context.Context) (rental.Login, error) { return login, err }
	}
	withdrawn := func(ctx context.Context) (rental.Login, error) {
		<-ctx.Done()
		return rental.Login{}, ctx.Err()
	}
	for _, tt := range []struct {
		name   string
		code   problem.Code
		back   time.Duration
		answer func(context.Context) (rental.Login, error)
		login  string        // of the plan in the end
		within time.Duration // that it takes, no less than half of it
		ends   problem.Code
	}{
		{"other port", instance.ConnectionRefused, 0, says(moved, nil), there, 10 * time.Second, ""},
		{"other port and password", instance.WrongPassword, 0, says(moved, nil), there, time.Second, ""},
		{"another machine is there now", instance.HostKeyChanged, 0, says(moved, nil), there, time.Second, ""},
		{"back by itself, the question open", instance.ConnectionLost, 3 * time.Minute, withdrawn, "", 4 * time.Minute, ""},
		{"back by itself, nobody there", instance.HostUnreachable, 3 * time.Minute, says(rental.Login{}, problem.New(instance.LoginNeeded, nil)), "", 4 * time.Minute, ""},
		{"never back", instance.ConnectionLost, 0, withdrawn, "", 32 * time.Minute, instance.ConnectionLost},
		{"nobody knows the password", instance.WrongPassword, 0, says(rental.Login{}, problem.New(instance.LoginNeeded, nil)), "", time.Second, instance.WrongPassword},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readyToUpload(t)
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				f.log, f.chunk = longLog(4), 900
				old := &leaving{fakeInstance: f, code: tt.code}
				before := p.Plan().Login
				connect := func(_ context.Context, plan planfile.Plan, _ string, _ wizard.Face) (instance.Instance, error) {
					if plan.Login == there {
						return f, nil
					}
					return old, nil
				}
				face := &restarter{answer: tt.answer}
				env := wizard.Env{Connect: connect, Face: face}
				if err := p.Run(t.Context(), journey.Upload, env); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				if tt.back > 0 {
					old.back = began.Add(tt.back)
				}
				err := p.Run(t.Context(), journey.Train, env)
				if tt.ends == "" && err != nil || tt.ends != "" && !problem.Has(err, tt.ends) {
					t.Fatalf("ended with %v, want %q", err, tt.ends)
				}
				if took := time.Since(began); took > tt.within || took < tt.within/2 && tt.within > time.Second {
					t.Errorf("took %v", took)
				}
				if face.asked != 1 || len(face.notes(wizard.NoteReconnect)) == 0 {
					t.Errorf("asked %d times, told %d times", face.asked, len(face.notes(wizard.NoteReconnect)))
				}
				if want := cmp.Or(tt.login, before); p.Plan().Login != want {
					t.Errorf("the plan says %q, want %q", p.Plan().Login, want)
				}
				if tt.ends != "" {
					return
				}
				logs, _ := filepath.Glob(filepath.Join(p.StatePath("logs"), "*"))
				if text, err := os.ReadFile(strings.Join(logs, "")); err != nil || string(text) != f.log {
					t.Errorf("the log here has %d bytes of %d, %v", len(text), len(f.log), err)
				}
			})
		})
	}
}
