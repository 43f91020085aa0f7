package wizard

import (
	"time"

	"gpuwizard/core/journey"
)

// seeOn keeps how long the instance at hand has been on, for the budget of a
// project whose instance is stopped and started again.
func (w *work) seeOn(on time.Duration) {
	if w.facts.Boot == "" || on <= 0 || w.Practice() || w.facts.Practice {
		return
	}
	w.record.SeeOn(journey.Stretch{Boot: w.facts.Boot, GPU: len(w.facts.GPUs) > 0, On: int64(on.Seconds())})
}

// Billed reports whether a rented instance may cost money now: one was gone to,
// and none was seen off since. A machine without a price is the person's own.
func (p *Project) Billed() bool {
	plan := p.effective()
	if p.Practice() || plan.Platform == "any" && plan.Price.PerHour == 0 {
		return false
	}
	of := func(step journey.Step) *journey.Evidence { return p.record.Steps[step] }
	return of(journey.Upload) != nil && !journey.SeenOff(of)
}

// paidBefore is for how long instances were on before the present start, in
// time with the GPU: what no-GPU mode costs counts by its price.
func (w *work) paidBefore() time.Duration {
	var withGPU, without time.Duration
	for _, s := range w.record.Paid {
		switch on := time.Duration(s.On) * time.Second; {
		case s.Boot == w.facts.Boot:
		case s.GPU:
			withGPU += on
		default:
			without += on
		}
	}
	cheap, full := w.rates()
	share, ok := cheap.Share(full)
	if !ok {
		return withGPU
	}
	return withGPU + time.Duration(share*float64(without))
}
