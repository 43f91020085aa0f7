package yolov5

import (
	"maps"
	"strings"
)

// match takes a line in that is no event.
func (d *diagnosis) match(text string, line int) {
	d.second(text, line)
	if d.detailed(text) {
		return
	}
	if p, caught := d.known(text); p != nil {
		d.take(p, caught, text, line)
	}
}

// known returns the pattern that a line matches, and what its groups caught:
// nil if the line is to be counted only.
func (d *diagnosis) known(text string) (*pattern, map[string]string) {
	warning := strings.Contains(text, "Warning: ")
	return d.book.first(text, func(p *pattern) bool {
		// What Python calls a warning ends nothing.
		return p.kind == warns || !warning
	}, func(p *pattern) bool {
		// Of what ends nothing the first line is told, and the others counted.
		f := d.found[p.rule.ID]
		return f != nil && !f.Fatal && f.order == p.order && !p.short
	})
}

func (d *diagnosis) take(p *pattern, caught map[string]string, text string, line int) {
	if caught == nil {
		d.found[p.rule.ID].Count++
		d.found[p.rule.ID].last = line
		return
	}
	for _, option := range []string{"weights", "data", "cfg", "device", "project", "batch_size", "imgsz", "workers"} {
		if value := d.options[option]; value != "" && caught[option] == "" {
			caught[option] = value
		}
	}
	f := p.rule.finding(caught, p.rule.Fatal && p.kind != warns)
	f.order, f.Line, f.last, f.Quote = p.order, line, line, shortText(text, maxQuote)
	f.weak = p.kind == weak || f.Fatal && d.aside
	if p.rule.with != nil {
		d.waiting = &f
		return
	}
	d.add(f)
	if p.rule.detail != nil {
		d.details, d.detail = d.found[f.Rule], detailLines
	}
}

// detailLines is how many lines below a finding may tell more of it.
const detailLines = 8

// detailed fills what a line below a finding tells into the finding's texts.
func (d *diagnosis) detailed(text string) bool {
	d.detail--
	if d.detail < 0 || d.details == nil {
		return false
	}
	more := groups(d.details.rule.detail, text)
	if more == nil {
		return false
	}
	f := d.details
	d.details = nil
	caught := maps.Clone(f.Args)
	if caught == nil {
		caught = map[string]string{}
	}
	for name, value := range more {
		if caught[name] == "" {
			caught[name] = value
		}
	}
	told := f.rule.finding(caught, f.Fatal)
	f.Args, f.Meaning, f.Mend = told.Args, told.Meaning, told.Mend
	return true
}

// second looks for the second line of a rule that needs two.
func (d *diagnosis) second(text string, line int) {
	f := d.waiting
	if f == nil {
		return
	}
	switch {
	case f.rule.with.MatchString(text):
		f.last = line
		d.add(*f)
	case strings.Contains(text, "Downloading ") || strings.Contains(text, "100%"):
		// It went well, or something else is under way.
	default:
		return
	}
	d.waiting = nil
}

// add takes a finding in. Of one rule one finding is kept: the last one if it
// is fatal, for that is what ended the training, else the first; but a pattern
// that stands earlier in the rule tells more and goes before.
func (d *diagnosis) add(f Finding) {
	f.Count = 1
	old := d.found[f.Rule]
	if old == nil {
		d.found[f.Rule] = &f
		return
	}
	replace := f.order < old.order
	switch {
	case f.Fatal != old.Fatal:
		replace = f.Fatal
	case f.weak != old.weak:
		replace = !f.weak
	case f.Fatal && old.last < d.alive:
		replace = true // what was before the training went on is of the past
	case f.order == old.order:
		replace = f.Fatal
		f.Count += old.Count
		old.Count = f.Count
	}
	last := f.last
	if replace {
		*old = f
	}
	old.last = last
}

// narrowest is how many columns a terminal has at the least, longest how much
// of a line is put together again.
const (
	narrowest = 40
	longest   = 1000
)

// rejoin puts an error and the line below it together, for rules that know the
// whole.
func (d *diagnosis) rejoin(text string) {
	if d.broken == "" {
		return
	}
	d.broken += text
	p, caught := d.known(d.broken)
	if caught != nil {
		d.take(p, caught, d.broken, d.brokenAt)
	}
	if p != nil || len(d.broken) > longest {
		d.broken = ""
	}
}
