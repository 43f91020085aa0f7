package yolov5

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A diagnosis gathers what the lines of a log tell; what it comes to is for
// result to say.
type diagnosis struct {
	book    *ruleBook
	end     Ending
	parser  Parser
	seen    map[string]*sighting // by rule
	waiting *sighting            // whose second line has not come
	details *sighting            // of which the next lines may tell more
	detail  int                  // lines left to do so
	options map[string]string    // of the training, from its first line

	ours     bool // the log shows itself to be YOLOv5's
	foreign  int  // lines of a traceback that show another program's
	lines    int  // not empty
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

	// An error that no rule knows may have been broken in two where a terminal
	// was too narrow for it.
	broken   string
	brokenAt int
}

// scanned is what was last told of the pictures of one set.
type scanned struct{ total, corrupt int }

func newDiagnosis(end Ending) diagnosis {
	return diagnosis{book: failureRules(), end: end, seen: map[string]*sighting{}, options: map[string]string{}, shown: map[string]scanned{}}
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
	if event, ok := d.parser.event(text); ok {
		d.ours = true
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
	d.rejoin(text)
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
	d.ours = true
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
	d.ours = d.ours || slices.ContainsFunc(ownWords, func(word string) bool { return strings.Contains(text, word) })
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

// isException reports whether a line names an exception, as a traceback's last
// one does, and is not the end of a line of code that a terminal broke in two.
func isException(text string) bool {
	name, _, says := strings.Cut(strings.TrimRight(text, " "), ":")
	if !says && !bareException.MatchString(name) {
		return false
	}
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c != '_' && c != '.' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

// bareException is an exception that says nothing.
var bareException = regexp.MustCompile(`(?:Error|Exception|Interrupt|Exit|\.\w+)$`)

// endTraceback takes the line that a traceback ends with: an error that no
// rule knows is told as it is.
func (d *diagnosis) endTraceback(text string, line int) {
	if !d.traceback || !isException(text) {
		return
	}
	aside := d.aside
	d.traceback, d.aside = false, false
	if d.waiting != nil && d.waiting.last == line {
		return
	}
	for _, s := range d.seen {
		if s.last == line {
			return
		}
	}
	d.add(&sighting{
		rule: d.book.byID(ruleUnknown), fatal: true, sure: Certain, weak: aside, line: line, last: line,
		caught: map[string]string{"why": shortText(text, maxArg)}, quote: shortText(text, maxQuote),
	})
	if len(text) >= narrowest {
		d.broken, d.brokenAt = text, line
	}
}
