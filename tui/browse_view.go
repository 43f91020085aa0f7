package tui

import (
	"image"
	"sort"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// drawing is a picture as it was drawn, with what that depended on.
type drawing struct {
	file        string
	zoom        int
	cols, lines int
	img         *image.RGBA
	colours     widget.Colours
	window      image.Rectangle
	rows        []string
}

// same reports whether another drawing would look the same.
func (d drawing) same(other drawing) bool {
	return d.file == other.file && d.img == other.img && d.zoom == other.zoom && d.cols == other.cols && d.lines == other.lines &&
		d.colours == other.colours && d.window == other.window
}

// draw draws a picture and its boxes, anew only if something changed.
func (d *drawing) draw(want drawing, boxes func() []widget.Box) []string {
	if !want.same(*d) {
		drawn := widget.Picture(want.img.SubImage(want.window), want.cols, want.lines, want.colours, boxes()...)
		want.rows = strings.Split(strings.TrimRight(drawn, "\n"), "\n")
		*d = want
	}
	return d.rows
}

// viewBrowser draws the pictures page.
func (m *root) viewBrowser(width, height int) []string {
	b, t, th := m.browser, m.text, m.common.Theme
	words := t.Browse()
	tabs := th.Tabs([]string{words.Findings, words.Pictures, words.Numbers}, int(b.page))
	progress := ""
	if p := b.view.Progress; p.Phase != dataset.Whole && p.Total > 0 {
		progress = t.Fill(words.ReadSoFar, map[string]string{"done": strconv.Itoa(p.Done), "total": strconv.Itoa(p.Total)})
	}
	progress = th.Dim.Render(progress)
	if b.clean() {
		progress = th.Good.Render(th.Signs.Done + " " + words.Nothing)
	}
	lines := []string{widget.Spread(tabs, progress, width, th.Signs.More), ""}
	room := height - len(lines)
	switch b.page {
	case browseFindings:
		list := min(46, max(32, width*2/5))
		left := m.findingLines(list, room)
		right := m.pictureLines(width-list-2, room, words.FileOf, b.file, len(b.files()))
		lines = append(lines, widget.Beside(left, list, "  ", right, width-list-2)...)
	case browsePictures:
		lines = append(lines, m.pictureLines(width, room, words.ItemOf, b.item, b.view.Pictures)...)
	default:
		lines = append(lines, m.numberLines(width, room)...)
	}
	return widget.Clip(lines, height)
}

// findingLines list the findings by their severity, and say below what the one
// in focus means and who mends it.
func (m *root) findingLines(width, height int) []string {
	b, t, th := m.browser, m.text, m.common.Theme
	words := t.Browse()
	if len(b.view.Findings) == 0 {
		if b.clean() {
			return nil // which is said above
		}
		return dimmed(th, words.NothingYet, width)
	}
	var rows []string
	at := 0
	severity := dataset.Severity("")
	for i, f := range b.view.Findings {
		sign, style := th.Severity(f.Severity)
		if f.Severity != severity {
			severity = f.Severity
			rows = append(rows, style.Render(t.Severity(severity)))
		}
		lead, name := "  ", t.FindingTitle(wizard.FindingArgs(f))
		if i == b.finding {
			lead, at, name = th.Cursor.Render(th.Signs.Point)+" ", len(rows), th.Cursor.Render(name)
		}
		count := th.Dim.Render(t.Count(int64(len(f.Files))))
		rows = append(rows, lead+style.Render(sign)+" "+widget.Spread(name, count, width-4, th.Signs.More))
	}
	f := b.view.Findings[b.finding]
	detail := widget.Wrap(t.FindingAlone(f), width)
	if mend := t.Mend(f.Severity, f.Mend); mend != "" {
		detail = append(detail, dimmed(th, mend, width)...)
	}
	detail = detail[:min(len(detail), max(2, height/2))]
	list := height - len(detail) - 1
	lines := widget.Clip(widget.Window(th, rows, at, list), min(list, len(rows)))
	return append(append(lines, ""), detail...)
}

// pictureLines draw the picture at hand with what it is.
func (m *root) pictureLines(width, height int, form string, at, of int) []string {
	b, t, th := m.browser, m.text, m.common.Theme
	words := t.Browse()
	if of == 0 {
		return nil
	}
	place := t.Fill(form, map[string]string{"file": strconv.Itoa(at + 1), "of": strconv.Itoa(of)})
	name := clean.Line(b.place())
	caption := []string{widget.Spread(th.Strong.Render(name), th.Dim.Render(place), width, th.Signs.More)}
	p := b.shown
	switch {
	case p.file != b.asked:
		return append(caption, dimmed(th, words.Opening, width)...)
	case p.img == nil:
		detail := ""
		if p.err != nil {
			detail = t.Problem(p.err).What
		}
		return append(caption, dimmed(th, t.Fill(words.NoPicture, map[string]string{"detail": detail}), width)...)
	}
	facts := t.Fill(words.Facts, map[string]string{
		"width": strconv.Itoa(p.item.Width), "height": strconv.Itoa(p.item.Height), "boxes": strconv.Itoa(len(p.item.Boxes)),
	})
	if b.zoom > 0 {
		facts += "   " + strconv.Itoa(1<<b.zoom) + ":1"
	}
	facts = th.Dim.Render(facts)
	for _, k := range p.kinds {
		facts += "   " + th.Swatch(widget.BoxColour(k.number)) + " " + k.name + " " + th.Dim.Render(t.Count(int64(k.boxes)))
	}
	caption = append(caption, widget.Cut(facts, width, th.Signs.More))
	return append(caption, m.drawPicture(width, height-len(caption))...)
}

// drawPicture draws the picture at hand with its boxes.
func (m *root) drawPicture(cols, lines int) []string {
	b, p := m.browser, m.browser.shown
	crop := p.window(b.zoom)
	return b.drawn.draw(drawing{p.file, b.zoom, cols, lines, p.img, m.common.Theme.Colours, crop, nil}, func() []widget.Box { return p.within(crop) })
}

// within is the boxes as shares of a part of the picture.
func (p picture) within(crop image.Rectangle) []widget.Box {
	all := p.img.Bounds()
	x := func(share float64) float64 {
		return (float64(all.Min.X-crop.Min.X) + share*float64(all.Dx())) / float64(crop.Dx())
	}
	y := func(share float64) float64 {
		return (float64(all.Min.Y-crop.Min.Y) + share*float64(all.Dy())) / float64(crop.Dy())
	}
	boxes := make([]widget.Box, len(p.boxes))
	for i, b := range p.boxes {
		boxes[i] = widget.Box{X0: x(b.X0), Y0: y(b.Y0), X1: x(b.X1), Y1: y(b.Y1), Kind: b.Kind}
	}
	return boxes
}

// window is the part of a picture that a zoom shows: around its first box.
func (p picture) window(zoom int) image.Rectangle {
	all := p.img.Bounds()
	if zoom == 0 {
		return all
	}
	x, y := 0.5, 0.5
	if len(p.boxes) > 0 {
		x, y = (p.boxes[0].X0+p.boxes[0].X1)/2, (p.boxes[0].Y0+p.boxes[0].Y1)/2
	}
	w, h := all.Dx()>>zoom, all.Dy()>>zoom
	left := min(max(all.Min.X, all.Min.X+int(x*float64(all.Dx()))-w/2), all.Max.X-w)
	top := min(max(all.Min.Y, all.Min.Y+int(y*float64(all.Dy()))-h/2), all.Max.Y-h)
	return image.Rect(left, top, left+max(1, w), top+max(1, h))
}

// numberLines draw the split, the boxes of each class, and their sizes.
func (m *root) numberLines(width, height int) []string {
	b, t, th := m.browser, m.text, m.common.Theme
	words, data := t.Browse(), t.Data()
	measure := min(width, widget.Measure)
	var lines []string
	var parts []string
	for _, part := range []struct{ key, name string }{{dataset.Train, data.Train}, {dataset.Val, data.Val}, {"", words.Undivided}} {
		if n := b.view.Parts[part.key]; n > 0 {
			parts = append(parts, part.name+" "+t.Count(int64(n)))
		}
	}
	lines = append(lines, th.Strong.Render(words.Split)+"  "+strings.Join(parts, "   "), "", th.Strong.Render(words.ClassBoxes))
	classes := append([]dataset.Class(nil), b.view.Classes...)
	sort.SliceStable(classes, func(i, j int) bool { return classes[i].Total > classes[j].Total })
	room := max(1, height-len(lines)-len(sizeEnds)-4)
	var bars []widget.Amount
	for i, c := range classes {
		if i == room-1 && len(classes) > room {
			bars = append(bars, widget.Amount{Label: th.Signs.More})
			break
		}
		bars = append(bars, widget.Amount{Label: clean.Line(c.Name), Value: c.Total, Shown: t.Count(int64(c.Total))})
	}
	lines = append(lines, widget.Bars(th, bars, measure)...)
	lines = append(lines, "", th.Strong.Render(words.Sizes)+"  "+th.Dim.Render(words.SizesWhy))
	if b.sizes == nil {
		return lines
	}
	bars = nil
	from := 0
	for i, n := range b.sizes {
		to := "640"
		if i < len(sizeEnds) {
			to = strconv.Itoa(sizeEnds[i])
		}
		bars = append(bars, widget.Amount{Label: t.Fill(words.Pixels, map[string]string{"from": strconv.Itoa(from), "to": to}), Value: n, Shown: t.Count(int64(n))})
		if i < len(sizeEnds) {
			from = sizeEnds[i]
		}
	}
	return append(lines, widget.Bars(th, bars, measure)...)
}
