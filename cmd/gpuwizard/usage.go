package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gpuwizard/core/problem"
)

// What can be wrong with a command line before anything is done.
const (
	wrongCommand   problem.Code = "wrong-command"   // detail: in the words of the library that reads it
	noSuchCommand  problem.Code = "no-such-command" // word, like: commands that may be meant
	noSuchFlag     problem.Code = "no-such-flag"    // flag, command
	wrongArguments problem.Code = "wrong-arguments" // command, usage
)

// explainUsage makes a command, and those below it, say what is wrong with its
// command line in the person's language.
func explainUsage(c *cobra.Command) {
	takes := c.Args
	c.SuggestionsMinimumDistance = 2
	c.DisableFlagsInUseLine = true // the template says it in the person's language
	c.Args = func(cmd *cobra.Command, args []string) error {
		err := takes(cmd, args)
		switch {
		case err == nil:
			return nil
		case cmd.HasSubCommands() && len(args) > 0:
			return problem.New(noSuchCommand, err, "word", args[0], "like", strings.Join(cmd.SuggestionsFor(args[0]), ", "))
		}
		return problem.New(wrongArguments, err, "command", cmd.CommandPath(), "usage", cmd.UseLine())
	}
	c.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			dashes := "--"
			if unknown.GetSpecifiedShortnames() != "" {
				dashes = "-"
			}
			return problem.New(noSuchFlag, err, "flag", dashes+unknown.GetSpecifiedName(), "command", cmd.CommandPath())
		}
		return err
	})
	for _, below := range c.Commands() {
		explainUsage(below)
	}
}
