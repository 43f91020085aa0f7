// Package planfile reads, checks and writes gpuwizard.yaml: a person's answers.
// It knows each key, what is allowed for it, which step uses it, and its
// default, unless that depends on the project's folder: see core/wizard.
package planfile
