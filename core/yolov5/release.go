package yolov5

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"regexp"

	"gpuwizard/core/problem"
)

// A Release is the version of YOLOv5 that a code folder behaves like.
type Release string

// The releases whose options and console lines are known.
const (
	V50    Release = "v5.0"
	V60    Release = "v6.0"
	V61    Release = "v6.1"
	V62    Release = "v6.2"
	V70    Release = "v7.0"
	Master Release = "master" // after v7.0: needs the package ultralytics
)

// AutoBatch reports whether --batch-size -1 is understood (since v6.1).
func (r Release) AutoBatch() bool { return r != V50 && r != V60 }

// RunsPip reports whether a training runs pip for packages that it thinks are
// missing, whatever YOLOv5_AUTOINSTALL says (up to v6.1).
func (r Release) RunsPip() bool { return r == V50 || r == V60 || r == V61 }

// ResultsFile returns the name of the file with the figures of every epoch.
func (r Release) ResultsFile() string {
	if r == V50 {
		return "results.txt"
	}
	return "results.csv"
}

// SameCounts reports whether a training stops unless nc and the number of
// names agree in the data set YAML (up to v6.2).
func (r Release) SameCounts() bool { return r == V50 || r == V60 || r == V61 || r == V62 }

func (r Release) imageSizeOption() string {
	if r == V50 {
		return "--img-size"
	}
	return "--imgsz"
}

// maxScript bounds what is read of train.py; the longest release has 40 kB.
const maxScript = 1 << 20

// Marks of the releases in train.py, each with both kinds of quotes, since
// master changed them.
var (
	marksYOLOv5    = []string{"--weights", "--batch-size", "--epochs", "--cfg"}
	usesPackage    = regexp.MustCompile(`(?m)^\s*(?:from|import) ultralytics\b`)
	wideColumns    = regexp.MustCompile(`['"]%11s['"]`)
	narrowColumns  = regexp.MustCompile(`['"]%10s['"]`)
	twoImageSizes  = regexp.MustCompile(`['"]--img-size['"],\s*nargs=`)
	optimizerName  = regexp.MustCompile(`['"]--optimizer['"]`)
	seedOption     = regexp.MustCompile(`['"]--seed['"]`)
	imageSizeShort = regexp.MustCompile(`['"]--imgsz['"]`)
)

// ReleaseOf tells the release from the code itself: code is the YOLOv5 folder
// (os.DirFS of a local one, a zip's file system). Copies of YOLOv5 often lack
// the git history that would name it, and a name given by hand is often wrong.
//
// Only marks that matter here are looked at: the options of train.py and the
// columns that it prints. A changed copy counts as the release it behaves like.
func ReleaseOf(code fs.FS) (Release, error) {
	script, err := readBounded(code, "train.py", maxScript)
	if err != nil {
		return "", problem.New(NotYOLOv5, err, "path", "train.py")
	}
	for _, mark := range marksYOLOv5 {
		if !bytes.Contains(script, []byte(mark)) {
			return "", problem.New(NotYOLOv5, nil, "path", "train.py")
		}
	}
	switch {
	case twoImageSizes.Match(script) && narrowColumns.Match(script):
		return V50, nil
	case !imageSizeShort.Match(script):
		return "", problem.New(ReleaseUnknown, nil, "path", "train.py")
	case wideColumns.Match(script) && usesPackage.Match(script):
		return Master, nil
	case wideColumns.Match(script):
		return V70, nil
	case !narrowColumns.Match(script):
		return "", problem.New(ReleaseUnknown, nil, "path", "train.py")
	case seedOption.Match(script):
		return V62, nil
	case optimizerName.Match(script):
		return V61, nil
	default:
		return V60, nil
	}
}

func readBounded(files fs.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New("file too large")
	}
	return data, err
}
