package dataset

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
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
	PictureLarge   = "large"       // more pixels than YOLOv5's libraries open
	PictureGIF     = "gif"         // YOLOv5 takes no GIF
	PictureHEIC    = "heic"        // what phones write: YOLOv5 takes neither HEIC nor AVIF
	PictureMoving  = "animated"    // a WebP with several pictures, which OpenCV does not open
	PictureCut     = "truncated"   // its end is missing
	PictureDamaged = "damaged"     // found by Inspect: it cannot be decoded
	PictureClosed  = "closed"      // the file may not be read
)

// maxPixels is where Pillow takes a picture for an attack.
const maxPixels = 178_956_970

// A header is what the first bytes of a picture say.
type header struct {
	format        string
	width, height int // as stored
	orientation   int // as EXIF has it, 1 to 8
	size          int64
	reason        string // why it cannot be used, "" if it can
}

// readHeader reads no more than a picture's header, and the last bytes where
// they tell whether all of it is there.
func (w *worker) readHeader(rel string) header {
	if w.header == nil {
		w.header = bufio.NewReaderSize(nil, headerBuffer)
	}
	h, f, buffer := header{orientation: 1}, &w.file, w.header
	var err error
	if *f, err = w.files.Open(rel); err != nil {
		if info, err := os.Stat(w.files.Path(rel)); err == nil {
			h.size = info.Size()
		}
		h.reason = PictureClosed
		return h
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		h.size = info.Size
	}
	if h.size == 0 {
		h.reason = PictureEmpty
		return h
	}
	buffer.Reset(f)
	start, err := buffer.Peek(headerBuffer)
	if err != nil && !errors.Is(err, io.EOF) {
		h.reason = PictureClosed
		return h
	}
	if bytes.HasPrefix(start, []byte(pointerStart)) {
		h.reason = PicturePointer
		return h
	}
	if isHEIC(start) {
		h.reason = PictureHEIC
		return h
	}
	h.reason = h.cut(f, start)
	if bytes.HasPrefix(start, startOfJPEG) {
		var ok bool
		if h.width, h.height, h.orientation, ok = jpegHeader(buffer); ok {
			h.format = "jpeg"
		}
	} else {
		h.orientation = pngOrientation(start)
		config, format, err := image.DecodeConfig(buffer)
		if err == nil {
			h.format, h.width, h.height = format, config.Width, config.Height
		}
	}
	switch {
	case h.format == "":
		h.reason = cmp.Or(h.reason, PictureUnknown)
		h.width, h.height, h.orientation = 0, 0, 1
	case h.reason != "":
	case h.width < minSide || h.height < minSide:
		h.reason = PictureSmall
	case h.width > maxPixels/h.height:
		h.reason = PictureLarge
	case h.format == "gif":
		h.reason = PictureGIF
	}
	return h
}

var (
	startOfJPEG = []byte{0xFF, 0xD8, 0xFF}
	startOfPNG  = []byte("\x89PNG\r\n\x1a\n")
	endOfPNG    = []byte("IEND\xae\x42\x60\x82")
)

func isHEIC(start []byte) bool {
	if len(start) < 12 || string(start[4:8]) != "ftyp" {
		return false
	}
	switch string(start[8:12]) {
	case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}

// cut says whether a file ends before its picture does, where that can be seen
// without decoding: YOLOv5 or OpenCV refuse such files. (A JPEG opens all the
// same; Inspect finds it.)
func (h *header) cut(f io.ReaderAt, start []byte) string {
	switch {
	case bytes.HasPrefix(start, startOfPNG):
		// Some programs write something of their own behind the end.
		tail := make([]byte, min(h.size, 1<<10))
		if n, _ := f.ReadAt(tail, h.size-int64(len(tail))); !bytes.Contains(tail[:n], endOfPNG) {
			return PictureCut
		}
	case len(start) >= 30 && string(start[:4]) == "RIFF" && string(start[8:12]) == "WEBP":
		if int64(binary.LittleEndian.Uint32(start[4:]))+8 > h.size+1 { // the last byte may be padding
			return PictureCut
		}
		if string(start[12:16]) == "VP8X" && start[20]&2 != 0 {
			return PictureMoving
		}
	case len(start) >= 34 && string(start[:2]) == "BM" && binary.LittleEndian.Uint32(start[14:]) >= 40:
		at := int64(binary.LittleEndian.Uint32(start[10:]))
		w, high := int64(int32(binary.LittleEndian.Uint32(start[18:]))), int64(int32(binary.LittleEndian.Uint32(start[22:])))
		bits, packed := int64(binary.LittleEndian.Uint16(start[28:])), binary.LittleEndian.Uint32(start[30:])
		if (packed == 0 || packed == 3) && w > 0 && at+(w*bits+31)/32*4*max(high, -high) > h.size {
			return PictureCut
		}
	}
	return ""
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
