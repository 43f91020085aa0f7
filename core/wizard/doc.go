// Package wizard is the journey itself: seven steps as a pure state machine
// over the answers (gpuwizard.yaml) and the evidence (.gpuwizard/), the work
// that each step does, and the Face through which a step reaches the person.
//
// The screens, the numbered questions and the subcommands are faces of this
// package and hold no knowledge of the steps themselves. Nothing here knows a
// terminal or a network: a Face and an instance.Instance are handed in.
package wizard
