package main

import (
	"bytes"
	"slices"

	"github.com/natefinch/atomic"
	"github.com/spf13/cobra"

	"gpuwizard/core/export"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// exportCommand writes the journey down for others to do.
func (a *app) exportCommand() *cobra.Command {
	var to, out string
	c := &cobra.Command{
		Use: "export", Short: a.text.CommandHelp("export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format := export.Format(to)
			if !slices.Contains(export.Formats(), format) {
				return problem.New(planfile.AnswerWrong, nil, "key", "--to", "got", to, "allowed", joined(export.Formats()))
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			if err := looked(cmd.Context(), p); err != nil {
				return err
			}
			recipe, err := p.Recipe()
			if err != nil {
				return err
			}
			var text bytes.Buffer
			if err := export.Write(&text, format, recipe, a.text.Export()); err != nil {
				return err
			}
			if out == "" {
				_, err := a.out.Write(text.Bytes())
				return err
			}
			if err := atomic.WriteFile(out, &text); err != nil {
				return problem.New(wizard.LocalReadOnly, err, "path", out)
			}
			return nil
		},
	}
	c.Flags().StringVar(&to, "to", "", a.text.FlagHelp("to")+joined(export.Formats()))
	c.Flags().StringVar(&out, "out", "", a.text.FlagHelp("export-out"))
	return c
}
