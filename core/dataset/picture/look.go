package picture

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// Shrunk returns a copy that fits into a square with this side, or one of the
// picture's own size if that is smaller.
func Shrunk(img image.Image, side int) *image.RGBA {
	size := img.Bounds().Size()
	if long := max(size.X, size.Y); long > side {
		size = image.Pt(max(1, size.X*side/long), max(1, size.Y*side/long))
	}
	dst := image.NewRGBA(image.Rectangle{Max: size})
	if size == img.Bounds().Size() {
		draw.Draw(dst, dst.Rect, img, img.Bounds().Min, draw.Src)
	} else {
		draw.ApproxBiLinear.Scale(dst, dst.Rect, img, img.Bounds(), draw.Src, nil)
	}
	return dst
}

// A Frame marks a part of a picture; its corners are shares of the picture's
// width and height.
type Frame struct {
	X0, Y0, X1, Y1 float64
	Kind           int // frames of one kind have one colour
}

// colours are told apart by people who see colours differently, too (the
// palette of Okabe and Ito without its grey and black).
var colours = [...]color.RGBA{
	{230, 159, 0, 255},
	{86, 180, 233, 255},
	{0, 158, 115, 255},
	{240, 228, 66, 255},
	{0, 114, 178, 255},
	{213, 94, 0, 255},
	{204, 121, 167, 255},
}

// Colour of the frames of a kind.
func Colour(kind int) color.RGBA { return colours[((kind%len(colours))+len(colours))%len(colours)] }

// Draw draws frames on a picture, each with a dark line on either side so that
// it is seen on any ground.
func Draw(img *image.RGBA, frames []Frame) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	thick := max(2, max(img.Rect.Dx(), img.Rect.Dy())/160)
	for _, f := range frames {
		r := image.Rect(place(f.X0, w), place(f.Y0, h), place(f.X1, w), place(f.Y1, h))
		border(img, r.Inset(-1), 1, color.RGBA{A: 255})
		border(img, r, thick, Colour(f.Kind))
		border(img, r.Inset(thick), 1, color.RGBA{A: 255})
	}
}

func place(share, side float64) int { return int(max(0, min(share, 1))*(side-1) + 0.5) }

// border draws along the inner edge of r, whose last row and column belong to it.
func border(img *image.RGBA, r image.Rectangle, thick int, c color.RGBA) {
	if r.Empty() && (r.Dx() < 0 || r.Dy() < 0) {
		return
	}
	r.Max = r.Max.Add(image.Pt(1, 1))
	t := min(thick, (min(r.Dx(), r.Dy())+1)/2)
	ink := image.NewUniform(c)
	for _, part := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+t)},
		{image.Pt(r.Min.X, r.Max.Y-t), r.Max},
		{r.Min, image.Pt(r.Min.X+t, r.Max.Y)},
		{image.Pt(r.Max.X-t, r.Min.Y), r.Max},
	} {
		draw.Draw(img, part.Intersect(img.Rect), ink, image.Point{}, draw.Src)
	}
}
