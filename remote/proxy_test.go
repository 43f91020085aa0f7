package remote_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/sshdtest"
)

// environment is a getenv of these variables.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestProxyFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		env      []string
		host     string
		variable string // "" is no proxy
		address  string
		bad      bool
	}{
		{name: "none", host: "h.example"},
		{name: "all", env: []string{"ALL_PROXY", "socks5://127.0.0.1:7890", "https_proxy", "http://other:1"}, host: "h.example", variable: "ALL_PROXY", address: "127.0.0.1:7890"},
		{name: "small letters", env: []string{"all_proxy", "socks5h://p.example"}, host: "h.example", variable: "all_proxy", address: "p.example:1080"},
		{name: "socks", env: []string{"all_proxy", "socks://p.example:1"}, host: "h.example", variable: "all_proxy", address: "p.example:1"},
		{name: "https", env: []string{"HTTPS_PROXY", "http://me:secret@p.example:3128/"}, host: "h.example", variable: "HTTPS_PROXY", address: "p.example:3128"},
		{name: "without a scheme", env: []string{"https_proxy", "p.example:3128"}, host: "h.example", variable: "https_proxy", address: "p.example:3128"},
		{name: "without a port", env: []string{"http_proxy", "http://p.example"}, host: "h.example", variable: "http_proxy", address: "p.example:80"},
		{name: "left out", env: []string{"ALL_PROXY", "socks5://p.example", "NO_PROXY", "other,.example"}, host: "h.example"},
		{name: "left out, small letters", env: []string{"ALL_PROXY", "socks5://p.example", "no_proxy", "10.0.0.0/8"}, host: "10.1.2.3"},
		{name: "not left out", env: []string{"ALL_PROXY", "socks5://p.example", "no_proxy", "10.0.0.0/8"}, host: "11.1.2.3", variable: "ALL_PROXY", address: "p.example:1080"},
		{name: "everything left out", env: []string{"ALL_PROXY", "socks5://p.example", "no_proxy", "*"}, host: "h.example"},
		{name: "this computer", env: []string{"ALL_PROXY", "socks5://p.example"}, host: "127.0.0.1"},
		{name: "another scheme", env: []string{"ALL_PROXY", "ftp://me:secret@p.example"}, host: "h.example", variable: "ALL_PROXY", bad: true},
		{name: "no address", env: []string{"https_proxy", "http://me:secret@p.example:x%"}, host: "h.example", variable: "https_proxy", bad: true},
		{name: "no host", env: []string{"https_proxy", "http://"}, host: "h.example", variable: "https_proxy", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := remote.ProxyFor(environment(c.env...), remote.Target{Host: c.host})
			if c.bad {
				if !problem.Has(err, remote.ProxyBad) || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), c.variable) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || (p == nil) != (c.variable == "") {
				t.Fatalf("got %v, %v", p, err)
			}
			if p != nil && (p.Variable != c.variable || p.Address() != c.address) {
				t.Errorf("got %s of %s", p.Address(), p.Variable)
			}
		})
	}
}

// through returns options for a server at a name that only a proxy knows: what
// loops back is never reached through one.
func through(t *testing.T, s *sshdtest.Server, proxyURL string) remote.Options {
	t.Helper()
	o := options(s)
	o.Target.Host = "gpu.invalid"
	p, err := remote.ProxyFor(environment("ALL_PROXY", proxyURL), o.Target)
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	o.Dialer = p.Dial
	return o
}

func TestThroughAnHTTPProxy(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	for _, c := range []struct {
		name, login string
		answer      string // instead of a tunnel
		want        problem.Code
	}{
		{name: "open"},
		{name: "with a password", login: "me:pass word"},
		{name: "with a wrong password", login: "me:other", want: remote.ProxyLogin},
		{name: "without a password", answer: "407 Proxy Authentication Required", want: remote.ProxyLogin},
		{name: "forbidden", answer: "403 Forbidden", want: remote.ProxyRefused},
		{name: "not allowed", answer: "405 Method Not Allowed", want: remote.ProxyRefused},
		{name: "host is off", answer: "502 Bad Gateway", want: instance.HostUnreachable},
		{name: "no answer of the host", answer: "504 Gateway Timeout", want: instance.HostUnreachable},
		{name: "no HTTP", answer: "-", want: remote.ProxyRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			login := ""
			if c.login != "" {
				login = strings.ReplaceAll(c.login, " ", "%20") + "@"
			}
			o := through(t, s, "http://"+login+httpProxy(t, s.Addr, "me:pass word", c.answer, c.login != ""))
			i, err := remote.Dial(t.Context(), o)
			if c.want == "" && err != nil || c.want != "" && !problem.Has(err, c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if err != nil {
				if strings.Contains(err.Error(), "other") {
					t.Errorf("the password is told: %v", err)
				}
				return
			}
			defer func() { _ = i.Close() }()
			if exit, err := i.Run(t.Context(), "exit 7", nil, nil); exit != 7 || err != nil {
				t.Errorf("exit %d, %v", exit, err)
			}
		})
	}
}

// httpProxy answers CONNECT for one host; it returns its address.
func httpProxy(t *testing.T, to, login, answer string, auth bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	serve := func(c net.Conn) {
		defer func() { _ = c.Close() }()
		in := bufio.NewReader(c)
		r, err := http.ReadRequest(in)
		if err != nil || r.Method != http.MethodConnect || !strings.HasPrefix(r.Host, "gpu.invalid:") {
			_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
			return
		}
		got, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic "))
		switch {
		case answer == "-":
			_, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n")
			return
		case answer != "":
			_, _ = io.WriteString(c, "HTTP/1.1 "+answer+"\r\n\r\n")
			return
		case auth && string(got) != login:
			_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		// The server's first words in the same packet as the answer.
		first := make([]byte, 256)
		n, _ := out.Read(first)
		_, _ = c.Write(append([]byte("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"), first[:n]...))
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		_, _ = io.Copy(c, out)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String()
}

// OpenSSH's own client is the SOCKS proxy here.
func TestThroughASOCKSProxy(t *testing.T) {
	t.Parallel()
	client, err := exec.LookPath("ssh")
	if err != nil {
		t.Skip("install openssh-client")
	}
	gate, s := sshdtest.Start(t), sshdtest.Start(t)
	known := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(known, []byte(gate.KnownHosts+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("127.0.0.1:%d", sshdtest.FreePort(t))
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, client, "-F", "none", "-N", "-D", at, "-i", gate.Key, "-p", fmt.Sprint(gate.Port),
		"-o", "UserKnownHostsFile="+known, "-o", "IdentitiesOnly=yes", "-o", "ExitOnForwardFailure=yes", gate.User+"@"+gate.Host)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", at)
		if err == nil {
			_ = c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the proxy did not start")
		}
	}
	reach := func(host string, port int) error {
		o := options(s)
		o.Target.Host, o.Target.Port = host, port
		p, err := remote.ProxyFor(environment("all_proxy", "socks5://"+at), remote.Target{Host: "x.invalid"})
		if err != nil {
			t.Fatal(err)
		}
		o.Dialer = p.Dial
		i, err := remote.Dial(t.Context(), o)
		if err == nil {
			defer func() { _ = i.Close() }()
			if exit, err := i.Run(t.Context(), "exit 7", nil, nil); exit != 7 || err != nil {
				t.Errorf("exit %d, %v", exit, err)
			}
		}
		return err
	}
	if err := reach("localhost", s.Port); err != nil {
		t.Errorf("got %v", err)
	}
	if err := reach("nowhere.invalid", 22); !problem.Has(err, instance.HostUnreachable) && !problem.Has(err, remote.ProxyRefused) {
		t.Errorf("unknown name: %v", err)
	}
}

func TestProxiesThatFail(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	nobody := fmt.Sprintf("127.0.0.1:%d", sshdtest.DeafPort(t))
	for _, c := range []struct {
		name, url string
		want      problem.Code
	}{
		{"HTTP proxy is off", "http://me:hush@" + nobody, remote.ProxyUnreachable},
		{"SOCKS proxy is off", "socks5://me:hush@" + nobody, remote.ProxyUnreachable},
		{"refused by SOCKS rules", "socks5://" + socksProxy(t, 2), remote.ProxyRefused},
		{"port closed behind SOCKS", "socks5://" + socksProxy(t, 5), instance.ConnectionRefused},
		{"host away behind SOCKS", "socks5://" + socksProxy(t, 4), instance.HostUnreachable},
		{"SOCKS wants a password", "socks5://" + socksProxy(t, -1), remote.ProxyLogin},
		{"an SSH server instead", "socks5://" + s.Addr, remote.ProxyRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := remote.Dial(t.Context(), through(t, s, c.url))
			if !problem.Has(err, c.want) || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// socksProxy refuses everything with a reply, or every login with -1.
func socksProxy(t *testing.T, reply int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				buf := make([]byte, 512)
				_, _ = c.Read(buf)
				if reply < 0 {
					_, _ = c.Write([]byte{5, 0xff})
					return
				}
				_, _ = c.Write([]byte{5, 0})
				_, _ = c.Read(buf)
				_, _ = c.Write([]byte{5, byte(reply), 0, 1, 0, 0, 0, 0, 0, 0})
			}()
		}
	}()
	return l.Addr().String()
}
