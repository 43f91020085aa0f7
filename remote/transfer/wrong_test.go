package transfer_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

// An instance whose tools lie, or whose clock is wrong: what it says of digests
// and sizes is held against what was sent and what came.
func TestInstanceThatLies(t *testing.T) {
	t.Parallel()
	const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	files := sizes(3, 800)
	content := string(randomBytes(300_000))
	for _, c := range []struct {
		name     string
		tools    map[string]string // scripts in the place of commands
		upload   problem.Code      // "" is done
		download problem.Code
	}{
		{"digests", map[string]string{
			"openssl":   "exit 1",
			"python":    "exit 1",
			"python3":   "exit 1",
			"sha256sum": `cat >/dev/null </dev/null; for f; do echo "` + zeros + `  $f"; done; [ $# -gt 0 ] || echo "` + zeros + `  -"`,
		}, instance.ChecksumDiffers, instance.ChecksumDiffers},
		{"a size too small", map[string]string{"wc": `if [ "$1" = -c ]; then n=$(/usr/bin/wc -c); [ "$n" -gt 200000 ] && n=$((n - 70000)); echo $n; else exec /usr/bin/wc "$@"; fi`}, "", instance.ChecksumDiffers},
		{"a size too large", map[string]string{"wc": `if [ "$1" = -c ]; then n=$(/usr/bin/wc -c); [ "$n" -gt 200000 ] && n=$((n + 70000)); echo $n; else exec /usr/bin/wc "$@"; fi`}, "", instance.ChecksumDiffers},
		{"a clock a day ahead", map[string]string{"date": `echo $(($(/usr/bin/date +%s) + 86400))`}, "", ""},
		{"a clock a day behind", map[string]string{"date": `echo $(($(/usr/bin/date +%s) - 86400))`}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := withTools(t, c.tools)
			i := dial(t, options(s.Server))
			_, err := i.Upload(t.Context(), s.Home+"/data", sources(files), nil)
			if c.upload == "" && err != nil || c.upload != "" && !problem.Has(err, c.upload) {
				t.Errorf("upload: got %v, want %q", err, c.upload)
			}
			if _, statErr := os.Stat(s.Home + "/data"); (statErr == nil) != (c.upload == "") {
				t.Errorf("the folder is visible: %v", statErr == nil)
			}
			write(t, s.Home+"/best.pt", content)
			to := filepath.Join(t.TempDir(), "best.pt")
			_, err = i.Download(t.Context(), s.Home+"/best.pt", to, nil)
			if c.download == "" && err != nil || c.download != "" && !problem.Has(err, c.download) {
				t.Errorf("download: got %v, want %q", err, c.download)
			}
			if _, statErr := os.Stat(to); (statErr == nil) != (c.download == "") {
				t.Errorf("the file is visible: %v", statErr == nil)
			}
		})
	}
}

// Where not even the lock can be made, the reason is told all the same, and of
// the folder that the person knows.
func TestUploadWhereNothingCanBeMade(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	for mount, want := range map[string]problem.Code{
		"ro": instance.RemoteReadOnly, "size=8m,nr_inodes=1": instance.RemoteNoInodes,
	} {
		folder := mounted(t, s, mount) + "/data"
		_, err := dial(t, options(s)).Upload(t.Context(), folder, sources(sizes(2, 80)), nil)
		if p, _ := problem.As(err); !problem.Has(err, want) || p.Args["path"] != folder {
			t.Errorf("%s: got %v", mount, err)
		}
	}
}

// A receiver that begins when all has been put in place already, leaves nothing
// behind.
func TestReceiverThatIsLate(t *testing.T) {
	t.Parallel()
	// It waits for a word, or for the test's.
	const late = `[ "$1" = -I ] || exec /usr/bin/python3 "$@"
trap "" TERM HUP PIPE
code="import fcntl, os, struct, termios, time
came = lambda: struct.unpack('i', fcntl.ioctl(0, termios.FIONREAD, b'....'))[0]
while not came() and not os.path.exists('$HOME/go'):
    time.sleep(0.02)
$4"
number=$6
: >"$HOME/began.$number"
shift 4
/usr/bin/python3 -I -S -c "$code" "$@"
status=$?
: >"$HOME/ended.$number"
exit $status`
	s := withTools(t, map[string]string{"python": late, "python3": late})
	both := func(what string) {
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if found, _ := filepath.Glob(s.Home + "/" + what + ".*"); len(found) == 2 {
				return
			}
		}
		t.Errorf("not both receivers have %s", what)
	}
	files := sizes(3, 80)
	list := sources(files)
	open := list[0].Open
	list[0].Open = func() (io.ReadCloser, error) {
		both("began")
		return open()
	}
	if _, err := dial(t, options(s.Server)).Upload(t.Context(), s.Home+"/data", list, nil); err != nil {
		t.Fatal(err)
	}
	write(t, s.Home+"/go", "")
	both("ended")
	found, _ := filepath.Glob(s.Home + "/*")
	for _, name := range found {
		if base := filepath.Base(name); base != "data" && base != ".data.sums" && base != "go" && !strings.HasPrefix(base, "began.") && !strings.HasPrefix(base, "ended.") {
			t.Errorf("%s was left", base)
		}
	}
	same(t, s.Home+"/data", files)
}

// A quota is told as such: the disk has room.
func TestUploadOverTheQuota(t *testing.T) {
	t.Parallel()
	const tar = `cat >/dev/null; echo "tar: ./a: Cannot write: Disk quota exceeded" >&2; exit 2`
	const python = `echo "receive: [Errno 122] Disk quota exceeded: 'a'" >&2; exit 4`
	for name, tools := range map[string]map[string]string{
		"tar":    {"tar": tar, "python": "exit 1", "python3": "exit 1"},
		"python": {"python": python, "python3": python},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withTools(t, tools)
			_, err := dial(t, options(s.Server)).Upload(t.Context(), s.Home+"/data", sources(sizes(2, 80)), nil)
			if !problem.Has(err, instance.RemoteQuota) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(s.Home + "/data"); err == nil {
				t.Error("something became visible")
			}
		})
	}
}

type toolServer struct {
	*sshdtest.Server
	Tools string // the folder of its commands
}

// withTools is a server where some commands are scripts.
func withTools(t *testing.T, tools map[string]string) toolServer {
	t.Helper()
	bin := t.TempDir()
	for name, script := range tools {
		file := filepath.Join(bin, name)
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return toolServer{sshdtest.StartWith(t, sshdtest.Options{Env: []string{"PATH=" + bin + ":/usr/bin:/bin"}}), bin}
}
