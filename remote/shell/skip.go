package shell

import (
	"bytes"
	"errors"
)

// maxGreeting is how much a login shell may print before the script begins.
const maxGreeting = 1 << 20

// ErrNoMark is returned by a Skipper that saw more output than any greeting has.
var ErrNoMark = errors.New("the script's first line did not come")

// A Skipper finds where the script's output begins: give it the output piece by
// piece, and take what Rest returns.
type Skipper struct {
	mark    []byte
	kept    []byte
	skipped int
	begun   bool
}

// NewSkipper returns a Skipper for the mark that Program returned.
func NewSkipper(mark string) *Skipper {
	return &Skipper{mark: []byte(mark + "\n")}
}

// Begun reports whether the script's output has begun.
func (s *Skipper) Begun() bool { return s.begun }

// Rest returns what of p belongs to the script. The result may share p.
func (s *Skipper) Rest(p []byte) ([]byte, error) {
	if s.begun {
		return p, nil
	}
	s.kept = append(s.kept, p...)
	if i := bytes.Index(s.kept, s.mark); i >= 0 {
		rest := s.kept[i+len(s.mark):]
		s.begun, s.kept = true, nil
		return rest, nil
	}
	if over := len(s.kept) - len(s.mark); over > 0 {
		s.skipped += over
		s.kept = append(s.kept[:0], s.kept[over:]...)
	}
	if s.skipped > maxGreeting {
		return nil, ErrNoMark
	}
	return nil, nil
}
