// Package label writes a data set the way YOLOv5 wants it: a folder of its own
// with images/train, images/val, labels/train and labels/val, one text file a
// picture, and a manifest that says what is in it.
//
// # The rule
//
// A row is "class cx cy w h": the class's number, then the box's centre and
// size divided by the picture's width or height (YOLOv5 v7.0,
// utils/dataloaders.py, verify_image_label: five columns, no value under 0 or
// above 1).
//
// The corners xmin, ymin, xmax, ymax of Pascal VOC are taken as real numbers,
// as labelling programs write them: 0 is the picture's left or upper edge, its
// width or height the right or lower one. Nothing is subtracted; labelImg's
// own YOLO export, datumaro and globox do the same. (YOLOv5's data/VOC.yaml
// moves the centre by one pixel, which is right for the original VOC pictures
// and wrong for what is labelled today; Options.MinusOne does it that way.)
//
// With the corners in order and clipped to the picture, a box that keeps less
// than one pixel in either direction is left out. Then
//
//	cx = (xmin+xmax) / 2W   cy = (ymin+ymax) / 2H   w = (xmax-xmin) / W   h = (ymax-ymin) / H
//
// each computed exactly and rounded half up to six digits, which places every
// edge within 0.0075 pixels in a picture of 10,000. Rows that are equal are
// written once.
//
// Reading and judging data sets is the business of package dataset.
package label

import (
	"math"
	"math/big"
	"strconv"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

// Codes of problems that this package returns.
const (
	InsideData      problem.Code = "prepared-inside-data" // path, data: one lies in the other
	NotOurs         problem.Code = "prepared-not-ours"    // path, name (may be missing): a folder with things of somebody else in it
	NoSpace         problem.Code = "prepared-no-space"    // path
	ReadOnly        problem.Code = "prepared-read-only"   // path
	WriteFailed     problem.Code = "prepared-failed"      // path
	BrokenManifest  problem.Code = "prepared-manifest"    // path, line
	MissingManifest problem.Code = "prepared-missing"     // path: nothing was prepared here, or not to the end
	PartEmpty       problem.Code = "part-empty"           // part (train or val): no picture in it can be used
	UnknownClass    problem.Code = "unknown-class"        // class, path (an annotation that has it), count (of such boxes)
	BadClasses      problem.Code = "bad-classes"          // class: empty, or listed twice
)

const (
	digits = 6
	scale  = 1_000_000
)

// appendRow adds a row to dst. The box must lie within the picture.
func appendRow(dst []byte, class int, b dataset.Box, width, height int) []byte {
	dst = strconv.AppendInt(dst, int64(class), 10)
	dst = appendValue(append(dst, ' '), quotient(b.XMin, b.XMax, 2*int64(width)))
	dst = appendValue(append(dst, ' '), quotient(b.YMin, b.YMax, 2*int64(height)))
	dst = appendValue(append(dst, ' '), quotient(-b.XMin, b.XMax, int64(width)))
	dst = appendValue(append(dst, ' '), quotient(-b.YMin, b.YMax, int64(height)))
	return append(dst, '\n')
}

// appendValue writes q millionths.
func appendValue(dst []byte, q int64) []byte {
	dst = strconv.AppendInt(dst, q/scale, 10)
	dst = append(dst, '.')
	for unit := int64(scale / 10); unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+q/unit%10))
	}
	return dst
}

// quotient returns (a+b)/d in millionths, rounded half up. The sum must not be
// negative.
func quotient(a, b float64, d int64) int64 {
	if a == math.Trunc(a) && b == math.Trunc(b) {
		n := (int64(a) + int64(b)) * scale
		return (2*n + d) / (2 * d)
	}
	// The error of this is far below a thousandth; only near a tie is the
	// exact way needed.
	near := float64(a+b) / float64(d) * scale
	below := math.Floor(near)
	if rest := float64(near - below); math.Abs(rest-0.5) > 1e-3 {
		return int64(math.Floor(near + 0.5))
	}
	exact := decimal(a)
	exact.Add(exact, decimal(b))
	exact.Mul(exact, big.NewRat(scale, d))
	exact.Add(exact, big.NewRat(1, 2))
	return new(big.Int).Div(exact.Num(), exact.Denom()).Int64()
}

// decimal returns the number that was written in the annotation: the shortest
// one that reads as v.
func decimal(v float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	return r
}
