package dataset

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// A dataYAML is what matters in the file that describes a YOLO set.
type dataYAML struct {
	dir              string // of the file
	names            []string
	train, val, test []string // folders or lists of pictures
	source           sourceFile
}

// parseDataYAML returns nil if the text describes no set.
func parseDataYAML(rel string, text []byte) *dataYAML {
	if len(text) > 1<<20 {
		return nil
	}
	var raw struct {
		Names, Train, Val, Valid, Test yaml.Node
	}
	if yaml.Unmarshal(text, &raw) != nil {
		return nil
	}
	d := &dataYAML{dir: path.Dir(rel), names: yamlNames(&raw.Names)}
	if len(d.names) == 0 {
		return nil
	}
	d.train, d.val, d.test = yamlPaths(&raw.Train), yamlPaths(&raw.Val), yamlPaths(&raw.Test)
	if len(d.val) == 0 {
		d.val = yamlPaths(&raw.Valid)
	}
	return d
}

// yamlNames reads a list of names, or names by number.
func yamlNames(n *yaml.Node) []string {
	var list []string
	if n.Kind == yaml.SequenceNode && n.Decode(&list) == nil {
		return trimAll(list)
	}
	byNumber := map[int]string{}
	if n.Kind != yaml.MappingNode || n.Decode(&byNumber) != nil {
		return nil
	}
	for i, name := range byNumber {
		if i < 0 || i >= maxClass {
			return nil
		}
		for len(list) <= i {
			list = append(list, "")
		}
		list[i] = name
	}
	return trimAll(list)
}

// maxYAMLs bounds how many descriptions, and paths in one, are followed.
const maxYAMLs = 50

func yamlPaths(n *yaml.Node) []string {
	var one string
	if n.Kind == yaml.ScalarNode && n.Decode(&one) == nil && one != "" {
		return []string{one}
	}
	var list []string
	if n.Kind == yaml.SequenceNode && n.Decode(&list) == nil {
		return list[:min(len(list), maxYAMLs)]
	}
	return nil
}

func trimAll(names []string) []string {
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// parseNames reads one name a line; trimmed says that one of them had blanks
// around it.
func parseNames(text []byte) (names []string, trimmed bool) {
	for line := range bytes.Lines(text) {
		if len(names) == maxClass || len(line) > maxText {
			return nil, false
		}
		name := bytes.TrimSpace(line)
		trimmed = trimmed || len(name) > 0 && len(name) < len(bytes.TrimRight(line, "\r\n"))
		names = append(names, string(name))
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	return names, trimmed
}

// isNames reports whether a text file lists class names by what it is called:
// by labelImg, Darknet and CVAT, or Roboflow.
func isNames(rel string) bool {
	base := strings.ToLower(path.Base(rel))
	return base == "classes.txt" || base == "_darknet.labels" || path.Ext(base) == ".names"
}

// classNames finds the names that the numbers of a label file stand for.
type classNames struct {
	lock     sync.Mutex
	byFolder map[string][]string
	known    map[string][]string // answers
	only     []string            // when all that is known agrees
	trimmed  []string            // files with blanks around a name
}

// add takes the names that a file in a folder gives; of two files in one
// folder the first counts.
func (c *classNames) add(folder string, names []string) {
	if c.byFolder == nil {
		c.byFolder, c.known = map[string][]string{}, map[string][]string{}
	}
	if _, ok := c.byFolder[folder]; ok {
		return
	}
	switch {
	case len(c.byFolder) == 0:
		c.only = names
	case !slices.Equal(c.only, names):
		c.only = nil
	}
	c.byFolder[folder] = names
}

// of returns the names for a label file: those nearest above it, as labelImg
// writes a list of its own into each folder of labels; else the only ones that
// there are.
func (c *classNames) of(label string) []string {
	c.lock.Lock()
	defer c.lock.Unlock()
	dir := path.Dir(label)
	if names, ok := c.known[dir]; ok || c.byFolder == nil {
		return names
	}
	names := c.only
	for at := dir; ; at = path.Dir(at) {
		if here, ok := c.byFolder[at]; ok {
			names = here
			break
		}
		if at == "." || at == "/" {
			break
		}
	}
	c.known[dir] = names
	return names
}

// className returns a class's name, or its number where it has none.
func className(names []string, class int) string {
	if named(names, class) {
		return names[class]
	}
	return strconv.Itoa(class)
}

func named(names []string, class int) bool { return class < len(names) && names[class] != "" }
