package dataset

import "gpuwizard/core/dataset/picture"

// setHeader takes over what a picture's header says.
func (it *Item) setHeader(h header) {
	it.Format, it.Width, it.Height, it.Size, it.Fault = h.format, h.width, h.height, h.size, h.reason
	it.Orientation, it.Turn = h.orientation, 1
	if picture.Sideways(h.orientation) {
		it.Width, it.Height = it.Height, it.Width
	}
	it.LabelWidth, it.LabelHeight = it.Width, it.Height
	it.turnUnknown = h.orientation > 1
}

// setLabelSpace decides which size the boxes refer to when the annotation
// names another one than the picture has. A picture scaled after it was
// labelled keeps its proportions; else the picture's own size is the one to
// trust, as many tools write a size that was true of another picture.
//
// For a picture that is stored on a side, the size also tells whether the
// boxes were drawn on the picture as it is seen or as it is stored; where the
// size is missing, the boxes themselves may tell.
func (it *Item) setLabelSpace(width, height int) {
	if it.Width <= 0 || it.Height <= 0 {
		return
	}
	seen := width > 0 && height > 0 && scaled(width, height, it.Width, it.Height)
	if picture.Sideways(it.Orientation) && it.Width != it.Height {
		stored := width > 0 && height > 0 && scaled(width, height, it.Height, it.Width)
		if seen && stored { // nearly square
			seen, stored = width == it.Width && height == it.Height, width == it.Height && height == it.Width
		}
		if !seen && !stored {
			seen, stored = it.fits(it.Width, it.Height), it.fits(it.Height, it.Width)
			width, height = it.Width, it.Height
			if stored {
				width, height = height, width
			}
		}
		switch {
		case seen == stored: // both, if nearly square; neither, if the label is another picture's
			return
		case stored:
			it.Turn = it.Orientation
			seen = true
		}
		it.turnUnknown = false
	}
	if seen {
		it.LabelWidth, it.LabelHeight = width, height
	}
}

// fits reports whether all boxes lie within a size; there must be some.
func (it *Item) fits(width, height int) bool {
	for _, b := range it.Boxes {
		if max(b.XMin, b.XMax) > float64(width) || max(b.YMin, b.YMax) > float64(height) {
			return false
		}
	}
	return len(it.Boxes) > 0
}

// SetStored says of a picture of which Read could not tell it whether its
// boxes were drawn on it as it is stored; else they were drawn on it as it is
// seen.
func (it *Item) SetStored(stored bool) {
	if !it.turnUnknown {
		return
	}
	side := picture.Sideways(it.Orientation)
	if side && (it.Turn > 1) != stored {
		it.LabelWidth, it.LabelHeight = it.LabelHeight, it.LabelWidth
	}
	it.Turn = 1
	if stored {
		it.Turn = it.Orientation
	}
}

// Upright returns a box, of those that Within gives, as it lies on the upright
// picture, and the size of the space that it is given in then.
func (it *Item) Upright(b Box) (box Box, width, height int) {
	if it.Turn < 2 {
		return b, it.LabelWidth, it.LabelHeight
	}
	w, h := float64(it.LabelWidth), float64(it.LabelHeight)
	x0, y0 := picture.Turned(it.Turn, b.XMin, b.YMin, w, h)
	x1, y1 := picture.Turned(it.Turn, b.XMax, b.YMax, w, h)
	b.XMin, b.XMax, b.YMin, b.YMax = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
	if picture.Sideways(it.Turn) {
		return b, it.LabelHeight, it.LabelWidth
	}
	return b, it.LabelWidth, it.LabelHeight
}

// settleTurns decides for pictures of which nothing tells it by the others: one
// program has labelled all of them. It runs before the findings are named.
func settleTurns(s *Set) {
	stored, seen := 0, 0
	for i := range s.Items {
		switch it := &s.Items[i]; {
		case it.Orientation < 2 || it.turnUnknown || len(it.Boxes) == 0:
		case it.Turn > 1:
			stored++
		default:
			seen++
		}
	}
	if (stored == 0) == (seen == 0) {
		return
	}
	for i := range s.Items {
		if it := &s.Items[i]; it.turnUnknown && len(it.Boxes) > 0 {
			it.SetStored(stored > 0)
			it.turnUnknown = false
		}
	}
}

// checkTurn names a picture that is stored turned.
func checkTurn(f *findings, it *Item) {
	switch {
	case it.Orientation < 2 || it.Fault != "":
	case len(it.Boxes) == 0:
		f.add(Rotated, Minor, MendAuto, it.Image, "kind", "seen")
	case it.turnUnknown:
		f.add(Rotated, Harms, MendAsk, it.Image, "kind", "unclear")
	case it.Turn > 1:
		f.add(Rotated, Harms, MendAuto, it.Image, "kind", "stored")
	default:
		f.add(Rotated, Minor, MendAuto, it.Image, "kind", "seen")
	}
}
