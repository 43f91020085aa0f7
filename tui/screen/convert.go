package screen

import "gpuwizard/core/wizard"

// convert is the screen of writing YOLO labels into the prepared folder.
type convert struct{ *Screen }

func (c *convert) begin()                  {}
func (c *convert) tell(wizard.Event)       {}
func (c *convert) aside(int, int) []string { return nil }
func (c *convert) work(int, int) []string  { return nil }
func (c *convert) outcome(int) []string    { return nil }
func (c *convert) facts() []string         { return []string{"train", "val", "boxes", "folder"} }
