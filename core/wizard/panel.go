package wizard

import (
	"gpuwizard/core/journey"
	"gpuwizard/core/rental"
)

// A PanelOpener opens the interface that a platform has for programs. It
// returns nil where the platform has none, or the user gave no token for it:
// every step has to do without.
type PanelOpener func(platform string) rental.Panel

// panel is the platform's own interface, or nil.
func (w *work) panel() rental.Panel {
	if w.env.Panel == nil || w.Practice() {
		return nil
	}
	return w.env.Panel(w.plan.Platform)
}

// powerSwitch is the platform's own switch for the instance at hand, or nil:
// without a token, or where nobody knows the instance's id.
func (w *work) powerSwitch() rental.Switch {
	panel, id := w.panel(), w.instanceID()
	if panel == nil || id == "" {
		return nil
	}
	return panel.Switch(id)
}

// instanceID is how the platform calls the instance: as the plan says, or as
// the instance itself does, now or when the data were sent there.
func (w *work) instanceID() string {
	if w.plan.Instance != "" {
		return w.plan.Instance
	}
	if w.facts.Home != "" {
		return w.idOf(w.facts.Platform, w.facts.ID)
	}
	sent := w.record.Steps[journey.Upload]
	if sent.Fact("host") != w.host() {
		return "" // another one
	}
	return w.idOf(sent.Fact("instance_of"), sent.Fact("instance_id"))
}

func (w *work) idOf(platform, id string) string {
	if platform != w.plan.Platform {
		return ""
	}
	return id
}
