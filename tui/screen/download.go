package screen

import (
	"path/filepath"

	"gpuwizard/core/clean"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// download is the screen of bringing the model home and ending the billing.
type download struct{ *Screen }

func (d *download) begin()                 {}
func (d *download) tell(wizard.Event)      {}
func (d *download) aside(int) []string     { return nil }
func (d *download) work(int, int) []string { return nil }
func (d *download) facts() []string        { return []string{"host", "instance"} }

// outcome says where the model is and what to do with it.
func (d *download) outcome(width int) []string {
	model := clean.Line(d.status.Evidence.Fact("model"))
	if model == "" {
		return nil
	}
	t, th := d.Text, d.Theme
	rehearsal := d.status.Evidence.Fact("rehearsal") == "true"
	headline, style := t.AllDone, th.Good
	if rehearsal {
		headline, style = t.AllDoneRehearsal, th.Warn
	}
	var lines []string
	for _, line := range widget.Wrap(headline, width) {
		lines = append(lines, style.Render(line))
	}
	for _, line := range widget.Wrap(model, width-2) {
		lines = append(lines, "  "+th.Strong.Render(line))
	}
	if !rehearsal {
		lines = append(lines, "")
		for _, line := range widget.Wrap(t.Fill(t.NextSteps, map[string]string{"path": filepath.Base(model)}), width) {
			lines = append(lines, th.Dim.Render(line))
		}
	}
	return lines
}
