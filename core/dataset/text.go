package dataset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Encodings of annotations, as far as they matter.
const (
	encodingUTF8    = "utf-8"
	encodingUTF16   = "utf-16"
	encodingGB18030 = "gb18030"
)

var byteOrderMark = []byte("\uFEFF")

// decode returns the text as UTF-8 without a byte order mark, and the encoding
// that it had; "" if it has none that is known. Text that is valid UTF-8 is
// UTF-8; else it is taken for GB18030, which includes GBK and GB 2312. What it
// says of itself decides only where some two-byte characters fit both.
func decode(data []byte) ([]byte, string) {
	if bytes.HasPrefix(data, []byte{0xFE, 0xFF}) || bytes.HasPrefix(data, []byte{0xFF, 0xFE}) {
		text, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, ""
		}
		return text, encodingUTF16
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	if utf8.Valid(data) && !(declaresGB(data) && ambiguous(data)) {
		return data, encodingUTF8
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, ""
	}
	return text, encodingGB18030
}

// declaresGB reports whether an XML declaration names an encoding of the GB
// family.
func declaresGB(data []byte) bool {
	end := bytes.Index(data[:min(len(data), 200)], []byte("?>"))
	if end < 0 {
		return false
	}
	head := bytes.ToLower(data[:end])
	_, value, ok := bytes.Cut(head, []byte("encoding"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(value, " =\"'"), []byte("gb"))
}

// ambiguous reports whether valid UTF-8 has characters of two bytes and none of
// more: Chinese in UTF-8 takes three.
func ambiguous(data []byte) bool {
	two := false
	for len(data) > 0 {
		_, size := utf8.DecodeRune(data)
		if size > 2 {
			return false
		}
		two = two || size == 2
		data = data[size:]
	}
	return two
}
