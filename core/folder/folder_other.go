//go:build !unix

package folder

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// A handle is a folder that is found by its path.
type handle struct{ path string }

func open(path string) handle { return handle{path} }

func (h *handle) close() {}

func (h *handle) open(base string) (File, error) {
	f, err := os.Open(filepath.Join(h.path, base))
	return File{f}, bare(err)
}

func (h *handle) create(base string, data []byte) (time.Time, error) {
	f, err := os.OpenFile(filepath.Join(h.path, base), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return time.Time{}, bare(err)
	}
	_, err = f.Write(data)
	info, serr := f.Stat()
	if err := errors.Join(err, serr, f.Close()); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

func (h *handle) lstat(base string) (Info, error) {
	info, err := os.Lstat(filepath.Join(h.path, base))
	if err != nil {
		return Info{}, bare(err)
	}
	return infoOf(info), nil
}

func infoOf(info os.FileInfo) Info {
	return Info{Size: info.Size(), Modified: info.ModTime(), Regular: info.Mode().IsRegular()}
}

// bare takes off what the tree adds by itself.
func bare(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// A File is open for reading.
type File struct{ *os.File }

// Stat describes the file.
func (f *File) Stat() (Info, error) {
	info, err := f.File.Stat()
	if err != nil {
		return Info{}, err
	}
	return infoOf(info), nil
}
