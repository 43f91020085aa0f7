package transfer

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"
)

// readLanes brings what is missing, over as many connections as help. A file that
// has become shorter is noticed by its digest.
func (d *download) readLanes(ctx context.Context, p *parts) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	streams := 0
	hire := func(lane int) {
		n := 1
		if p.rest() > 2*bigSize {
			n = laneStreams
		}
		streams += n
		share := streams
		for range n {
			all.Go(func() {
				if err := d.work(ctx, p, lane, share); err != nil && (lane == 0 || !isLink(err)) {
					cancel(err)
				}
			})
		}
	}
	hire(0)
	if lanes, ok := d.host.(Lanes); ok {
		defer lanes.CloseLanes()
		d.grow(ctx, p, hire)
	}
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// grow doubles the number of connections while that makes it faster.
func (d *download) grow(ctx context.Context, p *parts, hire func(lane int)) {
	rtt := d.distance()
	if rtt < nearby {
		return
	}
	measure := func() float64 {
		began, from := time.Now(), p.passed()
		if !pause(ctx, settling(rtt)) {
			return 0
		}
		return speed(began, p.passed()-from)
	}
	for p.passed() == 0 {
		if p.rest() == 0 || !pause(ctx, moment(rtt)) {
			return
		}
	}
	before := measure()
	for lanes := 1; lanes*2 <= maxLanes; lanes *= 2 {
		if before == 0 || float64(p.rest()) < before { // less than a second's work
			return
		}
		for lane := lanes; lane < 2*lanes; lane++ {
			hire(lane)
		}
		if !pause(ctx, 16*rtt) { // to log in, and for windows to open
			return
		}
		after := measure()
		if after < before*worthIt {
			return
		}
		before = after
	}
}

// work fetches span after span over one lane.
func (d *download) work(ctx context.Context, p *parts, lane, streams int) error {
	for {
		s, ok := p.take(streams)
		if !ok {
			return nil
		}
		c, _ := d.command("read", strconv.FormatInt(s.seek, 10), strconv.FormatInt(s.count, 10))
		w := &spanWriter{ctx: ctx, d: d, p: p, at: s.seek * blockSize, left: p.bytes(s), noted: s.seek}
		c.Output, c.Lane = w, lane
		_, err := d.host.Run(ctx, c)
		if errors.Is(err, errEnough) {
			err = nil
		}
		w.settle()
		left := span{w.noted, s.end() - w.noted}
		switch {
		case w.err != nil:
			p.back(left)
			return localProblem(w.err, d.part)
		case err != nil && left.count > 0:
			p.back(left)
			return err
		}
		// What is left now is not there any more.
		p.back(span{})
	}
}

// A spanWriter writes what comes to its place, and notes whole ranges.
type spanWriter struct {
	ctx   context.Context
	d     *download
	p     *parts
	at    int64 // where the next byte goes
	left  int64
	noted int64 // blocks up to here are noted
	err   error // of this computer's disk
}

func (w *spanWriter) Write(b []byte) (int, error) {
	for written := 0; written < len(b); {
		if w.left == 0 {
			return written, errEnough // more than was asked for: the digest shows it
		}
		piece := b[written:min(len(b), written+meterPiece)]
		piece = piece[:min(int64(len(piece)), w.left)]
		if err := await(w.ctx, w.d.limit, len(piece)); err != nil {
			return written, err
		}
		n, err := w.p.f.WriteAt(piece, w.at)
		written += n
		w.at += int64(n)
		w.left -= int64(n)
		w.p.mu.Lock()
		w.p.came += int64(n)
		w.p.mu.Unlock()
		w.d.tell.bytes(int64(n))
		if err != nil {
			w.err = err
			return written, err
		}
		if w.at >= (w.noted+rangeBlocks)*blockSize {
			w.settle()
		}
	}
	return len(b), nil
}

// settle notes what has come.
func (w *spanWriter) settle() {
	to := w.at / blockSize
	if w.left == 0 {
		to = (w.at + blockSize - 1) / blockSize
	}
	if to > w.noted {
		w.p.mu.Lock()
		w.p.note(span{w.noted, to - w.noted})
		w.p.mu.Unlock()
		w.noted = to
	}
}
