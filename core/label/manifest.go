package label

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

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

// A File of the prepared folder.
type File struct {
	Path   string // relative to the folder, with slashes; ASCII
	Size   int64
	SHA256 string
	// Source is the picture or annotation that it was made from, relative to
	// the data; "" for the label of a picture without annotation.
	Source   string
	Modified time.Time
	// Mend says what was done to a picture on the way, "" if nothing; then
	// SourceSize is the size that the source had.
	Mend       string
	SourceSize int64
}

// Mends of pictures.
const (
	MendClosed  = "closed"  // the end marker of a JPEG was added
	MendUpright = "upright" // turned upright, and encoded anew
)

// A Skipped picture cannot be used.
type Skipped struct {
	Source string
	Part   string
}

func digestOf(files []File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.Path)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// The manifest is a text file in the prepared folder. Its first line says
// whether the folder is complete. While Prepare is at work it lists, besides
// what an earlier call has finished, the paths that it is about to write: so
// a call after a crash knows what in the folder is its own.
const (
	headComplete = "gpuwizard prepared 1 complete"
	headWriting  = "gpuwizard prepared 1 writing"
)

// A journal is the content of the manifest file.
type journal struct {
	Manifest
	complete bool
	own      []string // paths about to be written
}

// ReadManifest reads what the last Prepare has left in out. It is an error if
// that did not come to its end.
func ReadManifest(out string) (Manifest, error) {
	j, err := readJournal(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Manifest{}, problem.New(MissingManifest, err, "path", out)
	case err != nil:
		return Manifest{}, err
	case !j.complete:
		return Manifest{}, problem.New(MissingManifest, nil, "path", out)
	}
	return j.Manifest, nil
}

func readJournal(out string) (*journal, error) {
	path := filepath.Join(out, dataset.PreparedMark)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := 0
	if info, err := f.Stat(); err == nil {
		lines = int(min(info.Size()/lineLength, maxGuess))
	}
	j, line, err := parseJournal(f, lines)
	if err != nil {
		return nil, problem.New(BrokenManifest, err, "path", path).AtLine(line)
	}
	return j, nil
}

var errManifest = errors.New("not a manifest")

// lineLength is what a file takes in a manifest at least, but for very short
// names.
const lineLength = 130

// maxGuess bounds what a manifest's size alone makes us take.
const maxGuess = 100_000

// parseJournal reads a manifest of about so many files.
func parseJournal(r io.Reader, files int) (j *journal, line int, err error) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	j = &journal{}
	j.Files = slices.Grow(j.Files, files)
	for s.Scan() {
		line++
		if line == 1 {
			switch s.Text() {
			case headComplete:
				j.complete = true
			case headWriting:
			default:
				return nil, line, errManifest
			}
			continue
		}
		if err := j.parseLine(s.Text()); err != nil {
			return nil, line, err
		}
	}
	if err := s.Err(); err != nil {
		return nil, line + 1, err
	}
	if line == 0 {
		return nil, 1, errManifest
	}
	if j.complete && digestOf(j.Files) != j.Digest {
		return nil, line, errManifest
	}
	return j, line, nil
}

func (j *journal) parseLine(text string) error {
	kind, rest, _ := strings.Cut(text, " ")
	var err error
	switch kind {
	case "class":
		var name string
		name, err = strconv.Unquote(rest)
		j.Classes = append(j.Classes, name)
	case "count":
		_, err = fmt.Sscanf(rest, "%d %d %d %d", &j.Train, &j.Val, &j.Boxes, &j.Dropped)
	case "digest":
		j.Digest = rest
		if !j.complete {
			err = errManifest
		}
	case "own":
		j.own = append(j.own, rest)
		err = checkPath(rest)
	case "skip":
		part, source, _ := strings.Cut(rest, " ")
		source, err = strconv.Unquote(source)
		j.Skipped = append(j.Skipped, Skipped{Source: source, Part: part})
	case "mend":
		fields := strings.Fields(rest)
		if len(fields) != 2 || len(j.Files) == 0 || fields[0] != MendClosed && fields[0] != MendUpright {
			return errManifest
		}
		f := &j.Files[len(j.Files)-1]
		f.Mend = fields[0]
		f.SourceSize, err = strconv.ParseInt(fields[1], 10, 64)
	case "file":
		fields := strings.SplitN(rest, " ", 5)
		if len(fields) != 5 || len(fields[0]) != 2*sha256.Size || strings.Trim(fields[0], "0123456789abcdef") != "" {
			return errManifest
		}
		f := File{SHA256: fields[0], Path: fields[3]}
		var nanos int64
		var err1, err2, err3 error
		f.Size, err1 = strconv.ParseInt(fields[1], 10, 64)
		nanos, err2 = strconv.ParseInt(fields[2], 10, 64)
		f.Source, err3 = strconv.Unquote(fields[4])
		f.Modified = time.Unix(0, nanos)
		err = errors.Join(err1, err2, err3, checkPath(f.Path))
		j.Files = append(j.Files, f)
	default:
		return errManifest
	}
	return err
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

func (j *journal) write(out string) error {
	return replace(filepath.Join(out, dataset.PreparedMark), func(f *os.File) error {
		b := bufio.NewWriterSize(f, 64<<10)
		j.print(b)
		if err := b.Flush(); err != nil {
			return err
		}
		return f.Sync()
	})
}

// print writes the journal; the writer remembers an error.
func (j *journal) print(b *bufio.Writer) {
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
	for _, f := range j.Files {
		fmt.Fprintf(b, "file %s %d %d %s %q\n", f.SHA256, f.Size, f.Modified.UnixNano(), f.Path, f.Source)
		if f.Mend != "" {
			fmt.Fprintf(b, "mend %s %d\n", f.Mend, f.SourceSize)
		}
	}
	for _, path := range j.own {
		fmt.Fprintf(b, "own %s\n", path)
	}
	if j.complete {
		fmt.Fprintf(b, "digest %s\n", j.Digest)
	}
}

// finish sorts the files and computes the digest.
func (j *journal) finish() {
	slices.SortFunc(j.Files, byPath)
	j.Digest = digestOf(j.Files)
	j.complete, j.own = true, nil
}

func byPath(a, b File) int { return strings.Compare(a.Path, b.Path) }

// findPath looks for a path in files that byPath has sorted.
func findPath(files []File, path string) (int, bool) {
	return slices.BinarySearchFunc(files, path, func(f File, path string) int { return strings.Compare(f.Path, path) })
}
