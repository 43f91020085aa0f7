package dataset

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"
)

// Split divides the items anew: about valShare of them to validate on, the rest
// to train on. Each kind of picture is divided by itself, so that
// rare classes come into both parts; a kind is the rarest class on a picture.
// Pictures of one group stay together, lest the model be examined on what it
// has learned by heart. The same items, share and seed give the same parts, in
// whatever order the items come.
func Split(items []Item, valShare float64, seed uint64) {
	total := map[string]int{}
	for _, c := range classes(items) {
		total[c.Name] = c.Total
	}
	// A unit is what goes to one part as a whole.
	units := map[string]*unit{}
	for i := range items {
		name := cmp.Or(items[i].Group, items[i].Image)
		u := units[name]
		if u == nil {
			u = &unit{name: name, key: sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), name...))}
			units[name] = u
		}
		u.items = append(u.items, i)
		for _, b := range items[i].Boxes {
			if u.kind == "" || cmp.Or(cmp.Compare(total[b.Class], total[u.kind]), strings.Compare(b.Class, u.kind)) < 0 {
				u.kind = b.Class
			}
		}
	}
	// Within a kind the order is by a digest of name and seed, so that a
	// picture more or less leaves the others where they are.
	order := slices.SortedFunc(maps.Values(units), func(a, b *unit) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), bytes.Compare(a.key[:], b.key[:]))
	})
	// The share is kept from the first unit of a kind to the last; what
	// rounding leaves over goes on to the next kind.
	taken := 0
	for start, seen := 0, 0; start < len(order); {
		end := start
		for end < len(order) && order[end].kind == order[start].kind {
			seen += len(order[end].items)
			end++
		}
		want := int(math.Round(float64(seen)*valShare)) - taken
		for n, u := range order[start:end] {
			part := Train
			// The last one of a kind is kept to learn from.
			if size := len(u.items); size <= want && n < end-start-1 {
				part, want, taken = Val, want-size, taken+size
			}
			u.put(items, part)
		}
		start = end
	}
	if taken == 0 && valShare > 0 && len(order) > 1 {
		order[0].put(items, Val)
	}
}

type unit struct {
	name, kind string
	key        [sha256.Size]byte
	items      []int
}

func (u *unit) put(items []Item, part string) {
	for _, i := range u.items {
		items[i].Part = part
	}
}
