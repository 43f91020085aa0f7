// Package widget holds the pieces that screens are made of: theme, layout,
// step bar, form, log pane, progress bar, curve and dialog. A widget draws
// what it is given within the width and height it is given; it knows no step
// and reads no file.
package widget

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"gpuwizard/core/wizard"
)

// A Theme is the visual language of the program: styles by what they mean and
// the signs that go with them. Nothing is told by colour alone.
type Theme struct {
	Plain  lipgloss.Style // ordinary text
	Strong lipgloss.Style // what to read first
	Dim    lipgloss.Style // what may be skipped
	Line   lipgloss.Style // rules and borders
	Accent lipgloss.Style // where the person is
	Cursor lipgloss.Style // the row that keys act upon
	Good   lipgloss.Style
	Warn   lipgloss.Style
	Bad    lipgloss.Style
	Mark   lipgloss.Style // the rehearsal mark

	Signs Signs
}

// Signs are the characters that draw: all one cell wide.
type Signs struct {
	Done, Todo, Stale, Failed, Running string
	Point                              string // in front of the focused row
	Dot                                string // in front of a note
	Rule, Wall                         string
	Full, Rest                         string // of a progress bar
	Corners                            [4]string
	More                               string // text goes on beyond the edge
	Separator                          string
	Braille                            bool
}

var unicodeSigns = Signs{
	Done: "✓", Todo: "◦", Stale: "↻", Failed: "✗", Running: "▸",
	Point: "▸", Dot: "•", Rule: "─", Wall: "│", Full: "━", Rest: "─",
	Corners: [4]string{"╭", "╮", "╰", "╯"}, More: "…", Separator: "·", Braille: true,
}

var asciiSigns = Signs{
	Done: "+", Todo: ".", Stale: "~", Failed: "!", Running: ">",
	Point: ">", Dot: "-", Rule: "-", Wall: "|", Full: "=", Rest: ".",
	Corners: [4]string{"+", "+", "+", "+"}, More: ">", Separator: "|",
}

// ThemeOptions choose a theme.
type ThemeOptions struct {
	Out     io.Writer
	NoColor bool
	ASCII   bool // draw with ASCII characters alone
	Light   bool // the terminal's background is light
	// Profile, if set, is the number of colours instead of what Out is found
	// to have.
	Profile *termenv.Profile
}

// NewTheme returns the theme for a terminal.
func NewTheme(o ThemeOptions) *Theme {
	r := lipgloss.NewRenderer(o.Out)
	r.SetHasDarkBackground(!o.Light)
	switch {
	case o.NoColor:
		r.SetColorProfile(termenv.Ascii)
	case o.Profile != nil:
		r.SetColorProfile(*o.Profile)
	}
	colour := func(light, dark string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	t := &Theme{
		Plain:  r.NewStyle(),
		Strong: r.NewStyle().Bold(true),
		Dim:    colour("#6B7280", "#8A93A3"),
		Line:   colour("#C3C9D2", "#4A5363"),
		Accent: colour("#00738C", "#5CC8D7").Bold(true),
		Cursor: colour("#00738C", "#5CC8D7").Bold(true),
		Good:   colour("#2B7A3B", "#7BC98A"),
		Warn:   colour("#9A5B00", "#E5B567"),
		Bad:    colour("#C02B2B", "#F0837A"),
		Mark:   colour("#9A5B00", "#E5B567").Bold(true),
		Signs:  unicodeSigns,
	}
	if o.ASCII {
		t.Signs = asciiSigns
	}
	return t
}

// State returns the sign and the style of a step's state.
func (t *Theme) State(s wizard.State) (sign string, style lipgloss.Style) {
	switch s {
	case wizard.Done:
		return t.Signs.Done, t.Good
	case wizard.Stale:
		return t.Signs.Stale, t.Warn
	case wizard.Failed:
		return t.Signs.Failed, t.Bad
	case wizard.Running:
		return t.Signs.Running, t.Accent
	}
	return t.Signs.Todo, t.Dim
}
