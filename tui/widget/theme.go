// Package widget holds the pieces that screens are made of: theme, layout,
// step bar, form, log pane, progress bar, curve and dialog. A widget draws
// what it is given within the width and height it is given; it knows no step
// and reads no file.
package widget

import (
	"fmt"
	"image/color"
	"io"
	"strconv"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
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
	// Chip is a word on a coloured ground: where the person is. Mark is one
	// that must not be overlooked.
	Chip, Mark lipgloss.Style
	Match      lipgloss.Style // what was searched for

	Signs Signs
	// Chips says that Chip and Mark show; without colours a word needs
	// brackets.
	Chips bool
	// Colours is how many colours pictures may use.
	Colours Colours

	fade [2]color.RGBA // see Fade
}

// Signs are the characters that draw: all one cell wide.
type Signs struct {
	Done, Todo, Stale, Failed, Running string
	Point                              string // in front of the focused row
	Dot                                string // in front of a note
	Rule, Wall                         string
	Full, Rest                         string // of a progress bar; Full also of a bar chart
	Corners                            [4]string
	More                               string // text goes on beyond the edge
	Separator                          string
	On                                 string // a meter that runs
	Scroll                             string // of a scroll bar's handle
	Braille                            bool
}

var unicodeSigns = Signs{
	Done: "✓", Todo: "◦", Stale: "↻", Failed: "✗", Running: "▸",
	Point: "▸", Dot: "•", Rule: "─", Wall: "│", Full: "━", Rest: "─",
	Corners: [4]string{"╭", "╮", "╰", "╯"}, More: "…", Separator: "·", On: "●", Scroll: "┃", Braille: true,
}

var asciiSigns = Signs{
	Done: "+", Todo: ".", Stale: "~", Failed: "!", Running: ">",
	Point: ">", Dot: "-", Rule: "-", Wall: "|", Full: "=", Rest: ".",
	Corners: [4]string{"+", "+", "+", "+"}, More: ">", Separator: "|", On: "*", Scroll: "#",
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

// A paint is one meaning's colour: for terminals with all colours, with 256,
// and with 16 ("" leaves the terminal's own there).
type paint struct{ full, many, few string }

// palette is the program's colours on a dark ground and on a light one.
var palette = struct{ dim, line, accent, good, warn, bad, ink [2]paint }{
	dim:    [2]paint{{"#8A93A3", "245", ""}, {"#5E6673", "242", ""}},
	line:   [2]paint{{"#4A5363", "239", ""}, {"#C3C9D2", "250", ""}},
	accent: [2]paint{{"#5CC8D7", "80", "6"}, {"#00738C", "24", "4"}},
	good:   [2]paint{{"#7BC98A", "114", "2"}, {"#2B7A3B", "28", "2"}},
	warn:   [2]paint{{"#E5B567", "179", "3"}, {"#8A5200", "94", "5"}},
	bad:    [2]paint{{"#F0837A", "210", "1"}, {"#C02B2B", "160", "1"}},
	// On a coloured ground.
	ink: [2]paint{{"#10161B", "233", ""}, {"#FFFFFF", "231", ""}},
}

func (p paint) colour() lipgloss.CompleteColor {
	return lipgloss.CompleteColor{TrueColor: p.full, ANSI256: p.many, ANSI: p.few}
}

func (p paint) rgb() (c color.RGBA) {
	if _, err := fmt.Sscanf(p.full, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		panic(err) // the palette is written here
	}
	return c
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
	profile := r.ColorProfile()
	ground := 0
	if o.Light {
		ground = 1
	}
	few := profile == termenv.ANSI
	colour := func(p [2]paint) lipgloss.Style { return r.NewStyle().Foreground(p[ground].colour()) }
	// With 16 colours none is grey on every terminal: faint stands for it.
	quiet := func(p [2]paint) lipgloss.Style {
		if few {
			return r.NewStyle().Faint(true)
		}
		return colour(p)
	}
	chip := func(p [2]paint) lipgloss.Style {
		if few {
			return colour(p).Bold(true).Reverse(true)
		}
		return r.NewStyle().Bold(true).Foreground(palette.ink[ground].colour()).Background(p[ground].colour())
	}
	t := &Theme{
		Plain:   r.NewStyle(),
		Strong:  r.NewStyle().Bold(true),
		Dim:     quiet(palette.dim),
		Line:    quiet(palette.line),
		Accent:  colour(palette.accent).Bold(true),
		Cursor:  colour(palette.accent).Bold(true),
		Good:    colour(palette.good),
		Warn:    colour(palette.warn),
		Bad:     colour(palette.bad),
		Chip:    chip(palette.accent),
		Mark:    chip(palette.warn),
		Match:   r.NewStyle().Reverse(true),
		Signs:   unicodeSigns,
		Chips:   profile != termenv.Ascii,
		Colours: coloursOf(profile),
		fade:    [2]color.RGBA{palette.accent[ground].rgb(), palette.good[ground].rgb()},
	}
	if o.ASCII {
		t.Signs = asciiSigns
	}
	return t
}

// State returns the sign and the style of a step's state.
func (t *Theme) State(s journey.State) (sign string, style lipgloss.Style) {
	switch s {
	case journey.Done:
		return t.Signs.Done, t.Good
	case journey.Stale:
		return t.Signs.Stale, t.Warn
	case journey.Failed:
		return t.Signs.Failed, t.Bad
	case journey.Running:
		return t.Signs.Running, t.Accent
	}
	return t.Signs.Todo, t.Dim
}

// Fade draws a line in the program's colours, from one to the other, where the
// terminal has all colours.
func (t *Theme) Fade(line string) string {
	if t.Colours != TrueColours {
		return t.Accent.Render(line)
	}
	var b strings.Builder
	runes := []rune(line)
	from, to := t.fade[0], t.fade[1]
	for i, r := range runes {
		mix := func(a, b uint8) int { return int(a) + (int(b)-int(a))*i/max(len(runes)-1, 1) }
		colour := fmt.Sprintf("#%02x%02x%02x", mix(from.R, to.R), mix(from.G, to.G), mix(from.B, to.B))
		b.WriteString(t.Accent.Foreground(lipgloss.Color(colour)).Render(string(r)))
	}
	return b.String()
}

// Swatch is a sample of a colour, as a line is drawn in it.
func (t *Theme) Swatch(c color.RGBA) string {
	name := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	if t.Colours == Colours256 {
		name = strconv.Itoa(cube(c))
	}
	return t.Plain.Foreground(lipgloss.Color(name)).Render(t.Signs.Full)
}

// Severity returns the sign and the style of a finding.
func (t *Theme) Severity(s dataset.Severity) (sign string, style lipgloss.Style) {
	switch s {
	case dataset.Ruins:
		return t.Signs.Failed, t.Bad
	case dataset.Harms:
		return "!", t.Warn
	}
	return t.Signs.Dot, t.Dim
}

// Badge draws a word as a chip, two cells wider than the word.
func (t *Theme) Badge(style lipgloss.Style, word string) string {
	if t.Chips {
		return style.Render(" " + word + " ")
	}
	return "[" + word + "]"
}

// Tabs draws the names of pages side by side, the one that is open as a chip.
func (t *Theme) Tabs(names []string, open int) string {
	tabs := make([]string, len(names))
	for i, name := range names {
		if i == open {
			tabs[i] = t.Badge(t.Chip, name)
		} else {
			tabs[i] = " " + t.Dim.Render(name) + " "
		}
	}
	return strings.Join(tabs, " ")
}

// Row draws what can be chosen from a list, with its pointer in front.
func (t *Theme) Row(label string, focused bool) string {
	if focused {
		return t.Cursor.Render(t.Signs.Point) + " " + t.Cursor.Render(label)
	}
	return "  " + label
}

// Button draws a button, with its pointer in front.
func (t *Theme) Button(label string, focused bool) string {
	switch {
	case !focused:
		return "  " + t.Dim.Render("[") + " " + t.Plain.Render(label) + " " + t.Dim.Render("]")
	case t.Chips:
		return t.Cursor.Render(t.Signs.Point) + " " + t.Chip.Render("  "+label+"  ")
	}
	return t.Signs.Point + " [ " + label + " ]"
}
