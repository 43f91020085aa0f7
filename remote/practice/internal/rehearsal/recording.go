// Package rehearsal plays the Python of the practice instance: it answers the
// wizard's probes, pretends to install modules, and plays back the recording
// of a real training in the place of train.py, after checking what the real
// one would have failed at. Nothing is computed.
//
// A recording is a folder with
//
//	recording.json      what was recorded: see Info
//	train.log           what train.py wrote, byte for byte, colours and
//	                    carriage returns kept
//	timing.tsv          one line per write: milliseconds since the start, a tab,
//	                    and the log's length in bytes after that write
//	results.csv         as it stood at the end; its rows appear as epochs pass
//	opt.yaml, hyp.yaml  appear at the start
//	*.png, *.jpg        appear at the end
//
// Paths in train.log and the YAML files are placeholders, given in
// recording.json, that are replaced by those of the run that is asked for.
package rehearsal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Info is what recording.json holds.
type Info struct {
	Release string  `json:"release"` // of YOLOv5
	Epochs  int     `json:"epochs"`
	Batch   int     `json:"batch"`
	ImgSize int     `json:"imgsz"`
	Seconds float64 `json:"seconds"`
	Device  string  `json:"device"`
	Command string  `json:"command"`
	// Paths are the placeholders: code, dataset, runs (--project), run (the
	// folder that the training writes to).
	Paths struct {
		Code    string `json:"code"`
		Dataset string `json:"dataset"`
		Runs    string `json:"runs"`
		Run     string `json:"run"`
	} `json:"paths"`
	Predictions Predictions `json:"predictions"`
}

// A Recording is a recorded training.
type Recording struct {
	Info
	log     []byte
	marks   []mark
	results []string // lines of results.csv, the header first
	yaml    map[string][]byte
	picture map[string][]byte
}

// A mark says how long the log was at some time.
type mark struct {
	at  time.Duration
	end int
}

// Bounds of what is read: a recording is some hundred KiB.
const (
	maxFile  = 16 << 20
	maxMarks = 1 << 20
)

// Load reads a recording.
func Load(from fs.FS) (*Recording, error) {
	r := &Recording{yaml: map[string][]byte{}, picture: map[string][]byte{}}
	text, err := read(from, "recording.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.Info); err != nil {
		return nil, fmt.Errorf("recording.json: %w", err)
	}
	if r.log, err = read(from, "train.log"); err != nil {
		return nil, err
	}
	timing, err := read(from, "timing.tsv")
	if err != nil {
		return nil, err
	}
	if r.marks, err = parseTiming(timing, len(r.log)); err != nil {
		return nil, err
	}
	csv, err := read(from, "results.csv")
	if err != nil {
		return nil, err
	}
	r.results = slices.Collect(strings.Lines(string(csv)))
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		into := r.picture
		switch path.Ext(entry.Name()) {
		case ".png", ".jpg":
		case ".yaml":
			into = r.yaml
		default:
			continue
		}
		if into[entry.Name()], err = read(from, entry.Name()); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func read(from fs.FS, name string) ([]byte, error) {
	f, err := from.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: too large", name)
	}
	return data, err
}

// parseTiming reads timing.tsv; times and lengths must not go back, and the
// last length is the log's.
func parseTiming(text []byte, size int) ([]mark, error) {
	var marks []mark
	last := mark{}
	for line := range bytes.Lines(text) {
		ms, end, ok := strings.Cut(strings.TrimSpace(string(line)), "\t")
		if !ok && ms == "" {
			continue
		}
		t, err1 := strconv.ParseInt(ms, 10, 32)
		n, err2 := strconv.Atoi(end)
		m := mark{time.Duration(t) * time.Millisecond, n}
		if err := errors.Join(err1, err2); err != nil || m.at < last.at || m.end < last.end || n > size || len(marks) >= maxMarks {
			return nil, fmt.Errorf("timing.tsv: bad line %q", line)
		}
		marks = append(marks, m)
		last = m
	}
	if last.end < size {
		marks = append(marks, mark{last.at, size})
	}
	return marks, nil
}

// length is how long the recorded training took.
func (r *Recording) length() time.Duration {
	if len(r.marks) == 0 {
		return 0
	}
	return r.marks[len(r.marks)-1].at
}

// For returns the recording of the same training at other places.
func (r *Recording) For(code, dataset, runs, run string) *Recording {
	var list []replacement
	for _, p := range []replacement{
		{r.Paths.Run, run},
		{r.Paths.Runs, runs},
		{r.Paths.Dataset, dataset},
		{r.Paths.Code, code},
	} {
		if p.old != "" {
			list = append(list, p)
		}
	}
	// The longest first, since one may begin another.
	slices.SortStableFunc(list, func(a, b replacement) int { return cmp.Compare(len(b.old), len(a.old)) })
	moved := *r
	var cuts []cut
	moved.log, cuts = replace(r.log, list)
	moved.marks = make([]mark, len(r.marks))
	for i, m := range r.marks {
		moved.marks[i] = mark{m.at, shift(cuts, m.end)}
	}
	moved.yaml = map[string][]byte{}
	for name, text := range r.yaml {
		moved.yaml[name], _ = replace(text, list)
	}
	return &moved
}

type replacement struct{ old, now string }

// A cut is where a text was changed: from oldEnd on, positions differ by
// newEnd-oldEnd.
type cut struct{ oldStart, oldEnd, newStart, newEnd int }

// replace changes every occurrence, and says where.
func replace(text []byte, list []replacement) ([]byte, []cut) {
	var out []byte
	var cuts []cut
	at := 0
scan:
	for at < len(text) {
		for _, r := range list {
			if bytes.HasPrefix(text[at:], []byte(r.old)) {
				start := len(out)
				out = append(out, r.now...)
				cuts = append(cuts, cut{at, at + len(r.old), start, len(out)})
				at += len(r.old)
				continue scan
			}
		}
		out = append(out, text[at])
		at++
	}
	return out, cuts
}

// shift is where a position of the old text lies in the new one; within a
// changed place, at its end.
func shift(cuts []cut, position int) int {
	i := sort.Search(len(cuts), func(i int) bool { return cuts[i].oldStart >= position })
	if i == 0 {
		return position
	}
	c := cuts[i-1]
	return c.newEnd + max(0, position-c.oldEnd)
}
