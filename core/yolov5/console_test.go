package yolov5

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// told reads a log and returns its events: of progress only the last of a
// kind before another kind comes.
func told(t *testing.T, name string) (events []Event, progress int) {
	t.Helper()
	log, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	err = ScanLog(log, func(e Event) {
		e = timeless(e)
		if n := len(events); n > 0 && reflect.TypeOf(events[n-1]) == reflect.TypeOf(e) {
			switch e.(type) {
			case Progress, ValidationProgress, Scan:
				progress++
				if last, ok := events[n-1].(Scan); !ok || last.Set == e.(Scan).Set {
					events[n-1] = e
					return
				}
			}
		}
		events = append(events, e)
	})
	if err != nil {
		t.Fatal(err)
	}
	return events, progress
}

// timeless is e without what its bar says of the time.
func timeless(e Event) Event {
	switch bar := e.(type) {
	case Progress:
		bar.Elapsed = 0
		return bar
	case ValidationProgress:
		bar.Elapsed = 0
		return bar
	}
	return e
}

func TestBarsSayHowLong(t *testing.T) {
	const row = "        0/4         0G     0.1121    0.01456          0         44         96: "
	for tail, want := range map[string]time.Duration{
		" 90%|█████████ | 9/10 00:07":                                7 * time.Second,
		"100%|██████████| 10/10 1:02:03":                             time.Hour + 2*time.Minute + 3*time.Second,
		" 67%|██████▋   | 2/3 [00:02<00:01,  1.38it/s]":              2 * time.Second,
		"  0%|          | 0/3 [00:00<?, ?it/s]":                      0,
		"100%|██████████| 3/3 [01:00:02<00:00, 12.38s/it]          ": time.Hour + 2*time.Second,
		" 50% ━━━━━━────── 5/10 3.2it/s 1.5s<2.0s":                   1500 * time.Millisecond,
		"100% ━━━━━━━━━━━━ 10/10 1.2s/it 1:12":                       72 * time.Second,
		" 90%|█████████ | 9/10":                                      -1,
		" 90%|█████████ | 9/10 soon 9 1:2:3:4 x:1":                   -1,
	} {
		var p Parser
		e, ok := p.Parse(row + tail)
		if got, isProgress := e.(Progress); !ok || !isProgress || got.Elapsed != want {
			t.Errorf("%q: got %v, want %v", tail, e, want)
		}
	}
}

func TestScanLog(t *testing.T) {
	const run = "/root/autodl-tmp/runs/my person"
	all := func(epoch int, final bool, p, r, map50, m float64) Validation {
		return Validation{Epoch: epoch, Final: final, Class: "all", Images: 12, Instances: 30, Precision: p, Recall: r, MAP50: map50, MAP: m}
	}
	old := func(epoch int, map50, m float64) Validation {
		return Validation{Epoch: epoch, Class: "all", Images: 8, Instances: 10, Precision: 0.0686, Recall: 0.5, MAP50: map50, MAP: m}
	}
	step := func(epoch int, box float64) Progress {
		return Progress{Epoch: epoch, Epochs: 2, GPUMem: 1.2, Train: Losses{box, 0.01115, 0.0021}, Instances: 16, ImgSize: 64, Batch: 3, Batches: 3}
	}
	for _, tt := range []struct {
		log  string
		want []Event
	}{
		{"v7.0.log", []Event{
			Banner{Version: "v7.0-0-g915bbf29", Torch: "1.11.0+cu113", Device: "CUDA:0 (NVIDIA GeForce RTX 3090, 24268MiB)"},
			Scan{Set: "train", Path: "/root/autodl-tmp/person/labels/train", Images: 38, Backgrounds: 3, Corrupt: 1, Checked: 40, Total: 40, Done: true},
			Scan{Set: "val", Path: "/root/autodl-tmp/person/labels/val.cache", Images: 12, Checked: 12, Total: 12, Done: true},
			SaveDir{run},
			Start{3},
			Progress{Epoch: 0, Epochs: 3, GPUMem: 3.41, Train: Losses{0.1121, 0.01456, 0.021}, Instances: 41, ImgSize: 640, Batch: 3, Batches: 3},
			ValidationProgress{0, 2, 2, 0},
			all(0, false, 0.00342, 0.911, 0.0507, 0.0215),
			Progress{Epoch: 1, Epochs: 3, GPUMem: 3.41, Train: Losses{0.1087, 0.0165, 0.0194}, Instances: 41, ImgSize: 640, Batch: 3, Batches: 3},
			ValidationProgress{1, 2, 2, 0},
			all(1, false, 0.21, 0.4, 0.31, 0.12),
			Progress{Epoch: 2, Epochs: 3, GPUMem: 3.41, Train: Losses{0.0991, 0.0171, math.NaN()}, Instances: 41, ImgSize: 640, Batch: 3, Batches: 3},
			ValidationProgress{2, 2, 2, 0},
			all(2, false, 0.52, 0.48, 0.392, 0.151),
			EarlyStop{1, 2},
			Finished{3, 0.042},
			Stripped{run + "/weights/last.pt", 3.9},
			Stripped{run + "/weights/best.pt", 3.9},
			Scoring{run + "/weights/best.pt"},
			ValidationProgress{2, 2, 2, 0},
			all(2, true, 0.52, 0.48, 0.392, 0.151),
			Validation{2, true, "person", 12, 20, 0.6, 0.5, 0.45, 0.2},
			Validation{2, true, "traffic light", 12, 10, 0.44, 0.46, 0.334, 0.102},
			Saved{run},
		}},
		{"v6.1.log", []Event{
			Banner{Version: "v6.1-11-g63ddb6f", Torch: "1.10.0+cu113", Device: "CPU"},
			Scan{Set: "train", Path: "/root/data/labels/train", Images: 20, Backgrounds: 4, Checked: 24, Total: 24, Done: true},
			SaveDir{"runs/train/old"},
			Start{2},
			step(0, 0.1135),
			ValidationProgress{0, 1, 1, 0},
			old(0, 0.265, 0.0984),
			step(1, 0.1035),
			ValidationProgress{1, 1, 1, 0},
			old(1, 0.365, 0.108),
			Finished{2, 0.002},
			Stripped{"runs/train/old/weights/last.pt", 14.3},
			Stripped{"runs/train/old/weights/best.pt", 14.3},
			Saved{"runs/train/old"},
		}},
		{"v5.0.log", []Event{
			Banner{Version: "v5.0-0-gf5b8f7d", Torch: "1.9.0", Device: "CUDA:0 (Tesla T4, 15109.75MB)"},
			Scan{Set: "train", Path: "/root/data/labels/train", Images: 20, Backgrounds: 4, Checked: 24, Total: 24, Done: true},
			SaveDir{"runs/train/old"},
			Start{2},
			step(0, 0.1135),
			ValidationProgress{0, 1, 1, 0},
			old(0, 0.265, 0.0984),
			step(1, 0.1035),
			ValidationProgress{1, 1, 1, 0},
			Finished{2, 0.002},
			old(1, 0.365, 0.108),
			Stripped{"runs/train/old/weights/last.pt", 14.3},
			Stripped{"runs/train/old/weights/best.pt", 14.3},
		}},
		{"master.log", []Event{
			Banner{Version: "v7.0-450-gabc12345", Torch: "2.7.0+cu128", Device: "CUDA:0 (NVIDIA GeForce RTX 5090, 32120MiB)"},
			Scan{Set: "train", Path: "/root/data/labels/train", Images: 20, Backgrounds: 4, Checked: 24, Total: 24, Done: true},
			Resume{"/root/runs/exp/weights/last.pt", 1, 2},
			SaveDir{"/root/runs/exp"},
			Start{2},
			Progress{Epoch: 1, Epochs: 2, GPUMem: 0.611, Train: Losses{0.1, 0.02, 0.003}, Instances: 7, ImgSize: 640, Batch: 2, Batches: 2},
			ValidationProgress{1, 1, 1, 0},
			Validation{Epoch: 1, Class: "all", Images: 8, Instances: 10, Precision: 0.5, Recall: 0.25, MAP50: 0.3, MAP: 0.1},
			Finished{1, 0.01},
			Stripped{"/root/runs/exp/weights/best.pt", 5.3},
			Saved{"/root/runs/exp"},
		}},
	} {
		t.Run(tt.log, func(t *testing.T) {
			got, progress := told(t, tt.log)
			if progress == 0 {
				t.Error("no live updates")
			}
			// Printed, since NaN differs from itself.
			for i := range max(len(got), len(tt.want)) {
				g, w := "nothing", "nothing"
				if i < len(got) {
					g = fmt.Sprintf("%T%+v", got[i], got[i])
				}
				if i < len(tt.want) {
					w = fmt.Sprintf("%T%+v", tt.want[i], tt.want[i])
				}
				if g != w {
					t.Errorf("event %d:\n got %s\nwant %s", i, g, w)
				}
			}
		})
	}
}

func TestHistory(t *testing.T) {
	var h History
	progress := func(epoch, batch int, box float64) Progress {
		return Progress{Epoch: epoch, Epochs: 3, Train: Losses{Box: box}, Batch: batch, Batches: 2}
	}
	for _, e := range []Event{
		Validation{Epoch: -1, Class: "all", MAP: 9},
		progress(0, 1, 8), progress(0, 2, 7),
		Validation{Epoch: 0, Class: "all", MAP: 0.1},
		Validation{Epoch: 0, Class: "person", MAP: 9},
		progress(1, 2, 6),
		Validation{Epoch: 1, Class: "all", MAP: 0.2},
		progress(2, 1, 5),
		Start{3}, // resumed
		progress(1, 2, 5.5),
		Validation{Epoch: 1, Class: "all", MAP: 0.25},
		progress(2, 2, 4),
		Validation{Epoch: 2, Final: true, Class: "all", MAP: 9},
	} {
		h.Add(e)
	}
	var got []string
	for _, e := range h.Epochs() {
		got = append(got, fmt.Sprintf("%d %g %g", e.Number, e.Train.Box, e.MAP))
	}
	if want := []string{"0 7 0.1", "1 5.5 0.25", "2 4 NaN"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseSaysNothing(t *testing.T) {
	for _, line := range []string{
		"", "\r", "   ", "  0%|          | 0/10 00:00", "/0 0G 1 1 1 1 1: 0%| | 1/2", "1/2", "1/2 0G",
		"0/4 0G 0.1 0.1 0 44 96", "0/4 0G 0.1 0.1 0 44 96: 90%|x| 9/", "0/4 0G 0.1 0.1 0 44 96 1 1: 90%|x| 9/10",
		"5/4 0G 0.1 0.1 0 44 96: 90%|x| 9/10 00:01", "0/4 0G 0.1 0.1 0 -4 96: 90%|x| 9/10 00:01", "0/4 0G 0.1 0.1 0 44 96: 90%|x| 11/10 00:01",
		"all is well", "all 1 2 3 4 5", "all 40 45 x 0.9 0.05 0.02", "all 40.5 45 0.1 0.9 0.05 0.02",
		"person 12 20 0.6 0.5 0.45 0.2", // a class outside the table
		"Class Images", "epochs completed in 3 hours.", "Optimizer stripped from , 3MB", "YOLOv5 torch",
	} {
		var p Parser
		if e, ok := p.Parse(line); ok {
			t.Errorf("%q tells %#v", line, e)
		}
	}
}

func TestParseTakesTheLastUpdate(t *testing.T) {
	var p Parser
	e, ok := p.Parse("\r 0/4 0G 0.1 0.1 0 44 96:  10%|x| 1/10 00:07\r\x1b[K 0/4 0G 0.2 0.1 0 44 96:  20%|x| 2/10 00:07\r\n")
	if got, isProgress := e.(Progress); !ok || !isProgress || got.Batch != 2 || got.Train.Box != 0.2 {
		t.Errorf("got %+v", e)
	}
}

// TestScanLogInPieces holds that nothing depends on how the log arrives, and
// that an epoch's updates may be longer than any buffer.
func TestScanLogInPieces(t *testing.T) {
	var b strings.Builder
	b.WriteString("Starting training for 1 epochs...\n")
	for i := 1; i <= 2000; i++ {
		fmt.Fprintf(&b, "\r        0/0         3G     0.1121    0.01456          0         44         96:  90%%|█████████ | %d/2000 00:07", i)
	}
	b.WriteString("\n" + strings.Repeat("x", 200_000) + "\n1 epochs completed in 0.5 hours.\r\n")
	whole := strings.NewReader(b.String())
	for name, r := range map[string]interface{ Read([]byte) (int, error) }{
		"whole": whole, "bytes": iotest.OneByteReader(strings.NewReader(b.String())), "halves": iotest.HalfReader(strings.NewReader(b.String())),
	} {
		last, count, finished := 0, 0, false
		err := ScanLog(r, func(e Event) {
			switch e := e.(type) {
			case Progress:
				count++
				last = e.Batch
			case Finished:
				finished = e.Hours == 0.5
			}
		})
		if err != nil || last != 2000 || count != 2000 || !finished {
			t.Errorf("%s: %d updates to %d, finished %v, %v", name, count, last, finished, err)
		}
	}
	if err := ScanLog(iotest.ErrReader(os.ErrDeadlineExceeded), func(Event) {}); err != os.ErrDeadlineExceeded {
		t.Errorf("err = %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"v7.0.log", "v6.1.log", "v5.0.log", "master.log"} {
		log, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(log)
		for line := range strings.SplitSeq(string(log), "\n") {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		var h History
		err := ScanLog(strings.NewReader(string(log)), func(e Event) {
			h.Add(e)
			switch e := e.(type) {
			case Progress:
				if e.Epoch < 0 || e.Epoch >= e.Epochs || e.Batch < 0 || e.Batch > e.Batches {
					t.Fatalf("%+v", e)
				}
			case Validation:
				if e.Class == "" || e.Epoch < -1 {
					t.Fatalf("%+v", e)
				}
			case Scan:
				if e.Images < -1 || e.Done != (e.Checked == e.Total) {
					t.Fatalf("%+v", e)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range h.Epochs() {
			if i > 0 && h.Epochs()[i-1].Number >= e.Number {
				t.Fatal("epochs out of order")
			}
		}
		Diagnose(strings.NewReader(string(log)))
		if whole, bytes := pieces(bytes.NewReader(log)), pieces(iotest.OneByteReader(bytes.NewReader(log))); !slices.Equal(whole, bytes) {
			t.Fatalf("whole %q, byte by byte %q", whole, bytes)
		}
	})
}

// pieces are the stretches of a log with their places.
func pieces(log io.Reader) (all []string) {
	_ = eachPiece(log, func(piece string, line int, last bool) {
		all = append(all, fmt.Sprint(line, last, piece))
	})
	return all
}
