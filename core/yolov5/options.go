package yolov5

import (
	"regexp"
	"slices"
	"strings"
)

// An Option is one argument of train.py.
type Option struct {
	Names []string // as --batch-size
	Flag  bool     // takes no value
}

// Options are the arguments that a train.py takes, as it declares them.
type Options []Option

var (
	declaration = regexp.MustCompile(`add_argument\(\s*((?:["']--?[A-Za-z][\w-]*["']\s*,?\s*)+)`)
	optionName  = regexp.MustCompile(`--[A-Za-z][\w-]*`)
	storesTrue  = regexp.MustCompile(`^[^\n]{0,400}?action\s*=\s*["']store_(?:true|false)["']`)
)

// OptionsOf reads the arguments out of the text of train.py, of which it runs
// nothing. A changed copy of YOLOv5 may take fewer or more than its release.
func OptionsOf(script []byte) Options {
	if len(script) > maxScript {
		script = script[:maxScript]
	}
	text := string(script)
	var list Options
	for _, m := range declaration.FindAllStringSubmatchIndex(text, 500) {
		names := optionName.FindAllString(text[m[2]:m[3]], -1)
		if len(names) == 0 {
			continue
		}
		// What follows belongs to the next declaration from there on.
		rest := text[m[3]:]
		if end := strings.Index(rest, "add_argument("); end >= 0 {
			rest = rest[:end]
		}
		list = append(list, Option{Names: names, Flag: storesTrue.MatchString(strings.ReplaceAll(rest, "\n", " "))})
	}
	return list
}

// Has reports whether an argument is there, whole or cut short as argparse
// allows where only one begins like that.
func (o Options) Has(name string) bool {
	_, ok := o.find(name)
	return ok
}

// TakesValue reports whether an argument that is there takes a value.
func (o Options) TakesValue(name string) bool {
	option, ok := o.find(name)
	return ok && !option.Flag
}

func (o Options) find(name string) (Option, bool) {
	var near []Option
	for _, option := range o {
		if slices.Contains(option.Names, name) {
			return option, true
		}
		if slices.ContainsFunc(option.Names, func(n string) bool { return strings.HasPrefix(n, name) }) {
			near = append(near, option)
		}
	}
	if len(near) == 1 {
		return near[0], true
	}
	return Option{}, false
}

// Unknown returns those of the words that look like arguments and are none of
// this train.py's.
func (o Options) Unknown(words []string) []string {
	var unknown []string
	for _, word := range words {
		name, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(name, "--") && len(o) > 0 && !o.Has(name) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}
