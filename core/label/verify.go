package label

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
			var w *writer // made when content must be read
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				at := filepath.Join(out, filepath.FromSlash(files[i].Path))
				info, e := os.Lstat(at)
				switch {
				case errors.Is(e, fs.ErrNotExist):
					wrong[i] = true
				case e != nil:
					lock.Lock()
					err = failed(e, at)
					lock.Unlock()
				case !info.Mode().IsRegular() || info.Size() != files[i].Size:
					wrong[i] = true
				case deep || !info.ModTime().Equal(files[i].Modified):
					if w == nil {
						w = newWriter(nil)
					}
					wrong[i] = !w.same(ctx, at, files[i].SHA256)
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
