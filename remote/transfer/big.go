package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"gpuwizard/core/instance"
)

const (
	// blockSize is the unit in which large files are received.
	blockSize = 64 << 10
	// rangeBlocks is how many blocks are received, and noted there, at once.
	rangeBlocks = 64
	// bigSize is the size up to which a file travels in an archive.
	bigSize = rangeBlocks * blockSize
	// Block is what one stream may have to send again after a cut, at most: what
	// the instance had not noted yet, and what was still on its way.
	Block = bigSize + window + 2<<20
)

// A span is blocks of a large file.
type span struct{ seek, count int64 }

func (s span) end() int64 { return s.seek + s.count }

// A big is a large file that is sent span by span, by several streams at once.
type big struct {
	file    instance.Source
	key     string
	missing []span // that nobody has taken yet, in order
	blocks  int64  // that were taken, and are not confirmed
	there   []span // that are confirmed
	checked int64  // bytes that the instance was asked to digest
	asked   bool   // to be made whole
	tries   int
}

// bigKey names a large file on the instance while it is put together.
func bigKey(f instance.Source) string {
	sum := sha256.Sum256([]byte(f.Path + "\x00" + strconv.FormatInt(f.Size, 10)))
	return hex.EncodeToString(sum[:16])
}

func newBig(file instance.Source, key string, there []span) *big {
	b := &big{file: file, key: key, there: there}
	b.missing = without(span{0, b.all()}, there)
	return b
}

// all is how many blocks the file has; the last may be filled up.
func (b *big) all() int64 { return (b.file.Size + blockSize - 1) / blockSize }

// without returns what of s is in none of the spans given.
func without(s span, taken []span) []span {
	taken = slices.Clone(taken)
	slices.SortFunc(taken, func(a, b span) int { return cmp.Compare(a.seek, b.seek) })
	var left []span
	at := s.seek
	for _, t := range taken {
		if t.seek > at {
			left = append(left, span{at, min(t.seek, s.end()) - at})
		}
		if at = max(at, t.end()); at >= s.end() {
			return left
		}
	}
	return append(left, span{at, s.end() - at})
}

// bytesMissing is how much of the file must still be sent.
func (b *big) bytesMissing() int64 {
	var n int64
	for _, s := range b.missing {
		n += b.bytes(s)
	}
	return n
}

// bytes is how much of the file is in a span.
func (b *big) bytes(s span) int64 {
	return min(s.end()*blockSize, b.file.Size) - s.seek*blockSize
}

// take takes up to max blocks that are missing, which follow each other.
func (b *big) take(most int64) (span, bool) {
	if len(b.missing) == 0 {
		return span{}, false
	}
	s := b.missing[0]
	if s.count <= most {
		b.missing = b.missing[1:]
	} else {
		s.count = most
		b.missing[0] = span{s.end(), b.missing[0].count - most}
	}
	b.blocks += s.count
	return s, true
}

// restart forgets what was sent.
func (b *big) restart() {
	b.missing, b.blocks, b.asked = []span{{0, b.all()}}, 0, false
	b.there, b.checked = nil, 0
}

// came is how many bytes from the beginning on are there.
func (b *big) came() int64 {
	if gaps := without(span{0, b.all()}, b.there); len(gaps) > 0 {
		return gaps[0].seek * blockSize
	}
	return b.file.Size
}
