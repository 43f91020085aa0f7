package plain

import (
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// marks of the states, plain enough for any terminal.
var marks = map[journey.State]string{
	journey.Todo: "[ ]", journey.Done: "[x]", journey.Stale: "[~]", journey.Failed: "[!]", journey.Running: "[>]",
}

func (c *Console) heading(step journey.Step, status journey.Status) {
	if c.o.JSON {
		return
	}
	number, total := numberOf(step)
	c.line("")
	c.line(c.fill(c.o.Text.Plain().StepOf, "number", number, "total", total, "name", c.o.Text.Step(step).Name))
	c.line("  " + c.o.Text.Step(step).Why)
	if status.State == journey.Stale {
		c.line("  " + c.reason(status))
	}
}

func (c *Console) alreadyDone(status journey.Status) {
	if c.o.JSON {
		c.tellJSON(wizard.Event{Step: status.Step, Kind: wizard.KindNote, Code: wizard.NoteAlreadyDone})
		return
	}
	number, total := numberOf(status.Step)
	c.line(c.fill(c.o.Text.Plain().AlreadyDone, "number", number, "total", total, "name", c.o.Text.Step(status.Step).Name))
}

func numberOf(step journey.Step) (number, total string) {
	for i, s := range journey.Steps() {
		if s == step {
			number = strconv.Itoa(i + 1)
		}
	}
	return number, strconv.Itoa(len(journey.Steps()))
}

// Checklist writes the checklist with its evidence; away is why the instance
// could not be looked at, or nil.
func (c *Console) Checklist(list wizard.Checklist, away error) {
	if c.o.JSON {
		for _, s := range list.Checked {
			c.object(s)
		}
		if away != nil {
			c.problemJSON(away)
		}
		return
	}
	for _, s := range list.Checked {
		c.checked(s)
	}
	c.line("")
	words := c.o.Text.List()
	switch {
	case list.Connected:
		c.line(words.LookedThere)
	case away != nil:
		c.line(words.NotThere)
		c.Problem(away)
	default:
		c.line(words.LookedHere)
	}
	if list.Done() {
		c.line(c.o.Text.Plain().AllDone)
	}
	if list.Billed {
		c.line(c.o.Text.Plain().StillBilled)
	}
}

func (c *Console) checked(s wizard.Checked) {
	number, _ := numberOf(s.Step)
	line := marks[s.State] + " " + number + ". " + c.o.Text.Step(s.Step).Name + c.o.Text.Colon + c.o.Text.State(s.State)
	if s.State == journey.Stale {
		line += c.o.Text.Colon + c.o.Text.Reason(s.Reason)
	}
	c.line(line)
	for _, change := range c.o.Text.Changes(s) {
		c.line("      ! " + change)
	}
	if s.Evidence == nil {
		return
	}
	if s.Evidence.Failure != nil {
		said := c.o.Text.Failure(*s.Evidence.Failure)
		c.line("      " + said.What)
		c.line("      → " + said.Next)
	}
	if s.Evidence.ByHand && s.Evidence.Complete {
		c.line("      " + c.o.Text.Hand().DoneSo)
	}
	for _, part := range s.Parts {
		c.line("    " + partMarks[part.State] + " " + c.o.Text.PartLine(part))
	}
}

// partMarks are like marks; a question mark is for what nobody looked at.
var partMarks = map[wizard.PartState]string{
	wizard.PartHolds: "[x]", wizard.PartDiffers: "[~]", wizard.PartOpen: "[ ]", wizard.PartUnseen: "[?]",
}

func (c *Console) reason(s journey.Status) string {
	line := c.o.Text.Reason(s.Reason)
	if len(s.Changed) > 0 {
		files := s.Changed
		if len(files) > 3 {
			files = append(files[:3:3], "…")
		}
		for i, f := range files {
			files[i] = clean.Line(f)
		}
		line += " (" + strings.Join(files, ", ") + ")"
	}
	return line
}

// Markdown writes the checklist as a document to hand on.
func (c *Console) Markdown(list wizard.Checklist) {
	t, words := c.o.Text, c.o.Text.List()
	c.verbatim("# " + words.Title)
	c.verbatim("")
	c.verbatim(c.fill(words.At, "time", list.At.Format("2006-01-02 15:04 -0700")))
	c.verbatim("")
	c.verbatim("| | " + words.Step + " | " + words.State + " | " + words.Evidence + " |")
	c.verbatim("|---|---|---|---|")
	for _, s := range list.Checked {
		number, _ := numberOf(s.Step)
		state := t.State(s.State)
		if s.State == journey.Stale {
			state += ": " + t.Reason(s.Reason)
		}
		var evidence []string
		for _, part := range s.Parts {
			if part.State != wizard.PartOpen {
				evidence = append(evidence, cell(t.PartLine(part)))
			}
		}
		for _, change := range t.Changes(s) {
			evidence = append(evidence, "**"+cell(change)+"**")
		}
		c.verbatim("| " + number + " | " + cell(t.Step(s.Step).Name) + " | " + cell(state) + " | " + strings.Join(evidence, "<br>") + " |")
	}
	c.verbatim("")
	if list.Connected {
		c.verbatim(words.LookedThere)
	} else {
		c.verbatim(words.LookedHere)
	}
}

// cell writes text into a cell of a Markdown table, where it means itself.
func cell(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>|~#", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
