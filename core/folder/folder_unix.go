//go:build unix

package folder

import (
	"errors"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// A handle is an open folder.
type handle struct {
	fd   int    // or -1
	path string // of a folder that may not be opened, but whose files may
}

func open(path string) handle {
	fd, err := again(func() (int, error) {
		return unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return handle{fd: -1, path: path}
	}
	return handle{fd: fd}
}

func (h *handle) close() {
	if h.fd >= 0 {
		_ = unix.Close(h.fd)
	}
}

// at returns what the system finds a file by.
func (h *handle) at(base string) (int, string) {
	if h.fd >= 0 {
		return h.fd, base
	}
	return unix.AT_FDCWD, h.path + "/" + base
}

func (h *handle) open(base string) (File, error) {
	fd, name := h.at(base)
	got, err := again(func() (int, error) { return unix.Openat(fd, name, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	return File{got}, err
}

func (h *handle) create(base string, data []byte) (time.Time, error) {
	fd, name := h.at(base)
	out, err := again(func() (int, error) {
		return unix.Openat(fd, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o644)
	})
	if err != nil {
		return time.Time{}, err
	}
	for len(data) > 0 && err == nil {
		var n int
		n, err = again(func() (int, error) { return unix.Write(out, data) })
		data = data[max(n, 0):]
	}
	var st unix.Stat_t
	if err == nil {
		err = unix.Fstat(out, &st)
	}
	return modified(&st), errors.Join(err, unix.Close(out))
}

func (h *handle) lstat(base string) (Info, error) {
	fd, name := h.at(base)
	var st unix.Stat_t
	_, err := again(func() (int, error) { return 0, unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	return infoOf(&st), err
}

func infoOf(st *unix.Stat_t) Info {
	return Info{Size: st.Size, Modified: modified(st), Regular: uint32(st.Mode)&unix.S_IFMT == unix.S_IFREG}
}

func modified(st *unix.Stat_t) time.Time { return time.Unix(st.Mtim.Unix()) }

// again repeats a call that a signal has interrupted.
func again(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

// A File is open for reading.
type File struct{ fd int }

// Read reads the next bytes.
func (f *File) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := again(func() (int, error) { return unix.Read(f.fd, p) })
	switch {
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// ReadAt reads bytes from an offset on.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		n, err := again(func() (int, error) { return unix.Pread(f.fd, p[done:], off+int64(done)) })
		switch {
		case err != nil:
			return done, err
		case n == 0:
			return done, io.EOF
		}
		done += n
	}
	return done, nil
}

// Stat describes the file.
func (f *File) Stat() (Info, error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return Info{}, err
	}
	return infoOf(&st), nil
}

// Close closes the file.
func (f *File) Close() error { return unix.Close(f.fd) }
