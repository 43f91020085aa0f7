package sshconfig

import (
	"os"
	"os/user"
	"strings"

	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// Loop: host. A host on the way leads over itself.
const Loop problem.Code = "ssh-config-loop"

// maxRoute bounds the hosts between here and an instance.
const maxRoute = 8

// A Stop is one host of a route: where to connect, as whom, and with which
// keys.
type Stop struct {
	Name           string // as the person calls it
	User           string
	Host           string
	Port           int
	Identities     []string
	IdentitiesOnly bool
}

// Here reads the configuration of the person who runs this program. With an
// error, it is without what could not be read.
func Here() (*Config, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return &Config{}, nil // nobody's: there is none
	}
	return Load(home)
}

// Route says over which hosts a login leads; the last one is the instance. What
// the login itself says counts before the configuration.
func (c *Config) Route(login rental.Login) ([]Stop, error) {
	return c.route(login, rental.DefaultUser, 0)
}

// route; otherwise is the user where nothing names one.
func (c *Config) route(login rental.Login, otherwise string, depth int) ([]Stop, error) {
	if depth >= maxRoute {
		return nil, problem.New(Loop, nil, "host", login.Host)
	}
	h := c.Resolve(login.Host)
	if h.ProxyCommand && login.Jump == "" {
		return nil, problem.New(rental.LoginJump, nil, "option", "ProxyCommand")
	}
	if h.Listed {
		otherwise = localUser()
	}
	stop := Stop{
		Name: login.Host, Host: strings.ToLower(h.HostName),
		User: first(login.User, h.User, otherwise), Port: first(login.Port, h.Port, rental.DefaultPort),
		Identities: h.Identities, IdentitiesOnly: h.IdentitiesOnly,
	}
	if login.Key != "" {
		stop.Identities = append([]string{c.tilde(login.Key)}, h.Identities...)
	}
	hops := rental.Login{Jump: first(login.Jump, h.Jump)}.Hops()
	var stops []Stop
	for i, hop := range hops {
		before, err := c.route(hop, localUser(), depth+1)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			// Only the first is reached as the configuration says: the others
			// are reached from the one before.
			before = before[len(before)-1:]
		}
		stops = append(stops, before...)
	}
	if len(stops) > maxRoute {
		return nil, problem.New(Loop, nil, "host", login.Host)
	}
	return append(stops, stop), nil
}

func first[T comparable](values ...T) T {
	var none T
	for _, v := range values {
		if v != none {
			return v
		}
	}
	return none
}

// localUser is who runs this program: ssh takes that name where nothing else
// is said.
func localUser() string {
	u, err := user.Current()
	if err != nil {
		return rental.DefaultUser
	}
	// Windows puts the machine's name in front.
	return u.Username[strings.LastIndexByte(u.Username, '\\')+1:]
}
