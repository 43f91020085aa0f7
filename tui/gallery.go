package tui

import (
	"image"
	"path"
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
	pictures "gpuwizard/core/dataset/picture"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// gallery shows the pictures that came with the model: what it found, and what
// YOLOv5 drew of the training.
type gallery struct {
	pictures []galleryPicture
	at       int
	zoom     int    // 0 is the whole picture, then twice as near each
	x, y     int    // the part that is shown of a picture that was zoomed into, in its own sizes
	asked    string // the file whose picture is on its way
	shown    galleryMsg
	drawn    drawing
}

type galleryPicture struct {
	path       string // as the record has it
	prediction bool
}

// galleryMsg is a picture that was opened.
type galleryMsg struct {
	file string
	img  *image.RGBA
	err  error
}

// galleryOf lists the pictures of a download, or is empty.
func galleryOf(e *journey.Evidence) (list []galleryPicture) {
	predictions, plots := wizard.PicturesOf(e)
	add := func(files []instance.FileFact, prediction bool) {
		for _, f := range files {
			list = append(list, galleryPicture{f.Path, prediction})
		}
	}
	add(predictions, true)
	add(plots, false)
	return list
}

// hangs reports whether there are pictures of the outcome to look at.
func (m *root) hangs() bool {
	return m.project != nil && m.at == journey.Download && len(galleryOf(m.journey.Of(journey.Download).Evidence)) > 0
}

func (m *root) openGallery() tea.Cmd {
	m.gallery = &gallery{pictures: galleryOf(m.journey.Of(journey.Download).Evidence)}
	return m.openPicture()
}

// openPicture asks for the picture at hand.
func (m *root) openPicture() tea.Cmd {
	g := m.gallery
	file := g.pictures[g.at].path
	if file == g.asked {
		return nil
	}
	g.asked, g.zoom, g.x, g.y = file, 0, 0, 0
	name := journey.PathIn(m.common.Folder, file)
	return m.guard(func() tea.Msg {
		img, err := pictures.Open(name)
		if err != nil {
			return galleryMsg{file: file, err: err}
		}
		return galleryMsg{file: file, img: pictures.Shrunk(img, 2*previewSide)}
	})
}

func (m *root) galleryKey(msg tea.KeyMsg) tea.Cmd {
	g, k := m.gallery, m.common.Keys
	step := func(by int) {
		g.at = max(0, min(g.at+by, len(g.pictures)-1))
	}
	switch {
	case key.Matches(msg, k.Close, k.Data):
		m.gallery = nil
		return nil
	case key.Matches(msg, k.ZoomIn):
		if g.zoom < maxZoom {
			g.zoom, g.x, g.y = g.zoom+1, 2*g.x, 2*g.y
		}
	case key.Matches(msg, k.ZoomOut):
		if g.zoom > 0 {
			g.zoom, g.x, g.y = g.zoom-1, g.x/2, g.y/2
		}
	case g.zoom > 0 && msg.Type == tea.KeyLeft:
		g.x--
	case g.zoom > 0 && msg.Type == tea.KeyRight:
		g.x++
	case g.zoom > 0 && msg.Type == tea.KeyUp:
		g.y--
	case g.zoom > 0 && msg.Type == tea.KeyDown:
		g.y++
	case key.Matches(msg, k.NextPicture, k.Down):
		step(1)
	case key.Matches(msg, k.PrevPicture, k.Up):
		step(-1)
	case key.Matches(msg, k.PageDown):
		step(10)
	case key.Matches(msg, k.PageUp):
		step(-10)
	}
	last := 2<<g.zoom - 2
	g.x, g.y = max(0, min(g.x, last)), max(0, min(g.y, last))
	return m.openPicture()
}

// window is the part of the picture that is shown: it moves by half of itself.
func (g *gallery) window() image.Rectangle {
	all := g.shown.img.Bounds()
	w, h := max(1, all.Dx()>>g.zoom), max(1, all.Dy()>>g.zoom)
	x, y := min(all.Min.X+g.x*w/2, all.Max.X-w), min(all.Min.Y+g.y*h/2, all.Max.Y-h)
	return image.Rect(x, y, x+w, y+h)
}

func (m *root) viewGallery(width, height int) []string {
	g, t, th := m.gallery, m.text, m.common.Theme
	words := t.Browse()
	at := g.pictures[g.at]
	place := t.Fill(words.ItemOf, map[string]string{"file": strconv.Itoa(g.at + 1), "of": strconv.Itoa(len(g.pictures))})
	if g.zoom > 0 {
		place += "   " + strconv.Itoa(1<<g.zoom) + ":1"
	}
	name := clean.Line(path.Base(at.path))
	lines := []string{widget.Spread(th.Strong.Render(name), th.Dim.Render(place), width, th.Signs.More)}
	about := t.Plot(name)
	if at.prediction {
		about = t.Gallery().Prediction
		if m.journey.Of(journey.Download).Evidence.Fact("rehearsal") == "true" {
			about = t.Gallery().Rehearsed
		}
	}
	lines = append(lines, dimmed(th, about, width)...)
	switch {
	case g.shown.file != at.path:
		return append(lines, dimmed(th, words.Opening, width)...)
	case g.shown.img == nil:
		return append(lines, dimmed(th, t.Fill(words.NoPicture, map[string]string{"detail": g.shown.err.Error()}), width)...)
	}
	drawn := g.drawn.draw(drawing{at.path, g.zoom, width, height - len(lines), g.shown.img, th.Colours, g.window(), nil}, func() []widget.Box { return nil })
	return widget.Clip(append(lines, drawn...), height)
}

func (m *root) galleryHints() []key.Binding {
	k, words := m.common.Keys, m.text.Keys()
	if m.gallery.zoom > 0 {
		// The arrows move within the picture.
		return []key.Binding{
			k.Close, keymap.As(k.Up, words.Scroll), keymap.As(k.NextPicture, words.Sideways), k.ZoomIn,
			key.NewBinding(key.WithHelp("n b", words.Picture)),
		}
	}
	return []key.Binding{k.Close, k.NextPicture, k.ZoomIn}
}
