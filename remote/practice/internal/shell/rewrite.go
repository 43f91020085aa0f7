package shell

import (
	"bytes"
	"io"
	"runtime"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Names of variables and commands that a rewritten script uses. They are never
// exported.
const (
	hidden    = "__practice_"
	varSelf   = hidden + "self"  // number of the process that runs this
	varShell  = hidden + "shell" // $$
	varLast   = hidden + "last"  // $!
	varInner  = hidden + "inner" // not empty in a subshell, where no trap may run
	varCode   = hidden + "code"  // of a wait that a signal cut short
	cmdFork   = hidden + "fork"
	cmdEnd    = hidden + "end"
	cmdExec   = hidden + "exec"
	cmdWhich  = hidden + "which"
	cmdHash   = hidden + "hash"
	cmdKill   = hidden + "kill"
	cmdWait   = hidden + "wait"
	cmdWhere  = hidden + "pwd"
	sourceDir = "/" + hidden + "source/"
)

func newParser() *syntax.Parser { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }

// parse reads a script and rewrites what the interpreter has no notion of:
// process numbers, background processes that can be told apart, and the
// redirections that it doesn't know.
func parse(script, name string) (*syntax.File, error) {
	file, err := newParser().Parse(strings.NewReader(script), name)
	if err != nil {
		return nil, err
	}
	if err := rewrite(file, runtime.GOOS == "windows"); err != nil {
		return nil, err
	}
	return file, nil
}

// reprint rewrites a script that goes back to the interpreter as text.
func reprint(script string) (string, error) {
	file, err := parse(script, "")
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	if err := syntax.NewPrinter().Print(&text, file); err != nil {
		return "", err
	}
	return text.String(), nil
}

// statements parses and rewrites a script statement by statement as it comes,
// reading no byte beyond the line that ends a statement.
func statements(r io.Reader, do func(*syntax.Stmt) bool) error {
	for stmt, err := range newParser().StmtsSeq(oneByOne{r}) {
		if err == nil {
			err = rewrite(stmt, runtime.GOOS == "windows")
		}
		if err != nil {
			return err
		}
		if !do(stmt) {
			return nil
		}
	}
	return nil
}

// oneByOne keeps a parser from reading ahead: what follows a command may be
// that command's own input.
type oneByOne struct{ r io.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func rewrite(root syntax.Node, windows bool) error {
	functions := map[string]bool{}
	syntax.Walk(root, func(node syntax.Node) bool {
		if f, ok := node.(*syntax.FuncDecl); ok && f.Name != nil {
			functions[f.Name.Value] = true
		}
		return true
	})
	var background []*syntax.Stmt
	var slashes []*syntax.ForClause
	syntax.Walk(root, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.ParamExp:
			if node.Param == nil {
				break
			}
			switch node.Param.Value {
			case "$":
				node.Param.Value, node.Short = varShell, false
			case "!":
				node.Param.Value, node.Short = varLast, false
			}
		case *syntax.CmdSubst:
			// "$(<file)" must stay alone.
			if len(node.Stmts) > 0 && node.Stmts[0].Cmd != nil {
				node.Stmts = append([]*syntax.Stmt{inSubshell()}, node.Stmts...)
			}
		case *syntax.WhileClause:
			node.Do = stoppable(node.Do, node.Cond)
		case *syntax.ForClause:
			node.Do = stoppable(node.Do, nil)
			if loop, ok := node.Loop.(*syntax.WordIter); ok && windows && slices.ContainsFunc(loop.Items, hasPattern) {
				slashes = append(slashes, node)
			}
		case *syntax.Subshell:
			node.Stmts = append([]*syntax.Stmt{inSubshell()}, node.Stmts...)
		case *syntax.Stmt:
			node.Redirs = knownRedirects(node.Redirs)
			if node.Cmd == nil && len(node.Redirs) == 0 {
				node.Cmd = nothing()
			}
			if node.Background {
				background = append(background, node)
			}
		}
		return true
	})
	for _, loop := range slashes {
		name := loop.Loop.(*syntax.WordIter).Name.Value
		file, err := newParser().Parse(strings.NewReader(name+`=${`+name+`//\\//}`), "")
		if err != nil {
			return err
		}
		loop.Do = append(file.Stmts, loop.Do...)
	}
	for _, stmt := range background {
		if err := wrap(stmt, functions); err != nil {
			return err
		}
	}
	return nil
}

// hasPattern reports whether a word may be a file name pattern: on Windows the
// interpreter answers those with backslashes.
func hasPattern(word *syntax.Word) bool {
	return slices.ContainsFunc(word.Parts, func(part syntax.WordPart) bool {
		lit, ok := part.(*syntax.Lit)
		return ok && strings.ContainsAny(lit.Value, "*?[")
	})
}

// stoppable puts a command into a loop that may go round without one: commands
// are where a shell notices that it was killed.
func stoppable(body, condition []*syntax.Stmt) []*syntax.Stmt {
	for _, stmt := range append(slices.Clone(condition), body...) {
		if call, ok := stmt.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			return body
		}
	}
	return append([]*syntax.Stmt{{Cmd: nothing()}}, body...)
}

// nothing is the command ":".
func nothing() *syntax.CallExpr {
	return &syntax.CallExpr{Args: []*syntax.Word{{Parts: []syntax.WordPart{&syntax.Lit{Value: ":"}}}}}
}

// inSubshell is the assignment that a subshell begins with.
func inSubshell() *syntax.Stmt {
	return &syntax.Stmt{Cmd: &syntax.CallExpr{Assigns: []*syntax.Assign{{
		Name:  &syntax.Lit{Value: varInner},
		Value: &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: "1"}}},
	}}}}
}

// knownRedirects leaves out "<&0" (nothing changes) and makes ">|" a plain ">".
func knownRedirects(list []*syntax.Redirect) []*syntax.Redirect {
	var kept []*syntax.Redirect
	for _, r := range list {
		if r.Op == syntax.DplIn && r.Word.Lit() == "0" && (r.N == nil || r.N.Value == "0") {
			continue
		}
		if r.Op == syntax.RdrClob {
			r.Op = syntax.RdrOut
		}
		kept = append(kept, r)
	}
	return kept
}

// wrapper stands for "COMMAND &": a process is made, its number kept as $!, and
// its end written down. The command goes into the subshell, which keeps exit and
// errexit to itself.
const wrapper = `{
	` + varLast + `=$(` + cmdFork + ` KIND)
	{
		` + varSelf + `=$` + varLast + `
		(` + varInner + `=) </dev/null && ` + cmdEnd + ` 0 || ` + cmdEnd + ` $?
	} &
}`

func wrap(stmt *syntax.Stmt, functions map[string]bool) error {
	inner := *stmt
	inner.Background = false
	inner.Comments = nil

	kind := "compound"
	if sub, ok := inner.Cmd.(*syntax.Subshell); ok {
		// The background process is this subshell: its traps are its own.
		inner.Cmd = &syntax.Block{Lbrace: sub.Lparen, Rbrace: sub.Rparen, Stmts: sub.Stmts[1:]}
	}
	if call, ok := inner.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
		// A command by itself takes the process over; a function does not.
		if name := call.Args[0].Lit(); !functions[name] && name != "eval" && name != "." {
			kind = "simple"
		}
	}
	file, err := newParser().Parse(strings.NewReader(strings.Replace(wrapper, "KIND", kind, 1)), "")
	if err != nil {
		return err
	}
	syntax.Walk(file, func(node syntax.Node) bool {
		if sub, ok := node.(*syntax.Subshell); ok {
			sub.Stmts = append(sub.Stmts, &inner)
			return false
		}
		return true
	})
	stmt.Cmd = file.Stmts[0].Cmd
	stmt.Background, stmt.Negated, stmt.Redirs = false, false, nil
	return nil
}
