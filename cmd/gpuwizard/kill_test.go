package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestKilledInEveryStep kills the program as soon as it says that a step
// begins, one step after the other, and lets it go on each time.
func TestKilledInEveryStep(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	args := []string{"run", "--practice", "--yes", "--speed", "300", "--lang", "en", "--dir", dir}
	for n := range stepNames {
		c := command(t, args...)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, out, fmt.Sprintf("Step %d of 7", n+1))
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		steps := checklist(t, dir)
		for later := n + 1; later < len(stepNames); later++ {
			if steps[stepNames[later]]["state"] == "done" {
				t.Errorf("killed in step %d, and step %d is done", n+1, later+1)
			}
		}
	}
	r := program(t, args...)
	if r.code != 0 || states(checklist(t, dir)) != allDone {
		t.Fatalf("exit code %d, states %s:\n%s", r.code, states(checklist(t, dir)), r.out)
	}
	again := program(t, append(args, "--json")...)
	for _, line := range []string{"job-started", `"code":"uploaded"`, `"code":"converted"`, `"code":"saved"`} {
		if strings.Contains(again.out, line) {
			t.Errorf("done again: %s", line)
		}
	}
}
