package transfer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
	"gpuwizard/remote/shell"
)

// maxTries is how often an upload begins anew because another program took its
// lock, or changed on the instance what had been right.
const maxTries = 3

var (
	// errAgain ends a try that may succeed when it is begun anew.
	errAgain = errors.New("the folder changed while it was put together")
	// errDoubt is errAgain, and nothing may be believed that was noted before.
	errDoubt = errors.New("the folder holds other files than were told")
)

// Settings are what a person may ask for.
type Settings struct {
	// Limit bounds the bytes a second of all transfers together; nil is no
	// limit.
	Limit *rate.Limiter
	// Reread reads everything again on the instance, whatever was noted there.
	Reread bool
}

// A Mover brings files to one host and back.
type Mover struct {
	host    shell.Host
	silence time.Duration
	id      string // names this program beside others that upload to the same folder
	tries   atomic.Int64

	mu       sync.Mutex
	busy     map[string]chan struct{} // folders being uploaded by this program
	settings Settings
}

// NewMover returns a Mover for a host, which gives up after a silence that is
// longer, or that much longer where there is much to be read.
func NewMover(h shell.Host, silence time.Duration) *Mover {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails: see crypto/rand.Read
	return &Mover{host: h, silence: silence, id: hex.EncodeToString(id[:]), busy: map[string]chan struct{}{}}
}

// Set changes the settings of uploads to come.
func (m *Mover) Set(s Settings) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settings = s
}

func (m *Mover) current() Settings {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settings
}

// Upload makes folder hold exactly the files; see instance.Instance. With an
// error, the receipt tells what was sent all the same.
func (m *Mover) Upload(ctx context.Context, folder string, files []instance.Source, tell func(instance.Progress)) (instance.Receipt, error) {
	l, err := newList(folder, files)
	if err != nil {
		return instance.Receipt{}, err
	}
	leave, err := m.enter(ctx, folder)
	if err != nil {
		return instance.Receipt{}, err
	}
	defer leave()
	ctx, v, end := keepVigil(ctx, m.host, m.silence, len(l.files), l.bytes)
	defer end()
	tl := newTeller(tell, l, v)
	defer tl.flush()
	s := &sent{tell: tl, files: map[string]bool{}}
	receipt, err := m.uploadByCommands(ctx, l, s)
	if _, ok := m.host.(Files); ok && problem.Has(err, instance.NoShell) {
		err = m.uploadFiles(ctx, l, s)
		receipt = s.receipt(l, l.want())
		receipt.ReadBack = true
	}
	return receipt, err
}

func (m *Mover) uploadByCommands(ctx context.Context, l *list, s *sent) (instance.Receipt, error) {
	settings := m.current()
	if !settings.Reread && len(l.unknown()) == 0 {
		s.tell.phase("compare")
		known, err := m.peek(ctx, l)
		if known {
			s.tell.keep(len(l.files), l.bytes)
		}
		if known || err != nil {
			return s.receipt(l, l.want()), err
		}
	}
	lanes := maxLanes
	doubt := settings.Reread
	for try := 1; ; {
		t := &upload{
			host: m.host, list: l, tell: s.tell, sent: s, settings: settings, doubt: doubt, maxLanes: lanes,
			distance: m.measure,
			owner:    m.id + "." + strconv.FormatInt(m.tries.Add(1), 10),
			there:    map[string]string{}, tries: map[string]int{},
			buffers: sync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }},
		}
		err := t.run(ctx)
		switch {
		case err == nil:
			return s.receipt(l, l.digest(func(f instance.Source) string { return t.there[f.Path] })), nil
		case errors.Is(err, errLane) && lanes > 1:
			lanes = 1 // the first connection still stands
			continue
		case errors.Is(err, errAgain) && try < maxTries:
			try++
			continue
		case errors.Is(err, errDoubt) && !doubt:
			doubt = true
			continue
		case errors.Is(err, errAgain):
			err = problem.New(instance.RemoteContested, err, "path", l.folder)
		case errors.Is(err, errDoubt):
			err = problem.New(instance.RemoteNonsense, err, "host", m.host.Name())
		}
		return s.receipt(l, ""), err
	}
}

// enter waits until no other upload of this program uses the folder.
func (m *Mover) enter(ctx context.Context, folder string) (leave func(), err error) {
	for {
		m.mu.Lock()
		other, busy := m.busy[folder]
		if !busy {
			done := make(chan struct{})
			m.busy[folder] = done
			m.mu.Unlock()
			return func() {
				m.mu.Lock()
				delete(m.busy, folder)
				m.mu.Unlock()
				close(done)
			}, nil
		}
		m.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// measure measures the round trip before anything big is on its way, and waits
// for it when it is asked for. 0 is unknown.
func (m *Mover) measure(ctx context.Context) func() time.Duration {
	lanes, ok := m.host.(Lanes)
	if !ok {
		return func() time.Duration { return 0 }
	}
	found := make(chan time.Duration, 1)
	go func() {
		rtt, _ := lanes.RoundTrip(ctx) // 0 with an error, which shows elsewhere
		found <- rtt
	}()
	return sync.OnceValue(func() time.Duration { return <-found })
}

// peek asks in one command, and without the lock, whether the folder is what it
// was when these same files were published there.
func (m *Mover) peek(ctx context.Context, l *list) (bool, error) {
	var out strings.Builder
	mark := shell.NewMark()
	r, err := m.host.Run(ctx, shell.Command{
		Script: `target=$1 sums=$2 LC_ALL=C; export LC_ALL; ` + assets.KnownScript + `known && echo "$3 $(cat "$sums/digest")"; :`,
		Args:   []string{l.folder, l.beside(".sums"), mark},
		Output: shell.Limit(&out, 64<<10),
		Short:  true,
	})
	if err != nil {
		return false, err
	}
	return r.Exit == 0 && strings.Contains("\n"+out.String(), "\n"+mark+" "+l.want()+"\n"), nil
}

// sent counts over all tries, and tells what it counts.
type sent struct {
	tell *teller

	mu    sync.Mutex
	files map[string]bool
	bytes int64
}

// add counts bytes on their way.
func (s *sent) add(n int64) {
	s.mu.Lock()
	s.bytes += n
	s.mu.Unlock()
	s.tell.bytes(n)
}

// file notes that all of a file is on its way.
func (s *sent) file(f instance.Source) {
	s.mu.Lock()
	s.files[f.Path] = true
	s.mu.Unlock()
	s.tell.file()
}

// receipt is made with what the instance said is there.
func (s *sent) receipt(l *list, digest string) instance.Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return instance.Receipt{
		Folder: l.folder, Files: len(l.files), Bytes: l.bytes,
		SentFiles: len(s.files), SentBytes: s.bytes, Digest: digest,
	}
}

// upload is one try.
type upload struct {
	host     shell.Host
	list     *list
	tell     *teller
	owner    string
	sent     *sent
	settings Settings
	doubt    bool
	maxLanes int
	distance func(context.Context) func() time.Duration
	buffers  sync.Pool

	mu    sync.Mutex
	there map[string]string // digests of the list's files, as the instance said
	tries map[string]int    // of files that were found wrong; of one stream at a time
}

func (t *upload) run(ctx context.Context) error {
	t.tell.phase("compare")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h, err := t.hold(ctx, cancel)
	if err != nil {
		return err
	}
	defer h.release(ctx)

	// What is there already must be compared with what is here.
	if err := t.list.read(ctx, slices.DeleteFunc(t.list.unknown(), func(f instance.Source) bool {
		return h.found.target[f.Path] == "" && h.found.staged[f.Path] == ""
	})); err != nil {
		return err
	}
	p := t.list.plan(h.found)
	t.there = p.there
	if p.unchanged {
		t.tell.keep(p.keptFiles, p.keptBytes)
		h.note(t.list.want())
		return nil
	}
	if err := p.fits(t.list.folder, h.found.space); err != nil && p.drop == nil {
		return err
	}
	if script := p.script(); script != "" {
		if err := h.prepare(ctx, script); err != nil {
			return err
		}
		if err := p.fits(t.list.folder, h.found.space); err != nil {
			return err
		}
	}
	t.tell.phase("send")
	t.tell.keep(p.keptFiles, p.keptBytes)
	if err := t.send(ctx, p); err != nil {
		return err
	}
	t.tell.phase("publish")
	return h.publish(ctx, t.list)
}

func (t *upload) command(verb, mark string, more ...string) shell.Command {
	return shell.Command{
		Script: assets.SumScript + assets.KnownScript +
			"receive_code=" + shellword.Join(assets.ReceiveProgram) + "\n" + assets.UploadScript,
		Args: append([]string{verb, t.list.folder, t.owner, mark}, more...),
	}
}
