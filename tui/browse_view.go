package tui

import (
	"image"
	"sort"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"

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

// viewBrowser draws the pictures page.
func (m *root) viewBrowser(width, height int) []string {
	b, t, th := m.browser, m.text, m.common.Theme
	words := t.Browse()
	var tabs []string
	for i, name := range []string{words.Findings, words.Pictures, words.Numbers} {
		if browsePage(i) == b.page {
			tabs = append(tabs, th.Badge(th.Chip, name))
		} else {
			tabs = append(tabs, " "+th.Dim.Render(name)+" ")
		}
	}
	progress := ""
	if p := b.view.Progress; p.Phase != dataset.Whole && p.Total > 0 {
		progress = t.Fill(words.ReadSoFar, map[string]string{"done": strconv.Itoa(p.Done), "total": strconv.Itoa(p.Total)})
	}
	lines := []string{widget.Spread(strings.Join(tabs, " "), th.Dim.Render(progress), width, th.Signs.More), ""}
	room := height - len(lines)
	switch b.page {
	case browseFindings:
		list := min(46, width*2/5)
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
		if !b.view.Final || b.view.Progress.Phase != dataset.Whole {
			return dimmed(th, words.NothingYet, width)
		}
		return dimmed(th, words.Nothing, width)
	}
	var rows []string
	at := 0
	severity := dataset.Severity("")
	for i, f := range b.view.Findings {
		sign, style := severityStyle(th, f.Severity)
		if f.Severity != severity {
			severity = f.Severity
			rows = append(rows, style.Render(t.Severity(severity)))
		}
		count := th.Dim.Render(t.Count(int64(len(f.Files))))
		name := widget.Spread(t.CheckName(string(f.Check)), count, width-4, th.Signs.More)
		lead := "  "
		if i == b.finding {
			lead, at = th.Cursor.Render(th.Signs.Point)+" ", len(rows)
			name = widget.Spread(th.Cursor.Render(t.CheckName(string(f.Check))), count, width-4, th.Signs.More)
		}
		rows = append(rows, lead+style.Render(sign)+" "+name)
	}
	args := wizard.FindingArgs(b.view.Findings[b.finding])
	args["files"], args["severity"] = "", ""
	detail := widget.Wrap(t.Finding(args), width)
	if mend := t.Mend(b.view.Findings[b.finding].Mend); mend != "" {
		detail = append(detail, dimmed(th, mend, width)...)
	}
	detail = detail[:min(len(detail), max(2, height/2))]
	list := height - len(detail) - 1
	lines := widget.Clip(widget.Window(rows, at, list), min(list, len(rows)))
	return append(append(lines, ""), detail...)
}

func severityStyle(th *widget.Theme, s dataset.Severity) (string, lipgloss.Style) {
	switch s {
	case dataset.Ruins:
		return th.Signs.Failed, th.Bad
	case dataset.Harms:
		return "!", th.Warn
	}
	return th.Signs.Dot, th.Dim
}

// pictureLines draw the picture at hand with what it is.
func (m *root) pictureLines(width, height int, form string, at, of int) []string {
	b, t, th := m.browser, m.text, m.common.Theme
	words := t.Browse()
	if of == 0 {
		return nil
	}
	place := t.Fill(form, map[string]string{"file": strconv.Itoa(at + 1), "of": strconv.Itoa(of)})
	name := clean.Line(b.asked)
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
	caption = append(caption, th.Dim.Render(widget.Cut(facts, width, th.Signs.More)))
	return append(caption, m.drawPicture(width, height-len(caption))...)
}

// drawPicture draws the picture at hand, anew only if something changed.
func (m *root) drawPicture(cols, lines int) []string {
	b, th := m.browser, m.common.Theme
	p := b.shown
	crop := p.window(b.zoom)
	want := drawing{p.file, b.zoom, cols, lines, p.img, th.Colours, crop, nil}
	if want.same(b.drawn) {
		return b.drawn.rows
	}
	drawn := widget.Picture(p.img.SubImage(crop), cols, lines, th.Colours)
	rows := strings.Split(strings.TrimRight(drawn, "\n"), "\n")
	if th.Colours == widget.NoColours {
		rows = outline(rows, p, crop)
	}
	want.rows = rows
	b.drawn = want
	return rows
}

// window is the part of a picture that a zoom shows: around its first box.
func (p picture) window(zoom int) image.Rectangle {
	all := p.img.Bounds()
	if zoom == 0 {
		return all
	}
	x, y := 0.5, 0.5
	if len(p.boxes) > 0 {
		x, y = (p.boxes[0].x0+p.boxes[0].x1)/2, (p.boxes[0].y0+p.boxes[0].y1)/2
	}
	w, h := all.Dx()>>zoom, all.Dy()>>zoom
	left := min(max(all.Min.X, all.Min.X+int(x*float64(all.Dx()))-w/2), all.Max.X-w)
	top := min(max(all.Min.Y, all.Min.Y+int(y*float64(all.Dy()))-h/2), all.Max.Y-h)
	return image.Rect(left, top, left+max(1, w), top+max(1, h))
}

// outline writes the boxes into a picture of letters, where colours cannot
// show them.
func outline(rows []string, p picture, crop image.Rectangle) []string {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return rows
	}
	grid := make([][]byte, len(rows))
	for i, row := range rows {
		grid[i] = []byte(row)
	}
	all := p.img.Bounds()
	cell := func(share float64, from, size, cropFrom, cropSize, cells int) int {
		pixel := float64(from) + share*float64(size) - float64(cropFrom)
		return int(pixel / float64(cropSize) * float64(cells))
	}
	for _, box := range p.boxes {
		x0, x1 := cell(box.x0, all.Min.X, all.Dx(), crop.Min.X, crop.Dx(), len(rows[0])), cell(box.x1, all.Min.X, all.Dx(), crop.Min.X, crop.Dx(), len(rows[0]))
		y0, y1 := cell(box.y0, all.Min.Y, all.Dy(), crop.Min.Y, crop.Dy(), len(rows)), cell(box.y1, all.Min.Y, all.Dy(), crop.Min.Y, crop.Dy(), len(rows))
		x1, y1 = max(x0, x1-1), max(y0, y1-1)
		set := func(x, y int, c byte) {
			if y >= 0 && y < len(grid) && x >= 0 && x < len(grid[y]) {
				grid[y][x] = c
			}
		}
		for x := x0; x <= x1; x++ {
			set(x, y0, '-')
			set(x, y1, '-')
		}
		for y := y0; y <= y1; y++ {
			c := byte('|')
			if y == y0 || y == y1 {
				c = '+'
			}
			set(x0, y, c)
			set(x1, y, c)
		}
	}
	for i := range grid {
		rows[i] = string(grid[i])
	}
	return rows
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
