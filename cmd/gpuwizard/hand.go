package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// handCommand is a step done by the person, and verified.
func (a *app) handCommand() *cobra.Command {
	var hand wizard.Hand
	c := &cobra.Command{
		Use: "hand STEP", Short: a.text.CommandHelp("hand"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			step, ok := journey.ParseStep(args[0])
			if !ok {
				return problem.New(planfile.AnswerWrong, nil, "key", "STEP", "got", args[0], "allowed", stepList)
			}
			if err := hereFrom(&hand, step); err != nil {
				return err
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			if err := looked(cmd.Context(), p); err != nil {
				return err
			}
			return a.console().ByHand(cmd.Context(), p, a.connect, step, hand)
		},
	}
	c.Flags().BoolVar(&hand.There, "there", false, a.text.FlagHelp("there"))
	c.Flags().StringVar(&hand.Folder, "at", "", a.text.FlagHelp("at"))
	c.Flags().StringVar(&hand.Code, "code-at", "", a.text.FlagHelp("code-at"))
	c.Flags().BoolVar(&a.yes, "yes", false, a.text.FlagHelp("once"))
	return c
}

// hereFrom makes the paths of the command line count from where it was typed;
// those of the plan count from the project's folder. Paths on the instance
// stay as they are.
func hereFrom(hand *wizard.Hand, step journey.Step) error {
	if hand.There {
		return nil
	}
	var paths []*string
	switch step {
	case journey.Convert, journey.Download:
		paths = append(paths, &hand.Folder)
	case journey.Classes:
		paths = append(paths, &hand.Code)
	}
	for _, path := range paths {
		if *path == "" {
			continue
		}
		full, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = full
	}
	return nil
}

// stepList names the steps for messages.
const stepList = "region, check, convert, classes, upload, train, download"
