package yolov5

import (
	"os"
	"strings"
	"testing"
	"time"
)

// BenchmarkLogs reads logs of four kinds: a real training's, with its bars; one
// whose epochs are long, a single line each; lines that no rule knows, with
// some that one does among them; and warnings, each for a picture. MB/s is the
// parser's. The floor is to look for the ends of the same text's lines, turn by
// turn with the parser, so that both have the machine alike: floors says how
// many times as long the parser takes.
func BenchmarkLogs(b *testing.B) {
	real, err := os.ReadFile("../../remote/practice/recording/train.log")
	if err != nil {
		b.Fatal(err)
	}
	const size = 8 << 20
	logs := []struct{ name, text string }{
		{"training", filled(string(real), size)},
		{"long", filled(strings.Repeat("\r        0/0         3G     0.1121    0.01456          0         44        640:  90%|█████████ | 1805/2000 10:07", 2000)+"\n", size)},
		{"others", filled(strings.Repeat("2024-01-01 00:00:00 INFO  step 1200 of 9000, loss 0.4321, nothing to see in this line of another program\n", 50)+traced("ModuleNotFoundError: No module named 'cv2'"), size)},
		{"warnings", filled("train: WARNING ⚠️ /root/a.jpg: ignoring corrupt image/label: labels require 5 columns\n", size)},
	}
	for _, reader := range []struct {
		name string
		read func(text string)
	}{
		{"ScanLog", func(text string) { _ = ScanLog(strings.NewReader(text), func(Event) {}) }},
		{"Diagnose", func(text string) { Diagnose(strings.NewReader(text)) }},
	} {
		for _, log := range logs {
			b.Run(reader.name+"/"+log.name, func(b *testing.B) {
				var floor, took time.Duration
				for b.Loop() {
					begun := time.Now()
					ends := lineEnds(log.text)
					between := time.Now()
					reader.read(log.text)
					floor, took = floor+between.Sub(begun), took+time.Since(between)
					if ends == 0 {
						b.Fatal("no lines")
					}
				}
				b.ReportMetric(float64(len(log.text))*float64(b.N)/1e6/took.Seconds(), "MB/s")
				b.ReportMetric(float64(took)/float64(floor), "floors")
			})
		}
	}
}

// filled repeats text up to a size.
func filled(text string, size int) string { return strings.Repeat(text, size/len(text)+1) }

func lineEnds(text string) (n int) {
	for {
		at := strings.IndexByte(text, '\n')
		if at < 0 {
			return n
		}
		n++
		text = text[at+1:]
	}
}
