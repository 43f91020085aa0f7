package picture_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"gpuwizard/core/dataset/picture"
)

// gradient is a picture of which no two pixels are the same.
func gradient(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 255 / len(img.Pix))
	}
	return img
}

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpen(t *testing.T) {
	var j, p bytes.Buffer
	if err := errors.Join(jpeg.Encode(&j, gradient(200, 100), nil), png.Encode(&p, gradient(200, 100))); err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(p.Bytes())
	bad[len(bad)/2] ^= 1
	huge := bytes.Clone(p.Bytes())
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0})
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"JPEG", j.Bytes(), nil},
		{"JPEG without its end marker", j.Bytes()[:j.Len()-2], nil},
		{"JPEG with something behind it", append(bytes.Clone(j.Bytes()), "behind"...), nil},
		{"JPEG cut off", j.Bytes()[:j.Len()*3/4], picture.ErrCutOff},
		{"PNG", p.Bytes(), nil},
		{"PNG cut off", p.Bytes()[:p.Len()*3/4], picture.ErrCutOff},
		{"PNG with a wrong bit", bad, picture.ErrDamaged},
		{"no picture", []byte("hello, world"), picture.ErrUntrained},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img, err := picture.Open(write(t, test.data))
			if !errors.Is(err, test.want) || (err == nil) != (img != nil) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if _, err := picture.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := picture.Open(write(t, huge)); err == nil {
		t.Error("a picture of four thousand million pixels was opened")
	}
}

func TestUprightAgreesWithTurned(t *testing.T) {
	const w, h = 7, 4
	colours := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio444)
	rgba := image.NewRGBA(image.Rect(0, 0, w, h))
	nrgba := image.NewNRGBA64(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			i := y*w + x
			colours.Y[i], colours.Cb[i], colours.Cr[i] = uint8(5*i), uint8(100+i), uint8(90+2*i)
			rgba.Set(x, y, color.RGBA{uint8(i), uint8(2 * i), uint8(3 * i), 255})
			nrgba.Set(x, y, color.NRGBA64{uint16(i) * 257, uint16(i) * 514, 0, 0xFFFF})
		}
	}
	for _, img := range []image.Image{gradient(w, h), colours, rgba, nrgba} {
		for orientation := 1; orientation <= 8; orientation++ {
			got := picture.Upright(img, orientation)
			want := image.Pt(w, h)
			if picture.Sideways(orientation) {
				want = image.Pt(h, w)
			}
			if got.Bounds() != (image.Rectangle{Max: want}) {
				t.Fatalf("%T, %d: %v", img, orientation, got.Bounds())
			}
			for y := range h {
				for x := range w {
					// The middle of a pixel goes to the middle of one.
					tx, ty := picture.Turned(orientation, float64(x)+0.5, float64(y)+0.5, w, h)
					a, b := color.NRGBAModel.Convert(img.At(x, y)), color.NRGBAModel.Convert(got.At(int(tx), int(ty)))
					if a != b {
						t.Fatalf("%T, %d: (%d,%d) is %v, was %v", img, orientation, x, y, b, a)
					}
				}
			}
		}
	}
}

// With two pixels to a sample of colour, rows and columns change places.
func TestUprightKeepsSubsampledColour(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 8, 4), image.YCbCrSubsampleRatio422)
	for i := range img.Cb {
		img.Cb[i] = uint8(10 * i)
	}
	got := picture.Upright(img, 6).(*image.YCbCr)
	for y := range 4 {
		for x := range 8 {
			tx, ty := picture.Turned(6, float64(x)+0.5, float64(y)+0.5, 8, 4)
			if a, b := img.YCbCrAt(x, y), got.YCbCrAt(int(tx), int(ty)); a != b {
				t.Fatalf("(%d,%d) is %v, was %v", x, y, b, a)
			}
		}
	}
}

func TestDraw(t *testing.T) {
	img := picture.Shrunk(gradient(400, 200), 100)
	if img.Bounds() != image.Rect(0, 0, 100, 50) {
		t.Fatal(img.Bounds())
	}
	picture.Draw(img, []picture.Frame{
		{X0: 0, Y0: 0, X1: 1, Y1: 1, Kind: 3},
		{X0: 0.5, Y0: 0.5, X1: 0.5, Y1: 0.5, Kind: 4},
		{X0: -9, Y0: 2, X1: 7, Y1: 9, Kind: -1},
	})
	for _, at := range []image.Point{{0, 0}, {99, 20}, {50, 0}} {
		if img.RGBAAt(at.X, at.Y) != picture.Colour(3) {
			t.Errorf("%v is %v", at, img.RGBAAt(at.X, at.Y))
		}
	}
	if img.RGBAAt(30, 20).R != img.RGBAAt(30, 20).G {
		t.Error("drawn within a frame")
	}
}

func TestGrey(t *testing.T) {
	got := picture.Grey(gradient(160, 160), 4, 1)
	for i := range got {
		if i >= 4 && got[i] <= got[i-4] {
			t.Errorf("%v does not grow", got)
			break
		}
	}
	turned := picture.Grey(gradient(160, 160), 4, 3)
	for i := range got {
		if got[i] != turned[15-i] {
			t.Errorf("%v is not %v upside down", turned, got)
			break
		}
	}
	if tiny := picture.Grey(gradient(3, 2), 16, 1); len(tiny) != 256 {
		t.Error(len(tiny))
	}
}
