package main

import (
	"github.com/spf13/cobra"

	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/transfer"
)

// transferFlags adds what may be asked of uploads and downloads.
func (a *app) transferFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.limit, "limit", "", a.text.FlagHelp("limit"))
	c.Flags().BoolVar(&a.reread, "reread", false, a.text.FlagHelp("reread"))
}

// checkLimit refuses a limit that is none, before anything begins.
func (a *app) checkLimit() error {
	if _, err := planfile.ParseRate(a.limit); err != nil {
		return problem.New(planfile.AnswerWrong, err, "key", "--limit", "got", a.limit, "allowed", "500K, 2M")
	}
	return nil
}

// setTransfer tells an instance how to transfer: as the flags say, else as the
// plan does.
func (a *app) setTransfer(i instance.Instance, plan planfile.Plan) {
	if s, ok := i.(*shared); ok {
		i = s.Instance
	}
	far, ok := i.(*remote.Instance)
	if !ok {
		return
	}
	limit := a.limit
	if limit == "" {
		limit = plan.Remote.Limit
	}
	bytes, _ := planfile.ParseRate(limit) // both were checked when they were read
	far.SetTransfer(transfer.Settings{Limit: transfer.NewLimit(bytes), Reread: a.reread})
}
