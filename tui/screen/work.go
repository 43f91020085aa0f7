package screen

import (
	"slices"
	"time"

	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/preflight"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// maxNotes bounds what is kept of what a step told.
const maxNotes = 1000

// work is how far a running step is.
type work struct {
	progress *instance.Progress
	path     string
	phase    string
	since    time.Time // when the phase began
	from     int64     // bytes done then
}

// Tell takes in what the step told.
func (s *Screen) Tell(e wizard.Event) {
	switch e.Kind {
	case wizard.KindNote:
		if e.Code == wizard.NoteFinding {
			break // the panel's
		}
		switch e.Code {
		case wizard.NoteSaved:
			s.work.arrived()
		case wizard.NoteUploaded, wizard.NoteIdleCost, wizard.NoteStopping:
			s.work = work{} // no more is on its way
		}
		if e.Code == wizard.NoteLogFile {
			s.log.OnDisk()
		}
		s.addNote(note{code: e.Code, text: s.Text.Note(e.Code, e.Args)})
	case wizard.KindHurdle:
		if e.Hurdle != nil {
			s.addHurdle(*e.Hurdle)
		}
	case wizard.KindCommand:
		s.work = work{} // what came before is over
		s.addNote(note{text: clean.Line(e.Line), command: true})
	case wizard.KindProgress:
		if e.Progress != nil {
			s.progressed(*e.Progress)
		}
	case wizard.KindTraining:
		s.work = work{} // what came before the training is over
	case wizard.KindLog:
		s.backAgain(wizard.NoteReconnect)
		s.log.Add(clean.Line(e.Line), e.Live)
	}
	s.panel.tell(e)
}

// backAgain says, in place of the last note, that the connection is back, if
// that note is that it was lost.
func (s *Screen) backAgain(lost wizard.NoteCode) {
	if last := len(s.notes) - 1; last >= 0 && s.notes[last].code == lost {
		s.notes[last] = note{code: wizard.NoteConnected, text: s.Text.BackAgain}
	}
}

// hurdleCode is the note that a hurdle is drawn like.
func hurdleCode(h preflight.Hurdle) wizard.NoteCode {
	switch {
	case h.State == preflight.Mended:
		return wizard.NoteModulesOK
	case h.Severity == dataset.Minor:
		return wizard.NoteModules
	case h.Severity == dataset.Ruins && h.By != dataset.MendAuto:
		return wizard.NoteDiagnosis
	}
	return wizard.NoteHarm
}

// addHurdle tells a hurdle; what became of it stands in its place.
func (s *Screen) addHurdle(h preflight.Hurdle) {
	n := note{code: hurdleCode(h), text: s.Text.HurdleLine(h), hurdle: h.Check}
	if i := slices.IndexFunc(s.notes, func(n note) bool { return n.hurdle == h.Check }); i >= 0 && h.State != preflight.Found {
		s.notes[i] = n
		return
	}
	s.addNote(n)
}

// Recall takes in what an earlier run told, unless this one told something.
func (s *Screen) Recall(e wizard.Event) {
	if s.began.IsZero() {
		s.panel.tell(e)
	}
}

func (s *Screen) addNote(n note) {
	last := len(s.notes) - 1
	if (n.code == wizard.NoteReconnect || n.code == wizard.NoteCutOff || n.code == wizard.NoteNotReady) && last >= 0 && s.notes[last].code == n.code {
		// A connection that comes and goes is one calm line.
		s.notes[last] = n
		return
	}
	if len(s.notes) >= maxNotes {
		s.notes = append(s.notes[:0], s.notes[1:]...)
	}
	s.notes = append(s.notes, n)
}

func (s *Screen) progressed(p instance.Progress) {
	if old := s.work.progress; old != nil && p.Bytes > old.Bytes {
		s.backAgain(wizard.NoteCutOff)
	}
	if p.Phase != s.work.phase || s.work.progress != nil && p.Bytes < s.work.progress.Bytes {
		s.work.phase, s.work.since, s.work.from = p.Phase, s.Now(), p.Bytes
	}
	s.work.progress, s.work.path = &p, clean.Line(p.Path)
}

// arrived takes in that what was on its way is there; the next file may follow
// at once.
func (w *work) arrived() {
	if p := w.progress; p != nil {
		p.Bytes, p.Files = max(p.Bytes, p.BytesTotal), max(p.Files, p.FilesTotal)
	}
}

// share is how much of the phase is done, or -1.
func (w *work) share() float64 {
	p := w.progress
	switch {
	case p == nil:
		return -1
	case p.BytesTotal > 0:
		return float64(p.Bytes) / float64(p.BytesTotal)
	case p.FilesTotal > 0:
		return float64(p.Files) / float64(p.FilesTotal)
	}
	return -1
}

// skips reports whether the step can go on without the rest of what it does
// now.
func (s *Screen) skips() bool {
	return s.work.phase == string(dataset.Decoding) || s.work.phase == string(dataset.Comparing)
}

// progressLines draws the phase with its bar: how far it is, how fast, how long
// it still takes, and the file in hand.
func (s *Screen) progressLines(width int) []string {
	p := s.work.progress
	if p == nil {
		return nil
	}
	t, th := s.Text, s.Theme
	files := ""
	switch {
	case p.FilesTotal > 0:
		files = t.Count(int64(p.Files)) + " / " + t.Count(int64(p.FilesTotal))
	case p.Files > 0:
		files = t.Count(int64(p.Files))
	}
	phase, path := th.Accent.Render(t.Phase(p.Phase)), th.Dim.Render(s.work.path)
	bar := widget.Bar(th, s.work.share(), width)
	if p.BytesTotal <= 0 {
		return []string{widget.Spread(phase+"  "+path, files, width, th.Signs.More), bar}
	}
	rate, left := s.speed()
	amount := t.Size(p.Bytes) + " / " + t.Size(p.BytesTotal)
	if files != "" {
		amount += "   " + s.fill(t.Transfer().Files, "files", files)
	}
	speed := ""
	if rate > 0 {
		speed = s.fill(t.Rate, "rate", t.Size(int64(rate)))
	}
	takes := ""
	if left > 0 {
		takes = s.fill(t.Left, "time", t.Duration(left))
	}
	return []string{
		widget.Spread(phase, takes, width, th.Signs.More), bar,
		widget.Spread(amount, speed, width, th.Signs.More), path,
	}
}

// speed is bytes a second and how long the rest takes at that: as it was told,
// else by what came since the phase began.
func (s *Screen) speed() (rate float64, left time.Duration) {
	p := s.work.progress
	spent := s.Now().Sub(s.work.since)
	switch moved := p.Bytes - s.work.from; {
	case p.Rate > 0:
		rate = p.Rate
	case moved > 0 && spent > 2*time.Second:
		rate = float64(moved) / spent.Seconds()
	default:
		return 0, 0
	}
	seconds := p.Left
	if seconds <= 0 {
		seconds = float64(max(0, p.BytesTotal-p.Bytes)) / rate
	}
	return rate, time.Duration(min(seconds, maxLeft) * float64(time.Second)).Round(time.Second)
}

// maxLeft bounds what is said of the time that is left, in seconds.
const maxLeft = 100 * 24 * 3600

// noteLines draws the last notes within a number of lines.
func (s *Screen) noteLines(notes []note, width, height int) []string {
	var lines []string
	for _, note := range slices.Backward(notes) {
		drawn := s.noteLine(note, width)
		if len(lines)+len(drawn) > height {
			if len(lines) == 0 {
				lines = drawn[:max(0, height)]
				if last := len(lines) - 1; last >= 0 {
					lines[last] = widget.Cut(lines[last], width-2, "") + " " + s.Theme.Signs.More
				}
			}
			break
		}
		lines = append(drawn, lines...)
	}
	return lines
}

// warns reports whether a note is one that must not be missed.
func (n note) warns() bool {
	switch n.code {
	case wizard.NoteRehearsal, wizard.NoteNoGPU, wizard.NoteNoTorch, wizard.NoteOnCPU, wizard.NoteStillOn, wizard.NoteNotConfirmed,
		wizard.NoteKeyFailed, wizard.NoteKeyNotTaken, wizard.NoteKeyringFailed, wizard.NoteReconnect, wizard.NoteNotStarted, wizard.NoteCutOff, wizard.NoteMendFailed, wizard.NoteHarm, wizard.NoteKeptFile, wizard.NoteFinding:
		return true
	}
	return false
}

// apart takes the warnings out of notes.
func apart(notes []note) (rest, warnings []note) {
	for _, n := range notes {
		if n.warns() {
			warnings = append(warnings, n)
		} else {
			rest = append(rest, n)
		}
	}
	return rest, warnings
}

func (s *Screen) noteLine(n note, width int) []string {
	th := s.Theme
	if n.command {
		return []string{th.Dim.Render(widget.Cut("$ "+n.text, width, th.Signs.More))}
	}
	sign, style := th.Signs.Dot, th.Dim
	if n.warns() {
		sign, style = "!", th.Warn
	}
	switch n.code {
	case wizard.NoteConverted, wizard.NoteUploaded, wizard.NoteTrained, wizard.NoteSaved, wizard.NoteSeenOff,
		wizard.NoteJobStarted, wizard.NoteModulesOK, wizard.NoteDataRead:
		sign, style = th.Signs.Done, th.Good
	case wizard.NoteDiagnosis:
		sign, style = th.Signs.Failed, th.Bad
	}
	return widget.Indent(style.Render(sign)+" ", widget.Wrap(n.text, width-2))
}
