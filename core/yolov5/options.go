package yolov5

import (
	"regexp"
	"slices"
	"strings"
)

// Options are the arguments that a train.py takes, as it declares them: each by
// all its names, such as --batch-size.
type Options [][]string

var (
	declaration = regexp.MustCompile(`add_argument\(\s*((?:["']--?[A-Za-z][\w-]*["']\s*,?\s*)+)`)
	optionName  = regexp.MustCompile(`--[A-Za-z][\w-]*`)
)

// OptionsOf reads the arguments out of the text of train.py, of which it runs
// nothing. A changed copy of YOLOv5 may take fewer or more than its release.
func OptionsOf(script []byte) Options {
	if len(script) > maxScript {
		script = script[:maxScript]
	}
	text := string(script)
	var list Options
	for _, m := range declaration.FindAllStringSubmatch(text, 500) {
		if names := optionName.FindAllString(m[1], -1); len(names) > 0 {
			list = append(list, names)
		}
	}
	return list
}

// Has reports whether an argument is there, whole or cut short as argparse
// allows where only one begins like that.
func (o Options) Has(name string) bool {
	near := 0
	for _, names := range o {
		if slices.Contains(names, name) {
			return true
		}
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, name) }) {
			near++
		}
	}
	return near == 1
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
