package tui

import (
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/core/logfile"
	"gpuwizard/tui/screen"
)

// oldLog is the log of the training on the disk, for what the pane does not
// hold: it is read by commands, and one at a time.
type oldLog struct {
	file    *logfile.File // nil before the first line of it was asked for
	reading bool
	stuck   bool   // it could not be read; a key lets it be tried again
	counted string // the path whose lines were counted for a screen that forgot them
}

type (
	// oldLinesMsg is lines of the log, from a number on.
	oldLinesMsg struct {
		from  int
		lines []string
		err   error
	}
	oldCountMsg struct{ lines int }
	oldFindMsg  struct {
		asked screen.FindLog
		found logfile.Find
		err   error
	}
)

// oldFile is the log on the disk, or nil if there is none.
func (m *root) oldFile() *logfile.File {
	if m.project == nil {
		return nil
	}
	name := m.logName
	if name == "" {
		if log := m.journey.Of(journey.Train).Evidence.Fact("log"); log != "" {
			name = m.project.StatePath(filepath.FromSlash(log))
		}
	}
	if name == "" {
		return nil
	}
	if m.old.file == nil || m.old.file.Path() != name {
		m.old.file = logfile.Open(name)
	}
	return m.old.file
}

// logIn takes the name of the log that a step brings here.
func (m *root) logIn(path string) {
	m.logName = journey.PathIn(m.project.Dir(), path)
}

// readOldLog reads what the pane in view wants and has not, if anything.
func (m *root) readOldLog() tea.Cmd {
	if m.welcome != nil || m.at != journey.Train || m.old.reading || m.old.stuck {
		return nil
	}
	s := m.screens[m.at]
	from, to, wants := s.WantsLog()
	if !wants && !s.ForgotLog() {
		return nil
	}
	file := m.oldFile()
	if file == nil || !wants && m.old.counted == file.Path() {
		return nil
	}
	m.old.reading = true
	if wants {
		return m.guard(func() tea.Msg {
			lines, err := file.Lines(m.ctx, from, to)
			return oldLinesMsg{from, lines, err}
		})
	}
	m.old.counted = file.Path()
	return m.guard(func() tea.Msg {
		lines, err := file.Len(m.ctx)
		if err != nil {
			lines = 0 // an earlier session's log may be gone: there is nothing to show
		}
		return oldCountMsg{lines}
	})
}

// oldRead takes in what was read of the log.
func (m *root) oldRead(msg tea.Msg) {
	s := m.screens[journey.Train]
	if s == nil {
		return
	}
	switch msg := msg.(type) {
	case oldLinesMsg:
		m.old.reading, m.old.stuck = false, msg.err != nil
		if msg.err == nil {
			s.GiveLog(msg.from, msg.lines)
		}
		m.oldTrouble(msg.err)
	case oldCountMsg:
		m.old.reading = false
		s.OpenLog(msg.lines)
	case oldFindMsg:
		if report, ok := s.FoundInLog(msg.asked, msg.found.Line, msg.found.Count).(screen.Say); ok {
			m.flash = report.Text
		}
		m.oldTrouble(msg.err)
	}
}

func (m *root) oldTrouble(err error) {
	if err != nil && m.ctx.Err() == nil && m.old.file != nil {
		m.flash = m.text.Fill(m.text.OlderInFile, map[string]string{"path": m.old.file.Path()})
	}
}

// findInLog looks for a text in what the pane does not hold.
func (m *root) findInLog(ask screen.FindLog) tea.Cmd {
	file := m.oldFile()
	if file == nil {
		return nil
	}
	return m.guard(func() tea.Msg {
		found, err := file.Find(m.ctx, ask.Text, ask.From, ask.To, ask.Last)
		return oldFindMsg{ask, found, err}
	})
}
