package yolov5

import (
	"bufio"
	"bytes"
	"errors"
	"io"
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
func eachPiece(log io.Reader, do func(piece string, line int, last bool)) error {
	r := bufio.NewReaderSize(log, maxPiece)
	var piece []byte
	line := 1
	held := false // piece ended with a carriage return that may belong to a CR LF
	flush := func(last bool) {
		if len(piece) > 0 {
			do(string(piece), line, last)
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
			end := bytes.IndexAny(chunk, "\r\n")
			text := chunk
			if end >= 0 {
				text = chunk[:end]
			}
			piece = append(piece, text[:min(len(text), maxPiece-len(piece))]...)
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
