package dataset

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// benchFiles is how many annotations the benchmarks read;
// GPUWIZARD_BENCH_FILES changes it.
func benchFiles() int {
	if n, err := strconv.Atoi(os.Getenv("GPUWIZARD_BENCH_FILES")); err == nil && n > 0 {
		return n
	}
	return 2000
}

// generated writes annotations as labelling programs do, of some 1.6 KB with
// five or six objects each, and a small picture for each if wanted.
func generated(b *testing.B, n int, pictures bool) string {
	b.Helper()
	dir := b.TempDir()
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		var t bytes.Buffer
		fmt.Fprintf(&t, "<annotation>\n\t<folder>images</folder>\n\t<filename>%06d.jpg</filename>\n\t<path>/home/user/images/%06d.jpg</path>\n", i, i)
		t.WriteString("\t<source>\n\t\t<database>Unknown</database>\n\t</source>\n\t<size>\n\t\t<width>640</width>\n\t\t<height>480</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n")
		for o := range 5 + i%2 {
			x, y := (i*37+o*101)%500, (i*53+o*71)%400
			fmt.Fprintf(&t, "\t<object>\n\t\t<name>class%d</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n", o)
			fmt.Fprintf(&t, "\t\t<bndbox>\n\t\t\t<xmin>%d</xmin>\n\t\t\t<ymin>%d</ymin>\n\t\t\t<xmax>%d</xmax>\n\t\t\t<ymax>%d</ymax>\n\t\t</bndbox>\n\t</object>\n", x, y, x+20+i%100, y+20+i%60)
		}
		t.WriteString("</annotation>\n")
		name := filepath.Join(dir, fmt.Sprintf("%06d", i))
		if err := os.WriteFile(name+".xml", t.Bytes(), 0o644); err != nil {
			b.Fatal(err)
		}
		if pictures {
			// A tail of its own, so that no two are twins.
			data := fmt.Appendf(bytes.Clone(picture.Bytes()), "%06d", i)
			if err := os.WriteFile(name+".jpg", data, 0o644); err != nil {
				b.Fatal(err)
			}
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
	each := func(b *testing.B, start func() func(string) error) {
		for b.Loop() {
			err := parallel(context.Background(), 0, n, func() func(int) {
				work := start()
				return func(i int) {
					if err := work(local(dir, found.annotations[i])); err != nil {
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
			return func(path string) error {
				_, err := os.ReadFile(path)
				return err
			}
		})
	})
	b.Run("parsed", func(b *testing.B) {
		each(b, func() func(string) error {
			w := &worker{names: map[string]string{}}
			return func(path string) error {
				data, err := w.read(path)
				if err == nil {
					_, err = parse(data, w.names)
				}
				return err
			}
		})
	})
	b.Run("encoding-xml", func(b *testing.B) {
		each(b, func() func(string) error {
			w := &worker{names: map[string]string{}}
			return func(path string) error {
				data, err := w.read(path)
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
	buffer := bufio.NewReaderSize(nil, headerBuffer)
	for b.Loop() {
		for _, rel := range found.pictures {
			if h := readHeader(local(dir, rel), buffer); h.reason != "" {
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
