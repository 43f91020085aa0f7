package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/sshdtest"
)

// sshFiles gives the tests' user an SSH configuration and known hosts.
func sshFiles(t *testing.T, config string, known ...string) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	write(t, filepath.Join(home, ".ssh", "config"), config)
	write(t, filepath.Join(home, ".ssh", "known_hosts"), strings.Join(known, "\n")+"\n")
}

func entry(name string, s *sshdtest.Server, more ...string) string {
	return "Host " + name + "\n\tHostName 127.0.0.1\n\tPort " + strconv.Itoa(s.Port) + "\n\tUser " + s.User +
		"\n\tIdentityFile " + s.Key + "\n\tIdentitiesOnly yes\n\t" + strings.Join(more, "\n\t") + "\n"
}

// The plan may name a host of ~/.ssh/config, which leads over others.
func TestLoginByName(t *testing.T) {
	s := upToUpload(t)
	gate, middle := sshdtest.Start(t), sshdtest.Start(t)
	login := "ssh -p " + strconv.Itoa(s.Port) + " " + s.User + "@127.0.0.1"
	upload := func(t *testing.T) result {
		return program(t, "upload", "--yes", "--dir", s.dir)
	}
	config := entry("my-gpu", s.Server) + entry("behind", s.Server, "ProxyJump gate") +
		entry("far", s.Server, "ProxyJump gate,middle") + entry("gate", gate) + entry("middle", middle)
	for _, c := range []struct {
		name, login string
		known       []string
		code        int
		says        []string
	}{
		{"name", "my-gpu", nil, 0, []string{"Connecting to my-gpu"}},
		{"ssh and name", "ssh my-gpu", nil, 0, nil},
		{"over a host", "behind", []string{gate.KnownHosts}, 0, []string{"Going over 127.0.0.1"}},
		{"over two hosts", "far", []string{gate.KnownHosts, middle.KnownHosts}, 0, nil},
		{"with -J", "ssh -J gate,middle my-gpu", []string{gate.KnownHosts, middle.KnownHosts}, 0, nil},
		{"over a host that is not known", "behind", nil, exitUser, []string{"At the jump host 127.0.0.1", gate.HostKeyFingerprint}},
		{"over a second host that is not known", "far", []string{gate.KnownHosts}, exitUser, []string{"At the jump host", middle.HostKeyFingerprint}},
		{"no such name", "no-gpu", nil, exitFailed, []string{"neither a login command nor a host in ~/.ssh/config", "my-gpu, behind"}},
		{"no such name, with ssh", "ssh no-gpu.invalid", nil, exitFailed, []string{"No host is named no-gpu.invalid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sshFiles(t, config, c.known...)
			s.answer(t, "login", "login: "+login+"\n", "login: "+c.login+"\n")
			defer s.answer(t, "login", "login: "+c.login+"\n", "login: "+login+"\n")
			r := upload(t)
			if r.code != c.code {
				t.Errorf("exit code %d:\n%s", r.code, r.all())
			}
			for _, want := range c.says {
				if !strings.Contains(strings.Join(strings.Fields(r.all()), " "), want) {
					t.Errorf("says nothing of %q:\n%s", want, r.all())
				}
			}
		})
	}
}

// gatekeeper is a face that trusts every host and gives one password.
type gatekeeper struct {
	nobody
	password string
	asked    []string
}

func (g *gatekeeper) Password(_ context.Context, login rental.Login, attempt int) (string, error) {
	g.asked = append(g.asked, strconv.Itoa(attempt)+" "+login.Host)
	return g.password, nil
}

func (*gatekeeper) TrustHost(context.Context, wizard.HostKey) (bool, error) { return true, nil }

// The password that let into a host on the way is asked for once, though the
// way is gone again because the instance behind it does not let the person in.
func TestPasswordOfAHostOnTheWay(t *testing.T) {
	sshFiles(t, "")
	target := sshdtest.Start(t)
	gate := sshdtest.StartInProcess(t, &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, got []byte) (*ssh.Permissions, error) {
		if string(got) != "right" {
			return nil, errors.New("denied")
		}
		return nil, nil
	}}, sshdtest.InProcessOptions{Forward: func() (net.Conn, error) { return net.Dial("tcp", target.Addr) }})
	for _, c := range []struct{ password, want string }{
		{"right", "1 localhost"},
		{"wrong", "1 localhost, 2 localhost, 3 localhost, 1 localhost, 2 localhost, 3 localhost"},
	} {
		l := newLogins(target.Key)
		defer l.close()
		face := &gatekeeper{password: c.password}
		plan := planfile.New()
		plan.Login = fmt.Sprintf("ssh -p %d -J u@localhost:%d %s@127.0.0.1", target.Port, gate.Port, target.User)
		for _, key := range []string{"SHA256:" + strings.Repeat("A", 43), target.HostKeyFingerprint} {
			plan.HostKey = key
			_, err := l.connect(t.Context(), plan, "", face)
			if passes := c.password == "right" && key == target.HostKeyFingerprint; passes != (err == nil) {
				t.Errorf("%s: %v", c.password, err)
			}
		}
		if got := strings.Join(face.asked, ", "); got != c.want {
			t.Errorf("%s: asked for %s", c.password, got)
		}
	}
}

// What a person pastes into the line face: the login with its password in one
// line or two. The password gets into memory alone.
func TestLoginPastedWithItsPassword(t *testing.T) {
	const secret = "kBz3w9Qq+xYz"
	s := upToUpload(t)
	plan := filepath.Join(s.dir, "gpuwizard.yaml")
	login := "ssh -p " + strconv.Itoa(s.Port) + " " + s.User + "@127.0.0.1"
	bare := strings.Replace(strings.Replace(read(t, plan), "login: "+login+"\n", "", 1), "host_key: "+s.HostKeyFingerprint+"\n", "", 1)
	for name, typed := range map[string]string{
		"one line":    login + " " + secret + "\ny\n",
		"two lines":   login + "\n" + secret + "\ny\n",
		"with labels": "登录指令：" + login + " 密码：" + secret + "\ny\n",
	} {
		t.Run(name, func(t *testing.T) {
			sshFiles(t, "")
			write(t, plan, bare)
			r := programWith(t, streams{in: strings.NewReader(typed), readPassword: func() (string, error) {
				return "", errors.New("asked for the password")
			}}, "upload", "--dir", s.dir, "--identity", s.Key)
			if r.code != 0 || !strings.Contains(read(t, plan), "login: "+login+"\n") {
				t.Errorf("exit code %d:\n%s\n%s", r.code, r.all(), read(t, plan))
			}
			err := filepath.Walk(s.dir, func(name string, info os.FileInfo, err error) error {
				if err == nil && info.Mode().IsRegular() && strings.Contains(read(t, name), secret) {
					t.Errorf("%s holds the password", name)
				}
				return err
			})
			if err != nil || strings.Contains(r.all(), secret) {
				t.Errorf("%v, or the password is told:\n%s", err, r.all())
			}
		})
	}
}
