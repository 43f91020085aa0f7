package rental

import (
	"log/slog"
	"net"
	"strconv"
	"strings"
)

// A Login is how to reach an instance by SSH.
type Login struct {
	User string
	Host string // name or address, without brackets
	Port int
	Key  string // path of a private key, as given with -i; "" if none was
	// Password is "" if none was pasted. Nothing in this package prints or
	// encodes it.
	Password string `json:"-" yaml:"-"`
}

// Command returns the login as a command line without the password, in one
// shape whatever was pasted. ParseLogin reads it back.
func (l Login) Command() string {
	words := []string{"ssh", "-p", strconv.Itoa(l.Port)}
	if l.Key != "" {
		key := l.Key
		if strings.ContainsAny(key, " '\"") {
			key = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
		}
		words = append(words, "-i", key)
	}
	return strings.Join(append(words, l.User+"@"+l.Host), " ")
}

// Address returns host:port, with brackets where the host needs them.
func (l Login) Address() string { return net.JoinHostPort(l.Host, strconv.Itoa(l.Port)) }

// String is Command: a Login may be printed with any verb.
func (l Login) String() string { return l.Command() }

// GoString keeps the password out of %#v.
func (l Login) GoString() string { return l.Command() }

// LogValue keeps the password out of structured logs.
func (l Login) LogValue() slog.Value { return slog.StringValue(l.Command()) }
