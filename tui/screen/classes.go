package screen

import "gpuwizard/core/wizard"

// classes is the screen of the class count and the training's settings.
type classes struct{ *Screen }

func (c *classes) begin()                  {}
func (c *classes) tell(wizard.Event)       {}
func (c *classes) aside(int, int) []string { return nil }
func (c *classes) work(int, int) []string  { return nil }
func (c *classes) outcome(int) []string    { return nil }
func (c *classes) facts() []string         { return []string{"classes", "nc", "model_yaml", "release"} }
