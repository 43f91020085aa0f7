package dataset

import (
	"bufio"
	"bytes"
	"encoding/binary"
)

// maxSegments bounds what may precede a JPEG's frame header.
const maxSegments = 4096

// jpegHeader walks the segments of a JPEG up to its frame header. It needs no
// memory but the reader's.
func jpegHeader(r *bufio.Reader) (width, height, orientation int, ok bool) {
	orientation = 1
	if _, err := r.Discard(2); err != nil {
		return 0, 0, 1, false
	}
	for range maxSegments {
		marker, err := nextMarker(r)
		if err != nil {
			return 0, 0, 1, false
		}
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD8 {
			continue // no payload
		}
		length, err := r.Peek(2)
		if err != nil {
			return 0, 0, 1, false
		}
		n := int(binary.BigEndian.Uint16(length))
		switch {
		case n < 2 || marker == 0xD9 || marker == 0xDA:
			return 0, 0, 1, false
		case isFrame(marker):
			b, err := r.Peek(8)
			if err != nil || n < 8 {
				return 0, 0, 1, false
			}
			height, width = int(binary.BigEndian.Uint16(b[3:])), int(binary.BigEndian.Uint16(b[5:]))
			return width, height, orientation, width > 0 && height > 0
		case marker == 0xE1 && orientation == 1:
			b, _ := r.Peek(min(n, r.Size()))
			if exif, ok := bytes.CutPrefix(b[2:], []byte("Exif\x00\x00")); ok {
				orientation = exifOrientation(exif)
			}
		}
		if _, err := r.Discard(n); err != nil {
			return 0, 0, 1, false
		}
	}
	return 0, 0, 1, false
}

func nextMarker(r *bufio.Reader) (byte, error) {
	// Any other byte between segments is skipped, as libjpeg does.
	for range 1 << 16 {
		c, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != 0xFF {
			continue
		}
		for c == 0xFF {
			if c, err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		if c != 0 {
			return c, nil
		}
	}
	return 0, bufio.ErrBufferFull
}

// isFrame reports whether a marker begins a frame header (ITU-T T.81, table
// B.1: SOF0 to SOF15 but for DHT, JPG and DAC).
func isFrame(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

const tagOrientation = 0x0112

// exifOrientation finds the orientation in the first directory of EXIF data;
// it is 1 if there is none that makes sense.
func exifOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return 1
	}
	n := int(order.Uint16(b[at:]))
	for entry := b[at+2:]; n > 0 && len(entry) >= 12; n-- {
		if order.Uint16(entry) == tagOrientation {
			v := int(order.Uint16(entry[8:]))
			if order.Uint16(entry[2:]) != 3 || v < 1 || v > 8 { // 3 is a short
				return 1
			}
			return v
		}
		entry = entry[12:]
	}
	return 1
}

// pngOrientation looks for EXIF data before the picture's own in the first
// bytes of a PNG: newer OpenCV turns such pictures, too.
func pngOrientation(start []byte) int {
	rest, ok := bytes.CutPrefix(start, startOfPNG)
	for ok && len(rest) >= 12 {
		n := int64(binary.BigEndian.Uint32(rest))
		kind := string(rest[4:8])
		if kind == "IDAT" || n+12 > int64(len(rest)) {
			break
		}
		if kind == "eXIf" {
			return exifOrientation(rest[8 : 8+n])
		}
		rest = rest[12+n:]
	}
	return 1
}
