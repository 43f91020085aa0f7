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
	s.text = s.text[:0]
	for {
		for s.pos < s.end && isNumber(s.buf[s.pos]) {
			s.text = append(s.text, s.buf[s.pos])
			s.pos++
		}
		if len(s.text) > maxNumber {
			return nil, s.Fail(ErrTooLong)
		}
		if s.pos < s.end {
			break
		}
		if err := s.fill(); errors.Is(err, io.ErrUnexpectedEOF) {
			break // a number may be all there is
		} else if err != nil {
			return nil, s.Fail(err)
		}
	}
	if !wellFormed(s.text) {
		return nil, s.Fail(fmt.Errorf("%w: %q", ErrSyntax, s.text))
	}
	return s.text, nil
}

// isNumber takes what may stand in a number, or in NaN and Infinity.
func isNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '.' || c == '-' || c == '+' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

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
