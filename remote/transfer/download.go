package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

// largeModel is how much there may be to be digested of a file before its size
// is known.
const largeModel = 4 << 30

// Download fetches one file; see instance.Instance. Until it is verified it lies
// beside its place, under the name with ".part"; ".part.got" says what of it
// has come.
func (m *Mover) Download(ctx context.Context, from, to string, tell func(instance.Progress)) (instance.FileFact, error) {
	if !path.IsAbs(from) {
		return instance.FileFact{}, problem.New(instance.RemoteMissing, nil, "path", from)
	}
	if err := mustNotExist(to); err != nil {
		return instance.FileFact{}, err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return instance.FileFact{}, localProblem(err, to)
	}
	ctx, v, end := keepVigil(ctx, m.host, m.silence, 1, largeModel)
	defer end()
	d := &download{
		host: m.host, from: from, to: to, part: to + ".part", tell: newTeller(tell, nil, v),
		limit: m.current().Limit, distance: m.measure(ctx),
	}
	defer d.tell.flush()
	d.look, d.read = d.askFact, d.readLanes
	d.digest = func(_ context.Context, want instance.FileFact) (string, error) { return want.SHA256, nil }
	d.tell.phase("hash")
	fact, err := d.run(ctx)
	if _, ok := m.host.(Files); ok && problem.Has(err, instance.NoShell) {
		return d.runFiles(ctx)
	}
	return fact, err
}

func mustNotExist(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return problem.New(instance.LocalFileExists, nil, "path", file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return problem.New(LocalUnwritable, err, "path", file)
	}
	return nil
}

func localProblem(err error, file string) error {
	if isNoSpace(err) {
		return problem.New(instance.LocalNoSpace, err, "path", file)
	}
	return problem.New(LocalUnwritable, err, "path", file)
}

type download struct {
	host     shell.Host
	from, to string
	part     string
	tell     *teller
	limit    *rate.Limiter
	distance func() time.Duration
	look     func(context.Context) (instance.FileFact, error) // what tells one content of the file from another
	read     func(context.Context, *parts) error              // brings what is missing
	// digest is that of the file there, whose looks are given.
	digest func(context.Context, instance.FileFact) (string, error)
}

func (d *download) run(ctx context.Context) (instance.FileFact, error) {
	want, err := d.look(ctx)
	if err != nil {
		return instance.FileFact{}, err
	}
	d.tell.total(want.Size)
	var got, there string
	// What an earlier call left may be of another file: then once from nothing.
	for _, resume := range []bool{true, false} {
		if got, err = d.fetch(ctx, want, resume); err != nil {
			return instance.FileFact{}, err
		}
		if there, err = d.digest(ctx, want); err != nil {
			return instance.FileFact{}, err
		}
		now, err := d.look(ctx)
		if err != nil {
			return instance.FileFact{}, err
		}
		if now != want {
			d.remove()
			return instance.FileFact{}, problem.New(instance.RemoteFileChanged, nil, "path", d.from)
		}
		if got == there {
			return instance.FileFact{Path: d.from, Size: want.Size, SHA256: got}, d.publish()
		}
	}
	d.remove()
	return instance.FileFact{}, problem.New(instance.ChecksumDiffers, nil, "path", d.from, "want", there, "got", got)
}

// remove forgets what was fetched.
func (d *download) remove() {
	_ = os.Remove(d.part)
	_ = os.Remove(d.part + ".got")
}

func (d *download) command(args ...string) (c shell.Command, mark string) {
	mark = shell.NewMark()
	return shell.Command{
		Script: assets.SumScript + assets.DownloadScript,
		Args:   append([]string{args[0], mark, d.from}, args[1:]...),
	}, mark
}

// askFact asks for the file's size and digest.
func (d *download) askFact(ctx context.Context) (instance.FileFact, error) {
	c, mark := d.command("fact")
	var out bytes.Buffer
	c.Output = shell.Limit(&out, 64<<10)
	r, err := d.host.Run(ctx, c)
	if err != nil {
		return instance.FileFact{}, err
	}
	size, digest, fail, ok := parseFact(out.String(), mark)
	what, tool, _ := strings.Cut(fail, " ")
	switch {
	case ok:
		return instance.FileFact{Path: d.from, Size: size, SHA256: digest}, nil
	case what == "missing", what == "not-file":
		return instance.FileFact{}, problem.New(instance.RemoteMissing, nil, "path", d.from)
	case what == "tool":
		return instance.FileFact{}, problem.New(instance.NoTool, nil, "tool", tool, "host", d.host.Name())
	}
	said := shell.Clean(what+" "+r.Stderr, 1000)
	if r.Exit == 0 && said == "" {
		return instance.FileFact{}, problem.New(instance.RemoteNonsense, errNoWord, "host", d.host.Name())
	}
	return instance.FileFact{}, problem.New(instance.RemoteFailed, nil, "what", "download", "exit", strconv.Itoa(r.Exit), "output", said)
}

// parseFact reads "MARK fact SIZE DIGEST" or "MARK fail WHAT".
func parseFact(text, mark string) (size int64, digest, fail string, ok bool) {
	for line := range strings.Lines(text) {
		rest, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), mark+" ")
		if !found {
			continue
		}
		if fail, found := strings.CutPrefix(rest, "fail "); found {
			return 0, "", fail, false
		}
		fields := strings.Fields(rest)
		if len(fields) != 3 || fields[0] != "fact" || !isDigest(fields[2]) {
			continue
		}
		size, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil || size < 0 {
			continue
		}
		return size, fields[2], "", true
	}
	return 0, "", "", false
}

// fetch completes the part file, and returns the digest of what is on disk.
func (d *download) fetch(ctx context.Context, want instance.FileFact, resume bool) (digest string, err error) {
	if info, err := os.Lstat(d.part); err == nil && !info.Mode().IsRegular() {
		return "", problem.New(instance.LocalFileExists, nil, "path", d.part)
	}
	f, err := os.OpenFile(d.part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return "", localProblem(err, d.part)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = localProblem(closeErr, d.part)
		}
	}()
	p, err := openParts(f, d.part+".got", want, resume)
	if err != nil {
		return "", localProblem(err, d.part)
	}
	defer p.close()
	d.tell.phase("fetch")
	d.tell.keep(0, want.Size-p.rest())
	if err := d.read(ctx, p); err != nil {
		return "", err
	}
	d.tell.phase("verify")
	if err := f.Sync(); err != nil {
		return "", localProblem(err, d.part)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", localProblem(err, d.part)
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return "", localProblem(err, d.part)
	}
	if n != want.Size {
		return "", nil // the right digest of a wrong size is no evidence
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

var errEnough = errors.New("all bytes came")

// publish gives the file its name, unless something has it by now.
func (d *download) publish() error {
	_ = os.Remove(d.part + ".got")
	err := os.Link(d.part, d.to)
	if err == nil {
		// Now the file has both names.
		if err := os.Remove(d.part); err != nil {
			return localProblem(err, d.part)
		}
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		return problem.New(instance.LocalFileExists, err, "path", d.to)
	}
	// No hard links here: take the name with an empty file, then replace that.
	f, err := os.OpenFile(d.to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return problem.New(instance.LocalFileExists, err, "path", d.to)
	}
	if err != nil {
		return localProblem(err, d.to)
	}
	_ = f.Close()
	if err := os.Rename(d.part, d.to); err != nil {
		_ = os.Remove(d.to)
		return localProblem(err, d.to)
	}
	return nil
}
