package practice

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/pkg/sftp"

	"gpuwizard/remote/practice/internal/confine"
)

// files serves SFTP requests from the instance's folder.
type files struct{ folder *confine.Folder }

// wire makes an error of the host one that the SFTP server has a code for.
func wire(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return sftp.ErrSSHFxNoSuchFile
	case errors.Is(err, fs.ErrPermission):
		return sftp.ErrSSHFxPermissionDenied
	}
	return err
}

// Fileread opens a file to read.
func (f *files) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	file, err := f.folder.OpenFile(r.Filepath, os.O_RDONLY, 0)
	if err != nil {
		return nil, wire(err)
	}
	if info, err := file.Stat(); err != nil || info.IsDir() {
		_ = file.Close()
		return nil, sftp.ErrSSHFxFailure
	}
	return file, nil
}

// Filewrite opens a file to write.
func (f *files) Filewrite(r *sftp.Request) (io.WriterAt, error) { return f.open(r) }

// OpenFile opens a file to read and write.
func (f *files) OpenFile(r *sftp.Request) (sftp.WriterAtReaderAt, error) { return f.open(r) }

func (f *files) open(r *sftp.Request) (*os.File, error) {
	asked := r.Pflags()
	flag := os.O_WRONLY
	if asked.Read {
		flag = os.O_RDWR
	}
	for _, o := range []struct {
		set  bool
		flag int
	}{{asked.Creat, os.O_CREATE}, {asked.Trunc, os.O_TRUNC}, {asked.Excl, os.O_EXCL}} {
		if o.set {
			flag |= o.flag
		}
	}
	mode := fs.FileMode(0o644)
	if r.AttrFlags().Permissions {
		mode = r.Attributes().FileMode().Perm()
	}
	file, err := f.folder.OpenFile(r.Filepath, flag, mode)
	if err != nil {
		return nil, wire(err)
	}
	return file, nil
}

// Filecmd changes something other than a file's content.
func (f *files) Filecmd(r *sftp.Request) error {
	name, target := r.Filepath, r.Target
	switch r.Method {
	case "Setstat":
		return wire(f.setstat(r, name))
	case "Rename":
		// Of this version of SFTP, a rename replaces nothing.
		if _, err := f.folder.Lstat(target); err == nil {
			return sftp.ErrSSHFxFailure
		}
		return wire(f.folder.Rename(name, target))
	case "Rmdir":
		if info, err := f.folder.Lstat(name); err == nil && !info.IsDir() {
			return syscall.ENOTDIR
		}
		return wire(f.folder.Remove(name))
	case "Remove":
		if info, err := f.folder.Lstat(name); err == nil && info.IsDir() {
			return sftp.ErrSSHFxFailure
		}
		return wire(f.folder.Remove(name))
	case "Mkdir":
		return wire(f.folder.Mkdir(name, 0o755))
	case "Link":
		return wire(f.folder.Link(name, target))
	case "Symlink":
		// The request's path is what the link says, its target where it lies.
		return wire(f.folder.Symlink(r.Filepath, target))
	}
	return sftp.ErrSSHFxOpUnsupported
}

func (f *files) setstat(r *sftp.Request, name string) error {
	set, to := r.AttrFlags(), r.Attributes()
	if set.Size {
		file, err := f.folder.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		err = file.Truncate(int64(to.Size))
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	if set.Permissions {
		if err := f.folder.Chmod(name, to.FileMode()); err != nil {
			return err
		}
	}
	if set.Acmodtime {
		return f.folder.Chtimes(name, time.Unix(int64(to.Atime), 0), time.Unix(int64(to.Mtime), 0))
	}
	return nil
}

// PosixRename renames and replaces, as OpenSSH's extension does.
func (f *files) PosixRename(r *sftp.Request) error {
	return wire(f.folder.Rename(r.Filepath, r.Target))
}

// StatVFS says how much space is left.
func (f *files) StatVFS(*sftp.Request) (*sftp.StatVFS, error) {
	space, err := f.folder.Space()
	if err != nil {
		return nil, err
	}
	const block = 4096
	return &sftp.StatVFS{
		Bsize: block, Frsize: block,
		Blocks: uint64(space.Total / block), Bfree: uint64(space.Free / block), Bavail: uint64(space.Free / block),
		Files: uint64(space.Inodes), Ffree: uint64(space.FreeInodes), Favail: uint64(space.FreeInodes),
		Namemax: 255,
	}, nil
}

// Filelist lists a folder, or describes what a path leads to.
func (f *files) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	name := r.Filepath
	switch r.Method {
	case "List":
		entries, err := f.folder.ReadDir(name)
		if err != nil {
			return nil, wire(err)
		}
		var list listing
		for _, entry := range entries {
			if info, err := entry.Info(); err == nil {
				list = append(list, info)
			}
		}
		return list, nil
	case "Stat":
		info, err := f.folder.Stat(name)
		return listing{info}, wire(err)
	}
	return nil, sftp.ErrSSHFxOpUnsupported
}

// Lstat describes a path itself.
func (f *files) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	info, err := f.folder.Lstat(r.Filepath)
	return listing{info}, wire(err)
}

// Readlink returns what a link says.
func (f *files) Readlink(name string) (string, error) {
	target, err := f.folder.Readlink(name)
	return target, wire(err)
}

// RealPath spells a path as the wire has it.
func (f *files) RealPath(name string) (string, error) {
	return confine.Abs("/", name), nil
}

type listing []fs.FileInfo

func (l listing) ListAt(to []fs.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, slices.Clone(l[offset:]))
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}
