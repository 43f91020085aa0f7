package transfer

import (
	"context"
	"sync"

	"gpuwizard/core/instance"
)

const (
	// An archive holds so many bytes, about, and so many files at most.
	minArchive      = 1 << 20
	maxArchive      = 32 << 20
	maxArchiveFiles = 2000
	// maxRun is how much of a large file one stream takes at once.
	maxRun = 32 << 20
)

// A part is what one stream sends in one go.
type part struct {
	number int
	files  []instance.Source // an archive of these,
	big    *big              // or a span of this,
	span   span              //
	check  [2]int64          // or the request to digest it from one byte to another,
	whole  bool              // or to make it whole

	left int // answers that are still to come
}

// ranges is in how many pieces a span is sent; each is answered.
func (p *part) ranges() int64 { return (p.span.count + rangeBlocks - 1) / rangeBlocks }

// A queue hands out parts until all that is to be sent was read back on the
// instance and found right.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	files   []instance.Source // not handed out yet
	again   []instance.Source // found wrong, to be sent once more
	bigs    []*big
	waiting map[int]*part // for answers
	numbers int
	bytes   int64                        // not handed out yet
	sum     func(instance.Source) string // a file's digest
	err     error
}

func newQueue(l *list, p *plan) *queue {
	q := &queue{files: p.send, bigs: p.bigs, waiting: map[int]*part{}, sum: l.sum}
	q.changed = sync.NewCond(&q.mu)
	for _, f := range p.send {
		q.bytes += f.Size
	}
	for _, b := range p.bigs {
		q.bytes += b.bytesMissing()
	}
	return q
}

// next waits for something to be sent, and returns nil when there is nothing
// any more: all is done, it failed, or stop says so. Two kinds of streams take
// different parts: those that send, and the one that lets large files be checked.
func (q *queue) next(ctx context.Context, take func() *part, stop func() bool) *part {
	defer context.AfterFunc(ctx, q.wake)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if ctx.Err() != nil || q.err != nil || stop() || q.doneLocked() {
			return nil
		}
		if p := take(); p != nil {
			q.numbers++
			p.number = q.numbers
			if p.left > 0 {
				q.waiting[p.number] = p
			}
			return p
		}
		q.changed.Wait()
	}
}

// wake lets those who wait look again.
func (q *queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed.Broadcast()
}

// check finds what of a large file can be digested already, while the rest is on
// its way, or that all of it is there.
func (q *queue) check() *part {
	for _, b := range q.bigs {
		if b.asked {
			continue
		}
		switch came := b.came(); {
		case len(b.missing) == 0 && b.blocks == 0 && q.sum(b.file) == "": // still being read
		case len(b.missing) == 0 && b.blocks == 0:
			b.asked = true
			return &part{big: b, whole: true, left: 1}
		case came > b.checked:
			p := &part{big: b, check: [2]int64{b.checked, came}}
			b.checked = came
			return p
		}
	}
	return nil
}

// take finds the next part to be sent. Large files go first: each takes its time
// to be checked.
func (q *queue) take(streams int) *part {
	share := q.bytes / int64(2*streams)
	for _, b := range q.bigs {
		run := min(max(share, bigSize), maxRun) / blockSize
		if s, ok := b.take(run); ok {
			q.bytes -= b.bytes(s)
			p := &part{big: b, span: s}
			p.left = int(p.ranges())
			return p
		}
	}
	if len(q.again) > 0 {
		p := &part{files: q.again, left: 1}
		q.again = nil
		return p
	}
	if len(q.files) == 0 {
		return nil
	}
	// Smaller ones towards the end, so that all streams end at about one time.
	most := min(max(share, minArchive), maxArchive)
	n, size := 0, int64(0)
	for n < len(q.files) && n < maxArchiveFiles && (n == 0 || size+q.files[n].Size <= most) {
		size += q.files[n].Size
		n++
	}
	p := &part{files: q.files[:n], left: 1}
	q.files = q.files[n:]
	q.bytes -= size
	return p
}

// answered notes an answer to a part, and whether it was the last; nil if there
// is no such part. What the answer says is looked at before the part is settled.
func (q *queue) answered(number int) (p *part, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p = q.waiting[number]
	if p == nil || p.left == 0 {
		return nil, false
	}
	if p.big != nil && !p.whole {
		at := p.span.seek + (p.ranges()-int64(p.left))*rangeBlocks
		p.big.there = append(p.big.there, span{at, min(rangeBlocks, p.span.end()-at)})
		q.changed.Broadcast()
	}
	p.left--
	return p, p.left == 0
}

// settle ends a part.
func (q *queue) settle(p *part) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.waiting, p.number)
	if p.big != nil && !p.whole {
		p.big.blocks -= p.span.count
	}
	q.changed.Broadcast()
}

// resend takes files back that were found wrong.
func (q *queue) resend(files []instance.Source) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.again = append(q.again, files...)
	q.changed.Broadcast()
}

// restart sends a large file anew.
func (q *queue) restart(b *big) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b.restart()
	q.bytes += b.file.Size
	q.changed.Broadcast()
}

// placed notes that a large file is in its place.
func (q *queue) placed(b *big) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for n, other := range q.bigs {
		if other == b {
			q.bigs = append(q.bigs[:n:n], q.bigs[n+1:]...)
			break
		}
	}
	q.changed.Broadcast()
}

// fail ends the queue; the first cause counts.
func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	q.changed.Broadcast()
}

func (q *queue) doneLocked() bool {
	return len(q.files) == 0 && len(q.again) == 0 && len(q.bigs) == 0 && len(q.waiting) == 0
}

// rest is how much nobody has taken yet.
func (q *queue) rest() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}

// wait waits until all is done, or it failed.
func (q *queue) wait(ctx context.Context) error {
	defer context.AfterFunc(ctx, q.wake)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case q.err != nil:
			return q.err
		case q.doneLocked():
			return nil
		}
		q.changed.Wait()
	}
}
