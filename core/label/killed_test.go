package label_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

func TestCancelled(t *testing.T) {
	set := read(t, sampleData(t))
	out := filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	last := 0
	_, err := label.Prepare(ctx, set, out, person, func(done, total int, _ string) {
		if done != last+1 || total != 60 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		if last = done; done == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if _, err := label.ReadManifest(out); !problem.Has(err, label.MissingManifest) {
		t.Errorf("half a folder passes for a whole one: %v", err)
	}
	m := prepare(t, set, out, person)
	if changed, err := label.Verify(context.Background(), out, m, true); err != nil || len(changed) > 0 {
		t.Errorf("%v, %v", changed, err)
	}
}

// killedEnv makes TestMain a child that prepares "data:out" and is killed.
const killedEnv = "LABEL_TEST_PREPARE"

func TestMain(m *testing.M) {
	if job := os.Getenv(killedEnv); job != "" {
		data, out, _ := strings.Cut(job, "\n")
		set, err := dataset.Read(context.Background(), data, dataset.Options{})
		if err == nil {
			_, err = label.Prepare(context.Background(), set, out, person, func(done, _ int, _ string) {
				fmt.Println(done)
			})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestKilled(t *testing.T) {
	data := sampleData(t)
	want := prepare(t, read(t, data), filepath.Join(t.TempDir(), "whole"), person)
	for _, after := range []int{0, 1, 7, 30, 55} {
		out := filepath.Join(t.TempDir(), "out")
		// What an earlier call with other classes has left.
		if after > 5 {
			prepare(t, read(t, data), out, label.Options{Classes: []string{"dog", "person"}})
		}
		killChild(t, data, out, after)
		if m, err := label.ReadManifest(out); err == nil && m.Digest != want.Digest && after <= 5 {
			t.Errorf("killed after %d: a manifest of something else", after)
		}
		m := prepare(t, read(t, data), out, person)
		if m.Digest != want.Digest {
			t.Errorf("killed after %d: digest %s, want %s", after, m.Digest, want.Digest)
		}
		if changed, err := label.Verify(context.Background(), out, m, true); err != nil || len(changed) > 0 {
			t.Errorf("killed after %d: %v, %v", after, changed, err)
		}
		if inside := tree(t, out); len(inside) != len(m.Files)+1 {
			t.Errorf("killed after %d: %d files left in the folder, %d wanted", after, len(inside), len(m.Files)+1)
		}
	}
}

// killChild starts a preparation and kills it once it has told of so many
// pictures.
func killChild(t *testing.T, data, out string, after int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killedEnv+"="+data+"\n"+out)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after == 0 {
		// As soon as there is anything at all.
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
			if _, err := os.Stat(out); err == nil {
				break
			}
		}
	}
	buffer := make([]byte, 1)
	for lines := 0; lines < after; {
		if _, err := pipe.Read(buffer); err != nil {
			break
		}
		if buffer[0] == '\n' {
			lines++
		}
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	// Killed, or done before: both are what a user may meet.
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() == 1 && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
}
