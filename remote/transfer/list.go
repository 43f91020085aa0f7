package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
	"gpuwizard/core/wizard"
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
	files  []wizard.Source // in order of their paths
	byPath map[string]int
	bytes  int64
	// odd are paths that a listing by lines can't show for certain; they are
	// digested one by one, and known by their number here.
	odd    []string
	oddSet map[string]bool
}

func newList(folder string, files []wizard.Source) (*list, error) {
	if !path.IsAbs(folder) || path.Clean(folder) != folder || folder == "/" || strings.ContainsAny(folder, "\n\r\x00") {
		return nil, problem.New(BadUploadFolder, nil, "path", folder)
	}
	l := &list{
		folder: folder, files: slices.Clone(files),
		byPath: make(map[string]int, len(files)), oddSet: map[string]bool{},
	}
	slices.SortFunc(l.files, func(a, b wizard.Source) int { return cmp.Compare(a.Path, b.Path) })
	for i, f := range l.files {
		if _, twice := l.byPath[f.Path]; twice || !isInside(f.Path) || !isDigest(f.SHA256) || f.Size < 0 || f.Open == nil {
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
	if !l.oddSet[name] {
		l.oddSet[name] = true
		l.odd = append(l.odd, name)
	}
}

func (l *list) isOdd(name string) bool { return l.oddSet[name] }

// isInside reports whether a path is clean and stays in its folder.
func isInside(name string) bool {
	return name != "" && name != "." && name != ".." && !path.IsAbs(name) && path.Clean(name) == name &&
		!strings.HasPrefix(name, "../") && !strings.Contains(name, "\x00")
}

// digest is the receipt's: over what the instance said of the list's files.
func (l *list) digest(there map[string]string) string {
	h := sha256.New()
	for _, f := range l.files {
		_, _ = fmt.Fprintf(h, "%s  %s\n", there[f.Path], f.Path)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// verify compares a try's files, digested on the instance, with the list.
func (l *list) verify(there map[string]string, p *plan) error {
	for _, f := range l.files {
		got := there[f.Path]
		if got == f.SHA256 {
			continue
		}
		if p.kept[f.Path] {
			return errAgain // what was right before is not any more
		}
		return problem.New(wizard.ChecksumDiffers, nil,
			"path", path.Join(l.folder, f.Path), "want", f.SHA256, "got", got)
	}
	return nil
}

// A plan says where each file comes from.
type plan struct {
	unchanged bool // the folder is right as it is
	litter    bool // earlier tries left something
	kept      map[string]bool
	keptFiles int
	keptBytes int64
	send      []wizard.Source
	sendBytes int64
	need      int64                          // bytes on disk, about
	from      map[string]map[string][]string // files to be kept: by tree, by folder
	runnable  []string
}

func (l *list) plan(f *findings) *plan {
	p := &plan{
		kept: map[string]bool{}, from: map[string]map[string][]string{},
		litter: len(f.parts) > 0,
	}
	base := path.Dir(l.folder) + "/." + path.Base(l.folder) + ".part/"
	inTarget := 0
	for _, file := range l.files {
		tree := ""
		if f.target[file.Path] == file.SHA256 {
			tree = l.folder
			inTarget++
		} else {
			for owner, there := range f.parts {
				if there[file.Path] == file.SHA256 {
					tree = base + owner
					break
				}
			}
		}
		if tree == "" {
			p.send = append(p.send, file)
			p.sendBytes += file.Size
			p.need += (file.Size + 4095) &^ 4095
			continue
		}
		p.keep(tree, file)
	}
	p.unchanged = inTarget == len(l.files) && len(f.target) == len(l.files) && inTarget > 0
	return p
}

func (p *plan) keep(tree string, file wizard.Source) {
	p.kept[file.Path] = true
	p.keptFiles++
	p.keptBytes += file.Size
	if p.from[tree] == nil {
		p.from[tree] = map[string][]string{}
	}
	dir := path.Dir(file.Path)
	p.from[tree][dir] = append(p.from[tree][dir], "./"+path.Base(file.Path))
	if file.Exec {
		p.runnable = append(p.runnable, "./"+file.Path)
	}
}

// fits compares what will be sent with the space that is left.
func (p *plan) fits(folder string, f *findings) error {
	switch {
	case f.freeBytes >= 0 && f.freeBytes < p.need:
		return problem.New(wizard.RemoteNoSpace, nil, "path", folder,
			"need", strconv.FormatInt(p.need, 10), "free", strconv.FormatInt(f.freeBytes, 10))
	case f.freeInodes >= 0 && f.freeInodes < int64(len(p.send)):
		return problem.New(wizard.RemoteNoInodes, nil, "path", folder,
			"need", strconv.Itoa(len(p.send)), "free", strconv.FormatInt(f.freeInodes, 10))
	}
	return nil
}

// maxWords bounds the arguments of one command, far below any system's limit.
const maxWords = 48 << 10

// script is the shell calls that take over what is right already.
func (p *plan) script() string {
	var b strings.Builder
	b.WriteString("\n")
	call := func(words []string, names []string) {
		for len(names) > 0 {
			n, size := 0, 0
			for n < len(names) && (n == 0 || size+len(names[n]) < maxWords) {
				size += len(names[n]) + 3
				n++
			}
			b.WriteString(shellword.Join(append(slices.Clone(words), names[:n]...)...) + "\n")
			names = names[n:]
		}
	}
	for tree, dirs := range p.from {
		for dir, names := range dirs {
			call([]string{"keep", tree, dir}, names)
		}
	}
	call([]string{"runnable"}, p.runnable)
	b.WriteString("prepared\n")
	return b.String()
}
