package yolov5

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Rules that no line of a log gives away, or that are counted here.
const (
	ruleOOMKilled  = "oom-killed"
	ruleConnection = "connection-lost"
	ruleUnknown    = "unknown"
	ruleDropped    = "pictures-dropped"
	ruleOnCPU      = "trained-on-cpu"
	ruleStopped    = "interrupted"
)

// result says what was gathered, the most telling first.
func (d *diagnosis) result() []Finding {
	if d.waiting != nil {
		d.add(d.waiting) // it waits there still
	}
	d.clear()
	d.explain()
	if !d.any((*sighting).ends) {
		d.cutShort()
	}
	d.count()
	left := slices.Collect(maps.Values(d.seen))
	slices.SortFunc(left, func(a, b *sighting) int {
		switch {
		case a.fatal != b.fatal && a.fatal:
			return -1
		case a.fatal != b.fatal:
			return 1
		case a.fatal && a.last != b.last:
			return b.last - a.last
		}
		return d.book.place(a.rule.ID) - d.book.place(b.rule.ID)
	})
	list := make([]Finding, len(left))
	for i, s := range left {
		list[i] = s.told()
	}
	return list
}

// snippet is how many lines a log may have to be taken for a piece of
// YOLOv5's without anything that shows it.
const snippet = 30

// ends reports whether a sighting may be what ended the training; firmly, if
// it is more than an error that nothing knows; strongly, if it counts beside
// others.
func (s *sighting) ends() bool         { return s.fatal }
func (s *sighting) endsFirmly() bool   { return s.fatal && !s.rule.Fallback }
func (s *sighting) endsStrongly() bool { return s.endsFirmly() && !s.weak }

func (d *diagnosis) any(is func(*sighting) bool) bool {
	for _, s := range d.seen {
		if is(s) {
			return true
		}
	}
	return false
}

func (d *diagnosis) drop(is func(*sighting) bool) {
	maps.DeleteFunc(d.seen, func(_ string, s *sighting) bool { return is(s) })
}

// clear drops what is of the past, of another program, or of no account beside
// something else.
func (d *diagnosis) clear() {
	d.drop(func(s *sighting) bool {
		foreign := s.rule.Common && (d.foreign > 0 || d.lines > snippet) || s.rule.Fallback
		past := s.fatal && (s.last <= d.alive || d.wentWell())
		return foreign && !d.ours || past
	})
	switch {
	case d.any((*sighting).endsStrongly):
		d.drop(func(s *sighting) bool { return s.fatal && !s.endsStrongly() })
	case d.any((*sighting).endsFirmly):
		d.drop(func(s *sighting) bool { return s.fatal && !s.endsFirmly() })
	}
}

// explain puts a cause before its effect: it takes the effect's place in the
// order.
func (d *diagnosis) explain() {
	for _, cause := range d.seen {
		for _, id := range cause.rule.Explains {
			effect := d.seen[id]
			if effect == nil || !effect.fatal || effect.last < cause.last || cause.last <= d.alive {
				continue
			}
			cause.fatal, cause.last = true, effect.last+1
			if effect.rule.Fallback {
				delete(d.seen, id)
			}
		}
	}
}

// cutShort judges a log that ends with neither an error nor an end. Memory
// that runs out leaves no line, and neither does a connection that is lost:
// the exit code tells them apart where it is known. Where it is not, a log
// that stops in the middle of a bar is taken for the work of the kernel.
func (d *diagnosis) cutShort() {
	const killed, hangup, interrupt, terminated = 128 + 9, 128 + 1, 128 + 2, 128 + 15
	if d.wentWell() || d.end.Exited && d.end.Exit == 0 {
		return
	}
	id, sure := "", Likely
	switch {
	case d.end.Exited && d.end.Exit == killed:
		id = ruleOOMKilled
	case d.end.Exited && (d.end.Exit == hangup || d.end.Exit == 255), d.end.Lost:
		id = ruleConnection
	case d.end.Exited && (d.end.Exit == interrupt || d.end.Exit == terminated):
		id = ruleStopped
	case d.end.Exited:
		id = ruleUnknown
	case !d.started:
		return
	case d.midBar:
		id, sure = ruleOOMKilled, Guessed
	default:
		id, sure = ruleConnection, Guessed
	}
	caught := map[string]string{}
	if id == ruleUnknown {
		caught["why"] = shortText(d.lastText, maxArg)
	}
	d.conclude(&sighting{rule: d.book.byID(id), fatal: true, sure: sure, caught: caught, line: d.lastLine, quote: d.lastText})
}

// count adds what is seen from the whole log: pictures that took no part, and
// a GPU that did not.
func (d *diagnosis) count() {
	corrupt, total := 0, 0
	for _, s := range d.shown {
		corrupt, total = corrupt+max(0, s.corrupt), total+max(0, s.total)
	}
	if warned := d.seen["label-warn"]; d.wentWell() && corrupt > 0 && warned != nil {
		d.conclude(&sighting{rule: d.book.byID(ruleDropped), sure: Certain, line: warned.line, quote: warned.quote, caught: map[string]string{
			"corrupt": strconv.Itoa(corrupt), "total": strconv.Itoa(total),
		}})
	}
	built := strings.Contains(d.banner.Torch, "+cu") || d.cudaTold
	if d.banner.onCPU() && d.trained && (d.end.Paid || built && d.options["device"] != "cpu") {
		d.conclude(&sighting{
			rule: d.book.byID(ruleOnCPU), sure: Certain, line: d.bannerAt, quote: d.bannered,
			caught: map[string]string{"torch": d.banner.Torch},
		})
	}
}

// conclude adds what no line says by itself.
func (d *diagnosis) conclude(s *sighting) {
	s.last, s.count, s.quote = s.line, 1, shortText(s.quote, maxQuote)
	d.seen[s.rule.ID] = s
}
