package yolov5

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"regexp"
	"slices"
	"sync"

	"gopkg.in/yaml.v3"

	"gpuwizard/assets"
)

// A rule knows the lines of one kind of failure; see assets/failures.yaml for
// what the keys mean. Several rules may bear one id, with words of their own.
type rule struct {
	ID       string   `yaml:"id"`
	Fatal    bool     `yaml:"fatal"`
	Sure     Sureness `yaml:"sure"`
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

// check holds that a rule is as sure as can be said, and offers only what it
// brings.
func (r *rule) check() error {
	switch r.Sure {
	case "":
		r.Sure = Certain
	case Certain, Likely, Guessed:
	default:
		return fmt.Errorf("sure %q", r.Sure)
	}
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
	if at := b.place(id); at >= 0 {
		return &b.rules[at]
	}
	return &rule{ID: id}
}

// place is where the first rule of an id stands in the file, or -1.
func (b *ruleBook) place(id string) int {
	return slices.IndexFunc(b.rules, func(r rule) bool { return r.ID == id })
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
