package transfer_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
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
func sources(files map[string]string) []instance.Source {
	var list []instance.Source
	for name, text := range files {
		sum := sha256.Sum256([]byte(text))
		list = append(list, instance.Source{
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
	names := map[string]bool{filepath.Base(folder): true, "." + filepath.Base(folder) + ".sums": true}
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
	t.Parallel()
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
	var last instance.Progress
	first, err := i.Upload(t.Context(), folder, sources(files), func(p instance.Progress) {
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

// What an earlier try left is used where it is whole, and only there. Nothing
// that it noted is believed after a restart.
func TestUploadResumes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		log  bool // the try noted what it had read back
		boot bool // it was made before the machine's restart
	}{{"noted", true, false}, {"not noted", false, false}, {"before a restart", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := sshdtest.Start(t)
			folder := s.Home + "/data"
			files := sizes(20, 4000)
			try := s.Home + "/.data.part/abc.1"
			var log, list strings.Builder
			for _, f := range sources(files) {
				name, text := f.Path, files[f.Path]
				switch name {
				case "images/train/0003.jpg":
					text = text[:100] // cut in the middle
				case "images/train/0004.jpg":
					text = strings.Repeat("x", len(text)) // of the right size only
				case "images/train/0005.jpg":
					continue
				default:
					fmt.Fprintf(&log, "%s  ./%s\n", f.SHA256, name)
				}
				fmt.Fprintf(&list, "sums './%s'\n", name)
				write(t, try+"/tree/"+name, text)
			}
			if c.log {
				write(t, try+"/log.1", log.String())
			} else {
				write(t, try+"/list.1", list.String())
			}
			boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
			if c.boot {
				boot = []byte("another")
				// It was lost with the memory.
				write(t, try+"/tree/images/train/0006.jpg", "")
			}
			write(t, try+"/boot", string(boot))
			write(t, s.Home+"/.data.lock/owner", "abc.1\n")
			write(t, s.Home+"/.data.lock/beat", "1000000000\n") // long ago
			receipt, err := dial(t, options(s)).Upload(t.Context(), folder, sources(files), nil)
			want := 3
			if c.boot {
				want++
			}
			if err != nil || receipt.SentFiles != want {
				t.Errorf("got %+v, %v", receipt, err)
			}
			same(t, folder, files)
		})
	}
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	s := sshdtest.Start(t)
	folder := s.Home + "/data"
	a := sizes(30, 8000)
	for _, b := range []map[string]string{a, sizes(25, 16000)} {
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
