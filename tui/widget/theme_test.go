package widget_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"gpuwizard/tui/widget"
)

// What is to be read stands out from its ground, with all colours and with 256:
// by 4.5 to 1, as the guidelines for web content want it (WCAG 2.1, 1.4.3).
func TestColoursAreLegible(t *testing.T) {
	const enough = 4.5
	for _, light := range []bool{false, true} {
		for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256} {
			th := widget.NewTheme(widget.ThemeOptions{Profile: &profile, Light: light})
			ground := [3]uint8{0x1E, 0x1E, 0x1E} // few dark ones are lighter
			if light {
				ground = [3]uint8{0xFA, 0xFA, 0xFA}
			}
			for name, style := range map[string]lipgloss.Style{
				"dim": th.Dim, "accent": th.Accent, "good": th.Good, "warn": th.Warn, "bad": th.Bad, "chip": th.Chip, "mark": th.Mark,
			} {
				drawn := style.Render("x")
				text, ok := colourIn(drawn, "38")
				if !ok {
					t.Fatalf("%s has no colour: %q", name, drawn)
				}
				behind, own := colourIn(drawn, "48")
				if !own {
					behind = ground
				}
				if c := contrast(text, behind); c < enough {
					t.Errorf("light %v, %s: %s stands out by %.1f to 1", light, profile.Name(), name, c)
				}
			}
		}
	}
}

var colourCode = regexp.MustCompile(`[\[;]([34]8);(?:5;(\d+)|2;(\d+);(\d+);(\d+))`)

// colourIn is the colour of the text (38) or of its ground (48).
func colourIn(drawn, which string) (c [3]uint8, ok bool) {
	for _, m := range colourCode.FindAllStringSubmatch(drawn, -1) {
		if m[1] != which {
			continue
		}
		if n, err := strconv.Atoi(m[2]); err == nil {
			_, err = fmt.Sscanf(termenv.ANSI256Color(n).String(), "#%02x%02x%02x", &c[0], &c[1], &c[2])
			return c, err == nil
		}
		for i := range c {
			n, _ := strconv.Atoi(m[3+i])
			c[i] = uint8(n)
		}
		return c, true
	}
	return c, false
}

// contrast is how many times lighter one of two colours is than the other.
func contrast(a, b [3]uint8) float64 {
	light := func(c [3]uint8) float64 {
		sum := 0.0
		for i, share := range [3]float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += share * v
		}
		return sum
	}
	x, y := light(a)+0.05, light(b)+0.05
	return max(x/y, y/x)
}
