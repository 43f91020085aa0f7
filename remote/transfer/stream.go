package transfer

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/time/rate"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

// window is how much a channel takes before the instance has said that it has
// taken anything.
const window = 2 << 20

// A stream is one channel that brings part after part, and reads back what the
// instance says of them.
type stream struct {
	t       *upload
	q       *queue
	lane    int
	number  int
	retired atomic.Bool
	written atomic.Int64
	open    atomic.Int64 // parts that were taken and not answered
	take    func() *part // what it is for
}

// passed is how many bytes the instance has certainly taken.
func (s *stream) passed() int64 { return max(0, s.written.Load()-window) }

// run lives as long as there is something to be sent.
func (s *stream) run(ctx context.Context) error {
	a := &answers{ctx: ctx, s: s, mark: shell.NewMark(), space: newSpace(), sums: map[string]string{}, byNum: map[int]string{}}
	c := s.t.command("stream", a.mark, append([]string{strconv.Itoa(s.number)}, s.t.list.oddArgs()...)...)
	c.Lane = s.lane
	c.Output = a
	c.Input = s.send
	r, err := s.t.host.Run(ctx, c)
	if err != nil {
		return err
	}
	return a.problem(s.t.host, s.t.list.folder, r)
}

// send writes the parts.
func (s *stream) send(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(&meter{ctx: ctx, w: w, s: s, limit: s.t.settings.Limit}, sendBuffer)
	for {
		p := s.q.next(ctx, s.take, s.retired.Load)
		if p == nil {
			return nil
		}
		if p.left > 0 {
			s.open.Add(1)
		}
		var err error
		switch {
		case p.whole:
			err = s.sendWhole(out, p)
		case p.check[1] > 0:
			_, err = fmt.Fprintf(out, "digest %s %d %d\n", p.big.key, p.check[0], p.check[1])
		case p.big != nil:
			err = s.sendSpan(ctx, out, p)
		default:
			err = s.sendFiles(ctx, out, p)
		}
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			return err
		}
		if s.q.rest() == 0 {
			s.t.tell.phase("verify")
		}
	}
}

// sendFiles writes a list of names and an archive, filled up to whole blocks.
func (s *stream) sendFiles(ctx context.Context, w io.Writer, p *part) error {
	var names strings.Builder
	var plain []string
	for _, f := range p.files {
		if s.t.list.isOdd(f.Path) {
			calls(&names, []string{"one", oddKey(f.Path)}, []string{"./" + f.Path})
		} else {
			plain = append(plain, "./"+f.Path)
		}
	}
	calls(&names, []string{"sums"}, plain)
	blocks, err := archiveBlocks(p.files)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "files %d %d %d\n%s", p.number, names.Len(), blocks, names.String()); err != nil {
		return err
	}
	return writeArchive(ctx, w, p.files, blocks, s.t)
}

// sendSpan writes blocks of a large file, so many at a time.
func (s *stream) sendSpan(ctx context.Context, w io.Writer, p *part) error {
	f := p.big.file
	r, err := openAt(f, p.span.seek*blockSize)
	if err != nil {
		return problem.New(LocalUnreadable, err, "path", f.Path)
	}
	defer func() { _ = r.Close() }()
	s.t.tell.path(f.Path)
	for left := p.span; left.count > 0; {
		now := span{left.seek, min(left.count, rangeBlocks)}
		left = span{now.end(), left.count - now.count}
		if _, err := fmt.Fprintf(w, "range %d %s %d %d\n", p.number, p.big.key, now.seek, now.count); err != nil {
			return err
		}
		size := p.big.bytes(now)
		if err := s.t.copyFile(ctx, w, r, f, size); err != nil {
			return err
		}
		if _, err := io.CopyN(w, zeros{}, now.count*blockSize-size); err != nil {
			return err
		}
	}
	return nil
}

// openAt opens a file at an offset.
func openAt(f instance.Source, offset int64) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	if seeker, ok := r.(io.Seeker); ok {
		_, err = seeker.Seek(offset, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, r, offset)
	}
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (s *stream) sendWhole(w io.Writer, p *part) error {
	f := p.big.file
	mode := "644"
	if f.Exec {
		mode = "755"
	}
	_, err := fmt.Fprintf(w, "whole %d %s %d %s %s %d\n%s", p.number, p.big.key, f.Size, mode, s.t.list.sum(f), len(f.Path), f.Path)
	return err
}

// A meter counts what a channel has taken, and keeps to the limit.
type meter struct {
	ctx   context.Context
	w     io.Writer
	s     *stream
	limit *rate.Limiter
}

func (m *meter) Write(p []byte) (int, error) {
	written := 0
	for piece := range slices.Chunk(p, meterPiece) {
		if err := await(m.ctx, m.limit, len(piece)); err != nil {
			return written, err
		}
		n, err := m.w.Write(piece)
		written += n
		m.s.written.Add(int64(n))
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// answers reads what a stream's script says, line by line.
type answers struct {
	ctx   context.Context
	s     *stream
	mark  string
	lines lines
	sums  map[string]string // of the part in hand, by name
	byNum map[int]string    // or by the file's number
	space space
	fail  string
}

// Write takes the script's output.
func (a *answers) Write(p []byte) (int, error) {
	err := a.lines.take(p, a.take)
	return len(p), err
}

func (a *answers) take(line string) error {
	text, ok := strings.CutPrefix(line, a.mark+" ")
	if !ok {
		a.takeSum(line)
		return nil
	}
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "done":
		return a.answer(rest, "")
	case "whole":
		number, digest, _ := strings.Cut(rest, " ")
		return a.answer(number, digest)
	case "sum":
		a.takeNumber(rest)
	case "fail":
		a.fail = shell.Clean(rest, 4096)
	default:
		a.space.take(word, rest)
	}
	return nil
}

// answer looks at what was said of a part, once all was said.
func (a *answers) answer(text, digest string) error {
	number, _ := strconv.Atoi(text)
	sums, byNum := a.sums, a.byNum
	a.sums, a.byNum = map[string]string{}, map[int]string{}
	p, last := a.s.q.answered(number)
	if p == nil {
		return nil
	}
	a.s.t.tell.heard()
	if !last {
		return nil
	}
	for n, digest := range byNum {
		if n < len(p.files) {
			sums[p.files[n].Path] = digest
		}
	}
	var err error
	switch {
	case p.whole:
		err = a.s.t.checkWhole(a.ctx, a.s.q, p.big, digest)
	case p.big == nil:
		err = a.s.t.check(a.ctx, a.s.q, p, sums)
	}
	if err != nil {
		return err
	}
	a.s.q.settle(p)
	a.s.open.Add(-1)
	return nil
}

func (a *answers) takeSum(line string) {
	l := a.s.t.list
	digest, name, ok := parseDigest(line)
	if key, said, odd := parseOne(line); odd {
		digest, name, ok = said, l.odd[key], l.odd[key] != ""
	} else if ok && l.isOdd(name) {
		return // odd names are digested one by one
	}
	if !ok {
		return
	}
	a.sums[name] = digest
}

// takeNumber reads "N DIGEST": what was read back of the Nth file of a part.
func (a *answers) takeNumber(text string) {
	number, digest, _ := strings.Cut(text, " ")
	if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < maxArchiveFiles && isDigest(digest) {
		a.byNum[n] = digest
	}
}

func (a *answers) problem(h shell.Host, folder string, r shell.Result) error {
	if a.fail == "" && a.s.open.Load() == 0 {
		return nil
	}
	return scriptProblem(h, folder, a.fail, a.space, r)
}

var zeroBytes = bytes.Repeat([]byte{0}, blockSize)

// zeros is an endless reader of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, zeroBytes), nil }
