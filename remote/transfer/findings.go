package transfer

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

const (
	// maxAnswer bounds what a listing may hold: some hundred thousand files.
	maxAnswer = 128 << 20
	// maxAnswerLine bounds one line of it: a digest and a path.
	maxAnswerLine = 64 << 10
)

// lines takes output piece by piece, and passes it on line by line.
type lines struct {
	line []byte
	read int
}

func (l *lines) take(p []byte, line func(string) error) error {
	if l.read += len(p); l.read > maxAnswer {
		return shell.ErrTooMuch
	}
	for {
		before, after, ok := bytes.Cut(p, []byte("\n"))
		if len(l.line)+len(before) > maxAnswerLine {
			return shell.ErrTooMuch
		}
		l.line = append(l.line, before...)
		if !ok {
			return nil
		}
		text := string(l.line)
		l.line, p = l.line[:0], after
		if err := line(text); err != nil {
			return err
		}
	}
}

// space is what the file system has left; -1 is unknown.
type space struct{ bytes, inodes int64 }

func newSpace() space { return space{-1, -1} }

// take reads what df says.
func (s *space) take(word, rest string) {
	total, free, ok := shell.ParseDF(" " + rest)
	switch word {
	case "kib":
		s.bytes = -1
		if ok && free < 1<<50 {
			s.bytes = free << 10
		}
	case "inodes":
		s.inodes = -1
		if ok && total > 0 {
			s.inodes = free
		}
	}
}

// findings are what the script that holds the lock says, read line by line as
// it comes.
type findings struct {
	mark   string
	list   *list
	target map[string]string // digest by path, of the folder
	staged map[string]string // likewise, of what earlier tries left
	ranges map[string][]span // of large files that earlier tries left, by key
	space  space

	fail    string
	busy    bool
	held    chan struct{} // closed when all of this is known
	isHeld  bool
	replies chan string
	waiting func()

	section string
	lines   lines
}

func newFindings(mark string, l *list) *findings {
	return &findings{
		mark: mark, list: l,
		target: map[string]string{}, staged: map[string]string{}, ranges: map[string][]span{},
		space: newSpace(), held: make(chan struct{}), replies: make(chan string, 16), waiting: func() {},
	}
}

// Write takes the script's output.
func (f *findings) Write(p []byte) (int, error) {
	return len(p), f.lines.take(p, f.take)
}

func (f *findings) take(line string) error {
	text, ok := strings.CutPrefix(line, f.mark+" ")
	if !ok {
		f.takeSum(line)
		return nil
	}
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "tree":
		f.section = rest
	case "end":
		f.section = ""
	case "kib", "inodes":
		if !f.isHeld || len(f.replies) == 0 {
			f.space.take(word, rest)
		}
	case "fail":
		f.fail = shell.Clean(rest, 4096)
	case "wait":
		f.waiting()
	case "busy":
		f.busy = true
	case "held":
		if !f.isHeld {
			f.isHeld = true
			close(f.held)
		}
	case "prepared", "published", "differs":
		select {
		case f.replies <- word:
		default: // more answers than questions
		}
	}
	return nil
}

func (f *findings) takeSum(line string) {
	if f.isHeld || f.section == "" {
		return
	}
	digest, name, ok := parseDigest(line)
	if key, said, odd := parseOne(line); odd {
		digest, name, ok = said, f.list.odd[key], f.list.odd[key] != ""
	} else if ok && f.list.isOdd(name) {
		return // odd names are digested one by one
	}
	switch {
	case f.section == "target" && ok:
		note(f.target, name, digest)
	case f.section == "log" && ok:
		f.staged[name] = digest // later ones count
	case f.section == "log":
		f.takeRange(line)
	}
}

// maxSpans bounds what is believed of one file's ranges.
const maxSpans = 1 << 16

// takeRange reads "range KEY SEEK COUNT" and "lost KEY".
func (f *findings) takeRange(line string) {
	field := strings.Split(line, " ")
	switch {
	case field[0] == "lost" && len(field) == 2:
		delete(f.ranges, field[1])
	case field[0] == "range" && len(field) == 4:
		seek, err1 := strconv.ParseInt(field[2], 10, 48)
		count, err2 := strconv.ParseInt(field[3], 10, 32)
		if err1 == nil && err2 == nil && seek >= 0 && count > 0 && len(f.ranges[field[1]]) < maxSpans {
			f.ranges[field[1]] = append(f.ranges[field[1]], span{seek, count})
		}
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

// problem says why the script ended.
func (f *findings) problem(h shell.Host, folder string, r shell.Result) error {
	if f.fail == "" && f.isHeld {
		return errAgain // another program took the lock
	}
	return scriptProblem(h, folder, f.fail, f.space, r)
}

var errNoWord = errors.New("the script ended early")

// scriptProblem is why a script that said fail, or nothing, did not do its work.
func scriptProblem(h shell.Host, folder, fail string, s space, r shell.Result) error {
	what, at, _ := strings.Cut(fail, " ")
	switch what {
	case "":
		if r.Exit == 0 && r.Stderr == "" {
			return problem.New(instance.RemoteNonsense, errNoWord, "host", h.Name())
		}
		p := shell.Fault("upload", folder, r)
		p.Err = errNoWord
		return withSpace(p, folder, s)
	case "lock":
		return errAgain
	case "tool":
		return problem.New(instance.NoTool, nil, "tool", at, "host", h.Name())
	case "not-folder":
		return problem.New(instance.RemoteNotFolder, nil, "path", at)
	}
	// What could not be written has a name of this program's own: a person knows
	// the folder.
	return withSpace(shell.Fault("upload", folder, r), folder, s)
}

// withSpace tells a full disk from one without inodes left, and knows both by
// what is left where the command concerned did not say.
func withSpace(p *problem.Problem, at string, s space) error {
	full := s.inodes == 0 || s.bytes >= 0 && s.bytes < blockSize
	if p.Code != instance.RemoteNoSpace && !(p.Code == instance.RemoteFailed && full) {
		return p
	}
	if s.inodes == 0 {
		return problem.New(instance.RemoteNoInodes, p.Err, "path", at, "free", "0")
	}
	p = problem.New(instance.RemoteNoSpace, p.Err, "path", at)
	if s.bytes >= 0 {
		p.Args["free"] = strconv.FormatInt(s.bytes, 10)
	}
	return p
}

// parseOne reads "one KEY DIGEST".
func parseOne(line string) (key, digest string, ok bool) {
	rest, ok := strings.CutPrefix(line, "one ")
	if !ok {
		return "", "", false
	}
	key, digest, ok = strings.Cut(rest, " ")
	return key, digest, ok && isDigest(digest)
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
