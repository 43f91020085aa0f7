package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/planfile"
	"gpuwizard/core/recent"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// welcome is the screen before a project is open: start here, practise, choose
// a folder, or go on with a project of before.
type welcome struct {
	here   string
	seen   *wizard.Sight // of here; nil before it was looked at
	recent []past
	at     int
	picker *picker // nil if no folder is being chosen
	shelf  *shelf  // nil if no lesson is being chosen
	busy   bool    // a project is being opened
}

// past is a project that was worked on before, as it stands.
type past struct {
	recent.Project
	done  int
	next  journey.Step
	whole bool // all steps are done
}

// What the commands of the screen bring.
type (
	hereMsg   struct{ sight wizard.Sight }
	recentMsg []past
	openedMsg struct {
		project *wizard.Project
		lesson  *lesson.Walk // that lies in its folder, or nil
		err     error
	}
)

// choices before the recent projects.
const (
	chooseHere = iota
	choosePractice
	chooseLesson
	chooseNew
	chooseRecent // the first of them
)

func newWelcome(here string) *welcome { return &welcome{here: here} }

// lookAround brings what the screen shows of the disk.
func (m *root) lookAround() tea.Cmd {
	here, file := m.options.Here, m.options.Recent
	return tea.Batch(
		m.guard(func() tea.Msg { return hereMsg{wizard.LookAt(here)} }),
		m.guard(func() tea.Msg {
			var list recentMsg
			for _, p := range recent.List(file) {
				project, err := wizard.Open(p.Dir)
				if err != nil {
					continue
				}
				j := project.Journey()
				one := past{Project: p, next: j.Current, whole: j.Done()}
				for _, s := range j.Steps {
					if s.State == journey.Done {
						one.done++
					}
				}
				list = append(list, one)
			}
			return list
		}),
	)
}

func (m *root) welcomeKey(msg tea.KeyMsg) tea.Cmd {
	w, k := m.welcome, m.common.Keys
	if w.busy {
		return nil
	}
	if w.picker != nil {
		return m.pickerKey(msg)
	}
	if w.shelf != nil {
		return m.shelfKey(msg)
	}
	n := chooseRecent + len(w.recent)
	switch {
	case key.Matches(msg, k.Up):
		w.at = (w.at - 1 + n) % n
	case key.Matches(msg, k.Down):
		w.at = (w.at + 1) % n
	case key.Matches(msg, k.Accept, k.Next):
		return m.chosen(w.at)
	}
	return nil
}

func (m *root) chosen(at int) tea.Cmd {
	w, o := m.welcome, m.options
	switch at {
	case chooseHere:
		return m.openProject(func() (*wizard.Project, error) { return wizard.OpenFor(w.here) })
	case choosePractice:
		return m.openProject(o.Practice)
	case chooseLesson:
		return m.openShelf()
	case chooseNew:
		return m.pick(w.here)
	}
	dir := w.recent[at-chooseRecent].Dir
	return m.openProject(func() (*wizard.Project, error) { return wizard.Open(dir) })
}

// openProject opens a project beside the screen, since that reads files.
func (m *root) openProject(open func() (*wizard.Project, error)) tea.Cmd {
	m.welcome.busy = true
	file, now := m.options.Recent, m.common.Now
	return m.guard(func() tea.Msg {
		p, err := open()
		if err != nil {
			return openedMsg{err: err}
		}
		if file != "" {
			// A list that cannot be kept is no reason not to go on.
			_ = recent.Note(file, p.Dir(), now())
		}
		w, err := lesson.Resume(p)
		return openedMsg{p, w, err}
	})
}

// wordmark is the program's name, drawn.
var wordmark = []string{
	"╭─╮ ╭─╮ ╷ ╷ ╷ ╷ ╷ ╶─╮ ╭─╮ ╭─╮ ┬─╮",
	"│ ┬ ├─╯ │ │ │╷│ │ ╭─╯ ├─┤ ├┬╯ │ │",
	"╰─╯ ╵   ╰─╯ ╰┴╯ ╵ ╰─╴ ╵ ╵ ╵╰╴ ┴─╯",
}

// drawWelcome draws the screen, with the seven steps beside it where there is
// room.
func (m *root) drawWelcome(height int) []string {
	th := m.common.Theme
	if m.welcome.picker != nil {
		l := widget.LayoutOf(m.width, height, false)
		return l.Join(th, m.viewPicker(l.Main, l.Body), nil)
	}
	l := widget.LayoutOf(m.width, height, true)
	if m.welcome.shelf != nil {
		l = widget.LayoutOf(m.width, height, false)
		return l.Join(th, m.viewShelf(l.Main, l.Body), nil)
	}
	var side []string
	if l.Side > 0 {
		side = widget.Clip(m.stepLines(l.Side), l.Body)
	}
	return l.Join(th, m.viewWelcome(l.Main, l.Body), side)
}

// stepLines tell in short what the seven steps do and what they cost.
func (m *root) stepLines(width int) []string {
	th, t := m.common.Theme, m.text
	var lines []string
	for i, step := range journey.Steps() {
		words := t.Step(step)
		lines = append(lines, th.Strong.Render(strconv.Itoa(i+1)+" "+words.Name))
		lines = append(lines, widget.Indent("  ", widget.Wrap(words.Gist, width-2))...)
		lines = append(lines, "  "+th.Dim.Render(t.Explain(step, false).Cost), "")
	}
	return lines
}

func (m *root) viewWelcome(width, height int) []string {
	w, t, th := m.welcome, m.text, m.common.Theme
	words := t.Welcome()
	measure := min(width, widget.Measure)
	lines := []string{""}
	if th.Signs.Braille {
		for _, line := range wordmark {
			lines = append(lines, th.Fade(line))
		}
		lines = append(lines, "")
	}
	lines = append(lines, th.Strong.Render(words.Title))
	lines = append(lines, dimmed(th, words.Promise, measure)...)
	lines = append(lines, "")
	choices := [...][2]string{
		chooseHere:     {words.Here, m.hereRemark()},
		choosePractice: {words.Practice, words.PracticeWhy},
		chooseLesson:   {t.Lessons().Take, t.Lessons().TakeWhy},
		chooseNew:      {words.New, words.NewWhy},
	}
	for i, c := range choices {
		lines = append(lines, m.choiceLine(i, c[0], c[1], measure))
	}
	lines = append(lines, "", th.Strong.Render(words.Recent))
	if len(w.recent) == 0 {
		return append(lines, "  "+th.Dim.Render(words.NoRecent))
	}
	return append(lines, widget.Window(th, m.recentLines(measure), w.at-chooseRecent, max(1, height-len(lines)))...)
}

// choiceWidth is how wide the names of what can be chosen are.
const choiceWidth = 22

// choiceLine is a row of the screen, and what there is to say of it.
func (m *root) choiceLine(i int, label, remark string, width int) string {
	th := m.common.Theme
	name := th.Row(widget.Pad(label, choiceWidth, th.Signs.More), i == m.welcome.at)
	return name + "  " + th.Dim.Render(widget.Cut(remark, max(0, width-choiceWidth-4), th.Signs.More))
}

// recentLines list the projects of before, with where they stand and since
// when.
func (m *root) recentLines(width int) []string {
	w, t := m.welcome, m.text
	words := t.Welcome()
	lines, longest := make([]string, len(w.recent)), 0
	for i, p := range w.recent {
		lines[i] = words.AllDone
		if !p.whole {
			lines[i] = t.FillWith(words.DoneOf, "done", strconv.Itoa(p.done), "total", strconv.Itoa(len(journey.Steps()))) +
				" " + m.common.Theme.Signs.Separator + " " + t.FillWith(words.NextStep, "step", string(p.next))
		}
		longest = max(longest, widget.Width(lines[i]))
	}
	names := w.names(choiceWidth, m.common.Theme.Signs.More)
	for i, p := range w.recent {
		said := widget.Pad(lines[i], longest, "") + "   " + t.Day(p.Opened, m.common.Now())
		lines[i] = m.choiceLine(chooseRecent+i, names[i], said, width)
	}
	return lines
}

// names are what the recent projects are called within a width. A path gives
// way at its beginning, and no two are shown the same.
func (w *welcome) names(width int, more string) []string {
	projects := make([]recent.Project, len(w.recent))
	for i, p := range w.recent {
		projects[i] = p.Project
	}
	names := recent.Names(projects)
	for i, name := range names {
		names[i] = widget.CutLeft(name, width, more)
	}
	recent.Distinct(names, func(name, mark string) string {
		return widget.CutLeft(name, width-widget.Width(mark), more) + mark
	})
	return names
}

func (m *root) hereRemark() string {
	words, seen := m.text.Welcome(), m.welcome.seen
	switch {
	case seen == nil:
		return ""
	case len(seen.Data) > 0:
		return m.text.Fill(words.HereData, map[string]string{"data": strings.Join(seen.Data[:min(3, len(seen.Data))], ", ")})
	case seen.IsData:
		return m.sightText(*seen)
	case seen.Code:
		return words.HereCode
	}
	return words.HereEmpty
}

// sightText says what a folder holds.
func (m *root) sightText(s wizard.Sight) string {
	words := m.text.Welcome()
	args := map[string]string{"pictures": strconv.Itoa(s.Pictures), "labels": strconv.Itoa(s.Labels)}
	switch {
	case s.Project:
		return words.SeenProject
	case s.Pictures == 0 && s.Code:
		return words.SeenCode
	case s.Pictures == 0:
		return words.SeenNothing
	case s.More:
		return m.text.Fill(words.SeenMore, args)
	}
	return m.text.Fill(words.Seen, args)
}

// welcomePath is the path that the choice in focus is about.
func (m *root) welcomePath() string {
	w := m.welcome
	switch {
	case w.picker != nil:
		return clean.Line(w.picker.focused())
	case w.at >= chooseRecent:
		return clean.Line(w.recent[w.at-chooseRecent].Dir)
	case w.at == chooseHere:
		return clean.Line(w.here)
	}
	return ""
}

func (m *root) welcomeHints() []key.Binding {
	k, words := m.common.Keys, m.text.Keys()
	if p := m.welcome.picker; p != nil {
		if p.filter.Typing() {
			return []key.Binding{keymap.As(k.Accept, words.Search), keymap.As(k.Close, words.Cancel)}
		}
		return []key.Binding{k.Up, keymap.As(k.Accept, words.Open), k.ParentFolder, k.Search, keymap.As(k.Close, words.Cancel)}
	}
	if m.welcome.shelf != nil {
		return []key.Binding{k.Up, keymap.As(k.Accept, words.Start), keymap.As(k.Close, words.Cancel)}
	}
	return []key.Binding{k.Up, keymap.As(k.Accept, words.Open)}
}

// enter shows a project with its lesson, and begins to look at its evidence.
func (m *root) enter(p *wizard.Project, w *lesson.Walk) tea.Cmd {
	m.project, m.welcome, m.touched = p, nil, false
	m.begin(w)
	return m.verify()
}

// leaveProject goes back to the first screen.
func (m *root) leaveProject() tea.Cmd {
	m.project, m.journey, m.common.Plan = nil, journey.Journey{}, planfile.Plan{}
	m.lesson, m.overview, m.browser, m.gallery, m.help, m.survey = nil, nil, nil, nil, nil, nil
	m.practise(false)
	m.welcome = newWelcome(m.options.Here)
	return m.lookAround()
}

// opened is the end of openProject.
func (m *root) opened(msg openedMsg) tea.Cmd {
	if m.welcome == nil {
		return nil
	}
	m.welcome.busy = false
	if msg.err != nil {
		said := m.text.Problem(msg.err)
		m.flash = m.text.Join(said.What, said.Next)
		return nil
	}
	return m.enter(msg.project, msg.lesson)
}
