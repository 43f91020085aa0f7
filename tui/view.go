package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// View returns the window as it was last drawn; see paint.
func (m *root) View() string {
	if m.pace == nil || m.frame == "" {
		m.frame = m.draw()
	}
	return m.frame
}

// draw draws the whole window: at most its height in lines, each at most its
// width in cells.
func (m *root) draw() string {
	if m.tooSmall() {
		return m.drawTooSmall()
	}
	m.seen()
	th, width := m.common.Theme, m.width
	// What must be read and is too long for the line of the keys has rows of its
	// own below the screen, which makes do with less.
	toast := m.toast()
	if len(toast) == 1 {
		toast = nil
	}
	if toast = toast[:min(len(toast), maxToast)]; len(toast) > 0 {
		toast[0] = th.Warn.Render("!") + strings.TrimPrefix(toast[0], " ")
	}
	height := m.height - len(toast)
	body := m.body(height)
	l := widget.LayoutOf(width, height, false)
	if m.help != nil {
		body = widget.Overlay(th, body, m.viewHelp(width, l.Body), width, l.Body)
	}
	if m.dialog != nil {
		across := width
		if m.welcome == nil {
			across = m.layout(height).Across()
		}
		m.dialog.Early = m.unread()
		body = widget.Overlay(th, body, m.dialog.View(across, l.Body), across, l.Body)
	}
	body = append(widget.Clip(body, l.Body), toast...)
	lines := []string{m.header(), m.stepBar(), th.Line.Render(strings.Repeat(th.Signs.Rule, width))}
	lines = append(append(lines, body...), m.status(), m.footer())
	for i, line := range lines {
		lines[i] = widget.Cut(line, width, "")
	}
	return strings.Join(widget.Clip(lines, m.height), "\n")
}

// maxToast bounds what is said at once.
const maxToast = 6

// body is what is between the two rules of a window of this height.
func (m *root) body(height int) []string {
	th := m.common.Theme
	if m.welcome != nil {
		return m.drawWelcome(height)
	}
	l := m.layout(height)
	if m.overview != nil {
		return l.Join(th, m.viewOverview(l.Main, l.Body), nil)
	}
	if m.browser != nil {
		return l.Join(th, m.viewBrowser(l.Main, l.Body), nil)
	}
	if m.gallery != nil {
		return l.Join(th, m.viewGallery(l.Main, l.Body), nil)
	}
	var side []string
	if m.onLesson() {
		if l.Side > 0 {
			side = m.lessonTasks(l.Side, l.Body)
		}
		return l.Join(th, m.viewLesson(l.Main, l.Body), side)
	}
	if l.Side > 0 {
		side = m.screens[m.at].Explain(l.Side, l.Body)
	}
	return l.Join(th, m.screens[m.at].View(l), side)
}

// layout divides the window of an open project.
func (m *root) layout(height int) widget.Layout {
	return widget.LayoutOf(m.width, height, !m.covered() && (m.onLesson() || m.screens[m.at].Aside()))
}

func (m *root) tooSmall() bool { return m.width < widget.MinWidth || m.height < widget.MinHeight }

func (m *root) drawTooSmall() string {
	said := m.text.Fill(m.text.TooSmall, map[string]string{"width": strconv.Itoa(m.width), "height": strconv.Itoa(m.height)})
	lines := widget.Wrap(said, max(2, m.width))
	if m.running != "" {
		lines = append(lines, widget.Wrap(m.text.SmallGoesOn, max(2, m.width))...)
	}
	for i, line := range lines {
		lines[i] = widget.Cut(line, m.width, "")
	}
	if len(lines) > m.height {
		lines = lines[:max(0, m.height)]
	}
	return strings.Join(lines, "\n")
}

// header is the project, the rehearsal mark, and the keys that always help.
func (m *root) header() string {
	th := m.common.Theme
	left := " " + th.Accent.Render("gpuwizard") + " "
	if name := clean.Line(m.common.Plan.Name); name != "" {
		left += th.Dim.Render(th.Signs.Separator) + " " + th.Strong.Render(name) + " "
	}
	if mark := m.mark(); mark != "" {
		left += " " + th.Badge(th.Mark, mark) + " "
	}
	if m.welcome != nil && m.welcome.busy {
		left += " " + th.Dim.Render(m.text.Welcome().Opening)
	}
	if m.verifying {
		left += " " + th.Dim.Render(m.text.Looking)
	}
	return widget.Spread(left, m.hints(m.width, m.headerKeys()...)+" ", m.width, th.Signs.More)
}

// headerKeys are the keys that help on every screen. While something is typed
// or asked, letters are part of the answer.
func (m *root) headerKeys() []key.Binding {
	k := m.common.Keys
	switch {
	case m.dialog != nil || m.typing():
		return []key.Binding{key.NewBinding(key.WithHelp("Ctrl-C", k.Quit.Help().Desc))}
	case m.welcome != nil:
		return []key.Binding{k.Help, k.Quit}
	}
	return []key.Binding{k.Overview, k.Help, k.Quit}
}

// mark is the rehearsal mark.
func (m *root) mark() string {
	switch {
	case !m.common.Practice:
		return ""
	case m.options.RealTraining:
		return m.text.Practice
	}
	return m.text.Rehearsal
}

func (m *root) stepBar() string {
	if m.welcome != nil {
		return ""
	}
	var stops []widget.Stop
	for _, step := range journey.Steps() {
		state := m.journey.Of(step).State
		if step == m.running {
			state = journey.Running
		}
		stops = append(stops, widget.Stop{Name: m.text.Step(step).Short, State: state, Here: step == m.at && !m.onLesson()})
	}
	return widget.StepBar(m.common.Theme, stops, m.width)
}

// footer is the keys that work now, or one line that must be read.
func (m *root) footer() string {
	k, words := m.common.Keys, m.text.Keys()
	if toast := m.toast(); len(toast) == 1 {
		return toast[0]
	}
	var keys []key.Binding
	switch {
	case m.dialog == nil && m.help != nil:
		keys = m.helpHints()
	case m.dialog == nil && m.welcome != nil:
		keys = m.welcomeHints()
	case m.dialog == nil && m.overview == nil && m.browser != nil:
		keys = m.browseHints()
	case m.dialog == nil && m.overview == nil && m.gallery != nil:
		keys = m.galleryHints()
	case m.dialog == nil && m.overview != nil:
		keys = m.overviewHints()
	case m.dialog == nil && m.onLesson():
		keys = m.lessonHints()
	case m.dialog == nil:
		keys = m.screens[m.at].Hints()
		if m.lesson != nil && !m.typing() {
			keys = append([]key.Binding{k.Task}, keys...)
		}
		if (m.browsable() || m.hangs()) && !m.typing() {
			keys = append(keys, k.Data)
		}
	case m.dialog.Secret():
		keys = []key.Binding{keymap.As(k.Accept, words.Accept), keymap.As(k.Close, words.Cancel)}
	default:
		keys = []key.Binding{k.Up, keymap.As(k.Accept, words.Accept), keymap.As(k.Close, words.Cancel)}
	}
	return "  " + m.hints(m.width-widget.Margin, keys...)
}

// toast is what must be read now: in place of the keys, or above them if that
// is too short for it.
func (m *root) toast() []string {
	if m.flash == "" {
		return nil
	}
	lines := widget.Wrap(m.flash, m.width-2*widget.Margin)
	for i, line := range lines {
		lines[i] = strings.Repeat(" ", widget.Margin) + m.common.Theme.Warn.Render(line)
	}
	return lines
}

// hints writes keys with what they do: closer together where they are many, and
// those that still have no room left out whole, since the help has them all.
func (m *root) hints(width int, keys ...key.Binding) string {
	th := m.common.Theme
	parts := make([]string, 0, len(keys))
	for _, b := range keys {
		parts = append(parts, th.Plain.Render(b.Help().Key)+" "+th.Dim.Render(b.Help().Desc))
	}
	if said := strings.Join(parts, "   "); widget.Width(said) <= width {
		return said
	}
	for len(parts) > 1 && widget.Width(strings.Join(parts, "  ")) > width {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "  ")
}
