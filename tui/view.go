package tui

import (
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/screen"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

const (
	// frameRows are the rows around a screen: header, step bar, two rules, keys.
	frameRows = 5
	// maxWidth is as wide as lines can be read with ease.
	maxWidth = 132
)

// View draws the whole window: at most its height in lines, each at most its
// width in cells.
func (m *root) View() string {
	if m.tooSmall() {
		return m.viewTooSmall()
	}
	th := m.common.Theme
	rule := th.Line.Render(strings.Repeat(th.Signs.Rule, m.common.Width))
	lines := []string{m.header(), m.stepBar(), rule}
	if m.dialog != nil {
		lines = append(lines, m.dialog.View(m.common.Width, m.common.Height)...)
	} else {
		lines = append(lines, m.screens[m.at].View()...)
	}
	lines = append(lines, rule, m.footer())
	for i, line := range lines {
		lines[i] = widget.Cut(line, m.width, "")
	}
	return strings.Join(widget.Clip(lines, m.height), "\n")
}

func (m *root) tooSmall() bool { return m.width < widget.MinWidth || m.height < widget.MinHeight }

func (m *root) viewTooSmall() string {
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

// header is the project, the rehearsal mark, and the instance with its price.
func (m *root) header() string {
	th, sep := m.common.Theme, " "+m.common.Theme.Signs.Separator+" "
	left := " " + th.Accent.Render("gpuwizard")
	if name := clean.Line(m.common.Plan.Name); name != "" {
		left += th.Dim.Render(sep) + name
	}
	if mark := m.mark(); mark != "" {
		left += "  " + th.Mark.Render(mark)
	}
	if m.verifying {
		left += "  " + th.Dim.Render(m.text.Looking)
	}
	return widget.Spread(left, th.Dim.Render(strings.Join(m.instance(), sep))+" ", m.common.Width, th.Signs.More)
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

// instance tells what is known of it: platform, region, GPU, price.
func (m *root) instance() []string {
	plan := m.common.Plan
	if m.common.Practice {
		if m.options.RealTraining {
			return nil
		}
		return []string{m.text.RehearsalShort}
	}
	var parts []string
	if p, ok := rental.PlatformByID(plan.Platform); ok && m.journey.Of(wizard.Region).Evidence != nil {
		parts = append(parts, localized(m.text, p.Name))
		for _, r := range p.Regions {
			if r.Sign == plan.Region {
				parts = append(parts, localized(m.text, r.Name))
			}
		}
	}
	for _, step := range []wizard.Step{wizard.Train, wizard.Upload} {
		if gpu := clean.Line(m.journey.Of(step).Evidence.Fact("gpu")); gpu != "" {
			parts = append(parts, widget.Cut(strings.TrimPrefix(gpu, "NVIDIA "), 24, m.common.Theme.Signs.More))
			break
		}
	}
	if price := plan.Price; price.PerHour > 0 {
		parts = append(parts, m.text.Fill(m.text.PerHour, map[string]string{"price": m.text.Money(price.PerHour, price.Currency)}))
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
	var stops []widget.Stop
	for _, step := range wizard.Steps() {
		state := m.journey.Of(step).State
		if step == m.running {
			state = wizard.Running
		}
		stops = append(stops, widget.Stop{Name: m.text.Step(step).Short, State: state, Here: step == m.at})
	}
	return widget.StepBar(m.common.Theme, stops, m.common.Width)
}

// footer is the keys that work now, or one line that must be read.
func (m *root) footer() string {
	th, t := m.common.Theme, m.text
	if m.flash != "" {
		return widget.Cut("  "+th.Warn.Render(m.flash), m.common.Width, th.Signs.More)
	}
	var hints []screen.Hint
	switch {
	case m.dialog == nil:
		hints = m.screens[m.at].Hints()
		if !m.screens[m.at].Typing() {
			hints = append(hints, screen.Hint{Key: "q", Does: t.KeyQuit})
		}
	case m.dialog.Secret():
		hints = []screen.Hint{{Key: "Enter", Does: t.KeyAccept}, {Key: "Esc", Does: t.KeyClose}}
	default:
		hints = []screen.Hint{{Key: "↑↓", Does: t.KeyMove}, {Key: "Enter", Does: t.KeyAccept}, {Key: "Esc", Does: t.KeyClose}}
	}
	var parts []string
	for _, h := range hints {
		key := h.Key
		if !th.Signs.Braille {
			key = strings.ReplaceAll(key, "↑↓", "Up Down")
		}
		parts = append(parts, th.Plain.Render(key)+" "+th.Dim.Render(h.Does))
	}
	return widget.Cut("  "+strings.Join(parts, "   "), m.common.Width, th.Signs.More)
}
