// Package recent remembers which projects a person worked on, in a small file
// of their configuration folder.
//
// The file is a comfort and no evidence: one that is broken, or of a later
// version, is taken for empty, and only a later version is left alone.
package recent

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/natefinch/atomic"
)

const (
	version  = 1
	most     = 20
	maxBytes = 1 << 20
)

// A Project is a folder that was worked in.
type Project struct {
	Dir    string    `json:"dir"` // absolute
	Opened time.Time `json:"opened"`
}

type file struct {
	Version  int       `json:"version"`
	Projects []Project `json:"projects"`
}

// List returns the projects whose folders are still there, the last one first.
func List(path string) []Project {
	f, _ := read(path)
	return slices.DeleteFunc(f.Projects, func(p Project) bool {
		info, err := os.Stat(p.Dir)
		return err != nil || !info.IsDir() || !filepath.IsAbs(p.Dir)
	})
}

// Note puts a project at the head of the list. The file changes whole or not
// at all; of two programs that note at once, one may be forgotten.
func Note(path, dir string, now time.Time) error {
	f, later := read(path)
	if later {
		return nil
	}
	projects := slices.DeleteFunc(f.Projects, func(p Project) bool { return p.Dir == dir })
	projects = append([]Project{{Dir: dir, Opened: now.UTC().Truncate(time.Second)}}, projects...)
	data, err := json.MarshalIndent(file{version, projects[:min(len(projects), most)]}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomic.WriteFile(path, bytes.NewReader(append(data, '\n')))
}

// read returns the file, and whether a later program wrote it.
func read(path string) (f file, later bool) {
	in, err := os.Open(path)
	if err != nil {
		return file{}, false
	}
	defer in.Close()
	if err := json.NewDecoder(io.LimitReader(in, maxBytes)).Decode(&f); err != nil {
		return file{}, false
	}
	if f.Version != version {
		return file{}, f.Version > version
	}
	return f, false
}
