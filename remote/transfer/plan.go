package transfer

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
)

// A plan says where each file comes from.
type plan struct {
	unchanged bool // the folder is right as it is
	keptFiles int
	keptBytes int64
	send      []instance.Source // through an archive
	bigs      []*big            // range by range
	sendFiles int
	need      int64               // bytes on disk, about
	there     map[string]string   // digests of what is right already, as the instance said
	keep      map[string][]string // names to be taken from the folder, by subfolder
	runnable  []string
	drop      []string // of what earlier tries left
}

func (l *list) plan(f *findings) *plan {
	p := &plan{there: map[string]string{}, keep: map[string][]string{}}
	inTarget := 0
	for _, file := range l.files {
		sum := l.sum(file)
		if sum != "" && f.target[file.Path] == sum {
			inTarget++
		}
		switch {
		case sum != "" && f.staged[file.Path] == sum:
			p.kept(file, sum)
		case sum != "" && f.target[file.Path] == sum:
			p.kept(file, sum)
			dir := path.Dir(file.Path)
			p.keep[dir] = append(p.keep[dir], "./"+path.Base(file.Path))
			if file.Exec {
				p.runnable = append(p.runnable, "./"+file.Path)
			}
		case file.Size > bigSize:
			key := bigKey(file)
			b := newBig(file, key, f.ranges[key])
			p.bigs = append(p.bigs, b)
			p.sendFiles++
			p.keptBytes += file.Size - b.bytesMissing()
			p.need += b.bytesMissing()
		default:
			p.send = append(p.send, file)
			p.sendFiles++
			p.need += (file.Size + 4095) &^ 4095
		}
	}
	for name := range f.staged {
		if _, wanted := l.byPath[name]; !wanted {
			p.drop = append(p.drop, "./"+name)
		}
	}
	slices.Sort(p.drop)
	p.unchanged = inTarget == len(l.files) && len(f.target) == len(l.files) && inTarget > 0
	return p
}

func (p *plan) kept(file instance.Source, sum string) {
	p.there[file.Path] = sum
	p.keptFiles++
	p.keptBytes += file.Size
}

// fits compares what will be sent with the space that is left.
func (p *plan) fits(folder string, s space) error {
	switch {
	case s.bytes >= 0 && s.bytes < p.need:
		return problem.New(instance.RemoteNoSpace, nil, "path", folder,
			"need", strconv.FormatInt(p.need, 10), "free", strconv.FormatInt(s.bytes, 10))
	case s.inodes >= 0 && s.inodes < int64(p.sendFiles):
		return problem.New(instance.RemoteNoInodes, nil, "path", folder,
			"need", strconv.Itoa(p.sendFiles), "free", strconv.FormatInt(s.inodes, 10))
	}
	return nil
}

// maxWords bounds the arguments of one command, far below any system's limit.
const maxWords = 48 << 10

// calls writes calls of a shell function, each with as many names as it takes.
func calls(b *strings.Builder, function []string, names []string) {
	for len(names) > 0 {
		n, size := 0, 0
		for n < len(names) && (n == 0 || size+len(names[n]) < maxWords) {
			size += len(names[n]) + 3
			n++
		}
		b.WriteString(shellword.Join(append(slices.Clone(function), names[:n]...)...) + "\n")
		names = names[n:]
	}
}

// script prepares the try: the shell calls that take over what is right, and
// away what is not wanted. It is empty where there is nothing to prepare.
func (p *plan) script() string {
	var b strings.Builder
	calls(&b, []string{"drop"}, p.drop)
	for dir, names := range p.keep {
		calls(&b, []string{"keep", dir}, names)
	}
	calls(&b, []string{"runnable"}, p.runnable)
	return b.String()
}
