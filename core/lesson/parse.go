package lesson

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

	"gopkg.in/yaml.v3"

	"gpuwizard/core/dataset/planted"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// Bounds of a lesson's file.
const (
	maxFile  = 1 << 20
	maxTasks = 200
	maxText  = 8 << 10
)

// Read reads a lesson from a file.
func Read(name string) (*Lesson, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, problem.New(Unreadable, err, "path", name)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, problem.New(Unreadable, err, "path", name)
	}
	return Parse(data, name)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// Parse reads a lesson from text; path is for the messages.
func Parse(data []byte, path string) (lesson *Lesson, err error) {
	if len(data) > maxFile {
		return nil, problem.New(TooLarge, nil, "path", path, "max", strconv.Itoa(maxFile))
	}
	// yaml.v3 panics on some hostile input; that is a broken file as well.
	defer func() {
		if r := recover(); r != nil {
			lesson, err = nil, problem.New(Syntax, nil, "path", path, "line", "1", "detail", "not YAML")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		line := "1"
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line = m[1]
		}
		return nil, problem.New(Syntax, err, "path", path, "line", line, "detail", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var more yaml.Node
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, problem.New(Syntax, err, "path", path, "line", strconv.Itoa(max(1, more.Line)), "detail", "a second document")
	}
	if len(doc.Content) == 0 {
		return nil, problem.New(Missing, nil, "path", path, "line", "1", "key", "lesson")
	}
	p := &parser{path: path}
	l := &Lesson{source: bytes.Clone(data)}
	p.lesson(doc.Content[0], l)
	if p.err != nil {
		return nil, p.err
	}
	return l, nil
}

func (p *parser) lesson(n *yaml.Node, l *Lesson) {
	version := 0
	p.mapping(n, "lesson",
		field{"lesson", true, p.whole(&version, FileVersion, FileVersion)},
		field{"id", true, p.id(&l.ID)},
		field{"title", true, p.text(&l.Title)},
		field{"text", true, p.text(&l.Text)},
		field{"practice", false, p.truth(&l.Practice)},
		field{"data", false, func(n *yaml.Node, key string) { p.data(n, key, &l.Data) }},
		field{"failures", false, p.each(func(n *yaml.Node, _ string) { p.failure(n, l) }, 20)},
		field{"preset", false, p.answers(&l.Preset)},
		field{"locked", false, p.each(p.planKey(func(key string) { l.Locked = append(l.Locked, key) }), 50)},
		field{"tasks", true, p.each(func(n *yaml.Node, _ string) { p.task(n, l) }, maxTasks)},
		field{"finish", false, func(n *yaml.Node, key string) {
			p.mapping(n, key, field{"right", true, p.whole(&l.Finish.Right, 0, maxTasks)})
			if l.Finish.Right > l.Questions() {
				p.wrong(n, key, "0 .. "+strconv.Itoa(l.Questions()))
			}
		}},
	)
	if len(l.Failures) > 0 && !l.Practice {
		p.fail(Missing, n, "key", "practice")
	}
}

func (p *parser) data(n *yaml.Node, key string, d *Data) {
	var names []string
	for _, f := range planted.Defects() {
		names = append(names, f.Name)
	}
	p.mapping(n, key,
		field{"sample", true, p.truth(&d.Sample)},
		field{"faults", false, p.each(func(n *yaml.Node, key string) {
			var name string
			p.oneOf(&name, names...)(n, key)
			d.Faults = append(d.Faults, name)
		}, len(names))},
	)
}

func (p *parser) failure(n *yaml.Node, l *Lesson) {
	var f Failure
	p.mapping(n, "failures",
		field{"log", true, p.oneOf(&f.Log, failureNames()...)},
		field{"until", true, func(n *yaml.Node, key string) {
			if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
				p.wrong(n, key, "{train.device: [auto, cpu]}")
				return
			}
			for i := 0; i+1 < len(n.Content); i += 2 {
				k, v := n.Content[i], n.Content[i+1]
				u := Until{Key: k.Value}
				values := []*yaml.Node{v}
				if v.Kind == yaml.SequenceNode {
					values = v.Content
				}
				for _, one := range values {
					if value, ok := p.value(k, one); ok {
						u.Values = append(u.Values, value)
					}
				}
				f.Until = append(f.Until, u)
			}
		}},
	)
	l.Failures = append(l.Failures, f)
}

func (p *parser) task(n *yaml.Node, l *Lesson) {
	var t Task
	var step string
	p.mapping(n, "tasks",
		field{"id", true, p.id(&t.ID)},
		field{"title", true, p.text(&t.Title)},
		field{"text", true, p.text(&t.Text)},
		field{"step", false, p.oneOf(&step, stepNames()...)},
		field{"by_hand", false, p.truth(&t.ByHand)},
		field{"fails", false, p.oneOf(&t.Fails, append(failureNames(), string(wizard.DataSpoiled))...)},
		field{"sound", false, p.truth(&t.Sound)},
		field{"choose", false, p.each(func(n *yaml.Node, _ string) { p.option(n, &t) }, 9)},
		field{"number", false, func(n *yaml.Node, key string) {
			t.Number = &Range{}
			p.mapping(n, key, field{"min", true, p.decimal(&t.Number.Min)}, field{"max", true, p.decimal(&t.Number.Max)})
			if t.Number.Min > t.Number.Max {
				p.wrong(n, key, "min <= max")
			}
		}},
		field{"fact", false, func(n *yaml.Node, key string) { p.fact(n, key, &t) }},
		field{"tries", false, p.whole(&t.Tries, 0, 20)},
		field{"hints", false, p.each(func(n *yaml.Node, key string) {
			var hint Text
			p.text(&hint)(n, key)
			t.Hints = append(t.Hints, hint)
		}, 9)},
		field{"why", false, p.text(&t.Why)},
	)
	t.Step = journey.Step(step)
	p.oneKind(n, t)
	if slices.ContainsFunc(l.Tasks, func(o Task) bool { return o.ID == t.ID }) {
		p.wrong(n, "id", "once in a lesson: "+t.ID)
	}
	l.Tasks = append(l.Tasks, t)
}

// oneKind holds that a task wants one thing, and that what goes with it is
// there.
func (p *parser) oneKind(n *yaml.Node, t Task) {
	kinds := 0
	for _, is := range []bool{t.Step != "", len(t.Choose) > 0, t.Number != nil, t.Fact != nil} {
		if is {
			kinds++
		}
	}
	right := slices.ContainsFunc(t.Choose, func(o Option) bool { return o.Right })
	switch {
	case kinds > 1:
		p.wrong(n, t.ID, "one of step, choose, number, fact")
	case t.Step == "" && (t.ByHand || t.Fails != "" || t.Sound):
		p.fail(Missing, n, "key", "step")
	case t.Sound && t.Step != journey.Check:
		p.wrong(n, "sound", "step: check")
	case t.Fails == string(wizard.DataSpoiled) && t.Step != journey.Check:
		p.wrong(n, "fails", "step: check")
	case t.Fails != "" && t.Fails != string(wizard.DataSpoiled) && t.Step != journey.Train:
		p.wrong(n, "fails", "step: train")
	case len(t.Choose) > 0 && !right:
		p.fail(Missing, n, "key", "right")
	case t.Tries > 0 && !t.Asks():
		p.wrong(n, "tries", "choose, number, fact")
	}
}

func (p *parser) option(n *yaml.Node, t *Task) {
	var o Option
	p.mapping(n, "choose",
		field{"zh", true, p.line(&o.Text.ZH)}, field{"en", true, p.line(&o.Text.EN)},
		field{"right", false, p.truth(&o.Right)}, field{"why", false, p.text(&o.Why)},
		field{"sets", false, p.answers(&o.Sets)},
	)
	t.Choose = append(t.Choose, o)
}

func (p *parser) fact(n *yaml.Node, key string, t *Task) {
	var step, name string
	t.Fact = &Fact{}
	p.mapping(n, key,
		field{"step", true, p.oneOf(&step, stepNames()...)},
		field{"name", true, func(n *yaml.Node, _ string) { name = n.Value }},
		field{"within", false, p.decimal(&t.Fact.Within)},
	)
	t.Fact.Step, t.Fact.Name = journey.Step(step), name
	if known := factNames[t.Fact.Step]; p.err == nil && !slices.Contains(known, name) {
		p.wrong(n, "name", strings.Join(known, ", "))
	}
	if t.Fact.Within < 0 {
		p.wrong(n, "within", ">= 0")
	}
}

// answers reads answers for keys of the plan, as the plan itself takes them.
func (p *parser) answers(to *[]Answer) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		if n.Kind != yaml.MappingNode {
			p.wrong(n, key, "{train.epochs: 120}")
			return
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if seen[k.Value] {
				p.fail(Twice, k, "key", k.Value)
				return
			}
			seen[k.Value] = true
			value, ok := p.value(k, v)
			if !ok {
				return
			}
			*to = append(*to, Answer{k.Value, value})
		}
	}
}

// value checks one answer as the plan does.
func (p *parser) value(k, v *yaml.Node) (string, bool) {
	value := v.Value
	if v.Kind == yaml.SequenceNode {
		var items []string
		for _, item := range v.Content {
			items = append(items, strings.ReplaceAll(item.Value, ",", `\,`))
		}
		value = strings.Join(items, ", ")
	}
	plan := planfile.New()
	err := plan.Set(k.Value, value)
	found, isProblem := problem.As(err)
	switch {
	case v.Kind != yaml.ScalarNode && v.Kind != yaml.SequenceNode:
		p.wrong(v, k.Value, "a plain value")
	case k.Value == "login" || k.Value == "host_key":
		p.fail(UnknownKey, k, "key", k.Value, "allowed", "a lesson gives no login")
	case isProblem && found.Code == planfile.UnknownKey:
		p.fail(UnknownKey, k, "key", k.Value, "allowed", found.Args["allowed"])
	case err != nil:
		allowed := ""
		if isProblem {
			allowed = found.Args["allowed"]
		}
		p.wrong(v, k.Value, allowed)
	default:
		return plan.Get(k.Value), true
	}
	return "", false
}

// planKey reads the name of a key of the plan.
func (p *parser) planKey(add func(string)) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		known := planfile.Keys()
		if n.Kind != yaml.ScalarNode || !slices.Contains(known, n.Value) {
			p.wrong(n, key, strings.Join(known, ", "))
			return
		}
		add(n.Value)
	}
}

func stepNames() []string {
	var names []string
	for _, s := range journey.Steps() {
		names = append(names, string(s))
	}
	return names
}

// factNames are the facts of a step that a question may ask for.
var factNames = map[journey.Step][]string{
	journey.Check:   {"pictures", "boxes", "findings"},
	journey.Convert: {"train", "val", "boxes"},
	journey.Classes: {"nc"},
	journey.Train:   {"epochs", "best_epoch", "map50", "map"},
}

// Find returns a built-in lesson by its name, or the one in a file.
func Find(name string) (*Lesson, error) {
	if data, ok := builtIn(name); ok {
		return Parse(data, name)
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, problem.New(NoSuch, err, "name", name, "allowed", strings.Join(Names(), ", "))
	}
	return Read(name)
}
