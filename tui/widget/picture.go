package widget

import (
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"golang.org/x/image/draw"
)

// Colours is how many colours a picture may use.
type Colours int

// The kinds of terminals, poorest first.
const (
	NoColours Colours = iota // shades of ASCII characters
	Colours16
	Colours256
	TrueColours
)

// ColoursOf says what the output can show. NO_COLOR is honoured.
func ColoursOf(out io.Writer, terminal bool) Colours {
	if !terminal || os.Getenv("NO_COLOR") != "" {
		return NoColours
	}
	return coloursOf(lipgloss.NewRenderer(out).ColorProfile())
}

func coloursOf(profile termenv.Profile) Colours {
	switch profile {
	case termenv.TrueColor:
		return TrueColours
	case termenv.ANSI256:
		return Colours256
	case termenv.ANSI:
		return Colours16
	}
	return NoColours
}

// Picture draws an image into at most columns by rows cells. A cell shows two
// pixels, one above the other, in the two halves of a block character; without
// colours, one shade of grey.
func Picture(img image.Image, columns, rows int, colours Colours) string {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 || columns <= 0 || rows <= 0 {
		return ""
	}
	// A cell is about twice as high as it is wide, so a half of it is square.
	width := min(columns, max(1, size.X*2*rows/size.Y))
	height := max(1, size.Y*width/size.X)
	if height > 2*rows {
		height = 2 * rows
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height+height%2))
	draw.ApproxBiLinear.Scale(small, image.Rect(0, 0, width, height), img, img.Bounds(), draw.Src, nil)
	var b strings.Builder
	for y := 0; y < height; y += 2 {
		last := ""
		for x := range width {
			top, bottom := small.RGBAAt(x, y), small.RGBAAt(x, y+1)
			if colours == NoColours {
				b.WriteByte(shade(top, bottom))
				continue
			}
			if s := sequence(top, bottom, colours); s != last {
				b.WriteString(s)
				last = s
			}
			b.WriteString("▀")
		}
		if colours != NoColours {
			b.WriteString("\x1b[0m")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// shades from dark to light.
const shades = " .:-=+*#%@"

func shade(top, bottom color.RGBA) byte {
	grey := (luminance(top) + luminance(bottom)) / 2
	return shades[grey*(len(shades)-1)/255]
}

func luminance(c color.RGBA) int { return (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000 }

func sequence(top, bottom color.RGBA, colours Colours) string {
	switch colours {
	case TrueColours:
		return fmt.Sprintf("\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm", top.R, top.G, top.B, bottom.R, bottom.G, bottom.B)
	case Colours256:
		return fmt.Sprintf("\x1b[38;5;%d;48;5;%dm", cube(top), cube(bottom))
	}
	fg, bg := sixteen(top), sixteen(bottom)
	return fmt.Sprintf("\x1b[%d;%dm", 30+fg%8+60*(fg/8), 40+bg%8+60*(bg/8))
}

// cube is the nearest colour of xterm's 6 by 6 by 6 cube, or of its greys.
func cube(c color.RGBA) int {
	level := func(v uint8) int {
		if v < 48 {
			return 0
		}
		return min(5, (int(v)-35)/40)
	}
	r, g, b := level(c.R), level(c.G), level(c.B)
	if r == g && g == b {
		if grey := luminance(c); grey >= 8 && grey < 244 {
			return 232 + min(23, (grey-3)/10)
		}
	}
	return 16 + 36*r + 6*g + b
}

// sixteen is the nearest of the sixteen colours that every terminal has.
func sixteen(c color.RGBA) int {
	n := 0
	brightest := max(c.R, c.G, c.B)
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		if v > 64 && int(v) >= int(brightest)*2/3 {
			n |= 1 << i
		}
	}
	switch {
	case n == 0 && brightest > 48:
		return 8
	case n == 7 && brightest < 192:
		return 7
	case brightest > 160:
		return n + 8
	}
	return n
}
