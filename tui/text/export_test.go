package text

import (
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// ProblemForm returns a problem's sentences before they are filled.
func (t *Text) ProblemForm(code problem.Code) (ProblemText, bool) {
	p, ok := t.problems[code]
	return p, ok
}

// ProblemCodes returns the codes that have sentences.
func (t *Text) ProblemCodes() []problem.Code {
	var codes []problem.Code
	for code := range t.problems {
		codes = append(codes, code)
	}
	return codes
}

// NoteForm returns a note's sentence before it is filled.
func (t *Text) NoteForm(code wizard.NoteCode) (string, bool) {
	s, ok := t.notes[code]
	return s, ok && s != ""
}

// FindingForms returns the sentences of a check and of its kinds.
func FindingForms(check dataset.Check) map[string][]string {
	forms := map[string][]string{}
	for key, s := range findings {
		if key == string(check) || strings.HasPrefix(key, string(check)+"/") {
			forms[key] = []string{s.zh, s.en}
		}
	}
	return forms
}
