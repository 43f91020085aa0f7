package guard

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/remote/shell"
)

// A failure is what the script said instead of an answer.
type failure string

func (f failure) Error() string { return "the guard's script failed: " + string(f) }

var errNoAnswer = errors.New("the guard's script gave no answer that makes sense")

// parse reads the marked lines of the script's answer.
func parse(out []byte, mark string) (instance.GuardState, error) {
	var s instance.GuardState
	for {
		text, rest, ok := next(out, mark)
		if !ok {
			break
		}
		out = rest
		kind, text, _ := strings.Cut(text, " ")
		switch {
		case kind == "fail":
			return instance.GuardState{}, failure(shell.Clean(text, 4096))
		case kind == "guard":
			v := fields(text)
			s.Phase, s.Held = instance.GuardPhase(v["phase"]), v.span("held")
		case strings.HasPrefix(kind, "rule="):
			r, ok := parseRule(fields(kind + " " + text))
			if !ok {
				return instance.GuardState{}, errNoAnswer
			}
			s.Rules = append(s.Rules, r)
		case kind == "acted":
			s.Acted = parseAction(fields(text))
		case kind == "out" && s.Acted != nil:
			s.Acted.Output = shell.Clean(string(rest), maxOutput)
			out = nil
		}
	}
	switch s.Phase {
	case instance.GuardAbsent, instance.GuardSilent:
		s.Rules = nil
		return s, nil
	case instance.GuardArmed, instance.GuardActing:
		return s, nil
	}
	return instance.GuardState{}, errNoAnswer
}

// next returns the next marked line, without its mark, and what follows it.
func next(out []byte, mark string) (text string, rest []byte, ok bool) {
	for {
		line, rest, ok := bytes.Cut(out, []byte("\n"))
		if !ok {
			return "", nil, false
		}
		if text, ok := strings.CutPrefix(string(line), mark+" "); ok {
			return text, rest, true
		}
		out = rest
	}
}

type values map[string]string

func fields(text string) values {
	v := values{}
	for field := range strings.FieldsSeq(text) {
		if name, value, ok := strings.Cut(field, "="); ok {
			v[name] = value
		}
	}
	return v
}

func (v values) number(name string) int64 {
	n, err := strconv.ParseInt(v[name], 10, 64)
	if err != nil || n < 0 || n > 1<<40 {
		return 0
	}
	return n
}

// span is a value in tenths of a second.
func (v values) span(name string) time.Duration {
	return min(time.Duration(v.number(name))*100*time.Millisecond, longest)
}

func parseRule(v values) (instance.RuleState, bool) {
	r := instance.RuleState{
		Rule: instance.GuardRule(v["rule"]), Act: instance.GuardAct(v["act"]),
		Left: v.span("left"), Counting: v["counting"] == "1", Blind: v["blind"] == "1",
	}
	return r, isRule(r.Rule) && isAct(r.Act)
}

func isRule(r instance.GuardRule) bool {
	switch r {
	case instance.RuleBudget, instance.RuleEnd, instance.RuleIdle, instance.RuleAfter:
		return true
	}
	return false
}

func isAct(a instance.GuardAct) bool {
	switch a {
	case instance.ActStop, instance.ActEnd, instance.ActTell:
		return true
	}
	return false
}

func parseAction(v values) *instance.GuardAction {
	a := instance.GuardAction{
		Rule: instance.GuardRule(v["rule"]), Act: instance.GuardAct(v["act"]),
		Tries: int(v.number("tries")), Ended: v["ended"] == "1", Exit: int(v.number("exit") & 0xff),
	}
	if !isRule(a.Rule) || !isAct(a.Act) {
		return nil
	}
	if n := v.number("at"); n > 0 {
		a.At = time.Unix(n, 0)
	}
	return &a
}

// parseSwitched reads how far the command to stop came, as far as that was told.
func parseSwitched(out []byte, mark string) instance.Switched {
	var s instance.Switched
	for {
		text, rest, ok := next(out, mark)
		if !ok {
			return s
		}
		out = rest
		kind, text, _ := strings.Cut(text, " ")
		switch kind {
		case "off":
			v := fields(text)
			s.Began = true
			if v["ended"] == "1" {
				s.Ended, s.Exit = true, int(v.number("exit")&0xff)
			}
		case "out":
			s.Output = shell.Clean(string(rest), maxOutput)
			return s
		}
	}
}
