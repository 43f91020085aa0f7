package shell

import (
	"strconv"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// Fault turns the failure of a command on an instance into a problem, by what
// the system said: these words are the C library's, the same for every tool.
// What names the work in hand, path the file or folder concerned.
func Fault(what, path string, r Result) *problem.Problem {
	said := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(r.Stderr, w) {
				return true
			}
		}
		return false
	}
	switch {
	case said("Disk quota exceeded", "Quota exceeded"):
		return problem.New(instance.RemoteQuota, nil, "path", path)
	case said("No space left on device", "File too large"):
		return problem.New(instance.RemoteNoSpace, nil, "path", path)
	case said("Read-only file system", "Permission denied", "Operation not permitted"):
		return problem.New(instance.RemoteReadOnly, nil, "path", path)
	case said("Not a directory"):
		return problem.New(instance.RemoteNotFolder, nil, "path", path)
	}
	return problem.New(instance.RemoteFailed, nil,
		"what", what, "exit", strconv.Itoa(r.Exit), "output", Clean(r.Stderr, 1000))
}

// Clean makes text from an instance fit to be kept and shown: valid UTF-8 of at
// most limit bytes, without control characters but newline and tab.
func Clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		// Marks that turn the direction of text can disguise it.
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "")
	}
	return strings.TrimSpace(s)
}
