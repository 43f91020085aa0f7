package recent_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/recent"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func folders(t *testing.T, n int) []string {
	t.Helper()
	var dirs []string
	for i := range n {
		dir := filepath.Join(t.TempDir(), "项目 "+strconv.Itoa(i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

func TestTheLastOneComesFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config", "recent.json")
	if got := recent.List(path); len(got) != 0 {
		t.Fatalf("before the first: %v", got)
	}
	dirs := folders(t, 25)
	for i, dir := range append(dirs, dirs[20]) {
		if err := recent.Note(path, dir, noon.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	list := recent.List(path)
	if len(list) != 20 || list[0].Dir != dirs[20] || list[1].Dir != dirs[24] || list[0].Opened != noon.Add(25*time.Minute) {
		t.Errorf("%d projects: %v", len(list), list)
	}
	if err := os.Remove(dirs[24]); err != nil {
		t.Fatal(err)
	}
	if list := recent.List(path); len(list) != 19 || list[1].Dir != dirs[23] {
		t.Errorf("with a folder gone: %v", list)
	}
}

// A file that cannot be understood is begun anew; a later program's is kept.
func TestOtherFiles(t *testing.T) {
	dir := folders(t, 1)[0]
	for content, kept := range map[string]bool{
		"":                              false,
		"{":                             false,
		`[]`:                            false,
		`{"version":1,"projects":null}`: false,
		`{"version":1,"projects":[{"dir":"relative"},{"dir":"/\u0000"}]}`: false,
		`{"version":2,"projects":[{"folder":"x"}]}`:                       true,
		strings.Repeat("[", 1<<16):                                        false,
	} {
		path := filepath.Join(t.TempDir(), "recent.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := recent.List(path); len(got) != 0 {
			t.Errorf("%.40q lists %v", content, got)
		}
		if err := recent.Note(path, dir, noon); err != nil {
			t.Errorf("%.40q: %v", content, err)
		}
		after, err := os.ReadFile(path)
		if err != nil || kept != (string(after) == content) {
			t.Errorf("%.40q became %q, %v", content, after, err)
		}
	}
}

func TestNowhereToWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := recent.Note(filepath.Join(file, "recent.json"), t.TempDir(), noon); err == nil {
		t.Error("noted in a folder that is a file")
	}
}
