package dataset

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"gpuwizard/core/problem"
)

// Codes of problems that Unpack returns, besides FileUnreadable.
const (
	ArchiveRefused problem.Code = "archive-refused" // path, reason (see the Archive constants), entry (may be missing: a name in the archive)
	UnpackTaken    problem.Code = "unpack-taken"    // path: a folder that Unpack has not made
	UnpackNoSpace  problem.Code = "unpack-no-space" // path, need (bytes)
	UnpackFailed   problem.Code = "unpack-failed"   // path
)

// Why an archive is refused.
const (
	ArchiveNotZip    = "not-zip"     // another kind of file, or one that is cut off
	ArchiveDamaged   = "damaged"     // the content of an entry does not agree with its checksum
	ArchiveLocked    = "locked"      // with a password
	ArchiveMethod    = "method"      // packed in a way that few programs know
	ArchiveUnsafe    = "unsafe-name" // a name that leads out of the folder
	ArchiveDuplicate = "duplicate"   // two entries for one file, or a file where a folder is needed; also names that this disk takes for one
	ArchiveTooLarge  = "too-large"   // more files or bytes than the limits allow
	ArchiveBomb      = "bomb"        // grows more than any pictures and labels would
)

// UnpackedMark is the name of the file by which Unpack marks a folder that it
// has made, whole.
const UnpackedMark = ".gpuwizard-unpacked"

// Limits of Unpack; the zero value has room for every public data set.
type Limits struct {
	Files   int   // 0: two million
	Bytes   int64 // once unpacked; 0: 256 GiB
	Workers int   // 0: one for each processor
	Tell    func(Progress)
}

// What no real data set exceeds: labels, being text, shrink to a twentieth; an
// archive may hold nothing else.
const (
	maxGrowth   = 200
	growthFloor = 1 << 30 // bytes that any archive may have
)

// Unpacked says what Unpack did.
type Unpacked struct {
	Files   int
	Bytes   int64
	Skipped []string // entries that were no plain files, such as links
	Reused  bool     // the folder was there already, from the same archive
}

// Unpack makes dir a folder with the pictures and labels of a zip file; other
// files in it are not unpacked. The folder appears only when it is whole: what
// a call that was stopped leaves behind is removed by the next. If dir is there
// already, from the same archive, nothing is done; from another, it is
// replaced; one that Unpack has not made is left alone.
//
// Names are UTF-8 if the archive says so or all of them are valid as such;
// else GB18030, as Windows writes them in Chinese.
//
// It is a folder, not the archive, that Read reads: labels and pictures are
// opened by name many times, and the prepared folder links to them.
func Unpack(ctx context.Context, archive, dir string, limits Limits) (Unpacked, error) {
	if limits.Files == 0 {
		limits.Files = 2_000_000
	}
	if limits.Bytes == 0 {
		limits.Bytes = 256 << 30
	}
	f, err := os.Open(archive)
	if err != nil {
		return Unpacked{}, problem.New(FileUnreadable, err, "path", archive)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return Unpacked{}, problem.New(FileUnreadable, err, "path", archive)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return Unpacked{}, problem.New(ArchiveRefused, err, "path", archive, "reason", ArchiveNotZip)
	}
	u := &unpacking{archive: archive, dir: dir, limits: limits}
	if err := u.plan(z, info.Size()); err != nil {
		return Unpacked{}, err
	}
	done, err := u.existing()
	if done || err != nil {
		return u.result, err
	}
	return u.result, u.write(ctx)
}

// An unpacking is the work of one Unpack.
type unpacking struct {
	archive, dir string
	limits       Limits
	entries      []entry
	mark         string // tells archives apart
	result       Unpacked
}

// An entry is a file to be unpacked.
type entry struct {
	rel  string
	file *zip.File
}

func (u *unpacking) refuse(reason, name string, err error) error {
	p := problem.New(ArchiveRefused, err, "path", u.archive, "reason", reason)
	if name != "" {
		p.Args["entry"] = name
	}
	return p
}

// plan decides what is unpacked, from the list of contents alone.
func (u *unpacking) plan(z *zip.Reader, size int64) error {
	if len(z.File) > u.limits.Files {
		return u.refuse(ArchiveTooLarge, "", nil)
	}
	names := entryNames(z.File)
	seen := make(map[string]bool, len(names))
	digest := sha256.New()
	for i, f := range z.File {
		rel, err := cleanEntry(names[i])
		if err != nil {
			return u.refuse(ArchiveUnsafe, names[i], err)
		}
		switch mode := f.Mode(); {
		case mode.IsDir() || strings.HasSuffix(names[i], "/") || strings.HasSuffix(names[i], `\`):
			continue
		case !wanted(rel):
			continue
		case !mode.IsRegular():
			u.result.Skipped = append(u.result.Skipped, rel)
			continue
		case f.Flags&1 != 0:
			return u.refuse(ArchiveLocked, rel, nil)
		case seen[rel]:
			return u.refuse(ArchiveDuplicate, rel, nil)
		}
		seen[rel] = true
		if f.UncompressedSize64 > uint64(u.limits.Bytes) {
			return u.refuse(ArchiveTooLarge, rel, nil)
		}
		u.result.Bytes += int64(f.UncompressedSize64)
		if u.result.Bytes > u.limits.Bytes {
			return u.refuse(ArchiveTooLarge, rel, nil)
		}
		u.entries = append(u.entries, entry{rel, f})
		fmt.Fprintf(digest, "%q %d %08x\n", rel, f.UncompressedSize64, f.CRC32)
	}
	if u.result.Bytes > growthFloor && u.result.Bytes/maxGrowth > size {
		return u.refuse(ArchiveBomb, "", nil)
	}
	u.result.Files = len(u.entries)
	u.mark = hex.EncodeToString(digest.Sum(nil)) + "\n"
	return nil
}

// wanted reports whether Read would look at a file.
func wanted(rel string) bool {
	for name := range strings.SplitSeq(rel, "/") {
		if strings.HasPrefix(name, ".") || name == "__MACOSX" {
			return false
		}
	}
	suffix := strings.ToLower(path.Ext(rel))
	return suffix == ".xml" || suffix == ".json" || textSuffixes[suffix] || pictureSuffixes[suffix]
}

// existing reports whether the folder is there and right, and refuses one that
// is somebody's own.
func (u *unpacking) existing() (bool, error) {
	entries, err := os.ReadDir(u.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, problem.New(UnpackTaken, err, "path", u.dir)
	case len(entries) == 0:
		return false, nil
	}
	mark, err := os.ReadFile(filepath.Join(u.dir, UnpackedMark))
	if err != nil {
		return false, problem.New(UnpackTaken, err, "path", u.dir)
	}
	u.result.Reused = string(mark) == u.mark
	return u.result.Reused, nil
}

// write unpacks beside the folder and puts the result in its place.
func (u *unpacking) write(ctx context.Context) error {
	parent, prefix := filepath.Dir(u.dir), "."+filepath.Base(u.dir)+".unpacking-"
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return u.failed(err)
	}
	if old, err := filepath.Glob(filepath.Join(globEscape(parent), globEscape(prefix)+"*")); err == nil {
		for _, at := range old {
			_ = os.RemoveAll(at)
		}
	}
	temp, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return u.failed(err)
	}
	defer os.RemoveAll(temp)
	if err := u.fill(ctx, filepath.Join(temp, "new")); err != nil {
		return err
	}
	if err := os.Rename(u.dir, filepath.Join(temp, "old")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return u.failed(err)
	}
	if err := os.Rename(filepath.Join(temp, "new"), u.dir); err != nil {
		return u.failed(err)
	}
	return nil
}

func globEscape(name string) string {
	if runtime.GOOS == "windows" {
		return name // where a backslash escapes nothing, and names have no stars
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// fill writes all entries, and the mark at last, into a new folder.
func (u *unpacking) fill(ctx context.Context, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return u.failed(err)
	}
	// Whatever a name is: nothing is written outside of the root.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return u.failed(err)
	}
	defer root.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var written atomic.Int64
	var folders sync.Map
	progress := newTeller(u.limits.Tell, Unpacking, len(u.entries))
	err = parallel(ctx, u.limits.Workers, len(u.entries), func() func(int) {
		buffer := make([]byte, 256<<10)
		return func(i int) {
			if err := u.one(ctx, root, &u.entries[i], buffer, &folders, &written); err != nil {
				cancel(err)
			}
			progress.add(u.entries[i].rel)
		}
	})
	if err != nil {
		return context.Cause(ctx)
	}
	mark, err := root.OpenFile(UnpackedMark, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		_, err = mark.WriteString(u.mark)
		err = errors.Join(err, mark.Sync(), mark.Close())
	}
	if err != nil {
		return u.failed(err)
	}
	return nil
}

// one unpacks an entry.
func (u *unpacking) one(ctx context.Context, root *os.Root, e *entry, buffer []byte, folders *sync.Map, written *atomic.Int64) error {
	in, err := e.file.Open()
	if err != nil {
		return u.content(e, err)
	}
	defer in.Close()
	local := filepath.FromSlash(e.rel)
	if dir := filepath.Dir(local); dir != "." {
		if _, known := folders.Load(dir); !known {
			if err := root.MkdirAll(dir, 0o755); err != nil {
				return u.file(e, err)
			}
			folders.Store(dir, true)
		}
	}
	out, err := root.OpenFile(local, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return u.file(e, err)
	}
	defer out.Close()
	// An entry that is longer than it says counts for what it is.
	src := &entryReader{ctx: ctx, r: in, written: written, limit: u.limits.Bytes}
	if _, err := io.CopyBuffer(struct{ io.Writer }{out}, src, buffer); err != nil {
		switch {
		case src.err != nil && ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(src.err, errTooMany):
			return u.refuse(ArchiveTooLarge, e.rel, nil)
		case src.err != nil:
			return u.content(e, src.err)
		}
		return u.failed(err)
	}
	if err := out.Close(); err != nil {
		return u.failed(err)
	}
	return nil
}

// An entryReader tells errors of the archive from those of the disk.
type entryReader struct {
	ctx     context.Context
	r       io.Reader
	written *atomic.Int64
	limit   int64
	err     error
}

func (r *entryReader) Read(p []byte) (int, error) {
	if r.err = r.ctx.Err(); r.err != nil {
		return 0, r.err
	}
	n, err := r.r.Read(p)
	if r.written.Add(int64(n)) > r.limit {
		err = errTooMany
	}
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// content is a problem of an entry's content.
func (u *unpacking) content(e *entry, err error) error {
	if errors.Is(err, zip.ErrAlgorithm) {
		return u.refuse(ArchiveMethod, e.rel, err)
	}
	return u.refuse(ArchiveDamaged, e.rel, err)
}

// file is a problem of an entry's place.
func (u *unpacking) file(e *entry, err error) error {
	if errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR) {
		return u.refuse(ArchiveDuplicate, e.rel, err)
	}
	return u.failed(err)
}

func (u *unpacking) failed(err error) error {
	full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
	if runtime.GOOS == "windows" { // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
		full = errors.Is(err, syscall.Errno(112)) || errors.Is(err, syscall.Errno(39))
	}
	if full {
		return problem.New(UnpackNoSpace, err, "path", u.dir, "need", fmt.Sprint(u.result.Bytes))
	}
	return problem.New(UnpackFailed, err, "path", u.dir)
}
