package remote

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

const (
	pipeBuffer = 256 << 10
	maxStderr  = 8 << 10
)

// host is the Instance as the packages below see it.
type host struct{ i *Instance }

func (h host) Name() string { return h.i.o.Target.Host }

// Asking reports whether a person is being asked something, to log in again.
func (h host) Asking() bool {
	for i := h.i; i != nil; i = i.via {
		if i.asking.Load() > 0 {
			return true
		}
	}
	return false
}

// Run is shell.Host's. Nothing that it was given is used after it has returned:
// what may hang on a dead link hangs in goroutines with buffers of their own,
// which end when the connection is closed.
func (h host) Run(ctx context.Context, c shell.Command) (shell.Result, error) {
	i, err := h.i.onLane(ctx, c.Lane)
	if err != nil {
		return shell.Result{}, err
	}
	line, text, mark := shell.Program(c)
	s, err := i.start(ctx, line)
	if err != nil {
		return shell.Result{}, err
	}
	runCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var input sync.WaitGroup
	input.Go(func() {
		w := newCtxWriter(runCtx, s.channel)
		_, err := w.Write([]byte(text))
		if err == nil && c.Input != nil {
			err = c.Input(runCtx, w)
		}
		if err != nil && !w.failed && runCtx.Err() == nil {
			cancel(err)
			return
		}
		w.close()
	})

	began, outErr := copyOutput(runCtx, s, c, mark)
	if errors.Is(outErr, shell.ErrTooMuch) || errors.Is(outErr, shell.ErrNoMark) {
		outErr = problem.New(instance.RemoteNonsense, outErr, "host", h.Name())
	}
	if outErr != nil {
		cancel(outErr)
	}
	var exit int
	seen := false
	if runCtx.Err() == nil {
		exit, seen = s.wait(runCtx)
	}
	cause := context.Cause(runCtx)
	cancel(errEnded)
	input.Wait()
	if cause != nil {
		go s.abandon()
		return shell.Result{}, cause
	}
	r := shell.Result{Exit: exit, Stderr: s.stderr.text(mark)}
	switch {
	case !seen:
		i.drop(s.conn)
		return r, problem.New(instance.ConnectionLost, nil, "host", h.Name())
	case !began:
		return r, problem.New(instance.NoShell, errors.New(r.Stderr), "host", h.Name())
	}
	return r, nil
}

// errEnded is why a script's input goes no further.
var errEnded = errors.New("the script has ended")

// copyOutput copies the script's standard output until its end.
func copyOutput(ctx context.Context, s *session, c shell.Command, mark string) (began bool, err error) {
	pieces := make(chan []byte)
	spare := make(chan []byte, 2)
	for range cap(spare) {
		spare <- make([]byte, pipeBuffer)
	}
	go func() {
		defer close(pieces)
		for {
			var buf []byte
			select {
			case buf = <-spare:
			case <-ctx.Done():
				return
			}
			n, err := s.channel.Read(buf)
			if n > 0 {
				select {
				case pieces <- buf[:n]:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	skip := shell.NewSkipper(mark)
	for {
		select {
		case <-ctx.Done():
			return skip.Begun(), nil
		case piece, ok := <-pieces:
			if !ok {
				return skip.Begun(), nil
			}
			rest, err := skip.Rest(piece)
			if err == nil && len(rest) > 0 && c.Output != nil {
				_, err = c.Output.Write(rest)
			}
			if err != nil {
				return skip.Begun(), err
			}
			spare <- piece[:cap(piece)]
		}
	}
}

// A session is one command on a connection.
type session struct {
	conn    *conn
	channel ssh.Channel
	stderr  tail
	ended   chan struct{} // closed when the channel's end was seen
	exit    int
	hasExit bool // both valid once ended is closed
}

// start opens a channel for the command on a connection that works.
func (i *Instance) start(ctx context.Context, line string) (*session, error) {
	for attempt := 0; ; attempt++ {
		c, fresh, err := i.connection(ctx)
		if err != nil {
			return nil, err
		}
		type result struct {
			s   *session
			err error
		}
		opened := make(chan result, 1)
		go func() {
			s, err := openSession(c, line)
			opened <- result{s, err}
		}()
		var r result
		select {
		case r = <-opened:
		case <-ctx.Done():
			go func() {
				if r := <-opened; r.s != nil {
					r.s.abandon()
				}
			}()
			return nil, context.Cause(ctx)
		}
		var refused *ssh.OpenChannelError
		switch {
		case r.err == nil:
			return r.s, nil
		case errors.As(r.err, &refused), errors.Is(r.err, errRefusedCommand):
			return nil, problem.New(instance.NoShell, r.err, "host", i.o.Target.Host)
		}
		// The command can't have begun: once more on a new connection.
		i.drop(c)
		if fresh || attempt > 0 {
			return nil, problem.New(instance.ConnectionLost, r.err, "host", i.o.Target.Host)
		}
	}
}

var errRefusedCommand = errors.New("the server runs no commands")

func openSession(c *conn, line string) (*session, error) {
	channel, requests, err := c.client.OpenChannel("session", nil)
	if err != nil {
		return nil, err
	}
	s := &session{
		conn: c, channel: channel,
		stderr: tail{done: make(chan struct{})}, ended: make(chan struct{}),
	}
	go s.follow(requests)
	go s.stderr.fill(channel.Stderr())
	ok, err := channel.SendRequest("exec", true, ssh.Marshal(struct{ Command string }{line}))
	if err == nil && !ok {
		err = errRefusedCommand
	}
	if err != nil {
		go func() { _ = channel.Close() }()
		return nil, err
	}
	return s, nil
}

// follow takes the exit status.
func (s *session) follow(requests <-chan *ssh.Request) {
	defer close(s.ended)
	for r := range requests {
		switch r.Type {
		case "exit-status":
			var m struct{ Status uint32 }
			if ssh.Unmarshal(r.Payload, &m) == nil {
				s.exit, s.hasExit = int(m.Status&0xff), true
			}
		case "exit-signal":
			var m struct {
				Signal  string
				Core    bool
				Message string
				Lang    string
			}
			if ssh.Unmarshal(r.Payload, &m) == nil {
				s.exit, s.hasExit = 128+signalNumber(m.Signal), true
			}
		}
		if r.WantReply {
			_ = r.Reply(false, nil)
		}
	}
}

func signalNumber(name string) int {
	numbers := map[string]int{
		"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "ABRT": 6, "FPE": 8, "KILL": 9,
		"USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15,
	}
	return numbers[name]
}

// wait returns the exit status, and whether there was one.
func (s *session) wait(ctx context.Context) (int, bool) {
	select {
	case <-s.ended:
		_ = s.channel.Close()
		return s.exit, s.hasExit
	case <-ctx.Done():
		return 0, false
	}
}

// abandon ends a command whose end nobody waits for.
func (s *session) abandon() {
	_, _ = s.channel.SendRequest("signal", false, ssh.Marshal(struct{ Signal string }{"TERM"}))
	_ = s.channel.Close()
}

// A tail keeps the last of a stream.
type tail struct {
	kept []byte // valid once done is closed
	done chan struct{}
}

func (t *tail) fill(r io.Reader) {
	defer close(t.done)
	buf := make([]byte, 4<<10)
	for {
		n, err := r.Read(buf)
		t.kept = append(t.kept, buf[:n]...)
		if over := len(t.kept) - maxStderr; over > 0 {
			t.kept = append(t.kept[:0], t.kept[over:]...)
		}
		if err != nil {
			return
		}
	}
}

// text is what was kept, without what came before the mark.
func (t *tail) text(mark string) string {
	<-t.done
	text := string(t.kept)
	if _, after, ok := strings.Cut(text, mark+"\n"); ok {
		return after
	}
	return text
}

// A ctxWriter writes to a channel that may hang, in a goroutine of its own and
// from buffers of its own, so that Write returns when ctx is done.
type ctxWriter struct {
	ctx    context.Context
	pieces chan []byte
	wrote  chan error
	buf    []byte
	failed bool // the channel took no more: the script has ended, or the link
}

func newCtxWriter(ctx context.Context, to ssh.Channel) *ctxWriter {
	w := &ctxWriter{
		ctx: ctx, pieces: make(chan []byte), wrote: make(chan error, 1),
		buf: make([]byte, 0, pipeBuffer),
	}
	go func() {
		defer func() { _ = to.CloseWrite() }()
		for {
			select {
			case piece, ok := <-w.pieces:
				if !ok {
					return
				}
				_, err := to.Write(piece)
				w.wrote <- err
			case <-ctx.Done():
				return
			}
		}
	}()
	return w
}

func (w *ctxWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), cap(w.buf))
		if err := w.writePiece(append(w.buf[:0], p[:n]...)); err != nil {
			return written, err
		}
		written += n
		p = p[n:]
	}
	return written, nil
}

func (w *ctxWriter) writePiece(piece []byte) error {
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	select {
	case w.pieces <- piece:
	case <-w.ctx.Done():
		return context.Cause(w.ctx)
	}
	select {
	case err := <-w.wrote:
		w.failed = w.failed || err != nil
		return err
	case <-w.ctx.Done():
		return context.Cause(w.ctx)
	}
}

// close ends the input: the script reads its end.
func (w *ctxWriter) close() { close(w.pieces) }
