package journey

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

// SeeOn keeps how long an instance was seen on: the longest for each start.
func (r *Record) SeeOn(seen Stretch) {
	at := slices.IndexFunc(r.Paid, func(s Stretch) bool { return s.Boot == seen.Boot })
	switch {
	case at >= 0:
		seen.On = max(seen.On, r.Paid[at].On)
		r.Paid[at] = seen
	case len(r.Paid) < maxStretches:
		r.Paid = append(r.Paid, seen)
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
