//go:build !windows

package remote_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/assets"
)

// A driver with one GPU, as a Python finds it.
const driverStandIn = `
#include <string.h>
int cuInit(unsigned f) { return 0; }
int cuDeviceGetCount(int *n) { *n = 1; return 0; }
int cuDeviceGet(int *d, int i) { *d = i; return 0; }
int cuDeviceGetName(char *s, int n, int d) { strncpy(s, "NVIDIA GeForce RTX 3090", n); return 0; }
int cuDeviceTotalMem_v2(unsigned long *m, int d) { *m = 24ul << 30; return 0; }
int cuDriverGetVersion(int *v) { *v = 12020; return 0; }
`

// The look tells what a Python's torch is without the seconds that importing it
// takes, and whether the driver there is new enough for it.
func TestProbeImportsNoTorch(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("install python3")
	}
	dir := t.TempDir()
	source := place(t, dir, "cuda.c", []byte(driverStandIn))
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", filepath.Join(dir, "libcuda.so.1"), source).CombinedOutput(); err != nil {
		t.Skipf("no C compiler: %v, %s", err, out)
	}
	if err := os.Mkdir(filepath.Join(dir, "torch"), 0o755); err != nil {
		t.Fatal(err)
	}
	place(t, dir, "torch/__init__.py", []byte("raise SystemExit('imported')\n"))
	for _, c := range []struct {
		cuda, ready string
		driver      bool
	}{
		{"'11.8'", "likely", true},
		{"'12.4'", "likely", true},
		{"'13.0'", "no", true},
		{"'12.4'", "no", false},
		{"None", "", true}, // built for the processor
	} {
		place(t, dir, "torch/version.py", []byte("__version__ = '2.4.1'\ncuda = "+c.cuda+"\n"))
		probe := exec.Command(python, "-c", assets.PythonProbe)
		probe.Env = append(os.Environ(), "PYTHONPATH="+dir)
		if c.driver {
			probe.Env = append(probe.Env, "LD_LIBRARY_PATH="+dir)
		}
		out, err := probe.CombinedOutput()
		_, ready, _ := strings.Cut(string(out), "python-cuda-ready=")
		if err != nil || strings.TrimSpace(ready) != c.ready || !strings.Contains(string(out), "python-torch=2.4.1\n") {
			t.Errorf("built for %s: %v\n%s", c.cuda, err, out)
		}
		if gpu := strings.Contains(string(out), "python-gpu=NVIDIA GeForce RTX 3090, 24576\n"); gpu != c.driver {
			t.Errorf("with a driver: %v\n%s", c.driver, out)
		}
	}
}
