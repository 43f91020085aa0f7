// Package preflight judges an instance before a training: what a script saw
// there (a Scene), what of it would end or harm the training (Hurdles), and
// which settings fit (Decisions). It looks at nothing itself and mends nothing:
// see core/wizard.
package preflight
