package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestKilledInEveryStep kills the program as soon as it says that a step
// begins, one step after the other, and lets it go on each time. No step is done
// that it had not begun when it died.
func TestKilledInEveryStep(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	args := []string{"run", "--practice", "--yes", "--speed", "300", "--lang", "en", "--dir", dir}
	for n := range stepNames {
		c := command(t, args...)
		said := &watched{}
		c.Stdout = said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		step := func(n int) string { return fmt.Sprintf("Step %d of 7", n+1) }
		waitUntil(t, step(n)+" begins", func() bool { return said.has(step(n)) })
		_ = c.Process.Kill()
		_ = c.Wait()
		steps := checklist(t, dir)
		for later := n + 1; later < len(stepNames); later++ {
			if steps[stepNames[later]]["state"] == "done" && !said.has(step(later)) {
				t.Errorf("killed in step %d, and step %d is done:\n%s", n+1, later+1, said)
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
