package planfile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

var yamlLine = regexp.MustCompile(`line (\d+)`)

// parseYAML returns the top mapping of a plan, or nil for an empty document.
func parseYAML(data []byte, path string) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line := "1"
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line = m[1]
		}
		return nil, problem.New(Syntax, err, "path", path, "line", line,
			"detail", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, problem.New(Syntax, nil, "path", path, "line", strconv.Itoa(root.Line),
			"detail", "not a list of keys")
	}
	return root, nil
}

// readMapping reads the keys below prefix into plan. YAML's references could
// make a small file unfold without end: the plan has no use for them, so they
// are refused with everything else that is not a plain value.
func readMapping(plan *Plan, m *yaml.Node, prefix, path string, given map[string]bool, depth int) error {
	for i := 0; i+1 < len(m.Content); i += 2 {
		k, v := m.Content[i], m.Content[i+1]
		key := prefix + k.Value
		line := strconv.Itoa(k.Line)
		if given[key] {
			return problem.New(KeyTwice, nil, "path", path, "line", line, "key", key)
		}
		given[key] = true
		if key == "version" {
			if v.Value != strconv.Itoa(Version) {
				return problem.New(OtherVersion, nil, "path", path, "line", line,
					"got", v.Value, "want", strconv.Itoa(Version))
			}
			continue
		}
		if f := fieldOf(key); f != nil {
			if err := readScalar(plan, f, v); err != nil {
				got := shown(v)
				if secretive(key) {
					got = ""
				}
				return problem.New(WrongValue, err, "path", path, "line", strconv.Itoa(v.Line),
					"key", key, "got", got, "allowed", f.allows())
			}
			continue
		}
		if v.Kind == yaml.MappingNode && depth == 0 && isGroup(key) {
			if err := readMapping(plan, v, key+".", path, given, depth+1); err != nil {
				return err
			}
			continue
		}
		if isGroup(key) {
			return problem.New(WrongValue, nil, "path", path, "line", strconv.Itoa(v.Line),
				"key", key, "got", shown(v), "allowed", "{"+strings.Join(keysBelow(key), ", ")+"}")
		}
		allowed := keysBelow(strings.TrimSuffix(prefix, "."))
		return problem.New(UnknownKey, nil, "path", path, "line", line, "key", key,
			"allowed", strings.Join(allowed, ", "))
	}
	return nil
}

func readScalar(plan *Plan, f *field, v *yaml.Node) error {
	switch {
	case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
		return f.set(plan, "")
	case v.Kind == yaml.ScalarNode && !f.list:
		return f.set(plan, v.Value)
	case v.Kind == yaml.SequenceNode && f.list:
		var items []string
		for _, item := range v.Content {
			if item.Kind != yaml.ScalarNode {
				return fmt.Errorf("not a plain value in a list")
			}
			items = append(items, item.Value)
		}
		return f.setList(plan, items)
	case v.Kind == yaml.ScalarNode && f.list:
		return f.setList(plan, []string{v.Value})
	}
	return fmt.Errorf("not a plain value")
}

func shown(v *yaml.Node) string {
	switch v.Kind {
	case yaml.ScalarNode:
		return v.Value
	case yaml.MappingNode:
		return "{...}"
	case yaml.SequenceNode:
		return "[...]"
	}
	return "*" + v.Value
}

// nodeAt returns the value node of a key such as "train.epochs", or nil.
func nodeAt(root *yaml.Node, key string) *yaml.Node {
	node := root
	for _, name := range strings.Split(key, ".") {
		if node.Kind != yaml.MappingNode {
			return nil
		}
		var next *yaml.Node
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				next = node.Content[i+1]
			}
		}
		if next == nil {
			return nil
		}
		node = next
	}
	return node
}

// setNode sets the value of a key, adding the key at the end of its mapping.
func setNode(root *yaml.Node, key, value string, list bool) {
	names := strings.Split(key, ".")
	node := root
	for i, name := range names {
		last := i == len(names)-1
		child := nodeAt(node, name)
		if child == nil {
			child = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}
			if last {
				child = &yaml.Node{Kind: yaml.ScalarNode}
			}
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, child)
		}
		node = child
	}
	if list {
		node.Kind, node.Tag, node.Value = yaml.SequenceNode, "!!seq", ""
		node.Style = yaml.FlowStyle
		node.Content = nil
		for _, item := range SplitList(value) {
			node.Content = append(node.Content, textNode(item))
		}
		return
	}
	text := textNode(value)
	if isNumberField(key) {
		text.SetString(value)
		text.Tag = ""
	}
	node.Kind, node.Tag, node.Value, node.Style, node.Content = text.Kind, text.Tag, text.Value, text.Style, nil
}

// textNode is a string that stays one: yaml.v3 quotes what would be read as a
// number, a date or a truth value.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if s == "" {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
