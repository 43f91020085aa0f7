package wizard

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
)

// handFolder is where labels converted by hand are looked for first, in the
// project's folder.
const handFolder = "yolo"

// handmade is a data set folder as the person made it.
type handmade struct {
	name     string            // as the person knows it
	pictures map[string]string // digest, by path below images
	labels   map[string]string // text, by path below labels, without .txt
}

// handConvert compares the labels that the person wrote with those that the
// wizard would write, and takes them over if they say the same.
func (w *work) handConvert() error {
	survey, set, err := w.readData()
	if err != nil {
		return err
	}
	if set.Fingerprint != w.record.Steps[Check].Data {
		return problem.New(DataMoved, nil, "path", w.plan.Data)
	}
	if err := w.lookAtPictures(survey, set, false); err != nil {
		return err
	}
	theirs, err := w.foundDataset()
	if err != nil || theirs == nil {
		return err
	}
	w.note(NoteHandLooked, "path", theirs.name)
	given := set.Layout != dataset.Flat && w.plan.Mend.Split != "new"
	pairs := w.pairUp(set, theirs, given)
	if w.differences > 0 {
		return nil
	}
	want, err := label.Rows(set, w.labelOptions(set))
	if err != nil {
		return err
	}
	c := comparison{work: w, tolerance: handTolerance}
	written := map[string]string{}
	for _, pair := range pairs {
		rows, ok := want[pair.item.Image]
		if !ok {
			continue // not to be used, such as one that cannot be read
		}
		text, labelled := theirs.labels[pair.stem]
		if !labelled && rows != "" {
			c.unlabelled = append(c.unlabelled, pair.stem)
			continue
		}
		written[pair.item.Image] = c.labels(pair, rows, text)
	}
	c.tell()
	w.differFiles(NoteHandExtra, strangers(theirs, pairs), "what", "label")
	if w.differences > 0 {
		return nil
	}
	return w.takeOver(set, written)
}

// takeOver puts the person's labels where the following steps look.
func (w *work) takeOver(set *dataset.Set, written map[string]string) error {
	o := w.labelOptions(set)
	o.Written = written
	return w.prepare(set, o)
}

// foundDataset reads what the person made, here or on the instance; nil if it
// is not there, which has been told then.
func (w *work) foundDataset() (*handmade, error) {
	if w.hand.There {
		return w.datasetThere()
	}
	tried := []string{handFolder, w.plan.Data, filepath.Join(w.plan.Data, handFolder)}
	if w.hand.Folder != "" {
		tried = []string{w.hand.Folder}
	}
	for _, name := range tried {
		dir := w.path(name)
		if info, err := os.Stat(filepath.Join(dir, "labels")); err == nil && info.IsDir() {
			return readFound(w.ctx, dir, w.rel(dir))
		}
	}
	for _, name := range tried {
		deeper, _ := filepath.Glob(filepath.Join(w.path(name), "*", "labels"))
		if len(deeper) > 0 {
			w.differs(NoteHandDeeper, "path", name, "found", w.rel(filepath.Dir(deeper[0])))
			return nil, nil
		}
	}
	w.differs(NoteHandNoFolder, "what", "labels", "path", tried[0])
	return nil, nil
}

// maxHandLabel bounds one label file of the person's.
const maxHandLabel = 1 << 20

func readFound(ctx context.Context, dir, name string) (*handmade, error) {
	f := &handmade{name: name, pictures: map[string]string{}, labels: map[string]string{}}
	for _, sub := range []string{"images", "labels"} {
		root := filepath.Join(dir, sub)
		err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			rel, err := filepath.Rel(root, at)
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			rel = filepath.ToSlash(rel)
			if sub == "images" {
				f.pictures[rel], err = fileDigest(at)
				return err
			}
			if stem, ok := strings.CutSuffix(rel, ".txt"); ok && path.Base(rel) != "classes.txt" {
				text, err := readUpTo(at, maxHandLabel)
				f.labels[stem] = text
				return err
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, problem.New(dataset.FolderUnreadable, err, "path", root)
		}
	}
	return f, nil
}

func readUpTo(name string, limit int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	return string(data), err
}

// packLabels writes the label files of a folder to its output.
const packLabels = `cd "$1" || exit 4
exec tar cf - labels 2>/dev/null`

const maxLabelTar = 1 << 30

// datasetThere is foundDataset for the instance: digests of the pictures, and
// the labels themselves.
func (w *work) datasetThere() (*handmade, error) {
	if err := w.meet(); err != nil {
		return nil, err
	}
	folder := w.hand.Folder
	if folder == "" {
		places, err := w.placesThere()
		if err != nil {
			return nil, err
		}
		if folder = places.dataset; folder == "" {
			w.differs(NoteHandNoFolder, "what", "dataset", "path", w.facts.Home)
			return nil, nil
		}
	}
	files, err := filesThere(w.ctx, w.instance, path.Join(folder, "images"))
	if err != nil {
		return nil, err
	}
	if files == nil {
		w.differs(NoteHandNoFolder, "what", "pictures", "path", path.Join(folder, "images"))
		return nil, nil
	}
	f := &handmade{name: folder, pictures: files}
	f.labels, err = labelsThere(w.ctx, w.instance, folder)
	w.fact("place", folder)
	return f, err
}

func labelsThere(ctx context.Context, host instance.Instance, folder string) (map[string]string, error) {
	labels := map[string]string{}
	r, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := untarLabels(io.LimitReader(r, maxLabelTar), labels)
		_, _ = io.Copy(io.Discard, r) // so that the script is not held up
		done <- err
	}()
	exit, err := host.Run(ctx, packLabels, []string{folder}, out)
	_ = out.Close()
	readErr := <-done
	switch {
	case err != nil:
		return nil, err
	case exit != 0:
		return labels, nil
	case readErr != nil:
		return nil, problem.New(instance.RemoteFailed, readErr, "what", "tar", "exit", "0", "output", "")
	}
	return labels, nil
}

func untarLabels(r io.Reader, labels map[string]string) error {
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		stem, ok := strings.CutSuffix(strings.TrimPrefix(path.Clean(h.Name), "labels/"), ".txt")
		if !ok || h.Typeflag != tar.TypeReg || path.Base(h.Name) == "classes.txt" {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(t, maxHandLabel))
		if err != nil {
			return err
		}
		labels[stem] = string(text)
	}
}

// A pair is a picture of the data and where the person put it.
type pair struct {
	item *dataset.Item
	stem string // below images and labels, without suffix
}

// pairUp finds the pictures of the data among the person's, by content, and
// gives each the part that it lies in. A split that the data brought along is
// to be kept.
func (w *work) pairUp(set *dataset.Set, theirs *handmade, given bool) []pair {
	at := map[string][]string{} // paths by digest
	for name, sum := range theirs.pictures {
		at[sum] = append(at[sum], name)
	}
	for _, names := range at {
		slices.Sort(names)
	}
	var pairs []pair
	var missing, other []string
	moved := map[string][]string{}
	for i := range set.Items {
		it := &set.Items[i]
		if !it.Readable() || w.plan.Mend.Unlabelled == "skip" && it.Annotation == "" {
			continue
		}
		sum, err := fileDigest(filepath.Join(set.Root, filepath.FromSlash(it.Image)))
		names := at[sum]
		if err != nil || len(names) == 0 {
			if theirs.hasName(it.Image) {
				other = append(other, it.Image)
			} else {
				missing = append(missing, it.Image)
			}
			continue
		}
		// Of several with this content, the one of the same part and name.
		name := names[0]
		for _, n := range names {
			if partOf(n) == it.Part && nameStem(n) == nameStem(it.Image) {
				name = n
			}
		}
		part := partOf(name)
		switch {
		case part == "" || given && part != it.Part:
			moved[it.Part] = append(moved[it.Part], name)
		case !given:
			it.Part = part
		}
		pairs = append(pairs, pair{it, strings.TrimSuffix(name, path.Ext(name))})
	}
	w.differFiles(NoteHandMissing, missing, "what", "pictures")
	w.differFiles(NoteHandDiffers, other, "what", "pictures")
	for _, part := range sortedKeys(moved) {
		w.differFiles(NoteHandPart, moved[part], "part", part)
	}
	return pairs
}

func (f *handmade) hasName(image string) bool {
	for name := range f.pictures {
		if nameStem(name) == nameStem(image) {
			return true
		}
	}
	return false
}

func nameStem(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }

// partOf is the part that a path below images belongs to.
func partOf(name string) string {
	switch first, _, _ := strings.Cut(name, "/"); first {
	case "train":
		return dataset.Train
	case "val", "valid", "test":
		return dataset.Val
	}
	return ""
}

// strangers are labels of pictures that are not of the data: YOLOv5 would
// leave them out, and the person expects them to count.
func strangers(theirs *handmade, pairs []pair) []string {
	known := map[string]bool{}
	for _, p := range pairs {
		known[p.stem] = true
	}
	var list []string
	for stem := range theirs.labels {
		if !known[stem] {
			list = append(list, stem+".txt")
		}
	}
	return list
}

// handTolerance is how many pixels an edge may lie elsewhere: scripts differ in
// whether VOC counts pixels from 0 or from 1, and in how they round.
const handTolerance = 1.5

// maxHandTold bounds the labels whose faults are told one by one.
const maxHandTold = 5

// A comparison of labels. It tells the first faults one by one and counts the
// rest.
type comparison struct {
	*work
	tolerance  float64
	unlabelled []string
	told, more int
}

func (c *comparison) fault(code NoteCode, details ...string) {
	if c.told >= maxHandTold {
		c.more++
		return
	}
	c.told++
	c.differs(code, details...)
}

func (c *comparison) tell() {
	for i := range c.unlabelled {
		c.unlabelled[i] += ".txt"
	}
	c.differFiles(NoteHandNoLabel, c.unlabelled)
	if c.more > 0 {
		c.differs(NoteHandMore, "count", strconv.Itoa(c.more))
	}
}

// A row of a label file: class, centre and size as shares of the picture.
type row struct {
	class          int
	cx, cy, bw, bh float64
	line           int
}

func (r row) String() string {
	return fmt.Sprintf("%d %.4f %.4f %.4f %.4f", r.class, r.cx, r.cy, r.bw, r.bh)
}

// labels compares the rows of one picture and returns them as they are to be
// taken over: the person's, written plainly.
func (c *comparison) labels(p pair, want, text string) string {
	name := "labels/" + p.stem + ".txt"
	mine, _, _ := parseRows(want)
	theirs, broken, line := parseRows(text)
	if broken != "" {
		c.fault(NoteHandRow, "path", name, "line", strconv.Itoa(line), "got", clean.Line(broken))
		return ""
	}
	for _, r := range theirs {
		if max(r.cx, r.cy, r.bw, r.bh) > 2 {
			c.fault(NoteHandScale, "path", name, "line", strconv.Itoa(r.line), "got", r.String())
			return ""
		}
	}
	if len(theirs) != len(mine) {
		c.fault(NoteHandRowCount, "path", name, "got", strconv.Itoa(len(theirs)), "want", strconv.Itoa(len(mine)))
		return ""
	}
	width, height := float64(p.item.Width), float64(p.item.Height)
	used := make([]bool, len(theirs))
	var out strings.Builder
	for _, m := range mine {
		at, off := -1, math.Inf(1)
		for i, t := range theirs {
			if d := m.distance(t, width, height); !used[i] && (d < off || d == off && t.class == m.class) {
				at, off = i, d
			}
		}
		t := theirs[at]
		used[at] = true
		switch {
		case off > c.tolerance && m.distance(t.fromCorners(), width, height) <= c.tolerance:
			c.fault(NoteHandCorners, "path", name, "line", strconv.Itoa(t.line), "got", t.String(), "want", m.String())
			return ""
		case off > c.tolerance:
			c.fault(NoteHandBox, "path", name, "line", strconv.Itoa(t.line), "got", t.String(), "want", m.String())
			return ""
		case t.class != m.class:
			c.fault(NoteHandClass, "path", name, "line", strconv.Itoa(t.line), "got", strconv.Itoa(t.class), "want", strconv.Itoa(m.class))
			return ""
		}
	}
	for _, t := range theirs {
		fmt.Fprintf(&out, "%d %.6f %.6f %.6f %.6f\n", t.class, t.cx, t.cy, t.bw, t.bh)
	}
	return out.String()
}

// distance is how far the edges of two boxes lie apart at most, in pixels.
func (r row) distance(o row, width, height float64) float64 {
	return max(
		math.Abs((r.cx-r.bw/2)-(o.cx-o.bw/2))*width, math.Abs((r.cx+r.bw/2)-(o.cx+o.bw/2))*width,
		math.Abs((r.cy-r.bh/2)-(o.cy-o.bh/2))*height, math.Abs((r.cy+r.bh/2)-(o.cy+o.bh/2))*height,
	)
}

// fromCorners takes the four numbers for the corners of the box.
func (r row) fromCorners() row {
	return row{class: r.class, cx: (r.cx + r.bw) / 2, cy: (r.cy + r.bh) / 2, bw: r.bw - r.cx, bh: r.bh - r.cy}
}

// parseRows reads a label file; broken is the first line that is no row.
func parseRows(text string) (rows []row, broken string, line int) {
	for s := range strings.Lines(text) {
		line++
		fields := strings.Fields(s)
		if len(fields) == 0 {
			continue
		}
		var v [5]float64
		ok := len(fields) == 5
		for i := 0; ok && i < 5; i++ {
			x, err := strconv.ParseFloat(fields[i], 64)
			ok = err == nil && !math.IsInf(x, 0) && x >= 0
			v[i] = x
		}
		if !ok || v[0] != math.Trunc(v[0]) || v[0] > 1e6 {
			return nil, strings.TrimSpace(s), line
		}
		rows = append(rows, row{int(v[0]), v[1], v[2], v[3], v[4], line})
	}
	return rows, "", 0
}
