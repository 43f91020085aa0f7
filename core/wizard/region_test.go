package wizard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// market is a platform's interface that answers as it is told.
type market struct {
	balance rental.Balance
	stock   []rental.Stock
	err     error
	region  string
}

func (m *market) Balance(context.Context) (rental.Balance, error) { return m.balance, m.err }
func (m *market) Stock(_ context.Context, region string) ([]rental.Stock, error) {
	m.region = region
	return m.stock, m.err
}
func (m *market) Switch(string) rental.Switch { return nil }

func money(t *testing.T, s string) rental.Money {
	t.Helper()
	amount, currency, _ := strings.Cut(s, " ")
	m, err := rental.ParseMoney(amount, currency)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func set(t *testing.T, p *wizard.Project, answers ...string) {
	t.Helper()
	for i := 0; i+1 < len(answers); i += 2 {
		if err := p.Set(answers[i], answers[i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

func region(t *testing.T, p *wizard.Project, m *market) *fakeFace {
	t.Helper()
	face := &fakeFace{}
	env := wizard.Env{Face: face}
	if m != nil {
		env.Panel = func(string) rental.Panel { return m }
	}
	if err := p.Run(t.Context(), journey.Region, env); err != nil {
		t.Fatal(err)
	}
	return face
}

func one(t *testing.T, f *fakeFace, code wizard.NoteCode) map[string]string {
	t.Helper()
	if notes := f.notes(code); len(notes) == 1 {
		return notes[0]
	}
	t.Errorf("%s was told %d times", code, len(f.notes(code)))
	return nil
}

func TestRegionForecasts(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if gpu := p.Plan().GPU; gpu == "" || p.Plan().Price.PerHour == 0 {
		t.Fatalf("no proposal: %+v", p.Plan())
	}
	// The pictures are counted before the data are checked.
	set(t, p, "gpu", "RTX 4090", "price.budget", "10", "train.epochs", "100")
	face := region(t, p, nil)
	if n := one(t, face, wizard.NoteEstimate); n["pictures"] == "0" || n["gpu"] != "RTX 4090" || n["cost_low"] == "" {
		t.Errorf("estimate %v", n)
	}
	if n := one(t, face, wizard.NoteGPU); n["price"] != "1.88 CNY" || n["date"] == "" {
		t.Errorf("GPU %v", n)
	}
	if n := one(t, face, wizard.NoteForecast); n["hours"] != "5.3" {
		t.Errorf("budget %v", n)
	}
	if n := one(t, face, wizard.NoteStorage); n["path"] != "/root/autodl-fs" || n["regions"] != "nm-B1" {
		t.Errorf("storage %v", n)
	}
	one(t, face, wizard.NoteKept)
	one(t, face, wizard.NoteVoucherHint)
	if len(face.notes(wizard.NoteBudgetShort))+len(face.notes(wizard.NoteBudgetTight)) != 0 {
		t.Error("some pictures cost more than 10 yuan")
	}

	// The forecast moves with the choice.
	small, ok := p.Forecast()
	if !ok || small.Fit != rental.FitYes {
		t.Fatalf("%+v, %v", small, ok)
	}
	set(t, p, "train.epochs", "100000", "model", "yolov5x")
	face = region(t, p, nil)
	if n := one(t, face, wizard.NoteBudgetShort); n["budget"] != "10.00 CNY" {
		t.Errorf("short %v", n)
	}
	set(t, p, "gpu_count", "2")
	if two, ok := p.Forecast(); !ok || p.Plan().Price.PerHour != 3.76 || two.Cost.IsZero() {
		t.Errorf("two GPUs: %+v, price %v", two, p.Plan().Price.PerHour)
	}
	set(t, p, "gpu_count", "1", "price.voucher", "10", "train.epochs", "100", "model", "yolov5n")
	if n := one(t, region(t, p, nil), wizard.NoteVoucherPays); n["own"] != "0.00 CNY" {
		t.Errorf("voucher %v", n)
	}
	set(t, p, "gpu", "Voodoo 2")
	if _, ok := p.Forecast(); ok {
		t.Error("a forecast for a GPU that nobody knows")
	}
	one(t, region(t, p, nil), wizard.NoteNoEstimate)
	set(t, p, "gpu", "")
	one(t, region(t, p, nil), wizard.NoteNoPrice)
}

// The price that the person gave says which GPU it is.
func TestGPUFollowsThePrice(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	set(t, p, "price.per_hour", "1.88")
	if got := p.Plan().GPU; got != "RTX 4090" {
		t.Errorf("at 1.88 the GPU is %q", got)
	}
	set(t, p, "price.per_hour", "7.77")
	if got := p.Plan().GPU; got != "" {
		t.Errorf("at 7.77 the GPU is %q", got)
	}
}

func TestOffers(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	offers := p.Offers(nil)
	for _, o := range offers {
		if o.Forecast == nil || o.Forecast.Low > o.Forecast.High || o.Forecast.CostHigh.IsZero() {
			t.Errorf("%+v", o)
		}
	}
	live := p.Offers(map[string][]rental.Stock{"autodl": {{Region: "nm-B1", GPU: "RTX 4090", Free: 3}}})
	if len(live) != 1 || live[0].Free != 3 || live[0].Forecast == nil {
		t.Errorf("%+v", live)
	}
}

func TestRegionAsksThePlatform(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	set(t, p, "region", "nm-B1", "gpu", "RTX 4090")
	seen := time.Date(2026, 11, 1, 12, 30, 0, 0, time.UTC)
	m := &market{
		balance: rental.Balance{Money: money(t, "12.35 CNY"), Voucher: money(t, "10 CNY")},
		stock:   []rental.Stock{{Region: "nm-B1", GPU: "NVIDIA GeForce RTX 4090", Free: 7, Total: 9, PerHour: money(t, "1.98 CNY"), Seen: seen}},
	}
	face := region(t, p, m)
	if n := one(t, face, wizard.NoteBalance); n["money"] != "12.35 CNY" || n["voucher"] != "10.00 CNY" {
		t.Errorf("balance %v", n)
	}
	if n := one(t, face, wizard.NoteStock); n["free"] != "7" || n["total"] != "9" || n["price"] != "1.98 CNY" || n["date"] != "12:30" || m.region != "nm-B1" {
		t.Errorf("stock %v of %s", n, m.region)
	}
	m.stock[0].Free = 0
	one(t, region(t, p, m), wizard.NoteNoStock)
	m.stock = []rental.Stock{{Region: "nm-B1", GPU: "RTX 3090", Free: 7}}
	one(t, region(t, p, m), wizard.NoteNoStock)

	// Trouble with the interface is told and stops nothing.
	m.err = problem.New(rental.PanelToken, nil, "platform", "autodl", "variable", "GPUWIZARD_TOKEN_AUTODL")
	if n := one(t, region(t, p, m), wizard.NotePanelTrouble); n["code"] != "panel-token" || n["variable"] == "" {
		t.Errorf("trouble %v", n)
	}
	m.err = problem.New(rental.PanelCannot, nil, "platform", "autodl", "what", "stock")
	if notes := region(t, p, m).notes(wizard.NotePanelTrouble); len(notes) != 0 {
		t.Errorf("what the platform never tells is no trouble: %v", notes)
	}
	if _, err := wizard.AskMarket(t.Context(), nil, "autodl", ""); !errors.Is(err, wizard.ErrNoPanel) {
		t.Errorf("without a token: %v", err)
	}
}

// A default that follows from the pictures is no answer: the first step stays
// done when the pictures are counted for real.
func TestProposalsMakeNothingStale(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if _, err := run(t, p, newFake(), journey.Convert); err != nil {
		t.Fatal(err)
	}
	verify(t, p, "done done done todo todo todo todo")
	if mega := p.Journey().Of(journey.Check).Evidence.Fact("megapixels"); mega == "" || mega == "0.00" {
		t.Errorf("megapixels %q", mega)
	}
	w, ok := p.Workload()
	if !ok || w.Train <= w.Val || w.Val == 0 || w.Megapixels == 0 {
		t.Errorf("workload %+v", w)
	}
}
