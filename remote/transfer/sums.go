package transfer

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// sum is a file's digest; "" if it is not known yet.
func (l *list) sum(f instance.Source) string {
	if f.SHA256 != "" {
		return f.SHA256
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found[f.Path]
}

// learn notes the digest of a file that was read.
func (l *list) learn(f instance.Source, sum string) {
	l.mu.Lock()
	l.found[f.Path] = sum
	l.mu.Unlock()
	if f.Learn != nil {
		f.Learn(sum)
	}
}

// unknown are the files whose digests are not known yet.
func (l *list) unknown() []instance.Source {
	var list []instance.Source
	for _, f := range l.files {
		if l.sum(f) == "" {
			list = append(list, f)
		}
	}
	return list
}

// read finds out the digests of files, several at a time.
func (l *list) read(ctx context.Context, files []instance.Source) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(len(files), runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= len(files) {
					return
				}
				sum, err := readSum(ctx, files[n])
				if err != nil {
					cancel(err)
					return
				}
				l.learn(files[n], sum)
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// readSum reads a file for its digest.
func readSum(ctx context.Context, f instance.Source) (string, error) {
	sum, err := f.Read(ctx)
	if err != nil && ctx.Err() == nil {
		err = problem.New(LocalUnreadable, err, "path", f.Path)
	}
	return sum, err
}
