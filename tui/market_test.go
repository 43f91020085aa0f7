package tui

import (
	"context"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// The tables of GPUs, prices and regions by keys: what is listed, what the row
// that is pointed at would mean, and what choosing it answers.
func TestMarketByKeys(t *testing.T) {
	p := newProject(t)
	for key, value := range map[string]string{"price.budget": "10", "price.voucher": "10", "train.epochs": "9000"} {
		if err := p.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	d := drive(t, p, Options{})
	answered := func(key, want string) {
		t.Helper()
		plan := d.m.project.Plan()
		if got := plan.Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	d.press("t")
	d.see("AutoDL, 7 sorted by the cost of this training")
	d.press("home")
	d.see("CNY 20.00 lasts 25.6 hours") // at CNY 0.78
	d.press("end", "up")
	d.see("CNY 20.00 lasts 2.0 hours") // at CNY 9.98
	d.see(" too little: fewer epochs")

	// Sorting keeps pointing at the same offer.
	for _, order := range []string{"price per hour", "training time", "memory", "name"} {
		d.press("s")
		d.see("sorted by " + order)
		if view := d.m.View(); !strings.Contains(view, "▸   H800") {
			t.Errorf("by %s another row is pointed at:\n%s", order, view)
		}
	}

	// A filter takes letters that are keys elsewhere, and escape ends it first.
	d.press("/", "4090", "enter")
	d.see("1 sorted by name, with “4090”")
	d.press("esc")
	d.see("7 sorted by name")
	d.press("/", "qqq", "enter")
	d.see("Nothing holds “qqq”")
	d.press("enter")
	d.see("Nothing holds “qqq”")
	d.press("esc", "/", "3090", "enter", "enter")
	answered("gpu", "RTX 3090")
	answered("price.per_hour", "1.32")
	d.see("[ Keep this choice ]")

	// The region, from the question itself.
	d.press("up", "up", "up", "up", "up", "up")
	d.press("enter")
	d.see("sees nm-B1's disk")
	d.press("down", "down")
	d.see("instances in cq-A1 do not see the data in /root/autodl-fs of nm-B1")
	d.press("enter")
	answered("region", "cq-A1")

	// One that is not listed is typed.
	d.press("t", "tab", "end", "enter", "ctrl+u", "xy-Z1", "enter")
	answered("region", "xy-Z1")

	// Another platform has another currency, and budgets in yuan mean nothing there.
	d.press("t", "p")
	d.see("all platforms")
	d.press("/", "runpod", "enter", "enter")
	d.see("set your budget and voucher again")
	answered("platform", "runpod")
	answered("region", "")
	answered("price.budget", "0")
	answered("price.voucher", "0")
	answered("price.currency", "USD")
	d.press("t", "esc")
	d.see("[ Keep this choice ]")
}

// panel tells a stock, or a trouble.
type panel struct {
	asked   []string
	stock   []rental.Stock
	balance error
}

func (p *panel) Balance(context.Context) (rental.Balance, error) {
	money, _ := rental.ParseMoney("23.40", "CNY")
	return rental.Balance{Money: money}, p.balance
}

func (p *panel) Stock(_ context.Context, region string) ([]rental.Stock, error) {
	p.asked = append(p.asked, region)
	return p.stock, nil
}

func (p *panel) Switch(string) rental.Switch { return nil }

// Where the platform can be asked, the table shows what it tells now.
func TestMarketAsksThePlatform(t *testing.T) {
	told := &panel{stock: stockTold(t).Stock}
	open := func(string) rental.Panel { return told }
	d := drive(t, newProject(t), Options{Panel: open}).open()
	d.press("t")
	d.see("RTX 4090 D")
	d.see("CNY 23.40")
	if len(told.asked) != 1 || told.asked[0] != "nm-B1" {
		t.Errorf("asked for %q", told.asked)
	}
	d.press("/", "4090 d", "enter", "enter")
	for key, want := range map[string]string{"gpu": "RTX 4090 D", "region": "bj-B1", "price.per_hour": "1.78"} {
		plan := d.m.project.Plan()
		if got := plan.Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	told.balance = problem.New(rental.PanelToken, nil, "platform", "autodl", "variable", "GPUWIZARD_TOKEN_AUTODL")
	d.press("t")
	d.see("AutoDL does not accept the developer token")
	// The project may not be used meanwhile: the answer waits for its end.
	d.m.running = journey.Check
	d.send(stockTold(t))
	d.m.running = ""
}
