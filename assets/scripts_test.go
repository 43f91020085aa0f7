package assets_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gpuwizard/assets"
)

// TestScriptsAreSound holds the scripts for instances against shellcheck, whole
// as they are sent.
func TestScriptsAreSound(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("install shellcheck")
	}
	for name, script := range map[string]string{
		"job": assets.JobScript, "guard": assets.GuardScript, "look": assets.LookScript,
		"upload": assets.UploadScript, "download": assets.DownloadScript,
	} {
		file := filepath.Join(t.TempDir(), name+".sh")
		if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(shellcheck, "--shell=sh", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}
