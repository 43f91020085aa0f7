package text_test

import (
	"go/ast"
	"testing"
)

// A sentence that nothing tells is a promise that nothing keeps: every code of
// a note or a problem is used somewhere beside its declaration and its words.
func TestEverySentenceIsTold(t *testing.T) {
	all, err := program()
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]int{}
	for _, s := range all {
		if s.file.Name.Name == "text" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				uses[id.Name]++
			}
			return true
		})
	}
	for _, c := range constants(t, "wizard.NoteCode", "problem.Code") {
		if uses[c.name] < 2 {
			t.Errorf("%s: nothing tells %s", c.where, c.name)
		}
	}
}
