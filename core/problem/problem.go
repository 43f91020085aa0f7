// Package problem gives errors that a person will read a code and named
// details, so that a face of the program can say in the user's language what
// happened, to which file or line, and what to do next.
//
// The sentences themselves live in tui/text; nothing here is prose.
package problem

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Code names one kind of problem. Each package declares the codes that it
// returns as constants; tui/text holds a sentence for every one of them.
type Code string

// A Problem is an error with a code and the details that its sentence needs.
type Problem struct {
	Code Code
	// Args are the details by name: path, line, key, allowed, host, want, got.
	// Values may come from elsewhere (file names, remote output): a face cleans
	// them before it shows them.
	Args map[string]string
	// Err is the cause, for the log file; it may be nil.
	Err error
}

// New returns a problem with a cause (which may be nil) and details given as
// name, value, name, value.
func New(code Code, cause error, details ...string) *Problem {
	p := &Problem{Code: code, Err: cause}
	for i := 0; i+1 < len(details); i += 2 {
		p.set(details[i], details[i+1])
	}
	return p
}

// AtLine returns p with the detail "line" set; lines count from 1.
func (p *Problem) AtLine(line int) *Problem {
	p.set("line", strconv.Itoa(line))
	return p
}

func (p *Problem) set(name, value string) {
	if p.Args == nil {
		p.Args = map[string]string{}
	}
	p.Args[name] = value
}

// Error is for logs and programs: the code, the details in order of their
// names, and the cause.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(string(p.Code))
	for _, name := range slices.Sorted(maps.Keys(p.Args)) {
		b.WriteString(" " + name + "=" + strconv.Quote(p.Args[name]))
	}
	if p.Err != nil {
		b.WriteString(": " + p.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Is makes errors.Is(err, &Problem{Code: c}) compare codes alone.
func (p *Problem) Is(target error) bool {
	t, ok := target.(*Problem)
	return ok && t.Code == p.Code && t.Args == nil && t.Err == nil
}

// Has reports whether err is, or wraps, a problem with one of the codes.
func Has(err error, codes ...Code) bool {
	return slices.ContainsFunc(codes, func(code Code) bool { return errors.Is(err, &Problem{Code: code}) })
}

// As returns the outermost problem in err's chain.
func As(err error) (*Problem, bool) {
	var p *Problem
	ok := errors.As(err, &p)
	return p, ok
}
