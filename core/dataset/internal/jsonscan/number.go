package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// word reads a name of JSON's own.
func (s *Scanner) word(want string) error {
	for i := range len(want) {
		c, err := s.next()
		if err != nil {
			return err
		}
		if c != want[i] {
			return s.Fail(fmt.Errorf("%w: not %s", ErrSyntax, want))
		}
	}
	return nil
}

// number reads a number as it is written.
func (s *Scanner) number() ([]byte, error) {
	c, err := s.peek()
	if err != nil {
		return nil, s.Fail(err)
	}
	if s.Kind() != '0' {
		if s.Kind() != 0 {
			return nil, s.Fail(fmt.Errorf("%w: %q in place of a number", ErrKind, c))
		}
		return nil, s.Fail(fmt.Errorf("%w: %q", ErrSyntax, c))
	}
	from := s.pos
	for s.pos < s.end && inNumber[s.buf[s.pos]] {
		s.pos++
	}
	text := s.buf[from:s.pos]
	if s.pos == s.end {
		if text, err = s.longNumber(text); err != nil {
			return nil, err
		}
	}
	if len(text) > maxNumber {
		return nil, s.Fail(ErrTooLong)
	}
	if !wellFormed(text) {
		return nil, s.Fail(fmt.Errorf("%w: %q", ErrSyntax, text))
	}
	return text, nil
}

// longNumber reads the rest of a number that reaches to the end of the buffer.
func (s *Scanner) longNumber(start []byte) ([]byte, error) {
	s.text = append(s.text[:0], start...)
	for s.pos == s.end && len(s.text) <= maxNumber {
		if err := s.fill(); errors.Is(err, io.ErrUnexpectedEOF) {
			break // a number may be all there is
		} else if err != nil {
			return nil, s.Fail(err)
		}
		from := s.pos
		for s.pos < s.end && inNumber[s.buf[s.pos]] {
			s.pos++
		}
		s.text = append(s.text, s.buf[from:s.pos]...)
	}
	return s.text, nil
}

// inNumber are the bytes that may stand in a number, or in NaN and Infinity.
var inNumber = func() (t [256]bool) {
	for c := range 256 {
		t[c] = '0' <= c && c <= '9' || c == '.' || c == '-' || c == '+' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	return t
}()

func wellFormed(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity":
		return true
	}
	text = bytes.TrimPrefix(text, []byte("-"))
	leading := len(text) > 1 && text[0] == '0'
	whole, text := digits(text)
	if whole == 0 || leading && whole > 1 {
		return false
	}
	if len(text) > 0 && text[0] == '.' {
		n := 0
		if n, text = digits(text[1:]); n == 0 {
			return false
		}
	}
	if len(text) > 0 && (text[0] == 'e' || text[0] == 'E') {
		text = text[1:]
		if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		n := 0
		if n, text = digits(text); n == 0 {
			return false
		}
	}
	return len(text) == 0
}

// digits counts the digits at the start.
func digits(text []byte) (n int, rest []byte) {
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n, text[n:]
}
