package yolov5

import (
	"bufio"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/problem"
)

const (
	maxResults     = 64 << 20
	maxResultsLine = 64 << 10
	maxEpochs      = 1 << 20
)

// Losses are the three parts of YOLOv5's loss.
type Losses struct {
	Box, Obj, Cls float64
}

// An Epoch is one row of the results: figures that were not written are NaN.
type Epoch struct {
	Number    int // from 0, as YOLOv5 counts
	Train     Losses
	Precision float64
	Recall    float64
	MAP50     float64 // mAP at IoU 0.5
	MAP       float64 // mAP at IoU 0.5 to 0.95
	Val       Losses
	LR        []float64 // learning rates of the parameter groups
}

func emptyEpoch(number int) Epoch {
	nan := math.NaN()
	none := Losses{nan, nan, nan}
	return Epoch{Number: number, Train: none, Precision: nan, Recall: nan, MAP50: nan, MAP: nan, Val: none}
}

// fitness is the figure by which YOLOv5 chooses best.pt: a tenth of mAP50 and
// nine tenths of mAP50-95, nothing of precision and recall (utils/metrics.py,
// fitness, alike in v5.0 to master).
func (e Epoch) fitness() float64 { return 0.1*e.MAP50 + 0.9*e.MAP }

// Best returns the epoch that best.pt holds. Of equals the last counts, since
// train.py saves best.pt whenever an epoch reaches the best fitness so far;
// an epoch whose fitness is no number never counts.
func Best(epochs []Epoch) (Epoch, bool) {
	best, found := Epoch{}, false
	fitness := 0.0
	for _, e := range epochs {
		if f := e.fitness(); f >= fitness {
			best, fitness, found = e, f, true
		}
	}
	return best, found
}

// ParseResults reads results.csv, or results.txt of v5.0, also while a
// training is writing it. Epochs are returned once each in their order: after
// a resume an epoch may stand there twice, and the later row counts. Rows cut
// in the middle, by a kill or by reading while they are written, are left out.
func ParseResults(r io.Reader) ([]Epoch, error) {
	rows := resultRows{at: map[int]int{}}
	lines := bufio.NewReaderSize(io.LimitReader(r, maxResults), maxResultsLine)
	for number := 1; ; number++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			line = nil // no row is that long
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if !rows.add(strings.TrimPrefix(string(line), "\ufeff"), number) {
			return nil, problem.New(ResultsUnreadable, nil).AtLine(number)
		}
		if err == io.EOF {
			break
		}
	}
	slices.SortStableFunc(rows.epochs, func(a, b Epoch) int { return a.Number - b.Number })
	return rows.epochs, nil
}

// resultRows collects rows; the first line that is not empty decides the kind.
type resultRows struct {
	columns []string // of a CSV
	padded  bool     // the CSV's columns have the width YOLOv5 gives them
	text    bool     // results.txt
	epochs  []Epoch
	at      map[int]int // epoch number to index in epochs
}

// csvWidth is the width of a column (v6.0 to master, utils/loggers).
const csvWidth = 20

func (t *resultRows) add(line string, number int) bool {
	whole := strings.HasSuffix(line, "\n")
	line = strings.TrimRight(line, "\r\n")
	if strings.TrimSpace(line) == "" {
		return true
	}
	switch {
	case t.columns == nil && !t.text:
		if strings.Contains(line, ",") {
			t.columns = strings.Split(line, ",")
			t.padded = len(t.columns[0]) == csvWidth
			for i := range t.columns {
				t.columns[i] = strings.TrimSpace(t.columns[i])
			}
			return slices.Contains(t.columns, "epoch")
		}
		if !strings.Contains(firstField(line), "/") {
			// A header that ends before its first comma is a file just begun.
			return number == 1 && !whole && strings.HasPrefix("epoch", strings.TrimSpace(line))
		}
		t.text = true
		t.addText(line, whole)
	case t.text:
		t.addText(line, whole)
	default:
		t.addCSV(line, whole)
	}
	return true
}

func firstField(line string) string {
	if fields := strings.Fields(line); len(fields) > 0 {
		return fields[0]
	}
	return ""
}

func (t *resultRows) addCSV(line string, whole bool) {
	fields := strings.Split(line, ",")
	if len(fields) < len(t.columns) {
		return
	}
	if !whole && t.padded && len(fields[len(fields)-1]) < csvWidth {
		return
	}
	if len(fields) >= 2*len(t.columns) {
		return
	}
	if len(fields) > len(t.columns) {
		// The end of a row cut by a kill and the row written after the resume.
		fields = fields[len(fields)-len(t.columns):]
		if words := strings.Fields(fields[0]); len(words) > 0 {
			fields[0] = words[len(words)-1]
		}
	}
	values := make(map[string]float64, len(fields))
	var lr []float64
	for i, name := range t.columns {
		v, err := strconv.ParseFloat(strings.TrimSpace(fields[i]), 64)
		if err != nil {
			return
		}
		values[name] = v
		if strings.HasPrefix(name, "x/lr") {
			lr = append(lr, v)
		}
	}
	number, ok := epochNumber(values["epoch"])
	if !ok {
		return
	}
	get := func(name string) float64 {
		if v, ok := values[name]; ok {
			return v
		}
		return math.NaN()
	}
	t.put(Epoch{
		Number:    number,
		Train:     Losses{get("train/box_loss"), get("train/obj_loss"), get("train/cls_loss")},
		Precision: get("metrics/precision"),
		Recall:    get("metrics/recall"),
		MAP50:     get("metrics/mAP_0.5"),
		MAP:       get("metrics/mAP_0.5:0.95"),
		Val:       Losses{get("val/box_loss"), get("val/obj_loss"), get("val/cls_loss")},
		LR:        lr,
	})
}

// addText takes a row of results.txt: epoch/last, memory, box, obj, cls,
// total, labels, size, P, R, mAP50, mAP50-95 and the validation losses (v5.0
// train.py).
func (t *resultRows) addText(line string, whole bool) {
	fields := strings.Fields(line)
	if len(fields) > 15 {
		fields = fields[len(fields)-15:]
	}
	if len(fields) < 15 || !whole {
		return
	}
	first, _, ok := strings.Cut(fields[0], "/")
	n, err := strconv.ParseFloat(first, 64)
	if !ok || err != nil {
		return
	}
	number, ok := epochNumber(n)
	if !ok {
		return
	}
	var v [15]float64
	for i := 2; i < len(v); i++ {
		if v[i], err = strconv.ParseFloat(fields[i], 64); err != nil {
			return
		}
	}
	t.put(Epoch{
		Number:    number,
		Train:     Losses{v[2], v[3], v[4]},
		Precision: v[8],
		Recall:    v[9],
		MAP50:     v[10],
		MAP:       v[11],
		Val:       Losses{v[12], v[13], v[14]},
	})
}

func epochNumber(v float64) (int, bool) {
	if v != math.Trunc(v) || v < 0 || v >= maxEpochs {
		return 0, false
	}
	return int(v), true
}

func (t *resultRows) put(e Epoch) {
	if i, ok := t.at[e.Number]; ok {
		t.epochs[i] = e
		return
	}
	t.at[e.Number] = len(t.epochs)
	t.epochs = append(t.epochs, e)
}
