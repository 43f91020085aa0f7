package dataset

import (
	"context"
	"image"
	"math/rand/v2"
	"testing"
)

// BenchmarkNeighbours compares the looks of many pictures each with each.
func BenchmarkNeighbours(b *testing.B) {
	n := benchFiles()
	s := &Set{Items: make([]Item, n)}
	seen := make([]look, n)
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range seen {
		for p := range img.Pix {
			img.Pix[p] = uint8(r.Uint32())
		}
		seen[i] = seeAt(img, 1)
	}
	for b.Loop() {
		if _, err := neighbours(context.Background(), s, seen, Options{}, make([]bool, n)); err != nil {
			b.Fatal(err)
		}
	}
	perFile(b, n)
}

// BenchmarkTwins decodes small photos and compares them.
func BenchmarkTwins(b *testing.B) {
	n := min(benchFiles(), 200)
	dir := generated(b, n, true)
	set, err := Read(context.Background(), dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Twins(context.Background(), set, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	perFile(b, n)
}
