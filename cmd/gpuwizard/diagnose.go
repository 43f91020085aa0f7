package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/text"
)

const logUnreadable problem.Code = "log-unreadable" // path

// diagnoseCommand reads the log of a training that is over. What it finds is
// its result and no failure of its own: the exit code is 0 if the log could be
// read.
func (a *app) diagnoseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diagnose LOG", Short: a.text.CommandHelp("diagnose"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			log := io.Reader(a.lines)
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return problem.New(logUnreadable, err, "path", args[0])
				}
				defer f.Close()
				if info, err := f.Stat(); err != nil || info.IsDir() {
					return problem.New(logUnreadable, err, "path", args[0])
				}
				log = f
			}
			watched := &watchedReader{Reader: log}
			findings := yolov5.Diagnose(watched)
			if watched.err != nil {
				return problem.New(logUnreadable, watched.err, "path", args[0])
			}
			a.tellDiagnosis(findings)
			return nil
		},
	}
}

// watchedReader keeps the error that a reader ends with.
type watchedReader struct {
	io.Reader
	err error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// jsonDiagnosis is one line of "diagnose --json"; its texts are in the
// language asked for.
type jsonDiagnosis struct {
	Rule    string            `json:"rule"`
	Fatal   bool              `json:"fatal"`
	Sure    yolov5.Sureness   `json:"sure"`
	Line    int               `json:"line"`
	Quote   string            `json:"quote"`
	Count   int               `json:"count"`
	Args    map[string]string `json:"args,omitempty"`
	Meaning string            `json:"meaning"`
	Mend    jsonMend          `json:"mend"`
}

type jsonMend struct {
	Text    string         `json:"text"`
	Apply   yolov5.Apply   `json:"apply,omitempty"`
	Command string         `json:"command,omitempty"`
	Answer  *yolov5.Answer `json:"answer,omitempty"`
	Step    string         `json:"step,omitempty"`
}

func (a *app) tellDiagnosis(findings []yolov5.Finding) {
	in := func(t yolov5.Text) string {
		if a.text.Lang == text.ZH {
			return t.ZH
		}
		return t.EN
	}
	if a.json {
		for _, f := range findings {
			line, err := json.Marshal(jsonDiagnosis{
				f.Rule, f.Fatal, f.Sure, f.Line, f.Quote, f.Count, f.Args, in(f.Meaning),
				jsonMend{in(f.Mend.Text), f.Mend.Apply, f.Mend.Command, f.Mend.Answer, f.Mend.Step},
			})
			if err != nil {
				panic(err) // made of text and numbers alone
			}
			fmt.Fprintln(a.out, string(line))
		}
		return
	}
	c := a.console()
	words := c.Words().Diagnosis()
	if len(findings) == 0 {
		c.Line(words.Nothing)
	}
	for _, f := range findings {
		form := words.Harmless
		if f.Fatal {
			form = words.Fatal
		}
		form += words.Sure(string(f.Sure))
		args := map[string]string{"line": fmt.Sprint(f.Line), "meaning": in(f.Meaning), "quote": f.Quote, "rule": f.Rule}
		c.Line(c.Words().Fill(form, args))
		for quoted := range strings.Lines(a.text.Fill(words.Quote, args)) {
			fmt.Fprint(a.out, "  "+quoted)
		}
		fmt.Fprintln(a.out)
		c.Line("  → " + a.text.Fill("{mend}", map[string]string{"mend": in(f.Mend.Text)}))
		if f.Mend.Command != "" {
			fmt.Fprintln(a.out, "  $ "+f.Mend.Command)
		}
	}
}
