package tui

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/lesson"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// shelf is the list of lessons to choose from: the built-in ones and those in
// the folder at hand.
type shelf struct {
	list []*lesson.Lesson
	at   int
}

type lessonsMsg []*lesson.Lesson

func (m *root) openShelf() tea.Cmd {
	m.welcome.shelf = &shelf{}
	here := m.welcome.here
	return m.guard(func() tea.Msg { return lessonsMsg(lesson.List(here)) })
}

func (m *root) listLessons(list lessonsMsg) {
	if m.welcome != nil && m.welcome.shelf != nil {
		m.welcome.shelf.list = list
	}
}

func (m *root) shelfKey(msg tea.KeyMsg) tea.Cmd {
	s, k := m.welcome.shelf, m.common.Keys
	n := len(s.list)
	switch {
	case key.Matches(msg, k.Close):
		m.welcome.shelf = nil
	case n == 0:
	case key.Matches(msg, k.Up):
		s.at = (s.at - 1 + n) % n
	case key.Matches(msg, k.Down):
		s.at = (s.at + 1) % n
	case key.Matches(msg, k.Accept, k.Next):
		l := s.list[s.at]
		return m.openProject(func() (*wizard.Project, error) { return m.options.TakeLesson(l) })
	}
	return nil
}

// viewShelf lists the lessons, with what there is to know of the one in focus.
func (m *root) viewShelf(width, height int) []string {
	s, th, t := m.welcome.shelf, m.common.Theme, m.text
	measure := min(width, widget.Measure)
	var rows []string
	for i, l := range s.list {
		rows = append(rows, th.Row(t.LessonTitle(l.Title), i == s.at))
	}
	lines := []string{"", th.Accent.Render(t.Lessons().WhichOne), ""}
	if len(rows) == 0 {
		return lines
	}
	l := s.list[s.at]
	about := []string{"", widget.Title(th, t.LessonTitle(l.Title), measure)}
	about = append(about, widget.Wrap(t.OfLesson(l.Text), measure)...)
	about = append(about, "")
	for _, said := range t.AboutLesson(l) {
		about = append(about, widget.Indent(th.Dim.Render(th.Signs.Dot+" "), dimmed(th, said, measure-2))...)
	}
	lines = append(lines, widget.Window(th, rows, s.at, max(1, height-len(lines)-len(about)))...)
	lines = append(lines, about...)
	if len(lines)+1+len(l.Tasks) > height {
		return lines[:min(len(lines), height)]
	}
	lines = append(lines, "")
	for i, task := range l.Tasks {
		number := fmt.Sprintf("%*d ", len(strconv.Itoa(len(l.Tasks))), i+1)
		lines = append(lines, "  "+th.Dim.Render(number)+widget.Cut(t.LessonTitle(task.Title), measure-6, th.Signs.More))
	}
	return lines
}
