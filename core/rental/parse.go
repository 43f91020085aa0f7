package rental

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gpuwizard/core/problem"
)

const (
	maxPaste    = 8 << 10
	maxPassword = 256
	maxKeyPath  = 4 << 10
)

// ParseLogin reads what people copy from a platform's panel: an ssh command
// with its options in any order, user@host:port or an ssh:// address, with
// labels, odd spaces and line ends around it, and the password on a line of
// its own, after a label (密码, password) or at the end of the command. A
// command of scp, sftp or rsync tells the same.
//
// A word alone may be anything, even a password: only if it is one of hosts,
// the names in the user's SSH configuration, it is a login.
func ParseLogin(paste string, hosts ...string) (Login, error) {
	if len(paste) > maxPaste {
		return Login{}, problem.New(LoginTooLong, nil, "max", strconv.Itoa(maxPaste))
	}
	lines := cleanLines(paste)
	if len(lines) == 0 {
		return Login{}, problem.New(LoginEmpty, nil)
	}
	at := loginLine(lines, hosts)
	if at < 0 {
		if host, ok := webHost(lines); ok {
			return Login{}, problem.New(LoginIsWeb, nil, "host", host)
		}
		return Login{}, problem.New(LoginUnclear, nil)
	}
	login, left, err := Login{Host: lines[at]}, "", error(nil)
	if !slices.Contains(hosts, login.Host) || !validHost(login.Host) {
		login, left, err = parseCommand(lines[at])
	}
	if err != nil {
		return Login{}, err
	}
	rest := append(append([]string{}, lines[:at]...), lines[at+1:]...)
	if password := findPassword(left, rest); password != "" {
		login.Password = password
	}
	if !validPassword(login.Password) {
		return Login{}, problem.New(LoginBadPassword, nil, "max", strconv.Itoa(maxPassword))
	}
	return login, nil
}

// cleanLines returns the lines that are not empty, with every kind of space
// turned into a plain one and invisible characters removed.
func cleanLines(paste string) []string {
	paste = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError:
			return -1
		case unicode.Is(unicode.Cf, r):
			return -1 // zero-width spaces, byte order marks, direction marks
		}
		return r
	}, paste)
	var lines []string
	for line := range strings.SplitSeq(paste, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

var (
	sshWord    = regexp.MustCompile(`(?i)(?:^|[\s:：$>#])ssh(?:\.exe)?(?:\s|$)`)
	copyWord   = regexp.MustCompile(`(?i)(?:^|[\s:：$>#])(?:scp|sftp|rsync)(?:\.exe)?\s`)
	sshAddress = regexp.MustCompile(`(?i)(?:^|[\s:：])ssh://`)
	userAtHost = regexp.MustCompile(`(?:^|[\s:：])[^\s@＠:：]+[@＠][^\s@＠]+(?:\s|$)`)
	// A name alone may be anything, even a password: only with a port, or as an
	// address, it is taken for a host.
	bareHost   = regexp.MustCompile(`^(?:(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+:\d+|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\](?::\d+)?)(?:\s|$)`)
	webAddress = regexp.MustCompile(`(?i)https?://(?:[^\s/@]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)`)
	// A browser leaves the scheme out of what it shows.
	webPage = regexp.MustCompile(`(?i)(?:^|\s)((?:[a-z0-9-]+\.)+[a-z]{2,})(?::\d+)?/(?:jupyter|lab|tree|login|console|\?token=)`)
)

// loginLine returns the index of the line that holds the login, or -1. A
// labelled password is never taken for one.
func loginLine(lines, hosts []string) int {
	for i, line := range lines {
		if slices.Contains(hosts, line) {
			return i
		}
	}
	for _, pattern := range []*regexp.Regexp{sshWord, copyWord, sshAddress, userAtHost, bareHost} {
		for i, line := range lines {
			if _, labelled := passwordLabel(line); labelled {
				continue
			}
			if !pattern.MatchString(line) || pattern == copyWord && !userAtHost.MatchString(line) {
				continue
			}
			if pattern == sshWord || !webAddress.MatchString(line) {
				return i
			}
		}
	}
	return -1
}

func webHost(lines []string) (string, bool) {
	for _, pattern := range []*regexp.Regexp{webAddress, webPage} {
		for _, line := range lines {
			if m := pattern.FindStringSubmatch(line); m != nil && len(m[1]) <= 253 {
				return strings.ToLower(m[1]), true
			}
		}
	}
	return "", false
}

var (
	chineseLabel = regexp.MustCompile(`(?i)^(?:实例|登录|登陆|ssh)?\s*(?:密码|密碼|口令)\s*(?:[:：=]|是|为)?\s*(.*)$`)
	englishLabel = regexp.MustCompile(`(?i)^(?:ssh\s+)?(?:password|passwd|pwd)(?:\s*[:：=]\s*|\s+|$)(.*)$`)
	masked       = regexp.MustCompile(`^[*•●·]+$`)
)

// passwordLabel returns what follows a label such as 密码: at the start of s,
// which may be empty.
func passwordLabel(s string) (string, bool) {
	s = strings.TrimSpace(s)
	m := chineseLabel.FindStringSubmatch(s)
	if m == nil {
		m = englishLabel.FindStringSubmatch(s)
	}
	if m == nil {
		return "", false
	}
	if masked.MatchString(m[1]) {
		return "", true
	}
	return m[1], true
}

// findPassword looks at the words after the command and at the other lines: a
// labelled password counts before a bare word.
func findPassword(left string, lines []string) string {
	for at := range left {
		if at > 0 && left[at-1] != ' ' {
			continue
		}
		if p, ok := passwordLabel(left[at:]); ok && p != "" {
			return p
		}
	}
	if _, ok := passwordLabel(left); ok {
		lines = append([]string{left}, lines...)
		left = ""
	}
	labelled := false
	for i, line := range lines {
		p, ok := passwordLabel(line)
		if ok && p == "" && i+1 < len(lines) && bareWord(lines[i+1]) {
			p = lines[i+1]
		}
		if p != "" {
			return p
		}
		labelled = labelled || ok
	}
	if labelled {
		return "" // the panel hides it behind stars: nothing else is it
	}
	for _, line := range append([]string{left}, lines...) {
		if bareWord(line) {
			return line
		}
	}
	return ""
}

// panelWords stand beside the login in AutoDL's list of instances.
var panelWords = map[string]bool{"jupyterlab": true, "autopanel": true, "ssh": true}

// bareWord reports whether s may be a password that stands alone: a sentence,
// an address or a row of dots beside the login is none.
func bareWord(s string) bool {
	return s != "" && !panelWords[strings.ToLower(s)] && !strings.Contains(s, " ") && !strings.Contains(s, "://") && isASCII(s) && !masked.MatchString(s)
}

// LikePassword reports whether a word alone looks like a password that a
// platform issues, and not like a host, a port or a user.
func LikePassword(word string) bool {
	return len(word) >= 8 && bareWord(word) && validPassword(word) &&
		strings.ContainsFunc(word, unicode.IsLetter) && !strings.Contains(word, ".")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func validPassword(p string) bool {
	return len(p) <= maxPassword && utf8.ValidString(p) && strings.IndexFunc(p, unicode.IsControl) < 0
}

var userName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)

var hostName = regexp.MustCompile(`^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?$`)

var numericHost = regexp.MustCompile(`^[0-9.]+$`)

func validHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return !strings.ContainsAny(addr.Zone(), " '\"$`\\;&|<>()")
	}
	// Digits and dots that are no address are a mistyped one.
	return len(host) <= 253 && hostName.MatchString(host) && !numericHost.MatchString(host)
}

func parsePort(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 65535 || s[0] == '+' {
		return 0, problem.New(LoginBadPort, nil)
	}
	return n, nil
}
