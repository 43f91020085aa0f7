package rental

import (
	"context"
	"time"
)

// A Panel is a platform's web panel as programs reach it, with the user's
// developer token. Package remote/platform has those that are known. What a
// platform does not offer to programs is a problem with the code PanelCannot.
type Panel interface {
	// Balance returns what is left in the account.
	Balance(ctx context.Context) (Balance, error)
	// Stock returns what can be rented now, in one region or, for "", wherever
	// the platform tells it for all at once.
	Stock(ctx context.Context, region string) ([]Stock, error)
	// Switch returns the power switch of one instance. It asks nothing yet.
	Switch(instance string) Switch
}

// A Switch turns one instance on and off by its platform's own means, and says
// what the platform says of it. That an order was taken is no evidence that it
// was carried out: read the state back.
type Switch interface {
	PowerState(ctx context.Context) (PowerState, error)
	PowerOn(ctx context.Context) error // with its GPU
	PowerOff(ctx context.Context) error
	// Rented returns what the platform says of the instance beside that.
	Rented(ctx context.Context) (Rented, error)
}

// Rented is what a platform says of an instance.
type Rented struct {
	PerHour Money // zero if not told
	Login   Login // with its password, if told; zero if not
}

// A PowerState is what a platform says of an instance.
type PowerState string

// The states of an instance.
const (
	PowerStarting PowerState = "starting" // billed, and not to be reached yet
	PowerOn       PowerState = "on"       // billed
	PowerStopping PowerState = "stopping" // may still be billed
	PowerOff      PowerState = "off"      // its GPU is not billed; its disks may be
	PowerGone     PowerState = "gone"     // released, and its disks with it
	PowerUnknown  PowerState = "unknown"  // a word that this program does not know
)

// Ended reports whether the platform says that the GPU is billed no more.
func (s PowerState) Ended() bool { return s == PowerOff || s == PowerGone }

// IsOn reports whether the platform says that the instance is there to be used.
func (s PowerState) IsOn() bool { return s == PowerOn }

// Balance is what is left in an account.
type Balance struct {
	Money   Money
	Voucher Money // part of what can be spent, beside Money; zero if not told
}

// Stock is one kind of GPU that can be rented.
type Stock struct {
	Region  string // the platform's sign, "" if it has none or does not tell
	GPU     string // in the platform's own words
	Free    int    // GPUs; -1 if not told
	Total   int    // likewise
	PerHour Money  // for one GPU; zero if not told
	Seen    time.Time
}
