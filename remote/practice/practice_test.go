package practice_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"gpuwizard/remote/practice"
)

// tape is a recording of two epochs that takes a tenth of a second.
func tape() fstest.MapFS {
	header := "  epoch, train/box_loss\n"
	log := "\x1b[34m\x1b[1mtrain: \x1b[0mScanning /r/data/labels/train\r100%\n" +
		"Logging results to \x1b[1m/r/runs/x\x1b[0m\n" +
		"\r  0/1  50%\r  0/1 100%\n     all  4  4  0.1  0.2  0.3  0.4\n" +
		"\r  1/1 100%\n     all  4  4  0.2  0.3  0.4  0.5\n" +
		"2 epochs completed in 0.001 hours.\n     all  4  4  0.2  0.3  0.4  0.5\nResults saved to \x1b[1m/r/runs/x\x1b[0m\n"
	first := strings.Index(log, "\r  1/1")
	return fstest.MapFS{
		"recording.json": {Data: []byte(`{"release":"v7.0","epochs":2,"device":"CPU","paths":{"code":"/r/code","dataset":"/r/data","runs":"/r/runs","run":"/r/runs/x"}}`)},
		"train.log":      {Data: []byte(log)},
		"timing.tsv":     {Data: []byte(fmt.Sprintf("5\t20\n20\t40\n50\t%d\n100\t%d\n", first, len(log)))},
		"results.csv":    {Data: []byte(header + "0, 1\n1, 2\n")},
		"opt.yaml":       {Data: []byte("save_dir: /r/runs/x\n")},
		"results.png":    {Data: []byte("picture")},
	}
}

func start(t testing.TB, o practice.Options) *practice.Server {
	t.Helper()
	if o.Folder == "" {
		o.Folder = filepath.Join(t.TempDir(), "practice")
	}
	if o.Recording == nil {
		o.Recording = tape()
	}
	s, err := practice.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func login(t testing.TB, s *practice.Server) *ssh.Client {
	t.Helper()
	client, err := ssh.Dial("tcp", s.Addr(), &ssh.ClientConfig{
		User:            s.User(),
		Auth:            []ssh.AuthMethod{ssh.Password(s.Password())},
		HostKeyCallback: ssh.FixedHostKey(s.HostKey()),
		Timeout:         time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// lockedBuffer takes the output of both streams.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// run runs a command line and returns what it printed and its exit code.
func run(t testing.TB, client *ssh.Client, line string, stdin string) (string, int) {
	t.Helper()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var out lockedBuffer
	session.Stdout, session.Stderr = &out, &out
	if stdin != "" {
		session.Stdin = strings.NewReader(stdin)
	}
	err = session.Run(line)
	var exit *ssh.ExitError
	switch {
	case errors.As(err, &exit):
		return out.String(), exit.ExitStatus()
	case err != nil:
		t.Fatalf("%s: %v (%s)", line, err, out.String())
	}
	return out.String(), 0
}

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}

func TestScripts(t *testing.T) {
	s := start(t, practice.Options{})
	client := login(t, s)
	long := strings.Repeat("#0123456789\n", 2000) + "cat; exit 7\n"
	for _, c := range []struct {
		name, line, stdin, want string
		exit                    int
	}{
		{name: "output", line: "exec 2>&1; echo a; echo b >&2; exit 3", want: "a\nb\n", exit: 3},
		{name: "unknown command", line: "nonsense", want: "sh: 1: nonsense: not found\n", exit: 127},
		{name: "syntax error", line: "if", exit: 2, want: "sh: "},
		{
			name:  "script, then its input",
			line:  fmt.Sprintf(`exec sh -c 'eval "$(dd bs=1 count=%d 2>/dev/null)"'`, len(long)),
			stdin: long + "rest\nof it", want: "rest\nof it", exit: 7,
		},
		{name: "read leaves the rest", line: "read x; echo \"<$x>\"; cat", stdin: "one\ntwo\nthree\n", want: "<one>\ntwo\nthree\n"},
		{name: "head leaves the rest", line: "head -c 3; echo; cat", stdin: "abcdef", want: "abc\ndef"},
		{name: "shell on stdin", line: "sh -s a b", stdin: "echo $2\nread line\ndata\necho got $line\nexit 4\n", want: "b\ngot data\n", exit: 4},
		{name: "home", line: "cd; pwd; echo $HOME; echo $GPUWIZARD_PRACTICE", want: s.Home() + "\n" + s.Home() + "\nrehearsal\n"},
		{name: "name and params", line: `sh -c 'echo $0 $1 "$#"' me 'a b' c`, want: "me a b 2\n"},
		{name: "functions and local", line: "f() { local x=1; echo $x$1; return 5; }; f z; echo $?", want: "1z\n5\n"},
		{name: "pipes", line: "printf 'b\\na\\nb\\n' | sort -u | tr a-z A-Z | wc -l", want: "2\n"},
		{name: "errexit", line: "set -e; (exit 4); echo no", exit: 4},
		{name: "trap on exit", line: "trap 'echo bye $$ >/dev/null; echo bye' EXIT; echo hi", want: "hi\nbye\n"},
		{name: "command -v", line: "command -v tar sh nosuch; echo $?; command -v python; command -v /bin/sh", want: "/usr/bin/tar\n/usr/bin/sh\n127\n" + s.Home() + "/miniconda3/bin/python\n/bin/sh\n"},
		{name: "clobber and stdin redirects", line: "echo x >| f; cat <&0 f; umask 077; cat <f", want: "x\nx\n"},
		{name: "cd with --", line: "mkdir -p -- d; cd -- d && pwd", want: s.Home() + "/d\n"},
		{name: "own numbers", line: `a=$$; b=$(sh -c 'echo $$'); [ "$a" != "$b" ] && [ "$a" -gt 0 ] && kill -0 $$ && echo fine`, want: "fine\n"},
		{name: "wait for a code", line: "sh -c 'exit 6' & wait $!; echo $?", want: "6\n"},
		{name: "wait for a compound", line: "{ true; exit 9; } & p=$!; wait $p; echo $?; wait", want: "9\n"},
		{name: "kill", line: "sleep 60 & kill $!; wait $!; echo $?; kill -0 $! 2>/dev/null || echo gone", want: "143\ngone\n"},
		{name: "kill -9", line: "sleep 60 & kill -9 $!; wait $!; echo $?", want: "137\n"},
		{name: "ignored signal", line: "sh -c 'trap \"\" TERM; echo up; : >up; until [ -e told ]; do sleep 0.01; done; echo there' & until [ -e up ]; do sleep 0.01; done; kill $!; : >told; wait $!; echo $?", want: "up\nthere\n0\n"},
		{name: "trap runs", line: "sh -c 'trap \"got=1\" TERM; : >set; sleep 60 & c=$!; wait $c; echo $? $got; kill $c; wait $c; echo $?' & until [ -e set ]; do sleep 0.01; done; while kill $! 2>/dev/null; do sleep 0.1; done; wait", want: "143 1\n143\n"},
		{name: "group", line: "setsid sh -c 'sleep 60 & sleep 60; echo no' & until kill -TERM -$! 2>/dev/null; do sleep 0.01; done; wait $!; echo $?", want: "143\n"},
		{name: "dot", line: "echo 'x=$$; y=$1' > lib; set -- one; . ./lib; [ $x = $$ ] && echo $y", want: "one\n"},
		{name: "here document", line: "x=1; cat <<E\na $x\nE\n", want: "a 1\n"},
		{name: "boot id", line: "read b </proc/sys/kernel/random/boot_id; echo ${#b}", want: "36\n"},
		{name: "find and sums", line: "mkdir -p s/t; printf abc > s/t/f; cd s && find . -type f -exec sha256sum {} +", want: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  ./t/f\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, exit := run(t, client, c.line, c.stdin)
			if c.name == "syntax error" {
				out = out[:min(len(out), len(c.want))]
			}
			if out != c.want || exit != c.exit {
				t.Errorf("%s\ngot  %q, %d\nwant %q, %d", c.line, out, exit, c.want, c.exit)
			}
		})
	}
}

func TestSFTP(t *testing.T) {
	s := start(t, practice.Options{})
	files, err := sftp.NewClient(login(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if err := files.MkdirAll(s.Home() + "/a/b"); err != nil {
		t.Fatal(err)
	}
	f, err := files.Create("a/b/c") // relative to the home folder
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("0123456789"), 50_000)
	if _, err := io.Copy(f, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := files.PosixRename("a/b/c", "a/d"); err != nil {
		t.Fatal(err)
	}
	f, err = files.Open(s.Home() + "/a/d")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	_ = f.Close()
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	list, err := files.ReadDir(s.Home() + "/a")
	if err != nil || len(list) != 2 || list[1].Name() != "d" || list[1].Size() != int64(len(data)) {
		t.Errorf("%v, %v", list, err)
	}
}
