package screen

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"gpuwizard/core/instance"
	"gpuwizard/core/preflight"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// train is the screen of the training: where it stands, what it costs, when
// the guard acts, and its curves.
type train struct {
	*Screen
	now     *yolov5.Standing // nil before the first was told
	meter   *wizard.Meter    // nil without a price, or before the first was told
	metered time.Time        // when it was
	guard   *instance.GuardState
	guarded time.Time
	later   bool // a hurdle stays that could have been taken away before

	losses bool // the chart of the losses is shown where there is room for one
	charts [2]drawnChart
}

// drawnChart is a chart and what it was drawn of: it is drawn again only when
// an epoch came or the size changed.
type drawnChart struct {
	of            *yolov5.Epoch
	epochs        int
	width, height int
	lines         []string
}

// ExtendGuard asks the guard on the instance to act later.
type ExtendGuard struct{ By time.Duration }

func (t *train) begin() { *t = train{Screen: t.Screen, losses: t.losses} }

// aside says what is going to be trained, how long that takes and what it costs.
func (t *train) aside(width, height int) []string {
	w, plan := t.Text.Watch(), t.Plan
	rows := []row{{label: w.Settings, value: t.fill(
		w.SettingsAre, "model", plan.Model, "epochs", strconv.Itoa(plan.Train.Epochs), "size", strconv.Itoa(plan.Train.ImgSize),
	)}}
	if !t.Practice {
		rows = append(rows, t.moneyRows(t.Chosen)...)
	}
	return firstRows(t.Theme, rows, width, height)
}

func (t *train) facts() []string {
	return []string{"epochs", "best_epoch", "map50", "map", "seconds", "gpu", "log"}
}

func (t *train) tell(e wizard.Event) {
	switch e.Kind {
	case wizard.KindTraining:
		t.now = e.Training
	case wizard.KindCost:
		t.meter, t.metered = e.Meter, t.Now()
	case wizard.KindGuard:
		t.guard, t.guarded = e.Guard, t.Now()
	case wizard.KindHurdle:
		t.later = t.later || e.Hurdle != nil && e.Hurdle.State == preflight.Stays && e.Hurdle.Asks()
	}
}

// keys handles the keys of the charts and of the guard.
func (t *train) keys(msg tea.KeyMsg) (report any, done bool) {
	switch {
	case key.Matches(msg, t.Keys.OtherChart) && t.now != nil:
		t.losses = !t.losses
	case key.Matches(msg, t.Keys.Extend) && t.mode == working:
		if t.guard == nil || !t.guard.Armed() {
			return Say{t.Text.Watch().CannotExtend}, true
		}
		return ExtendGuard{time.Hour}, true
	case key.Matches(msg, t.Keys.Mend) && t.mode == working && t.later:
		return Say{t.Text.Training().MendLater}, true
	default:
		return nil, false
	}
	return nil, true
}

func (t *train) keyHints() []key.Binding {
	var hints []key.Binding
	if t.now != nil && len(t.now.Curve) > 0 {
		hints = append(hints, t.Keys.OtherChart)
	}
	if t.mode == working && t.guard != nil && t.guard.Armed() && len(t.guard.Rules) > 0 {
		hints = append(hints, t.Keys.Extend)
	}
	if t.mode == working && t.later {
		hints = append(hints, keymap.As(t.Keys.Mend, t.Text.Training().MendKey))
	}
	return hints
}

const (
	// twoCharts is the width from which both charts stand side by side.
	twoCharts  = 104
	titledRows = 9  // of a chart, from which its title has a line of its own
	mostRows   = 14 // of a chart
	airyRows   = 32 // of the body, from which the parts stand apart
	fewestRows = 5
	logRows    = 4 // at least, with their title
)

// work draws where the training stands and its curves.
func (t *train) work(width, height int) []string {
	if t.now == nil {
		return nil
	}
	lines := append(t.standing(width), t.costs(width)...)
	if t.now.Epoch < 0 {
		return lines
	}
	const notes = 3 // and a blank line
	rows := height - len(lines) - logRows - notes
	curves := t.curves(width, min(max(fewestRows, rows), mostRows))
	if height < airyRows {
		return append(lines, curves...)
	}
	return append(append(append(lines, ""), curves...), "")
}

// standing is the epoch and the phase with what is left, the bars, and the best
// so far beside the speed.
func (t *train) standing(width int) []string {
	w, s, th := t.Text.Watch(), t.now, t.Theme
	head := t.Text.TrainingPhase(s.Phase)
	if s.Epoch >= 0 && s.Epochs > 0 {
		epoch := t.fill(t.Text.Epoch, "epoch", strconv.Itoa(s.Epoch+1), "epochs", strconv.Itoa(s.Epochs))
		head = th.Accent.Render(epoch) + "  " + th.Dim.Render(head)
	} else {
		head = th.Accent.Render(head)
	}
	left := ""
	if time := t.Text.TimeLeft(*s); time != "" {
		left = t.fill(w.Left, "time", time)
	}
	lines := []string{widget.Spread(head, left, width, th.Signs.More)}
	if s.Epoch < 0 {
		if s.Batches > 0 {
			lines = append(lines, widget.Bar(th, float64(s.Batch)/float64(s.Batches), width))
		}
		return lines
	}
	bar := func(label string, share float64, width int) string {
		return th.Dim.Render(label) + " " + widget.Bar(th, share, width-widget.Width(label)-1)
	}
	half := (width - 3) / 2
	lines = append(lines, bar(w.OfEpoch, s.EpochShare, half)+"   "+bar(w.OfRun, s.RunShare, width-half-3))
	best := w.NoBest
	if s.Best != nil {
		best = t.fill(w.Best, "epoch", strconv.Itoa(s.Best.Number+1), "map50", t.Text.Figure(s.Best.MAP50), "map", t.Text.Figure(s.Best.MAP))
	}
	speed := ""
	if done := s.Epoch - s.First; done > 0 && s.Spent > 0 {
		speed = t.fill(w.Speed, "time", t.Text.Pace(s.Spent/time.Duration(done)))
	}
	if s.GPUMem > 0 {
		speed += "  " + t.fill(t.Text.GPUMemory, "size", t.Text.Size(int64(s.GPUMem*1e9)))
	}
	lines = append(lines, widget.Spread(best, th.Dim.Render(speed), width, th.Signs.More))
	if s.Dropped > 0 {
		lines = append(lines, th.Warn.Render("! "+t.fill(w.Dropped, "count", strconv.Itoa(s.Dropped))))
	}
	return lines
}

// costs is what the instance has cost and is going to, and when the guard acts.
func (t *train) costs(width int) []string {
	th, w := t.Theme, t.Text.Watch()
	money := ""
	switch {
	case t.Practice:
		money = w.MoneyNone
	case t.meter != nil:
		money = t.Text.CostLine(*t.meter, CostNow(*t.meter, t.Now().Sub(t.metered)))
	}
	guard := ""
	if t.guard != nil {
		guard = t.guardLine()
	}
	switch {
	case money == "" && guard == "":
		return nil
	case money != "" && guard != "" && widget.Width(money)+widget.Width(guard)+3 > width:
		return append(widget.Wrap(money, width), th.Dim.Render(guard))
	}
	return []string{widget.Spread(money, th.Dim.Render(guard), width, th.Signs.More)}
}

func (t *train) guardLine() string {
	w := t.Text.Watch()
	next, counts := t.guard.Next()
	switch {
	case !t.guard.Armed():
		return w.GuardGone
	case !counts:
		return w.GuardWaits
	}
	left := max(0, next.Left-t.Now().Sub(t.guarded)).Truncate(time.Minute)
	form := w.Guard
	switch next.Act {
	case instance.ActEnd:
		form = w.GuardEnds
	case instance.ActTell:
		form = w.GuardTells
	}
	return t.fill(form, "time", t.Text.About(left), "rule", string(next.Rule))
}

// CostNow is what an instance has cost some time after its meter was read: it
// runs on.
func CostNow(m wizard.Meter, since time.Duration) rental.Money {
	return rental.Cost(m.PerHour, m.On+max(0, since))
}

// curves draws both charts, or the one that was chosen where there is no room
// for two.
func (t *train) curves(width, height int) []string {
	if width < twoCharts {
		return t.chart(t.losses, width, height)
	}
	left := (width - 3) / 2
	return widget.Beside(t.chart(false, left, height), left, "   ", t.chart(true, width-left-3, height), width-left-3)
}

func (t *train) chart(losses bool, width, height int) []string {
	at := 0
	if losses {
		at = 1
	}
	var of *yolov5.Epoch
	if len(t.now.Curve) > 0 {
		of = &t.now.Curve[0]
	}
	c := &t.charts[at]
	if c.lines == nil || c.of != of || c.epochs != t.now.Epochs || c.width != width || c.height != height {
		*c = drawnChart{of, t.now.Epochs, width, height, t.drawChart(losses, width, height)}
	}
	return c.lines
}

// series is one curve of a chart and its name.
type series struct {
	name   string
	letter rune
	style  lipgloss.Style
	dashed bool
	of     func(yolov5.Epoch) float64
}

func (t *train) accuracies() []series {
	w, th := t.Text.Watch(), t.Theme
	return []series{
		{"mAP50", 'm', th.Accent, false, func(e yolov5.Epoch) float64 { return e.MAP50 }},
		{"mAP50-95", 'M', th.Good, false, func(e yolov5.Epoch) float64 { return e.MAP }},
		{w.Precision, 'P', th.Warn, true, func(e yolov5.Epoch) float64 { return e.Precision }},
		{w.Recall, 'R', th.Dim, true, func(e yolov5.Epoch) float64 { return e.Recall }},
	}
}

func (t *train) lossSeries() []series {
	th := t.Theme
	return []series{
		{"box", 'b', th.Accent, false, func(e yolov5.Epoch) float64 { return e.Train.Box }},
		{"", 'B', th.Accent, true, func(e yolov5.Epoch) float64 { return e.Val.Box }},
		{"obj", 'o', th.Good, false, func(e yolov5.Epoch) float64 { return e.Train.Obj }},
		{"", 'O', th.Good, true, func(e yolov5.Epoch) float64 { return e.Val.Obj }},
		{"cls", 'c', th.Warn, false, func(e yolov5.Epoch) float64 { return e.Train.Cls }},
		{"", 'C', th.Warn, true, func(e yolov5.Epoch) float64 { return e.Val.Cls }},
	}
}

func (t *train) drawChart(losses bool, width, height int) []string {
	w, th := t.Text.Watch(), t.Theme
	title, short, list := w.Accuracy, w.AccuracyShort, t.accuracies()
	if losses {
		title, short, list = w.Losses, w.LossesShort, t.lossSeries()
	}
	chart := widget.Chart{Length: t.now.Epochs, Best: -1}
	if best := t.now.Best; best != nil && !losses {
		chart.Best = best.Number
		title += "  " + t.fill(w.BestEpoch, "epoch", strconv.Itoa(best.Number+1), "value", t.Text.Figure(best.MAP50))
	}
	lines := []string{widget.Title(th, title, width)}
	var full, brief []string // of the legend
	for _, s := range list {
		curve := widget.Curve{Letter: s.letter, Style: s.style, Dashed: s.dashed, Values: values(t.now.Curve, s.of)}
		last := math.NaN()
		for _, v := range curve.Values {
			if !math.IsNaN(v) {
				last = v
			}
		}
		if math.IsNaN(last) {
			continue
		}
		chart.Curves = append(chart.Curves, curve)
		name := s.style.Render(string(s.letter))
		if s.name != "" {
			name += " " + th.Dim.Render(s.name)
		}
		full = append(full, name+" "+figure(last))
		switch {
		case !s.dashed:
			brief = append(brief, name+" "+figure(last))
		case s.name != "":
			brief = append(brief, name)
		}
	}
	if len(chart.Curves) == 0 {
		return append(lines, th.Dim.Render(widget.Cut(t.Text.CurveEmpty, width, th.Signs.More)))
	}
	lead := ""
	if height < titledRows {
		lead, lines = th.Dim.Render(short)+"  ", nil
	}
	legend := lead + strings.Join(full, "  ")
	if widget.Width(legend) > width {
		legend = lead + strings.Join(brief, "  ")
	}
	lines = append(lines, widget.Cut(legend, width, th.Signs.More))
	return append(lines, chart.Draw(th, width, height-len(lines))...)
}

// values are one figure of each epoch, by the epoch's number.
func values(epochs []yolov5.Epoch, of func(yolov5.Epoch) float64) []float64 {
	var list []float64
	for _, e := range epochs {
		for len(list) <= e.Number && len(list) < maxEpochs {
			list = append(list, math.NaN())
		}
		if e.Number >= 0 && e.Number < len(list) {
			list[e.Number] = of(e)
		}
	}
	return list
}

// maxEpochs bounds what a chart holds, whatever a log says.
const maxEpochs = 100_000

func figure(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	if x != 0 && math.Abs(x) < 0.001 || math.Abs(x) >= 1000 {
		return strconv.FormatFloat(x, 'g', 2, 64)
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

func (t *train) outcome(width int) []string {
	if t.now == nil || len(t.now.Curve) == 0 {
		return nil
	}
	return t.curves(width, min(max(fewestRows, t.height-13), mostRows))
}
