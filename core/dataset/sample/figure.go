package sample

import "image"

var skins = []colour{{244, 208, 178}, {228, 184, 143}, {198, 148, 107}, {156, 106, 70}, {110, 72, 48}, {84, 56, 40}}

var hairs = []colour{{28, 24, 22}, {62, 42, 30}, {110, 74, 40}, {176, 136, 76}, {150, 150, 150}, {120, 48, 30}}

var clothes = []colour{
	{200, 40, 44},
	{34, 78, 168},
	{240, 240, 236},
	{36, 38, 44},
	{236, 178, 32},
	{42, 138, 76},
	{128, 62, 150},
	{226, 116, 40},
	{88, 176, 206},
	{128, 128, 132},
	{214, 130, 160},
	{92, 68, 46},
}

var trousers = []colour{{40, 52, 92}, {30, 32, 38}, {112, 96, 72}, {74, 98, 140}, {96, 98, 102}, {150, 136, 108}, {60, 74, 54}}

// A pose is a set of angles: 0 hangs straight down, 16 points to the right.
type pose struct {
	lean          int
	armA, elbowA  int
	armB, elbowB  int
	thighA, kneeA int
	thighB, kneeB int
	headTilt      int
}

func newPose(d *dice) pose {
	p := pose{lean: d.in(-1, 1), headTilt: d.in(-2, 2)}
	side := 1
	if d.oneIn(2) {
		side = -1
	}
	switch d.upTo(6) {
	case 0: // standing
		p.armA, p.armB = d.in(1, 4), -d.in(1, 4)
		p.elbowA, p.elbowB = p.armA-d.in(0, 3), p.armB+d.in(0, 3)
		p.thighA, p.thighB = d.in(1, 2), -d.in(1, 2)
		p.kneeA, p.kneeB = d.in(0, 1), -d.in(0, 1)
	case 1: // walking
		swing := d.in(4, 7)
		p.armA, p.armB = swing-1, -swing
		p.elbowA, p.elbowB = p.armA+side*d.in(2, 5), p.armB+side*d.in(2, 5)
		p.thighA, p.thighB = swing-1, -swing+2
		p.kneeA, p.kneeB = p.thighA-side*d.in(0, 3), p.thighB-side*d.in(1, 5)
	case 2: // running
		p.lean = side * d.in(1, 3)
		p.armA, p.armB = d.in(6, 10), -d.in(6, 10)
		p.elbowA, p.elbowB = p.armA+side*d.in(8, 14), p.armB+side*d.in(8, 14)
		p.thighA, p.thighB = d.in(7, 11), -d.in(4, 8)
		p.kneeA, p.kneeB = p.thighA-side*d.in(2, 8), p.thighB-side*d.in(4, 10)
	case 3: // both arms up
		p.armA, p.armB = d.in(21, 29), -d.in(21, 29)
		p.elbowA, p.elbowB = p.armA+d.in(-3, 5), p.armB-d.in(-3, 5)
		p.thighA, p.thighB = d.in(1, 5), -d.in(1, 5)
		p.kneeA, p.kneeB = p.thighA-1, p.thighB+1
	case 4: // waving with one arm
		p.armA, p.armB = side*d.in(18, 26), -side*d.in(1, 4)
		p.elbowA, p.elbowB = p.armA+side*d.in(0, 8), p.armB
		p.thighA, p.thighB = d.in(1, 3), -d.in(1, 3)
		p.kneeA, p.kneeB = d.in(0, 2), -d.in(0, 2)
	default: // hands on the hips
		p.armA, p.armB = d.in(7, 10), -d.in(7, 10)
		p.elbowA, p.elbowB = -d.in(7, 10), d.in(7, 10)
		p.thighA, p.thighB = d.in(2, 5), -d.in(2, 5)
		p.kneeA, p.kneeB = p.thighA-d.in(0, 2), p.thighB+d.in(0, 2)
	}
	return p
}

// figure draws one person of about the given height whose feet stand around
// foot, all in samples.
func figure(c *canvas, d *dice, foot image.Point, height int) {
	skin, hair := skins[d.upTo(len(skins))], hairs[d.upTo(len(hairs))]
	shirt, legs := clothes[d.upTo(len(clothes))], trousers[d.upTo(len(trousers))]
	shoe := clothes[d.upTo(len(clothes))].shade(-90)
	light := d.in(-40, 20)
	skin, hair, shirt, legs = skin.shade(light), hair.shade(light), shirt.shade(light), legs.shade(light)
	p := newPose(d)
	build := d.in(85, 120) // per cent: slim to stout
	unit := func(part int) int { return max(1, height*part/1000) }
	wide := func(part int) int { return max(1, height*part*build/100000) }

	hip := foot.Sub(image.Pt(0, unit(470)))
	neck := from(hip, turn/2-p.lean, unit(340))
	headRadius := unit(72)
	head := from(neck, turn/2-p.lean-p.headTilt, headRadius+unit(30))
	shoulder := wide(85)
	hips := wide(48)

	arm := func(start image.Point, upper, lower int, sleeve bool) {
		elbow := from(start, upper, unit(160))
		hand := from(elbow, lower, unit(150))
		lowerColour := skin
		if sleeve {
			lowerColour = shirt
		}
		c.limb(elbow, hand, wide(24), wide(19), lowerColour)
		c.limb(start, elbow, wide(34), wide(26), shirt)
		c.ellipse(hand.X, hand.Y, wide(24), wide(24), skin)
	}
	leg := func(start image.Point, upper, lower int, short bool) {
		knee := from(start, upper, unit(235))
		ankle := from(knee, lower, unit(215))
		lowerColour := legs
		if short {
			lowerColour = skin
		}
		toe := wide(30)
		if lower < 0 {
			toe = -toe
		}
		c.limb(knee, ankle, wide(36), wide(24), lowerColour)
		c.limb(start, knee, wide(50), wide(37), legs)
		c.limb(ankle.Add(image.Pt(0, unit(8))), ankle.Add(image.Pt(toe, unit(12))), wide(25), wide(20), shoe)
	}
	sleeve, short := d.oneIn(2), d.oneIn(3)
	top := neck.Add(image.Pt(0, unit(35)))
	arm(top.Add(image.Pt(-shoulder, 0)), p.armB, p.elbowB, sleeve)
	leg(hip.Add(image.Pt(-hips, 0)), p.thighB, p.kneeB, short)
	leg(hip.Add(image.Pt(hips, 0)), p.thighA, p.kneeA, short)

	c.limb(neck, head, wide(28), wide(28), skin.shade(-30))
	for _, x := range []int{-1, 0, 1} {
		c.limb(top.Add(image.Pt(x*(shoulder-wide(20)), unit(8))), hip.Add(image.Pt(x*(hips-wide(4)), 0)), wide(48), wide(50), shirt.shade(-12*x))
	}
	if d.oneIn(3) { // a stripe across the chest
		band := clothes[d.upTo(len(clothes))].shade(light)
		middle := image.Pt((top.X+hip.X)/2, (top.Y*2+hip.Y)/3)
		c.limb(middle.Sub(image.Pt(shoulder, 0)), middle.Add(image.Pt(shoulder, 0)), unit(18), unit(18), band)
	}
	arm(top.Add(image.Pt(shoulder, 0)), p.armA, p.elbowA, sleeve)

	c.ellipse(head.X, head.Y-unit(10), headRadius, headRadius+unit(8), hair)
	if !d.oneIn(4) { // seen from the front, else from behind
		c.ellipse(head.X, head.Y+unit(14), headRadius*5/6, headRadius*5/6, skin)
		eye := colour{30, 26, 24}
		c.ellipse(head.X-unit(26), head.Y+unit(6), unit(9), unit(9), eye)
		c.ellipse(head.X+unit(26), head.Y+unit(6), unit(9), unit(9), eye)
		c.limb(head.Add(image.Pt(-unit(20), unit(44))), head.Add(image.Pt(unit(20), unit(44))), unit(6), unit(6), colour{150, 60, 56})
	}
}
