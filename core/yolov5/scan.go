package yolov5

import (
	"bufio"
	"bytes"
	"errors"
	"io"
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
		if e, ok := p.Parse(piece); ok {
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
	var piece []byte
	line := 1
	held := false // piece ended with a carriage return that may belong to a CR LF
	flush := func(last bool) {
		if len(piece) > 0 {
			do(text(piece), line, last)
		}
		piece, held = piece[:0], false
	}
	for {
		if r.Buffered() == 0 {
			if _, err := r.Peek(1); err != nil {
				flush(true)
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
		}
		chunk, _ := r.Peek(r.Buffered())
		used := len(chunk)
		for len(chunk) > 0 {
			if held && chunk[0] != '\n' && chunk[0] != '\r' {
				flush(false)
			}
			end := lineEnd(chunk)
			part := chunk
			if end >= 0 {
				part = chunk[:end]
			}
			piece = append(piece, part[:min(len(part), maxPiece-len(piece))]...)
			if end < 0 {
				break
			}
			if chunk[end] == '\n' {
				flush(true)
				line++
			} else {
				held = true
			}
			chunk = chunk[end+1:]
		}
		if _, err := r.Discard(used); err != nil {
			return err
		}
	}
}

// lineEnd is where the first carriage return or line feed stands, or -1.
func lineEnd(b []byte) int {
	feed := bytes.IndexByte(b[:min(len(b), 512)], '\n')
	if feed < 0 {
		if feed = bytes.IndexByte(b, '\n'); feed < 0 {
			return bytes.IndexByte(b, '\r')
		}
	}
	if back := bytes.IndexByte(b[:feed], '\r'); back >= 0 {
		return back
	}
	return feed
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
func text(piece []byte) string {
	if utf8.Valid(piece) {
		return string(piece)
	}
	// A stretch that was cut short may end in the middle of a character.
	for cut := 1; cut < utf8.UTFMax && cut < len(piece); cut++ {
		if utf8.Valid(piece[:len(piece)-cut]) {
			return string(piece)
		}
	}
	s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(piece)
	if err != nil {
		return string(piece)
	}
	return string(s)
}
