package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// Split returns the items divided anew: about valShare of them to validate on,
// the rest to train on. Each kind of picture is divided by itself, so that
// rare classes come into both parts; a kind is the rarest class on a picture.
// The same items, share and seed give the same parts, in whatever order the
// items come.
func Split(items []Item, valShare float64, seed uint64) []Item {
	out := slices.Clone(items)
	total := map[string]int{}
	for _, c := range classes(out) {
		total[c.Name] = c.Total
	}
	kinds := map[string][]int{}
	for i := range out {
		kind := "" // no objects at all
		for _, b := range out[i].Boxes {
			if kind == "" || cmp.Or(cmp.Compare(total[b.Class], total[kind]), strings.Compare(b.Class, kind)) < 0 {
				kind = b.Class
			}
		}
		kinds[kind] = append(kinds[kind], i)
	}
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	// Shares of the kinds add up: what rounding takes from one kind goes to
	// the next.
	seen, taken := 0, 0
	for _, name := range names {
		members := kinds[name]
		shuffle(out, members, seed)
		seen += len(members)
		want := int(math.Round(float64(seen)*valShare)) - taken
		want = max(0, min(want, len(members)))
		for n, i := range members {
			out[i].Part = Train
			if n < want {
				out[i].Part = Val
			}
		}
		taken += want
	}
	return out
}

// shuffle orders pictures by a digest of their names and the seed, so that a
// picture more or less leaves the others where they are.
func shuffle(items []Item, members []int, seed uint64) {
	keys := make(map[int][sha256.Size]byte, len(members))
	for _, i := range members {
		keys[i] = sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), items[i].Image...))
	}
	slices.SortFunc(members, func(a, b int) int {
		x, y := keys[a], keys[b]
		return cmp.Or(slices.Compare(x[:], y[:]), strings.Compare(items[a].Image, items[b].Image))
	})
}
