package yolov5

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"gpuwizard/assets"
)

// A rule knows the lines of one kind of failure; see assets/failures.yaml for
// what the keys mean.
type rule struct {
	ID       string   `yaml:"id"`
	Fatal    bool     `yaml:"fatal"`
	Match    []string `yaml:"match"`
	Warn     []string `yaml:"warn"`
	With     string   `yaml:"with"`
	Fallback bool     `yaml:"fallback"`
	Meaning  Text     `yaml:"meaning"`
	Mend     Text     `yaml:"mend"`
	Command  string   `yaml:"command"`
	Step     string   `yaml:"step"`

	match, warn []*regexp.Regexp
	with        *regexp.Regexp
}

// failureRules returns the built-in rules. They are part of the program, and a
// test holds that they can be read.
var failureRules = sync.OnceValue(func() []rule {
	rules, err := parseRules(assets.FailuresYAML)
	if err != nil {
		panic("assets/failures.yaml: " + err.Error())
	}
	return rules
})

func parseRules(data []byte) ([]rule, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var file struct {
		Version int    `yaml:"version"`
		Rules   []rule `yaml:"rules"`
	}
	if err := decoder.Decode(&file); err != nil {
		return nil, err
	}
	if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	if file.Version != 1 {
		return nil, fmt.Errorf("version %d", file.Version)
	}
	seen := map[string]bool{}
	for i := range file.Rules {
		r := &file.Rules[i]
		if r.ID == "" || seen[r.ID] {
			return nil, fmt.Errorf("rule %d: id %q", i+1, r.ID)
		}
		seen[r.ID] = true
		if r.Meaning.ZH == "" || r.Meaning.EN == "" || r.Mend.ZH == "" || r.Mend.EN == "" {
			return nil, fmt.Errorf("rule %s: a text is missing", r.ID)
		}
		if err := r.compile(); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
	}
	return file.Rules, nil
}

func (r *rule) compile() error {
	for _, list := range []struct {
		from []string
		to   *[]*regexp.Regexp
	}{{r.Match, &r.match}, {r.Warn, &r.warn}} {
		for _, text := range list.from {
			re, err := regexp.Compile(text)
			if err != nil {
				return err
			}
			*list.to = append(*list.to, re)
		}
	}
	if r.With == "" {
		return nil
	}
	var err error
	r.with, err = regexp.Compile(r.With)
	return err
}

func ruleByID(rules []rule, id string) *rule {
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i]
		}
	}
	return &rule{ID: id}
}

// try matches a line and returns what the groups caught. Lines that only warn
// are looked for first, since they may quote the error that they survived.
func (r *rule) try(text string) (pattern int, caught map[string]string, fatal bool) {
	for i, re := range r.warn {
		if m := groups(re, text); m != nil {
			return i, m, false
		}
	}
	for i, re := range r.match {
		if m := groups(re, text); m != nil {
			return i, m, r.Fatal
		}
	}
	return 0, nil, false
}

func groups(re *regexp.Regexp, text string) map[string]string {
	m := re.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	caught := map[string]string{}
	for i, name := range re.SubexpNames() {
		if name != "" && m[i] != "" {
			caught[name] = shortText(m[i], maxArg)
		}
	}
	return caught
}

// packages names what to install for a module that is not called as its
// package is.
var packages = func() map[string]string {
	m := map[string]string{
		"cv2":  "opencv-python-headless",
		"thop": "thop",
	}
	for pkg, module := range imports {
		if _, ok := m[module]; !ok {
			m[module] = pkg
		}
	}
	return m
}()

func (r *rule) finding(caught map[string]string, pattern int, fatal bool) Finding {
	if module := caught["module"]; module != "" {
		top, _, _ := strings.Cut(module, ".")
		for _, name := range []string{top, packages[top], packages[module]} {
			if name != "" {
				caught["package"] = name
			}
		}
	}
	f := Finding{
		Rule: r.ID, Fatal: fatal, pattern: pattern,
		Meaning: Text{ZH: fill(r.Meaning.ZH, caught), EN: fill(r.Meaning.EN, caught)},
		Mend:    Mend{Text: Text{ZH: fill(r.Mend.ZH, caught), EN: fill(r.Mend.EN, caught)}, Step: r.Step},
	}
	if len(caught) > 0 {
		f.Args = caught
	}
	f.Mend.Command = fillCommand(r.Command, caught)
	return f
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// fill puts what was caught in the place of {name}; what was not caught
// leaves nothing behind.
func fill(text string, caught map[string]string) string {
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string {
		return caught[name[1:len(name)-1]]
	})
	return strings.TrimSpace(strings.NewReplacer("（）", "", " ()", "").Replace(text))
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

// fillCommand is fill for a shell line. A log is written by others: what it
// says goes into a command as a plain word or not at all.
func fillCommand(command string, caught map[string]string) string {
	safe := true
	command = placeholder.ReplaceAllStringFunc(command, func(name string) string {
		value := caught[name[1:len(name)-1]]
		safe = safe && plainWord.MatchString(value)
		return value
	})
	if !safe {
		return ""
	}
	return command
}
