package remote

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// Codes of problems with a proxy between here and the host. They never hold
// its user name or password.
const (
	// ProxyBad: variable. What it holds is no address of a proxy.
	ProxyBad problem.Code = "proxy-bad"
	// ProxyUnreachable: proxy, variable, host. The proxy itself does not answer.
	ProxyUnreachable problem.Code = "proxy-unreachable"
	// ProxyRefused: proxy, variable, host, port, detail. The proxy answers and
	// does not want to connect there.
	ProxyRefused problem.Code = "proxy-refused"
	// ProxyLogin: proxy, variable, host. The proxy wants another name or password.
	ProxyLogin problem.Code = "proxy-login"
)

// A Proxy stands between here and a host.
type Proxy struct {
	Variable string // the environment variable that names it
	url      *url.URL
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

// Address is the proxy's host and port.
func (p *Proxy) Address() string {
	port := p.url.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[p.url.Scheme]
	}
	if port == "" {
		port = "1080"
	}
	return net.JoinHostPort(p.url.Hostname(), port)
}

// ProxyFor returns the proxy that the environment names for a host, nil if
// there is none: ALL_PROXY, else HTTPS_PROXY, else HTTP_PROXY, in capital or
// small letters, unless NO_PROXY leaves the host out. Loopback addresses are
// never reached through a proxy.
func ProxyFor(getenv func(string) string, t Target) (*Proxy, error) {
	for _, name := range []string{"ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"} {
		variable, value := name, getenv(name)
		if value == "" {
			variable = strings.ToLower(name)
			value = getenv(variable)
		}
		if value == "" {
			continue
		}
		except := getenv("NO_PROXY")
		if except == "" {
			except = getenv("no_proxy")
		}
		at, err := parseProxy(value)
		if err != nil {
			// The error quotes the value, in which a password may be.
			return nil, problem.New(ProxyBad, nil, "variable", variable)
		}
		config := httpproxy.Config{HTTPSProxy: at.String(), NoProxy: except}
		if via, err := config.ProxyFunc()(&url.URL{Scheme: "https", Host: t.address()}); err != nil || via == nil {
			return nil, err // NO_PROXY has this host
		}
		return &Proxy{Variable: variable, url: at, dial: (&net.Dialer{}).DialContext}, nil
	}
	return nil, nil
}

func parseProxy(value string) (*url.URL, error) {
	// Some programs say socks for socks5, and many leave http:// out.
	if rest, ok := strings.CutPrefix(value, "socks://"); ok {
		value = "socks5://" + rest
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	at, err := url.Parse(value)
	if err != nil {
		return nil, err
	}
	switch at.Scheme {
	case "socks5", "socks5h", "http", "https":
		if at.Hostname() != "" {
			return at, nil
		}
	}
	return nil, errors.New("not a proxy")
}

// Dial connects to an address through the proxy; see Options.Dialer.
func (p *Proxy) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if strings.HasPrefix(p.url.Scheme, "socks") {
		return p.socks(ctx, network, address)
	}
	return p.connect(ctx, address)
}

// problem of the way to address, as this proxy tells it.
func (p *Proxy) problem(code problem.Code, address string, cause error, more ...string) error {
	host, port, _ := net.SplitHostPort(address)
	details := []string{"host", host, "port", port}
	switch code {
	case ProxyUnreachable, ProxyRefused, ProxyLogin:
		details = append(details, "proxy", p.Address(), "variable", p.Variable)
	default:
		details = append(details, "via", p.Address())
	}
	return problem.New(code, cause, append(details, more...)...)
}

// reach connects to the proxy itself.
func (p *Proxy) reach(ctx context.Context, target string) (net.Conn, error) {
	c, err := p.dial(ctx, "tcp", p.Address())
	if err != nil {
		return nil, p.problem(ProxyUnreachable, target, err)
	}
	return c, nil
}

// forward is the proxy as the SOCKS library reaches it.
type forward struct {
	p      *Proxy
	target string
}

func (f forward) Dial(network, address string) (net.Conn, error) {
	return f.DialContext(context.Background(), network, address)
}

func (f forward) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	return f.p.reach(ctx, f.target)
}

func (p *Proxy) socks(ctx context.Context, network, address string) (net.Conn, error) {
	var login *proxy.Auth
	if u := p.url.User; u != nil {
		password, _ := u.Password()
		login = &proxy.Auth{User: u.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", p.Address(), login, forward{p, address})
	if err != nil {
		return nil, p.problem(ProxyRefused, address, err)
	}
	c, err := d.(proxy.ContextDialer).DialContext(ctx, network, address)
	if err == nil {
		return c, nil
	}
	if _, ok := problem.As(err); ok || ctx.Err() != nil {
		return nil, err
	}
	// The library gives the proxy's answer as words alone.
	said := err.Error()
	said = said[strings.LastIndex(said, ": ")+1:]
	for _, answer := range []struct {
		words string
		code  problem.Code
	}{
		{"connection refused", instance.ConnectionRefused},
		{"unreachable", instance.HostUnreachable},
		{"TTL expired", instance.HostUnreachable},
		{"general SOCKS server failure", instance.HostUnreachable},
		{"authentication", ProxyLogin},
		{"username/password", ProxyLogin},
	} {
		if strings.Contains(said, answer.words) {
			return nil, p.problem(answer.code, address, err)
		}
	}
	return nil, p.problem(ProxyRefused, address, err, "detail", strings.TrimSpace(said))
}

// connect asks an HTTP proxy for a tunnel.
func (p *Proxy) connect(ctx context.Context, address string) (net.Conn, error) {
	c, err := p.reach(ctx, address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	tunnel, err := p.ask(ctx, c, address)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = c.Close()
		if ctx.Err() != nil {
			err = p.problem(instance.HostUnreachable, address, ctx.Err())
		}
		return nil, err
	}
	return tunnel, nil
}

func (p *Proxy) ask(ctx context.Context, c net.Conn, address string) (net.Conn, error) {
	if p.url.Scheme == "https" {
		secure := tls.Client(c, &tls.Config{ServerName: p.url.Hostname()})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, p.problem(ProxyUnreachable, address, err)
		}
		c = secure
	}
	request := &http.Request{
		Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address,
		Header: http.Header{"User-Agent": {"gpuwizard"}},
	}
	if u := p.url.User; u != nil {
		password, _ := u.Password()
		request.Header.Set("Proxy-Authorization",
			"Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := request.Write(c); err != nil {
		return nil, p.problem(ProxyUnreachable, address, err)
	}
	// The server speaks first: what comes behind the answer is its own.
	in := bufio.NewReader(c)
	answer, err := http.ReadResponse(in, request)
	if err != nil {
		return nil, p.problem(ProxyRefused, address, err, "detail", "no HTTP")
	}
	_ = answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return &readAhead{Conn: c, in: in}, nil
	case http.StatusProxyAuthRequired:
		return nil, p.problem(ProxyLogin, address, nil)
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return nil, p.problem(instance.HostUnreachable, address, errors.New(fmt.Sprint("the proxy answers ", answer.StatusCode)))
	}
	return nil, p.problem(ProxyRefused, address, nil, "detail", fmt.Sprint(answer.StatusCode, " ", http.StatusText(answer.StatusCode)))
}

// readAhead is a connection of which some was read already.
type readAhead struct {
	net.Conn
	in *bufio.Reader
}

func (r *readAhead) Read(p []byte) (int, error) { return r.in.Read(p) }
