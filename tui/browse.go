package tui

import (
	"image"
	"math"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// browser looks through the labelled pictures, also while they are read: what
// was found, the pictures with their boxes, and the numbers.
type browser struct {
	survey *dataset.Survey
	view   dataset.View
	page   browsePage
	turned bool // the person chose the page

	finding, file int // of the findings
	item          int // of the pictures
	zoom          int // 0 is the whole picture, then twice as near each

	asked string // the file whose picture is on its way
	shown picture
	sizes *[len(sizeEnds) + 1]int // boxes by size; nil until counted

	drawn drawing
}

type browsePage int

const (
	browseFindings browsePage = iota
	browsePictures
	browseNumbers
	browsePages // how many there are
)

// picture is one picture with its boxes.
type picture struct {
	file  string
	item  dataset.Item
	boxes []widget.Box
	kinds []kind // of the boxes
	img   *image.RGBA
	err   error
}

// kind is a class of boxes in a picture, and how many of them there are.
type kind struct {
	number, boxes int
	name          string
}

// What the commands of the browser bring.
type (
	previewMsg picture
	sizesMsg   [len(sizeEnds) + 1]int
	surveyMsg  struct{ err error }
)

const (
	previewSide = 1024 // pixels that a picture is decoded to
	maxZoom     = 4
)

// sizeEnds are the ends of the classes of box sizes, in pixels of training.
var sizeEnds = [...]int{16, 32, 64, 128, 256}

// browse opens the pictures. Without a survey of a step that ran, the data are
// read for looking alone.
func (m *root) browse() tea.Cmd {
	b := &browser{survey: m.survey}
	if b.survey != nil {
		if v := b.survey.View(); len(v.Findings) == 0 && v.Pictures > 0 {
			b.page = browsePictures
		}
		m.browser = b
		return m.lookOn()
	}
	if !m.atRest() {
		m.flash = m.busyWith()
		return nil
	}
	if m.common.Plan.Data == "" {
		m.flash = m.text.Browse().NoData
		return nil
	}
	m.survey = m.project.Survey()
	b.survey, m.browser = m.survey, b
	survey := b.survey
	return tea.Batch(m.lookOn(), tick(), m.guard(func() tea.Msg {
		_, err := survey.Read(m.ctx)
		return surveyMsg{err}
	}))
}

// lookOn takes in what the survey knows by now, and asks for the picture that
// is to be shown.
func (m *root) lookOn() tea.Cmd {
	b := m.browser
	if b == nil {
		return nil
	}
	b.view = b.survey.View()
	if b.page == browseFindings && b.clean() && !b.turned {
		b.page = browsePictures
	}
	b.finding = max(0, min(b.finding, len(b.view.Findings)-1))
	b.item = max(0, min(b.item, b.view.Pictures-1))
	file := b.focused()
	if file == "" || file == b.asked || b.page == browseNumbers {
		return nil
	}
	b.asked, b.zoom = file, 0
	survey := b.survey
	return m.guard(func() tea.Msg {
		p := picture{file: file}
		it, ok := survey.Item(file)
		if !ok {
			return previewMsg(p)
		}
		p.item = it
		set := dataset.Set{Classes: survey.View().Classes}
		p.boxes = set.Frames(&it)
		p.kinds = kindsOf(p.boxes, set.Classes)
		p.img, p.err = survey.Photo(&it, previewSide)
		return previewMsg(p)
	})
}

// clean reports that all was read and nothing found.
func (b *browser) clean() bool {
	return b.view.Final && b.view.Progress.Phase == dataset.Whole && len(b.view.Findings) == 0
}

// kindsOf counts boxes by their class, in the order of the classes.
func kindsOf(boxes []widget.Box, classes []dataset.Class) []kind {
	counts := map[int]int{}
	for _, b := range boxes {
		counts[b.Kind]++
	}
	var kinds []kind
	for i, c := range classes {
		if counts[i] > 0 {
			kinds = append(kinds, kind{i, counts[i], clean.Line(c.Name)})
		}
	}
	return kinds
}

// focused is the file that is to be shown, or "".
func (b *browser) focused() string {
	switch b.page {
	case browseFindings:
		if files := b.files(); len(files) > 0 {
			b.file = max(0, min(b.file, len(files)-1))
			return files[b.file]
		}
	case browsePictures:
		if items := b.survey.Items(b.item, 1); len(items) > 0 {
			return items[0].Image
		}
	}
	return ""
}

func (b *browser) files() []string {
	if b.finding >= len(b.view.Findings) {
		return nil
	}
	return b.view.Findings[b.finding].Files
}

// place is the file that is shown, with the line that its finding names.
func (b *browser) place() string {
	if b.page == browseFindings && b.file < len(b.files()) && b.files()[b.file] == b.asked {
		return b.view.Findings[b.finding].Place(b.file)
	}
	return b.asked
}

func (m *root) browseKey(msg tea.KeyMsg) tea.Cmd {
	b, k := m.browser, m.common.Keys
	switch {
	case key.Matches(msg, k.Close, k.Data):
		m.browser = nil
		return nil
	case key.Matches(msg, k.Page):
		b.page, b.turned = (b.page+1)%browsePages, true
		if b.page == browseNumbers {
			return m.countSizes()
		}
	case key.Matches(msg, k.ZoomIn):
		b.zoom = min(b.zoom+1, maxZoom)
	case key.Matches(msg, k.ZoomOut):
		b.zoom = max(b.zoom-1, 0)
	case key.Matches(msg, k.Up):
		b.step(-1, 0)
	case key.Matches(msg, k.Down):
		b.step(1, 0)
	case key.Matches(msg, k.PrevPicture):
		b.step(0, -1)
	case key.Matches(msg, k.NextPicture):
		b.step(0, 1)
	case key.Matches(msg, k.PageUp):
		b.step(0, -10)
	case key.Matches(msg, k.PageDown):
		b.step(0, 10)
	}
	return m.lookOn()
}

// step moves by findings and by files; among the pictures both are pictures.
func (b *browser) step(findings, files int) {
	if b.page == browsePictures {
		b.item = max(0, min(b.item+findings+files, b.view.Pictures-1))
		return
	}
	if findings != 0 {
		b.finding, b.file = max(0, min(b.finding+findings, len(b.view.Findings)-1)), 0
		return
	}
	b.file = max(0, min(b.file+files, len(b.files())-1))
}

// countSizes counts the boxes by their size in training.
func (m *root) countSizes() tea.Cmd {
	survey := m.browser.survey
	return m.guard(func() tea.Msg {
		var counts sizesMsg
		const some = 1000
		for from := 0; ; from += some {
			items := survey.Items(from, some)
			for i := range items {
				count(&items[i], (*[len(sizeEnds) + 1]int)(&counts))
			}
			if len(items) < some || m.ctx.Err() != nil {
				return counts
			}
		}
	})
}

func count(it *dataset.Item, counts *[len(sizeEnds) + 1]int) {
	const side = 640
	scale := side / float64(max(it.LabelWidth, it.LabelHeight, 1))
	for _, box := range it.Boxes {
		pixels := math.Sqrt(max(0, box.XMax-box.XMin)*max(0, box.YMax-box.YMin)) * scale
		at := 0
		for at < len(sizeEnds) && pixels >= float64(sizeEnds[at]) {
			at++
		}
		counts[at]++
	}
}

// browsed takes in what a command of the browser brought.
func (m *root) browsed(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case previewMsg:
		if m.browser != nil && m.browser.asked == msg.file {
			m.browser.shown = picture(msg)
		}
	case sizesMsg:
		if m.browser != nil {
			m.browser.sizes = (*[len(sizeEnds) + 1]int)(&msg)
		}
	case surveyMsg:
		if msg.err != nil && m.ctx.Err() == nil {
			said := m.text.Problem(msg.err)
			m.flash, m.survey = said.What, nil
			if m.browser != nil && m.browser.view.Pictures == 0 {
				m.browser = nil
			}
		}
		return m.lookOn()
	}
	return nil
}

func (m *root) browseHints() []key.Binding {
	k, words, b := m.common.Keys, m.text.Keys(), m.browser
	hints := []key.Binding{k.Close, k.Page}
	if b.page == browseNumbers || b.page == browseFindings && len(b.view.Findings) == 0 {
		return hints
	}
	if b.page == browseFindings {
		hints = append(hints, keymap.As(k.Up, words.Finding))
	}
	return append(hints, k.NextPicture, k.ZoomIn)
}

// browsable reports whether there may be data to look at.
func (m *root) browsable() bool {
	return m.project != nil && (m.at == journey.Check || m.at == journey.Convert) && m.common.Plan.Data != ""
}
