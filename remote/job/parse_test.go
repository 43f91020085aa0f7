package job

import (
	"bytes"
	"testing"
	"time"

	"gpuwizard/core/instance"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, out string
		want      instance.JobState
		log, fail string
		bad       bool
	}{
		{
			name: "running", out: "noise\nM job phase=running exit=0 size=12 started=1700000000 ended=0 rebooted=0\nline\nM job x",
			want: instance.JobState{Phase: instance.JobRunning, LogSize: 12, Started: time.Unix(1_700_000_000, 0)},
			log:  "line\nM job x",
		},
		{
			name: "killed", out: "M job phase=exited exit=137 size=0 started=1 ended=2 rebooted=1\n",
			want: instance.JobState{Phase: instance.JobExited, Exit: 137, Started: time.Unix(1, 0), Ended: time.Unix(2, 0), Rebooted: true},
		},
		{name: "fail", out: "M fail write /a b\nmore", fail: "write /a b"},
		{name: "unknown phase", out: "M job phase=dancing exit=0\n", bad: true},
		{name: "no phase", out: "M job exit=0\n", bad: true},
		{name: "negative", out: "M job phase=running size=-1\n", bad: true},
		{name: "cut", out: "M job phase=running", bad: true},
		{name: "nothing", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, log, err := parse([]byte(c.out), "M")
			if (err != nil) != c.bad {
				t.Fatal(err)
			}
			if err == nil && (a.state != c.want || string(log) != c.log || a.fail != c.fail) {
				t.Errorf("got %+v, log %q", a, log)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("M job phase=exited exit=137 size=0 started=1 ended=2 rebooted=1\nlog"))
	f.Add([]byte("M fail not-folder /x\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		a, log, err := parse(out, "M")
		if err != nil {
			return
		}
		if !bytes.HasSuffix(out, log) {
			t.Errorf("the log is no part of the answer: %q", log)
		}
		if a.fail == "" && (a.state.LogSize < 0 || a.state.Exit < 0 || a.state.Exit > 255) {
			t.Errorf("state %+v", a.state)
		}
	})
}
