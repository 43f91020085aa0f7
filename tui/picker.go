package tui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"gpuwizard/core/clean"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// picker chooses a folder by walking through folders. dir is "" for the list
// of disks and places.
type picker struct {
	dir    string
	rows   []pickRow
	filter widget.Filter // of the folders among them
	at     int           // of those listed
	err    error
	asked  string // the folder whose list is on its way
	sights map[string]wizard.Sight
	looked map[string]bool // asked for, so that none is asked for twice
}

// pickRow is one row: what it does, and the folder that it is about.
type pickRow struct {
	kind pickKind
	path string
	name string // of a folder, as it is shown
}

type pickKind int

const (
	pickUse pickKind = iota
	pickUp
	pickFolder
)

// What the commands of the picker bring.
type (
	foldersMsg struct {
		dir  string
		rows []pickRow
		err  error
	}
	sightMsg struct {
		dir   string
		sight wizard.Sight
	}
)

// maxFolders bounds the list of a folder.
const maxFolders = 2000

// pick begins to choose a folder.
func (m *root) pick(dir string) tea.Cmd {
	m.welcome.picker = &picker{sights: map[string]wizard.Sight{}, looked: map[string]bool{}}
	return m.walkTo(dir)
}

func (m *root) walkTo(dir string) tea.Cmd {
	m.welcome.picker.asked = dir
	return m.guard(func() tea.Msg {
		rows, err := folders(dir)
		return foldersMsg{dir, rows, err}
	})
}

// folders lists the folders in a folder, with the rows above them.
func folders(dir string) ([]pickRow, error) {
	if dir == "" {
		var rows []pickRow
		for _, place := range places() {
			rows = append(rows, pickRow{pickFolder, place, place})
		}
		return rows, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	rows := []pickRow{{pickUse, dir, ""}, {pickUp, up(dir), ""}}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "$") || len(rows) > maxFolders {
			continue
		}
		path := filepath.Join(dir, name)
		if isFolder(path, e) {
			rows = append(rows, pickRow{pickFolder, path, clean.Line(name)})
		}
	}
	slices.SortStableFunc(rows[2:], func(a, b pickRow) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return rows, nil
}

func isFolder(path string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// up is the folder around a folder; above a root are the disks and places.
func up(dir string) string {
	around := filepath.Dir(dir)
	if around == dir {
		return ""
	}
	return around
}

func (m *root) listed(msg foldersMsg) tea.Cmd {
	if m.welcome == nil || m.welcome.picker == nil || m.welcome.picker.asked != msg.dir {
		return nil
	}
	p := m.welcome.picker
	if msg.err != nil {
		p.err = msg.err
		return nil
	}
	from := p.dir
	p.dir, p.rows, p.err, p.at = msg.dir, msg.rows, nil, 0
	p.filter.Clear()
	// Who goes up finds the folder that they came from.
	for i, r := range p.rows {
		if r.kind == pickFolder && r.path == from {
			p.at = i
		}
	}
	return m.lookInto()
}

// lookInto asks what the folder at hand and the one in focus hold.
func (m *root) lookInto() tea.Cmd {
	p := m.welcome.picker
	var cmds []tea.Cmd
	for _, dir := range []string{p.dir, p.focused()} {
		if dir == "" || p.looked[dir] {
			continue
		}
		p.looked[dir] = true
		cmds = append(cmds, m.guard(func() tea.Msg { return sightMsg{dir, wizard.LookAt(dir)} }))
	}
	return tea.Batch(cmds...)
}

// listed are the rows that are shown: with a filter, the folders that hold it.
func (p *picker) listed() []pickRow {
	if !p.filter.On() {
		return p.rows
	}
	var rows []pickRow
	for _, r := range p.rows {
		if r.kind == pickFolder && p.filter.Holds(r.name) {
			rows = append(rows, r)
		}
	}
	return rows
}

// focused is the folder that the row in focus is about.
func (p *picker) focused() string {
	rows := p.listed()
	if p.at >= len(rows) {
		return p.dir
	}
	return rows[p.at].path
}

func (m *root) pickerKey(msg tea.KeyMsg) tea.Cmd {
	p, k := m.welcome.picker, m.common.Keys
	rows := p.listed()
	n := len(rows)
	switch {
	case p.filter.Typing():
		p.filter.Update(msg)
		p.at = 0
	case key.Matches(msg, k.Close) && p.filter.On():
		p.filter.Clear()
		p.at = 0
	case key.Matches(msg, k.Close):
		m.welcome.picker = nil
		return nil
	case key.Matches(msg, k.Search):
		p.filter.Open(m.common.Theme)
		p.at = 0
	case key.Matches(msg, k.ParentFolder):
		if p.dir == "" {
			return nil
		}
		return m.walkTo(up(p.dir))
	case n == 0:
		return nil
	case key.Matches(msg, k.Up):
		p.at = (p.at - 1 + n) % n
	case key.Matches(msg, k.Down):
		p.at = (p.at + 1) % n
	case key.Matches(msg, k.PageUp):
		p.at = max(0, p.at-10)
	case key.Matches(msg, k.PageDown):
		p.at = min(n-1, p.at+10)
	case key.Matches(msg, k.Accept, k.Next):
		row := rows[p.at]
		if row.kind != pickUse {
			return m.walkTo(row.path)
		}
		if !key.Matches(msg, k.Accept) {
			return nil
		}
		return m.openProject(func() (*wizard.Project, error) { return wizard.OpenFor(row.path) })
	}
	return m.lookInto()
}

func (m *root) viewPicker(width, height int) []string {
	p, th := m.welcome.picker, m.common.Theme
	words := m.text.Welcome()
	title := words.Places
	if p.dir != "" {
		title = clean.Line(p.dir)
	}
	lines := []string{"", th.Accent.Render(words.Choose)}
	lines = append(lines, dimmed(th, words.ChooseWhy, min(width, widget.Measure))...)
	lines = append(lines, "", th.Strong.Render(widget.Cut(title, width, th.Signs.More)))
	if p.err != nil {
		said := m.text.Fill(words.Unreadable, map[string]string{"detail": cause(p.err)})
		lines = append(lines, th.Warn.Render(widget.Cut("! "+said, width, th.Signs.More)))
	}
	if p.filter.On() {
		lines = append(lines, p.filter.View(th, m.text.SearchFor+m.text.Colon, width))
	}
	names := 0
	for _, row := range p.rows {
		name, _ := m.pickName(row)
		names = max(names, widget.Width(name))
	}
	var rows []string
	for i, row := range p.listed() {
		rows = append(rows, m.pickLine(row, i == p.at, min(max(names, leastName), longestName), min(width, widget.Measure)))
	}
	switch {
	case p.filter.On() && len(rows) == 0:
		rows = dimmed(th, m.text.FillWith(m.text.Market().NothingLeft, "filter", p.filter.Value()), width)
	case p.dir != "" && len(p.rows) == 2:
		rows = append(rows, "    "+th.Dim.Render(words.NoFolders))
	}
	return append(lines, widget.Window(th, rows, p.at, height-len(lines))...)
}

// How wide the names of a list of folders are drawn.
const leastName, longestName = 22, 30

// pickName is what a row is called, and its style.
func (m *root) pickName(row pickRow) (string, lipgloss.Style) {
	p, th := m.welcome.picker, m.common.Theme
	words := m.text.Welcome()
	switch row.kind {
	case pickUse:
		return "[ " + words.Use + " ]", th.Strong
	case pickUp:
		return ".. " + words.Up, th.Dim
	}
	name := row.name
	if !strings.HasSuffix(name, "/") && !strings.HasSuffix(name, `\`) {
		name += "/"
	}
	if home, err := os.UserHomeDir(); err == nil && row.path == home && p.dir == "" {
		name += "  " + words.Home
	}
	return name, th.Plain
}

func (m *root) pickLine(row pickRow, focused bool, names, width int) string {
	p, th := m.welcome.picker, m.common.Theme
	name, style := m.pickName(row)
	name = widget.Pad(name, names, th.Signs.More)
	lead := "  "
	if focused {
		lead, style = th.Cursor.Render(th.Signs.Point)+" ", th.Cursor
	}
	remark := ""
	if s, ok := p.sights[row.path]; ok && row.kind != pickUp {
		remark = m.sightText(s)
	}
	return strings.TrimRight(lead+style.Render(name)+"  "+th.Dim.Render(widget.Cut(remark, width-names-4, th.Signs.More)), " ")
}

// cause is what the system says, without the path that stands above.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
