package wizard

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/rental"
	"gpuwizard/core/yolov5"
)

// The notes about what an instance costs while it is on.
const (
	NoteMeasured   NoteCode = "measured"    // epoch (seconds of one, with its validation), left (seconds), total (of all that was seen, at the end)
	NoteBudgetNear NoteCode = "budget-near" // cost, budget, share (percent)
	NoteBudgetOver NoteCode = "budget-over" // total, budget: at the end of the training it is going to be spent
	NoteIdleCost   NoteCode = "idle-cost"   // ten (minutes cost), hour, night (eight hours)
	NoteBill       NoteCode = "bill"        // on (seconds), trained (seconds), share (percent), cost, wasted, before (what earlier starts cost, as far as seen)
)

// A Meter is what the instance has cost, and what it is going to cost. Time is
// what the instance itself has run, never what a clock says.
type Meter struct {
	PerHour rental.Money  `json:"per_hour"`
	On      time.Duration `json:"on_ns"` // since it was started
	// AtLeast is set where the instance does not say since when it is on: On
	// counts from the first look at it.
	AtLeast bool         `json:"at_least,omitempty"`
	Cost    rental.Money `json:"cost"`
	// Before is of it what earlier starts cost, as far as they were seen.
	Before  rental.Money  `json:"before"`
	Trained time.Duration `json:"trained_ns"` // of On
	// Left is how long the training may still take; Measured tells that it
	// follows from epochs that were timed here and is no forecast.
	Left     time.Duration `json:"left_ns,omitempty"`
	LeftLow  time.Duration `json:"left_low_ns,omitempty"`
	LeftHigh time.Duration `json:"left_high_ns,omitempty"`
	Measured bool          `json:"measured,omitempty"`
	// Total is the cost at the end of the training, zero if not known.
	Total     rental.Money `json:"total"`
	TotalHigh rental.Money `json:"total_high"`
	Budget    rental.Money `json:"budget"`
}

// taxi counts how long an instance is on.
type taxi struct {
	work    *work
	terms   rental.Terms
	base    time.Duration // on at the first look
	atLeast bool
	first   float64       // the instance's own uptime then, in seconds
	ran     time.Duration // since then, as last read back
	read    time.Time     // when that was, by this computer
	told    time.Time
	// What was told once.
	near, over bool
}

// upThere prints for how many seconds the machine has been running: what
// passes of it passes for the instance, whatever clocks say.
const upThere = `cut -d " " -f 1 /proc/uptime`

const (
	meterEvery = time.Minute      // reading the instance's own time
	tellMeter  = 10 * time.Second // telling
	nearShare  = 0.8              // of the budget, at which it is worth a warning
)

// newTaxi starts counting, or returns nil where nothing is billed or the price
// is not known.
func (w *work) newTaxi() *taxi {
	t := w.hail()
	if t != nil {
		t.first, _ = w.uptimeThere()
	}
	return t
}

// billed returns the terms of an instance that costs something, if what it
// costs is known.
func (w *work) billed() (terms rental.Terms, ok bool) {
	terms, err := termsOf(w.plan)
	return terms, err == nil && !terms.PerHour.IsZero() && !w.Practice() && !w.facts.Practice
}

// hail returns a taxi that knows what the look at the instance said.
func (w *work) hail() *taxi {
	terms, ok := w.billed()
	if !ok {
		return nil
	}
	return &taxi{work: w, terms: terms, base: w.facts.Uptime, atLeast: w.facts.Uptime <= 0, read: w.env.Now()}
}

// showCost tells what the instance has cost when a step arrives at it, or that
// this is not known any more: without its GPU it has another price.
func (w *work) showCost() {
	t := w.hail()
	if t == nil {
		return
	}
	e := Event{Step: w.step, Kind: KindCost}
	if len(w.facts.GPUs) > 0 {
		m := t.meter(yolov5.Standing{Phase: yolov5.Over})
		e.Meter = &m
	}
	w.env.Face.Tell(e)
}

func (w *work) uptimeThere() (float64, bool) {
	if w.instance == nil {
		return 0, false
	}
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, upThere, nil, limited(&out))
	if err != nil || exit != 0 {
		return 0, false
	}
	s, err := strconv.ParseFloat(strings.TrimSpace(out.String()), 64)
	return s, err == nil && s > 0
}

// on is how long the instance has been on. Between two readings this
// computer's stopwatch serves, which is not its clock.
func (t *taxi) on() time.Duration {
	now := t.work.env.Now()
	since := now.Sub(t.read)
	if since >= meterEvery && t.first > 0 {
		if up, ok := t.work.uptimeThere(); ok && up >= t.first {
			t.ran = max(t.ran, time.Duration((up-t.first)*float64(time.Second)))
			t.read, since = now, 0
			t.work.seeOn(t.base + t.ran)
			_ = t.work.record.Save(t.work.dir) // a minute is lost at the worst
		}
	}
	return t.base + t.ran + max(0, since)
}

// tell tells where the meter stands, at most every few seconds.
func (t *taxi) tell(s yolov5.Standing, now bool) {
	if t == nil {
		return
	}
	w := t.work
	if at := w.env.Now(); !now && at.Sub(t.told) < tellMeter {
		return
	}
	t.told = w.env.Now()
	m := t.meter(s)
	w.env.Face.Tell(Event{Step: w.step, Kind: KindCost, Meter: &m})
	// Whoever comes back to a training was told before.
	if m.Measured && w.evidence.Fact("measured") == "" && m.Left > 0 {
		if done := s.Epoch - s.First; done > 0 {
			w.fact("measured", "true")
			_ = w.save() // told once more at the worst
			w.note(NoteMeasured, "epoch", seconds(s.Spent/time.Duration(done)), "left", seconds(m.Left), "total", m.Total.String())
		}
	}
	t.warn(m)
}

// meter reckons what was spent and what is to come.
func (t *taxi) meter(s yolov5.Standing) Meter {
	m := Meter{PerHour: t.terms.PerHour, On: t.on(), AtLeast: t.atLeast, Trained: s.Spent, Budget: t.terms.Budget}
	before := t.work.paidBefore()
	m.Before, m.Cost = rental.Cost(m.PerHour, before), rental.Cost(m.PerHour, before+m.On)
	if s.Left > 0 && s.Epoch > s.First {
		m.Left, m.LeftLow, m.LeftHigh, m.Measured = s.Left, s.LeftLow, s.LeftHigh, true
	} else if e, ok := t.forecast(); ok && s.Phase != yolov5.Finishing && s.Phase != yolov5.Over {
		m.Left, m.LeftLow, m.LeftHigh = max(0, e.Time-s.Spent), max(0, e.Low-s.Spent), max(0, e.High-s.Spent)
	}
	m.Total, m.TotalHigh = rental.Cost(m.PerHour, before+m.On+m.Left), rental.Cost(m.PerHour, before+m.On+max(m.Left, m.LeftHigh))
	return m
}

// forecast is for the GPU that is there, not the one of the plan.
func (t *taxi) forecast() (rental.Estimate, bool) {
	w := t.work
	load, ok := w.workload(w.plan)
	if !ok {
		return rental.Estimate{}, false
	}
	load.CPUs = w.facts.CPUs
	gpu := ""
	if len(w.facts.GPUs) > 0 {
		gpu = w.facts.GPUs[0].Name
	}
	return rental.Known().Estimate(load, gpu, len(w.facts.GPUs))
}

// warn warns once of each.
func (t *taxi) warn(m Meter) {
	w, budget := t.work, m.Budget
	if budget.IsZero() {
		return
	}
	// A voucher is spent first.
	means, err := budget.Add(t.terms.Voucher)
	if err != nil {
		return
	}
	share, ok := m.Cost.Share(means)
	if ok && share >= nearShare && !t.near {
		t.near = true
		w.note(NoteBudgetNear, "cost", m.Cost.String(), "budget", means.String(), "share", strconv.Itoa(int(100*share)))
	}
	if over, err := m.Total.Compare(means); err == nil && over > 0 && m.Measured && !t.over {
		t.over = true
		w.note(NoteBudgetOver, "total", m.Total.String(), "budget", means.String())
	}
}

// tellIdle says what an instance costs that does nothing.
func (w *work) tellIdle() {
	terms, ok := w.billed()
	if !ok {
		return
	}
	w.note(NoteIdleCost, "ten", rental.Cost(terms.PerHour, 10*time.Minute).String(), "hour", terms.PerHour.String(),
		"night", rental.Cost(terms.PerHour, 8*time.Hour).String())
}

// tellBill sums up: how long the instance was paid for with its GPU, and how
// much of that it trained. It says nothing where the instance was restarted
// since, or does not say how long it is on.
func (w *work) tellBill(t *taxi) {
	trained := w.record.Steps[journey.Train]
	took, err := strconv.Atoi(trained.Fact("seconds"))
	if t == nil || t.atLeast || err != nil || took <= 0 || trained.Fact("boot") != w.facts.Boot {
		return
	}
	on, busy := t.on(), time.Duration(took)*time.Second
	if on < busy {
		return
	}
	w.fact("paid", seconds(on))
	w.fact("cost", rental.Cost(t.terms.PerHour, on).String())
	w.fact("wasted", rental.Cost(t.terms.PerHour, on-busy).String())
	if earlier := rental.Cost(t.terms.PerHour, w.paidBefore()); !earlier.IsZero() {
		w.fact("cost_before", earlier.String())
	}
	w.env.Face.Tell(Event{Step: w.step, Kind: KindNote, Code: NoteBill, Args: BillOf(trained, w.evidence)})
}

// BillOf are the details of NoteBill by the evidence of a training and of the
// download of its model, or nil where no bill was reckoned.
func BillOf(train, download *journey.Evidence) map[string]string {
	on, err := strconv.Atoi(download.Fact("paid"))
	busy, busyErr := strconv.Atoi(train.Fact("seconds"))
	if err != nil || busyErr != nil || on <= 0 {
		return nil
	}
	return map[string]string{
		"on": strconv.Itoa(on), "trained": strconv.Itoa(busy), "share": strconv.FormatFloat(100*float64(busy)/float64(on), 'f', 1, 64),
		"cost": download.Fact("cost"), "wasted": download.Fact("wasted"), "before": download.Fact("cost_before"),
	}
}
