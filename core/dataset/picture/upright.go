package picture

import (
	"image"
	"image/draw"
)

// The EXIF orientations run from 1 (upright) to 8. How each is set upright is
// told by where the point (x, y) of a stored picture of w by h goes:
//
//	2 (w-x, y)   3 (w-x, h-y)   4 (x, h-y)
//	5 (y, x)     6 (h-y, x)     7 (h-y, w-x)   8 (y, w-x)
//
// From 5 on, the sides change places.

// Turned returns where a point of a stored picture of w by h lies once that is
// upright.
func Turned(orientation int, x, y, w, h float64) (float64, float64) {
	switch orientation {
	case 2:
		return w - x, y
	case 3:
		return w - x, h - y
	case 4:
		return x, h - y
	case 5:
		return y, x
	case 6:
		return h - y, x
	case 7:
		return h - y, w - x
	case 8:
		return y, w - x
	}
	return x, y
}

// Sideways reports whether setting a picture upright swaps its sides.
func Sideways(orientation int) bool { return orientation >= 5 && orientation <= 8 }

// Upright returns the picture as its EXIF orientation means it to be seen.
// Planes of luma and chroma are turned as they are, so that nothing but their
// order changes.
func Upright(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	size := img.Bounds().Size()
	to := size
	if Sideways(orientation) {
		to = image.Pt(size.Y, size.X)
	}
	switch src := img.(type) {
	case *image.Gray:
		dst := image.NewGray(image.Rectangle{Max: to})
		turnPlane(dst.Pix, dst.Stride, src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y):], src.Stride, size, orientation, 1)
		return dst
	case *image.RGBA:
		dst := image.NewRGBA(image.Rectangle{Max: to})
		turnPlane(dst.Pix, dst.Stride, src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y):], src.Stride, size, orientation, 4)
		return dst
	case *image.YCbCr:
		if ratio, ok := turnedRatio(src.SubsampleRatio, orientation); ok && src.Rect.Min == (image.Point{}) {
			return turnYCbCr(src, ratio, to, orientation)
		}
	}
	flat := image.NewNRGBA(image.Rectangle{Max: size})
	draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Src)
	dst := image.NewNRGBA(image.Rectangle{Max: to})
	turnPlane(dst.Pix, dst.Stride, flat.Pix, flat.Stride, size, orientation, 4)
	return dst
}

func turnedRatio(r image.YCbCrSubsampleRatio, orientation int) (image.YCbCrSubsampleRatio, bool) {
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		if Sideways(orientation) {
			r = image.YCbCrSubsampleRatio440
		}
		return r, true
	case image.YCbCrSubsampleRatio440:
		if Sideways(orientation) {
			r = image.YCbCrSubsampleRatio422
		}
		return r, true
	}
	return r, false
}

func turnYCbCr(src *image.YCbCr, ratio image.YCbCrSubsampleRatio, to image.Point, orientation int) image.Image {
	dst := image.NewYCbCr(image.Rectangle{Max: to}, ratio)
	turnPlane(dst.Y, dst.YStride, src.Y, src.YStride, src.Rect.Size(), orientation, 1)
	chroma := src.Rect.Size()
	switch src.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		chroma = image.Pt((chroma.X+1)/2, (chroma.Y+1)/2)
	case image.YCbCrSubsampleRatio422:
		chroma.X = (chroma.X + 1) / 2
	case image.YCbCrSubsampleRatio440:
		chroma.Y = (chroma.Y + 1) / 2
	}
	turnPlane(dst.Cb, dst.CStride, src.Cb, src.CStride, chroma, orientation, 1)
	turnPlane(dst.Cr, dst.CStride, src.Cr, src.CStride, chroma, orientation, 1)
	return dst
}

// turnPlane copies a plane of size pixels of n bytes each to its turned place.
func turnPlane(dst []byte, dstStride int, src []byte, srcStride int, size image.Point, orientation, n int) {
	// Where pixel (0, 0) goes, and by how many bytes a step right or down moves.
	w, h := size.X-1, size.Y-1
	x0, y0 := turnedPixel(orientation, 0, 0, w, h)
	x1, y1 := turnedPixel(orientation, 1, 0, w, h)
	x2, y2 := turnedPixel(orientation, 0, 1, w, h)
	start := y0*dstStride + x0*n
	right := (y1-y0)*dstStride + (x1-x0)*n
	down := (y2-y0)*dstStride + (x2-x0)*n
	for y := range size.Y {
		row := src[y*srcStride:][:size.X*n]
		at := start + y*down
		if n == 1 {
			for _, v := range row {
				dst[at] = v
				at += right
			}
			continue
		}
		for x := 0; x < len(row); x += n {
			copy(dst[at:at+n], row[x:x+n])
			at += right
		}
	}
}

func turnedPixel(orientation, x, y, w, h int) (int, int) {
	a, b := Turned(orientation, float64(x), float64(y), float64(w), float64(h))
	return int(a), int(b)
}
