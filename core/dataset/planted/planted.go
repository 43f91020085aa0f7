// Package planted spoils copies of the sample data set, each with one class of
// defect, as real sets have it: to prove that the checks find and name it, and
// to show learners what it looks like.
//
// Finding the defects is the business of package dataset.
package planted

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/dataset"
)

// A Defect that can be planted in the sample data set.
type Defect struct {
	Name     string
	Check    dataset.Check
	Kind     string           // Args["kind"] of its finding, "" if it has none
	Severity dataset.Severity // of its finding
	Files    []string         // that the finding must name, in byte order; none where no file is to blame
	Decoding bool             // found by dataset.Twins only
	Stops    bool             // annotations are broken: Read returns a problem, too
	plant    func(folder) error
}

// Plant spoils a copy of the sample data set (see sample.Write) in dir.
func (d Defect) Plant(dir string) error {
	if err := d.plant(folder(dir)); err != nil {
		return fmt.Errorf("plant %s: %w", d.Name, err)
	}
	return nil
}

// Defects lists all that can be planted.
func Defects() []Defect {
	out := slices.Clone(defects)
	for i := range out {
		out[i].Files = slices.Sorted(slices.Values(out[i].Files))
	}
	return out
}

// A folder holds a copy of the sample.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

func (f folder) read(name string) ([]byte, error) { return os.ReadFile(f.path(name)) }

func (f folder) write(name string, data []byte) error {
	return os.WriteFile(f.path(name), data, 0o644)
}

func (f folder) remove(names ...string) error {
	for _, name := range names {
		if err := os.Remove(f.path(name)); err != nil {
			return err
		}
	}
	return nil
}

func (f folder) copyFile(from, to string) error {
	data, err := f.read(from)
	if err != nil {
		return err
	}
	return f.write(to, data)
}

// edit replaces the first occurrence of old, which must be there, in each file.
func (f folder) edit(old, new string, names ...string) error {
	for _, name := range names {
		data, err := f.read(name)
		if err != nil {
			return err
		}
		before, after, ok := strings.Cut(string(data), old)
		if !ok {
			return fmt.Errorf("no %q in %s", old, name)
		}
		if err := f.write(name, []byte(before+new+after)); err != nil {
			return err
		}
	}
	return nil
}

// element sets the content of the first element of this name in each file.
func (f folder) element(name, content string, files ...string) error {
	for _, file := range files {
		data, err := f.read(file)
		if err != nil {
			return err
		}
		_, rest, ok := strings.Cut(string(data), "<"+name+">")
		old, _, ended := strings.Cut(rest, "</"+name+">")
		if !ok || !ended {
			return fmt.Errorf("no <%s> in %s", name, file)
		}
		if err := f.edit("<"+name+">"+old+"</", "<"+name+">"+content+"</", file); err != nil {
			return err
		}
	}
	return nil
}

// train and test name the files of the sample's pictures from first to last.
func train(suffix string, first, last int) []string { return numbered("train", suffix, first, last) }

func test(suffix string, first, last int) []string { return numbered("test", suffix, first, last) }

func numbered(part, suffix string, first, last int) []string {
	var out []string
	for n := first; n <= last; n++ {
		out = append(out, fmt.Sprintf("%s/person-%03d%s", part, n, suffix))
	}
	return out
}
