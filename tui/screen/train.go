package screen

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/widget"
)

// train is the screen of the training: the epoch at hand, the curve, and what
// it costs.
type train struct {
	*Screen
	history  *yolov5.History
	progress *yolov5.Progress
	epochs   int
	device   string
	meter    *wizard.Meter // nil without a price, or before the first was told

	// The end of the last epoch and how long it took, for the forecast.
	epoch   int
	ended   time.Time
	lasted  time.Duration
	started time.Time

	curve  []string
	curved curveKey
}

// curveKey is what a drawn curve depends on.
type curveKey struct{ width, height, epochs, length int }

func (t *train) begin() {
	*t = train{Screen: t.Screen, history: &yolov5.History{}, epoch: -1}
}

func (t *train) aside(int, int) []string { return nil }

func (t *train) facts() []string {
	return []string{"epochs", "best_epoch", "map50", "map", "seconds", "gpu", "log"}
}

func (t *train) tell(e wizard.Event) {
	if e.Kind == wizard.KindCost {
		t.meter = e.Meter
	}
	if e.Kind != wizard.KindMetrics || t.history == nil {
		return
	}
	t.history.Add(e.Metrics)
	switch m := e.Metrics.(type) {
	case yolov5.Start:
		t.epochs, t.started = m.Epochs, t.Now()
	case yolov5.Resume:
		t.epochs = m.Epochs
	case yolov5.Banner:
		t.device = m.Device
	case yolov5.Progress:
		if t.progress == nil || m.Epoch != t.epoch {
			now := t.Now()
			if !t.ended.IsZero() {
				t.lasted = now.Sub(t.ended)
			}
			t.ended, t.epoch = now, m.Epoch
		}
		t.progress, t.epochs = &m, m.Epochs
	}
}

// work draws the epoch at hand and the curve.
func (t *train) work(width, height int) []string {
	if t.progress == nil {
		return nil
	}
	lines := t.epochLines(width)
	rows := min(max(5, height/3), 14)
	return append(lines, t.curveLines(width, rows)...)
}

func (t *train) epochLines(width int) []string {
	p, w, th := t.progress, t.Text, t.Theme
	share := float64(p.Epoch) / float64(max(1, p.Epochs))
	if p.Batches > 0 {
		share += float64(p.Batch) / float64(p.Batches) / float64(max(1, p.Epochs))
	}
	head := th.Accent.Render(w.Fill(w.Epoch, map[string]string{"epoch": strconv.Itoa(p.Epoch + 1), "epochs": strconv.Itoa(p.Epochs)}))
	tail := ""
	// What an interrupted run had seen comes at once: no measure of time.
	if left := p.Epochs - p.Epoch; t.lasted > 200*time.Millisecond && left > 0 {
		tail = w.Fill(w.Left, map[string]string{"time": w.Duration(time.Duration(left) * t.lasted)})
	}
	if t.meter != nil {
		tail += "  " + w.Fill(w.CostSoFar, map[string]string{"cost": w.Amount(t.meter.Cost)})
	}
	losses := fmt.Sprintf("%s  box %s  obj %s  cls %s", w.Loss, figure(p.Train.Box), figure(p.Train.Obj), figure(p.Train.Cls))
	memory := ""
	if p.GPUMem > 0 {
		memory = w.Fill(w.GPUMemory, map[string]string{"size": w.Size(int64(p.GPUMem * 1e9))})
	}
	return []string{
		widget.Spread(head, tail, width, th.Signs.More),
		widget.Bar(th, share, width),
		widget.Spread(th.Dim.Render(losses), th.Dim.Render(memory), width, th.Signs.More),
	}
}

func figure(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// curveLines draws the accuracy over the epochs; again only when an epoch
// came or the size changed.
func (t *train) curveLines(width, height int) []string {
	epochs := t.history.Epochs()
	key := curveKey{width, height, len(epochs), t.epochs}
	if t.curve != nil && key == t.curved {
		return t.curve
	}
	th, w := t.Theme, t.Text
	title := w.Accuracy
	curve := widget.Curve{Length: t.epochs, Best: -1}
	best, found := yolov5.Best(epochs)
	seen := false
	for i, e := range epochs {
		curve.Values = append(curve.Values, e.MAP50)
		seen = seen || !math.IsNaN(e.MAP50)
		if found && e.Number == best.Number {
			curve.Best = i
		}
	}
	if found {
		title += "  " + w.Fill(w.Best, map[string]string{"epoch": strconv.Itoa(best.Number + 1), "value": w.Figure(best.MAP50)})
	}
	lines := []string{widget.Title(th, title, width)}
	if seen {
		lines = append(lines, curve.Draw(th, width, height-1)...)
	} else {
		lines = append(lines, th.Dim.Render(w.CurveEmpty))
	}
	t.curve, t.curved = lines, key
	return lines
}

func (t *train) outcome(width int) []string {
	if t.history == nil || len(t.history.Epochs()) == 0 {
		return nil
	}
	return t.curveLines(width, 8)
}
