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

func (d *diagnosis) result() []Finding {
	if d.waiting != nil {
		d.add(*d.waiting) // it waits there still
	}
	d.clear()
	d.explain()
	if !d.anyFatal() {
		d.cutShort()
	}
	d.count()
	list := make([]Finding, 0, len(d.found))
	for i := range d.book.rules {
		if f := d.found[d.book.rules[i].ID]; f != nil && !slices.ContainsFunc(list, func(g Finding) bool { return g.Rule == f.Rule }) {
			list = append(list, *f)
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		switch {
		case a.Fatal != b.Fatal && a.Fatal:
			return -1
		case a.Fatal != b.Fatal:
			return 1
		case a.Fatal:
			return b.last - a.last
		}
		return 0
	})
	return list
}

// snippet is how many lines a log may have to be taken for a piece of
// YOLOv5's without anything that shows it.
const snippet = 30

// clear drops what is of the past, of another program, or of no account beside
// something else.
func (d *diagnosis) clear() {
	ours := d.ours > 0
	for id, f := range d.found {
		common := f.rule.Common && !ours && (d.foreign > 0 || d.lines > snippet)
		past := f.Fatal && (f.last <= d.alive || d.wentWell())
		if common || past || f.rule.Fallback && !ours {
			delete(d.found, id)
		}
	}
	strong := slices.ContainsFunc(d.all(), func(f *Finding) bool { return f.Fatal && !f.weak && !f.rule.Fallback })
	if strong {
		maps.DeleteFunc(d.found, func(_ string, f *Finding) bool { return f.Fatal && (f.weak || f.rule.Fallback) })
	}
	firm := slices.ContainsFunc(d.all(), func(f *Finding) bool { return f.Fatal && !f.rule.Fallback })
	if firm {
		maps.DeleteFunc(d.found, func(_ string, f *Finding) bool { return f.rule.Fallback })
	}
}

func (d *diagnosis) all() []*Finding { return slices.Collect(maps.Values(d.found)) }

func (d *diagnosis) anyFatal() bool {
	return slices.ContainsFunc(d.all(), func(f *Finding) bool { return f.Fatal })
}

// explain puts a cause before its effect: it takes the effect's place in the
// order.
func (d *diagnosis) explain() {
	for _, cause := range d.all() {
		for _, id := range cause.rule.Explains {
			effect := d.found[id]
			if effect == nil || !effect.Fatal || effect.last < cause.last || cause.last <= d.alive {
				continue
			}
			cause.Fatal, cause.last = true, effect.last+1
			if effect.rule.Fallback {
				delete(d.found, id)
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
	id := ""
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
		id = ruleOOMKilled
	default:
		id = ruleConnection
	}
	caught := map[string]string{}
	if id == ruleUnknown {
		caught["why"] = shortText(d.lastText, maxArg)
	}
	f := d.book.byID(id).finding(caught, true)
	f.Line, f.last, f.Quote, f.Count = d.lastLine, d.lastLine, shortText(d.lastText, maxQuote), 1
	d.found[id] = &f
}

// count adds what is seen from the whole log: pictures that took no part, and
// a GPU that did not.
func (d *diagnosis) count() {
	corrupt, total := 0, 0
	for _, s := range d.shown {
		corrupt, total = corrupt+max(0, s.corrupt), total+max(0, s.total)
	}
	if warned := d.found["label-warn"]; d.wentWell() && corrupt > 0 && warned != nil {
		d.addCounted(ruleDropped, warned.Line, warned.Quote, map[string]string{
			"corrupt": strconv.Itoa(corrupt), "total": strconv.Itoa(total),
		})
	}
	built := strings.Contains(d.banner.Torch, "+cu") || d.cudaTold
	if d.banner.OnCPU() && d.trained && (d.end.Paid || built && d.options["device"] != "cpu") {
		d.addCounted(ruleOnCPU, d.bannerAt, d.bannered, map[string]string{"torch": d.banner.Torch})
	}
}

func (d *diagnosis) addCounted(id string, line int, quote string, args map[string]string) {
	f := d.book.byID(id).finding(args, false)
	f.Line, f.Quote, f.Count = line, shortText(quote, maxQuote), 1
	d.found[id] = &f
}
