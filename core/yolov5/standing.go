package yolov5

import (
	"math"
	"time"
)

// A Phase is what a training is doing.
type Phase string

// The phases of a training, in their order.
const (
	Preparing  Phase = "preparing"  // loading code, model and weights
	Scanning   Phase = "scanning"   // reading the labels
	Learning   Phase = "learning"   // training an epoch
	Validating Phase = "validating" // scoring an epoch
	Finishing  Phase = "finishing"  // all epochs are done; best.pt is stripped and scored
	Over       Phase = "over"       // it ended well
)

// A Standing is where a training stands: what a screen draws. It is never
// changed after it was handed out.
type Standing struct {
	Phase   Phase  `json:"phase"`
	Device  string `json:"device,omitempty"` // as the banner says
	OnCPU   bool   `json:"on_cpu,omitempty"`
	Dropped int    `json:"dropped,omitempty"` // pictures that YOLOv5 left out, silently

	Epoch   int `json:"epoch"`            // at work, from 0; -1 before the first
	Epochs  int `json:"epochs,omitempty"` // 0 if not known
	First   int `json:"first,omitempty"`  // the epoch that this run began with, after a resume
	Batch   int `json:"batch,omitempty"`  // done of the epoch, or of the validation
	Batches int `json:"batches,omitempty"`
	// Shares done, from 0 to 1. That of the epoch counts its validation.
	EpochShare float64 `json:"epoch_share"`
	RunShare   float64 `json:"run_share"`

	GPUMem float64 `json:"gpu_mem,omitempty"` // in 1e9 bytes
	Train  Losses  `json:"-"`                 // means over the epoch so far

	// Spent is the time of the epochs so far. Left is how long it may still
	// take, most likely and at the least and the most (about nineteen times in
	// twenty); all three are 0 while nothing can be said.
	Spent    time.Duration `json:"spent_ns,omitempty"`
	Left     time.Duration `json:"left_ns,omitempty"`
	LeftLow  time.Duration `json:"left_low_ns,omitempty"`
	LeftHigh time.Duration `json:"left_high_ns,omitempty"`

	// Best is the epoch that best.pt holds, nil before the first validation,
	// and BestAfter the time of the epochs up to it.
	Best      *Epoch        `json:"-"`
	BestAfter time.Duration `json:"best_after_ns,omitempty"`
	// Curve holds the epochs so far, each once and in order. Figures that are
	// not known are NaN.
	Curve []Epoch `json:"-"`
	// Stopped is whether it ended early, since nothing got better.
	Stopped bool `json:"stopped,omitempty"`
}

// A Tracker makes a Standing of the events of a training. The zero Tracker is
// ready; Tracker and Parser belong to one log.
type Tracker struct {
	history  History
	now      Standing
	begun    bool
	changed  bool // the curve differs from the one handed out
	best     map[int]time.Duration
	elapsed  time.Duration // of the training part of the epoch at work
	elapsedV time.Duration // of its validation
	ends     time.Time     // when the last epoch was seen to end
	spans    []span
}

// A span is how long an epoch took.
type span struct {
	took  time.Duration
	exact bool // seen by the clock, not read from the bars, which drop fractions
}

// barFraction is what the two bars of an epoch drop on average.
const barFraction = time.Second

// Add takes an event in. at is when its line was written, as far as that was
// seen: zero for a log of the past.
func (t *Tracker) Add(e Event, at time.Time) {
	if !t.begun {
		t.begun = true
		t.now.Phase, t.now.Epoch = Preparing, -1
		t.best = map[int]time.Duration{}
	}
	t.history.Add(e)
	n := &t.now
	switch e := e.(type) {
	case Banner:
		// Another banner is another attempt in the same log.
		n.Phase, n.Device, n.OnCPU, n.Stopped = Preparing, e.Device, e.onCPU(), false
		n.Dropped = 0
	case Scan:
		if n.Epoch < 0 || n.Phase == Preparing {
			n.Phase, n.Batch, n.Batches = Scanning, e.Checked, e.Total
		}
		if e.Done {
			t.dropped(e)
		}
	case Resume:
		n.First = max(0, e.Epoch)
		if e.Epochs > 0 {
			n.Epochs = e.Epochs
		}
	case Start:
		n.Phase, n.Epochs = Learning, e.Epochs
		n.Batch, n.Batches = 0, 0 // those were of the labels
		t.ends = time.Time{}
	case Progress:
		if e.Epoch != n.Epoch {
			t.elapsedV = 0
		}
		n.Phase, n.Epoch, n.Epochs = Learning, e.Epoch, e.Epochs
		n.Batch, n.Batches, n.GPUMem, n.Train = e.Batch, e.Batches, e.GPUMem, e.Train
		t.elapsed = e.Elapsed
		t.changed = t.changed || e.Batch == e.Batches
	case ValidationProgress:
		if e.Epoch >= 0 && n.Phase != Finishing && n.Phase != Over {
			n.Phase, n.Batch, n.Batches = Validating, e.Batch, e.Batches
			t.elapsedV = e.Elapsed
		}
	case Validation:
		if e.Epoch >= 0 && !e.Final && e.Class == "all" && n.Phase != Over {
			t.ended(e.Epoch, at)
		}
	case EarlyStop:
		n.Stopped = true
	case Finished:
		n.Phase, n.Batch, n.Batches = Finishing, 0, 0
	case Saved:
		if n.Phase == Finishing {
			n.Phase = Over
		}
	}
}

func (t *Tracker) dropped(e Scan) {
	// The training part comes first; of a cache read again it is told anew.
	if e.Set != "val" {
		t.now.Dropped = e.Corrupt
		return
	}
	t.now.Dropped += e.Corrupt
}

// ended takes the end of an epoch in: of its validation, the last part of it.
func (t *Tracker) ended(epoch int, at time.Time) {
	t.changed = true
	if t.now.Phase != Finishing { // v5.0 prints the last row after that
		t.now.Phase, t.now.Batch, t.now.Batches = Learning, 0, 0
	}
	s := span{took: t.elapsed + t.elapsedV + barFraction}
	if t.elapsed < 0 || t.elapsedV < 0 {
		s.took = 0
	}
	if !t.ends.IsZero() && !at.IsZero() {
		s = span{took: at.Sub(t.ends), exact: true}
	}
	t.ends = at
	if s.took > 0 {
		t.spans = append(t.spans, s)
		t.now.Spent += s.took
	}
	t.best[epoch] = t.now.Spent
	t.elapsed, t.elapsedV = 0, 0
	// The epoch is over until the next one speaks.
	t.now.Epoch = epoch
	t.now.EpochShare = 1
}

// Merge takes rows of a results file in: they hold more than the console
// prints.
func (t *Tracker) Merge(rows []Epoch) {
	for _, row := range rows {
		*t.history.epoch(row.Number) = row
	}
	t.changed = t.changed || len(rows) > 0
}

// validationShare is which part of an epoch its validation takes, while that
// has not been seen.
const validationShare = 0.15

// Standing says where the training stands.
func (t *Tracker) Standing() Standing {
	n := &t.now
	if !t.begun {
		return Standing{Phase: Preparing, Epoch: -1}
	}
	if t.changed {
		t.changed = false
		n.Curve = t.history.Epochs()
		n.Best = nil
		if best, ok := Best(n.Curve); ok {
			n.Best, n.BestAfter = &best, t.best[best.Number]
		}
	}
	t.share()
	t.forecast()
	return *n
}

func (t *Tracker) share() {
	n := &t.now
	part := 0.0
	if n.Batches > 0 {
		part = float64(n.Batch) / float64(n.Batches)
	}
	switch {
	case n.Phase == Finishing || n.Phase == Over:
		n.EpochShare, n.RunShare = 1, 1
		return
	case n.Epoch < 0:
		n.EpochShare, n.RunShare = 0, 0
		return
	case n.Phase == Validating:
		n.EpochShare = 1 - validationShare + validationShare*part
	case n.Phase == Learning && n.Batches > 0:
		n.EpochShare = (1 - validationShare) * part
	}
	if n.Epochs > 0 {
		n.RunShare = min(1, (float64(n.Epoch)+n.EpochShare)/float64(n.Epochs))
	}
}

const (
	// recent is how many of the last epochs the forecast looks at.
	recent = 20
	// sure is how many standard errors to either side hold nineteen of twenty.
	sure = 2
)

// forecast says how long the epochs left will take, by those that are over:
// their mean, and how much they differ among each other.
func (t *Tracker) forecast() {
	n := &t.now
	n.Left, n.LeftLow, n.LeftHigh = 0, 0, 0
	if n.Epochs == 0 || n.Epoch < 0 || n.Phase == Over {
		return
	}
	left := float64(n.Epochs) - float64(n.Epoch) - n.EpochShare
	mean, spread, count, exact := t.pace()
	if count == 0 {
		// Within the first epoch its own bar is all there is.
		if n.Phase != Learning || n.EpochShare <= 0 || t.elapsed < 3*time.Second {
			return
		}
		mean, spread, count, exact = t.elapsed.Seconds()/n.EpochShare, 0, 1, false
	}
	if count == 1 {
		spread = mean / 3 // the first epoch is the slowest as a rule
	}
	// After the last epoch best.pt is scored once more, which takes a part of
	// an epoch.
	total := mean * (left + validationShare)
	error := math.Hypot(spread*math.Sqrt(left), spread*left/math.Sqrt(float64(count)))
	if !exact {
		error = math.Hypot(error, 0.5*barFraction.Seconds()*left)
	}
	error += mean * validationShare
	n.Left = seconds(total)
	n.LeftLow, n.LeftHigh = seconds(max(0, total-sure*error)), seconds(total+sure*error)
}

// pace is the mean of the last epochs in seconds, their standard deviation and
// how many they are. The first one of all is left out where there are others.
func (t *Tracker) pace() (mean, spread float64, count int, exact bool) {
	spans := t.spans
	if len(spans) > 2 {
		spans = spans[1:]
	}
	spans = spans[max(0, len(spans)-recent):]
	count, exact = len(spans), true
	for _, s := range spans {
		mean += s.took.Seconds() / float64(count)
		exact = exact && s.exact
	}
	for _, s := range spans {
		d := s.took.Seconds() - mean
		spread += d * d / float64(max(1, count-1))
	}
	return mean, math.Sqrt(spread), count, exact
}

func seconds(s float64) time.Duration {
	const most = 100 * 365 * 24 * 3600
	return time.Duration(min(s, most) * float64(time.Second))
}
