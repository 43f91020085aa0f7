package main

import (
	"bufio"
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gpuwizard/core/instance"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
)

// statusOptions are the flags of "status".
type statusOptions struct {
	connect, watch, markdown bool
}

// watchEvery is how often a watched checklist is looked at again.
const watchEvery = 2 * time.Second

func (a *app) statusCommand() *cobra.Command {
	var o statusOptions
	c := &cobra.Command{
		Use: "status", Short: a.text.CommandHelp("status"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.watch && o.markdown {
				return problem.New(planfile.AnswerWrong, nil, "key", "--markdown", "got", "--watch", "allowed", "--markdown, --watch")
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			if o.watch {
				return a.watch(cmd.Context(), p, o.connect)
			}
			return a.status(cmd.Context(), a.console(), p, o)
		},
	}
	c.Flags().BoolVar(&o.connect, "connect", false, a.text.FlagHelp("connect"))
	c.Flags().BoolVar(&o.watch, "watch", false, a.text.FlagHelp("watch"))
	c.Flags().BoolVar(&o.markdown, "markdown", false, a.text.FlagHelp("markdown"))
	return c
}

// status writes the checklist once. An instance that cannot be looked at is
// told, and no failure of the rest.
func (a *app) status(ctx context.Context, c *plain.Console, p *wizard.Project, o statusOptions) error {
	var host instance.Instance
	var away error
	if o.connect {
		if host, away = a.connect(ctx, p.Plan(), p.StatePath(), c); away == nil {
			defer host.Close()
		}
	}
	list, err := p.Checklist(ctx, host, time.Now())
	switch {
	case ctx.Err() != nil:
		return problem.New(wizard.Cancelled, err)
	case err != nil && away == nil:
		away = err
	}
	if o.markdown && !a.json {
		c.Markdown(list)
		return away
	}
	c.Checklist(list, away)
	if away != nil {
		return &plain.Told{Err: away}
	}
	return nil
}

// watch writes the checklist again whenever it changes, or a person asks for
// it. The instance is looked at when asked only.
func (a *app) watch(ctx context.Context, p *wizard.Project, connect bool) error {
	asked := make(chan string)
	if a.terminal && !a.json {
		go func() {
			for s := bufio.NewScanner(a.lines); s.Scan(); {
				select {
				case asked <- s.Text():
				case <-ctx.Done():
					return
				}
			}
			close(asked)
		}()
	}
	last := ""
	look := func(connect bool) error {
		// Another step of this project may be done by another program: its
		// record is read afresh.
		fresh, err := wizard.Open(p.Dir())
		if err != nil {
			return err
		}
		var out bytes.Buffer
		c := a.consoleFor(&out, a.out)
		err = a.status(ctx, c, fresh, statusOptions{connect: connect})
		if ctx.Err() != nil {
			return nil
		}
		if now := out.String(); now != last || connect {
			last = now
			_, _ = a.out.Write(out.Bytes())
			if a.terminal && !a.json {
				_, _ = a.out.Write([]byte(a.text.List().LookAgain + "\n\n"))
			}
		}
		return err
	}
	err := look(connect)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return err
		case line, more := <-asked:
			if !more || strings.EqualFold(strings.TrimSpace(line), "q") {
				return err
			}
			last = ""
			err = look(connect)
		case <-tick.C:
			err = look(false)
		}
	}
}
