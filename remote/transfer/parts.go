package transfer

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

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
