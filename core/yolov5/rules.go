package yolov5

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"gpuwizard/assets"
	"gpuwizard/core/shellword"
)

// A rule knows the lines of one kind of failure; see assets/failures.yaml for
// what the keys mean. Several rules may bear one id, with words of their own.
type rule struct {
	ID       string   `yaml:"id"`
	Fatal    bool     `yaml:"fatal"`
	Common   bool     `yaml:"common"`
	Fallback bool     `yaml:"fallback"`
	Match    []string `yaml:"match"`
	Weak     []string `yaml:"weak"`
	Warn     []string `yaml:"warn"`
	With     string   `yaml:"with"`
	Detail   string   `yaml:"detail"`
	Explains []string `yaml:"explains"`
	Meaning  Text     `yaml:"meaning"`
	Mend     Text     `yaml:"mend"`
	Command  string   `yaml:"command"`
	Answer   *Answer  `yaml:"answer"`
	Step     string   `yaml:"step"`
	Apply    Apply    `yaml:"apply"`

	with, detail *regexp.Regexp
}

// A pattern is one regular expression of a rule.
type pattern struct {
	rule  *rule
	re    *regexp.Regexp
	kind  patternKind
	order int  // in the file: an earlier one tells more
	short bool // its words are too few to stand for it
}

type patternKind int

const (
	matches patternKind = iota
	weak                // counts only if nothing else ended the training
	warns               // never ended one
)

// A ruleBook is all the rules, ready to be tried on a line.
type ruleBook struct {
	rules    []rule
	patterns []pattern
	always   []int // patterns without a word to look for
	finder   *wordFinder
	byWord   [][]int // patterns by the finder's words
}

// failureRules returns the built-in rules. They are part of the program, and a
// test holds that they can be read.
var failureRules = sync.OnceValue(func() *ruleBook {
	book, err := parseRules(assets.FailuresYAML)
	if err != nil {
		panic("assets/failures.yaml: " + err.Error())
	}
	return book
})

func parseRules(data []byte) (*ruleBook, error) {
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
	book := &ruleBook{rules: file.Rules}
	for i := range book.rules {
		r := &book.rules[i]
		if r.ID == "" {
			return nil, fmt.Errorf("rule %d has no id", i+1)
		}
		if r.Meaning.ZH == "" || r.Meaning.EN == "" || r.Mend.ZH == "" || r.Mend.EN == "" {
			return nil, fmt.Errorf("rule %s: a text is missing", r.ID)
		}
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		if err := book.compile(r); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
	}
	if len(book.patterns) > maxPatterns {
		return nil, errors.New("too many patterns")
	}
	book.index()
	return book, nil
}

// check holds that a rule offers only what it brings.
func (r *rule) check() error {
	switch r.Apply {
	case "", ApplyAgain, ApplyResume:
	case ApplyCommand:
		if r.Command == "" {
			return errors.New("no command")
		}
	case ApplyAnswer:
		if r.Answer == nil || r.Answer.Key == "" {
			return errors.New("no answer")
		}
	case ApplyRedo:
		if r.Step == "" {
			return errors.New("no step")
		}
	default:
		return fmt.Errorf("apply %q", r.Apply)
	}
	return nil
}

func (b *ruleBook) compile(r *rule) error {
	for kind, list := range map[patternKind][]string{matches: r.Match, weak: r.Weak, warns: r.Warn} {
		for i, text := range list {
			re, err := regexp.Compile(text)
			if err != nil {
				return err
			}
			b.patterns = append(b.patterns, pattern{rule: r, re: re, kind: kind, order: i})
		}
	}
	var err error
	if r.With != "" {
		if r.with, err = regexp.Compile(r.With); err != nil {
			return err
		}
	}
	if r.Detail != "" {
		r.detail, err = regexp.Compile(r.Detail)
	}
	return err
}

// index puts the patterns in the order in which they are tried, and finds the
// words that they need.
func (b *ruleBook) index() {
	var ordered []pattern
	for i := range b.rules {
		// Lines that only warn come first, since they may quote the error that
		// they survived.
		for _, kind := range []patternKind{warns, matches, weak} {
			for order := 0; ; order++ {
				at := -1
				for j, p := range b.patterns {
					if p.rule == &b.rules[i] && p.kind == kind && p.order == order {
						at = j
					}
				}
				if at < 0 {
					break
				}
				ordered = append(ordered, b.patterns[at])
			}
		}
	}
	for i := range ordered {
		ordered[i].order = i
	}
	b.patterns = ordered
	known := map[string]int{}
	var words []string
	for i, p := range b.patterns {
		list := neededWords(p.re.String())
		if list == nil {
			b.always = append(b.always, i)
		}
		b.patterns[i].short = list == nil || shortest(list) < 20
		for _, word := range list {
			at, ok := known[word]
			if !ok {
				at = len(words)
				known[word] = at
				words = append(words, word)
				b.byWord = append(b.byWord, nil)
			}
			b.byWord[at] = append(b.byWord[at], i)
		}
	}
	b.finder = newWordFinder(words)
}

// maxPatterns is how many patterns a set of them can hold.
const maxPatterns = 512

// first returns the first pattern, in the file's order, that a line matches
// and may is content with, and what its groups caught. A pattern that is known
// already is not asked again: its words are enough to count the line.
func (b *ruleBook) first(text string, may, known func(*pattern) bool) (*pattern, map[string]string) {
	var set [maxPatterns / 64]uint64 // of patterns to be tried
	hit := len(b.always) > 0
	for _, i := range b.always {
		set[i/64] |= 1 << (i % 64)
	}
	b.finder.find(text, func(word int) {
		hit = true
		for _, i := range b.byWord[word] {
			set[i/64] |= 1 << (i % 64)
		}
	})
	if !hit {
		return nil, nil
	}
	for word, left := range set {
		for ; left != 0; left &= left - 1 {
			p := &b.patterns[64*word+bits.TrailingZeros64(left)]
			if !may(p) {
				continue
			}
			if known(p) {
				return p, nil
			}
			if caught := groups(p.re, text); caught != nil {
				return p, caught
			}
		}
	}
	return nil, nil
}

func (b *ruleBook) byID(id string) *rule {
	for i := range b.rules {
		if b.rules[i].ID == id {
			return &b.rules[i]
		}
	}
	return &rule{ID: id}
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

// requirementWord is one requirement of a list such as
// `"tqdm>=4.64.0" "thop>=0.1.1"`.
var requirementWord = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._-]*(?:(?:[<>=!~]=|[<>])[A-Za-z0-9.*+!]+(?:,(?:[<>=!~]=|[<>])[A-Za-z0-9.*+!]+)*)?`)

// derive adds what follows from what was caught.
func derive(caught map[string]string) {
	if module := caught["module"]; module != "" {
		top, _, _ := strings.Cut(module, ".")
		for _, name := range []string{top, packages[top], packages[module]} {
			if name != "" {
				caught["package"] = name
			}
		}
	}
	if list := caught["requirements"]; list != "" {
		var quoted []string
		for _, word := range requirementWord.FindAllString(list, 20) {
			quoted = append(quoted, shellword.Quote(word))
		}
		caught["wanted"] = strings.Join(quoted, " ")
	}
}

func (r *rule) finding(caught map[string]string, fatal bool) Finding {
	derive(caught)
	f := Finding{
		Rule: r.ID, Fatal: fatal, rule: r,
		Meaning: Text{ZH: fill(r.Meaning.ZH, caught), EN: fill(r.Meaning.EN, caught)},
		Mend: Mend{
			Text: Text{ZH: fill(r.Mend.ZH, caught), EN: fill(r.Mend.EN, caught)},
			Step: r.Step, Answer: r.Answer, Apply: r.Apply, Command: fillCommand(r.Command, caught),
		},
	}
	if f.Mend.Apply == ApplyCommand && f.Mend.Command == "" {
		f.Mend.Apply = ""
	}
	delete(caught, "wanted")
	if len(caught) > 0 {
		f.Args = caught
	}
	return f
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// optional is a part of a text that is left out if nothing was caught for it.
var optional = regexp.MustCompile(`\[\[(.*?)\]\]`)

// fill puts what was caught in the place of {name}. A part in double brackets
// is left out if one of its names was not caught.
func fill(text string, caught map[string]string) string {
	text = optional.ReplaceAllStringFunc(text, func(part string) string {
		part = part[2 : len(part)-2]
		for _, m := range placeholder.FindAllStringSubmatch(part, -1) {
			if caught[m[1]] == "" {
				return ""
			}
		}
		return part
	})
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string {
		return caught[name[1:len(name)-1]]
	})
	return strings.TrimSpace(text)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

// fillCommand is fill for a shell line. A log is written by others: what it
// says goes into a command as a plain word or not at all. {wanted} alone is
// several words, quoted already.
func fillCommand(command string, caught map[string]string) string {
	safe := true
	command = placeholder.ReplaceAllStringFunc(command, func(name string) string {
		value := caught[name[1:len(name)-1]]
		safe = safe && (name == "{wanted}" && value != "" || plainWord.MatchString(value))
		return value
	})
	if !safe {
		return ""
	}
	return command
}
