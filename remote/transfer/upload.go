package transfer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"

	"gpuwizard/assets"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/shell"
)

// maxTries is how often an upload begins anew because another program took its
// lock, or changed on the instance what had been right.
const maxTries = 3

// errAgain ends a try that may succeed when it is begun anew.
var errAgain = errors.New("the folder changed while it was put together")

// An Uploader uploads to one host.
type Uploader struct {
	host  shell.Host
	id    string // names this program beside others that upload to the same folder
	tries atomic.Int64

	mu   sync.Mutex
	busy map[string]chan struct{} // folders being uploaded by this program
}

// NewUploader returns an Uploader for a host.
func NewUploader(h shell.Host) *Uploader {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails: see crypto/rand.Read
	return &Uploader{host: h, id: hex.EncodeToString(id[:]), busy: map[string]chan struct{}{}}
}

// Upload makes folder hold exactly the files; see wizard.Instance.
func (u *Uploader) Upload(ctx context.Context, folder string, files []wizard.Source, tell func(wizard.Progress)) (wizard.Receipt, error) {
	l, err := newList(folder, files)
	if err != nil {
		return wizard.Receipt{}, err
	}
	leave, err := u.enter(ctx, folder)
	if err != nil {
		return wizard.Receipt{}, err
	}
	defer leave()
	tl := newTeller(tell, l)
	defer tl.flush()
	var sent sent
	for try := 1; ; try++ {
		t := &upload{
			host: u.host, list: l, tell: tl, sent: &sent,
			owner: u.id + "." + strconv.FormatInt(u.tries.Add(1), 10),
		}
		receipt, err := t.run(ctx)
		if errors.Is(err, errAgain) && try < maxTries {
			continue
		}
		if errors.Is(err, errAgain) {
			err = problem.New(wizard.RemoteFailed, err, "what", "upload", "exit", "0", "output", "")
		}
		return receipt, err
	}
}

// enter waits until no other upload of this program uses the folder.
func (u *Uploader) enter(ctx context.Context, folder string) (leave func(), err error) {
	for {
		u.mu.Lock()
		other, busy := u.busy[folder]
		if !busy {
			done := make(chan struct{})
			u.busy[folder] = done
			u.mu.Unlock()
			return func() {
				u.mu.Lock()
				delete(u.busy, folder)
				u.mu.Unlock()
				close(done)
			}, nil
		}
		u.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// sent counts over all tries.
type sent struct {
	files int
	bytes int64
}

// An upload is one try.
type upload struct {
	host  shell.Host
	list  *list
	tell  *teller
	owner string
	sent  *sent
}

func (t *upload) run(ctx context.Context) (wizard.Receipt, error) {
	t.tell.phase("compare")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h, err := t.hold(ctx, cancel)
	if err != nil {
		return wizard.Receipt{}, err
	}
	defer h.release(ctx)

	p := t.list.plan(h.found)
	if p.unchanged {
		t.tell.keep(p.keptFiles, p.keptBytes)
		if p.litter {
			h.clean()
		}
		return t.receipt(h.found.target), nil
	}
	if err := p.fits(t.list.folder, h.found); err != nil && !p.litter {
		return wizard.Receipt{}, err
	}
	ready, err := t.call(ctx, "prepare", "prepared", p.script(), nil)
	if err != nil {
		return wizard.Receipt{}, err
	}
	if err := p.fits(t.list.folder, ready); err != nil {
		return wizard.Receipt{}, err
	}

	t.tell.phase("send")
	t.tell.keep(p.keptFiles, p.keptBytes)
	arrived, err := t.call(ctx, "send", "sent", "", func(ctx context.Context, w io.Writer) error {
		return writeTar(ctx, w, p.send, t)
	})
	if err != nil {
		return wizard.Receipt{}, err
	}
	if err := t.list.verify(arrived.stage, p); err != nil {
		return wizard.Receipt{}, err
	}

	t.tell.phase("publish")
	if _, err := t.call(ctx, "publish", "published", "", nil); err != nil {
		return wizard.Receipt{}, err
	}
	return t.receipt(arrived.stage), nil
}

// receipt is made from what the instance said is there.
func (t *upload) receipt(there map[string]string) wizard.Receipt {
	return wizard.Receipt{
		Folder:    t.list.folder,
		Files:     len(t.list.files),
		Bytes:     t.list.bytes,
		SentFiles: t.sent.files,
		SentBytes: t.sent.bytes,
		Digest:    t.list.digest(there),
	}
}

func (t *upload) command(verb, more string) (shell.Command, *findings) {
	f := newFindings(shell.NewMark(), t.list)
	return shell.Command{
		Script: assets.UploadScript + more,
		Args:   append([]string{verb, t.list.folder, t.owner, f.mark}, t.list.odd...),
		Output: f,
	}, f
}

// call runs one step of the script, which ends with the word given.
func (t *upload) call(ctx context.Context, verb, word, more string, input func(context.Context, io.Writer) error) (*findings, error) {
	c, f := t.command(verb, more)
	c.Input = input
	r, err := t.host.Run(ctx, c)
	if err != nil {
		return nil, err
	}
	return f, f.problem(t.host, t.list.folder, word, r)
}
