package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestImportsRunOneWay holds the house's rule: cmd -> tui -> core, and
// remote -> core for the interfaces it implements. Core knows neither a
// terminal nor a network; assets are data that anyone may read.
func TestImportsRunOneWay(t *testing.T) {
	allowed := map[string][]string{
		"cmd":    {"assets", "core", "remote", "tui"},
		"tui":    {"assets", "core", "tui"},
		"remote": {"assets", "core", "remote"},
		"core":   {"assets", "core"},
		"assets": {"assets"},
	}
	// What a room must not know besides.
	outside := map[string][]string{
		"core": {"net/http", "golang.org/x/crypto/ssh", "github.com/pkg/sftp", "github.com/charmbracelet/", "golang.org/x/term", "os/exec"},
		"tui":  {"golang.org/x/crypto/ssh", "github.com/pkg/sftp", "net"},
		// What a step asks of an instance is all that remote may know of steps.
		"remote": {"gpuwizard/core/wizard", "gpuwizard/core/planfile", "gpuwizard/core/journey"},
	}
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		top, _, _ := strings.Cut(rel, "/")
		may, known := allowed[top]
		if !known {
			t.Errorf("%s lies in no room of the house", rel)
			return nil
		}
		files++
		test := strings.HasSuffix(rel, "_test.go")
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			for _, no := range outside[top] {
				if !test && (imported == no || strings.HasSuffix(no, "/") && strings.HasPrefix(imported, no) || strings.HasPrefix(imported, no+"/")) {
					t.Errorf("%s imports %s: not in %s", rel, imported, top)
				}
			}
			own, ok := strings.CutPrefix(imported, "gpuwizard/")
			if !ok {
				continue
			}
			room, _, _ := strings.Cut(own, "/")
			if !slices.Contains(may, room) {
				t.Errorf("%s imports %s: %s may import %s only", rel, imported, top, strings.Join(may, ", "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("looked at %d files only", files)
	}
}
