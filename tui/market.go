package tui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/screen"
)

// marketMsg is what a platform told of its stock and of the account.
type marketMsg wizard.Market

// askMarket asks the platform what is free now, where there is a token for it.
func (m *root) askMarket(ask screen.AskMarket) tea.Cmd {
	if m.options.Panel == nil || m.common.Practice {
		return nil
	}
	return m.guard(func() tea.Msg {
		market, err := wizard.AskMarket(m.ctx, m.options.Panel, ask.Platform, ask.Region)
		if errors.Is(err, wizard.ErrNoPanel) || m.ctx.Err() != nil {
			return nil
		}
		return marketMsg(market)
	})
}

// told takes in what a platform told. What it did not tell is said once.
func (m *root) told(market wizard.Market) {
	if m.stock == nil {
		m.stock = map[string][]rental.Stock{}
	}
	m.stock[market.Platform] = market.Stock
	m.common.Market = &market
	if len(market.Troubles) > 0 {
		m.flash = m.text.Problem(market.Troubles[0]).What
	}
	if m.project != nil && m.atRest() {
		m.refresh()
	}
}
