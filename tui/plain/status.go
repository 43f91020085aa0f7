package plain

import (
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
)

// marks of the states, plain enough for any terminal.
var marks = map[wizard.State]string{
	wizard.Todo: "[ ]", wizard.Done: "[x]", wizard.Stale: "[~]", wizard.Failed: "[!]", wizard.Running: "[>]",
}

func (c *Console) heading(step wizard.Step, status wizard.Status) {
	if c.o.JSON {
		return
	}
	number, total := numberOf(step)
	c.line("")
	c.line(c.fill(c.o.Text.Plain().StepOf, "number", number, "total", total, "name", c.o.Text.Step(step).Name))
	c.line("  " + c.o.Text.Step(step).Why)
	if status.State == wizard.Stale {
		c.line("  " + c.reason(status))
	}
}

func (c *Console) alreadyDone(status wizard.Status) {
	if c.o.JSON {
		c.tellJSON(wizard.Event{Step: status.Step, Kind: wizard.KindNote, Code: wizard.NoteAlreadyDone})
		return
	}
	number, total := numberOf(status.Step)
	c.line(c.fill(c.o.Text.Plain().AlreadyDone, "number", number, "total", total, "name", c.o.Text.Step(status.Step).Name))
}

func numberOf(step wizard.Step) (number, total string) {
	for i, s := range wizard.Steps() {
		if s == step {
			number = strconv.Itoa(i + 1)
		}
	}
	return number, strconv.Itoa(len(wizard.Steps()))
}

// Status writes the checklist with its evidence.
func (c *Console) Status(j wizard.Journey) {
	if c.o.JSON {
		c.statusJSON(j)
		return
	}
	for _, s := range j.Steps {
		number, _ := numberOf(s.Step)
		line := marks[s.State] + " " + number + ". " + c.o.Text.Step(s.Step).Name + ": " + c.o.Text.State(s.State)
		if s.State == wizard.Stale {
			line += ": " + c.reason(s)
		}
		c.line(line)
		if s.Evidence == nil {
			continue
		}
		if s.Evidence.Failure != nil {
			said := c.o.Text.Failure(*s.Evidence.Failure)
			c.line("      " + said.What)
			c.line("      → " + said.Next)
		}
		if facts := c.facts(s.Evidence); facts != "" {
			c.line("      " + facts)
		}
	}
	c.line("")
	words := c.o.Text.Plain()
	if j.Verified {
		c.line(words.Looked)
	} else {
		c.line(words.NotVerified)
	}
	if j.Done() {
		c.line(words.AllDone)
	}
}

func (c *Console) reason(s wizard.Status) string {
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

func (c *Console) facts(e *wizard.Evidence) string {
	var parts []string
	for _, name := range text.FactOrder() {
		if label, shown := c.o.Text.Fact(name, e.Facts[name]); label != "" {
			parts = append(parts, label+": "+shown)
		}
	}
	return strings.Join(parts, "; ")
}
