package lesson

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

// A parser keeps the first problem; what follows it is read for nothing.
type parser struct {
	path string
	err  error
}

func (p *parser) fail(code problem.Code, n *yaml.Node, details ...string) {
	if p.err == nil {
		p.err = problem.New(code, nil, append([]string{"path", p.path, "line", strconv.Itoa(max(1, n.Line))}, details...)...)
	}
}

func (p *parser) wrong(n *yaml.Node, key, allowed string) {
	got := n.Value
	switch n.Kind {
	case yaml.MappingNode:
		got = "{...}"
	case yaml.SequenceNode:
		got = "[...]"
	case yaml.AliasNode:
		got = "*" + n.Value
	}
	p.fail(WrongValue, n, "key", key, "got", got, "allowed", allowed)
}

// A field is one key of a mapping.
type field struct {
	key  string
	must bool
	read func(n *yaml.Node, key string)
}

// mapping reads the keys of a mapping, each at most once and only those that
// are known.
func (p *parser) mapping(n *yaml.Node, name string, fields ...field) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, name, "{"+keysOf(fields)+"}")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == key.Value })
		switch {
		case at < 0:
			p.fail(UnknownKey, key, "key", key.Value, "allowed", keysOf(fields))
			return
		case seen[key.Value]:
			p.fail(Twice, key, "key", key.Value)
			return
		}
		seen[key.Value] = true
		fields[at].read(value, key.Value)
	}
	for _, f := range fields {
		if f.must && !seen[f.key] {
			p.fail(Missing, n, "key", f.key)
		}
	}
}

func keysOf(fields []field) string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	return strings.Join(keys, ", ")
}

func (p *parser) text(to *Text) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		p.mapping(n, key, field{"zh", true, p.line(&to.ZH)}, field{"en", true, p.line(&to.EN)})
	}
}

// line reads a text that may have several lines.
func (p *parser) line(to *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		text := strings.TrimSpace(n.Value)
		if n.Kind != yaml.ScalarNode || text == "" || len(text) > maxText {
			p.wrong(n, key, "1 .. "+strconv.Itoa(maxText)+" bytes of text")
			return
		}
		*to = text
	}
}

func (p *parser) truth(to *bool) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		switch strings.ToLower(n.Value) {
		case "yes", "true":
			*to = true
		case "no", "false":
			*to = false
		default:
			p.wrong(n, key, "yes, no")
		}
	}
}

func (p *parser) whole(to *int, low, high int) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
			p.wrong(n, key, strconv.Itoa(low)+" .. "+strconv.Itoa(high))
			return
		}
		*to = v
	}
}

func (p *parser) decimal(to *float64) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		v, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			p.wrong(n, key, "a number")
			return
		}
		*to = v
	}
}

// oneOf reads a word out of a list.
func (p *parser) oneOf(to *string, allowed ...string) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		if n.Kind != yaml.ScalarNode || !slices.Contains(allowed, n.Value) {
			p.wrong(n, key, strings.Join(allowed, ", "))
			return
		}
		*to = n.Value
	}
}

// each reads the items of a list.
func (p *parser) each(read func(n *yaml.Node, key string), most int) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > most {
			p.wrong(n, key, "1 .. "+strconv.Itoa(most)+" items [...]")
			return
		}
		for _, item := range n.Content {
			read(item, key)
		}
	}
}

var plainID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (p *parser) id(to *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		if n.Kind != yaml.ScalarNode || !plainID.MatchString(n.Value) {
			p.wrong(n, key, "a-z, 0-9, -")
			return
		}
		*to = n.Value
	}
}
