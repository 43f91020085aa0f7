package sshdtest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// Ports lie below those that systems give away by themselves: another server or
// connection may have such a one before sshd does. Each process of tests takes
// them from blocks of its own, so that no other process is met where a server
// is stopped for a while.
const firstPort, lastPort, portBlock = 15000, 32000, 100

var ports struct {
	sync.Mutex
	next, end int
	blocks    []net.Listener // on the first port of each block: they hold it
}

// FreePort is a port of the loopback that nothing else in this process, and no
// other process of tests, gets.
func FreePort(t testing.TB) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	for range lastPort - firstPort {
		if ports.next == ports.end {
			block := firstPort + portBlock*rand.IntN((lastPort-firstPort)/portBlock)
			l, err := listen(block)
			if err != nil {
				continue
			}
			ports.blocks = append(ports.blocks, l)
			ports.next, ports.end = block+1, block+portBlock
		}
		port := ports.next
		ports.next++
		if l, err := listen(port); err == nil {
			check(t, l.Close())
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// DeafPort is a port of the loopback where nobody listens until the test ends:
// one end of a connection has it, so that no other program can take it.
func DeafPort(t testing.TB) int {
	t.Helper()
	l, err := listen(0)
	check(t, err)
	c, err := net.Dial("tcp", l.Addr().String())
	check(t, err)
	t.Cleanup(func() { _, _ = c.Close(), l.Close() })
	return c.LocalAddr().(*net.TCPAddr).Port
}

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}
