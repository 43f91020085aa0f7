package folder_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpuwizard/core/folder"
)

func TestTree(t *testing.T) {
	root := t.TempDir()
	tree := folder.New(root)
	defer tree.Close()
	// More folders than are kept open, in turns.
	for round := range 2 {
		for i := range 20 {
			dir := fmt.Sprintf("a/%02d 图", i)
			if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(dir)), 0o755); err != nil {
				t.Fatal(err)
			}
			rel := fmt.Sprintf("%s/%d.txt", dir, round)
			want := bytes.Repeat([]byte(rel), 1000*i)
			modified, err := tree.Create(rel, want)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tree.Create(rel, []byte("other")); !errors.Is(err, fs.ErrExist) {
				t.Errorf("made twice: %v", err)
			}
			info, err := tree.Lstat(rel)
			if err != nil || !info.Regular || info.Size != int64(len(want)) || !info.Modified.Equal(modified) || time.Since(modified) > time.Hour {
				t.Errorf("%s: %+v, %v, made at %v", rel, info, err, modified)
			}
			f, err := tree.Open(rel)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.ReadAll(nil, 1<<20)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, %v", rel, len(got), err)
			}
			part := make([]byte, 10)
			if n, err := f.ReadAt(part, 3); i > 0 && (err != nil || !bytes.Equal(part, want[3:13])) {
				t.Errorf("%s: %d bytes, %v", rel, n, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := tree.Create("top.txt", nil); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(tree.Path("top.txt")); err != nil || len(data) > 0 {
		t.Errorf("%q, %v", data, err)
	}
}

func TestTreeRefuses(t *testing.T) {
	root := t.TempDir()
	tree := folder.New(root)
	defer tree.Close()
	for _, rel := range []string{"none.txt", "none/none.txt"} {
		_, err := tree.Open(rel)
		var path *fs.PathError
		if !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &path) || path.Path != filepath.Join(root, filepath.FromSlash(rel)) {
			t.Errorf("%s: %v", rel, err)
		}
		if _, err := tree.Lstat(rel); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", rel, err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "large"), make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := tree.Open("large")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var large *folder.TooLarge
	if _, err := f.ReadAll(make([]byte, 0, 50), 99); !errors.As(err, &large) || large.Size != 100 {
		t.Errorf("%v", err)
	}
	// A link is described, not followed.
	if err := os.Symlink("large", filepath.Join(root, "link")); err != nil {
		t.Skip("no links here: ", err)
	}
	if info, err := tree.Lstat("link"); err != nil || info.Regular {
		t.Errorf("%+v, %v", info, err)
	}
}

// TestFolderWithoutLeave reads files in a folder that may be passed through
// and not listed.
func TestFolderWithoutLeave(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may list every folder")
	}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "f"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o311); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(root, 0o755) //nolint:errcheck // so that it can be removed
	tree := folder.New(root)
	defer tree.Close()
	f, err := tree.Open("f")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// BenchmarkRead reads small files as this package does and as os.ReadFile
// does.
func BenchmarkRead(b *testing.B) {
	root := b.TempDir()
	const n = 1000
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%06d.xml", i)
		if err := os.WriteFile(filepath.Join(root, names[i]), make([]byte, 1600), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("os", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := os.ReadFile(filepath.Join(root, names[i%n])); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tree", func(b *testing.B) {
		tree := folder.New(root)
		defer tree.Close()
		buf := make([]byte, 0, 8<<10)
		for i := 0; b.Loop(); i++ {
			f, err := tree.Open(names[i%n])
			if err != nil {
				b.Fatal(err)
			}
			if _, err := f.ReadAll(buf[:0], 1<<20); err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
	})
}
