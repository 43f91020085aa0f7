package sample

import (
	"bytes"
	"image"
	"math/rand/v2"
)

// dice draws whole numbers straight from the generator's bits: the bits of a
// PCG are fixed for good, the derived methods of package rand less so.
type dice struct{ src *rand.PCG }

func newDice(n int) *dice { return &dice{rand.NewPCG(seed, uint64(n))} }

// upTo returns a number in [0, n).
func (d *dice) upTo(n int) int { return int(d.src.Uint64() >> 33 % uint64(n)) }

// in returns a number in [low, high].
func (d *dice) in(low, high int) int { return low + d.upTo(high-low+1) }

// once in n.
func (d *dice) oneIn(n int) bool { return d.upTo(n) == 0 }

type colour struct{ r, g, b int }

// shade moves a colour towards black (by < 0) or white (by > 0); 256 is all
// the way.
func (c colour) shade(by int) colour {
	return colour{shade(c.r, by), shade(c.g, by), shade(c.b, by)}
}

func shade(v, by int) int {
	if by < 0 {
		return v * (256 + by) / 256
	}
	return v + (255-v)*by/256
}

// mix goes from a to b as at goes from 0 to of.
func mix(a, b colour, at, of int) colour {
	return colour{a.r + (b.r-a.r)*at/of, a.g + (b.g-a.g)*at/of, a.b + (b.b-a.b)*at/of}
}

// over is the number of samples across a pixel: drawing at twice the size and
// averaging gives smooth edges without any fractions.
const over = 2

// A canvas holds samples; owner says which figure (1, 2, ...) a sample shows,
// 0 is background.
type canvas struct {
	w, h  int
	pix   []colour
	owner []uint8
	pen   uint8
}

func newCanvas(size image.Point) *canvas {
	w, h := size.X*over, size.Y*over
	return &canvas{w: w, h: h, pix: make([]colour, w*h), owner: make([]uint8, w*h)}
}

func (c *canvas) set(x, y int, col colour) {
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return
	}
	c.pix[y*c.w+x] = col
	c.owner[y*c.w+x] = c.pen
}

func (c *canvas) rect(x0, y0, x1, y1 int, col colour) {
	for y := max(y0, 0); y < min(y1, c.h); y++ {
		row := y * c.w
		for x := max(x0, 0); x < min(x1, c.w); x++ {
			c.pix[row+x], c.owner[row+x] = col, c.pen
		}
	}
}

func (c *canvas) ellipse(cx, cy, rx, ry int, col colour) {
	if rx <= 0 || ry <= 0 {
		return
	}
	for y := max(cy-ry, 0); y <= min(cy+ry, c.h-1); y++ {
		for x := max(cx-rx, 0); x <= min(cx+rx, c.w-1); x++ {
			dx, dy := (x-cx)*ry, (y-cy)*rx
			if dx*dx+dy*dy <= rx*rx*ry*ry {
				// Light comes from the upper left.
				c.set(x, y, col.shade(-30*(x-cx)/rx-30*(y-cy)/ry))
			}
		}
	}
}

// limb fills a rounded bar from a to b whose half width goes from ra to rb.
func (c *canvas) limb(a, b image.Point, ra, rb int, col colour) {
	r := max(ra, rb)
	d := b.Sub(a)
	length := d.X*d.X + d.Y*d.Y
	for y := max(min(a.Y, b.Y)-r, 0); y <= min(max(a.Y, b.Y)+r, c.h-1); y++ {
		for x := max(min(a.X, b.X)-r, 0); x <= min(max(a.X, b.X)+r, c.w-1); x++ {
			px, py := x-a.X, y-a.Y
			along := px*d.X + py*d.Y
			var inside bool
			half := ra
			switch {
			case along <= 0:
				inside = px*px+py*py <= ra*ra
			case along >= length:
				half = rb
				qx, qy := x-b.X, y-b.Y
				inside = qx*qx+qy*qy <= rb*rb
			default:
				half = ra + (rb-ra)*along/length
				cross := px*d.Y - py*d.X
				inside = cross*cross <= half*half*length
			}
			if inside {
				side := x - (a.X + d.X*max(0, min(along, length))/max(length, 1))
				c.set(x, y, col.shade(-45*side/max(half, 1)))
			}
		}
	}
}

// picture averages the samples and adds a little grain, as a camera does.
func (c *canvas) picture(d *dice, grain int) *image.RGBA {
	w, h := c.w/over, c.h/over
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var sum colour
			for sy := range over {
				for sx := range over {
					p := c.pix[(y*over+sy)*c.w+x*over+sx]
					sum = colour{sum.r + p.r, sum.g + p.g, sum.b + p.b}
				}
			}
			noise := d.in(-grain, grain)
			i := img.PixOffset(x, y)
			img.Pix[i] = clamp(sum.r/(over*over) + noise)
			img.Pix[i+1] = clamp(sum.g/(over*over) + noise)
			img.Pix[i+2] = clamp(sum.b/(over*over) + noise)
			img.Pix[i+3] = 255
		}
	}
	return img
}

func clamp(v int) uint8 { return uint8(max(0, min(v, 255))) }

// extent returns the rectangle of pixels that show figure id.
func (c *canvas) extent(id uint8) image.Rectangle {
	var r image.Rectangle
	for y := range c.h {
		row := c.owner[y*c.w : (y+1)*c.w]
		if first := bytes.IndexByte(row, id); first >= 0 {
			last := bytes.LastIndexByte(row, id)
			r = r.Union(image.Rect(first/over, y/over, last/over+1, y/over+1))
		}
	}
	return r
}

// Sines of a quarter turn in 16 steps, times 1024.
var quarter = [17]int{0, 100, 200, 297, 392, 483, 569, 650, 724, 792, 851, 903, 946, 980, 1004, 1019, 1024}

// turn is the number of steps in a full turn of an angle.
const turn = 64

func sine(a int) int {
	a = ((a % turn) + turn) % turn
	switch {
	case a <= 16:
		return quarter[a]
	case a <= 32:
		return quarter[32-a]
	case a <= 48:
		return -quarter[a-32]
	default:
		return -quarter[64-a]
	}
}

// from goes length samples from p; angle 0 points down, 16 to the right.
func from(p image.Point, angle, length int) image.Point {
	return p.Add(image.Pt(sine(angle)*length/1024, sine(angle+16)*length/1024))
}
