package transfer

import (
	"context"
	"errors"
	"io"
	"path"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// maxSends is how often one file is sent before the digests' difference is
// believed.
const maxSends = 2

// check compares what the instance has read back of an archive's files with
// the list.
func (t *upload) check(ctx context.Context, q *queue, p *part, sums map[string]string) error {
	var wrong []instance.Source
	for _, f := range p.files {
		if got := sums[f.Path]; got != "" && got == t.list.sum(f) {
			t.arrived(f, got)
		} else if err := t.list.differs(ctx, f, got, t.tries[f.Path]); err != nil {
			return err
		} else {
			t.tries[f.Path]++
			wrong = append(wrong, f)
		}
	}
	if wrong != nil {
		q.resend(wrong)
	}
	return nil
}

// checkWhole does so for a large file.
func (t *upload) checkWhole(ctx context.Context, q *queue, b *big, got string) error {
	if got == t.list.sum(b.file) {
		t.arrived(b.file, got)
		t.sent.file(b.file)
		q.placed(b)
		return nil
	}
	if err := t.list.differs(ctx, b.file, got, b.tries); err != nil {
		return err
	}
	b.tries++
	q.restart(b)
	return nil
}

// arrived notes what the instance said of a file.
func (t *upload) arrived(f instance.Source, digest string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.there[f.Path] = digest
}

// differs says whose fault it is that a file's digest is another one; nil if it
// may be sent once more.
func (l *list) differs(ctx context.Context, f instance.Source, got string, tries int) error {
	want := l.sum(f)
	now, err := readSum(ctx, f)
	switch {
	case err != nil:
		return err
	case now != want:
		return localChanged(f, "its content changed")
	case tries+1 >= maxSends:
		return problem.New(instance.ChecksumDiffers, nil,
			"path", path.Join(l.folder, f.Path), "want", want, "got", got)
	}
	return nil
}

func localChanged(f instance.Source, how string) error {
	return problem.New(instance.LocalFileChanged, errors.New(how), "path", f.Path)
}

// copyFile copies so many bytes of a file, and fails if there are fewer.
func (t *upload) copyFile(ctx context.Context, w io.Writer, r io.Reader, f instance.Source, size int64) error {
	buf := t.buffers.Get().(*[]byte)
	defer t.buffers.Put(buf)
	for size > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := r.Read((*buf)[:min(size, int64(len(*buf)))])
		if n > 0 {
			if _, err := w.Write((*buf)[:n]); err != nil {
				return err
			}
			size -= int64(n)
			t.sent.add(int64(n))
		}
		switch {
		case size == 0:
		case err == io.EOF:
			return localChanged(f, "it shrank")
		case err != nil:
			return problem.New(LocalUnreadable, err, "path", f.Path)
		}
	}
	return nil
}
