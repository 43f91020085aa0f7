package shell

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Signals that the instance's processes know, by number.
const (
	sigHangup    = 1
	sigInterrupt = 2
	sigQuit      = 3
	sigKill      = 9
	sigUser1     = 10
	sigUser2     = 12
	sigTerminate = 15
)

var signalNumbers = map[string]int{
	"HUP": sigHangup, "INT": sigInterrupt, "QUIT": sigQuit, "KILL": sigKill,
	"USR1": sigUser1, "USR2": sigUser2, "TERM": sigTerminate,
}

// errKilled ends a shell whose process was ended by a signal.
var errKilled = errors.New("killed")

// A process is a command, a shell or a background part of a shell: a goroutine
// with a number of its own, which can be waited for and killed.
type process struct {
	table   *table
	pid     int
	parent  *process
	started time.Time
	// ctx ends when the process is killed. It is not derived from that of the
	// one who started it: what is detached lives on.
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended

	mu       sync.Mutex
	group    int
	session  int
	detached bool // by setsid or nohup: outlives the connection
	// replace says that the next command takes this process over, as a
	// command run in the background by itself or by exec does.
	replace bool
	status  int // exit code, when done
	killed  int // the signal that ended it, or 0
	ignored map[int]bool
	traps   map[int]string
	pending []int
	wake    chan struct{} // has a value while pending is not empty
	// children started in the background, which wait may ask for.
	children []*process
}

// A table holds the processes of one instance.
type table struct {
	mu     sync.Mutex
	next   int
	live   map[int]*process
	ended  *sync.Cond
	closed bool
	base   context.Context
	grace  time.Duration // how long close waits
}

func newTable(base context.Context) *table {
	t := &table{next: 100, live: map[int]*process{}, base: base, grace: 5 * time.Second}
	t.ended = sync.NewCond(&t.mu)
	return t
}

// start adds a process; parent is nil for the first of a connection. Once the
// table is closed it ends at once.
func (t *table) start(parent *process, background bool) *process {
	p := &process{
		table: t, parent: parent, started: time.Now(), done: make(chan struct{}),
		ignored: map[int]bool{}, traps: map[int]string{}, wake: make(chan struct{}, 1),
	}
	p.ctx, p.cancel = context.WithCancel(t.base)
	t.mu.Lock()
	t.next++
	p.pid = t.next
	t.mu.Unlock()
	p.group, p.session = p.pid, p.pid
	if parent != nil {
		parent.mu.Lock()
		p.group, p.session, p.detached = parent.group, parent.session, parent.detached
		for signal := range parent.ignored {
			p.ignored[signal] = true
		}
		if background {
			parent.children = append(parent.children, p)
		}
		parent.mu.Unlock()
	}
	// From here on others see it, and whose it is.
	t.mu.Lock()
	t.live[p.pid] = p
	closed := t.closed
	late := !p.detached && t.live[p.session] == nil // whoever was to hang it up has gone
	t.mu.Unlock()
	if parent != nil {
		parent.mu.Lock()
		closed = closed || parent.killed != 0
		parent.mu.Unlock()
		if !background {
			// A shell that is killed takes the command that it waits for along.
			stop := context.AfterFunc(parent.ctx, func() { p.end(sigTerminate) })
			context.AfterFunc(p.ctx, func() { stop() })
		}
	}
	switch {
	case closed:
		p.end(sigKill)
	case late:
		p.end(sigHangup)
	}
	return p
}

func (t *table) find(pid int) *process {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live[pid]
}

// all returns the live processes that a condition holds for.
func (t *table) all(holds func(*process) bool) []*process {
	t.mu.Lock()
	list := make([]*process, 0, len(t.live))
	for _, p := range t.live {
		list = append(list, p)
	}
	t.mu.Unlock()
	found := list[:0]
	for _, p := range list {
		p.mu.Lock()
		ok := holds(p)
		p.mu.Unlock()
		if ok {
			found = append(found, p)
		}
	}
	return found
}

// close ends every process and waits for them, but not for ever: a script that
// meddles with the hidden variables can lose the end of a process.
func (t *table) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	for _, p := range t.all(func(*process) bool { return true }) {
		p.end(sigKill)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	late := false
	timer := time.AfterFunc(t.grace, func() {
		t.mu.Lock()
		late = true
		t.mu.Unlock()
		t.ended.Broadcast()
	})
	defer timer.Stop()
	for len(t.live) > 0 && !late {
		t.ended.Wait()
	}
}

// finish records the exit code and takes the process off the table. A process
// that was killed has the signal's code whatever it says itself.
func (p *process) finish(status int) int {
	p.mu.Lock()
	select {
	case <-p.done:
		status = p.status
		p.mu.Unlock()
		return status
	default:
	}
	if p.killed != 0 {
		status = 128 + p.killed
	}
	p.status = status
	close(p.done)
	p.mu.Unlock()
	p.cancel()
	p.table.mu.Lock()
	delete(p.table.live, p.pid)
	p.table.ended.Broadcast()
	p.table.mu.Unlock()
	return status
}

// end is the end by a signal, whatever the process thinks of it.
func (p *process) end(signal int) {
	p.mu.Lock()
	if p.killed == 0 {
		p.killed = signal
	}
	p.mu.Unlock()
	p.cancel()
}

// wasKilled returns the signal that ended the process, or 0.
func (p *process) wasKilled() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

// signal delivers a signal: ignored, left to a trap, or the end.
func (p *process) signal(signal int) {
	p.mu.Lock()
	if signal != sigKill {
		if p.ignored[signal] {
			p.mu.Unlock()
			return
		}
		if _, ok := p.traps[signal]; ok {
			p.pending = append(p.pending, signal)
			select {
			case p.wake <- struct{}{}:
			default:
			}
			p.mu.Unlock()
			return
		}
	}
	p.mu.Unlock()
	p.end(signal)
}

// takeTrap returns the action of a signal that came since, once.
func (p *process) takeTrap() (action string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.pending) > 0 {
		signal := p.pending[0]
		p.pending = p.pending[1:]
		if len(p.pending) == 0 {
			select {
			case <-p.wake:
			default:
			}
		}
		if action, ok = p.traps[signal]; ok {
			return action, true
		}
	}
	return "", false
}

// setTrap sets what a signal does: "" ignores it, "-" is the default.
func (p *process) setTrap(signal int, action string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.traps, signal)
	delete(p.ignored, signal)
	switch action {
	case "-":
	case "":
		p.ignored[signal] = true
	default:
		p.traps[signal] = action
	}
}

// become makes ready for another program in the same process: traps are gone,
// ignored signals stay ignored.
func (p *process) become() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.traps)
	p.pending = nil
}

// takeOver reports, once, whether the next command replaces this process.
func (p *process) takeOver() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.replace
	p.replace = false
	return was
}

func (p *process) setReplace() {
	p.mu.Lock()
	p.replace = true
	p.mu.Unlock()
}

// detach makes the process outlive its connection; apart gives it a session
// and a group of its own as well.
func (p *process) detach(apart bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.detached = true
	if apart {
		p.group, p.session = p.pid, p.pid
	}
}

// child finds a background child by its number.
func (p *process) child(pid int) *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.children {
		if c.pid == pid {
			return c
		}
	}
	return nil
}

// await waits for another process, or until a signal with a trap comes: then
// its number is returned too.
func (p *process) await(other *process) (status, signal int) {
	select {
	case <-other.done:
		return other.status, 0
	default:
	}
	select {
	case <-other.done:
		return other.status, 0
	case <-p.wake:
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.pending) == 0 {
			return 0, sigTerminate
		}
		p.wake <- struct{}{} // takeTrap takes it
		return 128 + p.pending[0], p.pending[0]
	case <-p.ctx.Done():
		return 128 + sigTerminate, sigTerminate
	}
}
