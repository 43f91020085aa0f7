package dataset

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"testing"
)

func exifData(order binary.AppendByteOrder, mark string, tag, kind, value uint16) []byte {
	b := []byte(mark)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = append(b, make([]byte, 12)...) // an entry of no account
	b = order.AppendUint16(b, tag)
	b = order.AppendUint16(b, kind)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, value)
	return append(b, 0, 0, 0, 0, 0, 0)
}

// withSegments returns a JPEG of 40x30 with application segments before all others.
func withSegments(segments ...[]byte) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		panic(err)
	}
	out := []byte{0xFF, 0xD8}
	for _, s := range segments {
		out = append(out, 0xFF, 0xE1)
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)+2))
		out = append(out, s...)
	}
	return append(out, b.Bytes()[2:]...)
}

func headerOf(t testing.TB, data []byte) header {
	t.Helper()
	r := &reading{root: t.TempDir()}
	if err := os.WriteFile(local(r.root, "p"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	defer r.close()
	return r.worker(context.Background()).readHeader("p")
}

func TestOrientation(t *testing.T) {
	exif := func(b []byte) []byte { return append([]byte("Exif\x00\x00"), b...) }
	little, big := binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)
	thumb := bytes.Repeat([]byte{0xFF}, 60_000)
	tests := []struct {
		name string
		data []byte
		want int
	}{
		{"none", withSegments(), 1},
		{"little-endian", withSegments(exif(exifData(little, "II", 0x0112, 3, 6))), 6},
		{"big-endian", withSegments(exif(exifData(big, "MM", 0x0112, 3, 8))), 8},
		{"before a thumbnail", withSegments(exif(append(exifData(big, "MM", 0x0112, 3, 3), thumb...))), 3},
		{"behind a large segment", withSegments(thumb, exif(exifData(big, "MM", 0x0112, 3, 3))), 3},
		{"out of range", withSegments(exif(exifData(big, "MM", 0x0112, 3, 9))), 1},
		{"nought", withSegments(exif(exifData(big, "MM", 0x0112, 3, 0))), 1},
		{"no short", withSegments(exif(exifData(big, "MM", 0x0112, 2, 6))), 1},
		{"another tag", withSegments(exif(exifData(big, "MM", 0x0111, 3, 6))), 1},
		{"bytes the wrong way round", withSegments(exif(exifData(little, "MM", 0x0112, 3, 6))), 1},
		{"cut off", withSegments(exif(exifData(big, "MM", 0x0112, 3, 6)[:30])), 1},
		{"XMP", withSegments([]byte("http://ns.adobe.com/xap/1.0/\x00<x/>")), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := headerOf(t, test.data)
			if h.orientation != test.want || h.width != 40 || h.height != 30 || h.format != "jpeg" || h.reason != "" {
				t.Errorf("got %+v", h)
			}
		})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	chunk := exifData(binary.BigEndian, "MM", 0x0112, 3, 6)
	data := append(bytes.Clone(b.Bytes()[:33]), binary.BigEndian.AppendUint32(nil, uint32(len(chunk)))...)
	data = append(append(append(data, "eXIf"...), chunk...), 0, 0, 0, 0) // nobody checks the sum here
	data = append(data, b.Bytes()[33:]...)
	if h := headerOf(t, data); h.orientation != 6 || h.format != "png" {
		t.Errorf("PNG: %+v", h)
	}
}

func TestFaults(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	riff := func(size uint32, chunk string, flags byte) []byte {
		out := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, size)...)
		return append(append(append(out, "WEBP"+chunk...), 10, 0, 0, 0, flags), make([]byte, 40)...)
	}
	bmp := func(rows uint32) []byte {
		out := append([]byte("BM"), make([]byte, 8)...)
		out = binary.LittleEndian.AppendUint32(out, 54)
		for _, v := range []uint32{40, 40, rows, 1 | 24<<16, 0, 0, 0, 0, 0, 0} {
			out = binary.LittleEndian.AppendUint32(out, v)
		}
		return append(out, make([]byte, 120*30)...)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"PNG", whole, ""},
		{"PNG and something behind it", append(bytes.Clone(whole), "behind"...), ""},
		{"PNG cut off", whole[:len(whole)-9], PictureCut},
		{"BMP", bmp(30), ""},
		{"BMP cut off", bmp(31), PictureCut},
		{"WebP cut off", riff(1000, "VP8 ", 0), PictureCut},
		{"WebP that moves", riff(53, "VP8X", 2), PictureMoving},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), PictureHEIC},
		{"AVIF", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), PictureHEIC},
		{"a JPEG without a frame", []byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xD9}, PictureUnknown},
		{"a JPEG with a length of nought", []byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF, 0xD9}, PictureUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if h := headerOf(t, test.data); h.reason != test.want {
				t.Errorf("got %+v, want %q", h, test.want)
			}
		})
	}
}

// Where the standard library reads a header, ours reads the same.
func FuzzJPEGHeader(f *testing.F) {
	f.Add(withSegments())
	f.Add(withSegments(append([]byte("Exif\x00\x00"), exifData(binary.BigEndian, "MM", 0x0112, 3, 6)...)))
	f.Add(withSegments([]byte("short"), bytes.Repeat([]byte{0xFF}, 5000)))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xC0, 0, 8, 8, 0, 1, 0, 1, 1})
	buffer := bufio.NewReaderSize(nil, headerBuffer)
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, startOfJPEG) {
			return
		}
		buffer.Reset(bytes.NewReader(data))
		w, h, orientation, ok := jpegHeader(buffer)
		if orientation < 1 || orientation > 8 || ok != (w > 0 && h > 0) {
			t.Fatalf("%d %d %d %v", w, h, orientation, ok)
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err == nil && config.Width > 0 && config.Height > 0 && (!ok || w != config.Width || h != config.Height) {
			t.Errorf("%d by %d (%v), want %d by %d", w, h, ok, config.Width, config.Height)
		}
	})
}

func FuzzEXIF(f *testing.F) {
	f.Add(exifData(binary.BigEndian, "MM", 0x0112, 3, 6))
	f.Add(exifData(binary.LittleEndian, "II", 0x0112, 3, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, got := range []int{exifOrientation(data), pngOrientation(append(bytes.Clone(startOfPNG), data...))} {
			if got < 1 || got > 8 {
				t.Errorf("%d", got)
			}
		}
	})
}

func TestTurnsAreSettledByTheOthers(t *testing.T) {
	item := func(orientation, width, height int) Item {
		it := Item{Boxes: []Box{{Class: "c", XMax: 5, YMax: 5}}}
		it.setHeader(header{format: "jpeg", width: 80, height: 60, orientation: orientation})
		it.setLabelSpace(width, height)
		return it
	}
	tests := []struct {
		name  string
		items []Item
		turns []int
		ask   bool
	}{
		{"stored", []Item{item(6, 80, 60), item(3, 80, 60), item(8, 0, 0)}, []int{6, 3, 8}, false},
		{"seen", []Item{item(6, 60, 80), item(3, 80, 60), item(8, 0, 0)}, []int{1, 1, 1}, false},
		{"scaled and stored", []Item{item(6, 160, 120)}, []int{6}, false},
		{"both ways", []Item{item(6, 60, 80), item(8, 80, 60), item(3, 80, 60)}, []int{1, 8, 1}, true},
		{"nothing to go by", []Item{item(3, 80, 60)}, []int{1}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &Set{Items: test.items}
			settleTurns(s)
			ask := false
			for i := range s.Items {
				it := &s.Items[i]
				ask = ask || it.turnUnknown
				if it.Turn != test.turns[i] {
					t.Errorf("item %d: turn %d, want %d", i, it.Turn, test.turns[i])
				}
				w, h := it.LabelWidth, it.LabelHeight
				if side := it.Turn > 4; side != (w > h) && it.Orientation > 4 {
					t.Errorf("item %d: boxes are given in %d by %d", i, w, h)
				}
			}
			if ask != test.ask {
				t.Errorf("to be asked: %v", ask)
			}
		})
	}
}
