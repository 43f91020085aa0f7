package dataset

import (
	"bufio"
	"errors"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

// headerBuffer holds the header of most pictures.
const headerBuffer = 4 << 10

// minSide is the shortest side of a picture that YOLOv5 takes (v7.0,
// utils/dataloaders.py, verify_image_label).
const minSide = 10

// Why a picture cannot be used.
const (
	PictureEmpty   = "empty"       // no bytes
	PicturePointer = "lfs-pointer" // a Git LFS pointer in place of the file
	PictureUnknown = "unknown"     // no picture of a known format, or cut off early
	PictureSmall   = "small"       // a side under 10 pixels
	PictureGIF     = "gif"         // YOLOv5 takes no GIF
	PictureClosed  = "closed"      // the file may not be read
)

// A header is what the first bytes of a picture say.
type header struct {
	format        string
	width, height int
	size          int64
	reason        string // why it cannot be used, "" if it can
}

// readHeader reads no more than a picture's header. Buffers are the caller's.
func readHeader(path string, buffer *bufio.Reader) header {
	var h header
	f, err := os.Open(path)
	if err != nil {
		if info, err := os.Stat(path); err == nil {
			h.size = info.Size()
		}
		h.reason = PictureClosed
		return h
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		h.size = info.Size()
	}
	if h.size == 0 {
		h.reason = PictureEmpty
		return h
	}
	buffer.Reset(f)
	if start, _ := buffer.Peek(len(pointerStart)); string(start) == pointerStart {
		h.reason = PicturePointer
		return h
	}
	config, format, err := image.DecodeConfig(buffer)
	switch {
	case err != nil:
		h.reason = PictureUnknown
		var p *os.PathError
		if errors.As(err, &p) && !errors.Is(err, io.ErrUnexpectedEOF) {
			h.reason = PictureClosed
		}
		return h
	case config.Width < minSide || config.Height < minSide:
		h.reason = PictureSmall
	case format == "gif":
		h.reason = PictureGIF
	}
	h.format, h.width, h.height = format, config.Width, config.Height
	return h
}

// suffixFits reports whether a file of this format may end in suffix (in lower
// case, with its dot).
func suffixFits(format, suffix string) bool {
	switch format {
	case "jpeg":
		return suffix == ".jpg" || suffix == ".jpeg" || suffix == ".mpo"
	case "tiff":
		return suffix == ".tif" || suffix == ".tiff"
	default:
		return suffix == "."+format
	}
}
