package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gpuwizard/remote/sshdtest"
)

// fullTrial lets the trials of following have as many cuts and kills as were
// promised: they take minutes then.
const fullTrial = "GPUWIZARD_TEST_FULL"

// A trial is a training with a long log, watched by a wizard to which
// everything happens.
type trial struct {
	rented
	t     *testing.T
	proxy *sshdtest.Proxy
	lines int
	last  *exec.Cmd // the last wizard
}

// chatter prints lines with colours and carriage returns, in pieces that end
// anywhere, and holds until the file "go-on" is there.
const chatter = `
import os, sys, time
lines, home = int(sys.argv[1]), os.environ["HOME"]
out = os.fdopen(1, "wb", 0)
buffer = b""
for n in range(lines):
    buffer += b"\x1b[34m\x1b[1mtrain:\x1b[0m %d\r        0/2  0G  0.11  0.01  %d%%\r\xe8\xae\xad\xe7\xbb\x83 line %d \x1b[K\n" % (n, n % 100, n)
    if len(buffer) > 7000:
        out.write(buffer[:6000])
        buffer = buffer[6000:]
        time.sleep(float(sys.argv[2]))
out.write(buffer)
while not os.path.exists(os.path.join(home, "go-on")):
    time.sleep(0.05)
`

func newTrial(t *testing.T, lines int, pause string) *trial {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("install python3")
	}
	tr := &trial{rented: newRented(t), t: t, lines: lines}
	write(t, filepath.Join(tr.dir, "yolov5_code", "chatter.py"), chatter)
	write(t, filepath.Join(tr.dir, "yolov5_code", "train.sh"), python+" chatter.py "+strconv.Itoa(lines)+" "+pause+" || exit 1\n"+trainStandIn)
	tr.proxy = sshdtest.NewProxy(t, tr.Addr)
	plan := filepath.Join(tr.dir, "gpuwizard.yaml")
	write(t, plan, strings.Replace(read(t, plan), "-p "+strconv.Itoa(tr.Port), "-p "+strconv.Itoa(tr.proxy.Port), 1))
	if r := tr.run(t, "--until", "upload"); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	return tr
}

// watch starts the built wizard as a process of its own, which is quick to try
// again and, if asked, to notice that a link is dead.
func (tr *trial) watch(alive ...string) *exec.Cmd {
	tr.t.Helper()
	c := command(tr.t, "run", "--yes", "--json", "--dir", tr.dir, "--identity", tr.Key)
	c.Env = append(c.Env, asProgram+"=100ms,"+strings.Join(alive, ""))
	said, err := os.Create(filepath.Join(tr.t.TempDir(), "said"))
	if err != nil {
		tr.t.Fatal(err)
	}
	defer said.Close()
	tr.last = c
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		tr.t.Fatal(err)
	}
	return c
}

func one(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[0]
}

func (tr *trial) jobFolder() string {
	return one(tr.t, filepath.Join(tr.Home, "gpuwizard-person", "jobs", "*"))
}

func (tr *trial) localLog() string {
	names, _ := filepath.Glob(filepath.Join(tr.dir, ".gpuwizard", "logs", "*.log"))
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func size(name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return info.Size()
}

// finish lets the job end, waits for the wizard, and compares the logs.
func (tr *trial) finish(c *exec.Cmd) {
	t := tr.t
	t.Helper()
	write(t, filepath.Join(tr.Home, "go-on"), "")
	if err := c.Wait(); err != nil {
		said := read(t, c.Stdout.(*os.File).Name())
		t.Fatalf("the wizard ended with %v: %s", err, said[max(0, len(said)-3000):])
	}
	if got := states(checklist(t, tr.dir)); got != allDone {
		t.Errorf("states %s", got)
	}
	tr.compare()
	there := read(t, filepath.Join(tr.jobFolder(), "log"))
	if n := strings.Count(there, "\xe8\xae\xad\xe7\xbb\x83 line "); n != tr.lines {
		t.Errorf("the job printed %d lines of %d", n, tr.lines)
	}
	if ends, _ := filepath.Glob(filepath.Join(tr.jobFolder(), "end.0.*")); len(ends) != 1 {
		t.Errorf("the job ended otherwise: %v", ends)
	}
}

func (tr *trial) compare() {
	tr.t.Helper()
	here, there := []byte(read(tr.t, tr.localLog())), []byte(read(tr.t, filepath.Join(tr.jobFolder(), "log")))
	if !bytes.Equal(here, there) {
		at := 0
		for at < min(len(here), len(there)) && here[at] == there[at] {
			at++
		}
		tr.t.Errorf("the log here has %d bytes, there %d; they differ at %d", len(here), len(there), at)
	}
	if others, _ := filepath.Glob(filepath.Join(tr.dir, ".gpuwizard", "logs", "*.before")); len(others) != 0 {
		tr.t.Errorf("the copy was begun anew: %v", others)
	}
}

// TestCutsAndKillsLoseNoByte cuts the link of a wizard again and again, kills
// the wizard again and again and restarts the server, at random moments of a
// job that prints all the while.
func TestCutsAndKillsLoseNoByte(t *testing.T) {
	// A link that is always cut before the wizard has seen more of the log makes
	// it wait longer and longer: in the full trial some cuts come that early.
	lines, cuts, kills, pause, latest := 5_000, 6, 2, "0.02", int64(20_000)
	if os.Getenv(fullTrial) != "" {
		lines, cuts, kills, pause, latest = 200_000, 200, 50, "0.1", 200_000
	} else {
		t.Parallel()
	}
	tr := newTrial(t, lines, pause)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	// A wizard that is cut off again and again, to the job's end.
	steady := tr.watch()
	waitUntil(t, "the log comes", func() bool { return size(tr.localLog()) > 0 })
	var all sync.WaitGroup
	// The server goes away only from wizards that have come to the log already.
	var stands sync.Mutex
	all.Go(func() {
		cut := 0
		for ; cut < cuts; cut++ {
			tr.proxy.Reset(cut%2 == 0)
			before := tr.proxy.Accepted()
			tr.proxy.CutAfter(1 + random.Int64N(latest))
			waitUntil(t, "the link is cut and made anew", func() bool { return tr.proxy.Accepted() > before })
			if cut == cuts/2 {
				stands.Lock()
				tr.Restart()
				stands.Unlock()
			}
		}
		t.Logf("%d cuts, %d connections", cut, tr.proxy.Accepted())
	})
	// Others come and are killed, with a copy of the project of their own: two
	// wizards see one job.
	other := filepath.Join(t.TempDir(), "other")
	if err := os.CopyFS(other, os.DirFS(tr.dir)); err != nil {
		t.Fatal(err)
	}
	second := &trial{rented: rented{tr.Server, other}, t: t, proxy: tr.proxy, lines: lines}
	second.direct()
	t.Cleanup(func() {
		if t.Failed() {
			// It tells where it stands.
			_ = second.last.Process.Signal(syscall.SIGQUIT)
			err := second.last.Wait()
			t.Logf("the last of the others, which ended with %v, said: %s", err, read(t, second.last.Stdout.(*os.File).Name()))
		}
	})
	killRandom := rand.New(rand.NewPCG(seed, 2))
	killed := 0
	for ; killed < kills; killed++ {
		stands.Lock()
		before := size(second.localLog())
		c := second.watch()
		span := 3 * time.Second
		if killed%2 == 0 {
			// While it brings the log.
			waitUntil(t, "the log comes", func() bool {
				now := size(second.localLog())
				return now > before || now > 0 && now == size(filepath.Join(second.jobFolder(), "log"))
			})
			span = time.Second / 2
		}
		stands.Unlock()
		time.Sleep(time.Duration(killRandom.Int64N(int64(span)))) // the moment is what is tried
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	t.Logf("%d kills, %d bytes had come to the killed", killed, size(second.localLog()))
	all.Wait()
	last := second.watch()
	tr.finish(steady)
	second.finish(last)
}

// TestHalfOpenLinkIsNoticed lets the link fall silent, without an end, while a
// training is followed. No side hears of it: only the wizard's own look can
// tell, three silent intervals later, which are 15 s at most outside this test.
func TestHalfOpenLinkIsNoticed(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, 500, "0")
	c := tr.watch("1s") // a busy server may take that long to answer
	waitUntil(t, "all that there is has come", func() bool {
		return size(tr.localLog()) > 0 && size(tr.localLog()) == size(filepath.Join(tr.jobFolder(), "log"))
	})
	before := tr.proxy.Accepted()
	began := time.Now()
	tr.proxy.Stall(true)
	waitUntil(t, "another link is tried", func() bool { return tr.proxy.Accepted() > before })
	t.Logf("noticed after %v", time.Since(began))
	tr.proxy.Stall(false)
	tr.finish(c)
}

// direct lets this wizard go around the proxy.
func (tr *trial) direct() {
	plan := filepath.Join(tr.dir, "gpuwizard.yaml")
	write(tr.t, plan, strings.Replace(read(tr.t, plan), "-p "+strconv.Itoa(tr.proxy.Port), "-p "+strconv.Itoa(tr.Port), 1))
}

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
