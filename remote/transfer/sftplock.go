package transfer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"
	"sync"
	"time"
)

// stale is how long a lock must show no sign of life.
const stale = 30 * time.Second

// lock makes the folder that says who may put together and publish, and gives
// signs of life in it.
func (up *sftpUpload) lock(ctx context.Context) (unlock func(), err error) {
	lock := up.l.beside(".lock")
	seen, since := "", time.Now()
	for denied := 0; ; {
		err := up.c.Mkdir(lock)
		if err == nil {
			break
		}
		if _, statErr := up.c.Lstat(lock); errors.Is(statErr, fs.ErrNotExist) {
			// Nobody holds it: it can't be made, or was given back just now.
			if denied++; denied >= 3 {
				return nil, err
			}
			continue
		}
		beat, err := up.read(path.Join(lock, "beat"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if beat != seen {
			seen, since = beat, time.Now()
		}
		owner, _ := up.read(path.Join(lock, "owner"))
		if time.Since(since) > stale || owner == up.m.id+".0\n" {
			// Its holder is gone, or was this program over a connection that is.
			if err := up.remove(lock); err != nil {
				return nil, err
			}
			continue
		}
		up.tell.phase("wait")
		if !pause(ctx, time.Second) {
			return nil, context.Cause(ctx)
		}
	}
	if err := up.write(path.Join(lock, "owner"), up.m.id+".0\n"); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var beating sync.WaitGroup
	beating.Go(func() {
		for {
			_ = up.write(path.Join(lock, "beat"), strconv.FormatInt(time.Now().Unix(), 10)+"\n")
			if !pause(ctx, beatEvery) {
				return
			}
		}
	})
	return func() {
		cancel()
		beating.Wait()
		_ = up.remove(lock)
	}, nil
}

func (up *sftpUpload) write(name, text string) error {
	f, err := up.c.Create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

func (up *sftpUpload) read(name string) (string, error) {
	f, err := up.c.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	return string(b), err
}
