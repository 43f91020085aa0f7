package report

import (
	"math"
	"strconv"
	"strings"

	"gpuwizard/core/yolov5"
)

// A chart is drawn into a box of wide by high units, of a page that scales it.
type chart struct {
	Title string
	Lines []line
	Top   string // the value at the upper edge
	Last  string // the epoch at the right edge, counted from 1
	BestX string // of the epoch that best.pt is of; "" for none
}

type line struct {
	Name, Colour string
	Points       []string // x,y with blanks between; more than one where figures are missing
}

const (
	wide, high = 640, 240
	maxPoints  = 640 // of a line: more than that nobody sees
)

// Colours that most people can tell apart (Okabe and Ito).
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7"}

func charts(epochs []yolov5.Epoch, words Words) []chart {
	type series struct {
		name string
		of   func(yolov5.Epoch) float64
	}
	draw := func(title string, top float64, all ...series) chart {
		c := chart{Title: title, Last: strconv.Itoa(epochs[len(epochs)-1].Number + 1)}
		if top == 0 {
			for _, s := range all {
				for _, e := range epochs {
					if y := s.of(e); finite(y) {
						top = max(top, y)
					}
				}
			}
		}
		c.Top = strconv.FormatFloat(top, 'g', 3, 64)
		for i, s := range all {
			if points := polylines(epochs, s.of, top); len(points) > 0 {
				c.Lines = append(c.Lines, line{s.name, colours[i%len(colours)], points})
			}
		}
		if best, ok := yolov5.Best(epochs); ok {
			c.BestX = number(x(best.Number, epochs))
		}
		return c
	}
	losses := func(of func(yolov5.Epoch) yolov5.Losses) []series {
		return []series{
			{words.Box, func(e yolov5.Epoch) float64 { return of(e).Box }},
			{words.Object, func(e yolov5.Epoch) float64 { return of(e).Obj }},
			{words.Class, func(e yolov5.Epoch) float64 { return of(e).Cls }},
		}
	}
	list := []chart{
		draw(words.Accuracy, 1,
			series{"mAP50", func(e yolov5.Epoch) float64 { return e.MAP50 }}, series{"mAP50-95", func(e yolov5.Epoch) float64 { return e.MAP }},
			series{words.Precision, func(e yolov5.Epoch) float64 { return e.Precision }}, series{words.Recall, func(e yolov5.Epoch) float64 { return e.Recall }}),
		draw(words.TrainLoss, 0, losses(func(e yolov5.Epoch) yolov5.Losses { return e.Train })...),
		draw(words.ValLoss, 0, losses(func(e yolov5.Epoch) yolov5.Losses { return e.Val })...),
	}
	kept := list[:0]
	for _, c := range list {
		if len(c.Lines) > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// x is where an epoch stands.
func x(epoch int, epochs []yolov5.Epoch) float64 {
	first, last := epochs[0].Number, epochs[len(epochs)-1].Number
	return float64(epoch-first) / float64(max(1, last-first)) * wide
}

// polylines are the pieces of a line between missing figures.
func polylines(epochs []yolov5.Epoch, of func(yolov5.Epoch) float64, top float64) (lines []string) {
	var points []string
	end := func() {
		if len(points) == 1 {
			points = append(points, points[0]) // a dot
		}
		if len(points) > 0 {
			lines = append(lines, strings.Join(points, " "))
		}
		points = nil
	}
	every := (len(epochs) + maxPoints - 1) / maxPoints
	for i, e := range epochs {
		y := of(e)
		switch {
		case !finite(y):
			end()
		case i%every == 0 || i == len(epochs)-1:
			share := 0.0
			if top > 0 {
				share = min(1, max(0, y/top))
			}
			points = append(points, number(x(e.Number, epochs))+","+number(high*(1-share)))
		}
	}
	end()
	return lines
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
