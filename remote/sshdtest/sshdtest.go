// Package sshdtest runs a real OpenSSH server for a test: on a free port of the
// loopback, with keys, configuration and home directory of its own. Without
// root it logs in as the user who runs the test, by key; passwords are for an
// in-process server to test.
package sshdtest

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// A Server is a running sshd.
type Server struct {
	Addr               string // host:port
	Host               string
	Port               int
	User               string
	HostKeyFingerprint string // "SHA256:..."
	KnownHosts         string // a line for a known_hosts file
	MoreKnownHosts     []string
	Key                string // a private key file that is let in
	Home               string // $HOME of those who log in

	t         testing.TB
	dir       string
	cmd       *exec.Cmd
	container []string // begins the server as a container; nil is without
}

// Options change what Start does.
type Options struct {
	// LoginShell is the program that gets the commands as "-c COMMAND"; "" is
	// the user's own.
	LoginShell string
	// Config are more lines of sshd_config.
	Config []string
	// Env are variables that sessions get, NAME=VALUE.
	Env []string
	// HomeName is the name of the home folder; "" is home.
	HomeName string
	// HomeKeys lets in the keys of ~/.ssh/authorized_keys, too.
	HomeKeys bool
	// NoSFTP leaves out the subsystem.
	NoSFTP bool
	// MoreHostKeys are types of keys, beside ed25519: "ecdsa", "rsa".
	MoreHostKeys []string
	// Container runs the server as the first process of a container: stopping
	// it ends everything that was started there, and Restart is another boot.
	// The test is skipped where that may not be done.
	Container bool
	// FirstEnv are variables that the first process of the container has,
	// NAME=VALUE, and nobody who logs in.
	FirstEnv []string
}

// Start runs a server until the test ends. Where there is no sshd, the test is
// skipped.
func Start(t testing.TB) *Server { return StartWith(t, Options{}) }

// StartWith is Start with options.
func StartWith(t testing.TB, o Options) *Server {
	t.Helper()
	sshd := find()
	if sshd == "" {
		t.Skip("install openssh-server")
	}
	me, err := user.Current()
	check(t, err)
	s := &Server{t: t, Host: "127.0.0.1", User: me.Username, dir: shortTempDir(t)}
	s.Home = filepath.Join(s.dir, cmp.Or(o.HomeName, "home"))
	check(t, os.Mkdir(s.Home, 0o700))

	hostKey := s.newKey("host_key")
	s.HostKeyFingerprint = ssh.FingerprintSHA256(hostKey)
	s.Key = filepath.Join(s.dir, "user_key")
	userKey := s.newKey("user_key")
	check(t, os.WriteFile(filepath.Join(s.dir, "authorized_keys"), ssh.MarshalAuthorizedKey(userKey), 0o600))

	s.Port = FreePort(t)
	s.Addr = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	s.KnownHosts = s.knownLine(hostKey)
	for _, kind := range o.MoreHostKeys {
		o.Config = append(o.Config, "HostKey "+filepath.Join(s.dir, kind))
		s.MoreKnownHosts = append(s.MoreKnownHosts, s.knownLine(s.newKey(kind)))
	}
	s.writeConfig(o)
	if o.Container {
		if err := exec.Command(container[0], append(container[1:], "true")...).Run(); err != nil {
			t.Skipf("no containers here: %v", err)
		}
		// A shell comes first: sshd writes over its own environment.
		s.container = append(append(slices.Clone(container), "env"), o.FirstEnv...)
		s.container = append(s.container, "sh", "-c", `"$@" & wait $!`, "sh")
	}
	s.Restart()
	t.Cleanup(s.Stop)
	return s
}

func find() string {
	for _, name := range []string{"/usr/sbin/sshd", "/usr/local/sbin/sshd"} {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	name, err := exec.LookPath("sshd")
	if err != nil || !filepath.IsAbs(name) {
		return ""
	}
	return name
}

// shortTempDir is not t.TempDir, whose name is the test's.
func shortTempDir(t testing.TB) string {
	dir, err := os.MkdirTemp("", "sshdtest")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Server) knownLine(key ssh.PublicKey) string {
	return fmt.Sprintf("[%s]:%d %s", s.Host, s.Port, bytes.TrimSpace(ssh.MarshalAuthorizedKey(key)))
}

// newKey writes a private key; its type is its name, else ed25519.
func (s *Server) newKey(name string) ssh.PublicKey {
	var private crypto.Signer
	var err error
	switch name {
	case "ecdsa":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	}
	check(s.t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	check(s.t, err)
	check(s.t, os.WriteFile(filepath.Join(s.dir, name), pem.EncodeToMemory(block), 0o600))
	signer, err := ssh.NewSignerFromKey(private)
	check(s.t, err)
	return signer.PublicKey()
}

func (s *Server) writeConfig(o Options) {
	login := o.LoginShell
	if login == "" {
		login = "/bin/sh"
	}
	// sshd sets HOME and SHELL by the password file, so that a wrapper sets them
	// again and then does what sshd would have done.
	wrapper := filepath.Join(s.dir, "login")
	script := "#!/bin/sh\nHOME='" + s.Home + "'\nexport HOME\n"
	for _, variable := range append([]string{"SHELL=" + login}, o.Env...) {
		name, value, _ := strings.Cut(variable, "=")
		script += name + "='" + value + "'\nexport " + name + "\n"
	}
	script += "cd \"$HOME\" || exit 1\n" +
		"case $SSH_ORIGINAL_COMMAND in\n*sftp-server*|internal-sftp) exec /usr/lib/openssh/sftp-server ;;\nesac\n" +
		"exec " + login + " -c \"$SSH_ORIGINAL_COMMAND\"\n"
	check(s.t, os.WriteFile(wrapper, []byte(script), 0o700))
	keys := filepath.Join(s.dir, "authorized_keys")
	if o.HomeKeys {
		keys += " " + filepath.Join(s.Home, ".ssh", "authorized_keys")
	}
	lines := []string{
		"ListenAddress " + s.Addr,
		"HostKey " + filepath.Join(s.dir, "host_key"),
		"AuthorizedKeysFile " + keys,
		"PidFile none",
		"StrictModes no",
		"UsePAM no",
		"PasswordAuthentication no",
		"KbdInteractiveAuthentication no",
		"PermitRootLogin yes",
		"PrintMotd no",
		"ForceCommand " + wrapper,
	}
	if !o.NoSFTP {
		lines = append(lines, "Subsystem sftp internal-sftp")
	}
	lines = append(o.Config, lines...) // sshd takes the first of two values
	check(s.t, os.WriteFile(filepath.Join(s.dir, "config"), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

// container begins a command as the first process of a container.
var container = []string{"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"}

// Restart ends the server with its connections and starts it again, on the same
// port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	if os.Geteuid() == 0 {
		_ = os.MkdirAll("/run/sshd", 0o755) // sshd refuses to start as root without
	}
	logFile := filepath.Join(s.dir, "log")
	s.cmd = exec.Command(find(), "-D", "-f", filepath.Join(s.dir, "config"), "-E", logFile)
	if s.container != nil {
		s.cmd = exec.Command(s.container[0], slices.Concat(s.container[1:], s.cmd.Args)...)
	}
	check(s.t, s.cmd.Start())
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", s.Addr); err == nil {
			_ = conn.Close()
			return
		}
	}
	text, _ := os.ReadFile(logFile)
	s.t.Fatalf("sshd does not listen on %s: %s", s.Addr, text)
}

// NewHostKey gives the server another host key and restarts it.
func (s *Server) NewHostKey() {
	s.t.Helper()
	s.HostKeyFingerprint = ssh.FingerprintSHA256(s.newKey("host_key"))
	s.Restart()
}

// Stop ends the server and the connections that it has.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	killChildren(s.cmd.Process.Pid)
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Log is what the server wrote.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(text)
}

// killChildren ends the processes that serve connections, which outlive sshd
// otherwise. Only Linux says which they are without more tools.
func killChildren(parent int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, file := range tasks {
		text, _ := os.ReadFile(file)
		for field := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				killChildren(pid)
				if p, err := os.FindProcess(pid); err == nil && isSSHD(pid) {
					_ = p.Kill()
				}
			}
		}
	}
}

func isSSHD(pid int) bool {
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return strings.HasPrefix(string(name), "sshd")
}
