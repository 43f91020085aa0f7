package dataset

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"path"
	"slices"
	"strings"
)

// A sourceFile has been read besides, or in place of, one annotation a picture.
type sourceFile struct {
	rel  string
	size int64
	sum  [sha256.Size]byte
}

// A pictureList is a text file that names pictures, one a line.
type pictureList struct {
	part    string // or trainAndVal
	entries []string
	source  sourceFile
}

// trainAndVal is what VOC calls the union of both.
const trainAndVal = "trainval"

// texts are the files that say something of all labels, or of all pictures.
type texts struct {
	names   classNames
	yamls   []*dataYAML
	lists   []pictureList
	sources []sourceFile // of names and yamls
}

// read takes what is there besides labels.
func (t *texts) read(ctx context.Context, r *reading, labels map[string]bool) error {
	files := slices.DeleteFunc(slices.Clone(r.found.texts), func(rel string) bool { return labels[rel] })
	// In a folder the file that is made for it comes first.
	order := func(rel string) int {
		base := strings.ToLower(path.Base(rel))
		switch {
		case base == "data.yaml" || base == "dataset.yaml":
			return 0
		case path.Ext(base) == ".yaml" || path.Ext(base) == ".yml":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(order(a), order(b)) })
	w := r.worker(ctx)
	defer w.files.Close()
	for _, rel := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		ext, part := strings.ToLower(path.Ext(rel)), listPart(rel)
		yaml := ext == ".yaml" || ext == ".yml"
		if !yaml && !isNames(rel) && (ext != ".txt" || part == "") {
			continue
		}
		data, err := w.read(rel)
		if err != nil {
			continue // it might have helped; nothing is wrong without it
		}
		source := sourceFile{rel: rel, size: int64(len(data)), sum: sha256.Sum256(data)}
		text, _ := decode(data)
		switch {
		case yaml:
			if d := parseDataYAML(rel, text); d != nil {
				d.source = source
				t.yamls = append(t.yamls, d)
				t.names.add(path.Dir(rel), d.names)
				t.sources = append(t.sources, source)
			}
		case isNames(rel):
			if names, trimmed := parseNames(text); len(names) > 0 {
				t.names.add(path.Dir(rel), names)
				if trimmed {
					t.names.trimmed = append(t.names.trimmed, rel)
				}
				t.sources = append(t.sources, source)
			}
		default:
			t.lists = append(t.lists, pictureList{part: part, entries: parseList(text), source: source})
		}
	}
	return nil
}

// listPart returns the part that a list of pictures is for, by its name: in
// VOC's ImageSets/Main, or as Darknet has it. Other folders of ImageSets are
// for other tasks.
func listPart(rel string) string {
	dir, up := path.Base(path.Dir(rel)), path.Base(path.Dir(path.Dir(rel)))
	if strings.EqualFold(up, "ImageSets") && !strings.EqualFold(dir, "Main") {
		return ""
	}
	name := strings.ToLower(stem(rel))
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_list"), "-list")
	if name == trainAndVal {
		return name
	}
	return partNamed(name)
}

func parseList(text []byte) []string {
	var out []string
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(out) == maxRecords || len(line) > maxText {
			return nil
		}
		if len(line) > 0 {
			out = append(out, string(line))
		}
	}
	return out
}

// decide finds the parts of pictures where their folders don't say. Lists of
// pictures come first, then the description of a YOLO set, then what the files
// with the labels are called.
func (r *reading) decide() {
	if parted(r.found.pictures, partOf) {
		return
	}
	var lib *library
	if len(r.lists)+len(r.yamls) > 0 {
		lib = newLibrary(r.found.pictures)
	}
	for _, try := range []func(*library) map[string]string{r.partsByList, r.partsByYAML, r.partsByCollection} {
		parts := try(lib)
		if parted(r.found.pictures, func(rel string) string { return parts[rel] }) {
			r.parts = parts
			return
		}
	}
}

// parted reports whether pictures are divided into a part to train on and
// another one.
func parted(pictures []string, part func(string) string) bool {
	train, other := false, false
	for _, rel := range pictures {
		switch part(rel) {
		case Train:
			train = true
		case Val, partTest:
			other = true
		}
	}
	return train && other
}

func (r *reading) partsByList(lib *library) map[string]string {
	parts := map[string]string{}
	// The union of two lists is no news where one of them is there too.
	finer := map[string]bool{}
	for i := range r.lists {
		if l := &r.lists[i]; l.part == Train || l.part == Val {
			finer[path.Dir(l.source.rel)] = true
		}
	}
	rank := map[string]int{Train: 0, Val: 1, trainAndVal: 2, partTest: 3}
	lists := slices.Clone(r.lists)
	slices.SortStableFunc(lists, func(a, b pictureList) int { return cmp.Compare(rank[a.part], rank[b.part]) })
	var used []sourceFile
	for _, l := range lists {
		part := l.part
		if part == trainAndVal {
			if part = Train; finer[path.Dir(l.source.rel)] {
				continue
			}
		}
		if l.apply(lib, part, parts) {
			used = append(used, l.source)
		}
	}
	if parted(r.found.pictures, func(rel string) string { return parts[rel] }) {
		r.sources = append(r.sources, used...)
	}
	return parts
}

// apply gives the pictures on a list their part, and reports whether there was
// one.
func (l *pictureList) apply(lib *library, part string, parts map[string]string) bool {
	from := path.Dir(l.source.rel)
	if strings.EqualFold(path.Base(from), "Main") {
		from = path.Dir(from)
	}
	if strings.EqualFold(path.Base(from), "ImageSets") {
		from = path.Dir(from)
	}
	any := false
	for _, entry := range l.entries {
		i := lib.find(entry, from, "")
		if i < 0 {
			// A flag may follow, or the name of the label.
			if fields := strings.Fields(entry); len(fields) > 1 {
				i = lib.find(fields[0], from, "")
			}
		}
		if i < 0 {
			continue
		}
		any = true
		if rel := lib.pictures[i]; parts[rel] == "" {
			parts[rel] = part
		}
	}
	return any
}

// partsByYAML follows the paths to train on and to validate on. They are often
// those of another machine, or lead up from a folder that is not there: what
// counts is their end.
func (r *reading) partsByYAML(*library) map[string]string {
	parts := map[string]string{}
	for i, d := range r.yamls {
		if i == maxYAMLs {
			break
		}
		paths := map[string][]string{Train: d.train, Val: d.val, partTest: d.test}
		for _, part := range []string{Train, Val, partTest} {
			for _, p := range paths[part] {
				for _, rel := range belowFolder(r.found.pictures, d.dir, p) {
					if parts[rel] == "" {
						parts[rel] = part
					}
				}
			}
		}
	}
	if parted(r.found.pictures, func(rel string) string { return parts[rel] }) {
		for _, d := range r.yamls {
			r.sources = append(r.sources, d.source)
		}
	}
	return parts
}

// belowFolder returns the pictures below the folder that the end of a path
// names, seen from dir.
func belowFolder(pictures []string, dir, name string) []string {
	names := cleanParts(name)
	for i := range names {
		prefix := path.Join(dir, path.Join(names[i:]...)) + "/"
		var out []string
		for _, rel := range pictures {
			if strings.HasPrefix(rel, prefix) {
				out = append(out, rel)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func (r *reading) partsByCollection(*library) map[string]string {
	parts := map[string]string{}
	if r.match == nil {
		return parts
	}
	for i, rel := range r.found.pictures {
		if n := r.match.of[i]; n >= 0 {
			parts[rel] = r.match.records[n].part
		}
	}
	return parts
}
