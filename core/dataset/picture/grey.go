package picture

import (
	"image"
	"image/color"
)

// samples of a cell in either direction: enough that neither noise nor
// another size of the same picture shows.
const samples = 12

// Grey returns the luma of an upright picture on a grid of side by side cells,
// each the mean over its part of the picture, as picture and grid have it, row
// by row.
func Grey(img image.Image, side, orientation int) []uint8 {
	bounds := img.Bounds()
	columns, rows := steps(bounds.Min.X, bounds.Dx(), side), steps(bounds.Min.Y, bounds.Dy(), side)
	luma := lumaOf(img)
	stored := make([]uint8, side*side)
	for cy := range side {
		for cx := range side {
			sum, n := 0, 0
			for _, y := range rows[cy] {
				for _, x := range columns[cx] {
					sum += luma(x, y)
					n++
				}
			}
			stored[cy*side+cx] = uint8((sum + n/2) / n)
		}
	}
	if orientation < 2 || orientation > 8 {
		return stored
	}
	turned := make([]uint8, side*side)
	turnPlane(turned, side, stored, side, image.Pt(side, side), orientation, 1)
	return turned
}

// steps returns the coordinates to sample for each cell along one side.
func steps(from, length, cells int) [][]int {
	out := make([][]int, cells)
	for c := range out {
		start, end := float64(c*length)/float64(cells), float64((c+1)*length)/float64(cells)
		n := min(samples, max(1, int(end-start)))
		for i := range n {
			at := int(start + (end-start)*(float64(i)+0.5)/float64(n))
			out[c] = append(out[c], from+min(at, length-1))
		}
	}
	return out
}

func lumaOf(img image.Image) func(x, y int) int {
	switch src := img.(type) {
	case *image.YCbCr:
		return func(x, y int) int { return int(src.Y[src.YOffset(x, y)]) }
	case *image.Gray:
		return func(x, y int) int { return int(src.Pix[src.PixOffset(x, y)]) }
	case *image.RGBA:
		return func(x, y int) int {
			p := src.Pix[src.PixOffset(x, y):]
			return (299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000
		}
	case *image.NRGBA:
		return func(x, y int) int {
			p := src.Pix[src.PixOffset(x, y):]
			return (299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000
		}
	}
	return func(x, y int) int { return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y) }
}
