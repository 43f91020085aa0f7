package screen

import (
	"path/filepath"
	"slices"
	"strconv"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/shellword"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// download is the screen of bringing the model home and ending the billing.
type download struct{ *Screen }

func (d *download) begin()            {}
func (d *download) tell(wizard.Event) {}

// gist keeps the model's note and tells how many files came with it.
func (d *download) gist(notes []note) []note {
	var kept []note
	first, more := -1, 0
	for _, n := range notes {
		if n.code == wizard.NoteStillOn {
			continue // it stands with the model
		}
		if n.code == wizard.NoteSaved {
			if first < 0 {
				first = len(kept)
			} else {
				more++
				continue
			}
		}
		kept = append(kept, n)
	}
	if more == 0 {
		return kept
	}
	said := note{code: wizard.NoteSaved, text: d.Text.Fill(d.Text.MoreSaved, map[string]string{"count": strconv.Itoa(more)})}
	return slices.Insert(kept, first+1, said)
}

func (d *download) aside(int, int) []string { return nil }
func (d *download) work(int, int) []string  { return nil }
func (d *download) facts() []string {
	return []string{"report", "predictions", "cost", "instance", "found", "onnx", "host", "paid"}
}

// outcome says where the model is and what to do with it.
func (d *download) outcome(width int) []string {
	model := clean.Line(journey.PathIn(d.Folder, d.status.Evidence.Fact("model")))
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
	if lines = append(lines, ""); rehearsal {
		return append(lines, d.dim(t.RealNext, width)...)
	}
	if !d.Practice && d.status.Evidence.Fact("instance") == "on" {
		said := t.Note(wizard.NoteStillOn, map[string]string{"platform": d.Plan.Platform})
		lines = append(append(lines, d.noteLine(note{code: wizard.NoteStillOn, text: said}, width)...), "")
	}
	code, command := d.detect(model)
	lines = append(lines, d.dim(t.Fill(t.NextSteps, map[string]string{"code": code}), width)...)
	for _, line := range widget.Indent("  $ ", widget.Wrap(command, width-4)) {
		lines = append(lines, th.Strong.Render(line))
	}
	return lines
}

// detect is the command that tries the model on a picture, and the folder of
// the code to run it in.
func (d *download) detect(model string) (code, command string) {
	code = clean.Line(d.Plan.Code.Folder)
	if code == "" {
		code = "yolov5_code"
	}
	if near, err := filepath.Rel(journey.PathIn(d.Folder, code), model); err == nil && len(near) < len(model) {
		model = near
	}
	model = filepath.ToSlash(model) // Python takes it everywhere, and no shell asks for quotes
	return code, shellword.Join("python", "detect.py", "--weights", model, "--source") + " " + d.Text.Picture
}
