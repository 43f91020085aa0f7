//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Addresses at the two ends of a line.
const (
	here  = "10.213.7.1"
	there = "10.213.7.2"
)

// A line joins two network namespaces: "near" and "far".
type line struct {
	near, far string
	rtt       time.Duration
	taps      []*os.File
}

// newLine makes the namespaces and what joins them.
func newLine(rtt time.Duration) (l *line, err error) {
	id := fmt.Sprintf("versus%d", os.Getpid())
	l = &line{near: id + "near", far: id + "far", rtt: rtt}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	for _, name := range []string{l.near, l.far} {
		if err := ip("netns", "add", name); err != nil {
			return l, err
		}
		if err := ip("-n", name, "link", "set", "lo", "up"); err != nil {
			return l, err
		}
	}
	if rtt == 0 {
		if err := ip("link", "add", "vs0", "netns", l.near, "type", "veth", "peer", "name", "vs0", "netns", l.far); err != nil {
			return l, err
		}
	} else if err := l.delay(rtt / 2); err != nil {
		return l, err
	}
	for name, address := range map[string]string{l.near: here, l.far: there} {
		if err := ip("-n", name, "address", "add", address+"/30", "dev", "vs0"); err != nil {
			return l, err
		}
		if err := ip("-n", name, "link", "set", "vs0", "up"); err != nil {
			return l, err
		}
	}
	return l, nil
}

func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %v: %w: %s", args, err, out)
	}
	return nil
}

func (l *line) close() {
	for _, f := range l.taps {
		_ = f.Close()
	}
	for _, name := range []string{l.near, l.far} {
		_ = ip("netns", "del", name)
	}
}

// in runs do with a thread that is in a namespace; what do starts is there too.
func in(namespace string, do func() error) error {
	done := make(chan error)
	go func() {
		// The thread stays as it is, and ends with this goroutine.
		runtime.LockOSThread()
		done <- func() error {
			f, err := os.Open("/run/netns/" + namespace)
			if err != nil {
				return err
			}
			defer f.Close()
			if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
				return err
			}
			return do()
		}()
	}()
	return <-done
}

// delay joins the namespaces by a TUN device in each; what goes into one comes
// out of the other after a while.
func (l *line) delay(d time.Duration) error {
	for _, name := range []string{l.near, l.far} {
		err := in(name, func() error {
			f, err := openTUN("vs0")
			if err == nil {
				l.taps = append(l.taps, f)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	go hold(l.taps[1], l.taps[0], d)
	go hold(l.taps[0], l.taps[1], d)
	return nil
}

// openTUN makes a TUN device that takes and gives segments as large as TCP
// makes them, with the header that says how they are to be cut.
func openTUN(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err == nil {
		err = unix.IoctlSetInt(fd, unix.TUNSETOFFLOAD, unix.TUN_F_CSUM|unix.TUN_F_TSO4)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making a TUN device: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "tun"), nil
}

const (
	maxPacket = 80 << 10
	maxHeld   = 16 << 10 // packets: some 100 ms of what a machine can send
)

type packet struct {
	data []byte
	due  time.Time
}

// hold passes packets on, each after the delay.
func hold(to, from *os.File, delay time.Duration) {
	held := make(chan packet, maxHeld)
	spare := make(chan []byte, maxHeld)
	go func() {
		for p := range held {
			time.Sleep(time.Until(p.due))
			_, _ = to.Write(p.data) // a packet that is not taken is lost, as on any line
			select {
			case spare <- p.data[:cap(p.data)]:
			default:
			}
		}
	}()
	defer close(held)
	for {
		var buf []byte
		select {
		case buf = <-spare:
		default:
			buf = make([]byte, maxPacket)
		}
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		held <- packet{buf[:n], time.Now().Add(delay)}
	}
}

// roundTrip measures the line: the time that a connection takes.
func roundTrip(l *line, address string) (time.Duration, error) {
	best := time.Hour
	for range 5 {
		var took time.Duration
		err := in(l.near, func() error {
			began := time.Now()
			c, err := net.DialTimeout("tcp", address, 10*time.Second)
			took = time.Since(began)
			if err == nil {
				_ = c.Close()
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		best = min(best, took)
	}
	return best, nil
}
