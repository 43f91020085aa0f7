package plain

import (
	"context"
	"errors"
	"io"
	"strconv"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// ByHand tells how a step is done by hand, waits until the person has done it,
// and looks whether it holds. Where nobody can be asked, it looks once.
func (c *Console) ByHand(ctx context.Context, p *wizard.Project, connect wizard.Connector, step journey.Step, hand wizard.Hand) error {
	c.speakOf(p)
	words := c.o.Text.Hand()
	if !c.o.JSON {
		c.line("")
		c.line(c.fill(words.ByHand, "name", c.o.Text.Step(step).Name))
	}
	for _, e := range p.HandGuide(step, hand) {
		c.Tell(e)
	}
	if !c.asks() {
		return c.lookAtHand(ctx, p, connect, step, hand)
	}
	hints := c.o.Text.StepHints(step)
	given, failures := 0, 0
	var last error
	for {
		if failures > 0 && failures%wizard.HintEvery == 0 && given < len(hints) {
			c.line(words.HintThere)
		}
		choice, err := c.choose(ctx, words.WhatNow, []string{words.LookAgain, words.Hint, words.LetWizard, words.Stop}, 0)
		if errors.Is(err, io.EOF) || choice == 3 {
			return told(last)
		}
		if err != nil {
			return err
		}
		switch choice {
		case 1:
			if given == len(hints) {
				c.line(words.NoHint)
				continue
			}
			given++
			if err := p.Jot("hint", string(step), strconv.Itoa(given)); err != nil {
				return err
			}
			c.line(c.fill(words.HintOf, "number", strconv.Itoa(given), "total", strconv.Itoa(len(hints)), "hint", hints[given-1]))
			continue
		case 2:
			return c.Do(ctx, p, connect, step)
		}
		last = c.lookAtHand(ctx, p, connect, step, hand)
		if last == nil || ctx.Err() != nil {
			return last
		}
		failures++
		c.Problem(last)
	}
}

func (c *Console) lookAtHand(ctx context.Context, p *wizard.Project, connect wizard.Connector, step journey.Step, hand wizard.Hand) error {
	return p.RunByHand(ctx, step, hand, wizard.Env{Connect: connect, Panel: c.o.Panel, Face: c, Report: c.written.WriteReport})
}

// told is an error that was shown already, or that nothing was done.
func told(err error) error {
	if err == nil {
		return &Told{problem.New(wizard.Cancelled, nil)}
	}
	return &Told{err}
}
