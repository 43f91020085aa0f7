package wizard

import (
	"context"
	"testing"

	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
)

type fakePanel struct{ asked string }

func (f *fakePanel) Balance(context.Context) (rental.Balance, error)       { return rental.Balance{}, nil }
func (f *fakePanel) Stock(context.Context, string) ([]rental.Stock, error) { return nil, nil }
func (f *fakePanel) Switch(instance string) rental.Switch {
	f.asked = instance
	return fakeSwitch{}
}

type fakeSwitch struct{}

func (fakeSwitch) PowerState(context.Context) (rental.PowerState, error) { return rental.PowerOn, nil }
func (fakeSwitch) PowerOn(context.Context) error                         { return nil }
func (fakeSwitch) PowerOff(context.Context) error                        { return nil }
func (fakeSwitch) Rented(context.Context) (rental.Rented, error)         { return rental.Rented{}, nil }

// The switch of another instance, or of another platform, must never be
// touched: without a name, and in practice, there is none.
func TestSwitchNeedsATokenAndAName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, platform, instance string
		panel, want              bool
	}{
		{"token and name", "autodl", "pro-76419909953e", true, true},
		{"no name", "autodl", "", true, false},
		{"no token", "autodl", "pro-76419909953e", false, false},
		{"practice", PracticePlatform, "pro-76419909953e", true, false},
	} {
		panel := &fakePanel{}
		w := &work{Project: &Project{plan: planfile.Plan{Platform: tt.platform}}, plan: planfile.Plan{Platform: tt.platform, Instance: tt.instance}}
		w.env.Panel = func(platform string) rental.Panel {
			if platform != tt.platform || !tt.panel {
				return nil
			}
			return panel
		}
		if s := w.powerSwitch(); (s != nil) != tt.want || tt.want && panel.asked != tt.instance {
			t.Errorf("%s: switch %v for %q", tt.name, s, panel.asked)
		}
	}
}
