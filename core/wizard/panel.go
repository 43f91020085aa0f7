package wizard

import "gpuwizard/core/rental"

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
// the instance itself does.
func (w *work) instanceID() string {
	if w.plan.Instance == "" && w.facts.Platform == w.plan.Platform {
		return w.facts.ID
	}
	return w.plan.Instance
}
