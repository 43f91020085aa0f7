package yolov5

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// csvRow writes a row as YOLOv5 does: 20 wide, parted by commas.
func csvRow(fields ...any) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%20v", f)
	}
	return b.String() + "\n"
}

var (
	csvHeader = csvRow("epoch", "train/box_loss", "train/obj_loss", "train/cls_loss", "metrics/precision", "metrics/recall",
		"metrics/mAP_0.5", "metrics/mAP_0.5:0.95", "val/box_loss", "val/obj_loss", "val/cls_loss", "x/lr0", "x/lr1", "x/lr2")
	csv0 = csvRow(0, 0.10661, 0.016885, 0, 0.0035, 0.93333, 0.024608, 0.0085055, 0.1002, 0.0069704, 0, 0.0919, 0.0009, 0.0009)
	csv1 = csvRow(1, 0.10252, 0.020219, 0, 0.4, 0.5, 0.3, 0.1, 0.097256, 0.0072304, 0, 0.082837, 0.0018373, 0.0018373)
	csv2 = csvRow(2, 0.09, 0.02, "nan", 0.4, 0.5, 0.31, 0.11, 0.09, 0.007, "inf", 0.07, 0.001, 0.001)
)

func TestParseResults(t *testing.T) {
	const txt0 = "       0/1        0G    0.1135   0.01115         0    0.1246        16        64    0.0686       0.5     0.265    0.0984   0.01032  0.003417         0\n"
	const txt1 = "       1/1        0G    0.1035   0.01015         0    0.1146        16        64    0.0694       0.5     0.298     0.113   0.01022  0.003407         0\n"
	for _, tt := range []struct {
		name, in string
		want     []string // number, box loss, mAP50-95
	}{
		{"whole", csvHeader + csv0 + csv1 + csv2, []string{"0 0.10661 0.0085055", "1 0.10252 0.1", "2 0.09 0.11"}},
		{"empty", "", nil},
		{"header alone", csvHeader, nil},
		{"header cut", csvHeader[:50], nil},
		{"header just begun", csvHeader[:18], nil},
		{"row cut in a field", csvHeader + csv0 + csv1[:70], []string{"0 0.10661 0.0085055"}},
		{"row cut in its last field", csvHeader + csv0 + csv1[:len(csv1)-3], []string{"0 0.10661 0.0085055"}},
		{"row without its line feed", csvHeader + csv0[:len(csv0)-1], []string{"0 0.10661 0.0085055"}},
		{"epoch twice after a resume", csvHeader + csv0 + strings.Replace(csv0, "0.10661", "0.10500", 1) + csv1, []string{"0 0.105 0.0085055", "1 0.10252 0.1"}},
		{"row cut by a kill, then a resume", csvHeader + csv0 + csv1[:70] + csv1 + csv2, []string{"0 0.10661 0.0085055", "1 0.10252 0.1", "2 0.09 0.11"}},
		{"resumed from an earlier epoch", csvHeader + csv0 + csv1 + csv2 + csv1, []string{"0 0.10661 0.0085055", "1 0.10252 0.1", "2 0.09 0.11"}},
		{"CR LF and a byte order mark", "\ufeff" + strings.ReplaceAll(csvHeader+csv0, "\n", "\r\n"), []string{"0 0.10661 0.0085055"}},
		{"blank lines", "\n" + csvHeader + "\n" + csv0 + "\n\n", []string{"0 0.10661 0.0085055"}},
		{"fewer columns", "epoch,metrics/mAP_0.5:0.95\n3,0.5\n", []string{"3 NaN 0.5"}},
		{"nonsense row", csvHeader + strings.Replace(csv0, "0.016885", "what    ", 1) + csv1, []string{"1 0.10252 0.1"}},
		{"endless row", csvHeader + strings.Repeat("1,", 100_000) + "\n" + csv1, []string{"1 0.10252 0.1"}},
		{"half an epoch", csvHeader + strings.Replace(csv0, "   0,", " 0.5,", 1), nil},
		{"v5.0", txt0 + txt1, []string{"0 0.1135 0.0984", "1 0.1035 0.113"}},
		{"v5.0 cut", txt0 + txt1[:len(txt1)-1], []string{"0 0.1135 0.0984"}},
		{"v5.0 cut, then resumed", txt0 + txt1[:60] + txt1, []string{"0 0.1135 0.0984", "1 0.1035 0.113"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			epochs, err := ParseResults(iotest.HalfReader(strings.NewReader(tt.in)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range epochs {
				got = append(got, fmt.Sprintf("%d %g %g", e.Number, e.Train.Box, e.MAP))
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseResultsColumns(t *testing.T) {
	epochs, err := ParseResults(strings.NewReader(csvHeader + csv0 + csv2))
	if err != nil || len(epochs) != 2 {
		t.Fatal(epochs, err)
	}
	want := Epoch{
		Train: Losses{0.10661, 0.016885, 0}, Precision: 0.0035, Recall: 0.93333, MAP50: 0.024608, MAP: 0.0085055,
		Val: Losses{0.1002, 0.0069704, 0}, LR: []float64{0.0919, 0.0009, 0.0009},
	}
	if !reflect.DeepEqual(epochs[0], want) {
		t.Errorf("got %+v, want %+v", epochs[0], want)
	}
	if e := epochs[1]; !math.IsNaN(e.Train.Cls) || !math.IsInf(e.Val.Cls, 1) {
		t.Errorf("got %+v", e)
	}
}

func TestParseResultsRefuses(t *testing.T) {
	for in, line := range map[string]string{
		"<html>\n<body>\n": "1",
		"a,b,c\n1,2,3\n":   "1",
		"\nhello world\n":  "2",
	} {
		_, err := ParseResults(strings.NewReader(in))
		wantProblem(t, err, ResultsUnreadable, line)
	}
}

func TestBest(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		name string
		maps [][2]float64 // mAP50, mAP50-95
		want int          // index, -1 for none
	}{
		{"none", nil, -1},
		{"mAP50-95 weighs nine times", [][2]float64{{0.9, 0.1}, {0.1, 0.2}}, 1},
		{"the last of equals", [][2]float64{{0.5, 0.2}, {0.5, 0.2}, {0.1, 0.1}}, 1},
		{"nothing learnt yet", [][2]float64{{0, 0}, {0, 0}}, 1},
		{"no numbers", [][2]float64{{nan, nan}}, -1},
		{"no number never wins", [][2]float64{{0.2, 0.1}, {nan, 0.9}}, 0},
	} {
		var epochs []Epoch
		for i, m := range tt.maps {
			e := emptyEpoch(i)
			e.MAP50, e.MAP = m[0], m[1]
			epochs = append(epochs, e)
		}
		got, ok := Best(epochs)
		if ok != (tt.want >= 0) || ok && got.Number != tt.want {
			t.Errorf("%s: got %d, %v; want %d", tt.name, got.Number, ok, tt.want)
		}
	}
}

func FuzzParseResults(f *testing.F) {
	f.Add([]byte(csvHeader + csv0 + csv1[:30] + csv1))
	f.Add([]byte("0/1 0G 1 1 0 2 16 64 0.1 0.5 0.2 0.1 1 1 0\n"))
	f.Add([]byte("epoch,x/lr0\n1e3,nan\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		epochs, err := ParseResults(strings.NewReader(string(in)))
		if err != nil {
			wantProblemCode(t, err, ResultsUnreadable)
			return
		}
		for i, e := range epochs {
			if e.Number < 0 || i > 0 && epochs[i-1].Number >= e.Number {
				t.Fatalf("order: %+v", epochs)
			}
		}
		Best(epochs)
	})
}
