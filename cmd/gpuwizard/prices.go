package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// pricesCommand lists what can be rented, with what this project's training
// would take and cost.
func (a *app) pricesCommand() *cobra.Command {
	var filter rental.OfferFilter
	var order string
	c := &cobra.Command{
		Use: "prices", Short: a.text.CommandHelp("prices"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(wizard.OfferOrders(), rental.OfferOrder(order)) {
				return problem.New(planfile.AnswerWrong, nil, "key", "--sort", "got", order, "allowed", joined(wizard.OfferOrders()))
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			stock := map[string][]rental.Stock{}
			plan := p.Plan()
			market, err := wizard.AskMarket(cmd.Context(), a.tokens.panel, plan.Platform, plan.Region)
			switch {
			case err == nil:
				stock[market.Platform] = market.Stock
				for _, trouble := range market.Troubles {
					fmt.Fprintln(a.err, a.text.Problem(trouble).What)
				}
			case !errors.Is(err, wizard.ErrNoPanel):
				return err
			}
			offers := slices.DeleteFunc(p.Offers(stock), func(o wizard.Offer) bool { return !filter.Passes(o.Offer) })
			wizard.SortOffers(offers, rental.OfferOrder(order))
			return a.tellOffers(offers)
		},
	}
	c.Flags().StringVar(&order, "sort", string(wizard.ByCost), a.text.FlagHelp("sort")+joined(wizard.OfferOrders()))
	c.Flags().StringVar(&filter.Platform, "platform", "", a.text.FlagHelp("platform"))
	c.Flags().StringVar(&filter.GPU, "gpu", "", a.text.FlagHelp("gpu"))
	return c
}

func (a *app) tellOffers(offers []wizard.Offer) error {
	if a.json {
		out := json.NewEncoder(a.out)
		for _, o := range offers {
			if err := out.Encode(o); err != nil {
				return err
			}
		}
		return nil
	}
	var t widget.Table
	for _, head := range a.text.OfferHeads() {
		t.Columns = append(t.Columns, widget.Column{Title: head.Title, Right: head.Number})
	}
	for _, o := range offers {
		t.Rows = append(t.Rows, a.text.Offer(o))
	}
	for _, line := range t.Lines() {
		fmt.Fprintln(a.out, line)
	}
	return nil
}
