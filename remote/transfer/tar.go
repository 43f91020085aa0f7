package transfer

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// sendBuffer is how much is written to the connection at once.
const sendBuffer = 256 << 10

// header describes a file in an archive.
//
// The format is GNU's: names of any length and any bytes, understood by GNU
// tar, BusyBox (which ignores PAX headers) and Python's tarfile. Each name
// begins with "./", so that none looks like an option.
func header(f instance.Source, size int64, at time.Time) *tar.Header {
	mode := int64(0o644)
	if f.Exec {
		mode = 0o755
	}
	return &tar.Header{
		Typeflag: tar.TypeReg, Name: "./" + f.Path, Size: size,
		Mode: mode, ModTime: at, Format: tar.FormatGNU,
	}
}

// archiveBlocks is how many blocks an archive of the files fills.
func archiveBlocks(files []instance.Source) (int64, error) {
	var size counter
	w := tar.NewWriter(&size)
	for _, f := range files {
		// A header has the same length whatever size it tells.
		if err := w.WriteHeader(header(f, 0, time.Time{})); err != nil {
			return 0, err
		}
		size += counter((f.Size + 511) &^ 511)
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return (int64(size) + blockSize - 1) / blockSize, nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// writeArchive writes the files as an archive of so many blocks, and fails if a
// file has not the size that the list says.
func writeArchive(ctx context.Context, w io.Writer, files []instance.Source, blocks int64, t *upload) error {
	var size counter
	archive := tar.NewWriter(io.MultiWriter(w, &size))
	now := time.Now().Truncate(time.Second)
	for _, f := range files {
		if err := archive.WriteHeader(header(f, f.Size, now)); err != nil {
			return err
		}
		if err := writeFile(ctx, archive, f, t); err != nil {
			return err
		}
		t.sent.file(f)
	}
	if err := archive.Close(); err != nil {
		return err
	}
	_, err := io.CopyN(w, zeros{}, blocks*blockSize-int64(size))
	return err
}

func writeFile(ctx context.Context, w io.Writer, f instance.Source, t *upload) error {
	r, err := f.Open()
	if err != nil {
		return problem.New(LocalUnreadable, err, "path", f.Path)
	}
	defer func() { _ = r.Close() }()
	t.tell.path(f.Path)
	learn := func() {}
	if t.list.sum(f) == "" {
		h := sha256.New()
		w = io.MultiWriter(w, h)
		learn = func() { t.list.learn(f, hex.EncodeToString(h.Sum(nil))) }
	}
	if err := t.copyFile(ctx, w, r, f, f.Size); err != nil {
		return err
	}
	learn()
	var more [1]byte
	if n, _ := r.Read(more[:]); n > 0 {
		return localChanged(f, "it grew")
	}
	return nil
}
