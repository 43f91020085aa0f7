package yolov5

import (
	"io"
	"slices"
	"strings"
	"unicode"
)

// A Finding is what a line of a log tells of a failure.
type Finding struct {
	Rule    string            `json:"rule"` // stays the same between versions
	Fatal   bool              `json:"fatal"`
	Line    int               `json:"line"`  // from 1; lines end with line feeds
	Quote   string            `json:"quote"` // the line, cleaned and shortened
	Count   int               `json:"count"` // lines of this rule
	Args    map[string]string `json:"args,omitempty"`
	Meaning Text              `json:"meaning"`
	Mend    Mend              `json:"mend"`

	pattern int // of the rule; an earlier one tells more
	last    int // last line of the rule, which decides whether training went on after it
}

// A Mend is what to do about a finding.
type Mend struct {
	Text
	// Command is a shell line for the instance, or "". What it takes from the
	// log is plain words only.
	Command string `json:"command,omitempty"`
	Step    string `json:"step,omitempty"` // of the wizard, to go back to
}

// Text is a text for people in the two languages of the program.
type Text struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

const (
	maxQuote = 300 // runes
	maxArg   = 200
)

// Diagnose reads the log of a training that is over and says what went wrong,
// the most telling finding first: what ended the training, then what merely
// harmed it. The log of a training that went well gives none. A log that ends
// without an end is a finding as well, so a running training's log is not to
// be given.
//
// Of several fatal lines the last counts most: what Python prints last is what
// it died of, and a log may hold earlier attempts. A fatal line after which
// the training went on is reported as harmless. If the log cannot be read to
// its end, what was read is judged.
func Diagnose(log io.Reader) []Finding {
	d := diagnosis{rules: failureRules(), found: map[string]*Finding{}, pending: map[string]Finding{}}
	_ = eachPiece(log, d.piece)
	return d.result()
}

type diagnosis struct {
	rules   []rule
	parser  Parser
	found   map[string]*Finding
	pending map[string]Finding // rules whose second line has not been seen

	started  bool // a training began
	finished bool // and came to its end
	alive    int  // last line that shows the training at work
	lastLine int
	lastText string
	midBar   bool // the last stretch is a progress bar short of its end
}

func (d *diagnosis) piece(piece string, line int, last bool) {
	text := stripControls(piece)
	if strings.TrimSpace(text) == "" {
		return
	}
	d.lastLine, d.lastText, d.midBar = line, text, false
	event, ok := d.parser.Parse(text)
	if ok {
		d.event(event, line)
	} else if done, total, _, isBar := bar(text); isBar && strings.Contains(text, "%|") {
		d.midBar = done < total
	}
	if !last {
		return // a progress bar that has been overwritten
	}
	d.match(text, line)
}

func (d *diagnosis) event(e Event, line int) {
	switch e := e.(type) {
	case Banner:
		d.started, d.finished = true, false
	case Start:
		d.started, d.finished, d.alive = true, false, line
	case Progress:
		d.midBar = e.Batch < e.Batches
	case ValidationProgress:
		d.midBar = e.Batch < e.Batches
	case Scan:
		d.midBar = !e.Done
	case Validation:
		d.alive = line
	case Finished:
		d.finished, d.alive = true, line
	}
}

func (d *diagnosis) match(text string, line int) {
	for id, f := range d.pending {
		if ruleByID(d.rules, id).with.MatchString(text) {
			delete(d.pending, id)
			f.last = line
			d.add(f)
		}
	}
	for i := range d.rules {
		r := &d.rules[i]
		pattern, m, fatal := r.try(text)
		if m == nil {
			continue
		}
		f := r.finding(m, pattern, fatal)
		f.Line, f.last, f.Quote = line, line, shortText(text, maxQuote)
		if r.with != nil {
			d.pending[r.ID] = f
		} else {
			d.add(f)
		}
		return
	}
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
	replace := f.pattern < old.pattern
	switch {
	case f.Fatal != old.Fatal:
		replace = f.Fatal
	case f.Fatal && old.last < d.alive:
		replace = true // what was before the training went on is of the past
	case f.pattern == old.pattern:
		replace = f.Fatal
		f.Count += old.Count
		old.Count = f.Count
	}
	if replace {
		*old = f
	}
	old.last = f.last
}

func (d *diagnosis) result() []Finding {
	fatal := false
	for _, f := range d.found {
		f.Fatal = f.Fatal && f.last > d.alive
		fatal = fatal || f.Fatal && !ruleByID(d.rules, f.Rule).Fallback
	}
	for id, f := range d.found {
		if ruleByID(d.rules, id).Fallback && (fatal || !f.Fatal) {
			delete(d.found, id)
		}
	}
	if !slices.ContainsFunc(d.rules, func(r rule) bool { return d.found[r.ID] != nil && d.found[r.ID].Fatal }) {
		d.cutShort()
	}
	list := make([]Finding, 0, len(d.found))
	for _, r := range d.rules {
		if f := d.found[r.ID]; f != nil {
			list = append(list, *f)
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		switch {
		case a.Fatal != b.Fatal && a.Fatal:
			return -1
		case a.Fatal != b.Fatal:
			return 1
		case a.Fatal:
			return b.last - a.last
		}
		return 0
	})
	return list
}

// cutShort judges a log that ends with neither an error nor an end. Memory
// that runs out leaves no line: the log stops in the middle of a bar.
func (d *diagnosis) cutShort() {
	if !d.started || d.finished {
		return
	}
	id := "log-stops"
	if d.midBar {
		id = "oom-killed"
	}
	r := ruleByID(d.rules, id)
	f := r.finding(map[string]string{}, 0, true)
	f.Line, f.last, f.Quote, f.Count = d.lastLine, d.lastLine, shortText(d.lastText, maxQuote), 1
	d.found[id] = &f
}

// shortText returns s without unprintable characters and of at most n runes.
func shortText(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == ' ' {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > n {
		s = string(runes[:n]) + "…"
	}
	return s
}
