// Package journey knows the seven steps and how far a person has come: the
// record of evidence (.gpuwizard/progress.json), its journal, and, as a pure
// function of them, the state of every step.
//
// What the steps do, and what counts as evidence of each, is in core/wizard.
package journey
