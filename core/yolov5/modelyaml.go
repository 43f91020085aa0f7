package yolov5

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

const (
	maxYAML       = 1 << 20
	maxClassCount = 100_000
)

// ClassCount returns the number of classes that a model YAML (such as
// models/yolov5n.yaml) declares as nc at its top level, and the line, from 1,
// that it stands on.
func ClassCount(modelYAML []byte) (n, line int, err error) {
	value, err := findClassCount(modelYAML)
	if err != nil {
		return 0, 0, err
	}
	return value.n, value.line, nil
}

// SetClassCount returns modelYAML with the value of nc replaced and every
// other byte as it was: comments, order, spacing, line ends, byte order mark,
// anchors, quotes. The result is parsed again before it is returned.
func SetClassCount(modelYAML []byte, nc int) ([]byte, error) {
	if nc < 1 || nc > maxClassCount {
		return nil, problem.New(ClassCountBad, nil, "got", strconv.Itoa(nc), "max", strconv.Itoa(maxClassCount))
	}
	value, err := findClassCount(modelYAML)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(modelYAML)+8)
	out = append(out, modelYAML[:value.start]...)
	out = strconv.AppendInt(out, int64(nc), 10)
	out = append(out, modelYAML[value.end:]...)
	if again, err := findClassCount(out); err != nil || again.n != nc || again.line != value.line {
		return nil, unclear(value.line, modelYAML[value.start:value.end], err)
	}
	return out, nil
}

// classCount is where the digits of nc stand: bytes start to end of the file.
type classCount struct {
	n, line    int
	start, end int
}

var byteOrderMark = []byte("\xef\xbb\xbf")

var digits = regexp.MustCompile(`^[0-9]+`)

func findClassCount(file []byte) (classCount, error) {
	var none classCount
	if len(file) > maxYAML {
		return none, problem.New(FileTooLarge, nil, "what", "model-yaml", "max", strconv.Itoa(maxYAML))
	}
	base := 0
	if bytes.HasPrefix(file, byteOrderMark) {
		base = len(byteOrderMark)
	}
	text := plainASCII(file[base:])
	root, err := parseYAML(text, ModelYAMLBroken, ModelYAMLNoMap)
	if err != nil {
		return none, err
	}
	var key, value *yaml.Node
	for i := 0; i+1 < len(root.Content); i += 2 {
		if k := root.Content[i]; k.Kind == yaml.ScalarNode && k.Value == "nc" {
			if key != nil {
				return none, problem.New(ModelNCTwice, nil, "first", strconv.Itoa(key.Line)).AtLine(k.Line)
			}
			key, value = k, root.Content[i+1]
		}
	}
	if key == nil {
		return none, problem.New(ModelNCMissing, nil)
	}
	if value.Kind != yaml.ScalarNode {
		return none, unclear(key.Line, nil, nil)
	}
	// A tag or an anchor belongs to the value's position; the digits follow it.
	start := skipProperties(text, offsetOf(text, value.Line, value.Column))
	if start < len(text) && (text[start] == '"' || text[start] == '\'') {
		start++
	}
	found := digits.Find(text[min(start, len(text)):])
	n, err := strconv.Atoi(string(found))
	if err != nil || n > maxClassCount || string(found) != value.Value || (len(found) > 1 && found[0] == '0') {
		return none, unclear(value.Line, []byte(value.Value), err)
	}
	start += base
	return classCount{n: n, line: value.Line, start: start, end: start + len(found)}, nil
}

func unclear(line int, got []byte, cause error) error {
	if len(got) > 80 {
		got = got[:80]
	}
	return problem.New(ModelNCUnclear, cause, "got", string(got)).AtLine(line)
}

// plainASCII returns a copy of the same length in which every byte outside
// ASCII is a letter. YOLOv5 reads model files as ASCII and drops the other bytes (v7.0
// models/yolo.py), so a comment in any encoding is harmless; and with one byte
// a character the parser's columns are byte offsets.
func plainASCII(file []byte) []byte {
	text := bytes.Clone(file)
	for i, c := range text {
		if c >= 0x80 {
			text[i] = 'x'
		}
	}
	return text
}

// parseYAML returns the mapping at the root of the only document in text.
func parseYAML(text []byte, broken, noMap problem.Code) (root *yaml.Node, err error) {
	// The parser panics on some hostile input; that is a broken file as well.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, problem.New(broken, nil, "line", "1")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, problem.New(noMap, nil).AtLine(1)
		}
		return nil, problem.New(broken, err).AtLine(yamlErrorLine(err))
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, problem.New(broken, nil).AtLine(second.Line)
	case !errors.Is(err, io.EOF):
		return nil, problem.New(broken, err).AtLine(yamlErrorLine(err))
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, problem.New(noMap, nil).AtLine(max(1, doc.Line))
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// yamlErrorLine takes the line out of the parser's message, which has no other
// way to tell it. Errors of grammar, unlike those of spelling, are counted from
// 0 there (yaml.v3 decode.go, fail).
func yamlErrorLine(err error) int {
	message := err.Error()
	m := yamlLine.FindStringSubmatch(message)
	if m == nil {
		return 1
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 1
	}
	if strings.Contains(message, "did not find expected") {
		n++
	}
	return n
}

// offsetOf returns the byte offset of a line and column, both from 1. Lines
// end with LF, CR or CR LF, as the YAML parser counts them.
func offsetOf(text []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		end := bytes.IndexAny(text[at:], "\r\n")
		if end < 0 {
			return len(text)
		}
		at += end + 1
		if text[at-1] == '\r' && at < len(text) && text[at] == '\n' {
			at++
		}
	}
	return min(at+column-1, len(text))
}

// skipProperties returns the offset after any tags and anchors at offset at.
func skipProperties(text []byte, at int) int {
	for at < len(text) && (text[at] == '&' || text[at] == '!') {
		rest := text[at:]
		end := bytes.IndexAny(rest, " \t\r\n")
		if end < 0 {
			return len(text)
		}
		at += end
		at += len(text[at:]) - len(strings.TrimLeft(string(text[at:]), " \t\r\n"))
	}
	return at
}
