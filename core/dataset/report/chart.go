package report

import (
	"cmp"
	"fmt"
	"slices"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/picture"
)

// What the charts show at most.
const (
	barsShown = 40
	dotsShown = 4000
	grid      = 24  // cells of the heat map along a side
	side      = 640 // pixels of the longer side in training
)

// A bar of the histogram: the boxes of a class in both parts.
type bar struct {
	Name, Colour       string
	Train, Val, Other  int // boxes; Other wait for a split
	TrainWide, ValWide int // in hundredths of the longest
}

func bars(set *dataset.Set) []bar {
	var out []bar
	most := 1
	for i, c := range set.Classes {
		b := bar{Name: c.Name, Colour: hex(i), Train: c.Boxes[dataset.Train], Val: c.Boxes[dataset.Val], Other: c.Boxes[""]}
		most = max(most, b.Train, b.Val, b.Other)
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b bar) int {
		return cmp.Compare(b.Train+b.Val+b.Other, a.Train+a.Val+a.Other)
	})
	out = out[:min(len(out), barsShown)]
	for i := range out {
		b := &out[i]
		b.TrainWide, b.ValWide = (b.Train+b.Other)*100/most, b.Val*100/most
	}
	return out
}

// hex is the colour of the frames of a class.
func hex(class int) string {
	c := picture.Colour(class)
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}

// A dot is the size of one box, in pixels of a picture scaled for training.
type dot struct {
	X, Y   int
	Colour string
}

func dots(set *dataset.Set) []dot {
	total := 0
	for i := range set.Items {
		total += len(set.Items[i].Boxes)
	}
	every := max(1, (total+dotsShown-1)/dotsShown)
	seen := map[dot]bool{}
	var out []dot
	n := 0
	for i := range set.Items {
		it := &set.Items[i]
		for _, f := range set.Frames(it) {
			if n++; n%every != 0 {
				continue
			}
			scale := side / float64(max(it.Width, it.Height, 1))
			d := dot{int((f.X1 - f.X0) * float64(it.Width) * scale), side - int((f.Y1-f.Y0)*float64(it.Height)*scale), hex(f.Kind)}
			if !seen[d] {
				seen[d] = true
				out = append(out, d)
			}
		}
	}
	return out
}

// A cell of the heat map, with how many boxes have their centre there, as a
// share of the fullest.
type cell struct {
	X, Y  int
	Share float64
}

func cells(set *dataset.Set) []cell {
	var count [grid][grid]int
	most := 0
	for i := range set.Items {
		for _, f := range set.Frames(&set.Items[i]) {
			x, y := min(grid-1, int((f.X0+f.X1)/2*grid)), min(grid-1, int((f.Y0+f.Y1)/2*grid))
			count[y][x]++
			most = max(most, count[y][x])
		}
	}
	var out []cell
	for y := range grid {
		for x := range grid {
			if n := count[y][x]; n > 0 {
				out = append(out, cell{x, y, max(0.04, float64(n*100/most)/100)})
			}
		}
	}
	return out
}
