package main

import (
	"time"

	"github.com/spf13/cobra"

	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// env is what the commands that speak with the instance need.
func (a *app) env(face wizard.Face) wizard.Env {
	return wizard.Env{Connect: a.connect, Panel: a.tokens.panel, Face: face, StopPause: stopPause}
}

// openInstance opens the project, with the words for its instance.
func (a *app) openInstance() (*wizard.Project, error) {
	p, err := a.open()
	if err == nil && p.Practice() {
		a.text = a.text.ForPractice()
	}
	return p, err
}

// stopPause is the time between two looks at an instance that was told to stop;
// 0 is the wizard's own. Tests have less time.
var stopPause time.Duration

// instanceCommands look after the instance apart from the steps.
func (a *app) instanceCommands() []*cobra.Command {
	return []*cobra.Command{a.logsCommand(), a.guardCommand(), a.stopCommand()}
}

func (a *app) logsCommand() *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use: "logs", Short: a.text.CommandHelp("logs"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.openInstance()
			if err != nil {
				return err
			}
			return p.Logs(cmd.Context(), a.env(a.console()), follow)
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, a.text.FlagHelp("follow"))
	return c
}

func (a *app) guardCommand() *cobra.Command {
	var extend string
	var off, arm bool
	c := &cobra.Command{
		Use: "guard", Short: a.text.CommandHelp("guard"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.openInstance()
			if err != nil {
				return err
			}
			env := a.env(a.console())
			if arm {
				return p.ArmGuard(cmd.Context(), env)
			}
			var word *instance.GuardWord
			switch {
			case off:
				word = &instance.GuardWord{Off: true}
			case extend != "":
				d, err := planfile.ParseSpan(extend)
				if err != nil {
					return problem.New(planfile.AnswerWrong, err, "key", "--extend", "got", extend, "allowed", "30m, 1h, 1h30m")
				}
				word = &instance.GuardWord{Extend: d}
			}
			state, err := p.Guard(cmd.Context(), env, word)
			if err == nil && !off && (state.Phase == instance.GuardAbsent || state.Phase == instance.GuardSilent) {
				return exitError(exitFailed) // that it is not armed was said
			}
			return err
		},
	}
	c.Flags().StringVar(&extend, "extend", "", a.text.FlagHelp("extend"))
	c.Flags().BoolVar(&off, "off", false, a.text.FlagHelp("guard-off"))
	c.Flags().BoolVar(&arm, "arm", false, a.text.FlagHelp("guard-arm"))
	c.MarkFlagsMutuallyExclusive("extend", "off", "arm")
	return c
}

func (a *app) stopCommand() *cobra.Command {
	var anyway bool
	c := &cobra.Command{
		Use: "stop", Short: a.text.CommandHelp("stop"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.openInstance()
			if err != nil {
				return err
			}
			if err := looked(cmd.Context(), p); err != nil {
				return err
			}
			return p.Stop(cmd.Context(), a.env(a.console()), wizard.StopOptions{WithoutModel: anyway})
		},
	}
	c.Flags().BoolVar(&anyway, "anyway", false, a.text.FlagHelp("anyway"))
	return c
}
