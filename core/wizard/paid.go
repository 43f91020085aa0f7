package wizard

import (
	"slices"
	"time"
)

// A Stretch is one start of an instance and how long it is known to have been
// on: until it was last seen. What it was on for afterwards, or without this
// program ever seeing it, nobody here knows.
type Stretch struct {
	Boot string `json:"boot"`
	GPU  bool   `json:"gpu"`
	On   int64  `json:"on"` // seconds
}

// maxStretches and maxOn, in seconds, bound the record.
const (
	maxStretches = 500
	maxOn        = 10 * 365 * 24 * 3600
)

// seeOn keeps how long the instance at hand has been on, for the budget of a
// project whose instance is stopped and started again.
func (w *work) seeOn(on time.Duration) {
	if w.facts.Boot == "" || on <= 0 || w.Practice() || w.facts.Practice {
		return
	}
	seen := Stretch{Boot: w.facts.Boot, GPU: len(w.facts.GPUs) > 0, On: int64(on.Seconds())}
	at := slices.IndexFunc(w.record.Paid, func(s Stretch) bool { return s.Boot == seen.Boot })
	switch {
	case at >= 0:
		seen.On = max(seen.On, w.record.Paid[at].On)
		w.record.Paid[at] = seen
	case len(w.record.Paid) < maxStretches:
		w.record.Paid = append(w.record.Paid, seen)
	}
}

// SeenOn is for how long instances with their GPU are known to have been on.
func (r Record) SeenOn() time.Duration {
	var on time.Duration
	for _, s := range r.Paid {
		if s.GPU {
			on += time.Duration(s.On) * time.Second
		}
	}
	return on
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
