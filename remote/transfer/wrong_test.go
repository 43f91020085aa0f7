package transfer_test

import (
	"os"
	"path/filepath"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

// An instance whose tools lie, or whose clock is wrong: what it says of digests
// and sizes is held against what was sent and what came.
func TestInstanceThatLies(t *testing.T) {
	t.Parallel()
	const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	files := sizes(3, 800)
	content := string(randomBytes(300_000))
	for _, c := range []struct {
		name     string
		tools    map[string]string // scripts in the place of commands
		upload   problem.Code      // "" is done
		download problem.Code
	}{
		{"digests", map[string]string{
			"openssl":   "exit 1",
			"python":    "exit 1",
			"python3":   "exit 1",
			"sha256sum": `cat >/dev/null </dev/null; for f; do echo "` + zeros + `  $f"; done; [ $# -gt 0 ] || echo "` + zeros + `  -"`,
		}, instance.ChecksumDiffers, instance.ChecksumDiffers},
		{"a size too small", map[string]string{"wc": `if [ "$1" = -c ]; then n=$(/usr/bin/wc -c); [ "$n" -gt 200000 ] && n=$((n - 70000)); echo $n; else exec /usr/bin/wc "$@"; fi`}, "", instance.ChecksumDiffers},
		{"a size too large", map[string]string{"wc": `if [ "$1" = -c ]; then n=$(/usr/bin/wc -c); [ "$n" -gt 200000 ] && n=$((n + 70000)); echo $n; else exec /usr/bin/wc "$@"; fi`}, "", instance.ChecksumDiffers},
		{"a clock a day ahead", map[string]string{"date": `echo $(($(/usr/bin/date +%s) + 86400))`}, "", ""},
		{"a clock a day behind", map[string]string{"date": `echo $(($(/usr/bin/date +%s) - 86400))`}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := withTools(t, c.tools)
			i := dial(t, options(s))
			_, err := i.Upload(t.Context(), s.Home+"/data", sources(files), nil)
			if c.upload == "" && err != nil || c.upload != "" && !problem.Has(err, c.upload) {
				t.Errorf("upload: got %v, want %q", err, c.upload)
			}
			if _, statErr := os.Stat(s.Home + "/data"); (statErr == nil) != (c.upload == "") {
				t.Errorf("the folder is visible: %v", statErr == nil)
			}
			write(t, s.Home+"/best.pt", content)
			to := filepath.Join(t.TempDir(), "best.pt")
			_, err = i.Download(t.Context(), s.Home+"/best.pt", to, nil)
			if c.download == "" && err != nil || c.download != "" && !problem.Has(err, c.download) {
				t.Errorf("download: got %v, want %q", err, c.download)
			}
			if _, statErr := os.Stat(to); (statErr == nil) != (c.download == "") {
				t.Errorf("the file is visible: %v", statErr == nil)
			}
		})
	}
}

func TestUploadToAReadOnlyDisk(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	_, err := dial(t, options(s)).Upload(t.Context(), mounted(t, s, "ro")+"/data", sources(sizes(2, 80)), nil)
	if !problem.Has(err, instance.RemoteReadOnly) {
		t.Errorf("got %v", err)
	}
}

// A quota is told as such: the disk has room.
func TestUploadOverTheQuota(t *testing.T) {
	t.Parallel()
	const tar = `cat >/dev/null; echo "tar: ./a: Cannot write: Disk quota exceeded" >&2; exit 2`
	const python = `echo "receive: [Errno 122] Disk quota exceeded: 'a'" >&2; exit 4`
	for name, tools := range map[string]map[string]string{
		"tar":    {"tar": tar, "python": "exit 1", "python3": "exit 1"},
		"python": {"python": python, "python3": python},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withTools(t, tools)
			_, err := dial(t, options(s)).Upload(t.Context(), s.Home+"/data", sources(sizes(2, 80)), nil)
			if !problem.Has(err, instance.RemoteQuota) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(s.Home + "/data"); err == nil {
				t.Error("something became visible")
			}
		})
	}
}

// withTools is a server where some commands are scripts.
func withTools(t *testing.T, tools map[string]string) *sshdtest.Server {
	t.Helper()
	bin := sshdtest.Toolbox(t, "dash")
	for name, script := range tools {
		file := filepath.Join(bin, name)
		_ = os.Remove(file)
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return sshdtest.StartWith(t, sshdtest.Options{Env: []string{"PATH=" + bin}})
}
