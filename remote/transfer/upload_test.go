package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

func options(s *sshdtest.Server) remote.Options {
	return remote.Options{
		Target:     remote.Target{User: s.User, Host: s.Host, Port: s.Port},
		HostKey:    s.HostKeyFingerprint,
		Identities: []string{s.Key},
	}
}

func dial(t testing.TB, o remote.Options) *remote.Instance {
	t.Helper()
	i, err := remote.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

// sources are files with the contents given, by path.
func sources(files map[string]string) []wizard.Source {
	var list []wizard.Source
	for name, text := range files {
		sum := sha256.Sum256([]byte(text))
		list = append(list, wizard.Source{
			Path: name, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:]),
			Exec: strings.HasSuffix(name, ".sh"),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		})
	}
	return list
}

// tree reads all files below a folder.
func tree(t testing.TB, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		name, _ := filepath.Rel(folder, file)
		found[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return found
}

// same fails unless the folder holds the files, and nothing lies beside it but
// what is named.
func same(t testing.TB, folder string, want map[string]string, beside ...string) {
	t.Helper()
	got := tree(t, folder)
	if !maps.Equal(got, want) {
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%q: %d bytes, want %d", name, len(got[name]), len(want[name]))
			}
		}
		for name := range got {
			if _, ok := want[name]; !ok {
				t.Errorf("%q should not be there", name)
			}
		}
	}
	names := map[string]bool{filepath.Base(folder): true}
	for _, b := range beside {
		names[b] = true
	}
	entries, _ := os.ReadDir(filepath.Dir(folder))
	for _, e := range entries {
		if !names[e.Name()] && strings.Contains(e.Name(), filepath.Base(folder)) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func sizes(n, each int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("images/train/%04d.jpg", i)] = strings.Repeat(fmt.Sprintf("%07d ", i), each/8)
	}
	return files
}

var odd = map[string]string{
	"plain.txt":              "plain",
	"empty":                  "",
	"-n":                     "leading dash",
	"-rf/--help":             "leading dashes",
	"run.sh":                 "#!/bin/sh\n",
	"two words/it's \"q\"":   "quotes",
	"new\nline":              "newline",
	"new":                    "what the newline's first line looks like",
	"re\rturn":               "carriage return",
	"back\\slash":            "backslash",
	"back\\nslash":           "backslash and n",
	"图片/第一张.jpg":             "Chinese",
	"$HOME/`id`;*?[a]{b}":    "shell",
	" leading and trailing ": "spaces",
	strings.Repeat("long/", 60) + strings.Repeat("name", 50): "long",
}

func TestUpload(t *testing.T) {
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	folder := s.Home + "/sub folder/数据"

	files := sizes(200, 400)
	maps.Copy(files, odd)
	var bytesTotal int64
	for _, text := range files {
		bytesTotal += int64(len(text))
	}
	var phases []string
	var last wizard.Progress
	first, err := i.Upload(t.Context(), folder, sources(files), func(p wizard.Progress) {
		if p.Phase != last.Phase {
			phases = append(phases, p.Phase)
		}
		last = p
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, folder, files)
	if got := strings.Join(phases, " "); got != "compare send verify publish" {
		t.Errorf("phases: %s", got)
	}
	if last.Files != len(files) || last.FilesTotal != len(files) || last.Bytes != bytesTotal || last.BytesTotal != bytesTotal {
		t.Errorf("last progress: %+v", last)
	}
	if first.Files != len(files) || first.Bytes != bytesTotal || first.SentFiles != len(files) || first.SentBytes != bytesTotal {
		t.Errorf("receipt: %+v", first)
	}
	if info, err := os.Stat(folder + "/run.sh"); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("run.sh can't be run: %v, %v", info, err)
	}

	again, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || again.SentFiles != 0 || again.SentBytes != 0 || again.Digest != first.Digest {
		t.Errorf("again: %+v, %v", again, err)
	}

	// One file changes, one comes, one goes, and one was spoiled over there.
	spoiled := "images/train/0007.jpg"
	if err := os.WriteFile(filepath.Join(folder, spoiled), []byte("spoiled"), 0o644); err != nil {
		t.Fatal(err)
	}
	files["plain.txt"] = "changed"
	files["more/new.txt"] = "new"
	delete(files, "images/train/0001.jpg")
	third, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || third.SentFiles != 3 {
		t.Errorf("third: %+v, %v", third, err)
	}
	same(t, folder, files)
}

// What an earlier try left is used where it is whole, and only there.
func TestUploadResumes(t *testing.T) {
	s := sshdtest.Start(t)
	folder := s.Home + "/data"
	files := sizes(20, 4000)
	part := s.Home + "/.data.part/abc.1"
	for name, text := range files {
		switch name {
		case "images/train/0003.jpg":
			text = text[:100] // cut in the middle
		case "images/train/0004.jpg":
			text = strings.Repeat("x", len(text)) // of the right size only
		case "images/train/0005.jpg":
			continue
		}
		write(t, part+"/"+name, text)
	}
	write(t, s.Home+"/.data.lock/owner", "abc.1\n")
	write(t, s.Home+"/.data.lock/beat", "1000000000\n") // long ago
	receipt, err := dial(t, options(s)).Upload(t.Context(), folder, sources(files), nil)
	if err != nil || receipt.SentFiles != 3 {
		t.Errorf("got %+v, %v", receipt, err)
	}
	same(t, folder, files)
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A publish that was cut between its two renames is undone first.
func TestUploadMendsACutPublish(t *testing.T) {
	s := sshdtest.Start(t)
	folder := s.Home + "/data"
	files := sizes(5, 80)
	for name, text := range files {
		write(t, s.Home+"/.data.old/"+name, text)
	}
	receipt, err := dial(t, options(s)).Upload(t.Context(), folder, sources(files), nil)
	if err != nil || receipt.SentFiles != 0 {
		t.Errorf("got %+v, %v", receipt, err)
	}
	same(t, folder, files)
}

func TestUploadCutAnywhere(t *testing.T) {
	s := sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.Retries = -1
	folder := s.Home + "/data"
	write(t, folder+"/old.txt", "the old folder")
	old := map[string]string{"old.txt": "the old folder"}
	files := sizes(60, 20000)
	var ups int
	i := dial(t, o)
	for cut := int64(20_000); ; cut += 150_000 {
		proxy.CutAfter(cut)
		_, err := i.Upload(t.Context(), folder, sources(files), nil)
		if err == nil {
			break
		}
		ups++
		if _, ok := problem.As(err); !ok {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if !maps.Equal(tree(t, folder), old) && !maps.Equal(tree(t, folder), files) {
			t.Fatalf("cut at %d: the folder is neither old nor new", cut)
		}
	}
	if ups < 3 {
		t.Errorf("the link was cut only %d times", ups)
	}
	same(t, folder, files)
}

// Two programs that upload to one folder at once: each is told the truth, and
// the folder is one of the two, whole.
func TestTwoUploadsAtOnce(t *testing.T) {
	s := sshdtest.Start(t)
	folder := s.Home + "/data"
	a, b := sizes(30, 8000), sizes(25, 16000)
	for _, same := range []bool{true, false} {
		if same {
			b = a
		} else {
			b = sizes(25, 16000)
		}
		var wg sync.WaitGroup
		for _, files := range []map[string]string{a, b} {
			wg.Go(func() {
				receipt, err := dial(t, options(s)).Upload(t.Context(), folder, sources(files), nil)
				if err != nil || receipt.Files != len(files) {
					t.Errorf("%+v, %v", receipt, err)
				}
			})
		}
		wg.Wait()
		if got := tree(t, folder); !maps.Equal(got, a) && !maps.Equal(got, b) {
			t.Errorf("the folder is neither's: %d files", len(got))
		}
	}
}

func TestUploadProblems(t *testing.T) {
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
		files        []wizard.Source
		want         problem.Code
	}{
		{"a file in its place", s.Home + "/file", sources(one), wizard.RemoteNotFolder},
		{"a file above it", s.Home + "/file/data", sources(one), wizard.RemoteNotFolder},
		{"relative", "data", sources(one), "bad-upload-folder"},
		{"root", "/", sources(one), "bad-upload-folder"},
		{"changed", s.Home + "/x", changed, wizard.LocalFileChanged},
		{"grown", s.Home + "/x", grown, wizard.LocalFileChanged},
		{"shrunk", s.Home + "/x", shrunk, wizard.LocalFileChanged},
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
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := i.Upload(ctx, s.Home+"/data", sources(sizes(50, 100_000)), func(p wizard.Progress) {
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
	if !problem.Has(err, wizard.RemoteNoSpace) || p.Args["need"] == "" || p.Args["free"] == "" {
		t.Errorf("too much: %v", err)
	}
	if err := exec.Command("umount", mount).Run(); err != nil {
		t.Skip(err)
	}
	small("size=8m,nr_inodes=20")
	if _, err = i.Upload(t.Context(), mount+"/data", sources(sizes(40, 80)), nil); !problem.Has(err, wizard.RemoteNoInodes) {
		t.Errorf("too many: %v", err)
	}
	if err := exec.Command("umount", mount).Run(); err != nil {
		t.Skip(err)
	}
	// What passes the check beforehand, and fails at a byte in the middle.
	small("size=2m,nr_inodes=0")
	files := sizes(10, 150_000)
	fill := func(p wizard.Progress) {
		if p.Phase == "send" && p.Bytes == 0 {
			write(t, mount+"/filler", strings.Repeat("x", 1_200_000))
		}
	}
	if _, err = i.Upload(t.Context(), mount+"/data", sources(files), fill); !problem.Has(err, wizard.RemoteNoSpace) {
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
