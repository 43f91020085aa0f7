package dataset

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"gpuwizard/core/dataset/internal/jsonscan"
)

// maxStream is the size beyond which a file that is read as a stream is
// refused: the annotations of the whole COCO set have some 450 MB.
const maxStream = 2 << 30

// A streamer reads one text file of any size after the other, with buffers of
// its own.
type streamer struct {
	file *bufio.Reader
	json *jsonscan.Scanner
}

func newStreamer() *streamer {
	return &streamer{file: bufio.NewReaderSize(nil, 64<<10), json: jsonscan.New(nil)}
}

// A streamed is what remains of a file besides its content.
type streamed struct {
	size     int64
	sum      [sha256.Size]byte // of all its bytes, also when they make no sense
	encoding string
	mark     int64 // bytes of a byte order mark
	broken   *syntaxError
}

var errNotUTF8 = errors.New("not UTF-8")

// read has parse read a file as UTF-8 without a byte order mark. The rule is
// that of decode: what is not valid UTF-8 is taken for GB18030, and parse is
// called once more from the start. The error is set only when the file cannot
// be read at all.
func (s *streamer) read(ctx context.Context, path string, parse func(io.Reader) error) (streamed, error) {
	var got streamed
	f, err := os.Open(path)
	if err != nil {
		return got, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return got, err
	}
	if info.Size() > maxStream {
		got.size, got.broken = info.Size(), &syntaxError{reason: BrokenTooLarge, line: 1}
		return got, nil
	}
	return s.readFrom(ctx, f, parse)
}

func (s *streamer) readFrom(ctx context.Context, f io.ReadSeeker, parse func(io.Reader) error) (streamed, error) {
	var got streamed
	digest := sha256.New()
	raw := &rawReader{ctx: ctx, r: io.TeeReader(f, digest), left: maxStream}
	s.file.Reset(raw)
	text, err := s.text(&got)
	if err == nil {
		err = parse(text)
	}
	if _, rest := io.Copy(io.Discard, s.file); rest != nil && raw.err == nil {
		return got, rest
	}
	digest.Sum(got.sum[:0])
	got.size = maxStream - raw.left
	if errors.Is(err, errNotUTF8) && got.encoding == encodingUTF8 && raw.err == nil {
		if _, err := f.Seek(got.mark, io.SeekStart); err != nil {
			return got, err
		}
		got.encoding = encodingGB18030
		raw = &rawReader{ctx: ctx, r: f, left: maxStream}
		text := transform.NewReader(raw, simplifiedchinese.GB18030.NewDecoder())
		err = parse(&checked{r: text, converted: true})
	}
	if raw.err != nil {
		return got, raw.err
	}
	switch {
	case err == nil:
	case errors.Is(err, errNotUTF8):
		got.broken = &syntaxError{reason: BrokenEncoding, line: 1, err: err}
	case !errors.As(err, &got.broken):
		got.broken = &syntaxError{reason: BrokenSyntax, line: 1, err: err}
	}
	return got, nil
}

// text looks at the first bytes and returns the file as UTF-8.
func (s *streamer) text(got *streamed) (io.Reader, error) {
	got.encoding = encodingUTF8
	head, _ := s.file.Peek(len(pointerStart))
	switch {
	case len(head) == 0:
		return nil, &syntaxError{reason: BrokenEmpty, line: 1}
	case string(head) == pointerStart:
		return nil, &syntaxError{reason: BrokenPointer, line: 1}
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		got.encoding = encodingUTF16
		utf16 := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
		return &checked{r: transform.NewReader(s.file, utf16.NewDecoder()), converted: true}, nil
	case bytes.HasPrefix(head, byteOrderMark):
		n, err := s.file.Discard(len(byteOrderMark))
		if err != nil {
			return nil, err
		}
		got.mark = int64(n)
	}
	return &checked{r: s.file}, nil
}

// A rawReader ends with its context, and at a size that no file has: one that
// grows while it is read would never end.
type rawReader struct {
	ctx  context.Context
	r    io.Reader
	left int64
	err  error // other than the end of the file
}

func (r *rawReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return 0, err
	}
	if r.left <= 0 {
		return 0, io.EOF
	}
	n, err := r.r.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// A checked reader passes valid UTF-8 only. In text that was converted, what
// could not be converted stands as U+FFFD.
type checked struct {
	r         io.Reader
	converted bool
	rest      [utf8.UTFMax]byte // the first bytes of a character
	n         int
	err       error
}

func (c *checked) Read(p []byte) (int, error) {
	if len(p) <= len(c.rest) {
		return 0, io.ErrShortBuffer
	}
	if c.err != nil {
		return 0, c.err
	}
	copy(p, c.rest[:c.n])
	n, err := c.r.Read(p[c.n:])
	data := p[:c.n+n]
	whole := len(data)
	for i := 1; i < utf8.UTFMax && i <= len(data); i++ {
		if utf8.RuneStart(data[len(data)-i]) {
			if !utf8.FullRune(data[len(data)-i:]) {
				whole = len(data) - i
			}
			break
		}
	}
	c.n = copy(c.rest[:], data[whole:])
	switch {
	case !utf8.Valid(data[:whole]),
		err != nil && errors.Is(err, io.EOF) && c.n > 0,
		c.converted && bytes.ContainsRune(data[:whole], utf8.RuneError):
		c.err = errNotUTF8
		return 0, c.err
	}
	c.err = err
	return whole, err
}
