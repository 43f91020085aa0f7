package sample

import "image"

var sizes = []image.Point{{320, 240}, {320, 240}, {320, 214}, {288, 216}, {240, 320}}

// draw returns picture n and the boxes of its figures.
func draw(n int) (*image.RGBA, []box) {
	d := newDice(n)
	size := sizes[d.upTo(len(sizes))]
	c := newCanvas(size)
	ground := background(c, d)
	for i := range d.in(5, 10) {
		clutter(c, d, ground, i)
	}
	boxes := people(c, d, ground)
	return c.picture(d, d.in(2, 5)), boxes
}

// background fills the canvas and returns the line where the ground begins.
func background(c *canvas, d *dice) int {
	ground := c.h * d.in(45, 70) / 100
	var top, low, near, far colour
	switch d.upTo(4) {
	case 0: // open air
		top, low = colour{104, 158, 216}, colour{206, 222, 232}
		far, near = colour{122, 150, 90}, colour{82, 118, 56}
	case 1: // street
		top, low = colour{168, 176, 186}, colour{206, 204, 198}
		far, near = colour{138, 136, 134}, colour{96, 96, 98}
	case 2: // room
		top, low = colour{220, 206, 178}, colour{196, 180, 150}
		far, near = colour{150, 108, 70}, colour{118, 82, 52}
	default: // evening
		top, low = colour{52, 56, 92}, colour{186, 128, 104}
		far, near = colour{84, 76, 80}, colour{52, 48, 54}
	}
	by := d.in(-40, 30)
	for y := range c.h {
		var col colour
		if y < ground {
			col = mix(top, low, y, ground)
		} else {
			col = mix(far, near, y-ground, c.h-ground)
		}
		c.rect(0, y, c.w, y+1, col.shade(by))
	}
	// Blotches keep large areas from being flat.
	for range 60 {
		x, y := d.upTo(c.w), d.upTo(c.h)
		r := d.in(6, 40)
		at := c.pix[y*c.w+x]
		c.ellipse(x, y, r, max(2, r/d.in(2, 5)), at.shade(d.in(-18, 18)))
	}
	return ground
}

// clutter draws something that is no person.
func clutter(c *canvas, d *dice, ground, i int) {
	x := d.upTo(c.w)
	y := ground + d.upTo(max(1, (c.h-ground)/2))
	col := clothes[d.upTo(len(clothes))].shade(d.in(-110, 60))
	kind := d.upTo(7)
	if i < 2 {
		kind = 0 // what stands farthest away comes first
	}
	switch kind {
	case 0: // house with windows
		w, h := d.in(50, 150), d.in(60, 200)
		wall := col.shade(40)
		c.rect(x-w/2, ground-h, x+w/2, ground+d.in(0, 12), wall)
		pane := wall.shade(-120)
		for wy := ground - h + 14; wy < ground-24; wy += 36 {
			for wx := x - w/2 + 10; wx < x+w/2-20; wx += 30 {
				c.rect(wx, wy, wx+14, wy+20, pane)
			}
		}
	case 1: // tree
		h := d.in(70, 170)
		c.limb(image.Pt(x, y), image.Pt(x+d.in(-6, 6), y-h), d.in(5, 9), d.in(3, 5), colour{92, 66, 44})
		leaf := colour{d.in(50, 100), d.in(100, 150), d.in(40, 70)}
		for range 7 {
			r := d.in(16, 36)
			c.ellipse(x+d.in(-30, 30), y-h+d.in(-26, 26), r, r, leaf.shade(d.in(-40, 40)))
		}
	case 2: // lamp post
		h := d.in(120, 260)
		c.limb(image.Pt(x, y), image.Pt(x, y-h), 5, 3, colour{70, 72, 76})
		c.ellipse(x, y-h, 12, 9, colour{240, 226, 170})
	case 3: // crate
		w := d.in(24, 64)
		c.rect(x, y-w, x+w, y, col)
		c.rect(x+4, y-w+4, x+w-4, y-4, col.shade(-40))
		c.limb(image.Pt(x+4, y-w+4), image.Pt(x+w-4, y-4), 3, 3, col)
	case 4: // ball
		r := d.in(10, 26)
		c.ellipse(x, y-r, r, r, col)
	case 5: // sign
		h, r := d.in(70, 140), d.in(14, 24)
		c.limb(image.Pt(x, y), image.Pt(x, y-h), 3, 3, colour{120, 120, 124})
		c.rect(x-r, y-h-r, x+r, y-h+r/2, col)
		c.rect(x-r+5, y-h-r+5, x+r-5, y-h+r/2-5, col.shade(120))
	default: // bench
		w := d.in(60, 110)
		for _, dy := range []int{0, 12, 24} {
			c.rect(x, y-50+dy, x+w, y-42+dy, col)
		}
		c.rect(x+6, y-24, x+12, y, col.shade(-80))
		c.rect(x+w-12, y-24, x+w-6, y, col.shade(-80))
	}
}

// people draws one to four figures, the farthest first, and returns the boxes
// of those parts of them that can be seen.
func people(c *canvas, d *dice, ground int) []box {
	want := 1 + []int{0, 0, 1, 1, 1, 2, 2, 3}[d.upTo(8)]
	type place struct {
		foot   image.Point
		height int
	}
	var places []place
	for try := 0; try < 60 && len(places) < want; try++ {
		height := c.h * d.in(34, 80) / 100
		if want > 2 {
			height = height * 3 / 4
		}
		p := place{image.Pt(d.in(height/12, c.w-height/12), d.in(max(ground, height), c.h+height/12)), height}
		clear := true
		for _, q := range places {
			apart := p.foot.X - q.foot.X
			if max(apart, -apart) < (p.height+q.height)/5 {
				clear = false
			}
		}
		if clear {
			places = append(places, p)
		}
	}
	// Who stands lower stands nearer.
	for i := range places {
		for j := i; j > 0 && places[j].foot.Y < places[j-1].foot.Y; j-- {
			places[j], places[j-1] = places[j-1], places[j]
		}
	}
	for i, p := range places {
		c.pen = uint8(i + 1)
		figure(c, d, p.foot, p.height)
	}
	c.pen = 0
	var boxes []box
	for i := range places {
		r := c.extent(uint8(i + 1))
		if r.Empty() {
			continue
		}
		edge := r.Min.X == 0 || r.Min.Y == 0 || r.Max.X == c.w/over || r.Max.Y == c.h/over
		boxes = append(boxes, box{r, edge})
	}
	return boxes
}
