package label

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/bulk"
)

// BenchmarkPrepare reads and converts a set as the wizard does, and again when
// all is there already. Where the system tells, it reports the most memory
// that each took (peak-MB).
func BenchmarkPrepare(b *testing.B) {
	n := benchFiles()
	data := b.TempDir()
	if err := bulk.Annotations(data, n); err != nil {
		b.Fatal(err)
	}
	if err := bulk.Pictures(data, n); err != nil {
		b.Fatal(err)
	}
	read := func(b *testing.B) *dataset.Set {
		set, err := dataset.Read(context.Background(), data, dataset.Options{})
		if err != nil || len(set.Findings) > 0 {
			b.Fatal(err, set.Findings)
		}
		return set
	}
	prepare := func(b *testing.B, out string) {
		set := read(b)
		dataset.Split(set.Items, 0.2, 1)
		m, err := Prepare(context.Background(), set, out, Options{Classes: bulk.Classes}, nil)
		if err != nil || len(m.Files) != 2*n {
			b.Fatal(err, len(m.Files))
		}
	}
	run := func(name string, job func(b *testing.B, round int)) {
		b.Run(name, func(b *testing.B) {
			forgetPeak()
			for round := 0; b.Loop(); round++ {
				job(b, round)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "files/s")
			if peak := peakMB(); peak > 0 {
				b.ReportMetric(peak, "peak-MB")
			}
		})
	}
	dir := b.TempDir()
	run("read", func(b *testing.B, _ int) { read(b) })
	run("new", func(b *testing.B, round int) { prepare(b, filepath.Join(dir, strconv.Itoa(round))) })
	run("again", func(b *testing.B, _ int) { prepare(b, filepath.Join(dir, "0")) })
}

// forgetPeak lets Linux count anew (proc(5), clear_refs).
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMB returns 0 where the system does not tell.
func peakMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	found := peakLine.FindSubmatch(status)
	if err != nil || found == nil {
		return 0
	}
	kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		return 0
	}
	return kilobytes / 1000
}
