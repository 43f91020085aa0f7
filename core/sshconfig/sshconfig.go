// Package sshconfig reads OpenSSH's client configuration, ~/.ssh/config, for
// what a login needs: which hosts a person has given a name, and where such a
// name leads.
//
// It follows ssh_config(5) for Host, Include, HostName, Port, User,
// IdentityFile, IdentitiesOnly and ProxyJump. A Match other than "all" and
// "host" depends on more than the name, or runs a command: what stands under
// it is left out. It opens no connection and changes no file.
package sshconfig

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/kevinburke/ssh_config"

	"gpuwizard/core/problem"
)

// Broken: path, detail. A configuration file that ssh itself would refuse.
const Broken problem.Code = "ssh-config-broken"

// Limits of what is read: a configuration is written by hand.
const (
	maxFile  = 1 << 20
	maxLine  = 4 << 10
	maxFiles = 64
	maxDepth = 8
	maxHosts = 200
)

// A Config is what the files say.
type Config struct {
	home  string
	files []*file // the user's own first, as its values count first
	left  int     // files that may still be read
}

// A Host is where a name leads. What nothing says is the zero value.
type Host struct {
	Name           string // as it was asked for
	HostName       string // the name or address to connect to
	User           string
	Port           int
	Identities     []string // key files, in order
	IdentitiesOnly bool     // offer no other keys than Identities
	Jump           string   // hosts on the way, as "a,user@b:port"; "" if there are none
	ProxyCommand   bool     // a program makes the connection; see ssh_config(5)
	Listed         bool     // a Host line names it, without wildcards
}

// Load reads the configuration of the person with this home folder, and the
// machine's. A missing file is an empty one.
func Load(home string) (*Config, error) {
	c := &Config{home: home, left: maxFiles}
	for _, f := range []struct{ path, base string }{
		{filepath.Join(home, ".ssh", "config"), filepath.Join(home, ".ssh")},
		{filepath.Join(SystemFolder(), "ssh_config"), SystemFolder()},
	} {
		read, err := c.read(f.path, f.base, 0)
		if err != nil {
			return c, err
		}
		if read != nil {
			c.files = append(c.files, read)
		}
	}
	return c, nil
}

// SystemFolder is where the machine keeps what concerns all its users.
func SystemFolder() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("ProgramData"), "ssh")
	}
	return "/etc/ssh"
}

// A file is one configuration file, with those that it includes.
type file struct {
	config   *ssh_config.Config
	included map[*ssh_config.KV][]*file
}

// Words that stand for others while the library reads a file. It reads the
// files of an Include from a home folder of its own and gives up on one with
// a Match that it does not know.
const (
	includeKey = "GpuwizardInclude"
	noHost     = "Host !*"
)

func (c *Config) read(path, base string, depth int) (*file, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err == nil && !info.Mode().IsRegular():
		return nil, nil
	case depth > maxDepth || c.left == 0:
		return nil, problem.New(Broken, nil, "path", path, "detail", "Include")
	}
	c.left--
	text, err := readAll(path)
	if err != nil {
		return nil, problem.New(Broken, err, "path", path, "detail", reason(err))
	}
	text, err = prepare(text)
	var config *ssh_config.Config
	if err == nil {
		config, err = ssh_config.DecodeBytes(text)
	}
	if err != nil {
		return nil, problem.New(Broken, err, "path", path, "detail", err.Error())
	}
	f := &file{config: config, included: map[*ssh_config.KV][]*file{}}
	for _, host := range config.Hosts {
		for _, node := range host.Nodes {
			kv, ok := node.(*ssh_config.KV)
			if !ok || !strings.EqualFold(kv.Key, includeKey) {
				continue
			}
			for _, name := range c.glob(kv.Value, base) {
				inner, err := c.read(name, base, depth+1)
				if err != nil {
					return nil, err
				}
				if inner != nil {
					f.included[kv] = append(f.included[kv], inner)
				}
			}
		}
	}
	return f, nil
}

func readAll(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("larger than %d bytes", maxFile)
	}
	return text, err
}

// reason is an error of a file without its path, which is told beside it.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// prepare puts the words above in place of what the library must not see. Its
// time grows with the square of a line's length, so that comments are dropped
// and long lines refused.
func prepare(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	lines := strings.Split(strings.ReplaceAll(string(text), "\r", ""), "\n")
	for i, line := range lines {
		key, value := keyword(line)
		switch {
		case key == "":
			lines[i] = ""
		case len(line) > maxLine:
			return nil, fmt.Errorf("line %d is longer than %d bytes", i+1, maxLine)
		case strings.EqualFold(key, "include"):
			lines[i] = includeKey + " " + value
		case strings.EqualFold(key, "match"):
			lines[i] = match(strings.Fields(value))
		case strings.EqualFold(key, "host"):
			lines[i] = host(strings.Fields(value))
		}
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// match is the Host line for what follows Match: noHost for what this package
// does not know.
func match(criteria []string) string {
	switch {
	case len(criteria) == 1 && strings.EqualFold(criteria[0], "all"):
		return "Host *"
	case len(criteria) == 2 && (strings.EqualFold(criteria[0], "host") || strings.EqualFold(criteria[0], "originalhost")):
		return host(strings.Split(criteria[1], ","))
	}
	return noHost
}

// host is a Host line whose patterns the library can read: without quotes, and
// parted by one blank.
func host(patterns []string) string {
	line := "Host"
	for _, p := range patterns {
		if strings.HasPrefix(p, "#") {
			break
		}
		if p = strings.ReplaceAll(p, `"`, ""); p != "" && p != "!" {
			line += " " + p
		}
	}
	if line == "Host" {
		return noHost
	}
	return line
}

// keyword parts a line into its keyword and what follows: "Key value",
// "Key=value", with blanks and tabs.
func keyword(line string) (key, value string) {
	line = strings.TrimSpace(line)
	at := strings.IndexAny(line, " \t=")
	if at <= 0 || strings.HasPrefix(line, "#") {
		return "", ""
	}
	value = strings.TrimLeft(line[at:], " \t")
	value = strings.TrimLeft(strings.TrimPrefix(value, "="), " \t")
	return line[:at], value
}

func (c *Config) glob(value, base string) []string {
	var names []string
	for _, pattern := range words(value) {
		pattern = c.tilde(pattern)
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(base, pattern)
		}
		found, _ := filepath.Glob(pattern) // a bad pattern matches nothing
		names = append(names, found...)
	}
	return names
}

// words parts a value at blanks, except within quotes.
func words(value string) []string {
	var list []string
	for value = strings.TrimSpace(value); value != ""; value = strings.TrimSpace(value) {
		word, rest, _ := strings.Cut(value, " ")
		if quoted, ok := strings.CutPrefix(value, `"`); ok {
			word, rest, _ = strings.Cut(quoted, `"`)
		}
		list, value = append(list, word), rest
	}
	return list
}

func (c *Config) tilde(path string) string {
	if path == "~" {
		return c.home
	}
	for _, lead := range []string{"~/", `~\`} {
		if rest, ok := strings.CutPrefix(path, lead); ok {
			return filepath.Join(c.home, filepath.FromSlash(rest))
		}
	}
	return path
}

// values returns what the files say for a name and a keyword, first value
// first.
func (c *Config) values(name, key string) []string {
	var list []string
	for _, f := range c.files {
		list = append(list, f.values(name, key)...)
	}
	return list
}

func (f *file) values(name, key string) []string {
	var list []string
	for _, host := range f.config.Hosts {
		if !host.Matches(name) {
			continue
		}
		for _, node := range host.Nodes {
			kv, ok := node.(*ssh_config.KV)
			if !ok {
				continue
			}
			if strings.EqualFold(kv.Key, key) {
				list = append(list, strings.TrimSpace(kv.Value))
			}
			for _, inner := range f.included[kv] {
				list = append(list, inner.values(name, key)...)
			}
		}
	}
	return list
}

// Hosts returns the names that Host lines give, without patterns, in order.
func (c *Config) Hosts() []string {
	var list []string
	for _, f := range c.files {
		f.walk(func(host *ssh_config.Host) {
			for _, p := range host.Patterns {
				name := p.String()
				if len(list) < maxHosts && !strings.ContainsAny(name, "*?!") && !slices.Contains(list, name) {
					list = append(list, name)
				}
			}
		})
	}
	return list
}

func (f *file) walk(visit func(*ssh_config.Host)) {
	for _, host := range f.config.Hosts {
		visit(host)
		for _, node := range host.Nodes {
			if kv, ok := node.(*ssh_config.KV); ok {
				for _, inner := range f.included[kv] {
					inner.walk(visit)
				}
			}
		}
	}
}

// Resolve says where a name leads.
func (c *Config) Resolve(name string) Host {
	h := Host{Name: name, HostName: name, Listed: slices.Contains(c.Hosts(), name)}
	first := func(key string) string {
		if list := c.values(name, key); len(list) > 0 {
			return strings.Trim(list[0], `"`)
		}
		return ""
	}
	if s := first("HostName"); s != "" {
		h.HostName = strings.NewReplacer("%%", "%", "%h", name, "%n", name).Replace(s)
	}
	h.User = first("User")
	if port, err := strconv.Atoi(first("Port")); err == nil && port > 0 && port < 65536 {
		h.Port = port
	}
	h.IdentitiesOnly = strings.EqualFold(first("IdentitiesOnly"), "yes")
	for _, value := range c.values(name, "IdentityFile") {
		value = strings.Trim(value, `"`)
		if strings.EqualFold(value, "none") || value == "" {
			continue
		}
		if path := c.identity(value, h); !slices.Contains(h.Identities, path) {
			h.Identities = append(h.Identities, path)
		}
	}
	if jump := first("ProxyJump"); !strings.EqualFold(jump, "none") {
		h.Jump = jump
	}
	if command := first("ProxyCommand"); command != "" && !strings.EqualFold(command, "none") && h.Jump == "" {
		h.ProxyCommand = true
	}
	return h
}

// identity expands the path of a key file.
func (c *Config) identity(path string, h Host) string {
	path = strings.NewReplacer("%%", "%", "%d", c.home, "%h", h.HostName, "%n", h.Name, "%r", h.User).Replace(c.tilde(path))
	return variable.ReplaceAllStringFunc(path, func(name string) string { return os.Getenv(name[2 : len(name)-1]) })
}

var variable = regexp.MustCompile(`\$\{\w+\}`)
