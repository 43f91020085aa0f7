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
