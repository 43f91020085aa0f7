package widget

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/lucasb-eyer/go-colorful"
	"github.com/muesli/termenv"
	"golang.org/x/image/draw"

	"gpuwizard/core/dataset/picture"
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

// A Box marks a part of a picture, in shares of its width and height; what lies
// outside of the picture is not drawn.
type Box = picture.Frame

// BoxColour is the colour that boxes of a kind are drawn in.
func BoxColour(kind int) color.RGBA { return picture.Colour(kind) }

// Picture draws an image with boxes into at most columns by rows cells. A cell
// shows two pixels, one above the other, in the two halves of a block
// character; without colours, one shade of grey.
func Picture(img image.Image, columns, rows int, colours Colours, boxes ...Box) string {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 || columns <= 0 || rows <= 0 {
		return ""
	}
	// A cell is about twice as high as it is wide, so a half of it is square.
	width := min(columns, max(1, size.X*2*rows/size.Y))
	height := min(max(1, size.Y*width/size.X), 2*rows)
	small := image.NewRGBA(image.Rect(0, 0, width, height+height%2))
	draw.ApproxBiLinear.Scale(small, image.Rect(0, 0, width, height), img, img.Bounds(), draw.Src, nil)
	if colours == NoColours {
		return shades(small, boxes)
	}
	// The boxes are drawn last, so that all their lines are there, at one pixel.
	for _, box := range boxes {
		colour := BoxColour(box.Kind)
		edges(box, width, height, func(x, y int, _ byte) { small.SetRGBA(x, y, colour) })
	}
	var b strings.Builder
	known := palette256{}
	for y := 0; y < height; y += 2 {
		last := ""
		for x := range width {
			if s := sequence(small.RGBAAt(x, y), small.RGBAAt(x, y+1), colours, known); s != last {
				b.WriteString(s)
				last = s
			}
			b.WriteString("▀")
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String()
}

// shades draws an image in characters, light ones where it is dark.
func shades(img *image.RGBA, boxes []Box) string {
	const fromDark = " .:-=+*#%@"
	width, height := img.Rect.Dx(), img.Rect.Dy()/2
	grid := make([][]byte, height)
	for y := range grid {
		grid[y] = make([]byte, width)
		for x := range grid[y] {
			top, bottom := img.RGBAAt(x, 2*y), img.RGBAAt(x, 2*y+1)
			if bottom.A == 0 {
				bottom = top
			}
			grey := (luminance(top) + luminance(bottom)) / 2
			grid[y][x] = fromDark[grey*(len(fromDark)-1)/255]
		}
	}
	for _, box := range boxes {
		edges(box, width, height, func(x, y int, sign byte) { grid[y][x] = sign })
	}
	return string(bytes.Join(grid, []byte("\n"))) + "\n"
}

// edges sets the cells of a grid that the edges of a box lie in.
func edges(box Box, width, height int, set func(x, y int, sign byte)) {
	span := func(from, to float64, cells int) (int, int) {
		first := int(math.Floor(from * float64(cells)))
		return first, max(first, int(math.Ceil(to*float64(cells)))-1)
	}
	x0, x1 := span(box.X0, box.X1, width)
	y0, y1 := span(box.Y0, box.Y1, height)
	for y := max(y0, 0); y <= min(y1, height-1); y++ {
		for x := max(x0, 0); x <= min(x1, width-1); x++ {
			side, end := x == x0 || x == x1, y == y0 || y == y1
			switch {
			case side && end:
				set(x, y, '+')
			case side:
				set(x, y, '|')
			case end:
				set(x, y, '-')
			}
		}
	}
}

func luminance(c color.RGBA) int { return (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000 }

// sequence sets the colours of a cell's two halves. Below the last row of a
// picture the ground is that of the terminal.
func sequence(top, bottom color.RGBA, colours Colours, known palette256) string {
	var upper, lower string
	switch colours {
	case TrueColours:
		upper, lower = fmt.Sprintf("38;2;%d;%d;%d", top.R, top.G, top.B), fmt.Sprintf("48;2;%d;%d;%d", bottom.R, bottom.G, bottom.B)
	case Colours256:
		upper, lower = fmt.Sprintf("38;5;%d", known.of(top)), fmt.Sprintf("48;5;%d", known.of(bottom))
	default:
		fg, bg := sixteen(top), sixteen(bottom)
		upper, lower = strconv.Itoa(30+fg%8+60*(fg/8)), strconv.Itoa(40+bg%8+60*(bg/8))
	}
	if bottom.A == 0 {
		lower = "49"
	}
	return "\x1b[" + upper + ";" + lower + "m"
}

// shade are the levels of each colour in the cube of terminals with 256.
var shade = [6]uint8{0, 95, 135, 175, 215, 255}

// xterm are the colours of those terminals from 16 on: a cube of 6 by 6 by 6,
// and greys.
var xterm = func() (all [240]colorful.Color) {
	for i := range 216 {
		all[i] = seen(shade[i/36], shade[i/6%6], shade[i%6])
	}
	for i := range 24 {
		grey := uint8(8 + 10*i)
		all[216+i] = seen(grey, grey, grey)
	}
	return all
}()

func seen(r, g, b uint8) colorful.Color {
	return colorful.Color{R: float64(r) / 255, G: float64(g) / 255, B: float64(b) / 255}
}

// A palette256 keeps what cube has found: a picture has few colours that differ
// by more than anybody sees.
type palette256 map[color.RGBA]int

func (p palette256) of(c color.RGBA) int {
	c.R, c.G, c.B = c.R|3, c.G|3, c.B|3
	n, ok := p[c]
	if !ok {
		n = cube(c)
		p[c] = n
	}
	return n
}

// cube is the one of those colours that looks the most like another: of the
// corners of the cube around it, and of the greys. By the numbers alone earth
// would be drawn grey, and a grey sky in purple.
func cube(c color.RGBA) int {
	below := func(v uint8) int {
		at := len(shade) - 2
		for shade[at] > v {
			at--
		}
		return at
	}
	is := seen(c.R, c.G, c.B)
	nearest, best := 0, math.Inf(1)
	try := func(n int) {
		if away := is.DistanceCIEDE2000(xterm[n]); away < best {
			nearest, best = n, away
		}
	}
	corner := 36*below(c.R) + 6*below(c.G) + below(c.B)
	for i := range 8 {
		try(corner + 36*(i>>2) + 6*(i>>1&1) + i&1)
	}
	grey := 216 + min(22, max(0, luminance(c)-8)/10)
	try(grey)
	try(grey + 1)
	return 16 + nearest
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
