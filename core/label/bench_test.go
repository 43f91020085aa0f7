package label

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"gpuwizard/core/dataset"
)

// benchFiles is how many labels the benchmarks write; GPUWIZARD_BENCH_FILES
// changes it.
func benchFiles() int {
	if n, err := strconv.Atoi(os.Getenv("GPUWIZARD_BENCH_FILES")); err == nil && n > 0 {
		return n
	}
	return 2000
}

func benchSet(n int) *dataset.Set {
	set := &dataset.Set{}
	for i := range n {
		it := dataset.Item{Image: fmt.Sprintf("%06d.jpg", i), Part: dataset.Train, Width: 640, Height: 480, LabelWidth: 640, LabelHeight: 480}
		for o := range 5 + i%2 {
			x, y := float64((i*37+o*101)%500), float64((i*53+o*71)%400)
			it.Boxes = append(it.Boxes, dataset.Box{Class: "c", XMin: x, YMin: y, XMax: x + 40, YMax: y + 50})
		}
		set.Items = append(set.Items, it)
	}
	return set
}

// BenchmarkLabels compares what writing labels costs with the floor: creating
// files of the same content that lies ready.
func BenchmarkLabels(b *testing.B) {
	n := benchFiles()
	set := benchSet(n)
	sample := []byte("0 0.500000 0.500000 0.100000 0.100000\n")
	content := make([]byte, 0, 6*len(sample))
	for range 5 {
		content = append(content, sample...)
	}
	run := func(b *testing.B, start func(dir string) func(i int) error) {
		for round := 0; b.Loop(); round++ {
			dir := filepath.Join(b.TempDir(), strconv.Itoa(round))
			for _, folder := range folders {
				if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
					b.Fatal(err)
				}
			}
			var group sync.WaitGroup
			workers := runtime.NumCPU()
			for w := range workers {
				group.Go(func() {
					work := start(dir)
					for i := w; i < n; i += workers {
						if err := work(i); err != nil {
							b.Error(err)
						}
					}
				})
			}
			group.Wait()
			b.StopTimer()
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "files/s")
	}
	b.Run("bytes", func(b *testing.B) {
		run(b, func(dir string) func(int) error {
			return func(i int) error {
				return os.WriteFile(filepath.Join(dir, "labels", "train", strconv.Itoa(i)+".txt"), content, 0o644)
			}
		})
	})
	b.Run("labels", func(b *testing.B) {
		run(b, func(dir string) func(int) error {
			p := &preparation{set: set, out: dir, numbers: map[string]int{"c": 0}}
			w := newWriter(p)
			return func(i int) error {
				return w.label(&set.Items[i], &File{Path: "labels/train/" + strconv.Itoa(i) + ".txt"}, false)
			}
		})
	})
}

// BenchmarkVerify looks at a prepared folder of so many labels.
func BenchmarkVerify(b *testing.B) {
	n := benchFiles()
	set := benchSet(n)
	dir := b.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "labels", "train"), 0o755); err != nil {
		b.Fatal(err)
	}
	w := newWriter(&preparation{set: set, out: dir, numbers: map[string]int{"c": 0}})
	var m Manifest
	for i := range set.Items {
		f := File{Path: "labels/train/" + strconv.Itoa(i) + ".txt"}
		if err := w.label(&set.Items[i], &f, false); err != nil {
			b.Fatal(err)
		}
		m.Files = append(m.Files, f)
	}
	for b.Loop() {
		if changed, err := Verify(context.Background(), dir, m, false); err != nil || len(changed) > 0 {
			b.Fatal(changed, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "files/s")
}
