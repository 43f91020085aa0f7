package label

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

// A Manifest says what Prepare has written.
type Manifest struct {
	Files   []File   // in byte order of their paths
	Classes []string // in order of their numbers
	Train   int      // pictures
	Val     int
	Boxes   int
	Dropped int // boxes without a pixel within their picture, repeated, or difficult ones left out
	Skipped []Skipped
	Digest  string // SHA-256 over the lines "sha256  path\n" in order
}

// A File of the prepared folder. There may be very many.
type File struct {
	Path string // relative to the folder, with slashes; ASCII
	Size int64
	Sum  Sum // of its content
	// Source is the picture or annotation that it was made from, relative to
	// the data; "" for the label of a picture without annotation.
	Source   string
	Modified int64 // as time.Time.UnixNano has it
	// SourceSize is the size that the source of a mended picture had.
	SourceSize int64
	Mend       Mend
}

// A Sum is a SHA-256.
type Sum [sha256.Size]byte

func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// A Mend is what was done to a picture on the way.
type Mend uint8

// Mends of pictures.
const (
	Unmended    Mend = iota
	MendClosed       // the end marker of a JPEG was added
	MendUpright      // turned upright, and encoded anew
)

var mends = [...]string{"", "closed", "upright"}

func (m Mend) String() string { return mends[m] }

// A Skipped picture cannot be used.
type Skipped struct {
	Source string
	Part   string
}

// A digester computes the digest of a list of files.
type digester struct {
	sum  hash.Hash
	line []byte
}

func newDigester() *digester { return &digester{sum: sha256.New()} }

func (d *digester) add(f *File) {
	d.line = hex.AppendEncode(d.line[:0], f.Sum[:])
	d.line = append(append(append(d.line, "  "...), f.Path...), '\n')
	d.sum.Write(d.line)
}

func (d *digester) String() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// The manifest is a text file in the prepared folder. Its first line says
// whether the folder is complete. While Prepare is at work it lists, besides
// what an earlier call has finished, the paths that it is about to write: so
// a call after a crash knows what in the folder is its own.
const (
	headComplete = "gpuwizard prepared 1 complete"
	headWriting  = "gpuwizard prepared 1 writing"
)

// A journal is the content of the manifest file, but for the files.
type journal struct {
	Manifest
	complete bool
	own      []string // paths about to be written
}

// ReadManifest reads what the last Prepare has left in out. It is an error if
// that did not come to its end.
func ReadManifest(out string) (Manifest, error) {
	var files []File
	j, err := readJournal(out, func(f File) { files = append(files, f) })
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Manifest{}, problem.New(MissingManifest, err, "path", out)
	case err != nil:
		return Manifest{}, err
	case !j.complete:
		return Manifest{}, problem.New(MissingManifest, nil, "path", out)
	}
	j.Files = files
	return j.Manifest, nil
}

// readJournal hands the files out one by one.
func readJournal(out string, take func(File)) (*journal, error) {
	path := filepath.Join(out, dataset.PreparedMark)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	j, line, err := parseJournal(f, take)
	if err != nil {
		return nil, problem.New(BrokenManifest, err, "path", path).AtLine(line)
	}
	return j, nil
}

var errManifest = errors.New("not a manifest")

func parseJournal(r io.Reader, take func(File)) (*journal, int, error) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	p := &journalParser{journal: &journal{}, digest: newDigester(), take: take}
	line := 0
	for s.Scan() {
		line++
		if line == 1 {
			switch s.Text() {
			case headComplete:
				p.complete = true
			case headWriting:
			default:
				return nil, line, errManifest
			}
			continue
		}
		if err := p.line(s.Text()); err != nil {
			return nil, line, err
		}
	}
	if err := s.Err(); err != nil {
		return nil, line + 1, err
	}
	p.handOut()
	if line == 0 || p.complete && p.digest.String() != p.Digest {
		return nil, max(line, 1), errManifest
	}
	return p.journal, line, nil
}

type journalParser struct {
	*journal
	digest *digester
	take   func(File)
	file   File // the last one, which may still be said to be mended
	any    bool
}

// handOut hands out the last file.
func (p *journalParser) handOut() {
	if p.any {
		p.digest.add(&p.file)
		p.take(p.file)
	}
	p.any = false
}

func (p *journalParser) line(text string) error {
	kind, rest, _ := strings.Cut(text, " ")
	var err error
	switch kind {
	case "class":
		var name string
		name, err = strconv.Unquote(rest)
		p.Classes = append(p.Classes, name)
	case "count":
		_, err = fmt.Sscanf(rest, "%d %d %d %d", &p.Train, &p.Val, &p.Boxes, &p.Dropped)
	case "digest":
		p.Digest = rest
		if !p.complete {
			err = errManifest
		}
	case "own":
		p.own = append(p.own, strings.Clone(rest))
		err = checkPath(rest)
	case "skip":
		part, source, _ := strings.Cut(rest, " ")
		source, err = strconv.Unquote(source)
		p.Skipped = append(p.Skipped, Skipped{Source: source, Part: part})
	case "mend":
		name, size, _ := strings.Cut(rest, " ")
		at := slices.Index(mends[:], name)
		if at <= 0 || !p.any {
			return errManifest
		}
		p.file.Mend = Mend(at)
		p.file.SourceSize, err = strconv.ParseInt(size, 10, 64)
	case "file":
		p.handOut()
		p.file, err = parseFile(rest)
		p.any = err == nil
	default:
		return errManifest
	}
	return err
}

// parseFile reads what stands behind "file". What it returns keeps no part of
// the line.
func parseFile(text string) (File, error) {
	fields := strings.SplitN(text, " ", 5)
	if len(fields) != 5 || len(fields[0]) != 2*sha256.Size || strings.Trim(fields[0], "0123456789abcdef") != "" {
		return File{}, errManifest
	}
	f := File{Path: strings.Clone(fields[3])}
	_, err := hex.Decode(f.Sum[:], []byte(fields[0]))
	var err1, err2, err3 error
	f.Size, err1 = strconv.ParseInt(fields[1], 10, 64)
	f.Modified, err2 = strconv.ParseInt(fields[2], 10, 64)
	f.Source, err3 = strconv.Unquote(fields[4])
	f.Source = strings.Clone(f.Source)
	return f, errors.Join(err, err1, err2, err3, checkPath(f.Path))
}

// checkPath refuses every path that Prepare would not write: what a manifest
// names may be removed, and anybody may have edited it.
func checkPath(rel string) error {
	for _, dir := range folders {
		name, ok := strings.CutPrefix(rel, dir+"/")
		odd := strings.IndexFunc(name, func(r rune) bool { return !isPlain(r) })
		if ok && name != "" && odd < 0 && name[0] != '.' && name[0] != '-' {
			return nil
		}
	}
	return errManifest
}

// write puts the journal in its place. Files that are not finished, where that
// is given, are about to be written.
func (j *journal) write(out string, finished []bool) error {
	return replace(filepath.Join(out, dataset.PreparedMark), func(f *os.File) error {
		b := bufio.NewWriterSize(f, 64<<10)
		j.print(b, finished)
		if err := b.Flush(); err != nil {
			return err
		}
		return f.Sync()
	})
}

// print writes the journal; the writer remembers an error.
func (j *journal) print(b *bufio.Writer, finished []bool) {
	head := headWriting
	if j.complete {
		head = headComplete
	}
	b.WriteString(head + "\n")
	for _, c := range j.Classes {
		fmt.Fprintf(b, "class %q\n", c)
	}
	fmt.Fprintf(b, "count %d %d %d %d\n", j.Train, j.Val, j.Boxes, j.Dropped)
	for _, s := range j.Skipped {
		fmt.Fprintf(b, "skip %s %q\n", s.Part, s.Source)
	}
	digest := newDigester()
	for i := range j.Files {
		f := &j.Files[i]
		if finished != nil && !finished[i] {
			fmt.Fprintf(b, "own %s\n", f.Path)
			continue
		}
		digest.add(f)
		fmt.Fprintf(b, "file %x %d %d %s %q\n", f.Sum[:], f.Size, f.Modified, f.Path, f.Source)
		if f.Mend != Unmended {
			fmt.Fprintf(b, "mend %s %d\n", f.Mend, f.SourceSize)
		}
	}
	for _, path := range j.own {
		fmt.Fprintf(b, "own %s\n", path)
	}
	if j.complete {
		j.Digest = digest.String()
		fmt.Fprintf(b, "digest %s\n", j.Digest)
	}
}

func byPath(a, b File) int { return strings.Compare(a.Path, b.Path) }
