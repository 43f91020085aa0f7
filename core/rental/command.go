package rental

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"gpuwizard/core/problem"
)

// Options of ssh(1) with and without a value. Those that mean something for a
// login are handled apart; the others are skipped, so that a pasted tunnel
// (ssh -CNg -L 6006:127.0.0.1:6006 ...) is a login too.
const (
	flagLetters  = "46AaCfGgKkMNnqsTtVvXxYy"
	valueLetters = "BbcDEeFIiJLlmOoPpQRSWw"
	// Of scp(1) and sftp(1).
	copyFlags  = "346AaBCfNOpqRrTv"
	copyValues = "bcDFiJloPSsX"
)

// A command is a login being read word by word.
type command struct {
	login   Login
	copies  bool // a command of scp or sftp: its words mean other things
	port    bool // set by an option, which counts before host:port
	hasHost bool
}

// parseCommand reads one line that holds a login, and returns what follows it
// and belongs to no option.
func parseCommand(line string) (Login, string, error) {
	rest, isSSH := afterSSH(line)
	c := command{}
	if at := copyWord.FindStringIndex(line); at != nil && userAtHost.MatchString(line) {
		if rsync.MatchString(line[at[0]:at[1]]) {
			return parseRsync(line[at[1]:])
		}
		c.copies, isSSH, rest = true, false, line[at[1]:]
	}
	for {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			break
		}
		raw, after := cutWord(rest)
		word := plainPunctuation(raw)
		switch {
		case len(word) > 1 && word[0] == '-':
			var err error
			if after, err = c.option(word, after); err != nil {
				return Login{}, "", err
			}
		case c.hasHost && c.copies:
			return c.login, "", nil // the names of files follow
		case c.hasHost:
			return c.login, rest, nil
		case isSSH || isDestination(word):
			if c.copies {
				word = withoutPath(word)
			}
			if err := c.destination(word); err != nil {
				return Login{}, "", err
			}
		}
		rest = after
	}
	if !c.hasHost {
		return Login{}, "", problem.New(LoginUnclear, nil)
	}
	return c.login, "", nil
}

var rsync = regexp.MustCompile(`(?i)rsync`)

// parseRsync reads what follows the word rsync: its own options end with the
// ssh command that it is told to use, if any.
func parseRsync(rest string) (Login, string, error) {
	c := command{}
	words := strings.Fields(strings.NewReplacer(`"`, " ", "'", " ", "=", " ").Replace(plainPunctuation(rest)))
	for i, word := range words {
		switch {
		case word == "-p" && i+1 < len(words):
			if err := c.set('p', words[i+1]); err != nil {
				return Login{}, "", err
			}
		case word == "-i" && i+1 < len(words):
			c.login.Key = words[i+1]
		case strings.Contains(word, "@") && !c.hasHost:
			if err := c.destination(withoutPath(word)); err != nil {
				return Login{}, "", err
			}
		}
	}
	if !c.hasHost {
		return Login{}, "", problem.New(LoginUnclear, nil)
	}
	return c.login, "", nil
}

// withoutPath cuts host:path, as the programs that copy files write it.
func withoutPath(word string) string {
	if strings.Contains(strings.ToLower(word), "://") {
		return word
	}
	from := strings.LastIndexByte(word, ']') + 1
	if from == 0 {
		from = strings.IndexByte(word, '@') + 1
	}
	if at := strings.IndexByte(word[from:], ':'); at >= 0 {
		return word[:from+at]
	}
	return word
}

var optionOrHost = regexp.MustCompile(`[@＠]|(?:^|\s)[-\x{2010}-\x{2015}\x{2212}\x{ff0d}]`)

// afterSSH returns what follows the word ssh; before it may stand a label or a
// prompt. In "SSH 登录指令 ssh -p ..." the second ssh is the command.
func afterSSH(line string) (rest string, isSSH bool) {
	rest = line
	for {
		at := sshWord.FindStringIndex(rest)
		// Once there was a host or an option, ssh is the name of a host.
		if at == nil || isSSH && (optionOrHost.MatchString(rest[:at[0]]) || strings.TrimSpace(rest[at[1]:]) == "") {
			return rest, isSSH
		}
		rest, isSSH = " "+rest[at[1]:], true
	}
}

func cutWord(s string) (word, rest string) {
	word, rest, _ = strings.Cut(s, " ")
	return word, rest
}

// plainPunctuation undoes what input methods and word processors do to ASCII:
// full-width characters and long dashes.
func plainPunctuation(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\u2010' && r <= '\u2015' || r == '\u2212':
			return '-'
		case r >= '\uff01' && r <= '\uff5e':
			return r - 0xfee0
		}
		return r
	}, word)
}

// option reads one word of options, and the value that may follow in rest.
func (c *command) option(word, rest string) (string, error) {
	if word == "--" {
		return rest, nil
	}
	flags, values := flagLetters, valueLetters
	if c.copies {
		flags, values = copyFlags, copyValues
	}
	for i := 1; i < len(word); i++ {
		letter := word[i]
		if strings.IndexByte(flags, letter) >= 0 {
			continue
		}
		if strings.IndexByte(values, letter) < 0 {
			return "", problem.New(LoginBadOption, nil, "option", "")
		}
		value := strings.TrimPrefix(word[i+1:], "=")
		if value == "" {
			rest = strings.TrimLeft(rest, " ")
			if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
				value, rest = cutQuoted(rest)
			} else {
				value, rest = cutWord(rest)
			}
		}
		if value == "" {
			return "", problem.New(LoginBadOption, nil, "option", "-"+string(letter))
		}
		return rest, c.set(letter, value)
	}
	return rest, nil
}

// cutQuoted reads a quoted word; a backslash matters only before a quote or
// another backslash, so that Windows paths survive.
func cutQuoted(s string) (value, rest string) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return b.String(), s[i+1:]
		case s[i] == '\\' && quote == '"' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return cutWord(s) // no closing quote: it is part of the name
}

func (c *command) set(letter byte, value string) error {
	switch letter {
	case 'p', 'P':
		port, err := parsePort(plainPunctuation(value))
		if err != nil {
			return err
		}
		c.login.Port, c.port = port, true
	case 'l':
		if !userName.MatchString(value) {
			return problem.New(LoginBadUser, nil)
		}
		c.login.User = value
	case 'i':
		if len(value) > maxKeyPath {
			return problem.New(LoginBadOption, nil, "option", "-i")
		}
		c.login.Key = value
	case 'J':
		if strings.EqualFold(value, "none") {
			value = ""
		}
		hops, err := parseHops(plainPunctuation(value))
		if err != nil {
			return err
		}
		c.login.Jump = joinHops(hops)
	case 'o':
		name, value := cutOption(value)
		switch strings.ToLower(name) {
		case "port":
			return c.set('p', value)
		case "user":
			return c.set('l', value)
		case "identityfile":
			return c.set('i', value)
		case "proxyjump":
			return c.set('J', value)
		case "proxycommand":
			return problem.New(LoginJump, nil, "option", "ProxyCommand")
		}
	}
	return nil
}

// cutOption parts Name=value or "Name value".
func cutOption(option string) (name, value string) {
	at := strings.IndexAny(option, "= ")
	if at < 0 {
		return option, ""
	}
	return option[:at], strings.TrimLeft(option[at:], "= ")
}

const maxHops = 8

// parseHops reads the hosts of -J: [user@]host[:port] or ssh:// addresses, with
// commas between.
func parseHops(list string) ([]Login, error) {
	if list == "" {
		return nil, nil
	}
	words := strings.Split(list, ",")
	if len(words) > maxHops {
		return nil, problem.New(LoginBadOption, nil, "option", "-J")
	}
	hops := make([]Login, len(words))
	for i, word := range words {
		var c command
		if err := c.destination(strings.TrimSpace(word)); err != nil {
			return nil, err
		}
		if c.login.Password != "" {
			return nil, problem.New(LoginBadOption, nil, "option", "-J")
		}
		hops[i] = c.login
	}
	return hops, nil
}

func joinHops(hops []Login) string {
	words := make([]string, len(hops))
	for i, h := range hops {
		words[i] = h.Address()
		if h.Port == 0 && strings.Contains(h.Host, ":") {
			words[i] = "[" + h.Host + "]"
		}
		if h.User != "" {
			words[i] = h.User + "@" + words[i]
		}
	}
	return strings.Join(words, ",")
}

// isDestination reports whether word names a host beyond doubt.
func isDestination(word string) bool {
	return strings.Contains(word, "@") || strings.Contains(strings.ToLower(word), "ssh://") || bareHost.MatchString(word)
}

// destination reads [user@]host[:port] or ssh://[user[:password]@]host[:port].
func (c *command) destination(word string) error {
	c.hasHost = true
	word = strings.TrimRight(word, ",;.。、")
	secret := ""
	if at := strings.Index(strings.ToLower(word), "ssh://"); at >= 0 {
		word = word[at+len("ssh://"):]
		if end := strings.IndexAny(word, "/?#"); end >= 0 && end > strings.LastIndexByte(word, '@') {
			word = word[:end]
		}
		if at := strings.LastIndexByte(word, '@'); at >= 0 {
			user, password, _ := strings.Cut(word[:at], ":")
			var err error
			if secret, err = url.PathUnescape(password); err != nil {
				secret = password
			}
			word = user + word[at:]
		}
	}
	if at := strings.LastIndexByte(word, '@'); at >= 0 {
		user := withoutLabel(word[:at])
		if !userName.MatchString(user) {
			return problem.New(LoginBadUser, nil)
		}
		c.login.User, word = user, word[at+1:]
	}
	host, port, err := splitPort(word)
	if err != nil {
		return err
	}
	if !validHost(host) {
		return problem.New(LoginBadHost, nil)
	}
	c.login.Host = plainHost(host)
	if port != 0 && !c.port {
		c.login.Port = port
	}
	c.login.Password = secret
	return nil
}

// plainHost is a host in lower case, unless it may be a name in the user's SSH
// configuration, where case matters.
func plainHost(host string) string {
	host = strings.TrimSuffix(host, ".")
	if !strings.ContainsAny(host, ".:") {
		return host
	}
	return strings.ToLower(host)
}

// withoutLabel drops a label that is glued to the user name, as in
// 登录指令:root. An ASCII word before a colon may be a name with its password
// and is left alone.
func withoutLabel(user string) string {
	at := strings.LastIndexByte(user, ':')
	if at < 0 {
		return user
	}
	switch before := strings.ToLower(user[:at]); {
	case !isASCII(before), before == "ssh", before == "login", before == "host", before == "address":
		return user[at+1:]
	}
	return user
}

// splitPort parts host:port; the port is 0 if there is none. More colons than
// one without brackets are an IPv6 address.
func splitPort(s string) (host string, port int, err error) {
	if strings.HasPrefix(s, "[") {
		inside, after, found := strings.Cut(s[1:], "]")
		if _, err := netip.ParseAddr(inside); err != nil || !found || after != "" && after[0] != ':' {
			return "", 0, problem.New(LoginBadHost, nil)
		}
		if after == "" {
			return inside, 0, nil
		}
		port, err = parsePort(after[1:])
		return inside, port, err
	}
	if strings.Count(s, ":") != 1 {
		return s, 0, nil
	}
	host, digits, _ := strings.Cut(s, ":")
	port, err = parsePort(digits)
	return host, port, err
}
