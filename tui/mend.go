package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/dataset"
	"gpuwizard/core/preflight"
	"gpuwizard/tui/widget"
)

// mendPatience is how long a training waits for a word about a hurdle that it
// could be begun with: its GPU is paid for meanwhile.
const mendPatience = time.Minute

// Mend asks whether to take a hurdle away before the training begins. Without a
// word in time it begins as it is. With what would end it, it does not begin at
// all, and the step's screen offers the remedy for as long as that takes.
func (f *face) Mend(ctx context.Context, h preflight.Hurdle) (bool, error) {
	if h.Severity == dataset.Ruins {
		return false, nil
	}
	waiting, cancel := context.WithTimeout(ctx, f.patience)
	defer cancel()
	r, err := f.askFor(waiting, ask{hurdle: &h})
	if waiting.Err() != nil {
		return r.yes, ctx.Err()
	}
	return r.yes, err
}

func (m *root) askMend(h preflight.Hurdle, answer func(reply)) {
	words, said := m.text.Training(), m.text.Hurdle(h.Check, h.Args)
	d := &widget.Dialog{
		Title: words.MendTitle, Cancel: "no",
		Text: m.text.FillWith(words.MendWhy, "what", said.What, "why", said.Why) + "\n\n" +
			m.text.FillWith(words.MendHow, "mend", said.Mend) + "\n\n" + words.MendElse,
		Menu: widget.Menu{Buttons: []widget.Button{
			{Value: "mend", Label: words.MendYes, Key: m.common.Keys.Mend.Help().Key}, {Value: "no", Label: words.MendNo},
		}},
	}
	d.Menu.Focus("no")
	m.open(d, func(value string, _ bool) tea.Cmd {
		answer(reply{yes: value == "mend"})
		return nil
	})
}
