package text

import "strings"

// copied are the details that people copy, or look for elsewhere letter by
// letter; those of listed are several with commas between.
var (
	copied = map[string]bool{
		"code": true, "command": true, "data": true, "dataset": true, "entry": true, "file": true, "fingerprint": true, "folder": true,
		"log": true, "login": true, "out": true, "path": true, "run": true, "to": true, "url": true, "value": true, "weights": true, "zip": true,
	}
	listed = map[string]bool{"files": true, "known": true, "paths": true}
)

// Keeping returns the sentences with each detail that people copy passed
// through keep: a face that breaks lines can leave it in one piece.
func (t *Text) Keeping(keep func(string) string) *Text {
	k := *t
	k.keep = keep
	return &k
}

func (t *Text) kept(name, written string) string {
	switch {
	case t.keep == nil || written == "":
	case copied[name]:
		return t.keep(written)
	case listed[name]:
		each := strings.Split(written, ", ")
		for i := range each {
			each[i] = t.keep(each[i])
		}
		return strings.Join(each, ", ")
	}
	return written
}
