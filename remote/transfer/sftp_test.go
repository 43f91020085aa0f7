package transfer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
	"gpuwizard/remote/transfer"
)

// A server that runs no commands, and one that serves no files.
func TestUploadWithoutCommands(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Config: []string{"ForceCommand internal-sftp"}})
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.Retries = -1
	i := dial(t, o)
	folder := s.Home + "/sub folder/数据"
	files := sizes(40, 4000)
	maps.Copy(files, odd)
	files["weights/large.pt"] = string(randomBytes(3_000_000))
	first, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || first.SentFiles != len(files) || !first.ReadBack {
		t.Fatalf("%+v, %v", first, err)
	}
	same(t, folder, files)
	again, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || again.SentBytes != 0 || again.Digest != first.Digest {
		t.Errorf("again: %+v, %v", again, err)
	}
	// Digests that are not known, and a folder that is to be read again.
	unknown := sources(files)
	for n := range unknown {
		unknown[n].SHA256 = ""
	}
	i.SetTransfer(transfer.Settings{Reread: true})
	for _, list := range [][]instance.Source{unknown, sources(files)} {
		if r, err := i.Upload(t.Context(), folder, list, nil); err != nil || r.SentBytes != 0 || r.Digest != first.Digest || !r.ReadBack {
			t.Errorf("with %q: %+v, %v", list[0].SHA256, r, err)
		}
	}
	i.SetTransfer(transfer.Settings{})
	// Cut in the middle: the old folder stays, and the next goes on.
	before := tree(t, folder)
	files["weights/large.pt"] = string(randomBytes(3_500_000))
	proxy.CutAfter(1_500_000)
	if _, err := i.Upload(t.Context(), folder, sources(files), nil); !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("cut: %v", err)
	}
	if !maps.Equal(tree(t, folder), before) {
		t.Error("the old folder was touched")
	}
	third, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || third.SentBytes >= first.SentBytes {
		t.Errorf("third: %+v, %v", third, err)
	}
	same(t, folder, files)

	write(t, s.Home+"/file", "a file")
	if _, err := i.Upload(t.Context(), s.Home+"/file", sources(sizes(1, 8)), nil); !problem.Has(err, instance.RemoteNotFolder) {
		t.Errorf("a file in its place: %v", err)
	}
}

// What is wrong at the other end has a name of its own where the server says no
// more than "failure".
func TestWrongWithoutCommands(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Config: []string{"ForceCommand internal-sftp"}})
	i := dial(t, options(s))
	write(t, s.Home+"/file", "a file")
	for _, c := range []struct {
		name    string
		options string // of a file system
		above   string // what lies between that and the folder
		files   map[string]string
		fill    int // bytes taken by another while it is sent
		want    problem.Code
	}{
		{"a full disk", "size=2m", "", sizes(30, 100_000), 0, instance.RemoteNoSpace},
		{"filled meanwhile", "size=2m", "", sizes(10, 150_000), 1_200_000, instance.RemoteNoSpace},
		{"no inodes", "size=8m,nr_inodes=20", "", sizes(40, 80), 0, instance.RemoteNoInodes},
		{"read-only", "ro", "", sizes(2, 80), 0, instance.RemoteReadOnly},
		{"a file above it", "", "/file", sizes(2, 80), 0, instance.RemoteNotFolder},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := s.Home
			if c.options != "" {
				at = mounted(t, s, c.options)
			}
			_, err := i.Upload(t.Context(), at+c.above+"/data", sources(c.files), func(p instance.Progress) {
				if p.Phase == "send" && p.Bytes == 0 && c.fill > 0 {
					write(t, at+"/filler", strings.Repeat("x", c.fill))
				}
			})
			if !problem.Has(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, err := os.Stat(at + c.above + "/data"); err == nil {
				t.Error("something became visible")
			}
		})
	}
}

// mounted is a small file system in a server's home folder.
func mounted(t *testing.T, s *sshdtest.Server, options string) string {
	t.Helper()
	at, err := os.MkdirTemp(s.Home, "mounted")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", at).CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", at).Run() })
	return at
}

// A download where nothing can be run: resumed after cuts, read twice, never
// over another file, and a change is noticed.
func TestDownloadWithoutCommands(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Config: []string{"ForceCommand internal-sftp"}})
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.Retries = -1
	i := dial(t, o)
	content := randomBytes(9_000_001)
	sum := sha256.Sum256(content)
	from := s.Home + "/runs/实验 1/best.pt"
	write(t, from, string(content))
	write(t, s.Home+"/empty", "")
	to := filepath.Join(t.TempDir(), "best.pt")

	before := proxy.Passed()
	cuts := 0
	var fact instance.FileFact
	for {
		if cuts < 2 {
			proxy.CutAfter(5_000_000)
		} else {
			proxy.CutAfter(-1)
		}
		var err error
		if fact, err = i.Download(t.Context(), from, to, nil); err == nil {
			break
		}
		if cuts++; cuts > 5 || !problem.Has(err, instance.ConnectionLost) {
			t.Fatal(err)
		}
		if _, err := os.Stat(to); err == nil {
			t.Fatal("the file became visible")
		}
	}
	want := instance.FileFact{Path: from, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), ReadTwice: true}
	if fact != want {
		t.Errorf("got %+v, want %+v", fact, want)
	}
	if got, _ := os.ReadFile(to); !bytes.Equal(got, content) {
		t.Errorf("the file differs: %d bytes", len(got))
	}
	// Once to fetch it, once more to verify; the cuts cost a little.
	if passed := proxy.Passed() - before; cuts != 2 || passed > int64(2*len(content)+2*transfer.Block) {
		t.Errorf("%d cuts, %d bytes passed", cuts, passed)
	}
	if left, _ := filepath.Glob(to + ".*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if _, err := i.Download(t.Context(), from, to, nil); !problem.Has(err, instance.LocalFileExists) {
		t.Errorf("once more: %v", err)
	}
	if fact, err := i.Download(t.Context(), s.Home+"/empty", to+"-empty", nil); err != nil || fact.Size != 0 {
		t.Errorf("empty: %+v, %v", fact, err)
	}
	for _, missing := range []string{s.Home + "/none", s.Home + "/runs"} {
		if _, err := i.Download(t.Context(), missing, to+"-none", nil); !problem.Has(err, instance.RemoteMissing) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	// Rewritten while it is read, as long as before.
	changed := false
	_, err := i.Download(t.Context(), from, to+"-changed", func(p instance.Progress) {
		if p.Phase == "verify" && !changed {
			changed = true
			write(t, from, string(randomBytes(9_000_002)[1:]))
			if err := os.Chtimes(from, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
				t.Error(err)
			}
		}
	})
	if !problem.Has(err, instance.RemoteFileChanged) {
		t.Errorf("changed: %v", err)
	}
	// Cut short while it is read.
	changed = false
	_, err = i.Download(t.Context(), from, to+"-short", func(p instance.Progress) {
		if p.Phase == "fetch" && !changed {
			changed = true
			if err := os.Truncate(from, 3_000_000); err != nil {
				t.Error(err)
			}
		}
	})
	if !problem.Has(err, instance.RemoteFileChanged) {
		t.Errorf("cut short: %v", err)
	}
}

func TestUploadWithoutSFTP(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{NoSFTP: true})
	files := sizes(5, 400)
	files["large"] = strings.Repeat("x", 5_000_000)
	if _, err := dial(t, options(s)).Upload(t.Context(), s.Home+"/data", sources(files), nil); err != nil {
		t.Error(err)
	}
	same(t, s.Home+"/data", files)
}
