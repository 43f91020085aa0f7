package label

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Verify compares a prepared folder with its manifest and returns the paths of
// files that are missing or hold something else. A file with the size and time
// of the manifest is taken for unchanged unless deep is set; else its content
// decides.
func Verify(ctx context.Context, out string, manifest Manifest, deep bool) (changed []string, err error) {
	files := manifest.Files
	wrong := make([]bool, len(files))
	var next atomic.Int64
	var group sync.WaitGroup
	var lock sync.Mutex
	for range min(runtime.NumCPU(), len(files)) {
		group.Go(func() {
			w := newWriter(&preparation{out: out})
			defer w.close()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				info, e := w.files.Lstat(files[i].Path)
				switch {
				case errors.Is(e, fs.ErrNotExist):
					wrong[i] = true
				case e != nil:
					lock.Lock()
					err = failed(e, w.files.Path(files[i].Path))
					lock.Unlock()
				case !info.Regular || info.Size != files[i].Size:
					wrong[i] = true
				case deep || info.Modified.UnixNano() != files[i].Modified:
					wrong[i] = !w.same(ctx, files[i].Path, files[i].Sum)
				}
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	for i, bad := range wrong {
		if bad {
			changed = append(changed, files[i].Path)
		}
	}
	slices.Sort(changed)
	return changed, nil
}
