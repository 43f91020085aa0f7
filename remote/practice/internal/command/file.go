package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func mkdir(_ context.Context, c *Call) int {
	args := c.Args
	if len(args) > 1 && args[0] == "-m" {
		args = args[2:]
	}
	set, names, wrong := options(args, "pv")
	if wrong != "" {
		return c.usage(wrong)
	}
	code := 0
	for _, name := range names {
		var err error
		if set['p'] {
			err = c.Folder.MkdirAll(c.path(name), 0o755)
		} else {
			err = c.Folder.Mkdir(c.path(name), 0o755)
		}
		if err != nil {
			code = c.errorf("cannot create directory '%s': %s", name, reason(err))
		}
	}
	return code
}

func rmdir(_ context.Context, c *Call) int {
	_, names, wrong := options(c.Args, "")
	if wrong != "" {
		return c.usage(wrong)
	}
	code := 0
	for _, name := range names {
		info, err := c.Folder.Lstat(c.path(name))
		if err == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		}
		if err == nil {
			err = c.Folder.Remove(c.path(name))
		}
		if err != nil {
			code = c.errorf("failed to remove '%s': %s", name, reason(err))
		}
	}
	return code
}

func rm(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "rRfv")
	if wrong != "" {
		return c.usage(wrong)
	}
	code := 0
	for _, name := range names {
		info, err := c.Folder.Lstat(c.path(name))
		switch base := path.Base(name); {
		case base == "." || base == "..":
			code = c.errorf("refusing to remove '.' or '..' directory: skipping '%s'", name)
			continue
		case set['f'] && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)):
			continue
		case err != nil:
		case info.IsDir() && !set['r'] && !set['R']:
			err = syscall.EISDIR
		case info.IsDir():
			err = c.Folder.RemoveAll(c.path(name))
		default:
			err = c.Folder.Remove(c.path(name))
		}
		if err != nil {
			code = c.errorf("cannot remove '%s': %s", name, reason(err))
		}
	}
	return code
}

// destination returns where source goes: into target if that is a folder.
func (c *Call) destination(source, target string, exact bool) (string, bool) {
	to := c.path(target)
	info, err := c.Folder.Stat(to)
	if err == nil && info.IsDir() && !exact {
		return path.Join(to, path.Base(c.path(source))), true
	}
	return to, err == nil && info.IsDir()
}

// sources splits operands into sources and a target, and complains where
// several sources need a folder that isn't one.
func (c *Call) sources(names []string) (from []string, target string, ok bool) {
	if len(names) < 2 {
		c.errorf("missing file operand")
		return nil, "", false
	}
	from, target = names[:len(names)-1], names[len(names)-1]
	if len(from) > 1 || strings.HasSuffix(target, "/") {
		info, err := c.Folder.Stat(c.path(target))
		if err == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		}
		if err != nil && (len(from) > 1 || errors.Is(err, syscall.ENOTDIR)) {
			c.errorf("target '%s': %s", target, reason(err))
			return nil, "", false
		}
	}
	return from, target, true
}

func mv(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "fnTv")
	if wrong != "" {
		return c.usage(wrong)
	}
	from, target, ok := c.sources(names)
	if !ok {
		return 1
	}
	code := 0
	for _, source := range from {
		to, isFolder := c.destination(source, target, set['T'])
		info, err := c.Folder.Lstat(c.path(source))
		if err != nil {
			code = c.errorf("cannot stat '%s': %s", source, reason(err))
			continue
		}
		old, e := c.Folder.Lstat(to)
		switch {
		case e == nil && set['n']:
			continue
		case e == nil && os.SameFile(info, old) && c.path(source) == to:
			code = c.errorf("'%s' and '%s' are the same file", source, target)
			continue
		case e == nil && old.IsDir() && !info.IsDir():
			code = c.errorf("cannot overwrite directory '%s' with non-directory", to)
			continue
		case e == nil && !old.IsDir() && info.IsDir():
			code = c.errorf("cannot overwrite non-directory '%s' with directory '%s'", to, source)
			continue
		case isFolder && strings.HasPrefix(to+"/", c.path(source)+"/"):
			code = c.errorf("cannot move '%s' to a subdirectory of itself, '%s'", source, to)
			continue
		}
		if err := c.rename(c.path(source), to, e == nil && old.IsDir()); err != nil {
			code = c.errorf("cannot move '%s' to '%s': %s", source, to, reason(err))
		}
	}
	return code
}

// rename replaces an empty folder, as POSIX has it, on every host.
func (c *Call) rename(from, to string, folderThere bool) error {
	if folderThere {
		if err := c.Folder.Remove(to); err != nil {
			return syscall.ENOTEMPTY
		}
	}
	return c.Folder.Rename(from, to)
}

func ln(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "sfnT")
	if wrong != "" {
		return c.usage(wrong)
	}
	if len(names) == 1 {
		names = append(names, ".")
	}
	from, target, ok := c.sources(names)
	if !ok {
		return 1
	}
	code := 0
	for _, source := range from {
		to, _ := c.destination(source, target, set['T'])
		if set['f'] {
			if info, err := c.Folder.Lstat(to); err == nil && !info.IsDir() {
				_ = c.Folder.Remove(to) // what stays is reported by the link
			}
		}
		kind, err := "hard", error(nil)
		if set['s'] {
			kind, err = "symbolic", c.Folder.Symlink(source, to)
		} else {
			err = c.Folder.Link(c.path(source), to)
		}
		if err != nil {
			code = c.errorf("failed to create %s link '%s': %s", kind, to, reason(err))
		}
	}
	return code
}

func readlink(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "fn")
	if wrong != "" {
		return c.usage(wrong)
	}
	code := 0
	for _, name := range names {
		target, err := c.Folder.Readlink(c.path(name))
		switch {
		case err != nil && !set['f']:
			code = 1
			continue
		case err != nil:
			target = c.path(name)
		case set['f']:
			target = path.Join(path.Dir(c.path(name)), target)
		}
		fmt.Fprintln(c.Stdout, target)
	}
	return code
}

func cp(ctx context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "prRaflT")
	if wrong != "" {
		return c.usage(wrong)
	}
	from, target, ok := c.sources(names)
	if !ok {
		return 1
	}
	how := copying{keep: set['p'] || set['a'], link: set['l'], force: set['f']}
	deep := set['r'] || set['R'] || set['a']
	code := 0
	for _, source := range from {
		to, _ := c.destination(source, target, set['T'])
		if strings.HasSuffix(source, "/.") {
			to = c.path(target) // what is in the folder, not the folder
		}
		info, err := c.Folder.Stat(c.path(source))
		switch {
		case err != nil:
			code = c.errorf("cannot stat '%s': %s", source, reason(err))
			continue
		case info.IsDir() && !deep:
			code = c.errorf("-r not specified; omitting directory '%s'", source)
			continue
		case info.IsDir() && strings.HasPrefix(to+"/", c.path(source)+"/"):
			code = c.errorf("cannot copy a directory, '%s', into itself, '%s'", source, to)
			continue
		}
		if err := c.copy(ctx, c.path(source), to, info, how); err != nil {
			code = c.errorf("cannot copy '%s': %s", source, reason(err))
		}
	}
	return code
}

// copying is what cp was asked for.
type copying struct {
	keep  bool // times and permissions
	link  bool // second names instead of copies
	force bool // in the place of what is there
}

func (c *Call) copy(ctx context.Context, from, to string, info fs.FileInfo, how copying) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if info.IsDir() {
		if err := c.Folder.MkdirAll(to, info.Mode()); err != nil {
			return err
		}
		entries, err := c.Folder.ReadDir(from)
		for _, entry := range entries {
			if err != nil {
				break
			}
			child := path.Join(from, entry.Name())
			if info, err = c.Folder.Stat(child); err == nil {
				err = c.copy(ctx, child, path.Join(to, entry.Name()), info, how)
			}
		}
		return err
	}
	if old, err := c.Folder.Stat(to); err == nil && os.SameFile(info, old) {
		if how.link {
			return nil
		}
		return errors.New("the same file")
	}
	if how.link {
		if how.force {
			_ = c.Folder.Remove(to) // what stays is reported by the link
		}
		return c.Folder.Link(from, to)
	}
	in, err := c.Folder.OpenFile(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := c.Folder.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode())
	if err != nil {
		return err
	}
	_, err = copyUntil(ctx, out, in)
	if err := errors.Join(err, out.Close()); err != nil || !how.keep {
		return err
	}
	return errors.Join(
		c.Folder.Chmod(to, info.Mode()),
		c.Folder.Chtimes(to, info.ModTime(), info.ModTime()),
	)
}

func touch(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "cam")
	if wrong != "" {
		return c.usage(wrong)
	}
	code := 0
	for _, name := range names {
		now := time.Now()
		err := c.Folder.Chtimes(c.path(name), now, now)
		if _, e := c.Folder.Stat(c.path(name)); e != nil && !set['c'] {
			var f *os.File
			f, err = c.Folder.OpenFile(c.path(name), os.O_WRONLY|os.O_CREATE, 0o644)
			if err == nil {
				err = f.Close()
			}
		}
		if err != nil && !set['c'] {
			code = c.errorf("cannot touch '%s': %s", name, reason(err))
		}
	}
	return code
}

func mktemp(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "dt")
	if wrong != "" {
		return c.usage(wrong)
	}
	pattern := "tmp.XXXXXX"
	if len(names) > 0 {
		pattern = names[0]
	}
	trunk := strings.TrimRight(pattern, "X")
	for i := range 100 {
		name := c.path(trunk + strconv.FormatInt(time.Now().UnixNano()+int64(i), 36))
		var err error
		if set['d'] {
			err = c.Folder.Mkdir(name, 0o700)
		} else {
			var f *os.File
			f, err = c.Folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err == nil {
				err = f.Close()
			}
		}
		if err == nil {
			fmt.Fprintln(c.Stdout, name)
			return 0
		}
		if !errors.Is(err, fs.ErrExist) {
			return c.errorf("failed to create via template '%s': %s", pattern, reason(err))
		}
	}
	return c.errorf("failed to create via template '%s'", pattern)
}
