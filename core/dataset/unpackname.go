package dataset

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"path"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// entryNames returns the names of an archive's entries as UTF-8. One program
// has made the archive: when one of the names that carry no mark of being
// UTF-8 is not, none of them is.
func entryNames(files []*zip.File) []string {
	names := make([]string, len(files))
	plain := true
	for _, f := range files {
		plain = plain && (!f.NonUTF8 || utf8.ValidString(f.Name))
	}
	for i, f := range files {
		name := f.Name
		if other := unicodePath(f); other != "" {
			name = other
		} else if f.NonUTF8 && !plain {
			if text, err := simplifiedchinese.GB18030.NewDecoder().String(f.Name); err == nil {
				name = text
			}
		}
		names[i] = strings.ToValidUTF8(name, "_")
	}
	return names
}

// unicodePath returns the name in the extra field that programs use who write
// the name proper in the system's encoding (PKWARE APPNOTE 4.6.9).
func unicodePath(f *zip.File) string {
	const id, head = 0x7075, 5
	extra := f.Extra
	for len(extra) >= 4 {
		kind, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			return ""
		}
		field := extra[:size]
		extra = extra[size:]
		if kind == id && size > head && field[0] == 1 &&
			binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) && utf8.Valid(field[head:]) {
			return string(field[head:])
		}
	}
	return ""
}

var errEntryName = errors.New("leads out of the folder")

// cleanEntry returns the path, with slashes, below the folder that an entry is
// meant for. Absolute names become relative, as all programs have it.
func cleanEntry(name string) (string, error) {
	var out []string
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		switch {
		case part == ".":
			continue
		case part == "..":
			return "", errEntryName
		case len(out) == 0 && len(part) == 2 && part[1] == ':':
			continue // a drive
		}
		if part = portable(part); part == "" {
			return "", errEntryName
		}
		out = append(out, part)
	}
	return path.Join(out...), nil
}

// portable returns a name that the system can have.
func portable(name string) string {
	bad := "\x00"
	if runtime.GOOS == "windows" {
		bad = "\x00<>:\"|?*"
		name = strings.TrimRight(name, ". ")
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || strings.ContainsRune(bad, r) {
			return '_'
		}
		return r
	}, name)
}
