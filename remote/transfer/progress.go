package transfer

import (
	"sync"
	"time"

	"gpuwizard/core/instance"
)

// tellEvery is how often progress is told within one phase.
const tellEvery = 100 * time.Millisecond

// A teller passes progress on, not too often, and one call at a time. Whatever
// it is told is a sign of life.
type teller struct {
	*vigil

	mu   sync.Mutex
	tell func(instance.Progress)
	p    instance.Progress
	last time.Time
	open bool // something was not told yet

	marks []mark // of the phase in hand, some a second
}

// A mark is how many bytes there were at a time.
type mark struct {
	at    time.Time
	bytes int64
}

// rateOver is the time over which the rate is measured.
const rateOver = 5 * time.Second

func newTeller(tell func(instance.Progress), l *list, v *vigil) *teller {
	t := &teller{tell: tell, vigil: v}
	if l != nil {
		t.p.FilesTotal, t.p.BytesTotal = len(l.files), l.bytes
	}
	return t
}

func (t *teller) change(always bool, change func(p *instance.Progress)) {
	t.heard()
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.p)
	t.open = true
	if always || time.Since(t.last) >= tellEvery {
		t.send()
	}
}

// send is called with mu held.
func (t *teller) send() {
	t.last, t.open = time.Now(), false
	t.measure()
	if t.tell != nil {
		t.tell(t.p)
	}
}

// measure says how fast it goes, once that can be told.
func (t *teller) measure() {
	t.p.Rate, t.p.Left = 0, 0
	if t.p.Phase != "send" && t.p.Phase != "fetch" {
		t.marks = t.marks[:0]
		return
	}
	if n := len(t.marks); n > 0 && t.p.Bytes < t.marks[n-1].bytes {
		t.marks = t.marks[:0] // counting began anew
	}
	t.marks = append(t.marks, mark{t.last, t.p.Bytes})
	for len(t.marks) > 2 && t.last.Sub(t.marks[1].at) >= rateOver {
		t.marks = t.marks[1:]
	}
	first := t.marks[0]
	if took := t.last.Sub(first.at).Seconds(); took >= 1 {
		t.p.Rate = float64(t.p.Bytes-first.bytes) / took
	}
	if left := t.p.BytesTotal - t.p.Bytes; t.p.Rate > 0 && left > 0 {
		t.p.Left = float64(left) / t.p.Rate
	}
}

// phase begins a phase, if it is not the one already.
func (t *teller) phase(name string) {
	t.heard()
	t.mu.Lock()
	same := t.p.Phase == name
	t.mu.Unlock()
	if !same {
		t.change(true, func(p *instance.Progress) { p.Phase, p.Path = name, "" })
	}
}

// keep counts what needs not be sent; counting begins anew with it.
func (t *teller) keep(files int, bytes int64) {
	t.change(true, func(p *instance.Progress) { p.Files, p.Bytes = files, bytes })
}

func (t *teller) total(bytes int64) {
	t.change(false, func(p *instance.Progress) { p.FilesTotal, p.BytesTotal = 1, bytes })
}

func (t *teller) file() { t.change(false, func(p *instance.Progress) { p.Files++ }) }

func (t *teller) bytes(n int64) { t.change(false, func(p *instance.Progress) { p.Bytes += n }) }

func (t *teller) path(name string) { t.change(false, func(p *instance.Progress) { p.Path = name }) }

// flush tells what was held back, and nothing afterwards.
func (t *teller) flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open {
		t.send()
	}
	t.tell = nil
}
