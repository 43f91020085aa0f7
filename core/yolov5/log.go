package yolov5

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ScanLog reads a whole training log and calls emit for every event, progress
// updates included.
func ScanLog(log io.Reader, emit func(Event)) error {
	var p Parser
	return eachPiece(log, func(piece string, _ int, _ bool) {
		if e, ok := p.event(stripControls(piece)); ok {
			emit(e)
		}
	})
}

// eachPiece calls do for every stretch of log between carriage returns and
// line feeds that is not empty, with the number of its line from 1 and whether
// it is the last of its line. Of a stretch longer than maxPiece only the
// beginning is given.
//
// The text is UTF-8, or what Windows makes of it: UTF-16, which PowerShell
// writes, or lines in GBK, which a Chinese console does.
func eachPiece(log io.Reader, do func(piece string, line int, last bool)) error {
	r := decoded(log)
	buffer := make([]byte, maxPiece)
	c := cutter{do: do, line: 1}
	for {
		n, err := r.Read(buffer)
		// One string for all that was read: most stretches are a part of it.
		c.cut(string(buffer[:n]))
		if err != nil {
			c.emit("", true)
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// A cutter cuts what comes of a log into stretches.
type cutter struct {
	do    func(piece string, line int, last bool)
	line  int
	begun []byte // a stretch whose end has not come
	held  bool   // a carriage return came last, which may belong to a CR LF
}

func (c *cutter) cut(chunk string) {
	if c.held {
		if chunk = strings.TrimLeft(chunk, "\r"); chunk == "" {
			return
		}
		chunk = c.returned("", chunk)
	}
	feed := -1 // the next line feed, counted from the chunk's end
	for chunk != "" {
		at := len(chunk) - feed
		if feed < 0 || at < 0 {
			if at = strings.IndexByte(chunk, '\n'); at < 0 {
				at = len(chunk)
			}
			feed = len(chunk) - at
		}
		switch end := strings.IndexByte(chunk[:at], '\r'); {
		case end >= 0:
			rest := strings.TrimLeft(chunk[end:], "\r")
			if rest == "" {
				c.hold(chunk[:end])
				c.held = true
				return
			}
			chunk = c.returned(chunk[:end], rest)
		case at == len(chunk):
			c.hold(chunk)
			return
		default:
			c.emit(chunk[:at], true)
			c.line++
			chunk = chunk[at+1:]
		}
	}
}

// returned gives the stretch that ends with part and a carriage return, before
// rest, and returns what is left to be cut.
func (c *cutter) returned(part, rest string) string {
	if rest[0] != '\n' {
		c.emit(part, false)
		return rest
	}
	c.emit(part, true)
	c.line++
	return rest[1:]
}

// hold keeps a stretch, or the beginning of one.
func (c *cutter) hold(part string) {
	c.begun = append(c.begun, part[:min(len(part), maxPiece-len(c.begun))]...)
}

// emit gives the stretch that ends with part.
func (c *cutter) emit(part string, last bool) {
	if len(c.begun) > 0 {
		c.hold(part)
		part = string(c.begun)
		c.begun = c.begun[:0]
	}
	c.held = false
	if part != "" {
		c.do(text(part[:min(len(part), maxPiece)]), c.line, last)
	}
}

// decoded reads a log as UTF-8 if it says by its first bytes that it is UTF-16.
func decoded(log io.Reader) *bufio.Reader {
	r := bufio.NewReaderSize(log, maxPiece)
	mark, _ := r.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		return bufio.NewReaderSize(transform.NewReader(r, utf16.NewDecoder()), maxPiece)
	case bytes.Equal(mark, byteOrderMark):
		_, _ = r.Discard(len(mark))
	}
	return r
}

// text is a stretch as text; what is no UTF-8 is taken for GBK.
func text(piece string) string {
	if utf8.ValidString(piece) {
		return piece
	}
	// A stretch that was cut short may end in the middle of a character.
	for cut := 1; cut < utf8.UTFMax && cut < len(piece); cut++ {
		if utf8.ValidString(piece[:len(piece)-cut]) {
			return piece
		}
	}
	s, err := simplifiedchinese.GB18030.NewDecoder().String(piece)
	if err != nil {
		return piece
	}
	return s
}
