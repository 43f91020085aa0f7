// Package jsonscan reads JSON as a stream of values that the caller asks for
// one after the other, and passes over the rest without keeping it: a file of
// gigabytes, or a picture in base64 within a string, takes no more memory than
// a buffer.
//
// It takes what RFC 8259 allows and, as Python writes them, NaN, Infinity and
// -Infinity. It knows nothing of what the values mean, and leaves the encoding
// to its reader: bytes above 0x7F pass as they are.
package jsonscan

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Errors of a Scanner, wrapped in an Error with the line.
var (
	ErrSyntax  = errors.New("not well-formed JSON")
	ErrKind    = errors.New("a value of another kind than expected")
	ErrTooLong = errors.New("longer than any real value")
	ErrTooDeep = errors.New("nested too deep")
)

// An Error says on which line reading ended; lines count from 1.
type Error struct {
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

const (
	maxDepth  = 200
	maxNumber = 400 // digits and all
	maxKey    = 1 << 16
)

// A Scanner reads one JSON text. After an error nothing more can be read.
type Scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	ended    error // of the reader
	line     int
	depth    int
	text     []byte // of the string or number in hand
}

// New returns a scanner with a buffer of its own.
func New(r io.Reader) *Scanner {
	s := &Scanner{buf: make([]byte, 64<<10)}
	s.Reset(r)
	return s
}

// Reset makes s read another text.
func (s *Scanner) Reset(r io.Reader) {
	s.r, s.pos, s.end, s.ended, s.line, s.depth = r, 0, 0, nil, 1, 0
}

// Line returns the line that has been reached.
func (s *Scanner) Line() int { return s.line }

// Fail returns err with the line that has been reached.
func (s *Scanner) Fail(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Line: s.line, Err: err}
}

// End returns nil if nothing but blanks is left.
func (s *Scanner) End() error {
	c, err := s.peek()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	case err != nil:
		return s.Fail(err)
	}
	return s.Fail(fmt.Errorf("%w: %q after the end", ErrSyntax, c))
}

// Kind returns what the next value is: '{', '[', '"', '0' for a number, 't'
// for true or false, 'n' for null; 0 if it is none of them.
func (s *Scanner) Kind() byte {
	c, err := s.peek()
	switch {
	case err != nil:
		return 0
	case c == '-', '0' <= c && c <= '9', c == 'N', c == 'I':
		return '0'
	case c == 'f':
		return 't'
	case c == '{', c == '[', c == '"', c == 't', c == 'n':
		return c
	}
	return 0
}

// Object reads an object. For each of its names it calls value, which must
// read the value; key is good until then.
func (s *Scanner) Object(value func(key []byte) error) error {
	if err := s.open('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.another('}', first)
		if !more || err != nil {
			return err
		}
		key, err := s.Text(maxKey)
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := value(key); err != nil {
			return s.Fail(err)
		}
	}
}

// Array reads an array. For each element it calls value, which must read it.
func (s *Scanner) Array(value func(index int) error) error {
	if err := s.open('['); err != nil {
		return err
	}
	for i := 0; ; i++ {
		more, err := s.another(']', i == 0)
		if !more || err != nil {
			return err
		}
		if err := value(i); err != nil {
			return s.Fail(err)
		}
	}
}

// Text reads a string of at most limit bytes; it is good until the next call.
func (s *Scanner) Text(limit int) ([]byte, error) {
	if err := s.start('"'); err != nil {
		return nil, err
	}
	s.text = s.text[:0]
	return s.text, s.string(limit)
}

// Scalar reads a string or a number as it is written, for identities that some
// programs write as the one and some as the other.
func (s *Scanner) Scalar(limit int) ([]byte, error) {
	if s.Kind() == '"' {
		return s.Text(limit)
	}
	return s.number()
}

// Float reads a number, which may be NaN or infinite. A string that holds a
// number will do, and null is NaN.
func (s *Scanner) Float() (float64, error) {
	var text []byte
	var err error
	switch s.Kind() {
	case 'n':
		return math.NaN(), s.word("null")
	case '"':
		text, err = s.Text(maxNumber)
	default:
		text, err = s.number()
	}
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, s.Fail(fmt.Errorf("%w: %q is no number", ErrKind, text))
	}
	return v, nil
}

// Truth reads true or false; numbers other than 0 are true, null is false.
func (s *Scanner) Truth() (bool, error) {
	c, err := s.peek()
	if err != nil {
		return false, s.Fail(err)
	}
	switch c {
	case 't':
		return true, s.word("true")
	case 'f':
		return false, s.word("false")
	case 'n':
		return false, s.word("null")
	case '"':
		text, err := s.Text(maxNumber)
		return string(text) == "1" || string(text) == "true" || string(text) == "True", err
	}
	v, err := s.Float()
	return v != 0, err
}

// Skip passes over a value of any kind.
func (s *Scanner) Skip() error {
	c, err := s.peek()
	if err != nil {
		return s.Fail(err)
	}
	switch c {
	case '{':
		return s.Object(func([]byte) error { return s.Skip() })
	case '[':
		return s.Array(func(int) error { return s.Skip() })
	case '"':
		s.pos++
		return s.string(-1)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	_, err = s.number()
	return err
}

// open begins an object or array.
func (s *Scanner) open(c byte) error {
	if err := s.start(c); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return s.Fail(ErrTooDeep)
	}
	return nil
}

// another reports whether there is one more value before the end of an object
// or array.
func (s *Scanner) another(end byte, first bool) (bool, error) {
	c, err := s.peek()
	switch {
	case err != nil:
		return false, s.Fail(err)
	case c == end:
		s.pos++
		s.depth--
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, s.Fail(fmt.Errorf("%w: %q", ErrSyntax, c))
	}
	s.pos++
	// A comma before the end is met as a value that is none.
	if c, err = s.peek(); err == nil && c == end {
		err = fmt.Errorf("%w: %q", ErrSyntax, c)
	}
	if err != nil {
		return false, s.Fail(err)
	}
	return true, nil
}

// start begins a value of a kind.
func (s *Scanner) start(c byte) error {
	got, err := s.peek()
	if err != nil {
		return s.Fail(err)
	}
	if got != c {
		if s.Kind() != 0 {
			return s.Fail(fmt.Errorf("%w: %q in place of %q", ErrKind, got, c))
		}
		return s.Fail(fmt.Errorf("%w: %q", ErrSyntax, got))
	}
	s.pos++
	return nil
}

func (s *Scanner) expect(c byte) error {
	got, err := s.peek()
	if err == nil && got != c {
		err = fmt.Errorf("%w: %q", ErrSyntax, got)
	}
	if err != nil {
		return s.Fail(err)
	}
	s.pos++
	return nil
}

// peek returns the next byte that is not blank, without taking it.
func (s *Scanner) peek() (byte, error) {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case '\n':
				s.line++
				s.pos++
			case ' ', '\t', '\r':
				s.pos++
			default:
				return c, nil
			}
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads on once the buffer is used up.
func (s *Scanner) fill() error {
	for range 100 {
		if s.ended != nil {
			if errors.Is(s.ended, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return s.ended
		}
		n, err := s.r.Read(s.buf)
		s.pos, s.end, s.ended = 0, n, err
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// next takes the next byte of a token.
func (s *Scanner) next() (byte, error) {
	if s.pos == s.end {
		if err := s.fill(); err != nil {
			return 0, s.Fail(err)
		}
	}
	c := s.buf[s.pos]
	s.pos++
	return c, nil
}

// plain are the bytes that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 256; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// string reads to the end of a string, into s.text unless limit is negative.
// Half of a surrogate pair becomes U+FFFD, as encoding/json has it.
func (s *Scanner) string(limit int) error {
	var high rune // the first half of a pair, until the second is seen
	keep := func(r rune) {
		if limit >= 0 {
			s.text = utf8.AppendRune(s.text, r)
		}
	}
	for {
		from := s.pos
		for s.pos < s.end && plain[s.buf[s.pos]] {
			s.pos++
		}
		if high != 0 && s.pos > from {
			keep(utf8.RuneError)
			high = 0
		}
		if limit >= 0 {
			if len(s.text)+s.pos-from > limit {
				return s.Fail(ErrTooLong)
			}
			s.text = append(s.text, s.buf[from:s.pos]...)
		}
		c, err := s.next()
		if err != nil {
			return err
		}
		if plain[c] { // the first byte of a new buffer
			s.pos--
			continue
		}
		var r rune
		if c == '\\' {
			if r, err = s.escape(); err != nil {
				return err
			}
			if pair := utf16.DecodeRune(high, r); pair != utf8.RuneError {
				keep(pair)
				high = 0
				continue
			}
		}
		if high != 0 {
			keep(utf8.RuneError)
			high = 0
		}
		switch {
		case c == '"':
			return nil
		case c != '\\':
			return s.Fail(fmt.Errorf("%w: control character in a string", ErrSyntax))
		case 0xD800 <= r && r < 0xDC00:
			high = r
		default:
			keep(r)
		}
	}
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash; it may be half of a pair.
func (s *Scanner) escape() (rune, error) {
	c, err := s.next()
	if err != nil {
		return 0, err
	}
	if c != 'u' {
		r, ok := escapes[c]
		if !ok {
			return 0, s.Fail(fmt.Errorf("%w: \\%c", ErrSyntax, c))
		}
		return r, nil
	}
	var r rune
	for range 4 {
		c, err := s.next()
		if err != nil {
			return 0, err
		}
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, s.Fail(fmt.Errorf("%w: \\u", ErrSyntax))
		}
		r = 16*r + rune(c)
	}
	return r, nil
}
