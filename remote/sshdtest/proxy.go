package sshdtest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// A Proxy passes connections on, and cuts or stalls them when told.
type Proxy struct {
	Addr string
	Port int

	to       string
	mu       sync.Mutex
	left     int64 // bytes until the cut; negative is never
	stalled  bool
	resumed  *sync.Cond
	reset    bool
	stallAt  bool  // what comes at the cut is a stall
	rate     int64 // bytes a second; 0 is no limit
	passed   int64 // bytes towards the server
	accepted int
	conns    map[net.Conn]bool
}

// NewProxy runs a proxy to an address until the test ends.
func NewProxy(t testing.TB, to string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	p := &Proxy{
		Addr: l.Addr().String(), Port: l.Addr().(*net.TCPAddr).Port,
		to: to, left: -1, conns: map[net.Conn]bool{},
	}
	p.resumed = sync.NewCond(&p.mu)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.pass(in) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.Stall(false)
		p.cut()
		all.Wait()
	})
	return p
}

// CutAfter cuts all connections once n more bytes went through in either
// direction; those made afterwards are passed on.
func (p *Proxy) CutAfter(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.stallAt = n, false
}

// Reset makes cuts a reset of the connection instead of its end.
func (p *Proxy) Reset(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reset = on
}

// Stall stops passing anything on, without a word to either side.
func (p *Proxy) Stall(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = on
	p.resumed.Broadcast()
}

// StallAfter stalls once n more bytes went through, as CutAfter cuts.
func (p *Proxy) StallAfter(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.stallAt = n, true
}

// Throttle passes no more than so many bytes a second on in each direction; 0
// ends it.
func (p *Proxy) Throttle(bytesPerSecond int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = bytesPerSecond
}

// Passed is how many bytes went towards the server.
func (p *Proxy) Passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// Drop ends all connections that there are.
func (p *Proxy) Drop() {
	p.Stall(false)
	p.cut()
}

// Accepted is how many connections came.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

func (p *Proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutLocked()
}

func (p *Proxy) cutLocked() {
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok && p.reset {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
		delete(p.conns, c)
	}
}

func (p *Proxy) pass(in net.Conn) {
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = in.Close()
		return
	}
	p.mu.Lock()
	p.accepted++
	p.conns[in], p.conns[out] = true, true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.copy(out, in, true) })
	both.Go(func() { p.copy(in, out, false) })
	both.Wait()
	p.mu.Lock()
	delete(p.conns, in)
	delete(p.conns, out)
	p.mu.Unlock()
}

func (p *Proxy) copy(to, from net.Conn, up bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || !p.allow(&n, up) {
			return
		}
		p.hold(n)
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// allow waits while the proxy stalls, and cuts n to what may still pass.
func (p *Proxy) allow(n *int, up bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stallAt && p.left >= 0 && int64(*n) >= p.left {
		p.stalled, p.stallAt, p.left = true, false, -1
	}
	for p.stalled {
		p.resumed.Wait()
	}
	if up {
		p.passed += int64(*n)
	}
	if p.left < 0 {
		return true
	}
	if int64(*n) >= p.left {
		p.left = -1
		p.cutLocked()
		return false
	}
	p.left -= int64(*n)
	return true
}

// hold keeps to the rate.
func (p *Proxy) hold(n int) {
	p.mu.Lock()
	rate := p.rate
	p.mu.Unlock()
	if rate > 0 {
		time.Sleep(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	}
}
