package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/natefinch/atomic"
	"github.com/spf13/cobra"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/report"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/widget"
)

// Codes of problems with the commands on labelled pictures.
const (
	outUnwritable problem.Code = "out-unwritable" // path: a file that was asked for cannot be written
	notInData     problem.Code = "not-in-data"    // path, data: the picture is not among those of the folder
)

// checkOptions are the flags of "check" and "convert".
type checkOptions struct {
	quick    bool
	filename bool
	html     string
}

func (a *app) checkCommand() *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use: "check DIR", Short: a.text.CommandHelp("check"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			set, likeness, err := a.readData(cmd.Context(), args[0], o)
			if set == nil {
				return err
			}
			a.tellFindings(set)
			if o.html != "" {
				if err := a.writeReport(cmd.Context(), o.html, set, likeness); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			verdict := a.text.Data().Sound
			if ruined(set) {
				verdict, err = a.text.Data().Ruined, exitError(exitFailed)
			}
			if !a.json {
				a.console().Line(verdict)
			}
			return err
		},
	}
	a.checkFlags(c, &o)
	c.Flags().StringVar(&o.html, "html", "", a.text.FlagHelp("html"))
	return c
}

func (a *app) checkFlags(c *cobra.Command, o *checkOptions) {
	c.Flags().BoolVar(&o.quick, "quick", false, a.text.FlagHelp("quick"))
	c.Flags().BoolVar(&o.filename, "by-filename", false, a.text.FlagHelp("by-filename"))
}

// readData reads a folder or a zip, with a full look at the pictures unless it
// is to be quick. On broken labels it returns the set and the problem.
func (a *app) readData(ctx context.Context, name string, o checkOptions) (*dataset.Set, *dataset.Likeness, error) {
	tell := a.dataTeller()
	progress := func(p dataset.Progress) {
		tell(wizard.Event{Kind: wizard.KindProgress, Progress: wizard.ProgressOf(p)})
	}
	if strings.EqualFold(filepath.Ext(name), ".zip") {
		if _, err := os.Stat(name); os.IsNotExist(err) {
			return nil, nil, problem.New(dataset.NoSuchFolder, err, "path", name)
		}
		tmp, err := os.MkdirTemp("", "gpuwizard")
		if err != nil {
			return nil, nil, problem.New(outUnwritable, err, "path", os.TempDir())
		}
		a.cleanup = append(a.cleanup, func() { os.RemoveAll(tmp) })
		dir := filepath.Join(tmp, "data")
		if _, err := dataset.Unpack(ctx, name, dir, dataset.Limits{Tell: progress}); err != nil {
			return nil, nil, err
		}
		name = dir
	}
	survey := dataset.NewSurvey(name, dataset.Options{ByFilename: o.filename, Tell: progress})
	tell(wizard.Event{Kind: wizard.KindSurvey, Survey: survey})
	set, err := survey.Read(ctx)
	if set == nil || o.quick {
		return set, nil, err
	}
	likeness, lookErr := survey.Look(ctx)
	tell(wizard.Event{Kind: wizard.KindEnd})
	if lookErr != nil {
		return nil, nil, problem.New(wizard.Cancelled, lookErr)
	}
	return set, likeness, err
}

// dataTeller tells a person who waits how far the reading is.
func (a *app) dataTeller() func(wizard.Event) {
	if !a.terminal || a.json {
		return func(wizard.Event) {}
	}
	return a.console().Tell
}

func ruined(set *dataset.Set) bool {
	for _, f := range set.Findings {
		if f.Severity == dataset.Ruins {
			return true
		}
	}
	return false
}

// jsonFinding is one line of "check --json".
type jsonFinding struct {
	Check    dataset.Check     `json:"check"`
	Severity dataset.Severity  `json:"severity"`
	Count    int               `json:"count"`
	Files    []string          `json:"files"`
	Lines    []int             `json:"lines,omitempty"`
	Mend     dataset.Mend      `json:"mend"`
	Args     map[string]string `json:"args,omitempty"`
	Text     string            `json:"text"`
}

func (a *app) tellFindings(set *dataset.Set) {
	if a.json {
		for _, f := range set.Findings {
			files := f.Files
			if files == nil {
				files = []string{}
			}
			line, err := json.Marshal(jsonFinding{f.Check, f.Severity, len(f.Files), files, f.Lines, f.Mend, f.Args, a.text.Finding(wizard.FindingArgs(f))})
			if err != nil {
				panic(err) // made of text and numbers alone
			}
			fmt.Fprintln(a.out, string(line))
		}
		return
	}
	boxes := 0
	var classes []string
	for _, c := range set.Classes {
		boxes += c.Total
		classes = append(classes, c.Name)
	}
	c := a.console()
	words := c.Words()
	c.Line(words.Note(wizard.NoteDataRead, map[string]string{
		"pictures": fmt.Sprint(len(set.Items)), "boxes": fmt.Sprint(boxes), "classes": strings.Join(classes, ", "),
	}))
	for _, path := range set.LeftOut {
		c.Line(words.Note(wizard.NoteLeftOut, map[string]string{"path": path}))
	}
	if len(set.Findings) == 0 {
		c.Line(words.Data().NoFindings)
	}
	for _, f := range set.Findings {
		c.Line(words.Finding(wizard.FindingArgs(f)))
		if mend := words.Mend(f.Severity, f.Mend); mend != "" {
			c.Line("  → " + mend)
		}
	}
}

func (a *app) writeReport(ctx context.Context, name string, set *dataset.Set, likeness *dataset.Likeness) error {
	var page bytes.Buffer
	if err := report.Write(ctx, &page, set, likeness, a.reportWords()); err != nil {
		return err
	}
	if err := atomic.WriteFile(name, &page); err != nil {
		return problem.New(outUnwritable, err, "path", name)
	}
	return nil
}

func (a *app) reportWords() report.Words {
	d := a.text.Data()
	return report.Words{
		Lang: string(a.text.Lang), Title: d.Title,
		Pictures: d.Pictures, Boxes: d.Boxes, Classes: d.Classes, Train: d.Train, Val: d.Val, Undivided: d.Undivided,
		Findings: d.Findings, NoFindings: d.NoFindings, Files: d.Files, MoreFiles: d.MoreFiles,
		Samples: d.Samples, SamplesNote: d.SamplesNote, Pairs: d.Pairs, PairsNote: d.PairsNote, PairsUnknown: d.PairsUnknown,
		ClassBoxes: d.ClassBoxes, Sizes: d.Sizes, SizesNote: d.SizesNote, Width: d.Width, Height: d.Height,
		Places: d.Places, PlacesNote: d.PlacesNote, Damaged: d.Damaged,
		Finding: a.text.FindingAlone, Severity: a.text.Severity, Mend: a.text.Mend,
	}
}

func (a *app) convertCommand() *cobra.Command {
	var o checkOptions
	var out string
	var classes []string
	var val float64
	c := &cobra.Command{
		Use: "convert DIR --out DIR", Short: a.text.CommandHelp("convert"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return problem.New(planfile.AnswerMissing, nil, "key", "--out")
			}
			if !(val > 0 && val < 1) {
				return problem.New(planfile.AnswerWrong, nil, "key", "--val", "got", fmt.Sprint(val), "allowed", "0.05 .. 0.5")
			}
			set, _, err := a.readData(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			if set.Layout == dataset.Flat {
				dataset.Split(set.Items, val, 1)
			}
			if len(classes) == 0 {
				for _, c := range set.Classes {
					classes = append(classes, c.Name)
				}
			}
			m, err := label.Prepare(cmd.Context(), set, out, label.Options{Classes: classes}, nil)
			if err != nil {
				return err
			}
			abs, err := filepath.Abs(out)
			if err != nil {
				return err
			}
			data := yolov5.DataYAML(yolov5.DataYAMLOptions{Path: filepath.ToSlash(abs), Train: "images/train", Val: "images/val", Names: m.Classes})
			yaml := filepath.Join(out, "dataset.yaml")
			if err := atomic.WriteFile(yaml, bytes.NewReader(data)); err != nil {
				return problem.New(outUnwritable, err, "path", yaml)
			}
			c := a.console()
			c.Line(c.Words().Note(wizard.NoteConverted, map[string]string{
				"pictures": fmt.Sprint(m.Train + m.Val), "labels": fmt.Sprint(m.Boxes), "folder": out,
			}))
			return nil
		},
	}
	a.checkFlags(c, &o)
	c.Flags().StringVar(&out, "out", "", a.text.FlagHelp("out"))
	c.Flags().StringSliceVar(&classes, "classes", nil, a.text.FlagHelp("classes"))
	c.Flags().Float64Var(&val, "val", 0.2, a.text.FlagHelp("val"))
	return c
}

func (a *app) previewCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "preview IMAGE...", Short: a.text.CommandHelp("preview"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sets := map[string]*dataset.Set{}
			for _, name := range args {
				if err := a.preview(cmd.Context(), name, data, sets); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&data, "data", "", a.text.FlagHelp("data"))
	return c
}

// preview draws one picture with its boxes. Without a folder of data the
// nearest one above the picture that has labels is taken.
func (a *app) preview(ctx context.Context, name, data string, sets map[string]*dataset.Set) error {
	abs, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(abs); err != nil {
		return problem.New(dataset.FileUnreadable, err, "path", name)
	}
	places := []string{data}
	if data == "" {
		places = []string{filepath.Dir(abs), filepath.Dir(filepath.Dir(abs)), filepath.Dir(filepath.Dir(filepath.Dir(abs)))}
	}
	for i, place := range places {
		set, known := sets[place]
		if !known {
			var readErr error
			set, readErr = dataset.Read(ctx, place, dataset.Options{})
			if set == nil {
				if i == len(places)-1 {
					return readErr
				}
				continue
			}
			sets[place] = set
		}
		item := itemOf(set, place, abs)
		if item == nil || len(item.Boxes) == 0 && i < len(places)-1 {
			continue
		}
		return a.draw(set, item)
	}
	return problem.New(notInData, nil, "path", name, "data", places[len(places)-1])
}

func itemOf(set *dataset.Set, root, path string) *dataset.Item {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return nil
	}
	rel = filepath.ToSlash(rel)
	for i := range set.Items {
		if set.Items[i].Image == rel {
			return &set.Items[i]
		}
	}
	return nil
}

func (a *app) draw(set *dataset.Set, item *dataset.Item) error {
	columns, rows := a.size()
	img, err := set.Photo(item, 4*columns)
	if err != nil {
		return problem.New(dataset.FileUnreadable, err, "path", item.Image)
	}
	fmt.Fprintln(a.out, a.text.Fill(a.text.Data().PreviewTitle, map[string]string{
		"path": item.Image, "width": fmt.Sprint(item.Width), "height": fmt.Sprint(item.Height), "boxes": fmt.Sprint(len(item.Boxes)),
	}))
	fmt.Fprint(a.out, widget.Picture(img, columns, rows-3, widget.ColoursOf(a.out, a.terminal), set.Frames(item)...))
	return nil
}
