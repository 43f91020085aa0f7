// Package censor strikes out of a text what is nobody else's business, so that
// it can be shown to a teacher or put into a forum: passwords, tokens, keys,
// addresses of hosts, names of users, paths of home folders.
//
// It strikes rather too much than too little. What is a secret is known in two
// ways: by its value, where the program knows it, and by its looks.
package censor

import (
	"net"
	"regexp"
	"slices"
	"strings"
)

// What stands in the place of what was struck out.
const (
	Secret = "[secret]"
	Host   = "[host]"
	User   = "[user]"
	Key    = "[key]"
	Mail   = "[mail]"
)

// A Censor knows what to strike out. The zero value goes by looks alone.
type Censor struct {
	values map[string]string // what to say in place of a value
}

// Strike adds a value that is to be replaced wherever it stands. Values too
// short to be told from other text are left out.
func (c *Censor) Strike(value, by string) {
	value = strings.TrimSpace(value)
	if len(value) < 3 {
		return
	}
	if c.values == nil {
		c.values = map[string]string{}
	}
	c.values[value] = by
}

// secretName is what variables of the environment are called that hold
// secrets.
var secretName = regexp.MustCompile(`(?i)pass|token|secret|credential|api_?key|access_?key|private`)

// Environment strikes out the values of variables whose names say that they
// are secrets.
func (c *Censor) Environment(environ []string) {
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && secretName.MatchString(name) {
			c.Strike(value, Secret)
		}
	}
}

type look struct {
	pattern *regexp.Regexp
	by      string
}

// looks are what secrets look like, the longest first.
var looks = []look{
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)`), Key},
	{regexp.MustCompile(`(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp\d+) AAAA[A-Za-z0-9+/=]+`), Key},
	{regexp.MustCompile(`SHA256:[A-Za-z0-9+/=]{20,}`), "SHA256:" + Key},
	{regexp.MustCompile(`([a-z][a-z0-9+.-]*://)[^\s/@:]+(:[^\s/@]*)?@`), "${1}" + User + "@"},
	{regexp.MustCompile(`(?i)(bearer\s+)[A-Za-z0-9._~+/=-]{8,}`), "${1}" + Secret},
	{regexp.MustCompile(`(?i)((?:password|passwd|passphrase|pwd|token|secret|api[_-]?key|access[_-]?key|authorization)["']?\s*[=:：]\s*["']?)[^\s"',;]+`), "${1}" + Secret},
	{regexp.MustCompile(`((?:密码|口令|令牌)\s*[=:：]\s*)\S+`), "${1}" + Secret},
	{regexp.MustCompile(`\b(ghp|gho|ghs|github_pat|glpat|hf|sk|rpa|xox[abp]|key|pat)[_-][A-Za-z0-9_-]{10,}`), Secret},
	{regexp.MustCompile(`\bAKIA[A-Z0-9]{12,}`), Secret},
	{regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`), Mail},
	{regexp.MustCompile(`(@)[A-Za-z0-9][A-Za-z0-9.-]*`), "${1}" + Host},
	{regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b`), Host},
	{regexp.MustCompile(`\b([A-Za-z0-9-]+\.)+(com|cn|net|org|io|ai|cloud|dev|example|edu|local|lan|top|xyz)(:\d+)?\b`), Host},
	{regexp.MustCompile(`(\s-p\s*)\d+`), "${1}[port]"},
	{regexp.MustCompile(`(/home/|/Users/)[^/\s"':]+`), "${1}" + User},
	{regexp.MustCompile(`([A-Za-z]:\\Users\\)[^\\"'\n]+`), "${1}" + User},
	// Long words of letters and digits: keys of services, digests.
	{regexp.MustCompile(`\b[A-Za-z0-9+/_-]*[0-9][A-Za-z0-9+/_-]{23,}={0,2}`), ""},
}

// kept are hosts that everybody uses, and that a log names when it fails.
var kept = []string{"github.com", "pypi.org", "ultralytics.com"}

// Text returns a text with everything struck out.
func (c *Censor) Text(s string) string {
	values := make([]string, 0, len(c.values))
	for v := range c.values {
		values = append(values, v)
	}
	// The longest first, since one may be part of another.
	slices.SortFunc(values, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for _, v := range values {
		if c.values[v] == User {
			// A name may be part of a word.
			s = regexp.MustCompile(`(^|[^\pL\pN])`+regexp.QuoteMeta(v)+`($|[^\pL\pN])`).ReplaceAllString(s, "${1}"+User+"${2}")
			continue
		}
		s = strings.ReplaceAll(s, v, c.values[v])
	}
	for _, l := range looks {
		switch l.by {
		case "":
			s = l.pattern.ReplaceAllStringFunc(s, longWord)
		case Host:
			s = l.pattern.ReplaceAllStringFunc(s, func(host string) string {
				if slices.Contains(kept, strings.ToLower(host)) || version(host) {
					return host
				}
				return Host
			})
		default:
			s = l.pattern.ReplaceAllString(s, l.by)
		}
	}
	return addresses(s)
}

// version reports whether four numbers are no address: nobody's host begins
// with 0.
func version(host string) bool { return strings.HasPrefix(host, "0.") }

// longWord strikes out a long word unless it is a path or plain text.
func longWord(word string) string {
	if strings.Count(word, "/") > 1 || strings.Count(word, "-") > 3 || strings.Trim(word, "0123456789") == "" {
		return word
	}
	return Secret
}

// addresses strikes out what is left of IPv6.
func addresses(s string) string {
	return sixes.ReplaceAllStringFunc(s, func(word string) string {
		if net.ParseIP(strings.Trim(word, "[]")) != nil {
			return Host
		}
		return word
	})
}

var sixes = regexp.MustCompile(`\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]?`)
