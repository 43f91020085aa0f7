package tui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// help is what lies over a screen to explain it: the step, what it runs, words
// that may be new, and the keys.
type help struct {
	tab  helpTab
	top  int  // the first line shown
	more bool // than there was room for, when it was drawn last
}

type helpTab int

const (
	helpStep helpTab = iota
	helpActs
	helpWords
	helpKeys
)

// helpTabs are those that there is something to say in.
func (m *root) helpTabs() []helpTab {
	if m.welcome != nil {
		return []helpTab{helpStep, helpWords, helpKeys}
	}
	return []helpTab{helpStep, helpActs, helpWords, helpKeys}
}

// leastHelp keeps the box from changing its size from tab to tab too much.
const leastHelp = 13

func (m *root) openHelp() {
	m.help = &help{}
	if m.welcome == nil && m.atRest() {
		m.acts[m.at] = m.project.Acts(m.at)
	}
}

func (m *root) helpKey(msg tea.KeyMsg) tea.Cmd {
	k, h := m.common.Keys, m.help
	page := widget.LayoutOf(m.width, m.height, false).Body - 6
	switch {
	case key.Matches(msg, k.NextTab):
		m.turn(1)
	case key.Matches(msg, k.PrevTab):
		m.turn(-1)
	case key.Matches(msg, k.Close, k.Help, k.Accept), msg.String() == "q":
		m.help = nil
	case key.Matches(msg, k.Up):
		h.top--
	case key.Matches(msg, k.Down):
		h.top++
	case key.Matches(msg, k.PageUp):
		h.top -= page
	case key.Matches(msg, k.PageDown):
		h.top += page
	case key.Matches(msg, k.Top):
		h.top = 0
	case key.Matches(msg, k.Copy) && h.tab == helpActs:
		return m.copyLines(m.actLines())
	}
	return nil
}

// turn goes to another tab.
func (m *root) turn(by int) {
	tabs := m.helpTabs()
	at := slices.Index(tabs, m.help.tab) + by + len(tabs)
	m.help = &help{tab: tabs[at%len(tabs)]}
}

func (m *root) helpHints() []key.Binding {
	k, words := m.common.Keys, m.text.Keys()
	hints := []key.Binding{k.Close, k.NextTab}
	if m.help.more {
		hints = append(hints, keymap.As(k.Up, words.Scroll))
	}
	if m.help.tab == helpActs {
		hints = append(hints, k.Copy)
	}
	return hints
}

// viewHelp draws the help as a box.
func (m *root) viewHelp(width, height int) []string {
	th, t, h := m.common.Theme, m.text, m.help
	box := min(width-4, widget.Measure+8)
	inner := box - 4
	names := map[helpTab]string{helpStep: t.HelpStep, helpActs: t.HelpActs, helpWords: t.HelpWords, helpKeys: t.HelpKeys}
	title := t.Step(m.at).Name
	if m.welcome != nil {
		title, names[helpStep] = "gpuwizard", t.HelpJourney
	}
	tabs := m.helpTabs()
	shown := make([]string, len(tabs))
	for i, tab := range tabs {
		shown[i] = names[tab]
	}
	head := th.Tabs(shown, slices.Index(tabs, h.tab))
	lines := m.helpLines(inner)
	room := min(height-4, max(len(lines), leastHelp)) // without the frame, the tabs and a blank
	h.top, h.more = max(0, min(h.top, len(lines)-room)), len(lines) > room
	drawn := append([]string{head, ""}, widget.Clip(lines[h.top:], room)...)
	return widget.ScrollBar(th, widget.Frame(th, title, drawn, box), 3, h.top, room, len(lines))
}

func (m *root) helpLines(width int) []string {
	th, t := m.common.Theme, m.text
	switch m.help.tab {
	case helpActs:
		lines := append(dimmed(th, t.HelpActsWhy, width), "")
		for _, a := range m.acts[m.at] {
			does, what := t.Act(a)
			if !th.Signs.Braille {
				what = strings.ReplaceAll(what, "→", "->")
			}
			lines = append(lines, th.Strong.Render(does))
			lines = append(lines, widget.Indent("  ", widget.Wrap(what, width-2))...)
		}
		return lines
	case helpWords:
		lines := append(dimmed(th, t.HelpWordsWhy, width), "")
		for _, term := range t.Glossary() {
			lines = append(lines, th.Strong.Render(term.Name))
			lines = append(lines, widget.Indent("  ", widget.Wrap(term.Means, width-2))...)
		}
		return lines
	case helpKeys:
		return append(append(dimmed(th, t.HelpKeysWhy, width), ""), m.keyLines()...)
	}
	if m.welcome != nil {
		return m.journeyLines(width)
	}
	lines := m.screens[m.at].Explain(width, 0)
	return append(append(lines, ""), dimmed(th, t.HelpBack, width)...)
}

// journeyLines tell what the seven steps are and why.
func (m *root) journeyLines(width int) []string {
	th, t := m.common.Theme, m.text
	lines := dimmed(th, t.Welcome().Promise, width)
	for i, step := range journey.Steps() {
		words := t.Step(step)
		lines = append(lines, "", th.Strong.Render(strconv.Itoa(i+1)+" "+words.Name)+th.Dim.Render("  "+t.Explain(step, false).Cost))
		lines = append(lines, widget.Indent("  ", widget.Wrap(words.Why, width-2))...)
	}
	return lines
}

// keyLines lists the keys with what they do.
func (m *root) keyLines() []string {
	th := m.common.Theme
	groups := m.common.Keys.Groups(m.text)
	widest := 0
	for _, g := range groups {
		for _, b := range g.Keys {
			widest = max(widest, widget.Width(b.Help().Key))
		}
	}
	var lines []string
	for _, g := range groups {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, th.Strong.Render(g.Title))
		for _, b := range g.Keys {
			lines = append(lines, "  "+th.Accent.Render(widget.Pad(b.Help().Key, widest, ""))+"  "+b.Help().Desc)
		}
	}
	return lines
}

// actLines are what a step does, as text to be kept.
func (m *root) actLines() []string {
	var lines []string
	for _, a := range m.acts[m.at] {
		does, what := m.text.Act(a)
		if a.Command == "" {
			what = does + m.text.Colon + what
		}
		lines = append(lines, what)
	}
	return lines
}

func dimmed(th *widget.Theme, said string, width int) []string {
	lines := widget.Wrap(said, width)
	for i, line := range lines {
		lines[i] = th.Dim.Render(line)
	}
	return lines
}
