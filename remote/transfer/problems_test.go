package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

func TestUploadProblems(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	write(t, s.Home+"/file", "a file")
	one := map[string]string{"a.txt": "a"}
	changed := sources(one)
	changed[0].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("b")), nil }
	grown := sources(one)
	grown[0].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("aa")), nil }
	shrunk := sources(one)
	shrunk[0].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("")), nil }
	gone := sources(one)
	gone[0].Open = func() (io.ReadCloser, error) { return nil, fs.ErrNotExist }
	for _, c := range []struct {
		name, folder string
		files        []instance.Source
		want         problem.Code
	}{
		{"a file in its place", s.Home + "/file", sources(one), instance.RemoteNotFolder},
		{"a file above it", s.Home + "/file/data", sources(one), instance.RemoteNotFolder},
		{"relative", "data", sources(one), "bad-upload-folder"},
		{"root", "/", sources(one), "bad-upload-folder"},
		{"changed", s.Home + "/x", changed, instance.LocalFileChanged},
		{"grown", s.Home + "/x", grown, instance.LocalFileChanged},
		{"shrunk", s.Home + "/x", shrunk, instance.LocalFileChanged},
		{"gone", s.Home + "/x", gone, "local-unreadable"},
		{"outside", s.Home + "/x", sources(map[string]string{"../a": ""}), "bad-upload-path"},
		{"absolute", s.Home + "/x", sources(map[string]string{"/a": ""}), "bad-upload-path"},
		{"file and folder", s.Home + "/x", sources(map[string]string{"a": "", "a/b": ""}), "bad-upload-path"},
		{"twice", s.Home + "/x", append(sources(one), sources(one)...), "bad-upload-path"},
		{"read-only", "/proc/gpuwizard/data", sources(one), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := i.Upload(t.Context(), c.folder, c.files, nil)
			if _, ok := problem.As(err); !ok || c.want != "" && !problem.Has(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, err := os.Stat(s.Home + "/x"); err == nil {
				t.Error("something became visible")
			}
		})
	}
	// Afterwards all works.
	if _, err := i.Upload(t.Context(), s.Home+"/x", sources(one), nil); err != nil {
		t.Error(err)
	}
}

func TestUploadCancelled(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := i.Upload(ctx, s.Home+"/data", sources(sizes(50, 100_000)), func(p instance.Progress) {
		if p.Bytes > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	files := sizes(3, 80)
	if _, err := i.Upload(t.Context(), s.Home+"/data", sources(files), nil); err != nil {
		t.Error(err)
	}
	same(t, s.Home+"/data", files)
}

func TestUploadToAFullDisk(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	mount := filepath.Join(s.Home, "small")
	if err := os.Mkdir(mount, 0o755); err != nil {
		t.Fatal(err)
	}
	small := func(options string) {
		t.Helper()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", mount).CombinedOutput(); err != nil {
			t.Skipf("needs the right to mount: %s", bytes.TrimSpace(out))
		}
		t.Cleanup(func() { _ = exec.Command("umount", "-l", mount).Run() })
	}
	i := dial(t, options(s))
	small("size=2m")
	_, err := i.Upload(t.Context(), mount+"/data", sources(sizes(30, 100_000)), nil)
	p, _ := problem.As(err)
	if !problem.Has(err, instance.RemoteNoSpace) || p.Args["need"] == "" || p.Args["free"] == "" {
		t.Errorf("too much: %v", err)
	}
	if err := exec.Command("umount", mount).Run(); err != nil {
		t.Skip(err)
	}
	small("size=8m,nr_inodes=20")
	if _, err = i.Upload(t.Context(), mount+"/data", sources(sizes(40, 80)), nil); !problem.Has(err, instance.RemoteNoInodes) {
		t.Errorf("too many: %v", err)
	}
	if err := exec.Command("umount", mount).Run(); err != nil {
		t.Skip(err)
	}
	// What passes the check beforehand, and fails at some byte in the middle.
	small("size=2m,nr_inodes=0")
	files := sizes(10, 150_000)
	filler := 700_000 + rand.IntN(700_000)
	t.Logf("%d bytes are taken while it sends", filler)
	fill := func(p instance.Progress) {
		if p.Phase == "send" && p.Bytes == 0 {
			write(t, mount+"/filler", strings.Repeat("x", filler))
		}
	}
	if _, err = i.Upload(t.Context(), mount+"/data", sources(files), fill); !problem.Has(err, instance.RemoteNoSpace) {
		t.Errorf("filled meanwhile: %v", err)
	}
	if _, err := os.Stat(mount + "/data"); err == nil {
		t.Error("something became visible")
	}
	if err := os.Remove(mount + "/filler"); err != nil {
		t.Fatal(err)
	}
	receipt, err := i.Upload(t.Context(), mount+"/data", sources(files), nil)
	if err != nil || receipt.SentFiles == len(files) {
		t.Errorf("afterwards: %+v, %v", receipt, err)
	}
	same(t, mount+"/data", files)
}
