package yolov5

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Parser reads the lines of a training log, in the formats of v5.0, v6.0 to
// v6.2, v7.0 and master. It keeps in mind which epoch is in hand, so one log
// needs one Parser. The zero Parser is ready.
type Parser struct {
	epoch   int // 1 + the epoch last seen; 0 before the first
	final   bool
	classes bool // rows of single classes may follow
}

// maxPiece bounds a line: longer ones are cut, none of YOLOv5's is that long.
const maxPiece = 64 << 10

// Parse returns what a line says, or false if it says nothing that matters
// here. The line may hold colours and control sequences. Of several updates in
// one line, parted by carriage returns, the last is taken; to follow a
// progress bar live, give each update on its own.
func (p *Parser) Parse(line string) (Event, bool) {
	line = lastUpdate(line)
	return p.event(stripControls(line[:min(len(line), maxPiece)]))
}

// event is Parse for a line without control characters.
func (p *Parser) event(line string) (Event, bool) {
	if e, ok := p.progress(line); ok {
		return e, true
	}
	if e, ok := p.validation(line); ok {
		return e, true
	}
	line = strings.TrimSpace(line)
	p.classes = p.classes && line == ""
	return p.sentence(line)
}

// lastUpdate returns the last part of line that is not empty.
func lastUpdate(line string) string {
	line = strings.TrimRight(line, "\r\n")
	if at := strings.LastIndexByte(line, '\r'); at >= 0 {
		return line[at+1:]
	}
	return line
}

var controlSequence = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\^_])?")

// stripControls removes ANSI sequences and control characters; tabs become
// spaces.
func stripControls(s string) string {
	if !controlled(s) {
		return s
	}
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = controlSequence.ReplaceAllString(s, "")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < 0x20 || r == 0x7f:
			return -1
		}
		return r
	}, s)
}

// controlled reports whether s holds a control character. It looks at eight
// bytes at once: for every line of a log, one by one takes long.
func controlled(s string) bool {
	const ones, tops = 0x0101_0101_0101_0101, 0x8080_8080_8080_8080
	for len(s) >= 8 {
		v := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		del := v ^ 0x7f*ones
		// The top bit of a byte is set where the byte is below 0x20, or is 0x7f.
		if ((v-0x20*ones)&^v|(del-ones)&^del)&tops != 0 {
			return true
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// progress reads "0/4 0G 0.1121 0.01456 0 44 96: 90%|███ | 9/10 00:07". v5.0
// has the total loss as one column more (train.py of each release).
func (p *Parser) progress(line string) (Event, bool) {
	// The first of these that fails ends it for nearly every other line.
	first, rest := nextField(line)
	slash := strings.IndexByte(first, '/')
	if slash < 1 || !isDigit(first[0]) {
		return nil, false
	}
	epoch, err1 := strconv.Atoi(first[:slash])
	last, err2 := strconv.Atoi(first[slash+1:])
	mem, rest := nextField(rest)
	colon := strings.IndexByte(rest, ':')
	if err1 != nil || err2 != nil || epoch < 0 || last < epoch || last >= maxEpochs || !strings.HasSuffix(mem, "G") || colon < 0 {
		return nil, false
	}
	var v [6]float64
	n := 0
	for columns := rest[:colon]; ; n++ {
		var word string
		if word, columns = nextField(columns); word == "" {
			break
		}
		if n == len(v) {
			return nil, false
		}
		var err error
		if v[n], err = strconv.ParseFloat(word, 64); err != nil {
			return nil, false
		}
	}
	if n == 6 {
		v[3], v[4] = v[4], v[5]
	} else if n != 5 {
		return nil, false
	}
	e := Progress{Epoch: epoch, Epochs: last + 1, Train: Losses{v[0], v[1], v[2]}}
	var err error
	if e.GPUMem, err = strconv.ParseFloat(mem[:len(mem)-1], 64); err != nil {
		return nil, false
	}
	var ok1, ok2, ok3 bool
	e.Instances, ok1 = wholeNumber(v[3])
	e.ImgSize, ok2 = wholeNumber(v[4])
	e.Batch, e.Batches, e.Elapsed, ok3 = bar(rest[colon+1:])
	if !ok1 || !ok2 || !ok3 {
		return nil, false
	}
	p.epoch, p.final, p.classes = epoch+1, false, false
	return e, true
}

// validation reads the header of the validation, which carries a progress bar,
// and the rows below it: a name and six figures.
func (p *Parser) validation(line string) (Event, bool) {
	first, rest := nextField(line)
	if first == "Class" {
		second, _ := nextField(rest)
		colon := strings.Index(line, "95:")
		if second != "Images" || colon < 0 {
			return nil, false
		}
		p.classes = false
		batch, batches, elapsed, ok := bar(line[colon+3:])
		return ValidationProgress{Epoch: p.epoch - 1, Batch: batch, Batches: batches, Elapsed: elapsed}, ok
	}
	if first != "all" && !p.classes {
		return nil, false
	}
	name, v, ok := trailingNumbers(line)
	if !ok || (first == "all") != (name == "all") {
		return nil, false
	}
	images, ok1 := wholeNumber(v[0])
	instances, ok2 := wholeNumber(v[1])
	if !ok1 || !ok2 {
		return nil, false
	}
	p.classes = true
	return Validation{
		Epoch: p.epoch - 1, Final: p.final, Class: name, Images: images, Instances: instances,
		Precision: v[2], Recall: v[3], MAP50: v[4], MAP: v[5],
	}, true
}

// trailingNumbers parts a row into its name and its six figures.
func trailingNumbers(line string) (name string, v [6]float64, ok bool) {
	rest := strings.TrimRight(line, " ")
	for i := len(v) - 1; i >= 0; i-- {
		at := strings.LastIndexByte(rest, ' ')
		if at < 0 {
			return "", v, false
		}
		var err error
		if v[i], err = strconv.ParseFloat(rest[at+1:], 64); err != nil {
			return "", v, false
		}
		rest = strings.TrimRight(rest[:at], " ")
	}
	name = strings.TrimSpace(rest)
	return name, v, name != ""
}

// bar reads the progress in "  90%|███ | 9/10 00:07", in tqdm's own
// "67%|██ | 2/3 [00:01<00:00, 1.11it/s]", or in master's
// " 50% ━━━━━━────── 5/10 3.2it/s 1.0s<2.0s". elapsed is -1 where the bar does
// not say how long it has been at work.
func bar(text string) (done, total int, elapsed time.Duration, ok bool) {
	percent := strings.IndexByte(text, '%')
	if percent < 0 {
		return 0, 0, -1, false
	}
	text = text[percent+1:]
	if at := strings.LastIndexByte(text, '|'); at >= 0 {
		text = text[at+1:]
	}
	for {
		var word string
		if word, text = nextField(text); word == "" {
			return 0, 0, -1, false
		}
		a, b, found := strings.Cut(word, "/")
		if !found {
			continue
		}
		done, err1 := strconv.Atoi(a)
		total, err2 := strconv.Atoi(b)
		if err1 == nil && err2 == nil {
			return done, total, elapsedOf(text), done >= 0 && done <= total && total > 0
		}
	}
}

// elapsedOf finds the time in what follows a bar's count: "00:07",
// "[1:00:02<00:00, 1.38it/s]" or "3.2it/s 1.0s<2.0s".
func elapsedOf(text string) time.Duration {
	for {
		var word string
		if word, text = nextField(text); word == "" {
			return -1
		}
		word = strings.TrimLeft(word, "[")
		if end := strings.IndexAny(word, "<,]"); end >= 0 {
			word = word[:end]
		}
		if d, ok := clock(word); ok {
			return d
		}
	}
}

// clock reads "00:07", "1:00:02" and "1.0s".
func clock(word string) (time.Duration, bool) {
	if text, ok := strings.CutSuffix(word, "s"); ok {
		v, err := strconv.ParseFloat(text, 64)
		return time.Duration(v * float64(time.Second)), err == nil && v >= 0 && v < 1e7
	}
	total, parts := 0, 0
	for part := range strings.SplitSeq(word, ":") {
		n, err := strconv.Atoi(part)
		if parts++; err != nil || n < 0 || n > 99_999 || parts > 3 {
			return 0, false
		}
		total = 60*total + n
	}
	return time.Duration(total) * time.Second, parts > 1
}

func nextField(s string) (field, rest string) {
	start := 0
	for start < len(s) && s[start] == ' ' {
		start++
	}
	end := start
	for end < len(s) && s[end] != ' ' {
		end++
	}
	return s[start:end], s[end:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func wholeNumber(v float64) (int, bool) {
	return int(v), v == math.Trunc(v) && v >= 0 && v < 1<<31
}
