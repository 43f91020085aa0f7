package screen

import (
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// View draws the screen into the layout's body.
func (s *Screen) View(l widget.Layout) []string {
	width, height := l.Main, l.Body
	s.explained, s.height = l.Side > 0, height
	head := s.head(width)
	room := height - len(head)
	var body []string
	switch {
	case s.showLog:
		body = s.logLines(width, room)
	case s.chooser() != nil:
		body = s.chooser().view(width, room)
	case s.mode == asking:
		body = s.viewAsking(width, room)
	case s.mode == byHand:
		body = s.viewHand(width, room)
	case s.mode == working:
		body = s.viewWorking(width, room)
	case s.mode == ended:
		body = s.viewEnded(width, room)
	default:
		body = s.viewFailed(width, room)
	}
	return widget.Clip(append(head, body...), height)
}

// Aside reports whether the pane that explains the step may stand beside what
// is shown: not where a log or a table needs the room.
func (s *Screen) Aside() bool {
	return !s.showLog && s.chooser() == nil && (s.mode != working || s.Step != journey.Train)
}

// onInstance reports whether the step works on the rented machine.
func (s *Screen) onInstance() bool {
	return s.Step == journey.Upload || s.Step == journey.Train || s.Step == journey.Download
}

// Explain says why the step exists, what the wizard does, what that costs, how
// it is done by hand and what can go wrong: as much of it as there is room for.
func (s *Screen) Explain(width, height int) []string {
	t, th := s.Text, s.Theme
	words, more := t.Step(s.Step), t.Explain(s.Step, s.Practice)
	var lines []string
	add := func(title string, said ...string) {
		head := []string{th.Strong.Render(title)}
		if len(lines) > 0 {
			head = append([]string{""}, head...)
		}
		for _, sentence := range said {
			part := widget.Wrap(sentence, width)
			if len(said) > 1 {
				part = widget.Indent(th.Signs.Dot+" ", widget.Wrap(sentence, width-2))
			}
			if height > 0 && len(lines)+len(head)+len(part) > height {
				return
			}
			lines, head = append(append(lines, head...), part...), nil
		}
	}
	add(t.WhyTitle, words.Why)
	add(t.DoesTitle, words.Does)
	add(t.CostsTitle, more.Costs)
	add(t.ByHandTitle, words.ByHand)
	add(t.WrongTitle, more.Wrong...)
	return lines
}

// head is the step's name and where it stands.
func (s *Screen) head(width int) []string {
	t, th := s.Text, s.Theme
	state := s.status.State
	word := t.State(state)
	switch {
	case s.mode == working:
		state = journey.Running
		word = t.Working + "  " + t.Duration(s.Now().Sub(s.began).Truncate(time.Second))
	case s.mode == failed:
		state = journey.Failed
		if s.stopped {
			state = journey.Running // not to its end
		}
		word = t.State(state)
	case s.mode == ended && s.status.Evidence != nil && !s.status.Evidence.Ended.IsZero():
		word = t.Fill(t.DoneAt, map[string]string{"time": t.Time(s.status.Evidence.Ended, s.Now())})
	}
	sign, style := th.State(state)
	number := t.Fill(t.StepOf, map[string]string{"number": strconv.Itoa(s.number), "total": strconv.Itoa(len(journey.Steps()))})
	left := th.Accent.Render(t.Step(s.Step).Name) + "  " + th.Dim.Render(number)
	if s.hand != nil {
		left += th.Dim.Render(" " + th.Signs.Separator + " " + s.Text.Hand().Mark)
	}
	if s.mode == asking {
		left += th.Dim.Render(" " + th.Signs.Separator + " " + t.Explain(s.Step, s.Practice).Cost)
	}
	return []string{widget.Spread(left, style.Render(sign+" "+word), width, th.Signs.More), ""}
}

func (s *Screen) viewAsking(width, height int) []string {
	th, words := s.Theme, s.Text.Step(s.Step)
	if s.form.Busy() && !s.form.Typing() {
		return s.form.View(width, height)
	}
	var lines []string
	if banner := s.banner(); banner != "" {
		for _, line := range widget.Indent("! ", widget.Wrap(banner, width-2)) {
			lines = append(lines, th.Warn.Render(line))
		}
		lines = append(lines, "")
	}
	why := append(widget.Wrap(words.Why, min(width, widget.Measure)), "")
	form := s.form.Height(width)
	aside := 0
	if s.Step == journey.Upload {
		// Where the login is found is worth more than why one logs in.
		if aside = len(s.panel.aside(width, height)) + 1; len(lines)+form+aside > height {
			aside = 0
		}
	}
	if !s.explained && len(why)+len(lines)+form+aside <= height {
		lines = append(why, lines...)
	}
	if s.form.Typing() {
		// The line to type stands on the last row of all.
		return append(lines, s.form.View(width, height-len(lines))...)
	}
	lines = append(lines, s.form.View(width, height-len(lines))...)
	// What is known of the platform, what the wizard does, and how it is done
	// without, where there is room.
	more := [][]string{s.panel.aside(width, height-len(lines)-1)}
	if !s.explained {
		more = append(more, s.dim(words.Does, width), s.dim(s.Text.ByHandTitle+s.Text.Colon+words.ByHand, width))
	}
	for _, more := range more {
		if len(more) > 0 && len(lines)+1+len(more) <= height {
			lines = append(append(lines, ""), more...)
		}
	}
	return lines
}

// dim draws what may be skipped.
func (s *Screen) dim(text string, width int) (drawn []string) {
	for _, line := range widget.Wrap(text, width) {
		drawn = append(drawn, s.Theme.Dim.Render(line))
	}
	return drawn
}

// banner says why the step is to be done again, or where it was left.
func (s *Screen) banner() string {
	switch s.status.State {
	case journey.Stale:
		banner := s.Text.Reason(s.status.Reason)
		if len(s.status.Changed) > 0 {
			banner = s.Text.Join(banner, s.Text.FillWith(s.Text.Changed, "files", strings.Join(s.status.Changed[:min(3, len(s.status.Changed))], ", ")))
		}
		return banner
	case journey.Running:
		if s.watchesOn() {
			return s.Text.GoOnWatching
		}
		return s.Text.GoOnHere
	}
	in := map[string]string{"folder": s.Folder}
	switch s.waitsFor() {
	case "data":
		return s.Text.Fill(s.Text.PutData, in)
	case "code.folder":
		return s.Text.Fill(s.Text.PutCode, in)
	}
	if s.Step == journey.Region && s.NoData {
		return s.Text.Fill(s.Text.PutSoon, in)
	}
	return ""
}

// watchesOn reports whether a training that was started may still run, with
// nobody watching: starting the step watches on.
func (s *Screen) watchesOn() bool {
	return s.Step == journey.Train && s.status.State == journey.Running && s.status.Evidence.Fact("job") != "" && !s.Practice
}

func (s *Screen) viewWorking(width, height int) []string {
	progress := s.progressLines(width)
	panel := s.panel.work(width, height)
	rest := height - len(progress) - len(panel)
	logged := 0
	if !s.log.Empty() {
		logged = max(4, rest-5)
	}
	told := max(1, rest-logged-2)
	if len(panel) > 0 && logged > 0 {
		told = min(told, max(2, height/6))
	}
	notes := s.noteLines(s.notes, width, told)
	lines := append([]string(nil), notes...)
	for _, part := range [][]string{progress, panel} {
		if len(part) > 0 && len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	if logged > 0 && len(panel) == 0 && len(lines) > 0 && height-len(lines) > 4 {
		lines = append(lines, "")
	}
	if logged > 0 && height-len(lines) >= 3 {
		lines = append(lines, s.logLines(width, height-len(lines))...)
	}
	if does := s.dim(s.Text.Step(s.Step).Does, width); !s.explained && !s.onInstance() && len(lines)+1+len(does) <= height {
		lines = append(append(lines, ""), does...)
	}
	return lines
}

func (s *Screen) viewEnded(width, height int) []string {
	menu := s.menu.View(s.Theme, width)
	lines := s.panel.outcome(width)
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	// What the run told, as far as there is room; the evidence alone if the
	// step was done another day. A warning is worth more than a figure.
	told := s.notes
	if g, ok := s.panel.(gister); ok {
		told = g.gist(told)
	}
	room := height - len(menu) - len(lines) - 1
	facts := s.factLines(width)
	if len(facts)+1+len(s.noteLines(told, width, maxNotes)) > room {
		var warned []note
		told, warned = apart(told)
		told = append(told, warned...) // the last are drawn where there is no room for all
		most := room - 1
		if n := len(s.noteLines(warned, width, room-1-fewestFacts)); n > 0 {
			most -= n
		}
		facts = facts[:max(0, min(len(facts), most))]
	}
	lines = append(lines, facts...)
	if notes := s.noteLines(told, width, height-len(menu)-len(lines)-2); len(notes) > 0 {
		if n := len(lines); n > 0 && lines[n-1] != "" {
			lines = append(lines, "")
		}
		lines = append(lines, notes...)
	}
	if n := len(lines); n == 0 || lines[n-1] != "" {
		lines = append(lines, "")
	}
	return append(lines, menu...)
}

// fewestFacts is how many lines of evidence warnings leave.
const fewestFacts = 3

// factLines draws the step's evidence as a table.
func (s *Screen) factLines(width int) []string {
	var rows []row
	labels := 0
	for _, name := range s.panel.facts() {
		label, value := s.Text.Fact(name, s.status.Evidence.Fact(name))
		if label != "" && value != "" {
			rows = append(rows, row{label: label, value: value})
			labels = max(labels, widget.Width(label))
		}
	}
	labels = min(labels, width/2)
	var lines []string
	for _, r := range rows {
		label := s.Theme.Dim.Render(widget.Pad(r.label, labels, s.Theme.Signs.More))
		lines = append(lines, label+"  "+widget.Cut(r.value, width-labels-2, s.Theme.Signs.More))
	}
	return lines
}

func (s *Screen) viewFailed(width, height int) []string {
	th := s.Theme
	var lines []string
	style := th.Bad
	if s.stopped {
		style = th.Warn
	}
	for _, line := range widget.Wrap(s.problem.What, width-4) {
		lines = append(lines, style.Render(line))
	}
	box := widget.Frame(th, s.Text.What, append(lines, ""), width)
	box = append(box[:len(box)-2], box[len(box)-1])
	lines = append(box, "")
	// What a run told of its failure stands first, the rest below.
	notes := s.notes[:0:0]
	for _, n := range s.notes {
		if n.code != wizard.NoteDiagnosis {
			notes = append(notes, n)
			continue
		}
		lines = append(append(lines, s.noteLine(n, width)...), "")
	}
	lines = append(lines, th.Strong.Render(s.Text.Next))
	lines = append(lines, widget.Wrap(s.problem.Next, width)...)
	lines = append(lines, "")
	if d, ok := s.panel.(detailer); ok {
		if details := d.details(width, max(1, height-len(lines)-len(s.menu.Buttons)-1)); len(details) > 0 {
			lines = append(append(lines, details...), "")
		}
	}
	menu := s.menu.View(th, width)
	if room := height - len(menu); len(lines) > room && len(notes) < len(s.notes) {
		lines = lines[len(box)+1:] // the diagnosis quotes what happened
	}
	if room := height - len(menu); len(lines) > room {
		// What to choose is never out of sight.
		lines = append(lines[:max(0, room-2)], th.Dim.Render(th.Signs.More), "")
	}
	lines = append(lines, menu...)
	room := height - len(lines) - 1
	if !s.log.Empty() && room >= 5 {
		return append(append(lines, ""), s.logLines(width, room)...)
	}
	if drawn := s.noteLines(notes, width, room); len(drawn) > 0 {
		lines = append(append(lines, ""), drawn...)
	}
	return lines
}
