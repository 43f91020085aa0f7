package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"time"

	"mvdan.cc/sh/v3/interp"

	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

// onExec runs a command that is neither a function nor a builtin.
func (s *System) onExec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	self := s.self(hc.Env)
	if self == nil {
		return errKilled
	}
	c := &command.Call{
		Dir: hc.Dir, Env: exported(hc.Env),
		Stdin: hc.Stdin, Stdout: hc.Stdout, Stderr: hc.Stderr,
	}
	status := 0
	switch builtin, ok := replacements[args[0]]; {
	case ok:
		status = builtin(s, self, c, args[1:])
	case args[0] == cmdExec && len(args) > 1:
		status = s.run(self, c, args[1:])
	case self.takeOver():
		status = s.run(self, c, args)
	default:
		p := s.table.start(self, false)
		status = p.finish(s.run(p, c, args))
	}
	if status == 0 {
		return nil
	}
	return interp.ExitStatus(uint8(status))
}

// run runs a command as process p.
func (s *System) run(p *process, c *command.Call, args []string) int {
	if p.wasKilled() != 0 {
		return 128 + sigTerminate
	}
	full, ok := s.which(c.Dir, args[0])
	if !ok {
		fmt.Fprintf(c.Stderr, "sh: 1: %s: not found\n", args[0])
		return 127
	}
	c.Name, c.Args = path.Base(full), args[1:]
	switch c.Name {
	case "sh", "bash", "dash", "ash":
		return s.sh(p, c, c.Args)
	case "setsid", "nohup":
		rest := c.Args
		for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
			if rest[0] != "--" && rest[0] != "-w" && rest[0] != "--wait" {
				fmt.Fprintf(c.Stderr, "%s: unrecognized option '%s'\n", c.Name, rest[0])
				return 1
			}
			rest = rest[1:]
		}
		if len(rest) == 0 {
			fmt.Fprintf(c.Stderr, "%s: missing operand\n", c.Name)
			return 125
		}
		p.detach(c.Name == "setsid")
		if c.Name == "nohup" {
			p.setTrap(sigHangup, "")
		}
		return s.run(p, c, rest)
	}
	if do, ok := s.commands[c.Name]; ok {
		return s.runCommand(p, c, do)
	}
	// A script with its interpreter in the first line.
	text, err := s.folder.ReadFile(full, 256)
	if err != nil {
		fmt.Fprintf(c.Stderr, "sh: 1: %s: %v\n", args[0], err)
		return 126
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if strings.HasPrefix(first, "#!") && strings.Contains(first, "python") {
		return s.run(p, c, append([]string{"python", full}, args[1:]...))
	}
	return s.sh(p, c, append([]string{full}, args[1:]...))
}

// runCommand runs a Go command; a read that waits ends with the process.
func (s *System) runCommand(p *process, c *command.Call, do command.Func) int {
	c.Folder = s.folder
	here := *c // Run may change it
	c.Run = func(_ context.Context, args []string) int {
		inner := here
		inner.Env = c.Env
		return s.run(p, &inner, args)
	}
	if f, ok := c.Stdin.(*os.File); ok {
		reset := make(chan struct{})
		stop := context.AfterFunc(p.ctx, func() {
			_ = f.SetReadDeadline(time.Now()) // files on a disk don't wait
			close(reset)
		})
		defer func() {
			if !stop() {
				<-reset
				_ = f.SetReadDeadline(time.Time{})
			}
		}()
	}
	status := guarded(c, func() int { return do(p.ctx, c) })
	if signal := p.wasKilled(); signal != 0 {
		return 128 + signal
	}
	return status
}

// systemFolders are where a system keeps its programs; here they are empty but
// for the names of the table.
var systemFolders = map[string]bool{"/bin": true, "/usr/bin": true, "/usr/local/bin": true, "/usr/sbin": true, "/sbin": true}

func (s *System) knows(name string) bool {
	switch name {
	case "sh", "bash", "dash", "setsid", "nohup", "kill":
		return true
	}
	_, ok := s.commands[name]
	return ok
}

// PythonFolder is where an instance keeps its Python, below the home folder.
const PythonFolder = "miniconda3/bin"

// which finds a command: in the folder of Python, then among the system's.
func (s *System) which(dir, name string) (string, bool) {
	if runtime.GOOS == "windows" {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	if name == "" {
		return "", false
	}
	if !strings.Contains(name, "/") {
		conda := s.home + "/" + PythonFolder + "/" + name
		if s.isProgram(conda) {
			return conda, true
		}
		return "/usr/bin/" + name, s.knows(name)
	}
	full := confine.Abs(dir, name)
	if systemFolders[path.Dir(full)] {
		return full, s.knows(path.Base(full))
	}
	return full, s.isProgram(full)
}

func (s *System) isProgram(name string) bool {
	info, err := s.folder.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	return runtime.GOOS == "windows" || info.Mode()&0o111 != 0
}

// onOpen opens what the shell redirects to or reads.
func (s *System) onOpen(ctx context.Context, name string, flag int, perm os.FileMode) (io.ReadWriteCloser, error) {
	if strings.HasPrefix(name, sourceDir) {
		s.mu.Lock()
		text, ok := s.sources[name]
		delete(s.sources, name)
		s.mu.Unlock()
		if ok {
			return &source{*strings.NewReader(text)}, nil
		}
	}
	if name == "" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if name != "/dev/null" {
		name = confine.Abs(interp.HandlerCtx(ctx).Dir, name)
	}
	f, err := s.folder.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// A source is a rewritten script that reads like a file.
type source struct{ strings.Reader }

func (*source) Write([]byte) (int, error) { return 0, os.ErrPermission }
func (*source) Close() error              { return nil }

func (s *System) onStat(_ context.Context, name string, follow bool) (fs.FileInfo, error) {
	if name == "" {
		return nil, fs.ErrNotExist
	}
	if follow {
		return s.folder.Stat(name)
	}
	return s.folder.Lstat(name)
}

func (s *System) onReadDir(_ context.Context, name string) ([]fs.DirEntry, error) {
	return s.folder.ReadDir(name)
}

func (s *System) onAccess(_ context.Context, name string, mode interp.AccessMode) error {
	info, err := s.folder.Stat(name)
	if err != nil {
		return err
	}
	bits := fs.FileMode(mode) << 6
	if runtime.GOOS == "windows" {
		bits &^= 0o100
	}
	if info.IsDir() {
		bits &^= 0o100
	}
	if info.Mode()&bits != bits {
		return errors.New("not allowed")
	}
	return nil
}
