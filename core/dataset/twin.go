package dataset

import (
	"cmp"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"slices"
)

// checkTwins looks for pictures with the same bytes. Only files of equal size
// are compared, first by their ends, where compressed pictures differ; so
// little is read of a set without twins.
func checkTwins(ctx context.Context, f *findings, s *Set, r *reading) error {
	order := make([]int, 0, len(s.Items))
	for i := range s.Items {
		if s.Items[i].Width > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.Items[a].Size, s.Items[b].Size), cmp.Compare(a, b))
	})
	bySize := groups(order, func(a, b int) bool { return s.Items[a].Size == s.Items[b].Size })
	byTail, err := regroup(ctx, s, bySize, tailSize, r.opts.Workers)
	if err != nil {
		return err
	}
	twins, err := regroup(ctx, s, byTail, 0, r.opts.Workers)
	if err != nil {
		return err
	}
	// Groups in the order of their first picture.
	slices.SortFunc(twins, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	r.survey.change(func() {
		for _, group := range twins {
			for _, i := range group {
				s.Items[i].Group = s.Items[group[0]].Image
				s.Items[i].twin = s.Items[i].Group
			}
		}
	})
	for _, group := range twins {
		parts := map[string]bool{}
		for _, i := range group {
			parts[s.Items[i].Part] = true
		}
		for _, i := range group {
			if len(parts) > 1 {
				f.add(Leak, Harms, MendAsk, s.Items[i].Image, "kind", "same")
			} else {
				f.add(DuplicateFiles, Minor, MendAsk, s.Items[i].Image, "kind", "same")
			}
		}
	}
	return nil
}

const tailSize = 4 << 10

// groups cuts a sorted list into runs of equals with two members or more.
func groups(order []int, equal func(a, b int) bool) [][]int {
	var out [][]int
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && equal(order[start], order[end]) {
			end++
		}
		if end-start > 1 {
			out = append(out, order[start:end])
		}
		start = end
	}
	return out
}

// regroup divides groups by the digest of the last bytes of their pictures, or
// of all of them if tail is 0.
func regroup(ctx context.Context, s *Set, in [][]int, tail int64, workers int) ([][]int, error) {
	var members []int
	for _, g := range in {
		members = append(members, g...)
	}
	sums := make(map[int][sha256.Size]byte, len(members))
	digests := make([][sha256.Size]byte, len(members))
	err := parallel(ctx, workers, len(members), func() func(int) {
		buffer := make([]byte, 64<<10)
		return func(i int) {
			it := &s.Items[members[i]]
			skip := int64(0)
			if tail > 0 {
				skip = max(0, it.Size-tail)
			}
			digests[i] = digest(local(s.Root, it.Image), skip, buffer)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, m := range members {
		sums[m] = digests[i]
	}
	var out [][]int
	for _, g := range in {
		g = slices.Clone(g)
		slices.SortFunc(g, func(a, b int) int {
			x, y := sums[a], sums[b]
			return cmp.Or(slices.Compare(x[:], y[:]), cmp.Compare(a, b))
		})
		out = append(out, groups(g, func(a, b int) bool { return sums[a] == sums[b] && sums[a] != [sha256.Size]byte{} })...)
	}
	return out, nil
}

// digest of a file from an offset on; zero if it cannot be read any more.
func digest(path string, skip int64, buffer []byte) (sum [sha256.Size]byte) {
	f, err := os.Open(path)
	if err != nil {
		return sum
	}
	defer f.Close()
	if _, err := f.Seek(skip, io.SeekStart); err != nil {
		return sum
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, buffer); err != nil { // a file's own way takes new memory
		return sum
	}
	h.Sum(sum[:0])
	return sum
}
