package recent_test

import (
	"path/filepath"
	"slices"
	"testing"

	"gpuwizard/core/recent"
)

func TestNames(t *testing.T) {
	for _, tt := range []struct{ dirs, want []string }{
		{[]string{"/home/lin/helmets", "/home/lin/people"}, []string{"helmets", "people"}},
		{[]string{"/home/lin/person", "/work/person", "/person"}, []string{"lin/person", "work/person", "/person"}},
		{[]string{"/a/x/person", "/b/x/person", "/a/y/person", "/a/x/cats"}, []string{"a/x/person", "b/x/person", "y/person", "cats"}},
		{[]string{"/a/person", "/a/b/a/person"}, []string{"/a/person", "b/a/person"}},
		// What cannot be seen tells nothing apart.
		{[]string{"/a/per\x1b[1mson", "/a/person", "/a/per\u200bson"}, []string{"/a/person", "/a/person (2)", "/a/person (3)"}},
		{[]string{"/"}, []string{"/"}},
		{nil, []string{}},
	} {
		var projects []recent.Project
		for _, dir := range tt.dirs {
			projects = append(projects, recent.Project{Dir: filepath.FromSlash(dir)})
		}
		want := slices.Clone(tt.want)
		for i := range want {
			want[i] = filepath.FromSlash(want[i])
		}
		if got := recent.Names(projects); !slices.Equal(got, want) {
			t.Errorf("%q are called %q, want %q", tt.dirs, got, want)
		}
	}
}
