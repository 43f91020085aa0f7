package planted

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strconv"
	"strings"

	"gpuwizard/core/dataset/picture"
)

// encode replaces pictures by what write makes of them, under the same names.
func (f folder) encode(write func(*bytes.Buffer, image.Image) error, names ...string) error {
	for _, name := range names {
		img, err := picture.Open(f.path(name))
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := write(&b, img); err != nil {
			return err
		}
		if err := f.write(name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func asPNG(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }

func asGIF(b *bytes.Buffer, img image.Image) error {
	flat := image.NewPaletted(img.Bounds(), palette.WebSafe)
	draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Src)
	return gif.Encode(b, flat, nil)
}

// passedOn is what a chat program makes of a picture.
func passedOn(b *bytes.Buffer, img image.Image) error {
	return jpeg.Encode(b, img, &jpeg.Options{Quality: 40})
}

// layOnSide stores pictures as phones do, lying on a side with a note that they
// are to be turned (orientation 6); stored says whether their boxes were drawn by a program
// that doesn't heed the note.
func (f folder) layOnSide(stored bool, names ...string) error {
	for _, name := range names {
		err := f.encode(func(b *bytes.Buffer, img image.Image) error {
			var raw bytes.Buffer
			if err := jpeg.Encode(&raw, picture.Upright(img, 8), &jpeg.Options{Quality: 95}); err != nil {
				return err
			}
			exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")
			b.Write([]byte{0xFF, 0xD8, 0xFF, 0xE1})
			b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2)))
			b.Write(exif)
			b.Write(raw.Bytes()[2:])
			return nil
		}, name+".jpg")
		if err != nil {
			return err
		}
		if stored {
			if err := f.turnBoxes(name + ".xml"); err != nil {
				return err
			}
		}
	}
	return nil
}

// turnBoxes rewrites an annotation for the picture as it is stored on a side.
func (f folder) turnBoxes(name string) error {
	data, err := f.read(name)
	if err != nil {
		return err
	}
	text := string(data)
	width, height := number(text, "width"), number(text, "height")
	var out strings.Builder
	head, rest, _ := strings.Cut(text, "<object>")
	head = strings.Replace(head, "<width>"+width, "<width>"+height, 1)
	head = strings.Replace(head, "<height>"+height+"</height>", "<height>"+width+"</height>", 1)
	out.WriteString(head)
	for object := range strings.SplitAfterSeq(rest, "</object>") {
		if strings.Contains(object, "<bndbox>") {
			if out.Len() > len(head) {
				// The separator is still in front of this one.
				before, after, _ := strings.Cut(object, "<object>")
				out.WriteString(before)
				object = after
			}
			out.WriteString("<object>")
			// The upper edge lies to the left, the right edge above.
			w, _ := strconv.Atoi(width)
			x0, _ := strconv.Atoi(number(object, "xmin"))
			x1, _ := strconv.Atoi(number(object, "xmax"))
			box := map[string]string{
				"xmin": number(object, "ymin"), "xmax": number(object, "ymax"),
				"ymin": strconv.Itoa(w - x1), "ymax": strconv.Itoa(w - x0),
			}
			for corner, value := range box {
				before, after, _ := strings.Cut(object, "<"+corner+">")
				_, after, _ = strings.Cut(after, "<")
				object = before + "<" + corner + ">" + value + "<" + after
			}
		}
		out.WriteString(object)
	}
	return f.write(name, []byte(out.String()))
}

func number(text, element string) string {
	_, rest, _ := strings.Cut(text, "<"+element+">")
	value, _, _ := strings.Cut(rest, "<")
	return value
}
