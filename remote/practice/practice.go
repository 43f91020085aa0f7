package practice

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/problem"
	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
	"gpuwizard/remote/practice/internal/python"
	"gpuwizard/remote/practice/internal/rehearsal"
	"gpuwizard/remote/practice/internal/shell"
)

//go:embed recording
var recorded embed.FS

// Codes of problems that Start returns.
const (
	// FolderUnusable: path. The instance's folder can't be made or written to.
	FolderUnusable problem.Code = "practice-folder"
	// PythonUnusable: path. There is no such Python, or it doesn't start.
	PythonUnusable problem.Code = "practice-python"
	// PortUnusable: no arguments. No port of the loopback can be listened on.
	PortUnusable problem.Code = "practice-port"
	// RecordingUnusable: no arguments. The recording to play back is damaged.
	RecordingUnusable problem.Code = "practice-recording"
)

// Options say what instance to start. Only Folder must be set.
type Options struct {
	// Folder is made if it is missing, and kept. The instance's home folder is
	// "root" in it.
	Folder string

	// Speed is how many times faster than recorded a training is played back;
	// 0 lets it take some ten seconds.
	Speed float64
	// Missing are modules that the instance's Python lacks until pip is asked
	// for them; nil is tqdm, an empty list none.
	Missing []string
	// Recording is what is played back instead of the built-in recording.
	Recording fs.FS

	// Python, if set, is a real Python of the host: train.py and all else that
	// the instance's Python is asked for is run with it. The code that is
	// uploaded must then be YOLOv5's own.
	Python string
}

func builtIn() (*rehearsal.Recording, error) {
	folder, err := fs.Sub(recorded, "recording")
	if err != nil {
		return nil, err
	}
	return rehearsal.Load(folder)
}

// A Server is a practice instance at work.
type Server struct {
	options  Options
	folder   *confine.Folder
	system   *shell.System
	listener net.Listener
	config   *ssh.ServerConfig
	key      ssh.PublicKey
	password string
	home     string
	played   *rehearsal.Python // nil where a real one is run

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup // connections and what they run
	closed sync.Once
	ended  chan struct{}
}

// Start makes the folder and listens on a free port of the loopback until
// Close is called or ctx ends.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Missing == nil {
		o.Missing = []string{"tqdm"}
	}
	folder, err := confine.Open(o.Folder)
	if err != nil {
		return nil, problem.New(FolderUnusable, err, "path", o.Folder)
	}
	s := &Server{options: o, folder: folder, home: folder.Path() + "/root", ended: make(chan struct{})}
	if err := s.start(ctx); err != nil {
		_ = folder.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	if err := s.furnish(); err != nil {
		return problem.New(FolderUnusable, err, "path", s.options.Folder)
	}
	commands, err := s.commands(ctx)
	if err != nil {
		return err
	}
	s.config, s.key, s.password, err = identity()
	if err != nil {
		return err
	}
	s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return problem.New(PortUnusable, err)
	}
	s.system = shell.New(s.folder, s.home, s.environment(), commands)
	s.ctx, s.cancel = context.WithCancel(ctx)
	context.AfterFunc(s.ctx, func() { _ = s.listener.Close() })
	s.work.Go(s.accept)
	return nil
}

// furnish makes what an instance has from the first: a home folder with a
// Python in the place where rented ones have it.
func (s *Server) furnish() error {
	bin := s.home + "/" + shell.PythonFolder
	if err := s.folder.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"python", "python3"} {
		f, err := s.folder.OpenFile(bin+"/"+name, osCreate, 0o755)
		if err != nil {
			return err
		}
		_, err = f.WriteString("This stands for the Python of the practice instance.\n")
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	boot := newUUID()
	started := time.Now()
	s.folder.Virtual("/proc/sys/kernel/random/boot_id", func() []byte { return []byte(boot + "\n") })
	s.folder.Virtual("/proc/meminfo", func() []byte { return []byte("MemTotal:       16384000 kB\n") })
	s.folder.Virtual("/proc/uptime", func() []byte {
		up := time.Since(started).Seconds()
		return fmt.Appendf(nil, "%.2f %.2f\n", up, up)
	})
	return nil
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand.Read
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (s *Server) environment() []string {
	kind := "rehearsal"
	if s.options.Python != "" {
		kind = "real"
	}
	return []string{
		"HOME=" + s.home,
		"USER=root",
		"LOGNAME=root",
		"SHELL=/bin/sh",
		"PATH=" + s.home + "/" + shell.PythonFolder + ":/usr/bin:/bin",
		"LANG=C.UTF-8",
		"TMPDIR=" + s.home,
		"GPUWIZARD_PRACTICE=" + kind,
	}
}

func (s *Server) commands(ctx context.Context) (map[string]command.Func, error) {
	table := command.Table()
	table["shutdown"] = s.shutDown
	machine := command.Machine{Hostname: "practice", User: "root"}
	if s.options.Python != "" {
		maps.Copy(table, machine.Commands())
		runner, err := python.Find(ctx, s.options.Python)
		if err != nil {
			return nil, problem.New(PythonUnusable, err, "path", s.options.Python)
		}
		table["python"], table["python3"] = runner.Run, runner.Run
		return table, nil
	}
	machine.GPU = "Practice GPU (rehearsal)"
	maps.Copy(table, machine.Commands())
	load := builtIn
	if s.options.Recording != nil {
		load = func() (*rehearsal.Recording, error) { return rehearsal.Load(s.options.Recording) }
	}
	tape, err := load()
	if err != nil {
		return nil, problem.New(RecordingUnusable, err)
	}
	fake := rehearsal.NewPython(tape, s.options.Speed, s.options.Missing)
	s.played = fake
	table["python"], table["python3"] = fake.Run, fake.Run
	table["pip"], table["pip3"] = fake.Pip, fake.Pip
	return table, nil
}

// shutDown ends the instance as a rented one is ended from within: the
// connection goes with it.
func (s *Server) shutDown(context.Context, *command.Call) int {
	go s.Close() // waits for this command, among others
	return 0
}

// identity makes a fresh host key and password.
func identity() (*ssh.ServerConfig, ssh.PublicKey, string, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, "", err
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, nil, "", err
	}
	var secret [10]byte
	_, _ = rand.Read(secret[:]) // never fails: see crypto/rand.Read
	password := strings.ToLower(base32.StdEncoding.EncodeToString(secret[:]))
	config := &ssh.ServerConfig{
		MaxAuthTries:  4,
		ServerVersion: "SSH-2.0-gpuwizard-practice",
		PasswordCallback: func(meta ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
			if meta.User() != user || subtle.ConstantTimeCompare(given, []byte(password)) != 1 {
				return nil, errors.New("wrong user or password")
			}
			return &ssh.Permissions{}, nil
		},
	}
	config.AddHostKey(signer)
	return config, signer.PublicKey(), password, nil
}

const user = "root"

// User is the only user there is.
func (s *Server) User() string { return user }

// Password is the user's, made at the start.
func (s *Server) Password() string { return s.password }

// Host is the loopback's address.
func (s *Server) Host() string {
	host, _, _ := net.SplitHostPort(s.Addr())
	return host
}

// Port is the port that it listens on.
func (s *Server) Port() int {
	_, port, _ := net.SplitHostPort(s.Addr())
	n, _ := strconv.Atoi(port)
	return n
}

// Addr is host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Fingerprint is the host key's, "SHA256:...".
func (s *Server) Fingerprint() string { return ssh.FingerprintSHA256(s.key) }

// HostKey is the host's public key.
func (s *Server) HostKey() ssh.PublicKey { return s.key }

// Home is the instance's home folder, as the instance spells it.
func (s *Server) Home() string { return s.home }

// Folder is the host's name of the instance's folder.
func (s *Server) Folder() string { return s.folder.HostPath() }

// A Failure is what a training that fails writes, and its exit code; it is told
// where the code and the data set lie.
type Failure = rehearsal.Failure

// Fail lets the trainings that are played back from now on fail; nil lets them
// go well again.
func (s *Server) Fail(f Failure) {
	if s.played != nil {
		s.played.Fail(f)
	}
}

// Running is the number of processes on the instance.
func (s *Server) Running() int { return s.system.Running() }

// Close ends the connections and everything that runs, detached jobs too. The
// folder stays.
func (s *Server) Close() error {
	s.closed.Do(func() {
		s.cancel()
		s.system.Close()
		s.work.Wait()
		_ = s.folder.Close() // only read from by now
		close(s.ended)
	})
	return nil
}

// Ended is closed once the instance has ended: by Close, or by its own command
// shutdown.
func (s *Server) Ended() <-chan struct{} { return s.ended }
