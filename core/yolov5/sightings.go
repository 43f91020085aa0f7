package yolov5

import "strings"

// A sighting is a line of a log that a rule knows.
type sighting struct {
	rule   *rule
	fatal  bool
	sure   Sureness
	caught map[string]string
	line   int
	last   int // line of the rule, which decides whether training went on after it
	count  int
	quote  string
	order  int  // of the pattern; an earlier one tells more
	weak   bool // counts only if nothing else ended the training
}

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
	return d.book.first(text, func(p *pattern) bool {
		// What Python calls a warning ends nothing.
		return p.kind == warns || !strings.Contains(text, "Warning: ")
	}, func(p *pattern) bool {
		// Of what ends nothing the first line is told, and the others counted.
		s := d.seen[p.rule.ID]
		return s != nil && !s.fatal && s.order == p.order && !p.short
	})
}

// startedWith are the options of train.py that the rules' texts may name.
var startedWith = []string{"weights", "data", "cfg", "device", "project", "batch_size", "imgsz", "workers"}

func (d *diagnosis) take(p *pattern, caught map[string]string, text string, line int) {
	if caught == nil {
		d.seen[p.rule.ID].count++
		d.seen[p.rule.ID].last = line
		return
	}
	for _, option := range startedWith {
		if value := d.options[option]; value != "" && caught[option] == "" {
			caught[option] = value
		}
	}
	fatal := p.rule.Fatal && p.kind != warns
	s := &sighting{
		rule: p.rule, fatal: fatal, sure: p.rule.Sure, caught: caught, line: line, last: line, quote: shortText(text, maxQuote),
		order: p.order, weak: p.kind == weak || fatal && d.aside,
	}
	if s.weak && s.sure == Certain {
		s.sure = Likely
	}
	if p.rule.with != nil {
		d.waiting = s
		return
	}
	d.add(s)
	if p.rule.detail != nil {
		d.details, d.detail = d.seen[p.rule.ID], detailLines
	}
}

// detailLines is how many lines below a sighting may tell more of it.
const detailLines = 8

// detailed takes in what a line below a sighting tells of it.
func (d *diagnosis) detailed(text string) bool {
	if d.detail--; d.detail < 0 || d.details == nil {
		return false
	}
	more := groups(d.details.rule.detail, text)
	if more == nil {
		return false
	}
	for name, value := range more {
		if d.details.caught[name] == "" {
			d.details.caught[name] = value
		}
	}
	d.details = nil
	return true
}

// second looks for the second line of a rule that needs two.
func (d *diagnosis) second(text string, line int) {
	s := d.waiting
	if s == nil {
		return
	}
	switch {
	case s.rule.with.MatchString(text):
		s.last = line
		d.add(s)
	case strings.Contains(text, "Downloading ") || strings.Contains(text, "100%"):
		// It went well, or something else is under way.
	default:
		return
	}
	d.waiting = nil
}

// add takes a sighting in. Of one rule one is kept: the last one if it is
// fatal, for that is what ended the training, else the first; but a pattern
// that stands earlier in the rule tells more and goes before.
func (d *diagnosis) add(s *sighting) {
	s.count = 1
	old := d.seen[s.rule.ID]
	if old == nil {
		d.seen[s.rule.ID] = s
		return
	}
	replace := s.order < old.order
	switch {
	case s.fatal != old.fatal:
		replace = s.fatal
	case s.weak != old.weak:
		replace = !s.weak
	case s.fatal && old.last < d.alive:
		replace = true // what was before the training went on is of the past
	case s.order == old.order:
		replace = s.fatal
		s.count += old.count
		old.count = s.count
	}
	last := s.last
	if replace {
		*old = *s
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
