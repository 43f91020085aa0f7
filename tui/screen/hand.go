package screen

import (
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// What a screen reports of a step that is done by hand.
type (
	// ByHand asks how the step is done by hand; see OpenHand.
	ByHand struct {
		Step  journey.Step
		Where wizard.Hand
	}
	// Look asks to look whether what was done by hand holds.
	Look struct {
		Step  journey.Step
		Where wizard.Hand
	}
	// Hinted says that a hint was given, the how manyth of the step.
	Hinted struct {
		Step   journey.Step
		Number int
	}
)

// hand is a step that the person does by hand: what to type, and what came of
// the looks at it.
type hand struct {
	where    wizard.Hand
	guide    []note
	failures int
	differs  string // what the last look came to; "" before the first
	seen     []note // by the last look
	hints    int    // given
	menu     widget.Menu
	top      int // the first line shown
	// place is being typed into input, if that is not nil.
	place *string
	input *widget.Input
}

// The buttons of a step done by hand.
const (
	handLook   = "look"
	handHint   = "hint"
	handThere  = "there"
	handFolder = "folder"
	handCode   = "code"
)

// OpenHand shows how the step is done by hand, as the project's HandGuide tells
// it.
func (s *Screen) OpenHand(where wizard.Hand, guide []wizard.Event) {
	if s.mode == working {
		return
	}
	h := s.hand
	if h == nil {
		h = &hand{}
	}
	s.mode, s.hand, s.showLog = byHand, h, false
	h.where, h.top, h.guide = where, 0, nil
	for _, e := range guide {
		switch e.Kind {
		case wizard.KindNote:
			h.guide = append(h.guide, note{code: e.Code, text: s.Text.Note(e.Code, e.Args)})
		case wizard.KindCommand:
			h.guide = append(h.guide, note{text: clean.Line(e.Line), command: true})
		case wizard.KindContent:
			h.guide = append(h.guide, note{text: clean.Line(e.Line), content: true})
		}
	}
	s.handMenu(handLook)
}

// handMenu makes the menu anew, with the focus on a button.
func (s *Screen) handMenu(focus string) {
	h, words := s.hand, s.Text.Hand()
	add := func(value, label, place string) {
		if place != "" {
			label += "  " + s.fill(words.Place, "place", clean.Line(place))
		}
		h.menu.Buttons = append(h.menu.Buttons, widget.Button{Value: value, Label: label})
	}
	h.menu = widget.Menu{}
	add(handLook, words.LookAgain, "")
	if h.hints < len(s.Text.StepHints(s.Step)) {
		add(handHint, words.Hint, "")
	}
	if s.Step == journey.Convert || s.Step == journey.Classes {
		label := words.There
		if h.where.There {
			label = words.Here
		}
		add(handThere, label, "")
	}
	folder := map[journey.Step]string{journey.Convert: words.Folder, journey.Upload: words.Folder, journey.Train: words.Run, journey.Download: words.Model}
	if label := folder[s.Step]; label != "" {
		add(handFolder, label, h.where.Folder)
	}
	if s.Step == journey.Classes || s.Step == journey.Upload || s.Step == journey.Train {
		add(handCode, words.Code, h.where.Code)
	}
	h.menu.Focus(focus)
}

// fill fills a sentence with pairs of names and values.
func (s *Screen) fill(form string, details ...string) string {
	return s.Text.FillWith(form, details...)
}

// endHand shows what came of a look.
func (s *Screen) endHand(differs string) {
	h := s.hand
	s.mode = byHand
	h.failures++
	h.differs, h.seen, h.top = differs, s.notes, 0
	s.notes = nil
	s.handMenu(handLook)
}

func (s *Screen) handKey(msg tea.KeyMsg) any {
	h := s.hand
	if h.input != nil {
		return s.handTyped(msg)
	}
	switch {
	case key.Matches(msg, s.Keys.Close):
		s.hand = nil
		s.enter(s.status)
		return nil
	case key.Matches(msg, s.Keys.PageUp):
		h.top -= s.handPage()
		return nil
	case key.Matches(msg, s.Keys.PageDown):
		h.top += s.handPage()
		return nil
	case key.Matches(msg, s.Keys.Copy):
		var lines []string
		for _, n := range h.guide {
			if n.command || n.content {
				lines = append(lines, n.text)
			}
		}
		return Copy{lines}
	case key.Matches(msg, s.Keys.Hint):
		return s.handHint()
	}
	value, chosen := h.menu.Update(msg)
	if !chosen {
		return nil
	}
	switch value {
	case handHint:
		return s.handHint()
	case handThere:
		where := h.where
		where.There = !where.There
		return ByHand{s.Step, where}
	case handFolder:
		h.typeInto(s.Theme, &h.where.Folder)
		return nil
	case handCode:
		h.typeInto(s.Theme, &h.where.Code)
		return nil
	}
	return Look{s.Step, h.where}
}

func (h *hand) typeInto(th *widget.Theme, place *string) {
	h.place, h.input = place, widget.NewInput(th, *place, false)
}

// handTyped types where something lies.
func (s *Screen) handTyped(msg tea.KeyMsg) any {
	h := s.hand
	switch msg.Type {
	case tea.KeyEsc:
		h.input = nil
	case tea.KeyEnter:
		*h.place = h.input.Value()
		h.input = nil
		return ByHand{s.Step, h.where}
	default:
		h.input.Update(msg)
	}
	return nil
}

// handHint gives the next hint.
func (s *Screen) handHint() any {
	h := s.hand
	if h.hints == len(s.Text.StepHints(s.Step)) {
		return Say{s.Text.Hand().NoHint}
	}
	h.hints++
	h.top = 0
	s.handMenu(handLook)
	return Hinted{s.Step, h.hints}
}

// handPage is how far the page keys scroll.
func (s *Screen) handPage() int { return max(1, s.height-len(s.hand.menu.Buttons)-5) }

func (s *Screen) viewHand(width, height int) []string {
	h, th := s.hand, s.Theme
	menu := h.menu.View(th, width)
	if h.input != nil {
		prompt := s.Text.Hand().Folder
		for _, b := range h.menu.Buttons {
			if b.Value == handCode && h.place == &h.where.Code || b.Value == handFolder && h.place == &h.where.Folder {
				prompt = b.Label
			}
		}
		menu = []string{th.Dim.Render(widget.Cut(prompt, width, th.Signs.More)), th.Accent.Render(th.Signs.Point+" ") + h.input.View(width-2)}
	}
	lines := widget.Scroll(th, s.handLines(width), &h.top, height-len(menu)-1)
	return append(append(lines, ""), menu...)
}

// handLines are the last look and the hints, then what to do.
func (s *Screen) handLines(width int) []string {
	h, th, words := s.hand, s.Theme, s.Text.Hand()
	var lines []string
	title := func(said string) {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, th.Accent.Render(said))
	}
	if h.differs != "" {
		title(words.Differs)
		for _, n := range h.seen {
			lines = append(lines, s.noteLine(n, width)...)
		}
		for _, line := range widget.Wrap(h.differs, width) {
			lines = append(lines, th.Bad.Render(line))
		}
	}
	hints := s.Text.StepHints(s.Step)
	if h.hints > 0 && len(lines) > 0 {
		lines = append(lines, "")
	}
	for i := range h.hints {
		said := s.fill(words.HintOf, "number", strconv.Itoa(i+1), "total", strconv.Itoa(len(hints)), "hint", hints[i])
		lines = append(lines, widget.Indent(th.Warn.Render("? "), widget.Wrap(said, width-2))...)
	}
	if h.failures > 0 && h.failures%wizard.HintEvery == 0 && h.hints < len(hints) {
		lines = append(lines, th.Warn.Render("! "+words.HintThere))
	}
	title(words.DoThis)
	for _, n := range h.guide {
		if n.command || n.content {
			// These are to be typed: nothing of them is cut off.
			lead := map[bool]string{true: "  $ ", false: "    "}[n.command]
			for _, line := range widget.Indent(lead, widget.Wrap(n.text, width-4)) {
				lines = append(lines, th.Strong.Render(line))
			}
			continue
		}
		lines = append(lines, s.noteLine(n, width)...)
	}
	return lines
}

func (s *Screen) handHints() []key.Binding {
	k, words := s.Keys, s.Text.Keys()
	if s.hand.input != nil {
		return []key.Binding{keymap.As(k.Accept, words.Accept), keymap.As(k.Close, words.Cancel)}
	}
	return []key.Binding{k.Up, k.Accept, k.Hint, keymap.As(k.PageUp, words.Scroll), k.Copy, k.Close}
}
