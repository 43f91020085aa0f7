package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"gpuwizard/core/instance"
)

// parts are what is missing of a file that is being fetched. What has come is
// noted in a file of its own: a first line that says of which file, then lines
// of "SEEK COUNT" in blocks.
type parts struct {
	f     *os.File
	notes *os.File
	size  int64

	mu      sync.Mutex
	missing []span
	taken   int   // spans that are being fetched
	came    int64 // bytes
}

// openParts finds out what a part file lacks. Without notes beside it, it holds
// the beginning.
func openParts(f *os.File, notes string, want instance.FileFact, resume bool) (*parts, error) {
	p := &parts{f: f, size: want.Size}
	head := fmt.Sprintf("gpuwizard got 1 %d %s", want.Size, want.SHA256)
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	there, known := readNotes(notes, head)
	switch {
	case !resume || info.Size() > want.Size:
		there = nil
		if err := f.Truncate(0); err != nil {
			return nil, err
		}
	case known:
	case info.Size() == want.Size && !exists(notes):
		there = []span{{0, p.blocks()}}
	case !exists(notes):
		there = []span{{0, info.Size() / blockSize}}
	}
	p.missing = without(span{0, p.blocks()}, there)
	if p.blocks() == 0 {
		p.missing = nil
	}
	p.notes, err = os.OpenFile(notes, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(p.notes, head)
	for _, s := range there {
		p.note(s)
	}
	return p, nil
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// readNotes returns what has come of the file that head tells of.
func readNotes(name, head string) ([]span, bool) {
	f, err := os.Open(name)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() || lines.Text() != head {
		return nil, false
	}
	var list []span
	for lines.Scan() && len(list) < maxSpans {
		first, second, _ := strings.Cut(lines.Text(), " ")
		seek, err1 := strconv.ParseInt(first, 10, 48)
		count, err2 := strconv.ParseInt(second, 10, 32)
		if err1 == nil && err2 == nil && seek >= 0 && count > 0 {
			list = append(list, span{seek, count})
		}
	}
	return list, true
}

func (p *parts) blocks() int64 { return (p.size + blockSize - 1) / blockSize }

func (p *parts) bytes(s span) int64 { return min(s.end()*blockSize, p.size) - s.seek*blockSize }

// note writes down what has come. A note that is lost is fetched again.
func (p *parts) note(s span) { fmt.Fprintf(p.notes, "%d %d\n", s.seek, s.count) }

func (p *parts) close() { _ = p.notes.Close() }

// rest is how many bytes nobody has brought.
func (p *parts) rest() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var n int64
	for _, s := range p.missing {
		n += p.bytes(s)
	}
	return n
}

// take hands out what is to be fetched next.
func (p *parts) take(streams int) (span, bool) {
	rest := p.rest()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.missing) == 0 {
		return span{}, false
	}
	most := min(max(rest/int64(2*streams), bigSize), maxRun) / blockSize
	s := p.missing[0]
	if s.count <= most {
		p.missing = p.missing[1:]
	} else {
		s.count = most
		p.missing[0] = span{s.end(), p.missing[0].count - most}
	}
	p.taken++
	return s, true
}

// back returns what did not come of a span.
func (p *parts) back(s span) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if s.count > 0 {
		p.missing = append([]span{s}, p.missing...)
	}
}

func (p *parts) passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.came
}

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
	settle := max(400*time.Millisecond, 6*rtt)
	measure := func() float64 {
		began, from := time.Now(), p.passed()
		if !pause(ctx, settle) {
			return 0
		}
		return speed(began, p.passed()-from)
	}
	for p.passed() == 0 {
		if p.rest() == 0 || !pause(ctx, max(10*time.Millisecond, rtt/4)) {
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
		piece := b[written:min(len(b), written+meterPiece)]
		if int64(len(piece)) > w.left {
			return written, errEnough // more than was asked for: the digest shows it
		}
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
