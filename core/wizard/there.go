package wizard

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"path"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
)

// listThere prints the digests of the files below a folder, or of those named
// in it that hold something, in the way of sha256sum; 4 says that there is no
// such folder.
const listThere = `LC_ALL=C
export LC_ALL
cd "$1" 2>/dev/null || exit 4
if command -v sha256sum >/dev/null 2>&1; then
	sum=sha256sum
elif command -v shasum >/dev/null 2>&1; then
	sum='shasum -a 256'
elif command -v openssl >/dev/null 2>&1; then
	sum='openssl dgst -sha256 -r'
else
	exit 5
fi
shift
[ $# -gt 0 ] || exec find . -type f -exec $sum {} +
for name in "$@"; do
	[ ! -s "$name" ] || $sum "./$name"
done
`

const maxListing = 256 << 20

// filesThere lists the files below a folder of the instance with their
// digests, by their paths relative to it; nil if there is no such folder. With
// names it reads those alone, and lists them if they hold something.
func filesThere(ctx context.Context, host instance.Instance, folder string, names ...string) (map[string]string, error) {
	found := map[string]string{}
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		s := bufio.NewScanner(io.LimitReader(r, maxListing))
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			if name, sum, ok := sumLine(s.Text()); ok {
				found[name] = sum
			}
		}
		_, _ = io.Copy(io.Discard, r) // so that the script is not held up
		done <- s.Err()
	}()
	exit, err := host.Run(ctx, listThere, append([]string{folder}, names...), w)
	_ = w.Close()
	if scanErr := <-done; err == nil {
		err = scanErr
	}
	switch {
	case err != nil:
		return nil, err
	case exit == 4:
		return nil, nil
	case exit == 5:
		return nil, problem.New(instance.NoTool, nil, "tool", "sha256sum", "host", "")
	}
	return found, nil
}

// sumLine reads a line of sha256sum. A name with a line end in it is written
// with backslashes, and the line begins with one.
func sumLine(line string) (name, sum string, ok bool) {
	escaped := strings.HasPrefix(line, `\`)
	line = strings.TrimPrefix(line, `\`)
	sum, name, ok = strings.Cut(line, " ")
	if !ok || len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" || len(name) < 2 {
		return "", "", false
	}
	name = strings.TrimPrefix(name[1:], "./") // after a blank or the star of binary mode
	if escaped {
		name = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name)
	}
	return name, sum, name != ""
}

// lookThere compares what the record says of the instance with what is there,
// and adds to what Verify saw.
func (p *Project) lookThere(ctx context.Context, host instance.Instance) error {
	p.seen.There = map[string]int{}
	upload, train := p.record.Steps[journey.Upload], p.record.Steps[journey.Train]
	if upload != nil && upload.Complete {
		for _, what := range []string{"dataset", "code"} {
			differ, err := p.compareThere(ctx, host, what, upload.Receipts[what])
			if err != nil {
				return err
			}
			p.seen.There[what] = len(differ)
			p.seen.Changed[journey.Upload] = append(p.seen.Changed[journey.Upload], differ...)
		}
	}
	if train == nil || !train.Complete {
		return nil
	}
	best := path.Join(train.Fact("run"), "weights", "best.pt")
	var out bytes.Buffer
	exit, err := host.Run(ctx, `test -d "$1" || exit 1; test -s "$2" || exit 2`, []string{train.Fact("run"), best}, limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		p.seen.There["best"] = 1
		if exit == 1 {
			p.seen.There["run"] = 1
		}
		// Once the model is safely here, the instance may forget it.
		if d := p.record.Steps[journey.Download]; d == nil || !d.Complete || len(p.seen.Changed[journey.Download]) > 0 {
			p.seen.Changed[journey.Train] = append(p.seen.Changed[journey.Train], best)
		}
	}
	return nil
}

// compareThere returns the paths, on the instance, of files that are not as
// the receipt of an upload has them.
func (p *Project) compareThere(ctx context.Context, host instance.Instance, what string, r instance.Receipt) ([]string, error) {
	there, err := filesThere(ctx, host, r.Folder)
	if err != nil {
		return nil, err
	}
	if there == nil {
		return []string{r.Folder}, nil
	}
	if what == "code" {
		if err := p.forgetAdapted(ctx, host, there); err != nil {
			return nil, err
		}
	}
	want := p.sentFiles(ctx, what)
	if want == nil {
		// What was sent is not known here any more: all that can be said is
		// whether it is the same as a whole, the leavings of a training aside.
		if receiptDigest(there) == r.Digest {
			return nil, nil
		}
		return []string{r.Folder}, nil
	}
	seen := map[string]string{}
	for name := range want {
		seen[name] = there[name]
	}
	if receiptDigest(seen) == r.Digest {
		return nil, nil // put there by hand, and as it was seen then
	}
	var differ []string
	for _, name := range sortedKeys(want) {
		if there[name] != want[name] {
			differ = append(differ, path.Join(r.Folder, name))
		}
	}
	return differ, nil
}

// forgetAdapted gives files that the wizard adapted on the instance, and that
// are as it left them, the digests that they were sent with.
func (p *Project) forgetAdapted(ctx context.Context, host instance.Instance, there map[string]string) error {
	list := preflight.Site{Folder: p.record.Steps[journey.Upload].Fact("folder")}.Adapted()
	var out bytes.Buffer
	if _, err := host.Run(ctx, printFile, []string{list}, limited(&out)); err != nil {
		return err
	}
	for line := range strings.Lines(out.String()) {
		before, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		after, name, ok := strings.Cut(rest, "  ")
		if ok && there[name] == after && len(before) == len(after) {
			there[name] = before
		}
	}
	return nil
}

// receiptDigest is the digest of a receipt over what lies in a folder.
func receiptDigest(files map[string]string) string {
	return instance.FilesDigest(func(yield func(path, sum string) bool) {
		for _, name := range sortedKeys(files) {
			if !leaving(name) && !yield(name, files[name]) {
				return
			}
		}
	})
}

// leaving reports whether a training left this file behind.
func leaving(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return strings.HasSuffix(name, ".cache") || strings.HasSuffix(name, ".pyc") ||
		strings.Contains("/"+name, "/__pycache__/") || first == "runs" || first == "wandb"
}

// sentFiles are the files that an upload sends, with their digests; nil where
// that is not known here. The data set YAML is not among them: it names the
// folder on the instance.
func (p *Project) sentFiles(ctx context.Context, what string) map[string]string {
	files := map[string]string{}
	if what == "dataset" {
		manifest, err := label.ReadManifest(p.preparedDataset())
		if err != nil {
			return nil
		}
		for _, f := range manifest.Files {
			files[f.Path] = f.Sum.String()
		}
		return files
	}
	plan := p.effective()
	if plan.Code.OnInstance() {
		return nil
	}
	code, err := p.codeFiles(ctx, plan)
	if err != nil {
		return nil
	}
	for _, f := range code {
		files[f.Path] = f.SHA256
	}
	prepared := p.rel(p.preparedCode()) + "/"
	if e := p.record.Steps[journey.Classes]; e != nil {
		for _, f := range e.Files {
			if name, ok := strings.CutPrefix(f.Path, prepared); ok {
				files[name] = f.SHA256
			}
		}
	}
	delete(files, "data/"+plan.Name+".yaml")
	return files
}
