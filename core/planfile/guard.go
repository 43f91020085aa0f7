package planfile

import (
	"fmt"
	"strings"
	"time"

	"gpuwizard/core/journey"
)

// Guard is what the person wants of the guard on the instance. Spans are
// written as "30m", "1h30m"; "off" is a rule that is not wanted.
type Guard struct {
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
	DefaultGrace = "15m"
)

// Words for what the guard is to do.
const (
	GuardOff  = "off"
	GuardAuto = "auto"
	AfterStop = "stop"
	AfterKeep = "keep"
)

func guardFields() []*field {
	at := func(get func(*Guard) *string) func(*Plan) *string {
		return func(p *Plan) *string { return get(&p.Guard) }
	}
	return []*field{
		text("guard.budget", journey.Train, "auto, off, 6h", at(func(g *Guard) *string { return &g.Budget }), spanOr(GuardAuto, GuardOff)),
		text("guard.until", journey.Train, `"", 22:30, 2026-11-26 08:00, 8h`, at(func(g *Guard) *string { return &g.Until }), checkUntil),
		text("guard.idle", journey.Train, "30m, off", at(func(g *Guard) *string { return &g.Idle }), spanOr(GuardOff)),
		text("guard.after", journey.Region, "stop, keep", at(func(g *Guard) *string { return &g.After }), oneOf(AfterStop, AfterKeep)),
		text("guard.grace", journey.Train, "15m", at(func(g *Guard) *string { return &g.Grace }), spanOr()),
	}
}

// LongestSpan is longer than anybody means.
const LongestSpan = 90 * 24 * time.Hour

// ParseSpan reads a span of time such as 90m or 1h30m, of a second to some
// months.
func ParseSpan(s string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.ToLower(strings.ReplaceAll(s, " ", "")))
	if err != nil || d < time.Second || d > LongestSpan {
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
	_, err := ParseUntil(s, time.Now())
	return err
}

// ParseUntil returns the moment that is meant by a latest end, for a training
// that starts at a time. A time of the day is the next one.
func ParseUntil(s string, start time.Time) (time.Time, error) {
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
