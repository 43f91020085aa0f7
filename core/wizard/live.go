package wizard

import (
	"bytes"
	"path"
	"time"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/yolov5"
)

// live reads the log of a training as it comes and tells where it stands.
type live struct {
	*work
	parser  yolov5.Parser
	watch   *yolov5.Watch
	tracker yolov5.Tracker
	taxi    *taxi
	lines   *clean.Lines
	at      time.Time // when the lines at hand were written; zero for the past
	told    time.Time
	looked  time.Time // at the results file
	ended   bool      // an epoch has, since then
}

func (w *work) newLive() *live {
	l := &live{work: w, watch: yolov5.NewWatch(), taxi: w.newTaxi()}
	l.lines = clean.NewLines(l.line)
	return l
}

func (l *live) line(line string, replaced bool) {
	l.env.Face.Tell(Event{Step: l.step, Kind: KindLog, Line: line, Live: replaced})
	if !replaced {
		l.watch.Line(line)
	}
	e, ok := l.parser.Parse(line)
	if !ok {
		return
	}
	l.tracker.Add(e, l.at)
	if v, ok := e.(yolov5.Validation); ok && v.Class == "all" {
		l.ended = true
	}
	l.env.Face.Tell(Event{Step: l.step, Kind: KindMetrics, Metrics: e})
}

// Write takes a piece of an earlier run's log in.
func (l *live) Write(piece []byte) (int, error) {
	l.at = time.Time{}
	return l.lines.Write(piece)
}

// take takes a piece of the log in; fresh is whether it was written just now.
func (l *live) take(piece []byte, fresh bool) {
	l.at = time.Time{}
	if fresh {
		l.at = l.env.Now()
	}
	_, _ = l.lines.Write(piece)
	l.results(false)
	l.tell(l.ended)
	for _, f := range l.watch.News() {
		l.noteFound(NoteHarm, f)
	}
}

// The shortest times between two tellings, and between two looks at the
// results file.
const (
	tellEvery    = 500 * time.Millisecond
	resultsEvery = 15 * time.Second
)

func (l *live) tell(now bool) {
	if !now && l.env.Now().Sub(l.told) < tellEvery {
		return
	}
	l.told = l.env.Now()
	standing := l.tracker.Standing()
	told := standing
	if l.facts.Rehearsal {
		// A recording is played faster than the training ran: its times are not
		// those that the person waits for.
		told.Spent, told.Left, told.LeftLow, told.LeftHigh = 0, 0, 0, 0
	}
	l.env.Face.Tell(Event{Step: l.step, Kind: KindTraining, Training: &told})
	l.taxi.tell(standing, now)
}

// printResults prints the header and the last rows of a results file.
const printResults = `head -n 1 "$1" 2>/dev/null; tail -n 60 "$1" 2>/dev/null; exit 0`

// results looks at the file of results when an epoch has ended: it holds what
// the console does not print. Without it the curves are those of the console.
func (l *live) results(now bool) {
	if !l.ended || !now && l.env.Now().Sub(l.looked) < resultsEvery {
		return
	}
	l.looked, l.ended = l.env.Now(), false
	release := yolov5.Release(l.record.Steps[journey.Classes].Fact("release"))
	var out bytes.Buffer
	exit, err := l.instance.Run(l.ctx, printResults, []string{path.Join(l.evidence.Fact("run"), release.ResultsFile())}, limited(&out))
	if err != nil || exit != 0 {
		return
	}
	if rows, err := yolov5.ParseResults(&out); err == nil {
		l.tracker.Merge(rows)
	}
}

// recall takes in the epochs of a run that went on, which its new log does not
// tell of.
func (l *live) recall() {
	if rows, err := l.resultsThere(); err == nil {
		l.tracker.Merge(rows)
	}
}

// resultsThere reads the whole file of results.
func (w *work) resultsThere() ([]yolov5.Epoch, error) {
	release := yolov5.Release(w.record.Steps[journey.Classes].Fact("release"))
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `head -c 1000000 "$1" 2>/dev/null`, []string{path.Join(w.evidence.Fact("run"), release.ResultsFile())}, limited(&out))
	if err != nil || exit != 0 {
		return nil, err
	}
	return yolov5.ParseResults(&out)
}

// finish takes in what is left at the end.
func (l *live) finish() {
	l.lines.Flush()
	l.ended = true
	l.results(true)
	l.tell(true)
}
