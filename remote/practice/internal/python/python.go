// Package python runs a real Python of the host for the practice instance: the
// one thing there that is not played. What it runs may read and write outside
// the instance's folder, as any program of the user's may.
package python

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

// A Runner runs one Python.
type Runner struct {
	path string
	base string // where its user's own modules lie
}

// Find tries a Python and asks what would change with the home folder.
func Find(ctx context.Context, path string) (*Runner, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "-m", "site", "--user-base").Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		return nil, err
	}
	return &Runner{path: path, base: string(bytes.TrimSpace(out))}, nil
}

// killAfter is how long a Python that was asked to end may take.
const killAfter = 5 * time.Second

// Run is the commands python and python3.
func (r *Runner) Run(ctx context.Context, c *command.Call) int {
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = hostArgument(arg, runtime.GOOS == "windows")
	}
	cmd := exec.CommandContext(ctx, r.path, args...)
	cmd.Dir = filepath.FromSlash(confine.Native(c.Dir))
	cmd.Env = r.environment(c.Env)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	cmd.WaitDelay = killAfter
	group := newGroup(cmd)
	cmd.Cancel = func() error { return group.terminate(cmd) }
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(c.Stderr, "python: %v\n", err)
		return 126
	}
	group.started(cmd)
	err := cmd.Wait()
	group.kill() // what it left behind, such as loaders of pictures
	var exit *exec.ExitError
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return 0
	case errors.As(err, &exit):
		return exitCode(exit)
	}
	fmt.Fprintf(c.Stderr, "python: %v\n", err)
	return 126
}

// passed are the host's variables that a Python may need. Others stay out:
// they may hold secrets.
var passed = []string{
	"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "OMP_NUM_THREADS",
	"PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX",
	"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP",
	"USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
}

// environment is the instance's, but for what must be the host's.
func (r *Runner) environment(env []string) []string {
	var list []string
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if name != "PATH" && name != "TMPDIR" {
			list = append(list, entry)
		}
	}
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	if r.base != "" {
		list = append(list, "PYTHONUSERBASE="+r.base)
	}
	return list
}

var drivePath = regexp.MustCompile(`^(--?[\w-]+=)?/([A-Za-z]:)(/|$)`)

// hostArgument turns a path of the instance into one that a program of Windows
// understands.
func hostArgument(arg string, windows bool) string {
	if !windows {
		return arg
	}
	return drivePath.ReplaceAllString(arg, "$1$2$3")
}
