package dataset

import (
	"context"
	"os"
	"strconv"
	"testing"

	"gpuwizard/core/dataset/bulk"
)

// benchFiles is how many annotations the benchmarks read;
// GPUWIZARD_BENCH_FILES changes it.
func benchFiles() int {
	if n, err := strconv.Atoi(os.Getenv("GPUWIZARD_BENCH_FILES")); err == nil && n > 0 {
		return n
	}
	return 2000
}

// generated writes a large set with nothing wrong.
func generated(b *testing.B, n int, pictures bool) string {
	b.Helper()
	dir := b.TempDir()
	if err := bulk.Annotations(dir, n); err != nil {
		b.Fatal(err)
	}
	if pictures {
		if err := bulk.Pictures(dir, n); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

func perFile(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkAnnotations compares what reading annotations costs with the floor:
// reading the bytes alone, on as many goroutines.
func BenchmarkAnnotations(b *testing.B) {
	n := benchFiles()
	dir := generated(b, n, false)
	found, err := list(context.Background(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := &reading{root: dir}
	defer r.close()
	each := func(b *testing.B, start func() func(string) error) {
		for b.Loop() {
			err := parallel(context.Background(), 0, n, func() func(int) {
				work := start()
				return func(i int) {
					if err := work(found.annotations[i]); err != nil {
						b.Error(err)
					}
				}
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		perFile(b, n)
	}
	b.Run("bytes", func(b *testing.B) {
		each(b, func() func(string) error {
			return func(rel string) error {
				_, err := os.ReadFile(local(dir, rel))
				return err
			}
		})
	})
	b.Run("parsed", func(b *testing.B) {
		each(b, func() func(string) error {
			w := r.worker(context.Background())
			return func(rel string) error {
				data, err := w.read(rel)
				if err == nil {
					_, err = parse(data, w.names)
				}
				return err
			}
		})
	})
	b.Run("encoding-xml", func(b *testing.B) {
		each(b, func() func(string) error {
			w := r.worker(context.Background())
			return func(rel string) error {
				data, err := w.read(rel)
				if err == nil {
					_, err = parseXML(data, w.names)
				}
				return err
			}
		})
	})
}

// BenchmarkHeaders reads the headers of pictures on one processor.
func BenchmarkHeaders(b *testing.B) {
	n := benchFiles()
	dir := generated(b, n, true)
	found, err := list(context.Background(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := &reading{root: dir}
	defer r.close()
	w := r.worker(context.Background())
	for b.Loop() {
		for _, rel := range found.pictures {
			if h := w.readHeader(rel); h.reason != "" {
				b.Fatal(h.reason)
			}
		}
	}
	perFile(b, n)
}

// BenchmarkRead does all that Read does.
func BenchmarkRead(b *testing.B) {
	n := benchFiles()
	dir := generated(b, n, true)
	for b.Loop() {
		set, err := Read(context.Background(), dir, Options{})
		if err != nil || len(set.Findings) > 0 {
			b.Fatal(err, set.Findings)
		}
	}
	perFile(b, n)
}
