// Command screenshot turns a captured terminal screen into an SVG picture. It
// reads text with colour sequences, as "tmux capture-pane -e -p" prints it:
//
//	tmux capture-pane -e -p -t wizard | go run ./cmd/screenshot >screen.svg
//
// Given files it draws them as one sheet, two in a row. The screens of the
// tests make those in testdata/screens:
//
//	go test ./tui -run TestGoldenScreens -update -frames DIR
//	go run ./cmd/screenshot <DIR/train-working-en-120x40.ansi >testdata/screens/train-en.svg
//	go run ./cmd/screenshot DIR/{welcome,region-table-told,browse-findings,check-findings,convert-stale,overview,host-changed,upload-working,train,train-working,train-log-search,train-hurdle,download-done,help-words}-en-80x24.ansi >testdata/screens/sheet-en.svg
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

func main() {
	err := error(nil)
	if files := os.Args[1:]; len(files) > 0 {
		err = sheet(files, os.Stdout)
	} else {
		err = draw(os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshot:", err)
		os.Exit(1)
	}
}

// A cell is as wide and high as this, in units of the picture.
const (
	cellWidth  = 9.0
	cellHeight = 19.0
	border     = 14.0
)

// style is how a piece of text looks.
type style struct {
	fg, bg                   string // colours, "" for the terminal's own
	bold, dim, under, invert bool
}

// piece is text of one style at one place.
type piece struct {
	style
	text   string
	column int
	width  int // cells
}

// screen is a captured screen as a picture.
type screen struct {
	rows          [][]piece
	width, height float64
}

func read(in io.Reader) (screen, error) {
	var sc screen
	columns := 80
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	var s style
	for lines.Scan() {
		var row []piece
		row, s = split(lines.Text(), s)
		sc.rows = append(sc.rows, row)
		for _, p := range row {
			columns = max(columns, p.column+p.width)
		}
	}
	sc.width, sc.height = float64(columns)*cellWidth+2*border, float64(len(sc.rows))*cellHeight+2*border
	return sc, lines.Err()
}

const font = `font-family="'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,'Noto Sans Mono CJK SC','Noto Sans CJK SC',monospace" font-size="15"`

// draw draws one screen as a picture of its own.
func draw(in io.Reader, out io.Writer) error {
	sc, err := read(in)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g" %s>`+"\n", sc.width, sc.height, sc.width, sc.height, font)
	sc.draw(w)
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

// sheet draws several screens, two in a row, as large as the largest of them.
func sheet(files []string, out io.Writer) error {
	const gap, perRow = 16.0, 2
	var screens []screen
	width, height := 0.0, 0.0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		sc, err := read(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		screens = append(screens, sc)
		width, height = max(width, sc.width), max(height, sc.height)
	}
	rows := (len(screens) + perRow - 1) / perRow
	allWidth, allHeight := perRow*(width+gap)-gap, float64(rows)*(height+gap)-gap
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g" %s>`+"\n", allWidth, allHeight, allWidth, allHeight, font)
	for i, sc := range screens {
		fmt.Fprintf(w, `<svg x="%g" y="%g" width="%g" height="%g">`+"\n", float64(i%perRow)*(width+gap), float64(i/perRow)*(height+gap), width, height)
		sc.draw(w)
		fmt.Fprintln(w, "</svg>")
	}
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

func (sc screen) draw(w io.Writer) {
	fmt.Fprintf(w, `<rect width="100%%" height="100%%" rx="10" fill="%s"/>`+"\n", background)
	for y, row := range sc.rows {
		for _, p := range row {
			p.draw(w, float64(y)*cellHeight+border)
		}
	}
}

const (
	background = "#16181d"
	foreground = "#d6d9df"
)

func (p piece) draw(w io.Writer, top float64) {
	fg, bg := p.fg, p.bg
	if fg == "" {
		fg = foreground
	}
	if p.invert {
		fg, bg = bg, fg
		if fg == "" {
			fg = background
		}
	}
	x, wide := float64(p.column)*cellWidth+border, float64(p.width)*cellWidth
	if bg != "" {
		fmt.Fprintf(w, `<rect x="%g" y="%g" width="%g" height="%g" fill="%s" shape-rendering="crispEdges"/>`+"\n", x, top, wide, cellHeight, bg)
	}
	if strings.TrimSpace(p.text) == "" {
		return
	}
	if p.lines(w, x, top, fg) {
		return
	}
	more := ""
	if p.bold {
		more += ` font-weight="bold"`
	}
	if p.dim {
		more += ` opacity="0.6"`
	}
	if p.under {
		more += ` text-decoration="underline"`
	}
	fmt.Fprintf(w, `<text x="%g" y="%g" fill="%s"%s xml:space="preserve" textLength="%g" lengthAdjust="spacingAndGlyphs">%s</text>`+"\n",
		x, top+14, fg, more, wide, html.EscapeString(p.text))
}

// lines draws the characters that lines and blocks are made of as shapes that
// meet those of the cells around: fonts leave gaps between rows.
func (p piece) lines(w io.Writer, x, top float64, fg string) bool {
	r := []rune(p.text)
	if braille(p.text) {
		p.dots(w, x, top, fg)
		return true
	}
	at, ok := strokes[r[0]]
	if !ok || strings.Trim(p.text, string(r[0])) != "" {
		return false
	}
	opacity := ""
	if p.dim {
		opacity = ` opacity="0.6"`
	}
	if at.block != 0 {
		height := cellHeight * at.block
		if at.low {
			top += cellHeight - height
		}
		fmt.Fprintf(w, `<rect x="%g" y="%g" width="%g" height="%g" fill="%s" shape-rendering="crispEdges"%s/>`+"\n", x, top, float64(len(r))*cellWidth, height, fg, opacity)
		return true
	}
	for i := range r {
		fmt.Fprintf(w, `<path d="%s" fill="none" stroke="%s" stroke-width="%g"%s/>`+"\n", at.path(x+float64(i)*cellWidth, top), fg, at.weight(), opacity)
	}
	return true
}

// braille reports whether a text is patterns of dots alone.
func braille(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < 0x2800 || r > 0x28ff })
}

// dots draws the patterns of dots that curves are made of.
func (p piece) dots(w io.Writer, x, top float64, fg string) {
	places := [8][2]float64{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}} // by the bits of a pattern
	var path strings.Builder
	for i, r := range []rune(p.text) {
		for bit, at := range places {
			if r&(1<<bit) != 0 {
				fmt.Fprintf(&path, "M%g %gh0", x+(float64(i)+0.25+at[0]/2)*cellWidth, top+(0.5+at[1])*cellHeight/4)
			}
		}
	}
	fmt.Fprintf(w, `<path d="%s" stroke="%s" stroke-width="2.6" stroke-linecap="round"/>`+"\n", path.String(), fg)
}

// A stroke is how a character reaches the edges of its cell, or how much of it
// is filled.
type stroke struct {
	up, right, down, left bool
	round, heavy          bool
	block                 float64
	low                   bool // filled from below
}

func (s stroke) weight() float64 {
	if s.heavy {
		return 3
	}
	return 1.2
}

func (s stroke) path(x, y float64) string {
	midX, midY := x+cellWidth/2, y+cellHeight/2
	if s.round {
		vertical, horizontal := y, x
		if s.down {
			vertical = y + cellHeight
		}
		if s.right {
			horizontal = x + cellWidth
		}
		return fmt.Sprintf("M%g %g Q%g %g %g %g", midX, vertical, midX, midY, horizontal, midY)
	}
	var b strings.Builder
	for _, arm := range []struct {
		there bool
		x, y  float64
	}{{s.up, midX, y}, {s.right, x + cellWidth, midY}, {s.down, midX, y + cellHeight}, {s.left, x, midY}} {
		if arm.there {
			fmt.Fprintf(&b, "M%g %g L%g %g ", midX, midY, arm.x, arm.y)
		}
	}
	return strings.TrimSpace(b.String())
}

var strokes = map[rune]stroke{
	'─': {right: true, left: true}, '│': {up: true, down: true},
	'━': {right: true, left: true, heavy: true}, '┃': {up: true, down: true, heavy: true},
	'╭': {right: true, down: true, round: true}, '╮': {left: true, down: true, round: true},
	'╰': {right: true, up: true, round: true}, '╯': {left: true, up: true, round: true},
	'├': {up: true, down: true, right: true}, '┤': {up: true, down: true, left: true},
	'┬': {right: true, left: true, down: true}, '┴': {right: true, left: true, up: true},
	'┼': {up: true, right: true, down: true, left: true},
	'╷': {down: true}, '╵': {up: true}, '╴': {left: true}, '╶': {right: true},
	'█': {block: 1}, '▀': {block: 0.5}, '▄': {block: 0.5, low: true},
}

// takes reports whether a character may join the piece: plain letters of one
// style, patterns of dots, or the same character once more. All others stand alone at their own
// place, since a font may lack them and take a wider one from another font.
func (p piece) takes(cluster string, s style) bool {
	if p.style != s {
		return false
	}
	plain := func(text string) bool { return text[len(text)-1] < 0x80 }
	return plain(p.text) && plain(cluster) || braille(p.text) && braille(cluster) || strings.Trim(p.text, cluster) == ""
}

// split parts a line into pieces.
func split(line string, s style) ([]piece, style) {
	var row []piece
	column := 0
	for line != "" {
		if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' && r <= '~' })
			if end < 0 {
				break
			}
			if rest[end] == 'm' {
				s = s.with(rest[:end])
			}
			line = rest[end+1:]
			continue
		}
		cluster, width := ansi.FirstGraphemeCluster(line, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		line = line[len(cluster):]
		if cluster[0] < ' ' {
			continue
		}
		if last := len(row) - 1; last >= 0 && row[last].takes(cluster, s) {
			row[last].text += cluster
			row[last].width += width
		} else {
			row = append(row, piece{style: s, text: cluster, column: column, width: width})
		}
		column += width
	}
	return row, s
}

// with takes in one sequence of SGR codes.
func (s style) with(codes string) style {
	list := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == ':' })
	if len(list) == 0 {
		return style{}
	}
	for i := 0; i < len(list); i++ {
		n, err := strconv.Atoi(list[i])
		switch {
		case err != nil:
		case n == 0:
			s = style{}
		case n == 1:
			s.bold = true
		case n == 2:
			s.dim = true
		case n == 4:
			s.under = true
		case n == 7:
			s.invert = true
		case n == 22:
			s.bold, s.dim = false, false
		case n == 24:
			s.under = false
		case n == 27:
			s.invert = false
		case n == 39:
			s.fg = ""
		case n == 49:
			s.bg = ""
		case n >= 30 && n <= 37:
			s.fg = palette(n - 30)
		case n >= 90 && n <= 97:
			s.fg = palette(n - 82)
		case n >= 40 && n <= 47:
			s.bg = palette(n - 40)
		case n >= 100 && n <= 107:
			s.bg = palette(n - 92)
		case n == 38 || n == 48:
			colour, used := extended(list[i+1:])
			i += used
			if n == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
		}
	}
	return s
}

// extended reads what follows 38 or 48: "5;N" or "2;R;G;B".
func extended(list []string) (colour string, used int) {
	number := func(i int) int {
		n, err := strconv.Atoi(list[i])
		if err != nil || n < 0 || n > 255 {
			return 0
		}
		return n
	}
	switch {
	case len(list) >= 2 && list[0] == "5":
		return palette(number(1)), 2
	case len(list) >= 4 && list[0] == "2":
		return fmt.Sprintf("#%02x%02x%02x", number(1), number(2), number(3)), 4
	}
	return "", len(list)
}

// palette is xterm's: 16 colours, a cube of 6 by 6 by 6, and 24 greys.
func palette(n int) string {
	basic := [16]string{
		"#2a2d34", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
		"#6b7280", "#ff7b86", "#b5e890", "#ffd98f", "#82c4ff", "#dc9bf0", "#7fdbe6", "#ffffff",
	}
	switch {
	case n < 16:
		return basic[n]
	case n < 232:
		n -= 16
		level := func(v int) int {
			if v == 0 {
				return 0
			}
			return 55 + 40*v
		}
		return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
	}
	grey := 8 + 10*(n-232)
	return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
}
