package transfer

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// tarBuffer is how much is written to the connection at once.
const tarBuffer = 256 << 10

// writeTar writes the files as a tar archive, and fails if a file is not what
// the list says of it.
//
// The format is GNU's: names of any length and any bytes, understood by GNU
// tar, BusyBox (which ignores PAX headers) and Python's tarfile. Each name
// begins with "./", so that none looks like an option.
func writeTar(ctx context.Context, w io.Writer, files []wizard.Source, t *upload) error {
	buffered := bufio.NewWriterSize(w, tarBuffer)
	archive := tar.NewWriter(buffered)
	now := time.Now().Truncate(time.Second)
	buf := make([]byte, 128<<10)
	for _, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		mode := int64(0o644)
		if f.Exec {
			mode = 0o755
		}
		err := archive.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: "./" + f.Path, Size: f.Size,
			Mode: mode, ModTime: now, Format: tar.FormatGNU,
		})
		if err != nil {
			return err
		}
		if err := writeFile(ctx, archive, f, t, buf); err != nil {
			return err
		}
		t.sent.files++
		t.tell.file()
	}
	if err := archive.Close(); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	t.tell.phase("verify")
	return nil
}

func writeFile(ctx context.Context, w io.Writer, f wizard.Source, t *upload, buf []byte) error {
	changed := func(cause error) error {
		return problem.New(wizard.LocalFileChanged, cause, "path", f.Path)
	}
	r, err := f.Open()
	if err != nil {
		return problem.New(LocalUnreadable, err, "path", f.Path)
	}
	defer func() { _ = r.Close() }()
	t.tell.path(f.Path)
	digest := sha256.New()
	left := f.Size
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := r.Read(buf)
		if int64(n) > left {
			return changed(errors.New("it grew"))
		}
		left -= int64(n)
		digest.Write(buf[:n])
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
			t.sent.bytes += int64(n)
			t.tell.bytes(int64(n))
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return problem.New(LocalUnreadable, err, "path", f.Path)
		}
	}
	if left > 0 {
		return changed(errors.New("it shrank"))
	}
	if hex.EncodeToString(digest.Sum(nil)) != f.SHA256 {
		return changed(errors.New("its content changed"))
	}
	return nil
}
