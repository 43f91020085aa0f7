package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// Codes of problems that only this package returns.
const (
	// BadUploadFolder: path. Not a clean absolute path below the root.
	BadUploadFolder problem.Code = "bad-upload-folder"
	// BadUploadPath: path. A file's path leaves the folder, is not clean, occurs
	// twice or is a folder of another file's path; or its digest is none.
	BadUploadPath problem.Code = "bad-upload-path"
	// LocalUnreadable: path. A local file could not be read.
	LocalUnreadable problem.Code = "local-unreadable"
	// LocalUnwritable: path. A local file could not be written.
	LocalUnwritable problem.Code = "local-unwritable"
)

// A list is what a folder shall hold.
type list struct {
	folder string
	files  []instance.Source // in order of their paths
	byPath map[string]int
	bytes  int64

	mu    sync.Mutex
	found map[string]string // digests that were not known at first
	// odd are paths that a listing by lines can't show for certain, by their
	// keys; they are digested one by one.
	odd    map[string]string
	oddSet map[string]bool
}

func newList(folder string, files []instance.Source) (*list, error) {
	if !path.IsAbs(folder) || path.Clean(folder) != folder || folder == "/" || strings.ContainsAny(folder, "\n\r\x00") {
		return nil, problem.New(BadUploadFolder, nil, "path", folder)
	}
	l := &list{
		folder: folder, files: slices.Clone(files),
		byPath: make(map[string]int, len(files)), found: map[string]string{},
		odd: map[string]string{}, oddSet: map[string]bool{},
	}
	slices.SortFunc(l.files, func(a, b instance.Source) int { return cmp.Compare(a.Path, b.Path) })
	for i, f := range l.files {
		if _, twice := l.byPath[f.Path]; twice || !isInside(f.Path) || f.SHA256 != "" && !isDigest(f.SHA256) || f.Size < 0 || f.Open == nil {
			return nil, problem.New(BadUploadPath, nil, "path", f.Path)
		}
		l.byPath[f.Path] = i
		l.bytes += f.Size
	}
	for _, f := range l.files {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if _, clash := l.byPath[dir]; clash {
				return nil, problem.New(BadUploadPath, nil, "path", f.Path)
			}
		}
		if strings.ContainsAny(f.Path, "\n\r") {
			l.addOdd(f.Path)
			// Its first line looks like this one's.
			if first, _, _ := strings.Cut(f.Path, "\n"); first != f.Path {
				if _, there := l.byPath[first]; there {
					l.addOdd(first)
				}
			}
		}
	}
	return l, nil
}

func (l *list) addOdd(name string) {
	l.oddSet[name] = true
	l.odd[oddKey(name)] = name
}

// oddKey names an odd path in one word.
func oddKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}

// oddArgs are the odd paths as the script takes them.
func (l *list) oddArgs() []string {
	var args []string
	for _, key := range slices.Sorted(maps.Keys(l.odd)) {
		args = append(args, key, l.odd[key])
	}
	return args
}

func (l *list) isOdd(name string) bool { return l.oddSet[name] }

// isInside reports whether a path is clean and stays in its folder.
func isInside(name string) bool {
	return name != "" && name != "." && name != ".." && !path.IsAbs(name) && path.Clean(name) == name &&
		!strings.HasPrefix(name, "../") && !strings.Contains(name, "\x00")
}

// digest is a receipt's: over the digests that say returns.
func (l *list) digest(say func(f instance.Source) string) string {
	return instance.FilesDigest(func(yield func(path, sum string) bool) {
		for _, f := range l.files {
			if !yield(f.Path, say(f)) {
				return
			}
		}
	})
}

// want is the digest that is in the receipt when all is well.
func (l *list) want() string { return l.digest(l.sum) }

// beside is a name beside the folder that is this program's own.
func (l *list) beside(ending string) string {
	return strings.TrimSuffix(path.Dir(l.folder), "/") + "/." + path.Base(l.folder) + ending
}

// lines is how many lines a listing of the files has.
func (l *list) lines() int {
	n := len(l.files)
	for _, f := range l.files {
		n += strings.Count(f.Path, "\n")
	}
	return n
}
