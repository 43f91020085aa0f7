package wizard

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// GuardPlan is what the person wants of the guard on the instance. Spans are
// written as "30m", "1h30m"; "off" is a rule that is not wanted.
type GuardPlan struct {
	Budget string // "auto": what price and budget come to; "off"; or paid hours of the instance
	Until  string // "": no latest end; "22:30", "2026-11-26 08:00", or a span from the start of the training
	Idle   string // span, or "off"
	After  string // "stop" or "keep": the instance, once the training has ended
	Grace  string // span
}

// Defaults of the guard. Half an hour without a single computation is longer
// than a validation, a cache of pictures or a slow disk take, and costs little;
// a quarter of an hour is enough to come back and look, or for this program to
// fetch the model.
const (
	defaultIdle  = "30m"
	defaultGrace = "15m"
	guardOff     = "off"
	guardAuto    = "auto"
	afterStop    = "stop"
	afterKeep    = "keep"
)

func guardFields() []*field {
	at := func(get func(*GuardPlan) *string) func(*Plan) *string {
		return func(p *Plan) *string { return get(&p.Guard) }
	}
	return []*field{
		text("guard.budget", journey.Train, "auto, off, 6h", at(func(g *GuardPlan) *string { return &g.Budget }), spanOr(guardAuto, guardOff)),
		text("guard.until", journey.Train, `"", 22:30, 2026-11-26 08:00, 8h`, at(func(g *GuardPlan) *string { return &g.Until }), checkUntil),
		text("guard.idle", journey.Train, "30m, off", at(func(g *GuardPlan) *string { return &g.Idle }), spanOr(guardOff)),
		text("guard.after", journey.Region, "stop, keep", at(func(g *GuardPlan) *string { return &g.After }), oneOf(afterStop, afterKeep)),
		text("guard.grace", journey.Train, "15m", at(func(g *GuardPlan) *string { return &g.Grace }), spanOr()),
	}
}

// longestSpan is longer than anybody means.
const longestSpan = 90 * 24 * time.Hour

// ParseSpan reads a span of time such as 90m or 1h30m, of a second to some
// months.
func ParseSpan(s string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.ToLower(strings.ReplaceAll(s, " ", "")))
	if err != nil || d < time.Second || d > longestSpan {
		return 0, fmt.Errorf("not a span of time")
	}
	return d, nil
}

func spanOr(words ...string) func(string) error {
	return func(s string) error {
		if oneOf(words...)(s) == nil {
			return nil
		}
		_, err := ParseSpan(s)
		return err
	}
}

func checkUntil(s string) error {
	_, err := parseUntil(s, time.Now())
	return err
}

// parseUntil returns the moment that is meant by a latest end, for a training
// that starts at a time. A time of the day is the next one.
func parseUntil(s string, start time.Time) (time.Time, error) {
	if d, err := ParseSpan(s); err == nil {
		return start.Add(d), nil
	}
	if t, err := time.ParseInLocation("2006-01-02 15:04", s, start.Location()); err == nil {
		return t, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return time.Time{}, fmt.Errorf("not a time")
	}
	end := time.Date(start.Year(), start.Month(), start.Day(), t.Hour(), t.Minute(), 0, 0, start.Location())
	if !end.After(start) {
		end = end.AddDate(0, 0, 1)
	}
	return end, nil
}

// Codes of problems with the guard.
const (
	BudgetSpent problem.Code = "budget-spent" // seconds (that the instance was on, as far as that was seen), cost, budget
	EndPassed   problem.Code = "end-passed"   // got: the latest end lies in the past
)

// guard returns the orders for the guard as the plan has them.
func (w *work) guard() (instance.Guard, error) {
	platform, _ := rental.PlatformByID(w.plan.Platform)
	plan := w.plan.Guard
	g := instance.Guard{Folder: w.guardFolder(), Job: w.evidence.Fact("job"), Stop: platform.Stop.Command}
	var err error
	if g.Budget, err = w.budgetLeft(); err != nil {
		return g, err
	}
	if plan.Until != "" {
		end, err := w.latestEnd()
		if err != nil {
			return g, err
		}
		if g.End = end.Sub(w.env.Now()); g.End <= 0 {
			return g, problem.New(EndPassed, nil, "got", plan.Until)
		}
	}
	if plan.Idle != guardOff {
		g.Idle, _ = ParseSpan(plan.Idle) // checked when it was set
	}
	if g.Grace, err = ParseSpan(plan.Grace); err != nil {
		g.Grace, _ = ParseSpan(defaultGrace)
	}
	g.After = plan.After == afterStop && !w.stopLoses()
	return g, nil
}

// guardFolder is the guard's own on the instance.
func (w *work) guardFolder() string { return guardFolder(w.Project) }

func guardFolder(p *Project) string {
	folder := p.record.Steps[journey.Upload].Fact("folder")
	if folder == "" {
		return ""
	}
	return path.Join(folder, "guard")
}

// stopLoses reports whether stopping the instance gives its disk away, with
// all that was not fetched.
func (w *work) stopLoses() bool {
	platform, _ := rental.PlatformByID(w.plan.Platform)
	if !platform.Stop.Releases {
		return false
	}
	folder := w.record.Steps[journey.Upload].Fact("folder")
	for _, d := range platform.Disks {
		if d.Persistent() && (folder == d.Path || strings.HasPrefix(folder, d.Path+"/")) {
			return false
		}
	}
	return true
}

// budgetLeft is how long the instance may still be on; 0 is no such rule. What
// the instance has been on for already is paid for too, and what was seen of
// earlier starts.
func (w *work) budgetLeft() (time.Duration, error) {
	var whole time.Duration
	price := w.plan.Price
	switch w.plan.Guard.Budget {
	case guardOff:
		return 0, nil
	case guardAuto, "":
		if price.Budget <= 0 || price.PerHour <= 0 {
			return 0, nil
		}
		whole = min(time.Duration(price.Budget/price.PerHour*float64(time.Hour)), longestSpan)
	default:
		whole, _ = ParseSpan(w.plan.Guard.Budget)
	}
	paid := w.facts.Uptime + w.paidBefore()
	left := whole - paid
	if left <= 0 {
		return 0, problem.New(BudgetSpent, nil,
			"seconds", seconds(paid),
			"cost", strconv.FormatFloat(paid.Hours()*price.PerHour, 'f', 2, 64),
			"budget", strconv.FormatFloat(whole.Hours()*price.PerHour, 'f', 2, 64))
	}
	return left, nil
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second).Seconds()), 10)
}

// latestEnd is the moment of the plan's latest end. It is kept with the job:
// tomorrow "22:30" would be another.
func (w *work) latestEnd() (time.Time, error) {
	const kept = "guard_until"
	said, moment, _ := strings.Cut(w.evidence.Fact(kept), "|")
	if t, err := time.Parse(time.RFC3339, moment); err == nil && said == w.plan.Guard.Until {
		return t, nil
	}
	end, err := parseUntil(w.plan.Guard.Until, w.env.Now())
	if err != nil {
		return time.Time{}, problem.New(AnswerWrong, err, "key", "guard.until", "got", w.plan.Guard.Until, "allowed", fieldOf("guard.until").allowed)
	}
	w.fact(kept, w.plan.Guard.Until+"|"+end.Format(time.RFC3339))
	return end, nil
}

// defaultAfter stops the instance after the training where that is possible and
// loses nothing: a disk that is kept holds the model until somebody comes.
func (p *Project) defaultAfter() string {
	id := p.plan.Platform
	if !p.plan.Given("platform") {
		id = p.defaultOf("platform")
	}
	platform, ok := rental.PlatformByID(id)
	if !ok || platform.Stop.Command == "" || platform.Stop.Releases {
		return afterKeep
	}
	return afterStop
}
