package dataset

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/dataset/internal/jsonscan"
)

// A looks is what a file looks like from its first bytes.
type looks uint8

const (
	looksOther looks = iota
	looksEmpty
	looksCOCO
	looksLabelMe
	looksCVAT
	looksRows // of YOLO labels
)

// How much of a file is looked at. In COCO files the notes on the set and its
// licences may come first.
const (
	headJSON = 256 << 10
	headXML  = 16 << 10
	headRows = 4 << 10
)

// head returns the first bytes of a file as UTF-8; nothing if it cannot be
// read, which is found out once it is needed.
func head(path string, limit int) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() == 0 {
		return nil
	} else if info.Size() < int64(limit) {
		limit = int(info.Size())
	}
	data := make([]byte, limit)
	n, _ := io.ReadFull(f, data)
	data = data[:n]
	if bytes.HasPrefix(data, []byte{0xFE, 0xFF}) || bytes.HasPrefix(data, []byte{0xFF, 0xFE}) {
		text, _ := decode(data[:n&^1])
		return text
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	if len(data) > utf8.UTFMax {
		// The last character may be cut.
		for i := 1; i < utf8.UTFMax && i < len(data); i++ {
			if utf8.RuneStart(data[len(data)-i]) {
				if !utf8.FullRune(data[len(data)-i:]) {
					data = data[:len(data)-i]
				}
				break
			}
		}
	}
	if utf8.Valid(data) {
		return data
	}
	text, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return text
}

// errSeen ends a look early.
var errSeen = errors.New("seen enough")

// lookJSON tells LabelMe's files from COCO's by their names at the top.
func lookJSON(path string) looks {
	data := head(path, headJSON)
	if len(data) == 0 {
		return looksOther
	}
	in := jsonscan.New(bytes.NewReader(data))
	found := looksOther
	seen := func(l looks) error {
		found = l
		return errSeen
	}
	// listOf looks for one name in the first element of a list.
	listOf := func(name string) error {
		if in.Kind() != '[' {
			return in.Skip()
		}
		return in.Array(func(i int) error {
			if i > 0 || in.Kind() != '{' {
				return in.Skip()
			}
			return in.Object(func(key []byte) error {
				if string(key) == name {
					return seen(looksCOCO)
				}
				return in.Skip()
			})
		})
	}
	if in.Kind() != '{' {
		return looksOther
	}
	// The error is that it was seen, or the end of the head.
	_ = in.Object(func(key []byte) error {
		switch string(key) {
		case "shapes", "imageData", "imagePath":
			return seen(looksLabelMe)
		case "images":
			return listOf("file_name")
		case "annotations":
			return listOf("image_id")
		}
		return in.Skip()
	})
	return found
}

// lookXML tells CVAT's files from all others by their root.
func lookXML(path string) looks {
	d := xml.NewDecoder(bytes.NewReader(head(path, headXML)))
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for {
		token, err := d.RawToken()
		if err != nil {
			return looksOther
		}
		if start, ok := token.(xml.StartElement); ok {
			if start.Name.Local == "annotations" {
				return looksCVAT
			}
			return looksOther
		}
	}
}

// lookRows tells YOLO's labels by their first row.
func lookRows(path string) looks {
	data := head(path, headRows)
	for row := range bytes.Lines(data) {
		if len(bytes.TrimSpace(row)) == 0 {
			continue
		}
		// An outline may be longer than what is looked at.
		if len(data) >= headRows-utf8.UTFMax && row[len(row)-1] != '\n' && len(bytes.Fields(row)) > 7 {
			row = bytes.Join(bytes.Fields(row)[:7], []byte(" "))
		}
		if _, err := parseRow(row); err == nil || err.reason == BrokenScale {
			return looksRows
		}
		return looksOther
	}
	return looksEmpty
}
