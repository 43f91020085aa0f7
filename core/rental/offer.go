package rental

import (
	"cmp"
	"strings"
)

// An Offer is a GPU that can be rented, with the price that was seen or is
// told now.
type Offer struct {
	Platform string   `json:"platform"`
	Region   string   `json:"region,omitempty"` // the platform's sign; "" where it is not told
	GPU      string   `json:"gpu"`
	Count    int      `json:"count"`
	MemoryGB int      `json:"memory_gb,omitempty"` // of one GPU; 0 if not known
	PerHour  Money    `json:"per_hour"`            // of all its GPUs
	Seen     string   `json:"seen,omitempty"`      // year and month of the price; "" if it is told now
	Sure     Sureness `json:"sure,omitempty"`
	Free     int      `json:"free"` // GPUs free now; -1 if not told
}

// An OfferFilter picks offers; what is empty picks all.
type OfferFilter struct {
	Platform string
	Region   string // offers of no told region pass
	GPU      string // a part of the name
	Most     Money  // per hour; offers without a price pass
	Free     bool   // only what is told to be free, or not told
}

// Offers lists what can be rented: what a platform tells of its stock, and
// where it tells nothing, the prices that were seen.
func (c *Catalogue) Offers(count int, stock map[string][]Stock) []Offer {
	count = max(1, count)
	var list []Offer
	for _, p := range c.Platforms {
		told := stock[p.ID]
		for _, s := range told {
			o := Offer{Platform: p.ID, Region: s.Region, GPU: s.GPU, Count: count, Free: s.Free, PerHour: s.PerHour.Times(count), Sure: Sure}
			if g, ok := c.GPUNamed(s.GPU); ok {
				o.GPU, o.MemoryGB = g.Name, g.MemoryGB
			}
			if s.PerHour.IsZero() {
				if m, seen, ok := p.Price(s.GPU); ok {
					o.PerHour, o.Seen, o.Sure = m.Times(count), seen.Seen, seen.Sure
				}
			}
			list = append(list, o)
		}
		if len(told) > 0 {
			continue
		}
		for _, price := range p.Prices {
			m, err := ParseMoney(price.PerHour, p.Currency)
			if err != nil {
				continue
			}
			o := Offer{Platform: p.ID, GPU: price.GPU, Count: count, PerHour: m.Times(count), Seen: price.Seen, Sure: price.Sure, Free: -1}
			if g, ok := c.GPUNamed(price.GPU); ok {
				o.MemoryGB = g.MemoryGB
			}
			list = append(list, o)
		}
	}
	return list
}

// Passes reports whether a filter lets an offer through.
func (f OfferFilter) Passes(o Offer) bool {
	tooDear := false
	if !f.Most.IsZero() && !o.PerHour.IsZero() {
		over, err := o.PerHour.Compare(f.Most)
		tooDear = err != nil || over > 0
	}
	return !tooDear &&
		(f.Platform == "" || o.Platform == f.Platform) &&
		(f.Region == "" || o.Region == "" || strings.EqualFold(o.Region, f.Region)) &&
		(f.GPU == "" || strings.Contains(plainGPU(o.GPU), plainGPU(f.GPU))) &&
		(!f.Free || o.Free != 0)
}

// An OfferOrder says what offers are sorted by.
type OfferOrder string

// The orders of offers. What is not known comes last.
const (
	ByPrice  OfferOrder = "price"
	ByGPU    OfferOrder = "gpu"
	ByMemory OfferOrder = "memory" // the most first
)

// CompareOffers orders two offers; equal ones are ordered by their names, so
// that a table never jumps.
func CompareOffers(a, b Offer, by OfferOrder) int {
	first := 0
	switch by {
	case ByPrice:
		first = comparePrices(a.PerHour, b.PerHour)
	case ByMemory:
		first = cmp.Compare(b.MemoryGB, a.MemoryGB)
	}
	return cmp.Or(first, strings.Compare(a.GPU, b.GPU), strings.Compare(a.Platform, b.Platform), strings.Compare(a.Region, b.Region), comparePrices(a.PerHour, b.PerHour))
}

// comparePrices puts prices of one currency together, and none at the end.
func comparePrices(a, b Money) int {
	if a.IsZero() || b.IsZero() {
		return cmp.Compare(bit(a.IsZero()), bit(b.IsZero()))
	}
	return cmp.Or(strings.Compare(a.currency, b.currency), cmp.Compare(a.micros, b.micros))
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
