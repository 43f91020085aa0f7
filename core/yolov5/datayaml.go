package yolov5

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

// DataYAMLOptions say what a data set YAML is to hold.
type DataYAMLOptions struct {
	Path  string   // the data set's folder on the instance, absolute
	Train string   // folder of the training pictures, relative to Path or absolute
	Val   string   // folder of the validation pictures, likewise
	Names []string // class names in the order of their numbers
}

// DataYAML returns the data set YAML that train.py reads with --data. The same
// options give the same bytes.
//
// It suits every release: train and val are absolute, since v5.0 knows no
// path; names is a list and nc its length, since v5.0 to v6.2 demand that both
// agree (train.py) and v7.0 counts the names (utils/general.py,
// check_dataset). Text is quoted, so that a class called no, 1 or a: b stays
// text; what is not ASCII is escaped, since releases read the file in the
// system's encoding and drop what they cannot decode.
func DataYAML(d DataYAMLOptions) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "path: %s\n", quoteYAML(d.Path))
	fmt.Fprintf(&b, "train: %s\n", quoteYAML(absolute(d.Path, d.Train)))
	fmt.Fprintf(&b, "val: %s\n", quoteYAML(absolute(d.Path, d.Val)))
	fmt.Fprintf(&b, "nc: %d\n", len(d.Names))
	if len(d.Names) == 0 {
		b.WriteString("names: []\n")
		return b.Bytes()
	}
	b.WriteString("names:\n")
	for _, name := range d.Names {
		fmt.Fprintf(&b, "  - %s\n", quoteYAML(name))
	}
	return b.Bytes()
}

func absolute(folder, p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join(folder, p)
}

// quoteYAML returns s as a double-quoted YAML scalar in ASCII. Bytes that are
// no UTF-8 become U+FFFD.
func quoteYAML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02X`, r)
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// A DataSet is what a data set YAML says.
type DataSet struct {
	Path  string
	Train []string // folders or list files, as written
	Val   []string
	Names []string
	NC    int // the nc written in the file, or -1 if there is none
}

// ParseDataYAML reads a data set YAML as YOLOv5 would: names as a list, or, as
// since v7.0, as numbers with names. It fails where a release of YOLOv5 would,
// and when nc and names disagree, which v5.0 to v6.2 do not accept.
func ParseDataYAML(file []byte) (DataSet, error) {
	if len(file) > maxYAML {
		return DataSet{}, problem.New(FileTooLarge, nil, "what", "data-yaml", "max", strconv.Itoa(maxYAML))
	}
	root, err := parseYAML(bytes.TrimPrefix(file, byteOrderMark), DataYAMLBroken, DataYAMLNoMap)
	if err != nil {
		return DataSet{}, err
	}
	data := DataSet{NC: -1}
	countLine := 0
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		ok := true
		switch key.Value {
		case "path":
			data.Path, ok = scalar(value)
		case "train":
			data.Train, ok = scalars(value)
		case "val":
			data.Val, ok = scalars(value)
		case "nc":
			countLine = value.Line
			data.NC, ok = count(value)
		case "names":
			data.Names, ok = classNames(value)
		}
		if !ok {
			return DataSet{}, problem.New(DataYAMLBadValue, nil, "key", key.Value).AtLine(value.Line)
		}
	}
	for _, need := range []struct {
		key    string
		values []string
	}{{"train", data.Train}, {"val", data.Val}, {"names", data.Names}} {
		if len(need.values) == 0 {
			return DataSet{}, problem.New(DataYAMLMissing, nil, "key", need.key)
		}
	}
	if data.NC >= 0 && data.NC != len(data.Names) {
		return DataSet{}, problem.New(DataYAMLCount, nil,
			"nc", strconv.Itoa(data.NC), "names", strconv.Itoa(len(data.Names))).AtLine(countLine)
	}
	return data, nil
}

// scalar returns the text of a single value; an empty one is "".
func scalar(n *yaml.Node) (string, bool) {
	n = followAlias(n)
	if n.Kind != yaml.ScalarNode {
		return "", false
	}
	if n.ShortTag() == "!!null" {
		return "", true
	}
	return n.Value, true
}

// scalars returns a single value or a list of values; an empty one is none.
func scalars(n *yaml.Node) ([]string, bool) {
	n = followAlias(n)
	if n.Kind == yaml.ScalarNode {
		s, ok := scalar(n)
		if s == "" {
			return nil, ok
		}
		return []string{s}, ok
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxClassCount {
		return nil, false
	}
	list := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		s, ok := scalar(item)
		if !ok {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

func count(n *yaml.Node) (int, bool) {
	s, ok := scalar(n)
	if !ok {
		return 0, false
	}
	v, err := strconv.Atoi(s)
	return v, err == nil && v >= 0
}

// classNames returns a list of names, or the values of a mapping whose keys
// are the numbers 0 to n-1 in any order.
func classNames(n *yaml.Node) ([]string, bool) {
	n = followAlias(n)
	if n.Kind == yaml.SequenceNode {
		return scalars(n)
	}
	if n.Kind != yaml.MappingNode || len(n.Content)/2 > maxClassCount {
		return nil, false
	}
	names := make([]string, len(n.Content)/2)
	seen := make([]bool, len(names))
	for i := 0; i+1 < len(n.Content); i += 2 {
		number, ok := count(n.Content[i])
		if !ok || number >= len(names) || seen[number] {
			return nil, false
		}
		seen[number] = true
		if names[number], ok = scalar(n.Content[i+1]); !ok {
			return nil, false
		}
	}
	return names, true
}

func followAlias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
