// Package shell is the shell of the practice instance and its processes, on
// the interpreter of mvdan.cc/sh.
//
// The interpreter runs in this program and knows neither process numbers nor
// signals nor background processes that outlive it. Scripts are therefore
// rewritten a little before they run (see rewrite), and some builtin commands
// are replaced (see builtins). Files go through package confine, commands come
// from a table; nothing of the host is run from here.
package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

// A System is one instance: its folder, its commands, its processes.
type System struct {
	folder   *confine.Folder
	home     string
	env      []string
	commands map[string]command.Func
	table    *table
	cancel   context.CancelFunc // ends what the table lost sight of

	mu      sync.Mutex
	sources map[string]string // rewritten scripts on their way to "."
	counted int
}

// New returns a system. env is what a session's environment begins with.
func New(folder *confine.Folder, home string, env []string, commands map[string]command.Func) *System {
	base, cancel := context.WithCancel(context.Background())
	return &System{
		folder: folder, home: home, env: env, commands: commands,
		table: newTable(base), cancel: cancel, sources: map[string]string{},
	}
}

// Close ends all processes, detached ones too, and waits for them.
func (s *System) Close() {
	s.table.close()
	s.cancel()
}

// Running is the number of processes.
func (s *System) Running() int { return len(s.table.all(func(*process) bool { return true })) }

// Streams are the standard streams of a session. Stdin is a file since a shell
// shares it with its commands.
type Streams struct {
	Stdin          *os.File
	Stdout, Stderr io.Writer
}

// Run runs a command line as an SSH server's shell does and returns its exit
// code. When it ends, or when ctx does, all processes of the session end but
// for those that detached themselves. An empty line is a shell that reads
// commands from its standard input.
func (s *System) Run(ctx context.Context, line string, std Streams) int {
	p := s.table.start(nil, false)
	hangUp := func() {
		// Again, until no new ones come.
		for found := true; found; {
			found = false
			for _, other := range s.table.all(func(o *process) bool { return o.session == p.pid && !o.detached && o.killed == 0 }) {
				found = true
				other.end(sigHangup)
			}
		}
	}
	stop := context.AfterFunc(ctx, hangUp)
	defer stop()
	args := []string{"sh", "-c", line}
	if line == "" {
		args = []string{"sh", "-s"}
	}
	status := s.run(p, &command.Call{
		Dir: s.home, Env: s.env, Stdin: reader(std.Stdin), Stdout: std.Stdout, Stderr: std.Stderr,
	}, args)
	status = p.finish(status)
	hangUp()
	return status
}

func reader(f *os.File) io.Reader {
	if f == nil {
		return nil // not a typed nil
	}
	return f
}

// An environ is the environment of a shell: what is exported, and the hidden
// variables of a rewritten script, which are not.
type environ struct {
	expand.Environ
	pid string
}

func (e environ) Get(name string) expand.Variable {
	switch name {
	case varSelf, varShell:
		return expand.Variable{Set: true, Kind: expand.String, Str: e.pid}
	case varInner:
		return expand.Variable{Set: true, Kind: expand.String}
	}
	return e.Environ.Get(name)
}

func (e environ) Each(yield func(string, expand.Variable) bool) {
	e.Environ.Each(yield)
	for _, name := range []string{varSelf, varShell, varInner} {
		if !yield(name, e.Get(name)) {
			return
		}
	}
}

// exported returns what a command sees of a shell's environment.
func exported(env expand.Environ) []string {
	at := map[string]int{}
	var list []string
	env.Each(func(name string, v expand.Variable) bool {
		i, seen := at[name]
		if !v.IsSet() || !v.Exported || v.Kind != expand.String || strings.HasPrefix(name, hidden) {
			if seen {
				list[i] = ""
			}
			return true
		}
		if !seen {
			i = len(list)
			at[name] = i
			list = append(list, "")
		}
		list[i] = name + "=" + v.Str
		return true
	})
	kept := list[:0]
	for _, entry := range list {
		if entry != "" {
			kept = append(kept, entry)
		}
	}
	return kept
}

// self is the process that runs what a handler is called for.
func (s *System) self(env expand.Environ) *process {
	pid, err := strconv.Atoi(env.Get(varSelf).String())
	if err != nil {
		return nil
	}
	return s.table.find(pid)
}

// runner makes an interpreter for a shell that runs as process p.
func (s *System) runner(p *process, c *command.Call, params []string) (*interp.Runner, error) {
	return interp.New(
		interp.Dir(filepath.FromSlash(confine.Native(c.Dir))),
		interp.Env(environ{expand.ListEnviron(c.Env...), strconv.Itoa(p.pid)}),
		interp.Params(params...),
		interp.StdIO(c.Stdin, c.Stdout, c.Stderr),
		interp.CallHandler(s.onCall),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return s.onExec }),
		interp.OpenHandler(s.onOpen),
		interp.StatHandler(s.onStat),
		interp.ReadDirHandler2(s.onReadDir),
		interp.AccessHandler(s.onAccess),
	)
}

// maxScript bounds a script that is read from a file.
const maxScript = 4 << 20

// sh is the command of that name: -c LINE [NAME ARG...], FILE [ARG...], or a
// script on the standard input.
func (s *System) sh(p *process, c *command.Call, args []string) int {
	var set []string
	line, stdin := false, false
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		if strings.HasPrefix(word, "--") {
			continue // --login, --norc and the like change nothing here
		}
		for _, flag := range word[1:] {
			switch flag {
			case 'c':
				line = true
			case 's':
				stdin = true
			case 'l', 'i':
			case 'o':
				if len(args) > 0 {
					set, args = append(set, word[:1]+"o", args[0]), args[1:]
				}
			default:
				set = append(set, word[:1]+string(flag))
			}
		}
	}
	name, script := "sh", ""
	switch {
	case line:
		if len(args) == 0 {
			fmt.Fprintln(c.Stderr, "sh: 0: -c requires an argument")
			return 2
		}
		script, args = args[0], args[1:]
		if len(args) > 0 {
			name, args = args[0], args[1:]
		}
	case stdin || len(args) == 0:
		stdin = true
	default:
		name, args = args[0], args[1:]
		text, err := s.folder.ReadFile(confine.Abs(c.Dir, name), maxScript)
		if err != nil {
			fmt.Fprintf(c.Stderr, "sh: 0: cannot open %s: No such file\n", name)
			return 2
		}
		script = string(text)
	}
	p.become()
	runner, err := s.runner(p, c, append(append(knownOptions(set), "--"), args...))
	if err != nil {
		fmt.Fprintf(c.Stderr, "sh: %v\n", err)
		return 2
	}
	if stdin {
		return s.shFromInput(runner, c)
	}
	file, err := parse(script, name)
	if err != nil {
		fmt.Fprintf(c.Stderr, "%s: %v\n", name, err)
		return 2
	}
	return guarded(c, func() int { return exitCode(c, runner.Run(s.table.base, file)) })
}

// guarded keeps a fault in one command from ending the whole program.
func guarded(c *command.Call, do func() int) (status int) {
	defer func() {
		if fault := recover(); fault != nil {
			fmt.Fprintf(c.Stderr, "%s: internal fault: %v\n", c.Name, fault)
			status = 70
		}
	}()
	return do()
}

func (s *System) shFromInput(runner *interp.Runner, c *command.Call) int {
	if c.Stdin == nil {
		return 0
	}
	status := 0
	err := statements(c.Stdin, func(stmt *syntax.Stmt) bool {
		status = guarded(c, func() int { return exitCode(c, runner.Run(s.table.base, stmt)) })
		return !runner.Exited()
	})
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		fmt.Fprintf(c.Stderr, "sh: %v\n", err)
		return 2
	}
	// A file's end is where a trap on EXIT runs.
	if !runner.Exited() {
		empty, _ := newParser().Parse(bytes.NewReader(nil), "")
		_ = runner.Run(s.table.base, empty)
	}
	return status
}

// exitCode is a shell's exit code from what the interpreter returned.
func exitCode(c *command.Call, err error) int {
	var status interp.ExitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, errKilled):
		return 128 + sigTerminate
	}
	fmt.Fprintf(c.Stderr, "sh: %v\n", err)
	return 2
}
