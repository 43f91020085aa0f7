package tui

import (
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/screen"
	"gpuwizard/tui/widget"
)

// status is the rule above the keys: the instance at its left end, the money
// at its right.
func (m *root) status() string {
	th, sep := m.common.Theme, " "+m.common.Theme.Signs.Separator+" "
	right := m.money()
	if right != "" {
		right = " " + right + " "
	}
	room := m.width - widget.Width(right) - 6
	parts := m.instance()
	for len(parts) > 1 && widget.Width(strings.Join(parts, sep))+2 > room {
		parts = parts[1:] // what comes last is nearest to the matter
	}
	left := strings.Join(parts, sep)
	if left != "" {
		left = " " + left + " "
	}
	rule := func(n int) string { return th.Line.Render(strings.Repeat(th.Signs.Rule, max(0, n))) }
	left = widget.Cut(left, room, th.Signs.More)
	return rule(2) + th.Dim.Render(left) + rule(m.width-4-widget.Width(left)-widget.Width(right)) + right + rule(2)
}

// money is what the instance costs, and that it does so now.
func (m *root) money() string {
	th, price := m.common.Theme, m.common.Plan.Price
	if m.common.Practice || price.PerHour <= 0 {
		return ""
	}
	if m.meter != nil && !m.seenOff() {
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
		parts = append(parts, m.text.OfPlatform(p.Name))
		for _, r := range p.Regions {
			if r.Sign == plan.Region {
				parts = append(parts, m.text.OfPlatform(r.Name))
			}
		}
	}
	if machine := m.machine(); machine != "" {
		parts = append(parts, widget.Cut(strings.TrimPrefix(machine, "NVIDIA "), 32, m.common.Theme.Signs.More))
	}
	words := m.text.Link()
	switch {
	case m.link.away:
		parts = append(parts, words.Away)
	case m.seenOff():
		parts = append(parts, words.Off)
	}
	if len(parts) == 0 {
		return []string{m.text.NoInstance}
	}
	return parts
}

// machine names the instance by its GPU, or by its host as long as none was
// seen.
func (m *root) machine() string {
	if m.link.gpu != "" {
		return m.link.gpu
	}
	for _, step := range []journey.Step{journey.Train, journey.Upload} {
		if gpu := clean.Line(m.journey.Of(step).Evidence.Fact("gpu")); gpu != "" {
			return gpu
		}
	}
	if login, err := rental.ParseLogin(m.common.Plan.Login); err == nil {
		return clean.Line(login.Host)
	}
	return ""
}

// seenOff reports whether the instance was last seen to be off.
func (m *root) seenOff() bool {
	return !m.link.on && journey.SeenOff(func(step journey.Step) *journey.Evidence { return m.journey.Of(step).Evidence })
}

// link is what the step at work told of the connection.
type link struct {
	on   bool   // it is connected, or was when it was cut
	gpu  string // of the instance
	away bool   // the connection is lost, for now
}

// tell takes in what a step told: work that goes on means that the connection
// does.
func (l *link) tell(e wizard.Event) {
	switch {
	case e.Kind == wizard.KindLog, e.Kind == wizard.KindProgress:
		l.away = false
	case e.Kind != wizard.KindNote:
	case e.Code == wizard.NoteConnected:
		*l = link{on: true, gpu: clean.Line(e.Args["gpu"])}
	case e.Code == wizard.NoteReconnect, e.Code == wizard.NoteCutOff:
		l.away = true
	case e.Code == wizard.NoteSeenOff:
		*l = link{}
	}
}
