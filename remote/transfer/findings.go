package transfer

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/shell"
)

// maxAnswer bounds what a listing may hold: some hundred thousand files.
const maxAnswer = 128 << 20

// findings are what the upload script said, read line by line as it comes.
type findings struct {
	mark   string
	list   *list
	target map[string]string            // digest by path
	stage  map[string]string            // likewise, of this try
	parts  map[string]map[string]string // likewise, of earlier tries by their owner

	freeBytes  int64 // -1 if unknown
	freeInodes int64
	words      []string // the last words: "held", "sent", ...
	fail       string
	busy       bool
	held       chan struct{}
	waiting    func()

	section string
	inStage bool // the stage was listed: odd names are those of the stage
	line    []byte
	read    int
}

func newFindings(mark string, l *list) *findings {
	return &findings{
		mark: mark, list: l,
		target: map[string]string{}, stage: map[string]string{}, parts: map[string]map[string]string{},
		freeBytes: -1, freeInodes: -1,
		held: make(chan struct{}), waiting: func() {},
	}
}

// Write takes the script's output.
func (f *findings) Write(p []byte) (int, error) {
	if f.read += len(p); f.read > maxAnswer {
		return 0, shell.ErrTooMuch
	}
	n := len(p)
	for {
		before, after, ok := bytes.Cut(p, []byte("\n"))
		f.line = append(f.line, before...)
		if !ok {
			return n, nil
		}
		f.take(string(f.line))
		f.line, p = f.line[:0], after
	}
}

func (f *findings) take(line string) {
	text, ok := strings.CutPrefix(line, f.mark+" ")
	if !ok {
		f.takeDigest(line)
		return
	}
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "tree":
		f.section = rest
		f.inStage = f.inStage || rest == "stage"
	case "end":
		f.section = ""
	case "one":
		f.takeOdd(rest)
	case "kib":
		f.freeBytes = -1
		if _, free, ok := shell.ParseDF(" " + rest); ok && free < 1<<50 {
			f.freeBytes = free << 10
		}
	case "inodes":
		f.freeInodes = -1
		if total, free, ok := shell.ParseDF(" " + rest); ok && total > 0 {
			f.freeInodes = free
		}
	case "fail":
		f.fail = shell.Clean(rest, 4096)
	case "wait":
		f.waiting()
	case "busy":
		f.busy = true
	default:
		if len(f.words) < 16 {
			f.words = append(f.words, word)
		}
		if word == "held" && len(f.words) == 1 {
			close(f.held)
		}
	}
}

func (f *findings) takeDigest(line string) {
	if f.section == "" {
		return
	}
	digest, name, ok := parseDigest(line)
	if !ok || f.list.isOdd(name) {
		return // odd names are digested one by one
	}
	switch f.section {
	case "target":
		note(f.target, name, digest)
	case "stage":
		note(f.stage, name, digest)
	case "part":
		owner, name, ok := strings.Cut(name, "/")
		if !ok {
			return
		}
		if f.parts[owner] == nil {
			f.parts[owner] = map[string]string{}
		}
		note(f.parts[owner], name, digest)
	}
}

// note keeps a digest. Two of one name can't both be true: a name with a line
// break in it posed as another. Then nothing is known of it.
func note(m map[string]string, name, digest string) {
	if old, ok := m[name]; ok && old != digest {
		digest = ""
	}
	m[name] = digest
}

// takeOdd reads "NUMBER DIGEST" of a name from the list of odd ones.
func (f *findings) takeOdd(text string) {
	number, digest, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(f.list.odd) || !isDigest(digest) {
		return
	}
	if f.inStage {
		note(f.stage, f.list.odd[n], digest)
	} else {
		note(f.target, f.list.odd[n], digest)
	}
}

func (f *findings) said(word string) bool {
	for _, w := range f.words {
		if w == word {
			return true
		}
	}
	return false
}

var errNoWord = errors.New("the script ended early")

// problem says why a step did not end with the word expected; nil if it did.
func (f *findings) problem(h shell.Host, folder, word string, r shell.Result) error {
	if f.fail == "" {
		if f.said(word) {
			return nil
		}
		p := shell.Fault("upload", folder, r)
		p.Err = errNoWord
		return f.withSpace(p)
	}
	what, at, _ := strings.Cut(f.fail, " ")
	switch what {
	case "lock":
		return errAgain
	case "tool":
		return problem.New(wizard.NoTool, nil, "tool", at, "host", h.Name())
	case "not-folder":
		return problem.New(wizard.RemoteNotFolder, nil, "path", at)
	}
	return f.withSpace(shell.Fault("upload", at, r))
}

// withSpace tells a full disk from one without inodes left.
func (f *findings) withSpace(p *problem.Problem) error {
	if p.Code != wizard.RemoteNoSpace {
		return p
	}
	if f.freeInodes == 0 {
		return problem.New(wizard.RemoteNoInodes, p.Err, "path", p.Args["path"], "free", "0")
	}
	if f.freeBytes >= 0 {
		p.Args["free"] = strconv.FormatInt(f.freeBytes, 10)
	}
	return p
}

// parseDigest reads a line of sha256sum (with GNU's escapes, if they are
// there), shasum or openssl -r: a digest and a path below the folder.
func parseDigest(line string) (digest, name string, ok bool) {
	line, escaped := strings.CutPrefix(line, `\`)
	if len(line) < 67 || line[64] != ' ' || line[65] != ' ' && line[65] != '*' || !isDigest(line[:64]) {
		return "", "", false
	}
	digest, name = line[:64], line[66:]
	if escaped {
		name = unescape.Replace(name)
	}
	name, ok = strings.CutPrefix(name, "./")
	return digest, name, ok && name != ""
}

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r")

func isDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
