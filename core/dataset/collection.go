package dataset

import (
	"cmp"
	"context"
	"io"
	"path"
	"slices"
	"strings"
)

// A collection is one file with the labels of many pictures.
type collection struct {
	rel      string
	format   Format
	part     string // that its name, or its folder's, stands for
	records  []annotation
	subsets  []string // of records, if they have any
	dangling int      // boxes of pictures that it doesn't list
	streamed streamed
	closed   error
}

// readCollection reads a COCO or CVAT file.
func readCollection(ctx context.Context, root, rel string, format Format, s *streamer, names map[string]string) *collection {
	c := &collection{rel: rel, format: format, part: collectionPart(rel)}
	c.streamed, c.closed = s.read(ctx, local(root, rel), func(r io.Reader) error {
		c.records, c.subsets, c.dangling = nil, nil, 0
		if format == COCO {
			var err error
			c.records, c.dangling, err = readCOCO(r, s.json, names)
			return err
		}
		list, err := readCVAT(r, names)
		for _, one := range list {
			c.records = append(c.records, one.annotation)
			c.subsets = append(c.subsets, one.subset)
		}
		return err
	})
	if c.streamed.broken != nil || c.closed != nil {
		c.records, c.subsets, c.dangling = nil, nil, 0
	}
	return c
}

// collectionPart finds the part in names such as instances_train2017.json and
// train/_annotations.coco.json.
func collectionPart(rel string) string {
	words := strings.FieldsFunc(stem(rel), func(r rune) bool { return strings.ContainsRune("_-. ()", r) })
	for _, word := range words {
		if part := partNamed(word); part != "" {
			return part
		}
	}
	return partOf(rel)
}

// inOrder sorts collections so that of several with the same pictures the one
// to train on comes first: instances before keypoints and captions (as COCO
// names them), those of one part before those of all.
func inOrder(list []string) {
	instances := func(rel string) int {
		base := strings.ToLower(path.Base(rel))
		if strings.HasPrefix(base, "instances") || strings.HasPrefix(base, "_annotations") {
			return 0
		}
		return 1
	}
	parted := func(rel string) int {
		if collectionPart(rel) != "" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(instances(a), instances(b)), cmp.Compare(parted(a), parted(b)), strings.Compare(a, b))
	})
}

// A library finds pictures by the names that other files give them.
type library struct {
	pictures []string
	byPath   map[string]int
	byBase   map[string][]int // in lower case
	byStem   map[string][]int
}

func newLibrary(pictures []string) *library {
	l := &library{pictures: pictures, byPath: map[string]int{}, byBase: map[string][]int{}, byStem: map[string][]int{}}
	for i, rel := range pictures {
		l.byPath[rel] = i
		base := strings.ToLower(path.Base(rel))
		l.byBase[base] = append(l.byBase[base], i)
		base = strings.TrimSuffix(base, path.Ext(base))
		l.byStem[base] = append(l.byStem[base], i)
	}
	return l
}

// maxNamesakes bounds how many pictures of one name are looked through for each
// time it is asked for.
const maxNamesakes = 4096

// find returns the picture that a file in the folder from means by a name:
// among those of that name the one that shares the most folders with it, then
// that of the wanted part, then the one nearest to the file; -1 if there is
// none, or more than one.
func (l *library) find(name, from, part string) int {
	parts := cleanParts(name)
	if len(parts) == 0 {
		return -1
	}
	for dir := from; ; dir = path.Dir(dir) {
		rel := path.Join(dir, path.Join(parts...))
		if i, ok := l.byPath[rel]; ok && (part == "" || partOf(rel) == part) {
			return i
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	base := strings.ToLower(parts[len(parts)-1])
	candidates := l.byBase[base]
	if len(candidates) == 0 {
		if ext := path.Ext(base); pictureSuffixes[ext] {
			base = strings.TrimSuffix(base, ext)
		}
		candidates = l.byStem[base]
	}
	if len(candidates) > maxNamesakes {
		return -1
	}
	best, bestRank, twice := -1, [3]int{}, false
	for _, i := range candidates {
		rel := l.pictures[i]
		rank := [3]int{tail(parts, strings.Split(rel, "/")), 0, shared(path.Dir(rel), from)}
		if part != "" && partOf(rel) == part {
			rank[1] = 1
		}
		switch c := slices.Compare(rank[:], bestRank[:]); {
		case best < 0 || c > 0:
			best, bestRank, twice = i, rank, false
		case c == 0:
			twice = true
		}
	}
	if twice {
		return -1
	}
	return best
}

// cleanParts cuts a path of whatever system into names and leaves out what
// leads elsewhere.
func cleanParts(name string) []string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' })
	return slices.DeleteFunc(parts, func(p string) bool { return p == "." || p == ".." || strings.HasSuffix(p, ":") })
}

// tail counts the names that two paths have in common at their ends, twice
// where they agree in case too.
func tail(a, b []string) int {
	n := 0
	for i := 1; i <= min(len(a), len(b)); i++ {
		x, y := a[len(a)-i], b[len(b)-i]
		switch {
		case x == y:
			n += 2
		case strings.EqualFold(x, y):
			n++
		default:
			return n
		}
	}
	return n
}

// shared counts the names that two folders have in common at their starts.
func shared(a, b string) int {
	n := 0
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for n < min(len(x), len(y)) && x[n] == y[n] && x[n] != "." {
		n++
	}
	return n
}

// A match is what collections say of the pictures of a set.
type match struct {
	of      []int // the record of each picture, or -1
	records []matched
	used    []*collection
	unused  []*collection // all their pictures are in others
	covered int           // pictures with a record
}

// A matched record has found its picture, or waits for it in vain.
type matched struct {
	annotation
	from    *collection
	part    string
	picture int // or -1
}

// matchAll brings the records of collections to the pictures they mean. Where
// two collections have a picture the first one counts; within one, what is
// said of a picture twice is put together.
func matchAll(list []*collection, lib *library) *match {
	m := &match{of: make([]int, len(lib.pictures))}
	for i := range m.of {
		m.of[i] = -1
	}
	for _, c := range list {
		start, missed := m.covered, false
		for i := range c.records {
			one := matched{annotation: c.records[i], from: c, part: c.part}
			if c.subsets != nil && partNamed(c.subsets[i]) != "" {
				one.part = partNamed(c.subsets[i])
			}
			one.picture = lib.find(one.filename, path.Dir(c.rel), one.part)
			switch p := one.picture; {
			case p < 0:
				missed = true
			case m.of[p] < 0:
				m.of[p] = len(m.records)
				m.covered++
			case m.records[m.of[p]].from == c:
				other := &m.records[m.of[p]]
				other.boxes = append(slices.Clip(other.boxes), one.boxes...)
				other.noBox += one.noBox
				continue
			default:
				continue
			}
			m.records = append(m.records, one)
		}
		if m.covered == start && !missed && len(c.records) > 0 && start > 0 {
			m.unused = append(m.unused, c)
		} else {
			m.used = append(m.used, c)
		}
		c.records, c.subsets = nil, nil
	}
	return m
}
