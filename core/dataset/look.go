package dataset

import (
	"image"
	"math"
	"math/bits"

	"gpuwizard/core/dataset/picture"
)

// A look is what is kept of a picture to compare it by: its luma on a coarse
// grid. There is one for each picture of a set, so it is kept small.
type look struct {
	grey   [lookSide * lookSide]uint8
	energy float32 // of the differences between neighbours
	known  bool    // there is enough on the picture to tell it from others
}

// A hash is the difference hash of a look. It says of each two neighbours,
// beside and below each other, whether it grows lighter to the right, and
// downwards.
type hash struct{ across, down [lookWords]uint64 }

const (
	lookSide  = 16
	lookBits  = lookSide * (lookSide - 1) // of either hash
	lookWords = (lookBits + 63) / 64
)

// Where two pictures count as nearly the same. Copies at another size or
// quality, brighter, shifted or cropped by 2% of a side stay within both bounds
// (measured: hashes up to 0.19 apart, likeness from 0.82); pictures of the same
// things, even drawn by one hand or under one microscope, are well outside of
// them (0.25 and more, 0.65 and less).
const (
	maxApart    = 2 * lookBits * 20 / 100
	maxAcross   = lookBits * 27 / 100 // one hash alone, to give up early
	minLikeness = 0.80
)

// minContrast is the standard deviation of luma under which a picture has too
// little on it: what differs then is noise.
const minContrast = 3

func seeAt(img image.Image, orientation int) look {
	var l look
	copy(l.grey[:], picture.Grey(img, lookSide, orientation))
	sum, squares, energy := 0, 0, 0
	for y := range lookSide {
		for x := range lookSide {
			v := int(l.grey[y*lookSide+x])
			sum, squares = sum+v, squares+v*v
			if x > 0 {
				d := v - int(l.grey[y*lookSide+x-1])
				energy += d * d
			}
			if y > 0 {
				d := v - int(l.grey[(y-1)*lookSide+x])
				energy += d * d
			}
		}
	}
	const n = lookSide * lookSide
	mean := float64(sum) / n
	l.energy = float32(energy)
	l.known = math.Sqrt(float64(squares)/n-mean*mean) >= minContrast && energy > 0
	return l
}

func (l *look) hash() (h hash) {
	for y := range lookSide {
		for x := range lookSide {
			v := l.grey[y*lookSide+x]
			if bit := y*(lookSide-1) + x - 1; x > 0 && v > l.grey[y*lookSide+x-1] {
				h.across[bit/64] |= 1 << (bit % 64)
			}
			if bit := (y-1)*lookSide + x; y > 0 && v > l.grey[(y-1)*lookSide+x] {
				h.down[bit/64] |= 1 << (bit % 64)
			}
		}
	}
	return h
}

// apart counts the bits in which two hashes differ; it gives up where they are
// more than maxApart.
func (h *hash) apart(o *hash) int {
	n := bits.OnesCount64(h.across[0]^o.across[0]) + bits.OnesCount64(h.across[1]^o.across[1]) +
		bits.OnesCount64(h.across[2]^o.across[2]) + bits.OnesCount64(h.across[3]^o.across[3])
	if n > maxAcross {
		return 2 * lookBits
	}
	for i := range h.down {
		n += bits.OnesCount64(h.down[i] ^ o.down[i])
	}
	return n
}

// likeness is the correlation of the differences between neighbours: 1 for the
// same picture, whatever its brightness and contrast, about 0 for two that
// have nothing in common.
func (l *look) likeness(o *look) float64 {
	sum := 0
	for y := range lookSide {
		for x := range lookSide {
			at := y*lookSide + x
			a, b := int(l.grey[at]), int(o.grey[at])
			if x > 0 {
				sum += (a - int(l.grey[at-1])) * (b - int(o.grey[at-1]))
			}
			if y > 0 {
				sum += (a - int(l.grey[at-lookSide])) * (b - int(o.grey[at-lookSide]))
			}
		}
	}
	return float64(sum) / math.Sqrt(float64(l.energy)*float64(o.energy))
}
