package wizard

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/digest"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// NoteCodeLeftOut: history, leavings, weights, links, names: what of the code
// was not sent, by the reason.
const NoteCodeLeftOut NoteCode = "code-left-out"

// Why a part of the code stays here.
const (
	leftHistory  = "history"  // its presence makes YOLOv5 reach for the network
	leftLeavings = "leavings" // earlier runs, what Python and editors leave behind
	leftWeights  = "weights"  // sent by name, so that no others travel along
	leftLinks    = "links"    // and what else is no file: it could lead anywhere
	leftNames    = "names"    // of a zip: they lead out of it, or occur twice
)

// leftOut says why something stays here; "" goes along.
func leftOut(name string, d fs.DirEntry) string {
	ext := strings.ToLower(path.Ext(name))
	switch base := d.Name(); {
	case base == ".git", base == ".github":
		return leftHistory
	case slices.Contains([]string{".idea", ".vscode", "__pycache__", ".DS_Store", ".ipynb_checkpoints"}, base),
		name == "runs", name == "wandb", // at the top only: utils/loggers/wandb is code
		ext == ".pyc" && !d.IsDir():
		return leftLeavings
	case d.IsDir():
		return ""
	case !d.Type().IsRegular():
		return leftLinks
	case ext == ".pt":
		return leftWeights
	}
	return ""
}

// sources lists the files of the code, with their digests as far as they are
// known, and what stays here, by the reason.
func (c codeFolder) sources(known *digest.Cache) (list []instance.Source, left map[string][]string, err error) {
	left = map[string][]string{}
	if c.bad != nil {
		left[leftNames] = c.bad
	}
	var bytes int64
	err = fs.WalkDir(c.FS, ".", func(name string, d fs.DirEntry, err error) error {
		unreadable := func(err error) error {
			return problem.New(CodeUnreadable, err, "path", path.Join(filepath.ToSlash(c.name), name))
		}
		if err != nil {
			return unreadable(err)
		}
		if why := leftOut(name, d); why != "" {
			left[why] = append(left[why], name)
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		s, err := c.source(known, name, maxCodeBytes-bytes)
		if err != nil {
			return unreadable(err)
		}
		list = append(list, s)
		if bytes += s.Size; bytes > maxCodeBytes || len(list) > maxCodeFiles {
			return problem.New(CodeTooLarge, nil, "path", c.name, "max", strconv.Itoa(maxCodeBytes))
		}
		return nil
	})
	return list, left, err
}

// source describes a file of the code. What a zip holds is read for its digest,
// but of one that has more than so many bytes no more than those.
func (c codeFolder) source(known *digest.Cache, name string, most int64) (instance.Source, error) {
	if c.dir != "" {
		return knownSource(known, filepath.Join(c.dir, filepath.FromSlash(name)), name)
	}
	return readSource(c.FS, name, name, most)
}

// readSource describes a file to be sent under another name, by reading it.
func readSource(fsys fs.FS, name, as string, most int64) (instance.Source, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return instance.Source{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return instance.Source{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, most+1))
	if err != nil {
		return instance.Source{}, err
	}
	return instance.Source{
		Path: as, Size: n, SHA256: hex.EncodeToString(h.Sum(nil)), Exec: info.Mode()&0o100 != 0,
		Open: func() (io.ReadCloser, error) { return fsys.Open(name) },
	}, nil
}

// localSource is readSource for a path of this computer.
func localSource(name, as string) (instance.Source, error) {
	return readSource(os.DirFS(filepath.Dir(name)), filepath.Base(name), as, maxCodeBytes)
}

// knownSource describes a file of this computer without reading it: one that has
// kept its size and time has the digest that it had, and that of another is
// learnt by whoever reads it first.
func knownSource(known *digest.Cache, name, as string) (instance.Source, error) {
	info, sum, learn, err := known.Look(name)
	if err != nil {
		return instance.Source{}, err
	}
	return instance.Source{
		Path: as, Size: info.Size(), SHA256: sum, Learn: learn, Exec: info.Mode()&0o100 != 0,
		Open: func() (io.ReadCloser, error) { return os.Open(name) },
	}, nil
}

// digests are those of the code's files and the weights, by size and time.
func (p *Project) digests() *digest.Cache {
	if p.known == nil {
		p.known = digest.Open(p.StatePath("digests"), p.reread)
	}
	return p.known
}

// keepDigests writes them down where this project keeps its evidence. It is a
// help for later, so that failing is no failure.
func (p *Project) keepDigests() {
	if info, err := os.Stat(p.StatePath()); err == nil && info.IsDir() {
		_ = p.digests().Save()
	}
}

// Reread lets this project's files be read again, whatever is known of them by
// their sizes and times.
func (p *Project) Reread() { p.known, p.reread = nil, true }

// maxNamed is how many names are told of what stays here for one reason.
const maxNamed = 5

// tellLeftOut says what of the code is not sent, and why.
func (w *work) tellLeftOut(left map[string][]string) {
	if len(left) == 0 {
		return
	}
	var args []string
	for why, names := range left {
		text := make([]string, 0, maxNamed+1)
		for _, name := range names[:min(len(names), maxNamed)] {
			text = append(text, clean.Line(name))
		}
		if more := len(names) - maxNamed; more > 0 {
			text = append(text, "+"+strconv.Itoa(more))
		}
		args = append(args, why, strings.Join(text, ", "))
	}
	w.note(NoteCodeLeftOut, args...)
}
