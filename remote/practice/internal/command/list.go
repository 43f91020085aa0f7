package command

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

func chmod(_ context.Context, c *Call) int {
	args := c.Args
	deep := false
	for len(args) > 0 && (args[0] == "-R" || args[0] == "-f" || args[0] == "--") {
		deep = deep || args[0] == "-R"
		args = args[1:]
	}
	if len(args) < 2 {
		return c.errorf("missing operand")
	}
	code := 0
	for _, name := range args[1:] {
		err := c.walk(c.path(name), func(p string, info fs.FileInfo) error {
			if p != c.path(name) && !deep {
				return fs.SkipDir
			}
			mode, ok := newMode(args[0], info.Mode(), info.IsDir())
			if !ok {
				return fmt.Errorf("invalid mode: '%s'", args[0])
			}
			if err := c.Folder.Chmod(p, mode); err != nil {
				return err
			}
			if !deep {
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			code = c.errorf("cannot access '%s': %s", name, reason(err))
		}
	}
	return code
}

// newMode applies an octal or a symbolic mode such as u+x,go-w.
func newMode(text string, old fs.FileMode, folder bool) (fs.FileMode, bool) {
	if n, err := strconv.ParseUint(text, 8, 12); err == nil {
		return fs.FileMode(n).Perm(), true
	}
	mode := old.Perm()
	for clause := range strings.SplitSeq(text, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			return 0, false
		}
		var who, bits fs.FileMode
		for _, r := range cmp.Or(clause[:at], "a") {
			mask, ok := map[rune]fs.FileMode{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[r]
			if !ok {
				return 0, false
			}
			who |= mask
		}
		for _, r := range clause[at+1:] {
			switch {
			case r == 'r':
				bits |= 0o444
			case r == 'w':
				bits |= 0o222
			case r == 'x', r == 'X' && (folder || mode&0o111 != 0):
				bits |= 0o111
			case r != 'X':
				return 0, false
			}
		}
		switch clause[at] {
		case '+':
			mode |= who & bits
		case '-':
			mode &^= who & bits
		case '=':
			mode = mode&^who | who&bits
		}
	}
	return mode, true
}

// walk visits a path and all below it, in the order of names. fs.SkipDir from
// visit leaves a folder out.
func (c *Call) walk(name string, visit func(name string, info fs.FileInfo) error) error {
	info, err := c.Folder.Lstat(name)
	if err != nil {
		return err
	}
	return c.walkFrom(name, info, visit)
}

func (c *Call) walkFrom(name string, info fs.FileInfo, visit func(string, fs.FileInfo) error) error {
	err := visit(name, info)
	if err == fs.SkipDir {
		return nil
	}
	if err != nil || !info.IsDir() {
		return err
	}
	entries, err := c.Folder.ReadDir(name)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // removed meanwhile
		}
		if err := c.walkFrom(path.Join(name, entry.Name()), info, visit); err != nil {
			return err
		}
	}
	return nil
}

func ls(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "la1AdhtrSF")
	if wrong != "" {
		return c.usage(wrong)
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	code := 0
	for _, name := range names {
		info, err := c.Folder.Stat(c.path(name))
		if err != nil {
			c.errorf("cannot access '%s': %s", name, reason(err))
			code = 2
			continue
		}
		var infos []fs.FileInfo
		if info.IsDir() && !set['d'] {
			if len(names) > 1 {
				fmt.Fprintf(c.Stdout, "%s:\n", name)
			}
			entries, err := c.Folder.ReadDir(c.path(name))
			if err != nil {
				c.errorf("cannot open directory '%s': %s", name, reason(err))
				code = 2
				continue
			}
			for _, entry := range entries {
				if strings.HasPrefix(entry.Name(), ".") && !set['a'] && !set['A'] {
					continue
				}
				if info, err := entry.Info(); err == nil {
					infos = append(infos, info)
				}
			}
		} else {
			infos = []fs.FileInfo{named{info, name}}
		}
		if set['t'] {
			slices.SortStableFunc(infos, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
		}
		if set['r'] {
			slices.Reverse(infos)
		}
		for _, info := range infos {
			if set['l'] {
				fmt.Fprintf(c.Stdout, "%s 1 root root %10d %s ", longMode(info.Mode()), info.Size(), info.ModTime().Format("Jan _2 15:04"))
			}
			fmt.Fprintln(c.Stdout, info.Name())
		}
	}
	return code
}

// named is a file under the name that the user gave.
type named struct {
	fs.FileInfo
	name string
}

func (n named) Name() string { return n.name }

func longMode(mode fs.FileMode) string {
	kind := "-"
	switch {
	case mode.IsDir():
		kind = "d"
	case mode&fs.ModeSymlink != 0:
		kind = "l"
	}
	return kind + mode.Perm().String()[1:]
}

const statTime = "2006-01-02 15:04:05.000000000 -0700"

// stat tells of files. Not every host knows a number of the file or the time of
// its last change: they are 0, and the content's.
func stat(_ context.Context, c *Call) int {
	args := c.Args
	format := "%n %s"
	if len(args) > 1 && args[0] == "-c" {
		format, args = args[1], args[2:]
	}
	code := 0
	for _, name := range args {
		info, err := c.Folder.Lstat(c.path(name))
		if err != nil {
			code = c.errorf("cannot statx '%s': %s", name, reason(err))
			continue
		}
		kind := "regular file"
		if info.IsDir() {
			kind = "directory"
		}
		fmt.Fprintln(c.Stdout, strings.NewReplacer(
			"%n", name, "%s", strconv.FormatInt(info.Size(), 10), "%Y", strconv.FormatInt(info.ModTime().Unix(), 10),
			"%y", info.ModTime().Format(statTime), "%z", info.ModTime().Format(statTime), "%i", "0",
			"%a", strconv.FormatUint(uint64(info.Mode().Perm()), 8), "%F", kind, "%%", "%",
		).Replace(format))
	}
	return code
}
