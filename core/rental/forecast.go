package rental

import "time"

// A Fit says whether a budget is enough.
type Fit string

// Whether a budget is enough.
const (
	FitYes    Fit = "yes"    // even if it takes as long as the range allows
	FitLikely Fit = "likely" // for the most likely time, not for the longest
	FitNo     Fit = "no"
	FitNone   Fit = "" // there is no budget, or no price
)

// Terms are what is paid, and out of what.
type Terms struct {
	PerHour Money // of the whole instance; zero is not known
	Budget  Money // the most that the person wants to spend; zero is none
	Voucher Money // given by the platform, and spent first
}

// A Forecast says what a training is going to cost and whether the budget
// covers it.
type Forecast struct {
	Estimate
	// Cost of Estimate.Time, and of the ends of its range; zero without a price.
	Cost     Money `json:"cost"`
	CostLow  Money `json:"cost_low"`
	CostHigh Money `json:"cost_high"`
	Voucher  Money `json:"voucher"` // what a voucher pays of Cost
	Own      Money `json:"own"`     // what is left to pay of it
	Left     Money `json:"left"`    // of the budget after that
	Short    Money `json:"short"`   // missing from the budget; zero if it is enough
	// Lasts is the time that budget and voucher pay for; it means something
	// where Limited.
	Lasts   time.Duration `json:"lasts_ns"`
	Limited bool          `json:"limited"`
	Fit     Fit           `json:"fit,omitempty"`
}

// ForecastOf reckons what a training costs.
func ForecastOf(e Estimate, t Terms) (Forecast, error) {
	e.Time, e.Low, e.High = max(0, e.Time), max(0, e.Low), max(0, e.High)
	f := Forecast{Estimate: e, Cost: Cost(t.PerHour, e.Time), CostLow: Cost(t.PerHour, e.Low), CostHigh: Cost(t.PerHour, e.High)}
	var err error
	if f.Own, err = f.Cost.Less(t.Voucher); err != nil {
		return f, err
	}
	if f.Voucher, err = f.Cost.Less(f.Own); err != nil {
		return f, err
	}
	means, err := t.Budget.Add(t.Voucher)
	if err != nil || t.Budget.IsZero() {
		return f, err
	}
	if f.Lasts, f.Limited, err = Lasts(means, t.PerHour); err != nil || !f.Limited {
		return f, err
	}
	if f.Left, err = t.Budget.Less(f.Own); err != nil {
		return f, err
	}
	if f.Short, err = f.Own.Less(t.Budget); err != nil {
		return f, err
	}
	most, err := f.CostHigh.Less(t.Voucher)
	if err != nil {
		return f, err
	}
	over, err := most.Compare(t.Budget)
	switch {
	case err != nil:
		return f, err
	case !f.Short.IsZero():
		f.Fit = FitNo
	case over > 0:
		f.Fit = FitLikely
	default:
		f.Fit = FitYes
	}
	return f, nil
}
