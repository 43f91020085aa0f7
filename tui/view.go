package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/rental"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/screen"
	"gpuwizard/tui/text"
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
		body = widget.Overlay(th, body, m.dialog.View(width, l.Body), width, l.Body)
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
	l := widget.LayoutOf(m.width, height, !m.covered() && (m.onLesson() || m.screens[m.at].Aside()))
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
	keys := []key.Binding{m.common.Keys.Help, m.common.Keys.Quit}
	if m.welcome == nil {
		keys = append([]key.Binding{m.common.Keys.Overview}, keys...)
	}
	return widget.Spread(left, m.hints(keys...)+" ", m.width, th.Signs.More)
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

// status is the rule above the keys: the instance at its left end, the money
// at its right.
func (m *root) status() string {
	th, sep := m.common.Theme, " "+m.common.Theme.Signs.Separator+" "
	left := strings.Join(m.instance(), sep)
	if left != "" {
		left = " " + left + " "
	}
	right := m.money()
	if right != "" {
		right = " " + right + " "
	}
	rule := func(n int) string { return th.Line.Render(strings.Repeat(th.Signs.Rule, max(0, n))) }
	room := m.width - widget.Width(right) - 6
	left = widget.Cut(left, room, th.Signs.More)
	return rule(2) + th.Dim.Render(left) + rule(m.width-4-widget.Width(left)-widget.Width(right)) + right + rule(2)
}

// money is what the instance costs, and that it does so now.
func (m *root) money() string {
	th, price := m.common.Theme, m.common.Plan.Price
	if m.common.Practice || price.PerHour <= 0 {
		return ""
	}
	if m.meter != nil && m.journey.Of(journey.Download).Evidence.Fact("instance") != "seen-off" {
		said := m.text.Fill(m.text.Watch().Meter, map[string]string{
			"price": m.text.Money(price.PerHour, price.Currency), "cost": screen.CostNow(*m.meter, m.common.Now().Sub(m.metered)).String(),
		})
		return th.Warn.Render(th.Signs.On) + " " + said
	}
	return th.Dim.Render(m.text.Fill(m.text.PerHour, map[string]string{"price": m.text.Money(price.PerHour, price.Currency)}))
}

// instance tells what is known of it: platform, region, GPU.
func (m *root) instance() []string {
	plan := m.common.Plan
	if m.welcome != nil {
		return []string{m.welcomePath()}
	}
	if m.common.Practice {
		if m.options.RealTraining {
			return []string{m.text.Practice}
		}
		return []string{m.text.RehearsalShort}
	}
	var parts []string
	if p, ok := rental.PlatformByID(plan.Platform); ok && m.journey.Of(journey.Region).Evidence != nil {
		parts = append(parts, localized(m.text, p.Name))
		for _, r := range p.Regions {
			if r.Sign == plan.Region {
				parts = append(parts, localized(m.text, r.Name))
			}
		}
	}
	for _, step := range []journey.Step{journey.Train, journey.Upload} {
		if gpu := clean.Line(m.journey.Of(step).Evidence.Fact("gpu")); gpu != "" {
			parts = append(parts, widget.Cut(strings.TrimPrefix(gpu, "NVIDIA "), 24, m.common.Theme.Signs.More))
			break
		}
	}
	if len(parts) == 0 {
		return []string{m.text.NoInstance}
	}
	return parts
}

func localized(t *text.Text, both rental.Text) string {
	if t.Lang == text.ZH {
		return both.ZH
	}
	return both.EN
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
		stops = append(stops, widget.Stop{Name: m.text.Step(step).Short, State: state, Here: step == m.at})
	}
	return widget.StepBar(m.common.Theme, stops, m.width)
}

// footer is the keys that work now, or one line that must be read.
func (m *root) footer() string {
	th, k, words := m.common.Theme, m.common.Keys, m.text.Keys()
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
	return widget.Cut("  "+m.hints(keys...), m.width, th.Signs.More)
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

// hints writes keys with what they do.
func (m *root) hints(keys ...key.Binding) string {
	th := m.common.Theme
	parts := make([]string, 0, len(keys))
	for _, b := range keys {
		parts = append(parts, th.Plain.Render(b.Help().Key)+" "+th.Dim.Render(b.Help().Desc))
	}
	return strings.Join(parts, "   ")
}
