// Package report writes what came of a training as one HTML file that needs
// nothing else: how good the model is, what it finds, its curves, what it was
// trained with and on, what it cost, and how to use it.
//
// Every word that a person reads is the caller's.
package report

import (
	_ "embed"
	"html/template"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/picture"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/page"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

// Words of the report, in the reader's language.
type Words struct {
	Lang                       string // as HTML has it: zh, en
	Title                      string
	Rehearsal                  string // what stands above all where nothing was trained
	Model, File, Size, Digest  string
	Samples, SamplesNote       string
	Curves, CurvesNote         string
	Accuracy, TrainLoss        string // names of charts
	ValLoss                    string
	Precision, Recall          string
	Box, Object, Class         string // the parts of a loss
	Drawn, DrawnNote           string // the pictures that YOLOv5 drew
	Settings, Command          string
	Option, Value, Why         string
	Data, Findings, NoFindings string
	Log                        string // what the log tells
	Cost, CostUnknown          string
	CostPractice               string
	Next                       string

	Missing   string                                     // in place of curves without results
	Verdict   func(best yolov5.Epoch, epochs int) string // what the figures mean
	Fact      func(name, value string) (label, shown string)
	Decision  func(preflight.Decision) (option, value, why string)
	Finding   func(dataset.Finding) string
	Severity  func(dataset.Severity) string
	Mend      func(dataset.Severity, dataset.Mend) string
	Diagnosis func(yolov5.Finding) string
	Sentence  func(code wizard.NoteCode, args map[string]string) string
	Advice    func(planfile.Plan, map[string]string) []Advice // of the facts of the download
	Bytes     func(int64) string
}

// Advice is what to do next: a sentence, and what to type, which may be "".
type Advice struct{ Say, Type string }

// How much the report shows.
const (
	sampleSide = 480
	drawnSide  = 1200
	maxDrawn   = 12
	maxResults = 8 << 20
	maxHarms   = 10
)

//go:embed report.html
var source string

var form = template.Must(template.New("report").Parse(source))

// Write writes the report of a project whose model is here.
func Write(w io.Writer, p *wizard.Project, words Words) error {
	return page.Write(w, form, viewOf(p, words))
}

type view struct {
	Style     template.CSS
	Policy    string
	Words     Words
	Name      string
	Rehearsal bool // nothing was trained
	Practice  bool // on the practice instance
	Verdict   string
	Numbers   []row
	Model     *instance.FileFact
	Others    []instance.FileFact // other forms of the model
	Samples   []photo
	Charts    []chart
	Drawn     []photo
	Settings  []setting
	Command   string
	Data      []row
	Findings  []finding
	Harms     []string
	Cost      []row
	Bill      string
	Advice    []Advice
}

type (
	row     struct{ Label, Value string }
	setting struct{ Option, Value, Why string }
	finding struct {
		Severity   dataset.Severity
		Word, Text string
		Mend       string
	}
	photo struct {
		Name string
		Data template.URL // "" if it cannot be shown
	}
)

func viewOf(p *wizard.Project, words Words) view {
	j := p.Journey()
	step := func(s journey.Step) *journey.Evidence { return j.Of(s).Evidence }
	train, download := step(journey.Train), step(journey.Download)
	v := view{
		Style: page.Style, Policy: page.Policy, Words: words, Name: p.Plan().Name,
		Rehearsal: download.Fact("rehearsal") == "true", Practice: p.Practice(),
	}
	facts := func(e *journey.Evidence, names ...string) (rows []row) {
		for _, name := range names {
			if label, shown := words.Fact(name, e.Fact(name)); label != "" && shown != "" {
				rows = append(rows, row{label, shown})
			}
		}
		return rows
	}
	files := filesOf(p, download)
	v.Model, v.Others, v.Samples = files.model, files.others, files.samples
	v.Drawn = files.drawn
	if epochs := files.epochs; len(epochs) > 0 {
		v.Charts = charts(epochs, words)
		if best, ok := yolov5.Best(epochs); ok {
			v.Verdict = words.Verdict(best, len(epochs))
		}
	}
	v.Numbers = facts(train, "map50", "map", "best_epoch", "epochs", "seconds")
	beginning := p.Beginning()
	v.Command = beginning.Command
	for _, d := range beginning.Decisions {
		option, value, why := words.Decision(d)
		v.Settings = append(v.Settings, setting{option, value, why})
	}
	v.Data = slices.Concat(
		facts(step(journey.Check), "pictures", "boxes", "class_names", "format"),
		facts(step(journey.Convert), "train", "val"),
		facts(step(journey.Classes), "release"), facts(train, "gpu", "torch"),
	)
	for _, f := range p.Findings() {
		v.Findings = append(v.Findings, finding{f.Severity, words.Severity(f.Severity), words.Finding(f), words.Mend(f.Severity, f.Mend)})
	}
	v.Harms = harms(p, train, words)
	v.Cost = facts(download, "paid", "cost", "instance")
	if args := wizard.BillOf(train, download); args != nil {
		v.Bill = words.Sentence(wizard.NoteBill, args)
	}
	if download != nil {
		v.Advice = words.Advice(p.Plan(), download.Facts)
	}
	return v
}

// resultFiles are the files of the result that a report shows.
type resultFiles struct {
	model   *instance.FileFact
	others  []instance.FileFact
	samples []photo
	drawn   []photo
	epochs  []yolov5.Epoch
}

func filesOf(p *wizard.Project, download *journey.Evidence) (found resultFiles) {
	if download == nil {
		return found
	}
	name := func(f instance.FileFact) string { return journey.PathIn(p.Dir(), f.Path) }
	for i := range download.Files {
		f := &download.Files[i]
		ending := strings.ToLower(path.Ext(f.Path))
		switch {
		case f.Path == download.Fact("model"):
			found.model = f
		case f.Path == download.Fact("onnx"):
			found.others = append(found.others, *f)
		case (ending == ".csv" || ending == ".txt") && len(found.epochs) == 0:
			found.epochs = resultsIn(name(*f))
		}
	}
	predictions, plots := wizard.PicturesOf(download)
	for _, f := range predictions {
		found.samples = append(found.samples, shown(name(f), path.Base(f.Path), sampleSide))
	}
	for _, f := range plots[:min(len(plots), maxDrawn)] {
		found.drawn = append(found.drawn, shown(name(f), path.Base(f.Path), drawnSide))
	}
	return found
}

func resultsIn(name string) []yolov5.Epoch {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	epochs, err := yolov5.ParseResults(io.LimitReader(f, maxResults))
	if err != nil {
		return nil
	}
	return epochs
}

// shown is a picture of a file, no side longer than side.
func shown(name, label string, side int) photo {
	ph := photo{Name: label}
	if img, err := picture.Open(name); err == nil {
		ph.Data, _ = page.Picture(picture.Shrunk(img, side))
	}
	return ph
}

// harms are what the training's log tells of what harmed it.
func harms(p *wizard.Project, train *journey.Evidence, words Words) (said []string) {
	name := train.Fact("log")
	if name == "" {
		return nil
	}
	f, err := os.Open(p.StatePath(filepath.FromSlash(name)))
	if err != nil {
		return nil
	}
	defer f.Close()
	for _, found := range yolov5.DiagnoseEnd(f, yolov5.Ending{Exited: true, Paid: train.Fact("gpu") != "" && !p.Practice()}) {
		if len(said) < maxHarms {
			said = append(said, words.Diagnosis(found))
		}
	}
	return said
}
