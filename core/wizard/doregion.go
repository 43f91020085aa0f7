package wizard

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// The notes about platform, GPU and money.
const (
	NoteGPU          NoteCode = "gpu-choice"      // gpu, count, price, date (of the price, if it was seen and not given)
	NoteEstimate     NoteCode = "estimate"        // gpu, pictures, epochs, low, high (seconds), cost_low, cost_high
	NoteNoEstimate   NoteCode = "no-estimate"     // gpu: nobody has timed it, or there are no pictures yet
	NoteLoaderBound  NoteCode = "loader-bound"    // megapixels: decoding the pictures takes longer than training on them
	NoteVoucherPays  NoteCode = "voucher-pays"    // voucher (what it pays), own (what is left to pay)
	NoteVoucherHint  NoteCode = "voucher-hint"    // platform, amount, date: a new account was seen to get it
	NoteBudgetTight  NoteCode = "budget-tight"    // budget, cost_high: enough if it takes as long as is likely
	NoteBudgetShort  NoteCode = "budget-short"    // budget, cost, short
	NoteStorage      NoteCode = "storage-regions" // path, regions: whose instances see it
	NoteKept         NoteCode = "kept-days"       // platform, days, note_zh, note_en
	NoteBalance      NoteCode = "balance"         // platform, money, voucher
	NoteStock        NoteCode = "stock"           // gpu, region, free, total, price, date
	NoteNoStock      NoteCode = "no-stock"        // gpu, region: none is told to be there
	NotePanelTrouble NoteCode = "panel-trouble"   // code, and the details of that problem
)

func (w *work) doRegion() error {
	platform, ok := w.platform()
	if !ok {
		return problem.New(planfile.AnswerWrong, nil, "key", "platform", "got", w.plan.Platform, "allowed", planfile.Allowed("platform"))
	}
	w.fact("platform", platform.ID)
	w.fact("region", w.plan.Region)
	w.evidence.Output = journey.Digest(platform.ID, w.plan.Region)
	w.note(NotePlatform, "platform", platform.ID, "region", w.plan.Region)
	if w.plan.Platform == PracticePlatform {
		return nil
	}
	if w.plan.Region == "" && len(platform.Regions) > 0 {
		w.note(NoteNoRegion, "platform", platform.ID)
	}
	w.tellStorage(platform)
	if err := w.tellMarket(platform); err != nil {
		return err
	}
	if k := platform.Kept; k != nil {
		w.note(NoteKept, "platform", platform.ID, "days", strconv.Itoa(k.Days), "note_zh", k.Note.ZH, "note_en", k.Note.EN)
	}
	return w.tellMoney(platform)
}

// tellStorage says in words which instances see the disk that outlives them.
func (w *work) tellStorage(platform rental.Platform) {
	here, ok := platform.RegionBySign(w.plan.Region)
	if !ok {
		return
	}
	for _, d := range platform.Disks {
		if d.RegionBound {
			w.note(NoteStorage, "path", d.Path, "regions", strings.Join(platform.Sharing(here), ", "))
			return
		}
	}
}

// A Market is what a platform tells of its stock and of the account.
type Market struct {
	Platform string
	Balance  *rental.Balance // nil if not told
	Stock    []rental.Stock
	Troubles []error // why something is not told
}

// ErrNoPanel says that there is nobody to ask: the platform has no interface
// for programs, or there is no token for it.
var ErrNoPanel = errors.New("no interface for programs, or no token")

// AskMarket asks a platform what can be rented now and what is left in the
// account. What it does not tell is among the troubles, unless the platform
// never tells it.
func AskMarket(ctx context.Context, open PanelOpener, platform, region string) (Market, error) {
	m := Market{Platform: platform}
	var panel rental.Panel
	if open != nil && platform != PracticePlatform {
		panel = open(platform)
	}
	if panel == nil {
		return m, ErrNoPanel
	}
	trouble := func(err error) {
		if err != nil && !problem.Has(err, rental.PanelCannot) {
			m.Troubles = append(m.Troubles, err)
		}
	}
	balance, err := panel.Balance(ctx)
	if err == nil {
		m.Balance = &balance
	}
	trouble(err)
	if problem.Has(err, rental.PanelToken, rental.PanelSilent) {
		return m, ctx.Err() // the next question would have the same answer
	}
	m.Stock, err = panel.Stock(ctx, region)
	trouble(err)
	return m, ctx.Err()
}

// tellMarket tells what the platform says now, where it can be asked. It is no
// reason to stop if it cannot.
func (w *work) tellMarket(platform rental.Platform) error {
	market, err := AskMarket(w.ctx, w.env.Panel, platform.ID, w.plan.Region)
	if errors.Is(err, ErrNoPanel) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, err := range market.Troubles {
		w.panelTrouble(err)
	}
	if b := market.Balance; b != nil {
		w.note(NoteBalance, "platform", platform.ID, "money", b.Money.String(), "voucher", known(b.Voucher))
	}
	if len(market.Stock) == 0 || w.plan.GPU == "" {
		return nil
	}
	at := slices.IndexFunc(market.Stock, func(s rental.Stock) bool { return rental.SameGPU(s.GPU, w.plan.GPU) })
	if at < 0 {
		w.note(NoteNoStock, "gpu", w.plan.GPU, "region", w.plan.Region)
		return nil
	}
	s := market.Stock[at]
	if s.Free == 0 {
		w.note(NoteNoStock, "gpu", w.plan.GPU, "region", s.Region)
		return nil
	}
	w.note(NoteStock, "gpu", w.plan.GPU, "region", s.Region, "free", countOf(s.Free), "total", countOf(s.Total),
		"price", known(s.PerHour), "date", s.Seen.Format("15:04"))
	return nil
}

// countOf is a number for a detail of a note, where one below 0 is not known.
func countOf(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// known is a price for a detail of a note, where zero is none that is known.
func known(price rental.Money) string {
	if price.IsZero() {
		return ""
	}
	return price.String()
}

// panelTrouble tells that a platform could not be asked.
func (w *work) panelTrouble(err error) {
	p, ok := problem.As(err)
	if !ok {
		p = problem.New(rental.PanelSilent, err, "platform", w.plan.Platform)
	}
	args := map[string]string{"code": string(p.Code)}
	maps.Copy(args, p.Args)
	w.env.Face.Tell(Event{Step: w.step, Kind: KindNote, Code: NotePanelTrouble, Args: args})
}

// tellMoney tells price, forecast, voucher and budget.
func (w *work) tellMoney(platform rental.Platform) error {
	plan := w.plan
	terms, err := termsOf(plan)
	if err != nil {
		return err
	}
	if plan.GPU != "" {
		w.fact("gpu_choice", plan.GPU)
		date := ""
		if _, seen, ok := platform.Price(plan.GPU); ok && !plan.Given("price.per_hour") {
			date = seen.Seen
		}
		w.note(NoteGPU, "gpu", plan.GPU, "count", strconv.Itoa(plan.GPUCount), "price", known(terms.PerHour), "date", date)
	}
	f, timed := w.Forecast()
	if timed {
		work, _ := w.workload(plan)
		costLow, costHigh := "", ""
		if !terms.PerHour.IsZero() {
			costLow, costHigh = f.CostLow.String(), f.CostHigh.String()
		}
		w.note(NoteEstimate, "gpu", plan.GPU, "pictures", strconv.Itoa(work.Train+work.Val), "epochs", strconv.Itoa(work.Epochs),
			"low", seconds(f.Low), "high", seconds(f.High), "cost_low", costLow, "cost_high", costHigh)
		if f.Bound == rental.BoundLoader {
			w.note(NoteLoaderBound, "megapixels", w.record.Steps[journey.Check].Fact("megapixels"))
		}
	} else if plan.GPU != "" {
		w.note(NoteNoEstimate, "gpu", plan.GPU)
	}
	if terms.PerHour.IsZero() {
		w.note(NoteNoPrice)
		return nil
	}
	w.fact("price", terms.PerHour.String())
	w.tellVoucher(platform, terms, f, timed)
	if terms.Budget.IsZero() {
		return nil
	}
	means, err := terms.Budget.Add(terms.Voucher)
	if err != nil {
		return err
	}
	lasts, ok, err := rental.Lasts(means, terms.PerHour)
	if err != nil || !ok {
		return err
	}
	// Rounded down: a budget must not seem to last longer than it does.
	hours := lasts.Truncate(6 * time.Minute).Hours()
	w.note(NoteForecast, "price", terms.PerHour.String(), "budget", means.String(), "hours", strconv.FormatFloat(hours, 'f', 1, 64))
	switch {
	case !timed:
	case f.Fit == rental.FitNo:
		w.note(NoteBudgetShort, "budget", terms.Budget.String(), "cost", f.Own.String(), "short", f.Short.String())
	case f.Fit == rental.FitLikely:
		w.note(NoteBudgetTight, "budget", terms.Budget.String(), "cost_high", f.CostHigh.String())
	}
	return nil
}

// tellVoucher tells what a voucher pays, or that new accounts were seen to get
// one: whether this account has it, nobody here can know.
func (w *work) tellVoucher(platform rental.Platform, terms rental.Terms, f rental.Forecast, timed bool) {
	switch v := platform.Voucher; {
	case !terms.Voucher.IsZero() && timed:
		w.note(NoteVoucherPays, "voucher", f.Voucher.String(), "own", f.Own.String())
	case v != nil && terms.Voucher.IsZero() && !w.plan.Given("price.voucher"):
		if amount, err := rental.ParseMoney(v.Amount, platform.Currency); err == nil {
			w.note(NoteVoucherHint, "platform", platform.ID, "amount", amount.String(), "date", v.Seen)
		}
	}
}
