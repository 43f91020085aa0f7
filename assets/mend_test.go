package assets_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gpuwizard/assets"
)

// TestRunOptions changes what a run was started with: the keys that are named,
// and nothing else.
func TestRunOptions(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("install python3")
	}
	file := filepath.Join(t.TempDir(), "opt.yaml")
	const before = "weights: ''\ndata: data/数据.yaml\nbatch_size: 16\ncache: ram\ndevice: '0'\nextra:\n  workers: 3\nworkers: 8\n"
	if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	options := []string{"batch_size=4", "cache=null", `device="0,1"`, "workers=0", "total_batch_size=4"}
	for range 2 {
		c := exec.Command(python, append([]string{"-c", assets.MendScript, "options", file}, options...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		got, err := os.ReadFile(file)
		const want = "weights: ''\ndata: data/数据.yaml\nbatch_size: 4\ncache: null\ndevice: \"0,1\"\nextra:\n  workers: 3\nworkers: 0\n"
		if err != nil || string(got) != want {
			t.Errorf("%v: %q", err, got)
		}
	}
	// A checkpoint brings its options itself where the file is missing.
	if out, err := exec.Command(python, "-c", assets.MendScript, "options", file+"x", "workers=0").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
