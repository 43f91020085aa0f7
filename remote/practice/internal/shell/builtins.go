package shell

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

// onCall sees every simple command first, builtins and functions too: it ends
// a shell that was killed, runs traps, and puts our own commands in the place
// of builtins that the interpreter lacks or takes from the host.
func (s *System) onCall(ctx context.Context, args []string) ([]string, error) {
	hc := interp.HandlerCtx(ctx)
	self := s.self(hc.Env)
	if self == nil {
		return nil, errKilled
	}
	if args[0] == cmdEnd && len(args) > 1 {
		status, _ := strconv.Atoi(args[1])
		self.finish(status)
		return []string{":"}, nil
	}
	if self.wasKilled() != 0 {
		return nil, errKilled
	}
	if hc.Env.Get(varInner).String() == "" {
		if action, ok := self.takeTrap(); ok {
			return []string{"eval", action + "\n" + quote(args)}, nil
		}
	}
	return s.translate(hc, self, args), nil
}

func quote(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		// What can't be quoted holds a zero byte, which no argument can.
		quoted[i], _ = syntax.Quote(arg, syntax.LangBash)
	}
	return strings.Join(quoted, " ")
}

// translate puts a command of ours, or other arguments, in a builtin's place.
func (s *System) translate(hc interp.HandlerContext, self *process, args []string) []string {
	name, rest := args[0], args[1:]
	switch name {
	case "kill":
		return append([]string{cmdKill}, rest...)
	case "wait":
		// A signal's trap runs before what follows is expanded: ":" lets it.
		return []string{"eval", cmdWait + " " + quote(rest) + " || { " + varCode + "=$?; :; (exit $" + varCode + "); }"}
	case "hash":
		return append([]string{cmdHash}, rest...)
	case "pwd":
		return []string{cmdWhere}
	case "type", "which":
		return append([]string{cmdWhich}, rest...)
	case "umask", "ulimit":
		return []string{":"}
	case "trap":
		return s.trap(hc, self, rest)
	case "set":
		return append([]string{"set"}, knownOptions(rest)...)
	case "cd":
		for len(rest) > 0 && (rest[0] == "--" || rest[0] == "-P" || rest[0] == "-L") {
			rest = rest[1:]
		}
		return append([]string{"cd"}, rest...)
	case "printf":
		if len(rest) > 0 && rest[0] == "--" {
			return append([]string{"printf"}, rest[1:]...)
		}
	case "exec":
		if len(rest) > 0 && rest[0] == "--" {
			rest = rest[1:]
		}
		if len(rest) > 0 {
			return append([]string{"exec", cmdExec}, rest...)
		}
	case "eval":
		// What can't be parsed is left for the interpreter to complain about.
		if text, err := reprint(strings.Join(rest, " ")); err == nil {
			return []string{"eval", text}
		}
	case ".", "source":
		return s.source(hc, args)
	case "command":
		return s.command(hc, self, args)
	}
	return args
}

func (s *System) command(hc interp.HandlerContext, self *process, args []string) []string {
	rest := args[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		flag := rest[0]
		rest = rest[1:]
		switch flag {
		case "-v", "-V":
			return append([]string{cmdWhich}, rest...)
		case "-p", "--":
		default:
			return args
		}
	}
	if len(rest) == 0 {
		return []string{":"}
	}
	return s.translate(hc, self, rest)
}

// knownOptions leaves out the options of set and sh that mean nothing here:
// job control and the like.
func knownOptions(args []string) []string {
	var kept []string
	for i, arg := range args {
		if arg == "--" || arg == "-" || len(arg) < 2 || arg[0] != '-' && arg[0] != '+' {
			return append(kept, args[i:]...)
		}
		flags := strings.Map(func(r rune) rune {
			if strings.ContainsRune("mbhv", r) {
				return -1
			}
			return r
		}, arg[1:])
		if flags != "" {
			kept = append(kept, arg[:1]+flags)
		}
		if strings.HasSuffix(flags, "o") {
			return append(kept, args[i+1:]...)
		}
	}
	return kept
}

// source rewrites a file before the interpreter's "." reads it.
func (s *System) source(hc interp.HandlerContext, args []string) []string {
	if len(args) < 2 {
		return args
	}
	text, err := s.folder.ReadFile(confine.Abs(hc.Dir, args[1]), maxScript)
	if err != nil {
		return args // the interpreter opens it the same way and complains
	}
	rewritten, err := reprint(string(text))
	if err != nil {
		return args
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted++
	name := sourceDir + strconv.Itoa(s.counted)
	s.sources[name] = rewritten
	return append([]string{".", name}, args[2:]...)
}

// trap keeps what signals do with the process, and leaves EXIT to the
// interpreter.
func (s *System) trap(hc interp.HandlerContext, self *process, args []string) []string {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return []string{"trap"}
	}
	action, names := args[0], args[1:]
	if len(names) == 0 {
		action, names = "-", args
	}
	if action != "-" && action != "" {
		text, err := reprint(action)
		if err != nil {
			fmt.Fprintf(hc.Stderr, "sh: trap: %v\n", err)
			return []string{"false"}
		}
		action = text
	}
	result := []string{":"}
	for _, name := range names {
		if name == "EXIT" || name == "0" {
			result = []string{"trap", action, "EXIT"}
			if action == "-" {
				result = []string{"trap", "-", "EXIT"}
			}
			continue
		}
		signal, ok := signalNumber(name)
		if !ok {
			fmt.Fprintf(hc.Stderr, "sh: trap: %s: bad trap\n", name)
			return []string{"false"}
		}
		self.setTrap(signal, action)
	}
	return result
}

func signalNumber(name string) (int, bool) {
	name = strings.TrimPrefix(strings.ToUpper(name), "SIG")
	if n, ok := signalNumbers[name]; ok {
		return n, true
	}
	n, err := strconv.Atoi(name)
	if name == "PIPE" || name == "ALRM" || name == "CHLD" || name == "WINCH" {
		return 64, true // never sent here
	}
	return n, err == nil && n >= 0 && n <= 64
}

// replacements are the commands that onCall puts in the place of builtins.
// They run in the shell's own process.
var replacements map[string]func(s *System, self *process, c *command.Call, args []string) int

func init() {
	replacements = map[string]func(*System, *process, *command.Call, []string) int{
		cmdFork: fork, cmdKill: kill, cmdWait: wait, cmdWhich: which, cmdHash: hash, cmdWhere: where,
		"kill": kill, "which": which,
	}
}

// fork makes the process of a command in the background.
func fork(s *System, self *process, c *command.Call, args []string) int {
	p := s.table.start(self, true)
	if len(args) > 0 && args[0] == "simple" {
		p.setReplace()
	}
	// A background process is no shell yet: traps are not inherited, and the
	// signals of a terminal don't reach it.
	fmt.Fprintln(c.Stdout, p.pid)
	return 0
}

func wait(_ *System, self *process, c *command.Call, args []string) int {
	if len(args) == 0 {
		self.mu.Lock()
		children := append([]*process(nil), self.children...)
		self.mu.Unlock()
		for _, child := range children {
			if status, signal := self.await(child); signal != 0 {
				return status
			}
		}
		return 0
	}
	status := 0
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		child := self.child(pid)
		if err != nil || child == nil {
			fmt.Fprintf(c.Stderr, "sh: wait: pid %s is not a child of this shell\n", arg)
			status = 127
			continue
		}
		signal := 0
		if status, signal = self.await(child); signal != 0 {
			return status
		}
	}
	return status
}

func kill(s *System, self *process, c *command.Call, args []string) int {
	signal := sigTerminate
	if len(args) > 1 && args[0] == "-s" {
		args = append([]string{"-" + args[1]}, args[2:]...)
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--" {
		n, ok := signalNumber(args[0][1:])
		if !ok {
			fmt.Fprintf(c.Stderr, "sh: kill: invalid signal number or name: %s\n", args[0][1:])
			return 2
		}
		signal, args = n, args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	code := 0
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err == nil {
			err = s.send(self, pid, signal)
		}
		if err != nil {
			fmt.Fprintf(c.Stderr, "sh: kill: (%s) - No such process\n", arg)
			code = 1
		}
	}
	return code
}

var errNoProcess = errors.New("no such process")

// send delivers a signal to a process, or to a group by its negative number.
func (s *System) send(self *process, pid, signal int) error {
	var targets []*process
	switch {
	case pid > 0:
		if p := s.table.find(pid); p != nil {
			targets = append(targets, p)
		}
	case pid == 0:
		self.mu.Lock()
		group := self.group
		self.mu.Unlock()
		targets = s.table.all(func(p *process) bool { return p.group == group })
	default:
		targets = s.table.all(func(p *process) bool { return p.group == -pid })
	}
	if len(targets) == 0 {
		return errNoProcess
	}
	if signal == 0 {
		return nil
	}
	for _, p := range targets {
		p.signal(signal)
	}
	return nil
}

// which answers "command -v" and the like.
func which(s *System, _ *process, c *command.Call, args []string) int {
	code := 0
	for _, name := range args {
		full, ok := s.which(c.Dir, name)
		switch {
		case ok:
			fmt.Fprintln(c.Stdout, full)
		case interp.IsBuiltin(name):
			fmt.Fprintln(c.Stdout, name)
		default:
			code = 127
		}
	}
	return code
}

func hash(s *System, _ *process, c *command.Call, args []string) int {
	code := 0
	for _, name := range args {
		if _, ok := s.which(c.Dir, name); !ok && !strings.HasPrefix(name, "-") && !interp.IsBuiltin(name) {
			code = 1
		}
	}
	return code
}

func where(_ *System, _ *process, c *command.Call, _ []string) int {
	fmt.Fprintln(c.Stdout, confine.Abs(c.Dir, "."))
	return 0
}
