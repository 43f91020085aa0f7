package sshdtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Toolbox returns a PATH on which sh is another shell: "dash", "bash", "mksh", or
// "busybox", where every other command is BusyBox's as well and nothing else is
// there. Those of the commands named in without are missing. The test is
// skipped where the shell is not installed.
func Toolbox(t testing.TB, sh string, without ...string) string {
	t.Helper()
	shell, err := exec.LookPath(sh)
	if err != nil {
		t.Skipf("install %s", sh)
	}
	dir := filepath.Join(shortTempDir(t), "bin")
	check(t, os.Mkdir(dir, 0o755))
	if sh == "busybox" {
		if out, err := exec.Command(shell, "--install", "-s", dir).CombinedOutput(); err != nil {
			t.Skipf("busybox --install: %s", out)
		}
	} else {
		for _, folder := range []string{"/usr/bin", "/bin"} {
			entries, _ := os.ReadDir(folder)
			for _, e := range entries {
				// The first of two is taken, as on a PATH.
				_ = os.Symlink(filepath.Join(folder, e.Name()), filepath.Join(dir, e.Name()))
			}
		}
		check(t, os.Remove(filepath.Join(dir, "sh")))
		check(t, os.Symlink(shell, filepath.Join(dir, "sh")))
	}
	for _, name := range without {
		_ = os.Remove(filepath.Join(dir, name))
	}
	return dir
}
