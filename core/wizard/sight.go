package wizard

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
)

// A Sight is what a folder holds at a glance, for choosing one.
type Sight struct {
	Project bool // a project was begun in it
	// Data are the folders in it that look like labelled pictures, or zips.
	Data []string
	// IsData is whether the folder itself holds labelled pictures: labels, or
	// the parts of a data set.
	IsData bool
	Code   bool // YOLOv5's code is in it
	// Pictures and Labels are how many there are, down to some folders below;
	// More says that not all were counted.
	Pictures, Labels int
	More             bool
}

const (
	sightDepth = 3
	maxSight   = 20_000 // entries looked at
)

// LookAt looks into a folder. It reads names and no files.
func LookAt(dir string) Sight {
	p := &Project{dir: dir, plan: planfile.New()}
	s := Sight{Project: isProject(dir), IsData: isData(dir), Code: len(codeIn(dir)) > 0}
	for _, c := range dataChoices(p) {
		if c.Value != "." {
			s.Data = append(s.Data, c.Value)
		}
	}
	left := maxSight
	s.count(dir, sightDepth, &left)
	return s
}

func (s *Sight) count(dir string, depth int, left *int) {
	for _, e := range someEntries(dir) {
		if *left--; *left < 0 {
			s.More = true
			return
		}
		ext := strings.ToLower(filepath.Ext(e.Name()))
		switch {
		case e.IsDir() && depth > 0 && !strings.HasPrefix(e.Name(), "."):
			s.count(filepath.Join(dir, e.Name()), depth-1, left)
		case slices.Contains(pictureEndings, ext):
			s.Pictures++
		case ext == ".xml", ext == ".json", ext == ".txt":
			s.Labels++
		}
	}
	s.More = s.More || len(someEntries(dir)) == maxLook
}

// pictureEndings are those of the pictures that are counted by their names.
var pictureEndings = []string{".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}

func isProject(dir string) bool {
	for _, name := range []string{planfile.Name, filepath.Join(journey.StateDir, journey.RecordFile)} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// dataParts are names of the folders that a data set is made of.
var dataParts = []string{"train", "test", "val", "valid", "images", "labels", "annotations", "jpegimages"}

func isPart(name string) bool { return slices.Contains(dataParts, strings.ToLower(name)) }

func isData(dir string) bool {
	if looksLikeCode(os.DirFS(dir), ".") {
		return false
	}
	if looksLabelled(dir, 0) {
		return true
	}
	return slices.ContainsFunc(someEntries(dir), func(e fs.DirEntry) bool {
		return e.IsDir() && isPart(e.Name()) && looksLabelled(filepath.Join(dir, e.Name()), 1)
	})
}

// FindProject returns the folder of the project that a folder lies in: the
// folder itself, or the nearest above it in which a project was begun.
func FindProject(dir string) (string, bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for {
		if isProject(dir) {
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

// OpenFor opens the project for a folder that a person chose. Who chose the
// labelled pictures themselves means the folder around them, where what the
// wizard makes has its place; their home, the root of a disk and the project
// of other pictures are no such place. A folder with YOLOv5's code beside its
// pictures was made for the project.
func OpenFor(dir string) (*Project, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Open(dir)
	}
	if isProject(dir) || !isData(dir) || len(codeIn(dir)) > 0 {
		return Open(dir)
	}
	around := filepath.Dir(dir)
	home, _ := os.UserHomeDir()
	if around == dir || filepath.Dir(around) == around || around == home || !mayWrite(around) {
		return openWith(dir, ".")
	}
	if !isProject(around) {
		return openWith(around, filepath.Base(dir))
	}
	p, err := Open(around)
	if err != nil {
		return nil, err
	}
	switch {
	case p.dataFolder(p.effective()) == dir:
		return p, nil
	case !p.plan.Given("data") && p.record.Steps[journey.Check] == nil:
		return p, p.Set("data", filepath.Base(dir))
	}
	return openWith(dir, ".")
}

// openWith begins a project with its data.
func openWith(dir, data string) (*Project, error) {
	p, err := Open(dir)
	if err != nil {
		return nil, err
	}
	return p, p.Set("data", data)
}

// mayWrite tries whether files can be made in a folder.
func mayWrite(dir string) bool {
	f, err := os.CreateTemp(dir, ".gpuwizard-*")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}
