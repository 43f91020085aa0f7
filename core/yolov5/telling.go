package yolov5

import (
	"maps"
	"regexp"
	"strings"

	"gpuwizard/core/shellword"
)

// told is what a sighting is told as.
func (s *sighting) told() Finding {
	r, caught := s.rule, maps.Clone(s.caught)
	if caught == nil {
		caught = map[string]string{}
	}
	derive(caught)
	f := Finding{
		Rule: r.ID, Fatal: s.fatal, Sure: s.sure, Line: s.line, Quote: s.quote, Count: s.count,
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

// packages names what to install for a module that is not called as its
// package is.
var packages = func() map[string]string {
	m := map[string]string{
		"cv2":       "opencv-python-headless",
		"distutils": "setuptools", // no longer a part of Python 3.12
		"thop":      "thop",
	}
	for pkg, module := range imports {
		if _, ok := m[module]; !ok {
			m[module] = pkg
		}
	}
	return m
}()

// partOfPython reports whether a module comes with Python itself, so that no
// package brings it.
func partOfPython(module string) bool {
	return strings.HasPrefix(module, "_") || module == "tkinter" || module == "imp"
}

// requirementWord is one requirement of a list such as
// `"tqdm>=4.64.0" "thop>=0.1.1"`.
var requirementWord = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._-]*(?:(?:[<>=!~]=|[<>])[A-Za-z0-9.*+!]+(?:,(?:[<>=!~]=|[<>])[A-Za-z0-9.*+!]+)*)?`)

// derive adds what follows from what was caught.
func derive(caught map[string]string) {
	if module := caught["module"]; module != "" {
		top, _, _ := strings.Cut(module, ".")
		for _, name := range []string{top, packages[top], packages[module]} {
			if name != "" && !partOfPython(name) {
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
