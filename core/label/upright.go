package label

import (
	"context"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/picture"
)

// uprightQuality keeps what is lost by encoding anew below what can be seen.
const uprightQuality = 95

// upright brings a picture that is stored turned to its place as a copy that
// needs no turning: OpenCV turns pictures as EXIF says, Pillow and the many
// versions of both agree on it only in part. It is false if the picture cannot
// be decoded here; OpenCV opens more than we do, and turns what it opens.
func (w *writer) upright(ctx context.Context, it *dataset.Item, at string, f *File) (done bool, err error) {
	// One at a time: a photo decoded takes some fifty megabytes.
	w.turning.Lock()
	defer w.turning.Unlock()
	img, err := picture.Open(filepath.Join(w.set.Root, filepath.FromSlash(it.Image)))
	if err != nil {
		return false, nil
	}
	img = picture.Upright(img, it.Orientation)
	f.Mend, f.SourceSize = MendUpright, f.Size
	err = replace(at, func(out *os.File) error {
		if it.Format == "png" {
			return png.Encode(out, img)
		}
		return jpeg.Encode(out, img, &jpeg.Options{Quality: uprightQuality})
	})
	if err == nil {
		modified := time.Unix(0, f.Modified)
		err = os.Chtimes(at, modified, modified)
	}
	if err != nil {
		return true, failed(err, at)
	}
	return true, w.fact(ctx, f)
}
