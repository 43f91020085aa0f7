package screen

import (
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// region is the screen of choosing platform, region, GPU and price.
type region struct {
	*Screen
	market market
}

func (r *region) begin()                 {}
func (r *region) tell(wizard.Event)      {}
func (r *region) work(int, int) []string { return nil }
func (r *region) facts() []string        { return []string{"platform", "region", "price"} }
func (r *region) outcome(int) []string   { return nil }

func (r *region) key(msg tea.KeyMsg) any          { return r.market.key(msg) }
func (r *region) view(width, height int) []string { return r.market.view(width, height) }
func (r *region) hints() []key.Binding            { return r.market.hints() }
func (r *region) typing() bool                    { return r.market.filter.Typing() }
func (r *region) isOpen() bool                    { return r.market.open }
func (r *region) close()                          { r.market.open = false }
func (r *region) refresh() {
	if r.market.open {
		r.market.list()
	}
}

// opens opens the tables by their key, and in place of the choices of GPU and
// region.
func (r *region) opens(msg tea.KeyMsg) (report any, opened bool) {
	focused := r.form.Focused()
	switch {
	case len(r.Offers) == 0:
	case key.Matches(msg, r.Keys.Compare):
		return r.market.openAt("gpu"), true
	case key.Matches(msg, r.Keys.Accept) && (focused == "gpu" || focused == "region"):
		return r.market.openAt(focused), true
	}
	return nil, false
}

// aside says what the choice means, and what is known of the platform: as much
// of it as there is room for.
func (r *region) aside(width, height int) []string {
	p, ok := rental.PlatformByID(r.Plan.Platform)
	if !ok || r.Practice {
		return nil
	}
	t := r.Text
	rows := append(r.moneyRows(r.Chosen), r.diskRow(p.ID, r.Plan.Region))
	if p.Voucher != nil && r.Plan.Price.Voucher == 0 {
		rows = append(rows, row{label: t.PlatformVoucher, value: t.Fill(t.VoucherSeen, map[string]string{
			"amount": t.Money(parse(p.Voucher.Amount), p.Currency), "seen": p.Voucher.Seen,
		})})
	}
	rows = append(rows, row{label: t.StopHow, value: t.OfPlatform(p.Stop.Note)}, row{label: t.PlatformWeb, value: p.Web})
	return firstRows(r.Theme, rows, width, height)
}

// moneyRows say what a training costs on an offer, out of which money.
func (s *Screen) moneyRows(o wizard.Offer) []row {
	t, f, price, fill := s.Text.Market(), o.Forecast, s.Plan.Price, s.fill
	var rows []row
	add := func(label, value string) { rows = append(rows, row{label: label, value: value}) }
	priced := !o.PerHour.IsZero()
	switch {
	case f == nil:
		add(t.Training, t.TrainingOpen)
	case priced:
		add(t.Training, fill(t.TrainingTakes, "low", inSeconds(f.Low), "high", inSeconds(f.High), "cost_low", f.CostLow.String(), "cost_high", f.CostHigh.String()))
	default:
		add(t.Training, fill(t.TrainingTakes, "low", inSeconds(f.Low), "high", inSeconds(f.High)))
	}
	if f != nil && priced && !f.Voucher.IsZero() {
		if f.Own.IsZero() {
			add(t.Voucher, t.VoucherAll)
		} else {
			add(t.Voucher, fill(t.VoucherPays, "voucher", f.Voucher.String(), "own", f.Own.String()))
		}
	}
	if price.Budget > 0 && priced {
		rows = append(rows, s.budget(o))
	}
	form := t.PriceSeen
	switch {
	case !priced:
		form = t.PriceNone
	case o.Seen == "" && o.Free < 0 && o.Sure == "":
		form = t.PriceGiven
	case o.Seen == "":
		form = t.PriceNow
	case o.Sure == rental.Doubtful:
		form = t.PriceHearsay
	}
	free := ""
	if o.Free >= 0 {
		free = strconv.Itoa(o.Free)
	}
	add(t.Price, fill(form, "price", o.PerHour.String(), "date", o.Seen, "free", free))
	if m := s.Market; m != nil && m.Platform == o.Platform && m.Balance != nil {
		voucher := ""
		if !m.Balance.Voucher.IsZero() {
			voucher = m.Balance.Voucher.String()
		}
		add(t.Account, fill(t.AccountHolds, "money", m.Balance.Money.String(), "voucher", voucher))
	}
	return rows
}

// budget says how long the budget lasts, and whether that is enough.
func (s *Screen) budget(o wizard.Offer) row {
	t, th, price, fill := s.Text.Market(), s.Theme, s.Plan.Price, s.fill
	said := row{label: t.Budget}
	if o.PerHour.Currency() != price.Currency {
		said.value = fill(t.BudgetOther, "currency", o.PerHour.Currency())
		return said
	}
	means, err := rental.MoneyOf(price.Budget+price.Voucher, price.Currency)
	if err != nil {
		return said
	}
	lasts, ok, err := rental.Lasts(means, o.PerHour)
	if err != nil || !ok {
		return said
	}
	// Rounded down: a budget must not seem to last longer than it does.
	hours := strconv.FormatFloat(lasts.Truncate(6*time.Minute).Hours(), 'f', 1, 64)
	fit := ""
	if f := o.Forecast; f != nil {
		switch f.Fit {
		case rental.FitYes:
			fit, said.style = fill(t.BudgetYes, "left", f.Left.String()), &th.Good
		case rental.FitLikely:
			fit, said.style = fill(t.BudgetLikely, "cost_high", f.CostHigh.String()), &th.Warn
		case rental.FitNo:
			fit, said.style = fill(t.BudgetNo, "short", f.Short.String()), &th.Bad
		}
	}
	said.value = fill(t.BudgetLasts, "budget", means.String(), "hours", hours)
	if fit != "" {
		said.value = fill(t.BudgetTrains, "budget", means.String(), "hours", hours, "fit", fit)
	}
	return said
}

// diskRow says in words which instances see the disk that outlives them, and
// what becomes of data that lie in the plan's region.
func (s *Screen) diskRow(platform, sign string) row {
	p, ok := rental.PlatformByID(platform)
	path := ""
	for _, d := range p.Disks {
		if d.RegionBound {
			path = d.Path
			break
		}
	}
	if !ok || path == "" {
		return row{}
	}
	t := s.Text.Market()
	here, known := p.RegionBySign(sign)
	home, settled := p.RegionBySign(s.Plan.Region)
	args := map[string]string{"path": path, "here": sign, "there": s.Plan.Region}
	form := t.DiskOpen
	switch {
	case !known:
	case !settled || platform != s.Plan.Platform || here.Sign == home.Sign:
		form = t.DiskOwn
		args["regions"] = strings.Join(p.Sharing(here), ", ")
	default:
		form = map[rental.Colocation]string{rental.Together: t.DiskShared, rental.Apart: t.DiskApart, rental.Unknown: t.DiskUnknown}[rental.SameRegion(home, here)]
	}
	return row{label: t.Disk, value: s.Text.Fill(form, args)}
}

func inSeconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

func parse(amount string) float64 {
	x, _ := strconv.ParseFloat(amount, 64)
	return x
}

// row is a label and a value, in a style of its own if it is to stand out.
type row struct {
	label, value string
	style        *lipgloss.Style
}

// firstRows draws as many rows as fit.
func firstRows(th *widget.Theme, rows []row, width, height int) []string {
	lines := table(th, rows, width)
	for len(lines) > height && len(rows) > 0 {
		rows = rows[:len(rows)-1]
		lines = table(th, rows, width)
	}
	return lines
}

// table draws rows, their values wrapped; those without a value are left out.
func table(th *widget.Theme, rows []row, width int) []string {
	labels := 0
	for _, r := range rows {
		if r.value != "" {
			labels = max(labels, widget.Width(r.label))
		}
	}
	labels = min(labels, width/2)
	var lines []string
	for _, r := range rows {
		if r.value == "" {
			continue
		}
		label := th.Dim.Render(widget.Pad(r.label, labels, th.Signs.More)) + "  "
		value := widget.Wrap(r.value, width-labels-2)
		for i, line := range value {
			if r.style != nil {
				value[i] = r.style.Render(line)
			}
		}
		lines = append(lines, widget.Indent(label, value)...)
	}
	return lines
}
