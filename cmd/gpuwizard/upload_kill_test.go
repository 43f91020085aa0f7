package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// killsWanted is how often the program is killed: GPUWIZARD_TEST_KILLS=50 is
// the whole proof.
func killsWanted(t *testing.T) int {
	t.Helper()
	text := os.Getenv("GPUWIZARD_TEST_KILLS")
	if text == "" {
		return 3
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// heavy adds a file to the code that takes a while to send, and returns what it
// holds.
func (r rented) heavy(t *testing.T, n int) string {
	t.Helper()
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = random.Read(b)
	write(t, filepath.Join(r.dir, "yolov5_code", "heavy.bin"), string(b))
	return string(b)
}

// The program is killed at random moments of an upload, again and again:
// nothing is ever half visible, and the next one goes on.
func TestKilledWhileUploading(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	heavy := s.heavy(t, 5_000_000)
	if r := s.run(t, "--until", "classes"); r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	upload := []string{"upload", "--yes", "--limit", "4M", "--dir", s.dir, "--identity", s.Key}
	// look returns how many folders of code are visible, all of them whole.
	look := func() int {
		t.Helper()
		found, _ := filepath.Glob(filepath.Join(s.Home, "gpuwizard-*", "code"))
		for _, code := range found {
			if got := read(t, filepath.Join(code, "heavy.bin")); got != heavy {
				t.Fatalf("%d bytes are visible of %d", len(got), len(heavy))
			}
		}
		return len(found)
	}
	killed := 0
	for killed < killsWanted(t) {
		c := command(t, upload...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		select {
		case <-time.After(time.Duration(rand.IntN(3000)) * time.Millisecond):
			if err := c.Process.Kill(); err == nil {
				killed++
			}
			<-ended
		case <-ended:
			// It came to its end: once more from nothing.
			look()
			there, _ := filepath.Glob(filepath.Join(s.Home, "gpuwizard-*"))
			for _, folder := range there {
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
			}
		}
		look()
	}
	r := program(t, upload...)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s\n%s", r.code, r.out, r.err, s.Log())
	}
	if n := look(); n != 1 {
		t.Errorf("%d folders of code are there", n)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Home, "gpuwizard-*", ".*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Logf("killed %d times", killed)
}

// Two wizards upload the same run at once: there is one result, and both are
// told of it.
func TestTwoWizardsUploadTheSame(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	s.heavy(t, 5_000_000)
	if r := s.run(t, "--until", "classes"); r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	twin := filepath.Join(t.TempDir(), "twin")
	if err := os.CopyFS(twin, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for _, dir := range []string{s.dir, twin} {
		both.Go(func() {
			r := program(t, "run", "--until", "upload", "--yes", "--json", "--limit", "8M", "--dir", dir, "--identity", s.Key)
			if r.code != 0 || strings.Count(r.out, `"code":"uploaded"`) != 2 {
				t.Errorf("exit code %d:\n%s%s", r.code, r.out, r.err)
			}
		})
	}
	both.Wait()
	found, _ := filepath.Glob(filepath.Join(s.Home, "gpuwizard-*", "code", "heavy.bin"))
	if len(found) != 1 || read(t, found[0]) != read(t, filepath.Join(s.dir, "yolov5_code", "heavy.bin")) {
		t.Errorf("there is %v", found)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Home, "gpuwizard-*", ".*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
