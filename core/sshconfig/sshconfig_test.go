package sshconfig

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/problem"
)

// write makes a home folder with these files below .ssh.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	home := t.TempDir()
	for name, text := range files {
		path := filepath.Join(home, ".ssh", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func TestResolve(t *testing.T) {
	t.Setenv("KEYS", "/keys")
	home := write(t, map[string]string{
		"config": "\ufeff# mine\r\n" +
			"Include conf.d/*.conf \"quoted name\"\r\n" + `
Host my-gpu other-gpu "in quotes"  # a comment
	HostName connect.nmb1.seetacloud.com
	port=10309
	User root
	IdentityFile ~/.ssh/id_gpu
	IdentityFile "${KEYS}/id %n of %r"
	IdentitiesOnly yes
	ProxyJump none
Host my-gpu
	Port 1
	User second
Host behind
	HostName 10.0.0.7
	ProxyJump me@jump.example:2222,last
Host tunnel
	ProxyCommand nc -x proxy:1080 %h %p
Match host matched,matched2
	User by-match
Match host x user y
	User wrong
Match exec "touch /tmp/never"
	User wrong
Match final all
	User wrong
Host *.lab !bad.lab
	HostName %h.example
	User lab
Host *
	Port 2200
`,
		"conf.d/a.conf":      "Host included\n  HostName a.example\n",
		"conf.d/b.conf":      "Include more\n",
		"conf.d/c.other":     "Host never\n",
		"more":               "Host deep\n  HostName deep.example\n",
		"quoted name":        "Host quoted\n  User q\n",
		"unrelated":          "Host never\n",
		"id_gpu":             "",
		"known_hosts":        "",
		"conf.d/d.conf/file": "",
	})
	c, err := Load(home)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"included", "deep", "quoted", "my-gpu", "other-gpu", "in", "quotes", "behind", "tunnel", "matched", "matched2"}
	if got := c.Hosts(); !slices.Equal(got, want) {
		t.Errorf("hosts %q, want %q", got, want)
	}
	for _, want := range []Host{
		{
			Name: "my-gpu", HostName: "connect.nmb1.seetacloud.com", User: "root", Port: 10309, Listed: true, IdentitiesOnly: true,
			Identities: []string{filepath.Join(home, ".ssh", "id_gpu"), "/keys/id my-gpu of root"},
		},
		{Name: "included", HostName: "a.example", Port: 2200, Listed: true},
		{Name: "deep", HostName: "deep.example", Port: 2200, Listed: true},
		{Name: "quoted", HostName: "quoted", User: "q", Port: 2200, Listed: true},
		{Name: "behind", HostName: "10.0.0.7", Port: 2200, Jump: "me@jump.example:2222,last", Listed: true},
		{Name: "tunnel", HostName: "tunnel", Port: 2200, ProxyCommand: true, Listed: true},
		{Name: "matched2", HostName: "matched2", User: "by-match", Port: 2200, Listed: true},
		{Name: "a.lab", HostName: "a.lab.example", User: "lab", Port: 2200},
		{Name: "bad.lab", HostName: "bad.lab", Port: 2200},
		{Name: "h.example", HostName: "h.example", Port: 2200},
	} {
		if got := c.Resolve(want.Name); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

func TestLoadWithoutAFile(t *testing.T) {
	c, err := Load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if h := c.Resolve("h.example"); h.HostName != "h.example" || h.Listed {
		t.Errorf("got %+v", h)
	}
}

func TestLoadOfABrokenFile(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"includes itself": {"config": "Include config\n"},
		"long line":       {"config": "Host a\n\tUser " + strings.Repeat("x", maxLine) + "\n"},
		"large":           {"config": strings.Repeat("# comment\n", maxFile/10+1)},
		"in an included":  {"config": "Include one\n", "one": "User " + strings.Repeat("x", maxLine) + "\n"},
	} {
		c, err := Load(write(t, files))
		if !problem.Has(err, Broken) {
			t.Errorf("%s: got %v", name, err)
		}
		if h := c.Resolve("a"); h.HostName != "a" {
			t.Errorf("%s: got %+v", name, h)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("Host a b*\n HostName = \"x\" # y\nMatch all\nInclude other\nPort 3\n", "a")
	f.Add("Match host a,b\nProxyJump c\nHost !a ? *\nIdentityFile ~/%d${HOME}\n=\nHost\n", "b")
	f.Fuzz(func(t *testing.T, text, name string) {
		home := write(t, map[string]string{"config": text, "other": "Host z\nUser u\n"})
		c, err := Load(home)
		if _, ok := problem.As(err); err != nil && !ok {
			t.Fatal(err)
		}
		for _, host := range append(c.Hosts(), name) {
			if strings.ContainsAny(host, "\n\r") && host != name {
				t.Errorf("host %q", host)
			}
			if h := c.Resolve(host); h.Port < 0 || h.Port > 65535 {
				t.Errorf("got %+v", h)
			}
		}
	})
}
