// Package confine keeps everything that the practice instance does with files
// inside one folder of the host.
//
// The instance has no file system of its own: its paths are the host's
// absolute paths (see Abs). What lies outside the folder is not there for
// reading and refused for writing; a symbolic link that leads out is refused.
// The few files of the system that scripts ask for are served from memory.
//
// It knows nothing of shells, of SFTP or of the commands built on it.
package confine

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Folder is the only part of the host that the instance can see.
type Folder struct {
	root    *os.Root
	path    string // absolute, real, native (see paths.go)
	virtual map[string]func() []byte
}

// Open creates the folder if it is missing and confines to it.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	// The real path: a name that passes through a link, as /var on macOS
	// does, would not be a prefix of what a program in it calls itself.
	real, err := filepath.Abs(dir)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(real)
	if err != nil {
		return nil, err
	}
	return &Folder{root: root, path: Native(filepath.ToSlash(real)), virtual: map[string]func() []byte{}}, nil
}

// Close gives the folder back; files that are open stay open.
func (f *Folder) Close() error { return f.root.Close() }

// Path is the folder's absolute path, as the instance spells it.
func (f *Folder) Path() string { return spelled(f.path, onWindows) }

// HostPath is the folder's path as the host spells it.
func (f *Folder) HostPath() string { return f.root.Name() }

// Virtual serves content under a path outside the folder. It is not safe to
// call once the folder is in use.
func (f *Folder) Virtual(name string, content func() []byte) { f.virtual[name] = content }

// place is where a path lies.
type place int

const (
	inside   place = iota
	ancestor       // a folder that holds the folder
	outside
)

// locate returns a path's name relative to the folder.
func (f *Folder) locate(name string) (string, place) {
	name = strings.TrimSuffix(Native(name), "/")
	same := func(a, b string) bool { return a == b }
	if onWindows {
		same = strings.EqualFold
	}
	switch {
	case same(name, f.path):
		return ".", inside
	case len(name) > len(f.path) && name[len(f.path)] == '/' && same(name[:len(f.path)], f.path):
		return name[len(f.path)+1:], inside
	case len(name) < len(f.path) && f.path[len(name)] == '/' && same(f.path[:len(name)], name):
		return f.path[len(name)+1:], ancestor
	}
	return "", outside
}

// served returns a virtual file's content.
func (f *Folder) served(name string) ([]byte, bool) {
	name = Native(name)
	// On Windows the interpreter joins "/proc/..." to the folder it is in.
	if onWindows {
		if i := strings.Index(name, "/proc/"); i > 0 {
			name = name[i:]
		}
	}
	content, ok := f.virtual[name]
	if !ok {
		return nil, false
	}
	return content(), true
}

func failed(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// plain rewrites an error of os.Root, which names relative paths, for a path
// of the instance.
func plain(op, name string, err error) error {
	if err == nil {
		return nil
	}
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	}
	var errno syscall.Errno
	known := errors.As(err, &errno) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) ||
		errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrClosed)
	if !known {
		err = fs.ErrPermission // os.Root: the path escapes
	}
	return failed(op, name, err)
}

// isNull reports whether a path is the null device, also as a shell on Windows
// or a join with a folder spells it.
func isNull(name string) bool {
	name = filepath.ToSlash(name)
	return name == "/dev/null" || onWindows && strings.HasSuffix(name, "/dev/null")
}

// OpenFile opens an absolute path as os.OpenFile does.
func (f *Folder) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	writes := flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0
	if isNull(name) {
		return os.OpenFile(os.DevNull, flag&(os.O_WRONLY|os.O_RDWR), 0)
	}
	rel, where := f.locate(name)
	if where == inside {
		file, err := f.root.OpenFile(rel, flag, perm.Perm())
		return file, plain("open", name, err)
	}
	content, ok := f.served(name)
	switch {
	case writes:
		return nil, failed("open", name, fs.ErrPermission)
	case ok:
		return pipeOf(content)
	case where == ancestor:
		return nil, failed("open", name, fs.ErrPermission)
	}
	return nil, failed("open", name, fs.ErrNotExist)
}

// pipeOf returns a file that reads as content, which must be short enough for
// a pipe's buffer: what reads it may be another process.
func pipeOf(content []byte) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	_, err = w.Write(content[:min(len(content), 4000)])
	if err := errors.Join(err, w.Close()); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// ReadFile returns up to limit bytes of a file.
func (f *Folder) ReadFile(name string, limit int64) ([]byte, error) {
	file, err := f.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}

// Stat describes what a path leads to.
func (f *Folder) Stat(name string) (fs.FileInfo, error) { return f.stat(name, true) }

// Lstat describes a path itself.
func (f *Folder) Lstat(name string) (fs.FileInfo, error) { return f.stat(name, false) }

func (f *Folder) stat(name string, follow bool) (fs.FileInfo, error) {
	if isNull(name) {
		return os.Stat(os.DevNull)
	}
	rel, where := f.locate(name)
	if where == inside {
		read := f.root.Lstat
		if follow {
			read = f.root.Stat
		}
		info, err := read(rel)
		return info, plain("stat", name, err)
	}
	if content, ok := f.served(name); ok {
		return made{name: path.Base(name), size: int64(len(content)), mode: 0o444}, nil
	}
	if where == ancestor {
		return made{name: path.Base(name), mode: fs.ModeDir | 0o555}, nil
	}
	return nil, failed("stat", name, fs.ErrNotExist)
}

// ReadDir lists a folder by name. A folder that holds the confined one shows
// nothing else.
func (f *Folder) ReadDir(name string) ([]fs.DirEntry, error) {
	rel, where := f.locate(name)
	switch where {
	case inside:
		entries, err := fs.ReadDir(f.root.FS(), rel)
		if err != nil {
			if info, e := f.root.Stat(rel); e == nil && !info.IsDir() {
				err = syscall.ENOTDIR
			}
		}
		return entries, plain("open", name, err)
	case ancestor:
		next, _, _ := strings.Cut(rel, "/")
		return []fs.DirEntry{fs.FileInfoToDirEntry(made{name: next, mode: fs.ModeDir | 0o555})}, nil
	}
	return nil, failed("open", name, fs.ErrNotExist)
}

// made describes a file that is not on the disk.
type made struct {
	name string
	size int64
	mode fs.FileMode
}

func (m made) Name() string       { return m.name }
func (m made) Size() int64        { return m.size }
func (m made) Mode() fs.FileMode  { return m.mode }
func (m made) ModTime() time.Time { return time.Time{} }
func (m made) IsDir() bool        { return m.mode.IsDir() }
func (m made) Sys() any           { return nil }
