package rental

import (
	"log/slog"
	"net"
	"strconv"
	"strings"
)

// A Login is how to reach an instance by SSH. What the text did not say is
// empty: a name in the user's SSH configuration may say more of it.
type Login struct {
	User string
	Host string // name or address, without brackets; or a name in the SSH configuration
	Port int    // 0 if none was given
	Key  string // path of a private key, as given with -i; "" if none was
	Jump string // hosts on the way, as with -J: "a,user@b:port"; "" if there are none
	// Password is "" if none was pasted. Nothing in this package prints or
	// encodes it.
	Password string `json:"-" yaml:"-"`
}

// What a login line means where it does not say.
const (
	DefaultUser = "root"
	DefaultPort = 22
)

// Command returns the login as a command line without the password, in one
// shape whatever was pasted; that of no login is empty. ParseLogin reads it
// back.
func (l Login) Command() string {
	if l.Host == "" {
		return ""
	}
	words := []string{"ssh"}
	if l.Port != 0 {
		words = append(words, "-p", strconv.Itoa(l.Port))
	}
	if l.Key != "" {
		key := l.Key
		if strings.ContainsAny(key, " '\"") {
			key = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
		}
		words = append(words, "-i", key)
	}
	if l.Jump != "" {
		words = append(words, "-J", l.Jump)
	}
	host := l.Host
	if l.User != "" {
		host = l.User + "@" + host
	}
	return strings.Join(append(words, host), " ")
}

// Address returns the host as it was given, with the port if one was.
func (l Login) Address() string {
	if l.Port == 0 {
		return l.Host
	}
	return net.JoinHostPort(l.Host, strconv.Itoa(l.Port))
}

// Hops returns the hosts on the way, the first one first.
func (l Login) Hops() []Login {
	hops, _ := parseHops(l.Jump)
	return hops
}

// String is Command: a Login may be printed with any verb.
func (l Login) String() string { return l.Command() }

// GoString keeps the password out of %#v.
func (l Login) GoString() string { return l.Command() }

// LogValue keeps the password out of structured logs.
func (l Login) LogValue() slog.Value { return slog.StringValue(l.Command()) }
