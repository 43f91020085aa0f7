package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestHostKeysAreAlwaysChecked reads the source of the whole program: outside
// tests nothing ignores a host's key, and every SSH client says how it checks
// one.
func TestHostKeysAreAlwaysChecked(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	clients := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if n.Sel.Name == "InsecureIgnoreHostKey" {
					t.Errorf("%s ignores host keys", set.Position(n.Pos()))
				}
			case *ast.CompositeLit:
				if kind, ok := n.Type.(*ast.SelectorExpr); ok && kind.Sel.Name == "ClientConfig" {
					clients++
					if callback := field(n, "HostKeyCallback"); callback == nil || isNil(callback) || agrees(callback) {
						t.Errorf("%s checks no host key", set.Position(n.Pos()))
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if to, ok := left.(*ast.SelectorExpr); ok && to.Sel.Name == "HostKeyCallback" && i < len(n.Rhs) && (isNil(n.Rhs[i]) || agrees(n.Rhs[i])) {
						t.Errorf("%s drops the check of host keys", set.Position(n.Pos()))
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if clients == 0 {
		t.Error("no SSH client was found: this test looks at nothing")
	}
}

func field(literal *ast.CompositeLit, name string) ast.Expr {
	for _, e := range literal.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

func isNil(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

// agrees reports whether e is a function that does nothing but return nil.
func agrees(e ast.Expr) bool {
	f, ok := e.(*ast.FuncLit)
	if !ok || len(f.Body.List) != 1 {
		return false
	}
	r, ok := f.Body.List[0].(*ast.ReturnStmt)
	return ok && len(r.Results) == 1 && isNil(r.Results[0])
}
