package dataset

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/problem"
)

// PreparedMark is the name of the file by which package label marks a folder
// that it has written; such a folder is never read as somebody's data.
const PreparedMark = "prepared.manifest"

// splitFolder is what the usual lesson leaves behind after it has divided the
// pictures; everything in it is in train and test already.
const splitFolder = "images_label_split"

// No real set nests this deep; what does is a mistake or a trap.
const maxDepth = 32

// pictureSuffixes are those that YOLOv5 accepts (v7.0, utils/dataloaders.py,
// IMG_FORMATS) and that can be read here, and others that people have anyway:
// a JPEG under another name is renamed, the rest is named as of no use.
var pictureSuffixes = map[string]bool{
	".bmp": true, ".jpeg": true, ".jpg": true, ".mpo": true,
	".png": true, ".tif": true, ".tiff": true, ".webp": true,
	".jfif": true, ".jpe": true,
	".avif": true, ".gif": true, ".heic": true, ".heif": true,
}

// textSuffixes are those of YOLO's labels, and of the files with class names
// and lists of pictures that go with them and with VOC.
var textSuffixes = map[string]bool{".txt": true, ".yaml": true, ".yml": true, ".names": true, ".labels": true}

// partFolders by name in lower case. What a lesson calls test is what YOLOv5
// validates on; a set that has both keeps its test folder for later.
var partFolders = map[string]string{
	"train": Train, "training": Train,
	"val": Val, "valid": Val, "validation": Val,
	"test": partTest, "testing": partTest,
}

const partTest = "test"

// A listing is what lies in a folder, relative to it, in byte order.
type listing struct {
	pictures    []string
	annotations []string // XML files; of the format that was found, once that is known
	json        []string
	texts       []string // labels, lists and names
	leftOut     []string
	split       *listing // what lies in images_label_split folders
}

func (l *listing) sort() {
	slices.Sort(l.pictures)
	slices.Sort(l.annotations)
	slices.Sort(l.json)
	slices.Sort(l.texts)
	slices.Sort(l.leftOut)
}

type walker struct {
	ctx  context.Context
	root string
	tell func(Progress)
	seen map[string]bool // real paths of folders, once links come into play
}

// list finds pictures and annotations below dir.
func list(ctx context.Context, dir string, tell func(Progress)) (*listing, error) {
	w := &walker{ctx: ctx, root: dir, tell: tell}
	found := &listing{split: &listing{}}
	if err := w.folder(found, "", 0); err != nil {
		return nil, err
	}
	if len(found.pictures) == 0 && len(found.split.pictures) > 0 {
		// Nothing has been divided yet: this is the data.
		split := found.split
		split.split = &listing{}
		found = split
	}
	found.sort()
	found.leaveOutMasks()
	return found, nil
}

// leaveOutMasks leaves out what lies beside JPEGImages and is made for another
// task or for people to look at: the folders SegmentationClass and
// SegmentationObject of Pascal VOC, and those that LabelMe's converters add
// (SegmentationClassVisualization, AnnotationsVisualization and others).
func (l *listing) leaveOutMasks() {
	beside := map[string]bool{}
	for _, rel := range l.pictures {
		if dir := path.Dir(rel); strings.EqualFold(path.Base(dir), "JPEGImages") {
			beside[path.Dir(dir)] = true
		}
	}
	if len(beside) == 0 {
		return
	}
	out := map[string]bool{}
	l.pictures = slices.DeleteFunc(l.pictures, func(rel string) bool {
		dir := path.Dir(rel)
		name := strings.ToLower(path.Base(dir))
		mask := beside[path.Dir(dir)] && (strings.HasPrefix(name, "segmentation") || strings.HasSuffix(name, "visualization"))
		if mask && !out[dir] {
			out[dir] = true
			l.leftOut = append(l.leftOut, dir)
		}
		return mask
	})
	slices.Sort(l.leftOut)
}

func (w *walker) folder(found *listing, rel string, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if depth > maxDepth {
		found.leftOut = append(found.leftOut, rel)
		return nil
	}
	if w.tell != nil {
		w.tell(Progress{Phase: Listing, Path: rel})
	}
	f, err := os.Open(local(w.root, rel))
	if err != nil {
		return problem.New(FolderUnreadable, err, "path", local(w.root, rel))
	}
	defer f.Close()
	if _, err := os.Lstat(filepath.Join(local(w.root, rel), PreparedMark)); err == nil {
		found.leftOut = append(found.leftOut, rel)
		return nil
	}
	var folders []string
	for {
		entries, err := f.ReadDir(4096)
		for _, e := range entries {
			name := path.Join(rel, e.Name())
			if isFolder := w.entry(found, name, e); isFolder {
				folders = append(folders, name)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return problem.New(FolderUnreadable, err, "path", local(w.root, rel))
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	f.Close()
	slices.Sort(folders)
	for _, name := range folders {
		into := found
		if strings.EqualFold(path.Base(name), splitFolder) && found.split != nil {
			into = found.split
			found.leftOut = append(found.leftOut, name)
		}
		if err := w.folder(into, name, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// entry files one name of a folder and reports whether it is a folder to go
// into. What is no plain file is never opened: a pipe would never end.
func (w *walker) entry(found *listing, rel string, e fs.DirEntry) bool {
	name := e.Name()
	if strings.HasPrefix(name, ".") || name == "__MACOSX" {
		return false // hidden files, and what macOS puts into archives
	}
	kind := e.Type()
	if kind&fs.ModeSymlink != 0 {
		info, err := os.Stat(local(w.root, rel))
		if err != nil {
			found.leftOut = append(found.leftOut, rel)
			return false
		}
		kind = info.Mode().Type()
		if kind.IsDir() && !w.firstVisit(rel) {
			found.leftOut = append(found.leftOut, rel)
			return false
		}
	}
	switch suffix := strings.ToLower(path.Ext(name)); {
	case kind.IsDir():
		return true
	case suffix != ".xml" && suffix != ".json" && !textSuffixes[suffix] && !pictureSuffixes[suffix]:
	case !kind.IsRegular():
		found.leftOut = append(found.leftOut, rel)
	case suffix == ".xml":
		found.annotations = append(found.annotations, rel)
	case suffix == ".json":
		found.json = append(found.json, rel)
	case textSuffixes[suffix]:
		found.texts = append(found.texts, rel)
	default:
		found.pictures = append(found.pictures, rel)
	}
	return false
}

// firstVisit reports whether a linked folder lies outside of the root and has
// not been entered by another link: anything else is found by its own name, or
// leads in circles.
func (w *walker) firstVisit(rel string) bool {
	real, err := filepath.EvalSymlinks(local(w.root, rel))
	if err != nil {
		return false
	}
	root, err := filepath.EvalSymlinks(w.root)
	if err != nil {
		return false
	}
	if inside(real, root) || inside(root, real) {
		return false
	}
	for other := range w.seen {
		if inside(real, other) || inside(other, real) {
			return false
		}
	}
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	w.seen[real] = true
	return true
}

// inside reports whether path is dir or lies below it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// partOf returns the part that a path's folders name, or "".
func partOf(rel string) string {
	for name := range strings.SplitSeq(path.Dir(rel), "/") {
		if part := partNamed(name); part != "" {
			return part
		}
	}
	return ""
}

// partNamed returns the part that a folder's name stands for, or "". A year
// may follow, as in COCO's train2017.
func partNamed(name string) string {
	name = strings.ToLower(name)
	if n := len(name) - len("2017"); n > 0 && strings.Trim(name[n:], "0123456789") == "" {
		name = name[:n]
	}
	return partFolders[name]
}
