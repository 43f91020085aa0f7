package instance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
)

// A Source is one local file to be sent.
type Source struct {
	Path   string // relative to the folder, with slashes, no ".." and no leading slash
	Size   int64  // bytes
	SHA256 string // lower-case hex of the content; "" is not known yet
	Exec   bool   // executable by its owner
	// Open returns the content; several streams may read it at once. What also
	// is an io.Seeker is read in parts.
	Open func() (io.ReadCloser, error)
	// Learn, if set, is told the SHA-256 that was not known, once the content was
	// read anyway.
	Learn func(sha256 string)
}

// Sum returns the SHA-256. One that is not known is found out by reading.
func (s Source) Sum(ctx context.Context) (string, error) {
	if s.SHA256 != "" {
		return s.SHA256, nil
	}
	sum, err := s.Read(ctx)
	if err == nil && s.Learn != nil {
		s.Learn(sum)
	}
	return sum, err
}

// Read returns the SHA-256 of the content as it is now.
func (s Source) Read(ctx context.Context) (string, error) {
	r, err := s.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	h := sha256.New()
	buf := make([]byte, 128<<10)
	for ctx.Err() == nil {
		n, err := r.Read(buf)
		h.Write(buf[:n])
		switch {
		case err == io.EOF:
			return hex.EncodeToString(h.Sum(nil)), nil
		case err != nil:
			return "", err
		}
	}
	return "", context.Cause(ctx)
}

// A FileFact is a file with its evidence.
type FileFact struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// ReadTwice says that the instance runs no commands: it digested nothing, and
	// the file was read twice, with one result.
	ReadTwice bool `json:"read_twice,omitempty"`
}

// A Receipt says what an upload found and did; read back from the instance.
type Receipt struct {
	Folder    string `json:"folder"`
	Files     int    `json:"files"`
	Bytes     int64  `json:"bytes"`
	SentFiles int    `json:"sent_files"`
	SentBytes int64  `json:"sent_bytes"`
	Digest    string `json:"digest"` // see FilesDigest
	// ReadBack says that the instance runs no commands: it digested nothing, and
	// all was verified by reading it back.
	ReadBack bool `json:"read_back,omitempty"`
}

// FilesDigest is the SHA-256 over the lines "sha256  path\n" of files, which
// come as path and digest, sorted by their paths.
func FilesDigest(files iter.Seq2[string, string]) string {
	h := sha256.New()
	for path, sum := range files {
		_, _ = fmt.Fprintf(h, "%s  %s\n", sum, path)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Progress of something that is counted; zero totals are unknown.
type Progress struct {
	Phase      string `json:"phase"` // "scan", "hash", "compare", "send", "verify", "publish", "fetch", ...
	Files      int    `json:"files,omitempty"`
	FilesTotal int    `json:"files_total,omitempty"`
	Bytes      int64  `json:"bytes,omitempty"`
	BytesTotal int64  `json:"bytes_total,omitempty"`
	Path       string `json:"path,omitempty"` // the file in hand
	// Rate is bytes a second, of the last seconds; Left the seconds that the
	// rest takes at that rate. 0 is unknown.
	Rate float64 `json:"rate,omitempty"`
	Left float64 `json:"left,omitempty"`
}
