package assets_test

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/assets"
)

// torchStandIn loads what checkpointOf writes. The older torch does not know
// weights_only.
const torchStandIn = `
import json, zipfile
def load(path, map_location=None, weights_only=None):
    with zipfile.ZipFile(path) as z:
        return json.loads(z.read("archive/data.pkl"))
`

func checkpointOf(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "archive/data.pkl", Method: zip.Store})
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCheckpoints holds what the script says of checkpoints that are whole,
// cut, damaged, finished or no checkpoints at all.
func TestCheckpoints(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("install python3")
	}
	whole := checkpointOf(t, `{"epoch": 3, "optimizer": {"state": 1}}`)
	damaged := bytes.Replace(whole, []byte("state"), []byte("stale"), 1)
	files := []struct {
		name    string
		content []byte
		want    string
	}{
		{"whole.pt", whole, "3"},
		{"first epoch.pt", checkpointOf(t, `{"epoch": 0, "optimizer": {}}`), "0"},
		{"finished.pt", checkpointOf(t, `{"epoch": -1, "optimizer": null}`), "done"},
		{"weights.pt", checkpointOf(t, `{"model": 1}`), "done"},
		{"cut.pt", whole[:len(whole)/2], "broken"},
		{"cut at the end.pt", whole[:len(whole)-1], "broken"},
		{"damaged.pt", damaged, "broken"},
		{"empty.pt", nil, "broken"},
		{"page.pt", []byte("<html>not found</html>"), "broken"},
		{"no dictionary.pt", checkpointOf(t, `[1]`), "broken"},
		{"no epoch.pt", checkpointOf(t, `{"epoch": "last", "optimizer": {}}`), "broken"},
		{"权重.pt", whole, "3"},
	}
	for name, torch := range map[string]string{"new torch": torchStandIn, "old torch": strings.Replace(torchStandIn, ", weights_only=None", "", 1)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "torch.py"), []byte(torch), 0o644); err != nil {
				t.Fatal(err)
			}
			args, want := []string{"-c", assets.CheckpointScript, "missing.pt"}, "missing.pt\tmissing\n"
			for _, f := range files {
				if err := os.WriteFile(filepath.Join(dir, f.name), f.content, 0o644); err != nil {
					t.Fatal(err)
				}
				args, want = append(args, f.name), want+f.name+"\t"+f.want+"\n"
			}
			c := exec.Command(python, args...)
			c.Dir = dir
			c.Env = append(os.Environ(), "PYTHONUTF8=1")
			out, err := c.Output()
			if got := strings.ReplaceAll(string(out), "\r\n", "\n"); err != nil || got != want {
				t.Errorf("%v\n got %q\nwant %q", err, got, want)
			}
		})
	}
}
