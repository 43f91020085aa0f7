//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatusLooksAtTheInstance(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	if r := program(t, "run", "--practice", "--yes", "--speed", "2000", "--until", "upload", "--dir", dir); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	r := program(t, "status", "--connect", "--lang", "en", "--dir", dir)
	if r.code != 0 || strings.Contains(r.out, "[?]") || !strings.Contains(r.out, "and on the instance was looked at again") {
		t.Errorf("exit code %d:\n%s", r.code, r.all())
	}
	found, err := filepath.Glob(filepath.Join(dir, ".gpuwizard", "practice", "root", "*", "dataset", "labels", "train", "person-007.txt"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	write(t, found[0], "0 0.5 0.5 0.1 0.1\n")
	r = program(t, "status", "--connect", "--lang", "en", "--dir", dir)
	if !strings.Contains(r.out, "[~] 5. Upload: to do again") || !strings.Contains(r.out, "labels/train/person-007.txt") {
		t.Errorf("a label that was changed there:\n%s", r.all())
	}
	if r := program(t, "status", "--lang", "en", "--dir", dir); !strings.Contains(r.out, "[?]") || !strings.Contains(r.out, "[x] 5. Upload: done") {
		t.Errorf("without looking there:\n%s", r.all())
	}
	if r := program(t, "status", "--markdown", "--lang", "zh", "--dir", dir); !strings.Contains(r.out, "| 5 | 上传 | 完成 | 登录：练习实例") {
		t.Errorf("as a document:\n%s", r.all())
	}
	if r := program(t, "status", "--markdown", "--watch", "--dir", dir); r.code != exitUsage {
		t.Errorf("exit code %d", r.code)
	}
}

func TestStatusWatches(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	if r := program(t, "run", "--practice", "--yes", "--until", "convert", "--dir", dir); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	s := openTerminal(t, "status", "--watch", "--lang", "en", "--dir", dir)
	s.expect(0, "q and Enter ends")
	if !strings.Contains(s.text(0), "[x] 3. Convert labels: done") {
		t.Errorf("%s", s.text(0))
	}
	// A change is noticed without a key.
	mark := s.mark()
	if err := os.Remove(filepath.Join(dir, "prepared", "dataset", "labels", "val", "person-050.txt")); err != nil {
		t.Fatal(err)
	}
	s.expect(mark, "[~] 3. Convert labels: to do again")
	s.expect(mark, "person-050.txt")
	mark = s.mark()
	s.press("\r")
	s.expect(mark, "[x] 2. Check data: done")
	s.press("q\r")
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
