package screen

import (
	"strconv"

	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// region is the screen of choosing platform, region and price.
type region struct{ *Screen }

func (r *region) begin()                 {}
func (r *region) tell(wizard.Event)      {}
func (r *region) work(int, int) []string { return nil }
func (r *region) facts() []string        { return []string{"platform", "region", "price"} }
func (r *region) outcome(int) []string   { return nil }

// aside tells what is known of the platform, and what the choice means.
func (r *region) aside(width int) []string {
	p, ok := rental.PlatformByID(r.Plan.Platform)
	if !ok || r.Practice {
		return nil
	}
	t := r.Text
	rows := [][2]string{{t.PlatformWeb, p.Web}}
	if p.Voucher != nil {
		rows = append(rows, [2]string{t.PlatformVoucher, t.Fill(t.VoucherSeen, map[string]string{
			"amount": t.Money(parse(p.Voucher.Amount), p.Currency), "seen": p.Voucher.Seen,
		})})
	}
	if price := r.Plan.Price; price.PerHour > 0 && price.Budget > 0 {
		rows = append(rows, [2]string{t.BudgetLasts, t.Fill(t.BudgetHours, map[string]string{
			"hours": strconv.FormatFloat(price.Budget/price.PerHour, 'f', 1, 64), "budget": t.Money(price.Budget, price.Currency),
		})})
	}
	for _, d := range p.Disks {
		if d.RegionBound {
			rows = append(rows, [2]string{t.DiskAt, d.Path + "  " + localized(t, d.Note)})
			break
		}
	}
	rows = append(rows, [2]string{t.StopHow, localized(t, p.Stop.Note)})
	return table(r.Theme, rows, width)
}

func parse(amount string) float64 {
	x, _ := strconv.ParseFloat(amount, 64)
	return x
}

// localized picks the platform data's text in the language shown.
func localized(t *text.Text, both rental.Text) string {
	if t.Lang == text.ZH {
		return both.ZH
	}
	return both.EN
}

// table draws rows of label and value, the values wrapped; rows without a
// value are left out.
func table(th *widget.Theme, rows [][2]string, width int) []string {
	labels := 0
	for _, row := range rows {
		if row[1] != "" {
			labels = max(labels, widget.Width(row[0]))
		}
	}
	labels = min(labels, width/2)
	var lines []string
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		label := th.Dim.Render(widget.Pad(row[0], labels, th.Signs.More)) + "  "
		lines = append(lines, widget.Indent(label, widget.Wrap(row[1], width-labels-2))...)
	}
	return lines
}
