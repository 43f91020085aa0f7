package transfer

import (
	"sync"
	"time"

	"gpuwizard/core/wizard"
)

// tellEvery is how often progress is told within one phase.
const tellEvery = 100 * time.Millisecond

// A teller passes progress on, not too often, and one call at a time.
type teller struct {
	mu   sync.Mutex
	tell func(wizard.Progress)
	p    wizard.Progress
	last time.Time
	open bool // something was not told yet
}

func newTeller(tell func(wizard.Progress), l *list) *teller {
	t := &teller{tell: tell}
	if l != nil {
		t.p.FilesTotal, t.p.BytesTotal = len(l.files), l.bytes
	}
	return t
}

func (t *teller) change(always bool, change func(p *wizard.Progress)) {
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
	if t.tell != nil {
		t.tell(t.p)
	}
}

// phase begins a phase, if it is not the one already.
func (t *teller) phase(name string) {
	t.mu.Lock()
	same := t.p.Phase == name
	t.mu.Unlock()
	if !same {
		t.change(true, func(p *wizard.Progress) { p.Phase, p.Path = name, "" })
	}
}

// keep counts what needs not be sent; counting begins anew with it.
func (t *teller) keep(files int, bytes int64) {
	t.change(true, func(p *wizard.Progress) { p.Files, p.Bytes = files, bytes })
}

func (t *teller) total(bytes int64) {
	t.change(false, func(p *wizard.Progress) { p.FilesTotal, p.BytesTotal = 1, bytes })
}

func (t *teller) file() { t.change(false, func(p *wizard.Progress) { p.Files++ }) }

func (t *teller) bytes(n int64) { t.change(false, func(p *wizard.Progress) { p.Bytes += n }) }

func (t *teller) path(name string) { t.change(false, func(p *wizard.Progress) { p.Path = name }) }

// flush tells what was held back, and nothing afterwards.
func (t *teller) flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open {
		t.send()
	}
	t.tell = nil
}
