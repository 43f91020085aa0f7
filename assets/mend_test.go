package assets_test

import (
	"crypto/sha256"
	"fmt"
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

// TestAdaptCode adapts a copy of the code, leaves the rest of it as it is, and
// lists what each file was and is. Done twice, it changes nothing more.
func TestAdaptCode(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("install python3")
	}
	before := map[string]string{
		"train.py":         "def main():\n    check_git_status()\n    check_requirements(exclude=['thop'])\r\n",
		"val.py":           "            check_requirements(['pycocotools'])\n    check_requirements(requirements=ROOT / 'requirements.txt', exclude=('thop',))\n",
		"utils/metrics.py": "ap = np.trapz(np.interp(x, mrec, mpre), x)\n",
		"utils/general.py": "def check_requirements(requirements, exclude=()):\n    check_requirements('x')\n",
	}
	after := map[string]string{
		"train.py":         "def main():\n    check_git_status()\n    pass\r\n",
		"val.py":           "            check_requirements(['pycocotools'])\n    pass\n",
		"utils/metrics.py": "ap = (np.trapezoid if hasattr(np, 'trapezoid') else np.trapz)(np.interp(x, mrec, mpre), x)\n",
		"utils/general.py": before["utils/general.py"],
	}
	dir := t.TempDir()
	code, list := filepath.Join(dir, "code"), filepath.Join(dir, "config", "adapted.list")
	if err := os.MkdirAll(filepath.Join(code, "utils"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range before {
		if err := os.WriteFile(filepath.Join(code, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	want := ""
	for _, name := range []string{"train.py", "utils/metrics.py", "val.py"} {
		want += sum(before[name]) + "  " + sum(after[name]) + "  " + name + "\n"
	}
	for range 2 {
		c := exec.Command(python, "-c", assets.MendScript, "code", code, list, "own-pip", "np-trapz")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for name, text := range after {
			if got, err := os.ReadFile(filepath.Join(code, filepath.FromSlash(name))); err != nil || string(got) != text {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		if got, err := os.ReadFile(list); err != nil || string(got) != want {
			t.Errorf("list %q, want %q, %v", got, want, err)
		}
	}
}
