package rental

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"gopkg.in/yaml.v3"

	"gpuwizard/assets"
	"gpuwizard/core/problem"
)

// A Catalogue is all that is known of platforms, GPUs and how fast they train.
// It is shared and must not be changed.
type Catalogue struct {
	Platforms []Platform
	GPUs      []GPU
	Training  Training

	named map[string]int // of GPUs, by every plain name
}

// CatalogueFile is the name of the user's own file, laid over what is built in.
const CatalogueFile = "platforms.yaml"

const maxCatalogue = 1 << 20

// known is the catalogue in use.
var known atomic.Pointer[Catalogue]

var builtIn = sync.OnceValues(func() (*Catalogue, error) {
	return Parse(assets.PlatformsYAML)
})

// Known returns the catalogue in use: what is built in, and what Lay put over
// it.
func Known() *Catalogue {
	if c := known.Load(); c != nil {
		return c
	}
	c, err := builtIn()
	if err != nil {
		// It is built into the program and read by its tests.
		panic(err)
	}
	return c
}

// Lay reads the user's own file and lays it over what is built in, for the
// whole program. Without such a file nothing changes.
func Lay(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return problem.New(PlatformsUnread, err, "path", path)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCatalogue+1))
	if err != nil {
		return problem.New(PlatformsUnread, err, "path", path)
	}
	c, err := Overlay(assets.PlatformsYAML, data)
	if p, ok := problem.As(err); ok {
		p.Args["path"] = path
		return p
	}
	known.Store(c)
	return nil
}

// Parse reads a whole catalogue. Unknown keys, missing or repeated names and
// amounts that are none are errors with their line.
func Parse(data []byte) (*Catalogue, error) { return Overlay(data, nil) }

// Overlay reads a catalogue with another laid over it: mappings are joined key
// by key, and lists of named things thing by thing. Lines are those of over,
// if there is one.
func Overlay(base, over []byte) (*Catalogue, error) {
	root, err := catalogueNode(base)
	if err != nil {
		return nil, err
	}
	told := root
	if !blank(over) {
		if told, err = catalogueNode(over); err != nil {
			return nil, err
		}
		root = joined(root, told)
	}
	var file catalogueFile
	if err := root.Decode(&file); err != nil {
		return nil, broken(errorLine(err), "yaml", err)
	}
	if file.Version != 1 {
		return nil, broken(lineOf(told, "version"), "version", nil)
	}
	c := &Catalogue{Platforms: file.Platforms, GPUs: file.GPUs, Training: file.Training}
	if fault := c.check(); fault != nil {
		return nil, broken(lineOf(told, fault.at...), fault.what, fault.err)
	}
	return c, nil
}

// blank reports whether a document holds nothing, or nothing but comments.
func blank(data []byte) bool {
	var doc yaml.Node
	return len(data) <= maxCatalogue && yaml.Unmarshal(data, &doc) == nil && len(doc.Content) == 0
}

type catalogueFile struct {
	Version   int        `yaml:"version"`
	Platforms []Platform `yaml:"platforms"`
	GPUs      []GPU      `yaml:"gpus"`
	Training  Training   `yaml:"training"`
}

// catalogueNode reads one document and refuses what no key of ours is.
func catalogueNode(data []byte) (*yaml.Node, error) {
	if len(data) > maxCatalogue {
		return nil, broken(1, "size", nil)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&catalogueFile{}); err != nil {
		return nil, broken(errorLine(err), "yaml", err)
	}
	if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, broken(errorLine(err), "yaml", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, broken(errorLine(err), "yaml", err)
	}
	root := doc.Content[0]
	if line := reference(root); line > 0 {
		return nil, broken(line, "& *", nil)
	}
	return root, nil
}

// reference returns the line of the first anchor or alias: the catalogue has
// no use for them, and joining would have to follow them.
func reference(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return n.Line
	}
	for _, child := range n.Content {
		if line := reference(child); line > 0 {
			return line
		}
	}
	return 0
}

// naming are the keys by which the things of a list are told apart.
var naming = []string{"id", "sign", "path", "gpu", "name"}

// nameOf returns the name of a thing in a list, "" if it has none.
func nameOf(thing *yaml.Node) string {
	if thing.Kind != yaml.MappingNode {
		return ""
	}
	for _, key := range naming {
		if v := valueOf(thing, key); v != nil && v.Kind == yaml.ScalarNode {
			return v.Value
		}
	}
	return ""
}

// keyAt returns where a key stands in a mapping's content, or -1.
func keyAt(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	if i := keyAt(mapping, key); i >= 0 {
		return mapping.Content[i+1]
	}
	return nil
}

// joined returns base with over laid over it; neither is changed.
func joined(base, over *yaml.Node) *yaml.Node {
	switch {
	case base.Kind == yaml.MappingNode && over.Kind == yaml.MappingNode:
		n := *base
		n.Content = slices.Clone(base.Content)
		for i := 0; i+1 < len(over.Content); i += 2 {
			key, value := over.Content[i], over.Content[i+1]
			at := keyAt(&n, key.Value)
			if at < 0 {
				n.Content = append(n.Content, key, value)
				continue
			}
			n.Content[at+1] = joined(n.Content[at+1], value)
		}
		return &n
	case base.Kind == yaml.SequenceNode && over.Kind == yaml.SequenceNode && named(base) && named(over):
		n := *base
		n.Content = slices.Clone(base.Content)
		for _, thing := range over.Content {
			at := slices.IndexFunc(base.Content, func(c *yaml.Node) bool { return nameOf(c) == nameOf(thing) })
			if at < 0 {
				n.Content = append(n.Content, thing)
				continue
			}
			n.Content[at] = joined(n.Content[at], thing)
		}
		return &n
	}
	return over
}

// named reports whether all things of a list have names of their own: the
// measured trainings, which share their GPUs, are a list to be replaced.
func named(list *yaml.Node) bool {
	seen := map[string]bool{}
	for _, thing := range list.Content {
		name := nameOf(thing)
		if name == "" || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

// lineOf returns the line of what a path of keys and names leads to, or of the
// last thing on the way that is there.
func lineOf(root *yaml.Node, path ...string) int {
	line := 1
	for _, step := range path {
		var next *yaml.Node
		switch root.Kind {
		case yaml.MappingNode:
			next = valueOf(root, step)
		case yaml.SequenceNode:
			for i, thing := range root.Content {
				if nameOf(thing) == step || strconv.Itoa(i) == step {
					next = thing // of two with one name the second is wrong
				}
			}
		}
		if next == nil {
			return line
		}
		root, line = next, next.Line
	}
	return line
}

func broken(line int, what string, cause error) error {
	return problem.New(PlatformsBroken, cause, "what", what, "path", "").AtLine(line)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func errorLine(err error) int {
	if err == nil {
		return 1
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

// A fault is a value that cannot be right, and where it is.
type fault struct {
	at   []string
	what string
	err  error
}

func (c *Catalogue) check() *fault {
	ids := map[string]bool{}
	for i := range c.Platforms {
		p := &c.Platforms[i]
		if p.ID == "" || strings.ContainsAny(p.ID, " \t\n") || ids[p.ID] {
			return &fault{at: []string{"platforms", either(p.ID, strconv.Itoa(i)), "id"}, what: "id"}
		}
		ids[p.ID] = true
		if f := p.check(); f != nil {
			f.at = append([]string{"platforms", p.ID}, f.at...)
			return f
		}
	}
	c.named = map[string]int{}
	for i, g := range c.GPUs {
		at := []string{"gpus", either(g.Name, strconv.Itoa(i))}
		for _, name := range append([]string{g.Name}, g.Also...) {
			plain := plainGPU(name)
			if _, twice := c.named[plain]; twice || plain == "" {
				return &fault{at: at, what: "name: " + name}
			}
			c.named[plain] = i
		}
		if g.TensorTFLOPS <= 0 || g.TensorTFLOPS > 1e6 || g.Bandwidth <= 0 || g.Bandwidth > 1e6 {
			return &fault{at: at, what: "tensor_tflops, bandwidth"}
		}
	}
	return c.Training.check()
}

func either(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
