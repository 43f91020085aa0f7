package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"syscall"

	"github.com/pkg/sftp"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// Files is a Host that serves SFTP, for where it refuses commands.
type Files interface {
	SFTP(ctx context.Context) (*sftp.Client, error)
}

const (
	// fileStreams is how many files are on their way at once: each waits for a
	// round trip or more.
	fileStreams = 32
	// statReadOnly is the flag of a file system that takes nothing.
	statReadOnly = 1
)

// An sftpUpload replaces a folder where nothing can be run: the same staging
// folder and the same rename in the end, and what was written is verified by
// reading it all back.
type sftpUpload struct {
	c     *sftp.Client
	m     *Mover
	l     *list
	tell  *teller
	sent  *sent
	limit Settings
	stage string

	mu   sync.Mutex
	dirs map[string]bool
}

func (m *Mover) uploadFiles(ctx context.Context, l *list, s *sent) error {
	c, err := m.host.(Files).SFTP(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	up := &sftpUpload{
		c: c, m: m, l: l, tell: s.tell, sent: s, limit: m.current(),
		stage: path.Join(l.beside(".part"), "sftp.1", "tree"), dirs: map[string]bool{},
	}
	err = up.run(ctx)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return up.explain(err, l.folder)
}

func (up *sftpUpload) run(ctx context.Context) error {
	c, l := up.c, up.l
	if err := l.read(ctx, l.unknown()); err != nil {
		return err
	}
	if err := c.MkdirAll(path.Dir(l.folder)); err != nil {
		return err
	}
	if info, err := c.Stat(l.folder); err == nil && !info.IsDir() {
		return problem.New(instance.RemoteNotFolder, nil, "path", l.folder)
	}
	unlock, err := up.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	old := l.beside(".old")
	if _, err := c.Stat(l.folder); errors.Is(err, fs.ErrNotExist) {
		_ = c.Rename(old, l.folder) // a publish was cut between its two renames
	}
	up.tell.phase("compare")
	if up.matches(ctx, l.folder) {
		up.tell.keep(len(l.files), l.bytes)
		return up.remove(l.beside(".part"))
	}
	if err := up.fits(); err != nil {
		return err
	}
	if err := c.MkdirAll(up.stage); err != nil {
		return err
	}
	if err := up.each(ctx, up.send); err != nil {
		return err
	}
	up.tell.phase("publish")
	if err := up.sweep(); err != nil {
		return err
	}
	if err := up.remove(old); err != nil {
		return err
	}
	// What was noted of the folder by commands is no more.
	if err := up.remove(l.beside(".sums")); err != nil {
		return err
	}
	if _, err := c.Stat(l.folder); err == nil {
		if err := c.Rename(l.folder, old); err != nil {
			return err
		}
	}
	if err := c.Rename(up.stage, l.folder); err != nil {
		_ = c.Rename(old, l.folder)
		return err
	}
	return errors.Join(up.remove(old), up.remove(l.beside(".part")))
}

func (up *sftpUpload) remove(name string) error {
	if _, err := up.c.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return up.c.RemoveAll(name)
}

// matches reports whether the folder holds the files and nothing else, by
// reading them.
func (up *sftpUpload) matches(ctx context.Context, folder string) bool {
	found := 0
	for w := up.c.Walk(folder); w.Step(); {
		if w.Err() != nil {
			return false
		}
		if !w.Stat().Mode().IsRegular() {
			continue
		}
		found++
		rel := w.Path()[min(len(w.Path()), len(folder)+1):]
		at, ok := up.l.byPath[rel]
		if !ok || w.Stat().Size() != up.l.files[at].Size {
			return false
		}
	}
	if found != len(up.l.files) || found == 0 {
		return false
	}
	return up.each(ctx, func(ctx context.Context, f instance.Source) error {
		got, err := up.digest(ctx, path.Join(folder, f.Path), f.Size)
		if err == nil && got != up.l.sum(f) {
			err = errAgain
		}
		return err
	}) == nil
}

// fits asks the server for the space that is left, if it can tell.
func (up *sftpUpload) fits() error {
	v, err := up.c.StatVFS(path.Dir(up.l.folder))
	if err != nil {
		return nil
	}
	// What earlier tries left lies there already.
	files, bytes := up.staged()
	return (&plan{need: up.l.bytes - bytes, sendFiles: len(up.l.files) - files}).fits(up.l.folder, spaceOf(v))
}

// spaceOf is what a file system has left, as its server says.
func spaceOf(v *sftp.StatVFS) space {
	s := space{int64(v.Bavail * v.Frsize), int64(v.Favail)}
	if v.Files == 0 {
		s.inodes = -1
	}
	return s
}

func (up *sftpUpload) staged() (files int, bytes int64) {
	for w := up.c.Walk(up.stage); w.Step(); {
		if w.Err() == nil && w.Stat().Mode().IsRegular() {
			files++
			bytes += w.Stat().Size()
		}
	}
	return files, bytes
}

// each does something with all files, some at a time; the first error counts.
func (up *sftpUpload) each(ctx context.Context, do func(context.Context, instance.Source) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan instance.Source)
	var all sync.WaitGroup
	for range min(fileStreams, len(up.l.files)) {
		all.Go(func() {
			for f := range work {
				if err := do(ctx, f); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, f := range up.l.files {
		if ctx.Err() != nil {
			break
		}
		select {
		case work <- f:
		case <-ctx.Done():
		}
	}
	close(work)
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// send brings one file into the staging folder, going on where an earlier try
// was cut, and reads it back.
func (up *sftpUpload) send(ctx context.Context, f instance.Source) error {
	up.tell.phase("send")
	name := path.Join(up.stage, f.Path)
	if err := up.mkdir(path.Dir(name)); err != nil {
		return err
	}
	for try := 1; ; try++ {
		from := int64(0)
		if info, err := up.c.Stat(name); err == nil && try == 1 && info.Size() <= f.Size {
			from = info.Size()
		}
		if err := up.fill(ctx, f, name, from); err != nil {
			return err
		}
		got, err := up.digest(ctx, name, f.Size)
		if err != nil {
			return err
		}
		if got == up.l.sum(f) {
			break
		}
		if err := up.l.differs(ctx, f, got, try-1); err != nil {
			return err
		}
	}
	up.sent.file(f)
	if f.Exec {
		_ = up.c.Chmod(name, 0o755)
	}
	return nil
}

func (up *sftpUpload) mkdir(dir string) error {
	up.mu.Lock()
	defer up.mu.Unlock()
	if up.dirs[dir] {
		return nil
	}
	up.dirs[dir] = true
	return up.c.MkdirAll(dir)
}

// fill writes a file from an offset on.
func (up *sftpUpload) fill(ctx context.Context, f instance.Source, name string, from int64) error {
	r, err := openAt(f, from)
	if err != nil {
		return problem.New(LocalUnreadable, err, "path", f.Path)
	}
	defer func() { _ = r.Close() }()
	up.tell.path(f.Path)
	flags := os.O_WRONLY | os.O_CREATE
	if from == 0 {
		flags |= os.O_TRUNC
	}
	to, err := up.c.OpenFile(name, flags)
	if err != nil {
		return err
	}
	buf := make([]byte, meterPiece)
	for at := from; err == nil && at < f.Size; {
		var n int
		n, err = io.ReadFull(r, buf[:min(int64(len(buf)), f.Size-at)])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = localChanged(f, "it shrank")
		} else if err != nil {
			err = problem.New(LocalUnreadable, err, "path", f.Path)
		}
		if err == nil {
			err = await(ctx, up.limit.Limit, n)
		}
		if err == nil {
			_, err = to.WriteAt(buf[:n], at)
			at += int64(n)
			up.sent.add(int64(n))
		}
	}
	return errors.Join(err, to.Close())
}

// digest reads a file back.
func (up *sftpUpload) digest(ctx context.Context, name string, size int64) (string, error) {
	return digestFile(up.c, name, size, func(int) error {
		up.tell.heard()
		return ctx.Err()
	})
}

// digestFile reads a file for its digest; of one that is longer than it should
// be, no more than shows that. came is told of each piece.
func digestFile(c *sftp.Client, name string, size int64, came func(n int) error) (string, error) {
	f, err := c.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	buf := make([]byte, min(readPiece, size+1))
	for at := int64(0); at <= size; {
		n, err := f.ReadAt(buf[:min(int64(len(buf)), size+1-at)], at)
		h.Write(buf[:n])
		at += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = came(n)
		}
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sweep takes away what an earlier try with other files left.
func (up *sftpUpload) sweep() error {
	for w := up.c.Walk(up.stage); w.Step(); {
		if w.Err() != nil {
			return w.Err()
		}
		rel := w.Path()[min(len(w.Path()), len(up.stage)+1):]
		if _, wanted := up.l.byPath[rel]; !wanted && !w.Stat().IsDir() {
			if err := up.c.Remove(w.Path()); err != nil {
				return err
			}
		}
	}
	return nil
}

// explain turns what the server says into a problem. Its "failure" may mean
// anything: the space that is left tells more.
func (up *sftpUpload) explain(err error, folder string) error {
	if err == nil {
		return nil
	}
	if _, ok := problem.As(err); ok {
		return err
	}
	var status *sftp.StatusError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return problem.New(instance.RemoteReadOnly, err, "path", folder)
	case errors.Is(err, syscall.ENOTDIR):
		return problem.New(instance.RemoteNotFolder, err, "path", path.Dir(folder))
	case errors.As(err, &status):
		failed := problem.New(instance.RemoteFailed, err, "what", "upload", "exit", "", "output", status.Error())
		v, unknown := up.c.StatVFS(path.Dir(folder))
		switch {
		case unknown != nil:
			return failed
		case v.Flag&statReadOnly != 0:
			return problem.New(instance.RemoteReadOnly, err, "path", folder)
		}
		return withSpace(failed, folder, spaceOf(v))
	}
	return problem.New(instance.ConnectionLost, err, "host", up.m.host.Name())
}
