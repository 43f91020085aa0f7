package screen

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// sideways is how many cells the log moves to the side at a time.
const sideways = 16

// logKey handles the keys of the log pane; done says that the key was one. A
// log that fills the screen has all keys to itself.
func (s *Screen) logKey(msg tea.KeyMsg) (report any, done bool) {
	if s.log.Empty() || s.mode == asking {
		return nil, false
	}
	if s.query != nil {
		return s.searchKey(msg), true
	}
	k := s.Keys
	switch {
	case key.Matches(msg, k.Log):
		s.showLog = !s.showLog
		s.log.Search("")
	case key.Matches(msg, k.PageUp):
		s.log.Page(-1)
	case key.Matches(msg, k.PageDown):
		s.log.Page(1)
	case key.Matches(msg, k.Top):
		s.log.Scroll(-s.log.Len() - 1)
	case key.Matches(msg, k.Follow):
		s.log.Follow()
	case key.Matches(msg, k.Left):
		s.log.Side(-sideways)
	case key.Matches(msg, k.Right):
		s.log.Side(sideways)
	case key.Matches(msg, k.Copy):
		return Copy{s.log.Visible()}, true
	case key.Matches(msg, k.Search):
		s.showLog = true
		s.query = widget.NewInput(s.Theme, "", false)
	case !s.showLog:
		return nil, false
	case key.Matches(msg, k.Close):
		s.showLog = false
		s.log.Search("")
	case key.Matches(msg, k.Up):
		s.log.Scroll(-1)
	case key.Matches(msg, k.Down):
		s.log.Scroll(1)
	case key.Matches(msg, k.NextMatch):
		return s.match(1), true
	case key.Matches(msg, k.PrevMatch):
		return s.match(-1), true
	}
	return nil, true
}

// searchKey types what to search for.
func (s *Screen) searchKey(msg tea.KeyMsg) any {
	switch msg.Type {
	case tea.KeyEsc:
		s.query = nil
	case tea.KeyEnter:
		text := strings.TrimSpace(s.query.Value())
		s.query = nil
		found := s.log.Search(text)
		if text == "" {
			return nil
		}
		if from, to, ok := s.log.Elsewhere(-1); ok {
			return FindLog{s.log.Searched(), from, to, true, !found, true}
		}
		if !found {
			return s.notInLog()
		}
	default:
		s.query.Update(msg)
	}
	return nil
}

func (s *Screen) match(direction int) any {
	from, to, elsewhere := s.log.Elsewhere(direction)
	switch {
	case s.log.Searched() == "":
	case direction > 0 && elsewhere:
		return FindLog{s.log.Searched(), from, to, false, true, false}
	case s.log.Match(direction):
	case elsewhere:
		return FindLog{s.log.Searched(), from, to, true, true, false}
	default:
		return Say{s.Text.NoMoreInLog}
	}
	return nil
}

func (s *Screen) notInLog() any {
	return Say{s.Text.Fill(s.Text.NotInLog, map[string]string{"text": s.log.Searched()})}
}

// FindLog asks to look for a text in lines of the log that are on the disk
// alone, from one up to another: for the last that holds it, or the first.
type FindLog struct {
	Text     string
	From, To int
	Last     bool
	Go       bool // there; else it is only counted
	All      bool // these are all the lines that are on the disk alone
}

// FoundInLog takes what came of it: the line, or one below 0, and how many hold
// the text.
func (s *Screen) FoundInLog(f FindLog, line, count int) any {
	if f.Text != s.log.Searched() {
		return nil // something else is searched for by now
	}
	if !f.All {
		count = -1
	}
	at := line
	if !f.Go {
		at = -1
	}
	s.log.Found(at, count)
	switch {
	case line >= 0 || !f.Go:
	case f.All:
		return s.notInLog()
	case !f.Last && s.log.Match(1):
	default:
		return Say{s.Text.NoMoreInLog}
	}
	return nil
}

// WantsLog returns lines of the log that are to be shown and are on the disk
// alone: from one up to another of the file.
func (s *Screen) WantsLog() (from, to int, ok bool) { return s.log.Wanted() }

// GiveLog takes such lines.
func (s *Screen) GiveLog(from int, lines []string) { s.log.Give(from, lines) }

// ForgotLog reports whether the step ran in an earlier session, so that its log
// is on the disk alone.
func (s *Screen) ForgotLog() bool { return s.log.Empty() && (s.mode == ended || s.mode == failed) }

// OpenLog shows the log of an earlier session.
func (s *Screen) OpenLog(lines int) {
	if s.ForgotLog() && lines > 0 {
		s.log.OnDisk()
		s.log.Skip(lines)
	}
}

// SkipLog counts lines of the log that came too fast to be told.
func (s *Screen) SkipLog(lines int) { s.log.Skip(lines) }

// logLines draws the log pane with its title.
func (s *Screen) logLines(width, height int) []string {
	if height < 2 {
		return nil
	}
	rows := height - 1
	if s.query != nil {
		rows--
	}
	s.log.SetSize(width, rows)
	s.log.Quiet(!s.showLog)
	title := s.Text.LogTitle + "  " + s.log.Place()
	if text := s.log.Searched(); text != "" {
		title += "  " + s.Text.Fill(s.Text.FoundInLog, map[string]string{"text": text, "count": strconv.Itoa(s.log.Hits())})
	}
	if !s.log.Following() {
		title += "  " + s.Text.Paused
	}
	lines := []string{widget.Title(s.Theme, title, width)}
	lines = append(lines, strings.Split(s.log.View(s.Theme), "\n")...)
	if s.query == nil {
		return lines
	}
	prompt := s.Text.SearchFor + s.Text.Colon
	lines = widget.Clip(lines, height-1)
	return append(lines, s.Theme.Accent.Render(prompt)+s.query.View(width-widget.Width(prompt)))
}

// logHints are the keys of a log that fills the screen.
func (s *Screen) logHints() []key.Binding {
	k, words := s.Keys, s.Text.Keys()
	if s.query != nil {
		return []key.Binding{keymap.As(k.Accept, words.Search), keymap.As(k.Close, words.Cancel)}
	}
	hints := []key.Binding{k.Close, keymap.As(k.Up, words.Scroll), k.Search}
	if s.log.Searched() != "" {
		hints = append(hints, k.NextMatch, k.PrevMatch, k.Copy)
	} else {
		hints = append(hints, k.Copy, keymap.As(k.Right, words.Sideways))
	}
	if !s.log.Following() {
		hints = append(hints, keymap.As(k.Follow, words.Newest))
	}
	return hints
}
