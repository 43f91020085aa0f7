package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui"
	"gpuwizard/tui/plain"
)

// screens reports whether the wizard is shown on screens, and not as lines.
func (a *app) screens() bool { return !a.plainFace && !a.dumb && a.terminal && !a.json }

// face opens the screens, or the lines where screens cannot be. Without a
// project the screens ask for one.
func (a *app) face(ctx context.Context, p *wizard.Project) error {
	if p != nil {
		remember(p)
	}
	if !a.screens() {
		if a.lesson != nil {
			return a.console().Lesson(ctx, a.lesson, a.connect)
		}
		return a.walk(ctx, a.console(), p, journey.Download)
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	result, err := tui.Run(ctx, tui.Options{
		Project: p, Here: here, Recent: recentFile(), Practice: a.practise, Lesson: a.lesson, TakeLesson: a.takeUp,
		Connect: a.connect, Panel: a.tokens.panel, Lang: a.text.Lang, In: a.in, Out: a.out, RealTraining: a.python != "",
	})
	if err != nil || result.Project == nil {
		return err
	}
	p = result.Project
	c := a.console()
	switch words := c.Words().Plain(); {
	case result.Training:
		c.Line(words.StillTraining)
	case result.Billed:
		c.Line(words.StillBilled)
	}
	if w := result.Lesson; w != nil {
		c.LessonStands(w)
	}
	if result.Model != "" {
		fmt.Fprintln(a.out, modelPath(p, p.Journey()))
		return nil
	}
	c.Line(c.Words().FillWith(c.Words().Plain().HowToGoOn, "command", a.goOn(p)))
	return nil
}

// goOn is the command that continues a project.
func (a *app) goOn(p *wizard.Project) string {
	return "gpuwizard --dir " + quoteForPerson(p.Dir())
}

func (a *app) walk(ctx context.Context, c *plain.Console, p *wizard.Project, until journey.Step) error {
	err := c.Walk(ctx, p, a.connect, until)
	if err != nil {
		return err
	}
	if j := p.Journey(); j.Done() {
		c.Finished(filepath.Clean(modelPath(p, j)))
	}
	return nil
}

// modelPath is the model that the last step put here.
func modelPath(p *wizard.Project, j journey.Journey) string {
	return journey.PathIn(p.Dir(), j.Of(journey.Download).Evidence.Fact("model"))
}

func (a *app) practiceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "practice", Short: a.text.CommandHelp("practice"), Args: cobra.NoArgs,
		SuggestFor: []string{"lesson", "demo", "try", "tutorial"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.onPractice = true
			p, err := a.open()
			if err != nil {
				return err
			}
			return a.face(cmd.Context(), p)
		},
	}
}

func (a *app) runCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "run", Short: a.text.CommandHelp("run"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			until := journey.Download
			if a.until != "" {
				var ok bool
				if until, ok = journey.ParseStep(a.until); !ok {
					return problem.New(planfile.AnswerWrong, nil, "key", "--until", "got", a.until,
						"allowed", stepList)
				}
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			a.missing = true
			return a.walk(cmd.Context(), a.console(), p, until)
		},
	}
	c.Flags().StringVar(&a.until, "until", "", a.text.FlagHelp("until"))
	c.Flags().BoolVar(&a.yes, "yes", false, a.text.FlagHelp("yes"))
	a.transferFlags(c)
	return c
}

// stepCommands are the steps one by one; each needs those before it done.
func (a *app) stepCommands() []*cobra.Command {
	var list []*cobra.Command
	for _, step := range []journey.Step{journey.Classes, journey.Upload, journey.Train, journey.Download} {
		c := &cobra.Command{
			Use: string(step), Short: a.text.CommandHelp(string(step)), Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				p, err := a.open()
				if err != nil {
					return err
				}
				if err := looked(cmd.Context(), p); err != nil {
					return err
				}
				return a.console().Do(cmd.Context(), p, a.connect, step)
			},
		}
		c.Flags().BoolVar(&a.yes, "yes", false, a.text.FlagHelp("yes"))
		if step == journey.Upload || step == journey.Download {
			a.transferFlags(c)
		}
		list = append(list, c)
	}
	return list
}

// quoteForPerson puts quotes around a path that both sh and Windows' shells
// would split.
func quoteForPerson(path string) string {
	for _, r := range path {
		if r == ' ' || r == '\t' || r == '(' || r == '&' {
			return `"` + path + `"`
		}
	}
	return path
}
