package remote

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// A liveConn notes when it last received anything: whatever comes in, answers
// and windows of a slow upload included, is a sign of life.
type liveConn struct {
	net.Conn
	start time.Time
	last  atomic.Int64 // nanoseconds since start

	mu    sync.Mutex
	first []byte // of what the server sent
}

func newLiveConn(c net.Conn) *liveConn {
	return &liveConn{Conn: c, start: time.Now()}
}

func (c *liveConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.touch()
		c.mu.Lock()
		if room := maxFirst - len(c.first); room > 0 {
			c.first = append(c.first, p[:min(n, room)]...)
		}
		c.mu.Unlock()
	}
	return n, err
}

// maxFirst is enough for the words of a server that sends a client away.
const maxFirst = 64

// greeting is the beginning of what the server sent.
func (c *liveConn) greeting() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.first)
}

func (c *liveConn) touch() { c.last.Store(int64(time.Since(c.start))) }

// silence is how long nothing came in.
func (c *liveConn) silence() time.Duration {
	return time.Since(c.start) - time.Duration(c.last.Load())
}

// A conn is one SSH connection that is known to be alive until done is closed.
type conn struct {
	client *ssh.Client
	raw    *liveConn
	key    ssh.PublicKey // the host's
	done   chan struct{}
}

func newConn(client *ssh.Client, raw *liveConn, key ssh.PublicKey, keepAlive time.Duration) *conn {
	c := &conn{client: client, raw: raw, key: key, done: make(chan struct{})}
	go func() {
		_ = client.Wait()
		_ = raw.Close()
		close(c.done)
	}()
	go c.watch(keepAlive)
	return c
}

func (c *conn) alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

func (c *conn) close() {
	_ = c.raw.Close()
}

// forward connects from the other end of c to an address.
func (c *conn) forward(ctx context.Context, network, address string) (net.Conn, error) {
	tcp, err := c.client.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &viaConn{Conn: tcp, through: c}, nil
}

// A viaConn is a connection inside another. Closing such a one means asking
// the other side to; where nobody answers any more, the outer one is closed.
type viaConn struct {
	net.Conn
	through *conn
	once    sync.Once
}

// closePatience is how long the other side may take to close.
const closePatience = 3 * time.Second

// Close returns at once.
func (v *viaConn) Close() error {
	v.once.Do(func() {
		over := make(chan struct{})
		go func() {
			defer close(over)
			_ = v.Conn.Close()
			_, _ = io.Copy(io.Discard, v.Conn)
		}()
		go func() {
			patience := time.NewTimer(closePatience)
			defer patience.Stop()
			select {
			case <-over:
			case <-v.through.done:
			case <-patience.C:
				v.through.close()
			}
		}()
	})
	return nil
}

// watch tries a silent link and closes a dead one. The library itself would
// wait for ever; closing ends everything that waits for it.
func (c *conn) watch(interval time.Duration) {
	tick := time.NewTicker(interval / 4)
	defer tick.Stop()
	answered := make(chan struct{}, 1)
	asking := false
	last := time.Now()
	for {
		select {
		case <-c.done:
			return
		case <-answered:
			asking = false
			continue
		case <-tick.C:
		}
		now := time.Now()
		if now.Sub(last) > interval {
			// This program itself slept: the silence is not the link's fault.
			c.raw.touch()
		}
		last = now
		silence := c.raw.silence()
		if silence >= 3*interval {
			c.close()
			return
		}
		if silence >= interval && !asking {
			asking = true
			go func() {
				_, _, _ = c.client.SendRequest("keepalive@openssh.com", true, nil)
				answered <- struct{}{}
			}()
		}
	}
}
