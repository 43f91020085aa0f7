package dataset_test

import (
	"fmt"
	"slices"
	"testing"

	"gpuwizard/core/dataset"
)

func items(n int, class func(i int) string) []dataset.Item {
	var out []dataset.Item
	for i := range n {
		it := dataset.Item{Image: fmt.Sprintf("images/%04d.jpg", i)}
		if c := class(i); c != "" {
			it.Boxes = []dataset.Box{{Class: c}}
		}
		out = append(out, it)
	}
	return out
}

// split divides a copy.
func split(items []dataset.Item, share float64, seed uint64) []dataset.Item {
	out := slices.Clone(items)
	dataset.Split(out, share, seed)
	return out
}

func parts(items []dataset.Item) map[string]string {
	out := map[string]string{}
	for _, it := range items {
		out[it.Image] = it.Part
	}
	return out
}

func TestSplitByClass(t *testing.T) {
	in := items(1000, func(i int) string {
		switch {
		case i%100 == 0:
			return "rare"
		case i%10 == 0:
			return "" // background
		default:
			return "common"
		}
	})
	out := split(in, 0.2, 1)
	count := map[string]int{}
	for _, it := range out {
		kind := "background"
		if len(it.Boxes) > 0 {
			kind = it.Boxes[0].Class
		}
		count[kind+"/"+it.Part]++
	}
	want := map[string]int{"rare/train": 8, "rare/val": 2, "background/train": 72, "background/val": 18, "common/train": 720, "common/val": 180}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", count, want)
	}
	for _, it := range in {
		if it.Part != "" {
			t.Fatal("the items given have changed")
		}
	}
}

func TestSplitIsReproducible(t *testing.T) {
	in := items(200, func(int) string { return "c" })
	first := parts(split(in, 0.2, 7))
	slices.Reverse(in)
	if fmt.Sprint(parts(split(in, 0.2, 7))) != fmt.Sprint(first) {
		t.Error("the order of the items matters")
	}
	if fmt.Sprint(parts(split(in, 0.2, 8))) == fmt.Sprint(first) {
		t.Error("the seed does not matter")
	}
	// One picture less leaves nearly all others where they were.
	moved := 0
	for image, part := range parts(split(in[1:], 0.2, 7)) {
		if first[image] != part {
			moved++
		}
	}
	if moved > 2 {
		t.Errorf("%d pictures changed sides for one that went", moved)
	}
}

func TestSplitKeepsGroups(t *testing.T) {
	in := items(60, func(int) string { return "c" })
	for i := range in {
		in[i].Group = fmt.Sprint(i / 6)
	}
	out := split(in, 0.3, 3)
	part := map[string]string{}
	val := 0
	for _, it := range out {
		if was, ok := part[it.Group]; ok && was != it.Part {
			t.Fatalf("group %s is torn apart", it.Group)
		}
		part[it.Group] = it.Part
		if it.Part == dataset.Val {
			val++
		}
	}
	if val != 18 {
		t.Errorf("%d of 60 to validate on", val)
	}
}

func TestSplitSmall(t *testing.T) {
	tests := []struct {
		n, val int
		share  float64
	}{{1, 0, 0.2}, {2, 1, 0.2}, {3, 1, 0.2}, {10, 2, 0.2}, {10, 0, 0}, {10, 9, 1}}
	for _, test := range tests {
		for name, class := range map[string]func(int) string{
			"one class": func(int) string { return "c" },
			"no labels": func(int) string { return "" },
		} {
			val := 0
			for _, it := range split(items(test.n, class), test.share, 1) {
				if it.Part == dataset.Val {
					val++
				} else if it.Part != dataset.Train {
					t.Errorf("part %q", it.Part)
				}
			}
			if val != test.val {
				t.Errorf("%s: %d of %d to validate on at %v, want %d", name, val, test.n, test.share, test.val)
			}
		}
	}
	// Every picture of a class of its own.
	val := 0
	for _, it := range split(items(5, func(i int) string { return fmt.Sprint(i) }), 0.2, 1) {
		if it.Part == dataset.Val {
			val++
		}
	}
	if val != 1 {
		t.Errorf("%d of 5 to validate on", val)
	}
}
