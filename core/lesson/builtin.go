package lesson

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/assets"
)

// Names are the built-in lessons, in the order to take them.
func Names() []string { return []string{"person", "mend", "failures"} }

// maxBeside bounds the files that are looked at for lessons beside the built-in
// ones.
const maxBeside = 50

// List returns the built-in lessons and those that lie in a folder as YAML
// files.
func List(dir string) []*Lesson {
	var list []*Lesson
	add := func(l *Lesson, err error) {
		if err == nil && !slices.ContainsFunc(list, func(o *Lesson) bool { return o.ID == l.ID }) {
			list = append(list, l)
		}
	}
	for _, name := range Names() {
		add(Find(name))
	}
	// Files that are no lessons are of no concern here.
	entries, _ := os.ReadDir(dir)
	looked := 0
	for _, e := range entries {
		if looked < maxBeside && e.Type().IsRegular() && filepath.Ext(e.Name()) == ".yaml" {
			looked++
			add(Read(filepath.Join(dir, e.Name())))
		}
	}
	return list
}

func builtIn(name string) ([]byte, bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	data, err := assets.Lessons.ReadFile("lessons/" + name + ".yaml")
	return data, err == nil
}

// exits are the exit codes of the built-in failures that did not end with 1.
var exits = map[string]int{"oom-killed": 137}

// failureNames are the failures that a lesson can plant, by the rule that
// tells them. Their logs were recorded from real trainings of YOLOv5 v7.0 that
// failed: the one for cuda-oom on an H200, the others on a CPU.
func failureNames() []string {
	names, err := fs.Glob(assets.Lessons, "lessons/failures/*.log")
	if err != nil {
		// The pattern is well-formed.
		panic(err)
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(path.Base(name), ".log")
	}
	return names
}

// The places that the recorded logs name.
const (
	recordedCode = "/root/autodl-tmp/yolov5/"
	recordedData = "/root/autodl-tmp/fail/ok"
)

// FailureLog returns the log of a failure as it would look with the code and
// the data elsewhere, and the exit code.
func FailureLog(name, code, data string) (log []byte, exit int, ok bool) {
	log, err := assets.Lessons.ReadFile("lessons/failures/" + name + ".log")
	if err != nil {
		return nil, 0, false
	}
	log = bytes.ReplaceAll(log, []byte(recordedCode), []byte(strings.TrimSuffix(code, "/")+"/"))
	log = bytes.ReplaceAll(log, []byte(recordedData), []byte(strings.TrimSuffix(data, "/")))
	exit, special := exits[name]
	if !special {
		exit = 1
	}
	return log, exit, true
}
