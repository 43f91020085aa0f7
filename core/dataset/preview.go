package dataset

import (
	"image"
	"slices"
	"strings"

	"gpuwizard/core/dataset/picture"
)

// Preview returns a picture of the set as it is seen, no side longer than
// side, with its boxes drawn where the prepared labels will have them. Frames
// have a colour for each class: that of the class's place in s.Classes (see
// picture.Colour).
func (s *Set) Preview(it *Item, side int) (*image.RGBA, error) {
	out, err := s.Photo(it, side)
	if err == nil {
		picture.Draw(out, s.Frames(it))
	}
	return out, err
}

// Photo is Preview without the boxes.
func (s *Set) Photo(it *Item, side int) (*image.RGBA, error) {
	img, err := picture.Open(local(s.Root, it.Image))
	if err != nil {
		return nil, err
	}
	// Shrunk first: turning a small picture costs nothing.
	return picture.Upright(picture.Shrunk(img, side), it.Orientation).(*image.RGBA), nil
}

// Frames returns an item's boxes as shares of the picture as it is seen. Boxes
// that are left out of the labels are left out here, too.
func (s *Set) Frames(it *Item) []picture.Frame {
	var out []picture.Frame
	for _, b := range it.Boxes {
		b, ok := b.Within(it.LabelWidth, it.LabelHeight)
		if !ok {
			continue
		}
		b, width, height := it.Upright(b)
		kind, _ := slices.BinarySearchFunc(s.Classes, b.Class, func(c Class, name string) int { return strings.Compare(c.Name, name) })
		w, h := float64(width), float64(height)
		out = append(out, picture.Frame{X0: b.XMin / w, Y0: b.YMin / h, X1: b.XMax / w, Y1: b.YMax / h, Kind: kind})
	}
	return out
}
