// Package wizard is the journey at work: what each of the seven steps does over
// the answers (core/planfile) and the evidence (core/journey) of a project's
// folder, and the Face through which a step reaches the person.
//
// The screens, the numbered questions and the subcommands are faces of this
// package and hold no knowledge of the steps themselves. Nothing here knows a
// terminal or a network: a Face and an instance.Instance are handed in.
package wizard
