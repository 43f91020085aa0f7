package picture

import (
	"errors"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// unsupported reports whether a decoder has met what it does not know, which
// says nothing against the picture: OpenCV knows more kinds.
func unsupported(err error) bool {
	var (
		j jpeg.UnsupportedError
		p png.UnsupportedError
		t tiff.UnsupportedError
	)
	return errors.As(err, &j) || errors.As(err, &p) || errors.As(err, &t) ||
		errors.Is(err, bmp.ErrUnsupported) || errors.Is(err, image.ErrFormat)
}
