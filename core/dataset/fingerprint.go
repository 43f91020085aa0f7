package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"gpuwizard/core/problem"
)

// Fingerprint returns what Read would give as the set's fingerprint, in a
// fraction of the time: to see whether a folder has changed since.
func Fingerprint(ctx context.Context, dir string, opts Options) (string, error) {
	if err := checkFolder(dir); err != nil {
		return "", err
	}
	found, err := list(ctx, dir, nil)
	if err != nil {
		return "", err
	}
	r, err := newReading(ctx, dir, found, Options{Workers: opts.Workers})
	if err != nil {
		return "", err
	}
	defer r.close()
	progress := newTeller(opts.Tell, Reading, len(r.items)+len(found.annotations))
	err = parallel(ctx, opts.Workers, len(r.items)+len(found.annotations), func() func(int) {
		w := r.worker(ctx)
		return func(i int) {
			if i < len(r.items) {
				it := &r.items[i]
				if info, err := os.Stat(local(dir, it.Image)); err == nil { // links are followed
					it.Size = info.Size()
				}
				progress.add(it.Image)
				return
			}
			n, rel := &r.notes[i-len(r.items)], found.annotations[i-len(r.items)]
			switch r.format {
			case COCO, CVAT: // read already
			case LabelMe:
				w.digest(n, rel)
			default:
				w.load(n, rel)
			}
			progress.add(rel)
		}
	})
	if err != nil {
		return "", err
	}
	if err := r.closedProblem(); err != nil {
		return "", err
	}
	return r.fingerprint(), nil
}

// fingerprint digests what has been read.
func (r *reading) fingerprint() string {
	h := sha256.New()
	for i := range r.items {
		fmt.Fprintf(h, "%q %d\n", r.items[i].Image, r.items[i].Size)
	}
	for _, one := range r.sources {
		fmt.Fprintf(h, "%q %d %x\n", one.rel, one.size, one.sum)
	}
	if r.match != nil {
		return hex.EncodeToString(h.Sum(nil))
	}
	for i, rel := range r.found.annotations {
		fmt.Fprintf(h, "%q %d %x\n", rel, r.notes[i].size, r.notes[i].sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digest reads a file of any size.
func (w *worker) digest(n *note, rel string) {
	if w.stream == nil {
		w.stream = newStreamer()
	}
	file, err := w.stream.read(w.ctx, local(w.root, rel), func(io.Reader) error { return nil })
	n.size, n.sum, n.closed = file.size, file.sum, err
}

// closedProblem names the first annotation that may not be read.
func (r *reading) closedProblem() error {
	for i := range r.notes {
		if err := r.notes[i].closed; err != nil {
			return problem.New(FileUnreadable, err, "path", local(r.root, r.found.annotations[i]))
		}
	}
	return nil
}
