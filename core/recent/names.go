package recent

import (
	"path/filepath"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
)

// Names returns what to call each project where the others are called too: the
// last part of its path, with as many of the parts before it as tell it from
// the others. No two are the same, also for the eye.
func Names(projects []Project) []string {
	names, parts, used := make([]string, len(projects)), make([][]string, len(projects)), make([]int, len(projects))
	for i, p := range projects {
		parts[i] = strings.Split(filepath.Clean(p.Dir), string(filepath.Separator))
		used[i] = 1
	}
	for longer := true; longer; {
		longer = false
		alike := map[string][]int{}
		for i := range projects {
			if names[i] = clean.Line(strings.Join(parts[i][len(parts[i])-used[i]:], string(filepath.Separator))); names[i] == "" {
				names[i] = clean.Line(projects[i].Dir)
			}
			alike[names[i]] = append(alike[names[i]], i)
		}
		for _, same := range alike {
			for _, i := range same {
				if len(same) > 1 && used[i] < len(parts[i]) {
					used[i]++
					longer = true
				}
			}
		}
	}
	Distinct(names, func(name, mark string) string { return name + mark })
	return names
}

// Distinct has no two names the same: with puts a mark, such as " (2)", on the
// second and each later one.
func Distinct(names []string, with func(name, mark string) string) {
	taken := map[string]bool{}
	for i, name := range names {
		for n := 2; taken[names[i]]; n++ {
			names[i] = with(name, " ("+strconv.Itoa(n)+")")
		}
		taken[names[i]] = true
	}
}
