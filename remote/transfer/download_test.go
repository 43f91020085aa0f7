package transfer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

func randomBytes(n int) []byte {
	r := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

func TestDownload(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	content := randomBytes(3_000_001)
	sum := sha256.Sum256(content)
	from := s.Home + "/runs/exp 1/best.pt"
	write(t, from, string(content))
	write(t, s.Home+"/empty", "")
	dir := t.TempDir()

	for _, c := range []struct {
		name string
		part []byte // what an earlier call left
	}{
		{"fresh", nil},
		{"resumed", content[:1_000_000]},
		{"complete", content},
		{"of another file", bytes.Repeat([]byte("x"), 2_000_000)},
		{"too long", append(bytes.Clone(content), "more"...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := filepath.Join(dir, c.name, "best.pt")
			if c.part != nil {
				write(t, to+".part", string(c.part))
			}
			var last instance.Progress
			fact, err := i.Download(t.Context(), from, to, func(p instance.Progress) { last = p })
			if err != nil {
				t.Fatal(err)
			}
			if want := (instance.FileFact{Path: from, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}); fact != want {
				t.Errorf("got %+v, want %+v", fact, want)
			}
			if got, _ := os.ReadFile(to); !bytes.Equal(got, content) {
				t.Errorf("the file differs: %d bytes", len(got))
			}
			if _, err := os.Stat(to + ".part"); err == nil {
				t.Error("the part file is left")
			}
			if last.Bytes != int64(len(content)) || last.BytesTotal != int64(len(content)) {
				t.Errorf("last progress: %+v", last)
			}
			if _, err := i.Download(t.Context(), from, to, nil); !problem.Has(err, instance.LocalFileExists) {
				t.Errorf("once more: %v", err)
			}
		})
	}
	if fact, err := i.Download(t.Context(), s.Home+"/empty", filepath.Join(dir, "empty"), nil); err != nil || fact.Size != 0 {
		t.Errorf("empty: %+v, %v", fact, err)
	}
	for _, missing := range []string{s.Home + "/none", s.Home + "/runs", "relative"} {
		if _, err := i.Download(t.Context(), missing, filepath.Join(dir, "none"), nil); !problem.Has(err, instance.RemoteMissing) {
			t.Errorf("%s: %v", missing, err)
		}
	}
}

func TestDownloadNoticesAChange(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	content := randomBytes(2_000_000)
	from := s.Home + "/best.pt"
	to := filepath.Join(t.TempDir(), "best.pt")
	for name, change := range map[string]func(){
		"rewritten": func() { write(t, from, string(content[1000:])) },
		"longer":    func() { write(t, from, string(content)+"more") },
	} {
		t.Run(name, func(t *testing.T) {
			write(t, from, string(content))
			done := false
			_, err := i.Download(t.Context(), from, to, func(p instance.Progress) {
				if p.Phase == "fetch" && !done {
					done = true
					change()
				}
			})
			if !problem.Has(err, instance.RemoteFileChanged) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(to); err == nil {
				t.Error("the file became visible")
			}
		})
	}
}

func TestDownloadCutAnywhere(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.Retries = -1
	content := randomBytes(1_500_000)
	from := s.Home + "/best.pt"
	write(t, from, string(content))
	to := filepath.Join(t.TempDir(), "best.pt")
	i := dial(t, o)
	cuts := 0
	for {
		// Cut connections do not begin anew: each brings the file further.
		proxy.CutAfter(250_000)
		_, err := i.Download(t.Context(), from, to, nil)
		if err == nil {
			break
		}
		if cuts++; cuts > 40 {
			t.Fatal("does not come to an end")
		}
		if _, ok := problem.As(err); !ok {
			t.Fatal(err)
		}
		if _, err := os.Stat(to); err == nil {
			t.Fatal("the file became visible")
		}
	}
	if cuts < 4 || cuts > 10 {
		t.Errorf("%d cuts", cuts)
	}
	if got, _ := os.ReadFile(to); !bytes.Equal(got, content) {
		t.Errorf("the file differs: %d bytes", len(got))
	}
}
