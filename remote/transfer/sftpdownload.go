package transfer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"sync"

	"github.com/pkg/sftp"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

const (
	// readPiece is read at once: as many requests as fit into it are on their way.
	readPiece = 1 << 20
	// readStreams is how many spans are read side by side.
	readStreams = 2
)

// runFiles fetches a file where nothing can be run. There is no digest to hold
// it against: the file is read twice, and must be the same both times, as long
// and as old as before.
func (d *download) runFiles(ctx context.Context) (instance.FileFact, error) {
	c, err := d.host.(Files).SFTP(ctx)
	if err != nil {
		return instance.FileFact{}, err
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	d.look = func(context.Context) (instance.FileFact, error) { return d.stat(c) }
	d.read = func(ctx context.Context, p *parts) error { return d.readFiles(ctx, c, p) }
	d.digest = func(ctx context.Context, want instance.FileFact) (string, error) {
		return d.readAgain(ctx, c, want.Size)
	}
	fact, err := d.run(ctx)
	if err != nil && ctx.Err() != nil {
		return instance.FileFact{}, context.Cause(ctx)
	}
	fact.ReadTwice = err == nil
	return fact, d.explain(err)
}

// stat is what tells one content of the file from another here: its size and
// time, the latter in the place of a digest.
func (d *download) stat(c *sftp.Client) (instance.FileFact, error) {
	info, err := c.Stat(d.from)
	if err != nil {
		return instance.FileFact{}, err
	}
	if !info.Mode().IsRegular() {
		return instance.FileFact{}, problem.New(instance.RemoteMissing, nil, "path", d.from)
	}
	return instance.FileFact{Path: d.from, Size: info.Size(), SHA256: "time-" + strconv.FormatInt(info.ModTime().Unix(), 10)}, nil
}

// readFiles brings what is missing.
func (d *download) readFiles(ctx context.Context, c *sftp.Client, p *parts) error {
	f, err := c.Open(d.from)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	errs := make([]error, readStreams)
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() { errs[n] = d.readSpans(ctx, f, p) })
	}
	all.Wait()
	if err = errors.Join(errs...); errors.Is(err, io.EOF) {
		// It ended early, if the server still says so.
		if now, statErr := d.stat(c); statErr == nil && now.Size < p.size {
			return problem.New(instance.RemoteFileChanged, nil, "path", d.from)
		}
	}
	return err
}

func (d *download) readSpans(ctx context.Context, f *sftp.File, p *parts) error {
	buf := make([]byte, readPiece)
	for {
		s, ok := p.take(readStreams)
		if !ok {
			return nil
		}
		w := &spanWriter{ctx: ctx, d: d, p: p, at: s.seek * blockSize, left: p.bytes(s), noted: s.seek}
		var err error
		for err == nil && w.left > 0 {
			var n int
			n, err = f.ReadAt(buf[:min(int64(len(buf)), w.left)], w.at)
			if n > 0 {
				_, writeErr := w.Write(buf[:n])
				err = errors.Join(writeErr, err)
			}
		}
		w.settle()
		p.back(span{w.noted, s.end() - w.noted})
		switch {
		case w.err != nil:
			return localProblem(w.err, d.part)
		case err != nil && w.left > 0:
			return err
		}
	}
}

// readAgain digests the file there by reading it once more.
func (d *download) readAgain(ctx context.Context, c *sftp.Client, size int64) (string, error) {
	return digestFile(c, d.from, size, func(n int) error {
		d.tell.heard()
		for left := n; left > 0; left -= meterPiece {
			if err := await(ctx, d.limit, min(left, meterPiece)); err != nil {
				return err
			}
		}
		return nil
	})
}

// explain turns what the server says into a problem.
func (d *download) explain(err error) error {
	var status *sftp.StatusError
	if _, known := problem.As(err); err == nil || known {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem.New(instance.RemoteMissing, err, "path", d.from)
	case errors.Is(err, fs.ErrPermission), errors.As(err, &status):
		return problem.New(instance.RemoteFailed, err, "what", "download", "exit", "", "output", err.Error())
	}
	return problem.New(instance.ConnectionLost, err, "host", d.host.Name())
}
