// Package report writes what was found in a data set as one HTML file that
// needs nothing else: findings, pictures with their boxes, pictures that are
// alike, and the spread of classes, sizes and places.
//
// Reading and judging data sets is the business of package dataset; every word
// that a person reads is the caller's.
package report

import (
	"context"
	_ "embed"
	"html/template"
	"io"

	"gpuwizard/core/dataset"
	"gpuwizard/core/page"
)

// Words of the report, in the reader's language.
type Words struct {
	Lang  string // as HTML has it: zh, en
	Title string

	Pictures, Boxes, Classes, Train, Val, Undivided string // names of numbers

	Findings, NoFindings string // heading, and what stands there instead
	Files                string // column: the files of a finding
	MoreFiles            string // after the first files of a finding, before their number

	Samples, SamplesNote string                       // pictures with their boxes, worst first
	Pairs, PairsNote     string                       // pictures that are alike
	PairsUnknown         string                       // pictures were not compared
	ClassBoxes           string                       // boxes of each class
	Sizes, SizesNote     string                       // box sizes when the longer side is 640 pixels
	Width, Height        string                       // axes of sizes
	Places, PlacesNote   string                       // where the boxes' centres lie
	Damaged              string                       // in place of a picture that cannot be shown
	Finding              func(dataset.Finding) string // one sentence
	Severity             func(dataset.Severity) string
	Mend                 func(dataset.Severity, dataset.Mend) string
}

// How much the report shows.
const (
	samples    = 12
	pairs      = 8
	fileNames  = 200 // of one finding
	sampleSide = 320
	pairSide   = 220
)

//go:embed report.html
var source string

var form = template.Must(template.New("report").Funcs(template.FuncMap{
	"both": func(values ...any) []any { return values },
}).Parse(source))

// Write writes the report. likeness is what dataset.Twins found, or nil if it
// did not run.
func Write(ctx context.Context, w io.Writer, set *dataset.Set, likeness *dataset.Likeness, words Words) error {
	v := view{Style: page.Style, Policy: page.Policy, Words: words, Set: set, Train: set.Count(dataset.Train), Val: set.Count(dataset.Val), Compared: likeness != nil}
	for _, c := range set.Classes {
		v.Boxes += c.Total
	}
	for _, f := range set.Findings {
		files := make([]string, min(len(f.Files), fileNames))
		for i := range files {
			files[i] = f.Place(i)
		}
		v.Findings = append(v.Findings, finding{
			Severity: f.Severity, Word: words.Severity(f.Severity), Text: words.Finding(f), Mend: words.Mend(f.Severity, f.Mend),
			Files: files, Count: len(f.Files), More: len(f.Files) - len(files),
		})
	}
	for _, it := range worst(set, samples) {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.Samples = append(v.Samples, shown(set, it, sampleSide))
	}
	if likeness != nil {
		byName := map[string]*dataset.Item{}
		for i := range set.Items {
			byName[set.Items[i].Image] = &set.Items[i]
		}
		for _, p := range likeness.Pairs[:min(len(likeness.Pairs), pairs)] {
			if err := ctx.Err(); err != nil {
				return err
			}
			if a, b := byName[p.A], byName[p.B]; a != nil && b != nil {
				v.Pairs = append(v.Pairs, [2]photo{shown(set, a, pairSide), shown(set, b, pairSide)})
			}
		}
	}
	v.Bars = bars(set)
	v.Dots = dots(set)
	v.Cells = cells(set)
	return page.Write(w, form, v)
}

type view struct {
	Style      template.CSS
	Policy     string
	Words      Words
	Set        *dataset.Set
	Train, Val int
	Boxes      int
	Compared   bool
	Findings   []finding
	Samples    []photo
	Pairs      [][2]photo
	Bars       []bar
	Dots       []dot
	Cells      []cell
}

type finding struct {
	Severity dataset.Severity
	Word     string
	Text     string
	Mend     string
	Files    []string
	Count    int
	More     int
}

type photo struct {
	Name string
	Part string
	Data template.URL // "" if it cannot be shown
}

// worst returns the first items that findings name, worst first, and then
// others spread over the set.
func worst(set *dataset.Set, n int) []*dataset.Item {
	by := map[string]*dataset.Item{}
	for i := range set.Items {
		it := &set.Items[i]
		by[it.Image] = it
		if it.Annotation != "" {
			by[it.Annotation] = it
		}
	}
	var out []*dataset.Item
	taken := map[*dataset.Item]bool{}
	add := func(it *dataset.Item) {
		if it != nil && !taken[it] && len(out) < n {
			taken[it] = true
			out = append(out, it)
		}
	}
	// A few of each finding, so that one of a thousand files hides no other.
	for _, f := range set.Findings {
		for _, name := range f.Files[:min(len(f.Files), 3)] {
			add(by[name])
		}
	}
	for i := range n {
		if len(set.Items) > 0 {
			add(&set.Items[i*len(set.Items)/n])
		}
	}
	return out
}

func shown(set *dataset.Set, it *dataset.Item, side int) photo {
	p := photo{Name: it.Image, Part: it.Part}
	if img, err := set.Preview(it, side); err == nil {
		p.Data, _ = page.Picture(img)
	}
	return p
}
