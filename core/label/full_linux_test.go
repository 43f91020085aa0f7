package label_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

// smallDisk mounts one of a few pages, which only root may do.
func smallDisk(t *testing.T, flags uintptr) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, "size=256k"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestNoSpace(t *testing.T) {
	data := sampleData(t)
	out := filepath.Join(smallDisk(t, 0), "out")
	_, err := label.Prepare(context.Background(), read(t, data), out, person, nil)
	if !problem.Has(err, label.NoSpace) {
		t.Fatalf("got %v", err)
	}
	if _, err := label.ReadManifest(out); !problem.Has(err, label.MissingManifest) {
		t.Errorf("half a folder passes for a whole one: %v", err)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	data := sampleData(t)
	out := filepath.Join(smallDisk(t, syscall.MS_RDONLY), "out")
	if _, err := label.Prepare(context.Background(), read(t, data), out, person, nil); !problem.Has(err, label.ReadOnly) {
		t.Errorf("got %v", err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if _, err := label.Prepare(context.Background(), read(t, sampleData(t)), filepath.Join(dir, "out"), person, nil); !problem.Has(err, label.ReadOnly) {
		t.Errorf("got %v", err)
	}
}
