// Package command holds the commands of the practice instance, written in Go:
// of each, what the scripts that a real instance gets make use of, with the
// results and the exit codes of the GNU ones.
//
// What starts, ends or detaches processes is not here but in package shell;
// python is in package rehearsal.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"gpuwizard/remote/practice/internal/confine"
)

// A Call is one command at work.
type Call struct {
	Name   string
	Args   []string // without the name
	Dir    string   // working folder
	Env    []string // NAME=VALUE of what is exported
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Folder *confine.Folder
	// Run runs another command in place of this one, with the same streams.
	Run func(ctx context.Context, args []string) int
}

// A Func is a command. It returns its exit code, soon after ctx has ended.
type Func func(ctx context.Context, c *Call) int

// Table returns the commands that need to know nothing of the instance.
func Table() map[string]Func {
	return map[string]Func{
		"cat": cat, "head": head, "tail": tail, "wc": wc, "sort": sortLines, "tr": tr, "cut": cut,
		"basename": baseName, "dirname": dirName,
		"chmod": chmod, "cp": cp, "ln": ln, "ls": ls, "mkdir": mkdir, "mv": mv, "rm": rm, "rmdir": rmdir,
		"touch": touch, "stat": stat, "mktemp": mktemp, "sync": succeed, "readlink": readlink,
		"find": find, "tar": tape, "sha256sum": sha256sum, "dd": dd, "df": df, "du": du,
		"date": date, "sleep": sleep, "env": env, "true": succeed, "false": fail,
	}
}

func succeed(context.Context, *Call) int { return 0 }
func fail(context.Context, *Call) int    { return 1 }

// path makes an operand absolute.
func (c *Call) path(name string) string { return confine.Abs(c.Dir, name) }

// errorf prints a complaint as the GNU commands do: the command's name first.
func (c *Call) errorf(format string, args ...any) int {
	fmt.Fprintf(c.Stderr, c.Name+": "+format+"\n", args...)
	return 1
}

// usage complains about a wrong or unsupported option.
func (c *Call) usage(option string) int {
	c.errorf("unrecognized option '%s'", option)
	return 2
}

// open opens an operand for reading; "-" is the standard input.
func (c *Call) open(name string) (io.ReadCloser, error) {
	if name == "-" || name == "/dev/stdin" {
		if c.Stdin == nil {
			return io.NopCloser(strings.NewReader("")), nil
		}
		return io.NopCloser(c.Stdin), nil
	}
	f, err := c.Folder.OpenFile(c.path(name), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, syscall.EISDIR
	}
	return f, nil
}

// reason is an error in the words of the C library, which scripts and faces
// know.
func reason(err error) string {
	switch {
	case errors.Is(err, syscall.ENOTEMPTY):
		return "Directory not empty"
	case errors.Is(err, syscall.ENOTDIR):
		return "Not a directory"
	case errors.Is(err, syscall.EISDIR):
		return "Is a directory"
	case errors.Is(err, syscall.ENOSPC):
		return "No space left on device"
	case errors.Is(err, syscall.EROFS):
		return "Read-only file system"
	case errors.Is(err, fs.ErrNotExist):
		return "No such file or directory"
	case errors.Is(err, fs.ErrExist):
		return "File exists"
	case errors.Is(err, fs.ErrPermission):
		return "Permission denied"
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// options splits short options that take no value from operands: "-rf" is r
// and f. What allowed doesn't list is returned as wrong.
func options(args []string, allowed string) (set map[byte]bool, rest []string, wrong string) {
	set = map[byte]bool{}
	for i, arg := range args {
		switch {
		case arg == "--":
			return set, append(rest, args[i+1:]...), ""
		case len(arg) < 2 || arg[0] != '-':
			rest = append(rest, arg)
			continue
		}
		for j := 1; j < len(arg); j++ {
			if !strings.Contains(allowed, arg[j:j+1]) {
				return set, rest, arg
			}
			set[arg[j]] = true
		}
	}
	return set, rest, ""
}

// copyUntil copies until the end of the input or of the context.
func copyUntil(ctx context.Context, to io.Writer, from io.Reader) (int64, error) {
	buffer := make([]byte, 64<<10)
	var total int64
	for {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := from.Read(buffer)
		if n > 0 {
			m, err := to.Write(buffer[:n])
			total += int64(m)
			if err != nil {
				return total, err
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// pause waits and reports whether the whole time passed.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
