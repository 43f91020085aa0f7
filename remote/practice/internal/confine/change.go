package confine

import (
	"io/fs"
	"path"
	"time"
)

// within returns a path's name relative to the folder for an operation that
// changes something, which nothing outside allows.
func (f *Folder) within(op, name string, creates bool) (string, error) {
	rel, where := f.locate(name)
	switch where {
	case inside:
		return rel, nil
	case ancestor:
		return "", failed(op, name, fs.ErrPermission)
	}
	if _, ok := f.served(name); ok {
		return "", failed(op, name, fs.ErrPermission)
	}
	// As on a real machine: what is not there is not there, for all but its
	// creation.
	if creates {
		return "", failed(op, name, fs.ErrPermission)
	}
	return "", failed(op, name, fs.ErrNotExist)
}

func (f *Folder) change(op, name string, do func(rel string) error) error {
	rel, err := f.within(op, name, op == "mkdir" || op == "symlink")
	if err != nil {
		return err
	}
	return plain(op, name, do(rel))
}

// Mkdir makes one folder.
func (f *Folder) Mkdir(name string, perm fs.FileMode) error {
	if _, where := f.locate(name); where == ancestor {
		return failed("mkdir", name, fs.ErrExist)
	}
	return f.change("mkdir", name, func(rel string) error {
		if rel == "." {
			return fs.ErrExist
		}
		return f.root.Mkdir(rel, perm.Perm())
	})
}

// MkdirAll makes a folder and those that it lies in.
func (f *Folder) MkdirAll(name string, perm fs.FileMode) error {
	if _, where := f.locate(name); where == ancestor {
		return nil
	}
	return f.change("mkdir", name, func(rel string) error {
		if rel == "." {
			return nil
		}
		return f.root.MkdirAll(rel, perm.Perm())
	})
}

// Remove removes a file, a link or an empty folder.
func (f *Folder) Remove(name string) error {
	return f.change("remove", name, func(rel string) error {
		if rel == "." {
			return fs.ErrPermission
		}
		return f.root.Remove(rel)
	})
}

// RemoveAll removes a path and all that it holds.
func (f *Folder) RemoveAll(name string) error {
	return f.change("remove", name, func(rel string) error {
		if rel == "." {
			return fs.ErrPermission
		}
		return f.root.RemoveAll(rel)
	})
}

// Rename moves a path, replacing what the host's rename replaces.
func (f *Folder) Rename(from, to string) error {
	return f.both("rename", from, to, f.root.Rename)
}

// Link gives a file a second name.
func (f *Folder) Link(from, to string) error {
	return f.both("link", from, to, f.root.Link)
}

func (f *Folder) both(op, from, to string, do func(from, to string) error) error {
	a, err := f.within(op, from, false)
	if err != nil {
		return err
	}
	b, err := f.within(op, to, true)
	if err != nil {
		return err
	}
	if a == "." || b == "." {
		return failed(op, to, fs.ErrPermission)
	}
	return plain(op, to, do(a, b))
}

// Symlink makes a link. Its target must be relative and stay inside, as seen
// from where the link lies.
func (f *Folder) Symlink(target, name string) error {
	return f.change("symlink", name, func(rel string) error {
		_, where := f.locate(path.Join(path.Dir(Native(name)), target))
		if target == "" || path.IsAbs(target) || where != inside {
			return fs.ErrPermission
		}
		return f.root.Symlink(target, rel)
	})
}

// Readlink returns a link's target.
func (f *Folder) Readlink(name string) (string, error) {
	rel, err := f.within("readlink", name, false)
	if err != nil {
		return "", err
	}
	target, err := f.root.Readlink(rel)
	return target, plain("readlink", name, err)
}

// Chmod sets permissions.
func (f *Folder) Chmod(name string, mode fs.FileMode) error {
	return f.change("chmod", name, func(rel string) error { return f.root.Chmod(rel, mode.Perm()) })
}

// Chtimes sets the times of access and of change.
func (f *Folder) Chtimes(name string, access, change time.Time) error {
	return f.change("chtimes", name, func(rel string) error { return f.root.Chtimes(rel, access, change) })
}
