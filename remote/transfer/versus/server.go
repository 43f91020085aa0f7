//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

const port = "2222"

// A server is an sshd at the far end of a line.
type server struct {
	line *line
	dir  string // keys and configuration
	home string // of who logs in there, so that nobody's own .bashrc is measured
	into string // where uploads go
	cmd  *exec.Cmd
	host ssh.PublicKey
	near time.Duration // processor time of all that ran at the near end
}

func startServer(l *line, work string) (*server, error) {
	dir, err := os.MkdirTemp(work, "sshd")
	if err != nil {
		return nil, err
	}
	s := &server{line: l, dir: dir, home: filepath.Join(dir, "home"), into: filepath.Join(dir, "into")}
	for _, folder := range []string{s.home, s.into} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return nil, err
		}
	}
	if s.host, err = s.newKey("host"); err != nil {
		return nil, err
	}
	user, err := s.newKey("user")
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{
		"authorized_keys": string(ssh.MarshalAuthorizedKey(user)),
		"known_hosts":     fmt.Sprintf("[%s]:%s %s", there, port, ssh.MarshalAuthorizedKey(s.host)),
		"sshd_config": strings.Join([]string{
			"ListenAddress " + net.JoinHostPort(there, port),
			"HostKey " + s.path("host"),
			"AuthorizedKeysFile " + s.path("authorized_keys"),
			"PidFile none", "StrictModes no", "UsePAM no", "UseDNS no",
			"PermitRootLogin yes", "PasswordAuthentication no", "PrintMotd no",
			"MaxStartups 100", // the round trip is measured by connections that never log in
			"Subsystem sftp internal-sftp",
			"SetEnv HOME=" + s.home,
		}, "\n") + "\n",
		"ssh_config": strings.Join([]string{
			"Host far", "HostName " + there, "Port " + port, "User root",
			"IdentityFile " + s.path("user"), "IdentitiesOnly yes",
			"UserKnownHostsFile " + s.path("known_hosts"), "GlobalKnownHostsFile none",
			"StrictHostKeyChecking yes", "BatchMode yes", "LogLevel ERROR",
		}, "\n") + "\n",
	} {
		if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	_ = os.MkdirAll("/run/sshd", 0o755) // sshd does not start without
	err = in(l.far, func() error {
		s.cmd = exec.Command("/usr/sbin/sshd", "-D", "-f", s.path("sshd_config"), "-E", s.path("log"))
		return s.cmd.Start()
	})
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err = s.roundTrip(); err == nil {
			return s, nil
		}
	}
	log, _ := os.ReadFile(s.path("log"))
	s.stop()
	return nil, fmt.Errorf("sshd does not answer: %w: %s", err, log)
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *server) newKey(name string) (ssh.PublicKey, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.path(name), pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, err
	}
	return signer.PublicKey(), nil
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
	_ = os.RemoveAll(s.dir)
}

func (s *server) roundTrip() (time.Duration, error) {
	return roundTrip(s.line, net.JoinHostPort(there, port))
}

// run runs a command at the near end and returns how long it took, and what it
// printed.
func (s *server) run(ctx context.Context, name string, args ...string) (time.Duration, string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = append(os.Environ(), "HOME="+s.dir)
	began := time.Now()
	if err := in(s.line.near, cmd.Start); err != nil {
		return 0, "", err
	}
	err := cmd.Wait()
	took := time.Since(began)
	s.near += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if err != nil {
		return 0, "", fmt.Errorf("%s: %w: %s", name, err, tail(out.String()))
	}
	return took, out.String(), nil
}

func tail(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 300 {
		text = text[len(text)-300:]
	}
	return text
}

// farTime is the processor time of all that ran at the far end and is over. It
// waits a little for what is just ending.
func (s *server) farTime() time.Duration {
	proc := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		children, err := os.ReadFile(fmt.Sprintf("%stask/%d/children", proc, s.cmd.Process.Pid))
		if err != nil || len(bytes.TrimSpace(children)) == 0 {
			break
		}
	}
	stat, _ := os.ReadFile(proc + "stat")
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const childUser, childSystem, hertz = 13, 14, 100 // see proc(5)
	if len(fields) <= childSystem {
		return 0
	}
	user, _ := strconv.Atoi(fields[childUser])
	system, _ := strconv.Atoi(fields[childSystem])
	return time.Duration(user+system) * time.Second / hertz
}

// loginTime is what a login alone takes.
func (s *server) loginTime(ctx context.Context) (time.Duration, error) {
	best := time.Hour
	for range 3 {
		took, _, err := s.run(ctx, "ssh", "-F", s.path("ssh_config"), "far", "true")
		if err != nil {
			return 0, err
		}
		best = min(best, took)
	}
	return best, nil
}
