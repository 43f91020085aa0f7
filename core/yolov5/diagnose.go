package yolov5

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Finding is what a log tells of a failure.
type Finding struct {
	Rule    string            `json:"rule"` // stays the same between versions
	Fatal   bool              `json:"fatal"`
	Line    int               `json:"line"`  // from 1; lines end with line feeds
	Quote   string            `json:"quote"` // the line, cleaned and shortened
	Count   int               `json:"count"` // lines of this rule
	Args    map[string]string `json:"args,omitempty"`
	Meaning Text              `json:"meaning"`
	Mend    Mend              `json:"mend"`

	rule  *rule
	order int  // of the pattern; an earlier one tells more
	weak  bool // counts only if nothing else ended the training
	last  int  // last line of the rule, which decides whether training went on after it
}

// A Mend is what to do about a finding.
type Mend struct {
	Text
	// Apply says which of what follows mends it without a person; "" if none
	// does.
	Apply Apply `json:"apply,omitempty"`
	// Command is a shell line for the instance, or "". What it takes from the
	// log is plain words only.
	Command string  `json:"command,omitempty"`
	Answer  *Answer `json:"answer,omitempty"` // of the plan, to change
	Step    string  `json:"step,omitempty"`   // of the wizard, to go back to
}

// Apply says how a mend is applied by a program.
type Apply string

// The ways to apply a mend.
const (
	ApplyCommand Apply = "command" // run Command
	ApplyAnswer  Apply = "answer"  // change Answer
	ApplyRedo    Apply = "redo"    // do Step again, which puts back what it made
	ApplyAgain   Apply = "again"   // start anew with the wizard, which sees to it
	ApplyResume  Apply = "resume"  // go on from the last checkpoint
)

// An Answer is a key of the wizard's plan and the value that mends: a plain
// one, or "half" of what it is now.
type Answer struct {
	Key   string `yaml:"key" json:"key"`
	Value string `yaml:"value" json:"value"`
}

// Text is a text for people in the two languages of the program.
type Text struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// An Ending is what is known of a training's end beside its log.
type Ending struct {
	// Exit is the exit code, 128+n for signal n; it counts if Exited.
	Exit   int
	Exited bool
	Lost   bool // it runs no more, and left no exit code
	Paid   bool // a GPU is paid for
}

const (
	maxQuote = 300 // runes
	maxArg   = 200
)

// Rules that no line of a log gives away, or that are counted here.
const (
	ruleOOMKilled  = "oom-killed"
	ruleConnection = "connection-lost"
	ruleUnknown    = "unknown"
	ruleDropped    = "pictures-dropped"
	ruleOnCPU      = "trained-on-cpu"
	ruleStopped    = "interrupted"
)

// Diagnose reads the log of a training that is over and says what went wrong,
// the most telling finding first: what ended the training, then what merely
// harmed it. The log of a training that went well gives none, and neither does
// that of another program. A log that ends without an end is a finding as
// well, so a running training's log is not to be given.
//
// Of several fatal lines the last counts most: what Python prints last is what
// it died of, and a log may hold earlier attempts. What the training survived
// is not told. If the log cannot be read to its end, what was read is judged.
//
// The log is read in one pass and little of it is kept, whatever its size.
func Diagnose(log io.Reader) []Finding { return DiagnoseEnd(log, Ending{}) }

// DiagnoseEnd is Diagnose with what else is known.
func DiagnoseEnd(log io.Reader, end Ending) []Finding {
	d := newDiagnosis(end)
	_ = eachPiece(log, d.piece)
	return d.result()
}

func newDiagnosis(end Ending) diagnosis {
	return diagnosis{book: failureRules(), end: end, found: map[string]*Finding{}, options: map[string]string{}, shown: map[string]scanned{}}
}

// scanned is what was last told of the pictures of one set.
type scanned struct{ total, corrupt int }

type diagnosis struct {
	book    *ruleBook
	end     Ending
	parser  Parser
	found   map[string]*Finding
	waiting *Finding          // a rule whose second line has not been seen
	details *Finding          // a finding whose next lines may tell more
	detail  int               // lines left to do so
	options map[string]string // of the training, from its first line

	ours     int // lines that show the log to be YOLOv5's
	foreign  int // lines of a traceback that show another program's
	lines    int // not empty
	started  bool
	finished bool // all epochs done
	stripped bool // and best.pt in its final form
	scores   bool // best.pt is scored after that: v6.0 and later
	saved    bool // and the training ended well
	trained  bool // an epoch was validated
	banner   Banner
	bannerAt int
	bannered string
	cudaTold bool // torch complained about CUDA
	shown    map[string]scanned

	aside     bool // in what a thread or a logger complains about
	traceback bool // the next line without an indent ends a traceback
	alive     int  // last line that shows the training at work
	lastLine  int
	lastText  string
	midBar    bool // the last stretch is a progress bar short of its end
}

func (d *diagnosis) piece(piece string, line int, last bool) {
	if !last {
		// A progress bar that has been overwritten says nothing of a failure.
		return
	}
	text := withoutLead(stripControls(piece))
	if strings.TrimSpace(text) == "" {
		return
	}
	d.lastLine, d.lastText, d.midBar = line, text, false
	d.lines++
	if event, ok := d.parser.Parse(text); ok {
		d.ours++
		d.event(event, line)
		switch event.(type) {
		case Progress, Scan:
			d.match(text, line)
		}
		return
	}
	if done, total, _, isBar := bar(text); isBar {
		d.midBar = done < total && (strings.Contains(text, "%|") || strings.Contains(text, "━"))
	}
	if d.aboutOptions(text) {
		return
	}
	d.context(text)
	d.match(text, line)
	d.endTraceback(text, line)
}

// withoutLead drops what launchers and shells put before a line.
func withoutLead(text string) string {
	if rest, ok := strings.CutPrefix(text, "[rank"); ok {
		if number, rest, ok := strings.Cut(rest, "]: "); ok && len(number) < 4 {
			return rest
		}
	}
	if rest, ok := strings.CutPrefix(text, "python : "); ok { // PowerShell
		return rest
	}
	return text
}

func (d *diagnosis) event(e Event, line int) {
	switch e := e.(type) {
	case Banner:
		d.attempt()
		d.banner, d.bannerAt, d.bannered = e, line, d.lastText
	case Start:
		d.started, d.finished, d.stripped, d.saved, d.alive = true, false, false, false, line
	case Progress:
		d.started = true
		d.midBar = e.Batch < e.Batches
	case ValidationProgress:
		d.midBar = e.Batch < e.Batches
	case Scan:
		d.midBar = !e.Done
		d.shown[e.Set] = scanned{e.Total, e.Corrupt}
	case Validation:
		d.alive = line
		d.trained = d.trained || e.Epoch >= 0
	case Finished:
		d.finished, d.alive = true, line
	case Scoring:
		d.scores, d.alive = true, line
	case Stripped:
		d.stripped, d.alive = true, line
	case Saved:
		d.saved, d.alive = d.finished, line
	}
}

// attempt begins a new attempt in the same log.
func (d *diagnosis) attempt() {
	d.started, d.finished, d.stripped, d.scores, d.saved, d.trained = true, false, false, false, false, false
	clear(d.shown)
}

// wentWell reports whether the last attempt came to its end.
func (d *diagnosis) wentWell() bool {
	return d.saved || d.finished && d.stripped && !d.scores
}

// aboutOptions takes the line in that lists the options of the training, and
// others that may hold any word and say nothing of a failure.
func (d *diagnosis) aboutOptions(text string) bool {
	list, ok := strings.CutPrefix(strings.TrimSpace(text), "train: weights=")
	if !ok {
		if list, ok = strings.CutPrefix(text, "Namespace("); !ok {
			return strings.HasPrefix(text, "hyperparameters: ") || strings.HasPrefix(text, "github: ")
		}
	} else {
		list = "weights=" + list
	}
	d.ours++
	clear(d.options)
	for _, option := range strings.Split(strings.TrimSuffix(list, ")"), ", ") {
		name, value, _ := strings.Cut(option, "=")
		if value = strings.Trim(value, `'"`); value != "" && value != "None" && len(d.options) < 100 {
			d.options[name] = shortText(value, maxArg)
		}
	}
	return true
}

// Marks of YOLOv5 in paths and texts.
var ownWords = []string{"yolov5", "YOLOv5", "train.py", "ultralytics"}

// context notes where in the output a line stands.
func (d *diagnosis) context(text string) {
	for _, word := range ownWords {
		if strings.Contains(text, word) {
			d.ours++
			break
		}
	}
	switch {
	case strings.HasPrefix(text, "Exception in thread "), strings.HasPrefix(text, "Exception ignored in"),
		strings.HasPrefix(text, "--- Logging error ---"):
		d.aside = true
	case strings.HasPrefix(text, "Traceback (most recent call last)"):
		d.traceback = true
	case strings.HasPrefix(strings.TrimLeft(text, " "), `File "`):
		d.foreign++
	case strings.Contains(text, "CUDA initialization"):
		d.cudaTold = true
	}
}

// endTraceback takes the line that a traceback ends with: an error that no
// rule knows is told as it is.
func (d *diagnosis) endTraceback(text string, line int) {
	if !d.traceback || text[0] == ' ' || strings.HasPrefix(text, "Traceback (") {
		return
	}
	aside := d.aside
	d.traceback, d.aside = false, false
	if f := d.found[ruleUnknown]; f != nil && f.last == line {
		return
	}
	for _, f := range d.found {
		if f.last == line {
			return
		}
	}
	if d.waiting != nil && d.waiting.last == line {
		return
	}
	f := d.book.byID(ruleUnknown).finding(map[string]string{"why": shortText(text, maxArg)}, true)
	f.weak, f.Line, f.last, f.Quote = aside, line, line, shortText(text, maxQuote)
	d.add(f)
}

func (d *diagnosis) match(text string, line int) {
	d.second(text, line)
	warning := strings.Contains(text, "Warning: ")
	p, caught := d.book.first(text, func(p *pattern) bool {
		// What Python calls a warning ends nothing.
		return p.kind == warns || !warning
	}, func(p *pattern) bool {
		// Of what ends nothing the first line is told, and the others counted.
		f := d.found[p.rule.ID]
		return f != nil && !f.Fatal && f.order == p.order && !p.short
	})
	if d.detail--; d.detail >= 0 && d.details != nil {
		if more := groups(d.details.rule.detail, text); more != nil {
			d.retell(d.details, more)
			d.details = nil
			return
		}
	}
	if p == nil {
		return
	}
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

// retell fills what was caught later into a finding's texts.
func (d *diagnosis) retell(f *Finding, more map[string]string) {
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

func (d *diagnosis) result() []Finding {
	if d.waiting != nil {
		d.add(*d.waiting) // it waits there still
	}
	d.clear()
	d.explain()
	if !d.anyFatal() {
		d.cutShort()
	}
	d.count()
	list := make([]Finding, 0, len(d.found))
	for i := range d.book.rules {
		if f := d.found[d.book.rules[i].ID]; f != nil && !slices.ContainsFunc(list, func(g Finding) bool { return g.Rule == f.Rule }) {
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

// snippet is how many lines a log may have to be taken for a piece of
// YOLOv5's without anything that shows it.
const snippet = 30

// clear drops what is of the past, of another program, or of no account beside
// something else.
func (d *diagnosis) clear() {
	ours := d.ours > 0
	for id, f := range d.found {
		common := f.rule.Common && !ours && (d.foreign > 0 || d.lines > snippet)
		past := f.Fatal && (f.last <= d.alive || d.wentWell())
		if common || past || f.rule.Fallback && !ours {
			delete(d.found, id)
		}
	}
	strong := slices.ContainsFunc(d.all(), func(f *Finding) bool { return f.Fatal && !f.weak && !f.rule.Fallback })
	if strong {
		maps.DeleteFunc(d.found, func(_ string, f *Finding) bool { return f.Fatal && (f.weak || f.rule.Fallback) })
	}
	firm := slices.ContainsFunc(d.all(), func(f *Finding) bool { return f.Fatal && !f.rule.Fallback })
	if firm {
		maps.DeleteFunc(d.found, func(_ string, f *Finding) bool { return f.rule.Fallback })
	}
}

func (d *diagnosis) all() []*Finding { return slices.Collect(maps.Values(d.found)) }

func (d *diagnosis) anyFatal() bool {
	return slices.ContainsFunc(d.all(), func(f *Finding) bool { return f.Fatal })
}

// explain puts a cause before its effect: it takes the effect's place in the
// order.
func (d *diagnosis) explain() {
	for _, cause := range d.all() {
		for _, id := range cause.rule.Explains {
			effect := d.found[id]
			if effect == nil || !effect.Fatal || effect.last < cause.last || cause.last <= d.alive {
				continue
			}
			cause.Fatal, cause.last = true, effect.last+1
			if effect.rule.Fallback {
				delete(d.found, id)
			}
		}
	}
}

// cutShort judges a log that ends with neither an error nor an end. Memory
// that runs out leaves no line, and neither does a connection that is lost:
// the exit code tells them apart where it is known. Where it is not, a log
// that stops in the middle of a bar is taken for the work of the kernel.
func (d *diagnosis) cutShort() {
	const killed, hangup, interrupt, terminated = 128 + 9, 128 + 1, 128 + 2, 128 + 15
	if d.wentWell() || d.end.Exited && d.end.Exit == 0 {
		return
	}
	id := ""
	switch {
	case d.end.Exited && d.end.Exit == killed:
		id = ruleOOMKilled
	case d.end.Exited && (d.end.Exit == hangup || d.end.Exit == 255), d.end.Lost:
		id = ruleConnection
	case d.end.Exited && (d.end.Exit == interrupt || d.end.Exit == terminated):
		id = ruleStopped
	case d.end.Exited:
		id = ruleUnknown
	case !d.started:
		return
	case d.midBar:
		id = ruleOOMKilled
	default:
		id = ruleConnection
	}
	caught := map[string]string{}
	if id == ruleUnknown {
		caught["why"] = shortText(d.lastText, maxArg)
	}
	f := d.book.byID(id).finding(caught, true)
	f.Line, f.last, f.Quote, f.Count = d.lastLine, d.lastLine, shortText(d.lastText, maxQuote), 1
	d.found[id] = &f
}

// count adds what is seen from the whole log: pictures that took no part, and
// a GPU that did not.
func (d *diagnosis) count() {
	corrupt, total := 0, 0
	for _, s := range d.shown {
		corrupt, total = corrupt+max(0, s.corrupt), total+max(0, s.total)
	}
	if warned := d.found["label-warn"]; d.wentWell() && corrupt > 0 && warned != nil {
		d.addCounted(ruleDropped, warned.Line, warned.Quote, map[string]string{
			"corrupt": strconv.Itoa(corrupt), "total": strconv.Itoa(total),
		})
	}
	built := strings.Contains(d.banner.Torch, "+cu") || d.cudaTold
	if d.banner.OnCPU() && d.trained && (d.end.Paid || built && d.options["device"] != "cpu") {
		d.addCounted(ruleOnCPU, d.bannerAt, d.bannered, map[string]string{"torch": d.banner.Torch})
	}
}

func (d *diagnosis) addCounted(id string, line int, quote string, args map[string]string) {
	f := d.book.byID(id).finding(args, false)
	f.Line, f.Quote, f.Count = line, shortText(quote, maxQuote), 1
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
