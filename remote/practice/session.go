package practice

import (
	"context"
	"io"
	"net"
	"os"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"gpuwizard/remote/practice/internal/shell"
)

// osCreate opens a file anew.
const osCreate = os.O_WRONLY | os.O_CREATE | os.O_TRUNC

// loginTime is how long a client may take to log in.
const loginTime = 2 * time.Minute

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			if s.ctx.Err() != nil {
				return
			}
			// Out of file descriptors, as a rule: others may become free.
			select {
			case <-time.After(50 * time.Millisecond):
			case <-s.ctx.Done():
				return
			}
			continue
		}
		s.work.Go(func() { s.serve(conn) })
	}
}

func (s *Server) serve(conn net.Conn) {
	stop := context.AfterFunc(s.ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(loginTime)) // a failure shows in the handshake
	client, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		return
	}
	_ = conn.SetDeadline(time.Time{})
	defer client.Close()
	s.work.Go(func() { ssh.DiscardRequests(requests) })
	for channel := range channels {
		if channel.ChannelType() != "session" {
			_ = channel.Reject(ssh.UnknownChannelType, "only sessions")
			continue
		}
		stream, requests, err := channel.Accept()
		if err != nil {
			continue
		}
		s.work.Go(func() { s.session(stream, requests) })
	}
}

// session serves one channel: at most one command, shell or subsystem.
func (s *Server) session(stream ssh.Channel, requests <-chan *ssh.Request) {
	defer stream.Close()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	started := false
	for request := range requests {
		ok, begin := false, func() {}
		switch request.Type {
		case "exec", "shell", "subsystem":
			line, fine := payload(request)
			if started || !fine {
				break
			}
			switch {
			case request.Type == "subsystem" && line != "sftp":
			case request.Type == "exec" && line == "":
			case request.Type == "subsystem":
				started, ok = true, true
				begin = func() { s.sftp(ctx, stream) }
			default:
				started, ok = true, true
				begin = func() { s.run(ctx, stream, line) }
			}
		case "signal":
			cancel()
			ok = true
		}
		if request.WantReply {
			_ = request.Reply(ok, nil) // first: a quick command closes the channel
		}
		s.work.Go(begin)
	}
}

// payload is the string that a request carries; a shell's carries none.
func payload(request *ssh.Request) (string, bool) {
	if request.Type == "shell" {
		return "", true
	}
	var p struct{ Text string }
	if err := ssh.Unmarshal(request.Payload, &p); err != nil {
		return "", false
	}
	return p.Text, true
}

// run runs a command line and tells its exit code.
func (s *Server) run(ctx context.Context, stream ssh.Channel, line string) {
	defer stream.Close()
	r, w, err := os.Pipe()
	if err != nil {
		_, _ = io.WriteString(stream.Stderr(), err.Error()+"\n")
		return
	}
	// The channel's data goes through a pipe of the system, since a shell and
	// its commands share it byte for byte.
	s.work.Go(func() {
		_, _ = io.Copy(w, stream) // ends with the channel or the command
		_ = w.Close()
	})
	status := s.system.Run(ctx, line, shell.Streams{Stdin: r, Stdout: stream, Stderr: stream.Stderr()})
	_ = r.Close()
	_, _ = stream.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(status)}))
}

func (s *Server) sftp(ctx context.Context, stream ssh.Channel) {
	defer stream.Close()
	files := &files{folder: s.folder}
	server := sftp.NewRequestServer(stream,
		sftp.Handlers{FileGet: files, FilePut: files, FileCmd: files, FileList: files},
		sftp.WithStartDirectory(s.home))
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	_ = server.Serve() // io.EOF when the client leaves
}
