package remote

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/guard"
	"gpuwizard/remote/job"
	"gpuwizard/remote/shell"
	"gpuwizard/remote/transfer"
)

// An Instance is a machine reached over SSH. Its methods may be called from
// several goroutines; they share one connection, and transfers may use more.
type Instance struct {
	o     Options
	via   *Instance // the host on the way; nil if there is none
	mover *transfer.Mover

	turn      chan struct{} // holds a token while a goroutine uses what follows
	conn      *conn
	passwords passwords
	unlocked  map[string]ssh.Signer // key files whose passphrase was given
	skipped   map[string]bool       // key files that are left out: no passphrase
	accepted  string                // fingerprint of the host key the user accepted

	lanes      lanes
	byPassword atomic.Bool  // the last login took a password
	asking     atomic.Int32 // questions that a person has not answered yet

	closing   sync.Once
	closed    chan struct{}
	closedErr error
}

var _ instance.Instance = (*Instance)(nil)

// Dial logs in. The problems that it returns are those of instance.Instance that
// concern logging in, and this package's own.
func Dial(ctx context.Context, o Options) (*Instance, error) {
	i := newInstance(o)
	if _, _, err := i.connection(ctx); err != nil {
		if i.via != nil {
			_ = i.via.Close()
		}
		return nil, err
	}
	return i, nil
}

func newInstance(o Options) *Instance {
	i := &Instance{
		o:         o.withDefaults(),
		turn:      make(chan struct{}, 1),
		passwords: passwords{ask: o.Password},
		unlocked:  map[string]ssh.Signer{},
		skipped:   map[string]bool{},
		closed:    make(chan struct{}),
	}
	if o.Via != nil {
		i.via = newInstance(*o.Via)
	}
	i.mover = transfer.NewMover(host{i}, i.o.Silence)
	i.closedErr = problem.New(instance.ConnectionLost, net.ErrClosed, "host", o.Target.Host)
	return i
}

// SetTransfer changes how uploads and downloads to come are done.
func (i *Instance) SetTransfer(s transfer.Settings) { i.mover.Set(s) }

// connection returns the connection, a new one if the last was lost; fresh says
// that it was made just now.
func (i *Instance) connection(ctx context.Context) (c *conn, fresh bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-i.closed:
			cancel(i.closedErr)
		case <-ctx.Done():
		}
	}()
	select {
	case i.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
	defer func() { <-i.turn }()
	select {
	case <-i.closed:
		return nil, false, i.closedErr
	default:
	}
	if i.conn != nil && i.conn.alive() {
		return i.conn, false, nil
	}
	c, err = i.connect(ctx)
	if i.conn != nil {
		c, err = i.again(ctx, c, err)
	}
	if err != nil {
		return nil, false, err
	}
	i.conn = c
	return c, true, nil
}

// again goes on trying to get back a connection that was there once, as long
// as the reason may pass and the patience lasts.
func (i *Instance) again(ctx context.Context, c *conn, err error) (*conn, error) {
	told := false
	for end := time.Now().Add(i.o.Patience); err != nil && mayPass(err) && time.Now().Before(end); {
		if i.o.Reconnecting != nil && !told {
			i.o.Reconnecting(err)
			told = true
		}
		if !sleep(ctx, i.o.RetryPause) {
			return nil, context.Cause(ctx)
		}
		c, err = i.connect(ctx)
	}
	return c, err
}

// mayPass reports whether an error may go away by itself.
func mayPass(err error) bool {
	for _, code := range []problem.Code{
		instance.ConnectionLost, instance.ConnectionRefused, instance.HostUnreachable, instance.HostUnknown, instance.ServerNotReady, ProxyUnreachable,
	} {
		if problem.Has(err, code) {
			return true
		}
	}
	return false
}

// drop closes a connection that failed; the next operation makes a new one.
func (i *Instance) drop(c *conn) {
	c.close()
	<-c.done
}

// Close ends the connection and whatever uses it. Jobs go on.
func (i *Instance) Close() error {
	i.closing.Do(func() {
		close(i.closed)
		i.closeLanes()
		i.turn <- struct{}{}
		defer func() { <-i.turn }()
		if i.conn != nil {
			i.drop(i.conn)
		}
		i.passwords = passwords{}
		clear(i.unlocked)
		if i.via != nil {
			_ = i.via.Close()
		}
	})
	return nil
}

// Run runs a script; see instance.Instance.
func (i *Instance) Run(ctx context.Context, script string, args []string, out io.Writer) (int, error) {
	r, err := host{i}.Run(ctx, shell.Command{Script: script, Args: args, Output: out, Merged: true})
	return r.Exit, err
}

// Upload replaces a folder; see instance.Instance.
func (i *Instance) Upload(ctx context.Context, folder string, files []instance.Source, tell func(instance.Progress)) (instance.Receipt, error) {
	return i.mover.Upload(ctx, folder, files, tell)
}

// Download fetches a file; see instance.Instance.
func (i *Instance) Download(ctx context.Context, from, to string, tell func(instance.Progress)) (instance.FileFact, error) {
	return i.mover.Download(ctx, from, to, tell)
}

// StartJob starts a job once; see instance.Instance.
func (i *Instance) StartJob(ctx context.Context, j instance.Job) (instance.JobState, error) {
	return job.Start(ctx, host{i}, j)
}

// ReadJob reads a job's state and log; see instance.Instance.
func (i *Instance) ReadJob(ctx context.Context, folder string, offset int64) (instance.JobState, []byte, error) {
	return job.Read(ctx, host{i}, folder, offset)
}

// StopJob ends a job; see instance.Instance.
func (i *Instance) StopJob(ctx context.Context, folder string) (instance.JobState, error) {
	return job.Stop(ctx, host{i}, folder)
}

// ArmGuard puts a watcher on the instance; see instance.Instance.
func (i *Instance) ArmGuard(ctx context.Context, g instance.Guard) (instance.GuardState, error) {
	return guard.Arm(ctx, host{i}, g, i.o.GuardPace)
}

// ReadGuard reads what the guard says of itself; see instance.Instance.
func (i *Instance) ReadGuard(ctx context.Context, folder string) (instance.GuardState, error) {
	return guard.Read(ctx, host{i}, folder)
}

// TellGuard gives the guard a word; see instance.Instance.
func (i *Instance) TellGuard(ctx context.Context, folder string, word instance.GuardWord) (instance.GuardState, error) {
	return guard.Tell(ctx, host{i}, folder, word)
}

// TurnOff runs the platform's command to stop the instance; see
// instance.Instance.
func (i *Instance) TurnOff(ctx context.Context, folder, command string) (instance.Switched, error) {
	return guard.TurnOff(ctx, host{i}, folder, command)
}
