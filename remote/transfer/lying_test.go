package transfer_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// untrue is the receiving program with a change to its text: a sed command.
func untrue(change string) string {
	return `[ "$1" = -I ] || exec /usr/bin/python3 "$@"
code=$(printf '%s\n' "$4" | sed '` + change + `')
shift 4
exec /usr/bin/python3 -I -S -c "$code" "$@"`
}

// instead is a shell script in the place of the receiving program.
func instead(script string) string {
	return `[ "$1" = -I ] || exec /usr/bin/python3 "$@"
` + script
}

// before puts a statement before the first line of receive.py that begins so.
func before(line, statement string) string {
	return untrue(`0,/^    ` + line + `/s//    ` + statement + `; &/`)
}

const short = 2 * time.Second // of silence

// The program that receives on the instance lies: what it says of digests and
// sizes, or that it says nothing. Each is an answer within a bounded time, and
// nothing is visible under the final name.
func TestReceiverThatLies(t *testing.T) {
	t.Parallel()
	const small, large = `digest = h.hexdigest`, `say(mark + b" whole`
	for _, c := range []struct {
		name    string
		python  string
		want    problem.Code
		silence time.Duration
	}{
		{"wrong digests", untrue(`s/h.hexdigest()/("0" * 64)/`), instance.ChecksumDiffers, 0},
		{"a file too short", before(small, `os.truncate(name, size - 1)`), instance.RemoteNonsense, 0},
		{"a file too long", before(small, `os.truncate(name, size + 1)`), instance.RemoteNonsense, 0},
		{"a file that is not there", before(small, `os.unlink(name)`), instance.RemoteNonsense, 0},
		{"a large file too short", before(large, `os.truncate(name, size - 1)`), instance.RemoteNonsense, 0},
		{"a large file that is not there", before(large, `os.unlink(name)`), instance.RemoteNonsense, 0},
		{"garbage without end", instead(`exec cat /dev/zero`), instance.RemoteNonsense, 0},
		{"answers to nothing", instead(`echo "$5 done 999"; echo "$5 whole x y"; echo "$5 sum -1 z"; echo "$5 kib"; exec cat >/dev/null`), instance.RemoteSilent, short},
		{"nothing", instead(`exit 0`), instance.RemoteNonsense, 0},
		{"nothing, and takes all", instead(`exec cat >/dev/null`), instance.RemoteSilent, short},
		{"nothing, and never ends", instead(`exec sleep 60`), instance.RemoteSilent, short},
		{"chatters and never ends", instead(`while sleep 0.1; do echo "$5 done 999"; done`), instance.RemoteSilent, short},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := withTools(t, map[string]string{"python": c.python, "python3": c.python})
			o := options(s.Server)
			o.Silence = cmp.Or(c.silence, time.Minute)
			files := sizes(3, 800)
			files["large.pt"] = strings.Repeat("x", 4<<20+1)
			began := time.Now()
			_, err := dial(t, o).Upload(t.Context(), s.Home+"/data", sources(files), nil)
			if !problem.Has(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, err := os.Stat(s.Home + "/data"); err == nil {
				t.Error("the folder is visible")
			}
			t.Logf("after %v: %v", time.Since(began), err)

			// With an honest program it goes on, whatever was noted.
			for _, name := range []string{"python", "python3"} {
				write(t, filepath.Join(s.Tools, name), "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n")
			}
			if _, err := dial(t, options(s.Server)).Upload(t.Context(), s.Home+"/data", sources(files), nil); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			same(t, s.Home+"/data", files)
		})
	}
}

// A person who takes their time to answer is nobody's silence.
func TestAnswerThatTakesTime(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	o := options(s)
	o.HostKey, o.Silence = "", 10*time.Second // on a busy machine, the rest takes seconds
	asked := 0
	o.TrustHost = func(context.Context, remote.HostQuestion) (bool, error) {
		if asked++; asked == 2 {
			time.Sleep(o.Silence * 3 / 2)
		}
		return true, nil
	}
	i := dial(t, o)
	s.NewHostKey()
	files := sizes(3, 80)
	if _, err := i.Upload(t.Context(), s.Home+"/data", sources(files), nil); err != nil || asked != 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	same(t, s.Home+"/data", files)
}

// A download where the programs that digest and read say what is not true.
func TestReaderThatLies(t *testing.T) {
	t.Parallel()
	content := string(randomBytes(300_000))
	const honest = `[ "$1" = if=/dev/null ] && exec /usr/bin/dd "$@"; case $* in *skip=*) ;; *) exec /usr/bin/dd "$@" ;; esac; `
	for _, c := range []struct {
		name    string
		tool    string
		script  string
		want    problem.Code
		silence time.Duration
	}{
		{"garbage for a digest", "openssl", `head -c 200000 /dev/zero | tr '\0' x`, instance.RemoteNonsense, 0},
		{"lines without end", "openssl", `[ "$(wc -c)" -eq 0 ] || exec yes garbage`, instance.RemoteNonsense, 0},
		{"no digest", "openssl", `exit 0`, instance.RemoteNonsense, 0},
		{"a digest that never comes", "openssl", `[ "$(wc -c)" -eq 0 ] || exec sleep 60`, instance.RemoteSilent, short / 4},
		{"less than there is", "dd", honest + `/usr/bin/dd "$@" | head -c 1000`, instance.ChecksumDiffers, 0},
		{"more than there is", "dd", honest + `/usr/bin/dd "$@"; exec yes`, "", 0},
		{"more than there is, in one piece", "dd", honest + `{ /usr/bin/dd "$@"; head -c 9000 /dev/zero; } | /usr/bin/dd bs=400k iflag=fullblock; exec yes`, "", 0},
		{"another content", "dd", honest + `head -c 300000 /dev/zero`, instance.ChecksumDiffers, 0},
		{"nothing", "dd", honest + `exit 0`, instance.ChecksumDiffers, 0},
		{"nothing, and never ends", "dd", honest + `exec sleep 60`, instance.RemoteSilent, short / 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := withTools(t, map[string]string{c.tool: c.script})
			o := options(s.Server)
			o.Silence = cmp.Or(c.silence, time.Minute)
			write(t, s.Home+"/best.pt", content)
			to := filepath.Join(t.TempDir(), "best.pt")
			began := time.Now()
			_, err := dial(t, o).Download(t.Context(), s.Home+"/best.pt", to, nil)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got, err := os.ReadFile(to); (err == nil) != (c.want == "") || err == nil && string(got) != content {
				t.Errorf("%d bytes are visible", len(got))
			}
			t.Logf("after %v: %v", time.Since(began), err)
		})
	}
}
