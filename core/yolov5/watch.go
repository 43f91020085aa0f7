package yolov5

// A Watch reads the lines of a training while it is at work and tells what
// harms it: pictures that are left out, losses that are no numbers. What ends
// a training shows when it has ended; see Diagnose.
type Watch struct {
	d    diagnosis
	line int
	told map[string]bool
}

// NewWatch returns a Watch for one log.
func NewWatch() *Watch {
	return &Watch{d: newDiagnosis(Ending{}), told: map[string]bool{}}
}

// Line takes the next line in; what a bar showed before is not needed.
func (w *Watch) Line(line string) {
	w.line++
	w.d.piece(line, w.line, true)
}

// News returns what was found since the last call.
func (w *Watch) News() []Finding {
	var news []Finding
	for _, r := range w.d.book.rules {
		if s := w.d.seen[r.ID]; s != nil && !s.fatal && !w.told[r.ID] {
			w.told[r.ID] = true
			news = append(news, s.told())
		}
	}
	return news
}
