package transfer_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// A link that goes silent in the middle, and delivers later what it swallowed.
func TestUploadOverAStall(t *testing.T) {
	s := sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.KeepAlive = time.Second // a busy server may take that long to answer
	i := dial(t, o)
	folder := s.Home + "/data"
	files := sizes(100, 100_000)
	var began time.Time
	_, err := i.Upload(t.Context(), folder, sources(files), func(p instance.Progress) {
		if p.Bytes > 6_000_000 && began.IsZero() {
			proxy.Stall(true)
			began = time.Now()
		}
	})
	if !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(began); d > 30*o.KeepAlive {
		t.Errorf("noticed after %v", d)
	}
	proxy.Stall(false)
	receipt, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || receipt.SentFiles == len(files) {
		t.Errorf("afterwards: %+v, %v", receipt, err)
	}
	same(t, folder, files)
}

// The program is killed in the middle of an upload: the next one does not wait
// for its lock, and takes over what it had sent.
func TestUploadAfterAKill(t *testing.T) {
	files := sizes(40, 50_000)
	if address := os.Getenv("GPUWIZARD_TEST_UPLOAD"); address != "" {
		beKilled(t, address, files)
		return
	}
	s := sshdtest.Start(t)
	folder := s.Home + "/data"
	victim := exec.Command(os.Args[0], "-test.run=^TestUploadAfterAKill$")
	victim.Env = append(os.Environ(), "GPUWIZARD_TEST_UPLOAD="+strings.Join([]string{s.Addr, s.User, s.Key, s.HostKeyFingerprint, folder}, " "))
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "halfway" {
	}
	// What was written may still be under way.
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if there, _ := filepath.Glob(s.Home + "/.data.part/*/tree/images/train/0020.jpg"); len(there) > 0 {
			break
		}
	}
	_ = victim.Process.Kill()
	_ = victim.Wait()

	var waited time.Duration // for the lock
	last := time.Now()
	phase := ""
	receipt, err := dial(t, options(s)).Upload(t.Context(), folder, sources(files), func(p instance.Progress) {
		if phase == "wait" {
			waited += time.Since(last)
		}
		phase, last = p.Phase, time.Now()
	})
	if err != nil || receipt.SentFiles == len(files) || receipt.SentFiles == 0 {
		t.Errorf("got %+v, %v", receipt, err)
	}
	// The lock of a program that gives no sign of life is broken after 30 s, and
	// the last one was 5 s ago at most.
	if waited > 20*time.Second {
		t.Errorf("it waited %v for a dead program's lock", waited)
	}
	same(t, folder, files)
}

// beKilled uploads half of the files, says so, and waits for its end.
func beKilled(t *testing.T, address string, files map[string]string) {
	f := strings.Fields(address)
	host, port, _ := strings.Cut(f[0], ":")
	n := 0
	for _, c := range port {
		n = n*10 + int(c-'0')
	}
	i := dial(t, remote.Options{
		Target: remote.Target{Host: host, Port: n, User: f[1]}, Identities: []string{f[2]}, HostKey: f[3],
	})
	list := sources(files)
	opened := 0
	for n := range list {
		open := list[n].Open
		list[n].Open = func() (io.ReadCloser, error) {
			if opened++; opened > 30 {
				_, _ = os.Stdout.WriteString("halfway\n")
				select {}
			}
			return open()
		}
	}
	_, err := i.Upload(t.Context(), f[4], list, nil)
	t.Error(err)
}
