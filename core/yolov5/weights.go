package yolov5

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"gpuwizard/core/problem"
)

const (
	maxWeights        = 16 << 30
	maxWeightsEntries = 100_000
	rehearsalEntry    = "REHEARSAL.txt"
	maxRehearsalText  = 64 << 10
)

// WeightsInfo is what an intact .pt file is seen to hold.
type WeightsInfo struct {
	Entries int   // files in the archive
	Bytes   int64 // of content
	Root    string
	// Rehearsal is whether the file is no model but what the practice instance
	// hands out in its place (see WriteRehearsal).
	Rehearsal bool
}

// CheckWeights checks that a .pt file is whole: a zip archive, as torch.save
// has written since 1.6, that holds a data.pkl in its one folder, with every
// byte read and compared to the checksums. It runs no pickle, so an untrusted
// file does no harm. That the model works is not said.
func CheckWeights(r io.ReaderAt, size int64) (WeightsInfo, error) {
	if size > maxWeights {
		return WeightsInfo{}, problem.New(FileTooLarge, nil, "what", "weights", "max", strconv.FormatInt(maxWeights, 10))
	}
	if size <= 0 {
		return WeightsInfo{}, problem.New(WeightsEmpty, nil)
	}
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return WeightsInfo{}, err
	}
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return WeightsInfo{}, notArchive(head)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return WeightsInfo{}, problem.New(WeightsTruncated, err, "got", strconv.FormatInt(size, 10))
	}
	if len(archive.File) > maxWeightsEntries {
		return WeightsInfo{}, problem.New(WeightsDamaged, nil, "entry", "")
	}
	info := WeightsInfo{Entries: len(archive.File)}
	// torch stores without compression, so the content is no larger than the
	// file; four times that leaves room for archives packed by other tools and
	// none for a bomb.
	left := 4*size + 1<<20
	for _, f := range archive.File {
		n, err := readEntry(f, left)
		if err != nil {
			return WeightsInfo{}, problem.New(WeightsDamaged, err, "entry", f.Name)
		}
		left -= n
		info.Bytes += n
		dir, name := path.Split(f.Name)
		if name == "data.pkl" && strings.Count(dir, "/") == 1 && n > 0 && info.Root == "" {
			info.Root = strings.TrimSuffix(dir, "/")
		}
		if f.Name == rehearsalEntry {
			info.Rehearsal = true
		}
	}
	if info.Root == "" {
		return WeightsInfo{}, problem.New(WeightsNoModel, nil)
	}
	return info, nil
}

// readEntry reads an entry to its end, where the zip reader compares length
// and checksum.
func readEntry(f *zip.File, limit int64) (int64, error) {
	content, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer content.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(content, limit+1))
	if err == nil && n > limit {
		err = zip.ErrFormat
	}
	return n, err
}

// notArchive tells what the beginning of the file looks like instead.
func notArchive(head []byte) error {
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, byteOrderMark)))
	switch {
	case bytes.HasPrefix(text, []byte("<")):
		return problem.New(WeightsHTML, nil)
	case bytes.HasPrefix(text, []byte("version https://git-lfs")):
		return problem.New(WeightsNotArchive, nil, "kind", "lfs-pointer")
	case head[0] == 0x80:
		// A bare pickle, as torch.save wrote before 1.6.
		return problem.New(WeightsNotArchive, nil, "kind", "legacy-pickle")
	case len(text) > 0 && utf8.Valid(text) && bytes.IndexByte(text, 0) < 0:
		return problem.New(WeightsNotArchive, nil, "kind", "text")
	}
	return problem.New(WeightsNotArchive, nil, "kind", "unknown")
}

// WriteRehearsal writes the file that a rehearsal on the practice instance
// yields in place of a model: an archive that passes CheckWeights, says in
// REHEARSAL.txt what it is, and, loaded as a pickle, is a string that says so.
// The same text gives the same bytes.
func WriteRehearsal(w io.Writer, text string) error {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) > maxRehearsalText {
		text = strings.ToValidUTF8(text[:maxRehearsalText], "")
	}
	archive := zip.NewWriter(w)
	for _, entry := range []struct {
		name    string
		content []byte
	}{
		// torch takes the first entry's folder for the archive's name.
		{"best/data.pkl", pickleString("This file is a rehearsal of gpuwizard, not a model. " + text)},
		{"best/version", []byte("3\n")},
		{rehearsalEntry, []byte(text)},
	} {
		// Raw, with checksum and sizes in front, so that the bytes depend on
		// nothing but the text.
		header := &zip.FileHeader{
			Name:               entry.name,
			Method:             zip.Store,
			CRC32:              crc32.ChecksumIEEE(entry.content),
			CompressedSize64:   uint64(len(entry.content)),
			UncompressedSize64: uint64(len(entry.content)),
		}
		out, err := archive.CreateRaw(header)
		if err != nil {
			return err
		}
		if _, err := out.Write(entry.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// pickleString returns the pickle, protocol 2, of a Unicode string.
func pickleString(s string) []byte {
	b := []byte{0x80, 2, 'X'}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	b = append(b, s...)
	return append(b, '.')
}
