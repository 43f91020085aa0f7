package wizard

import (
	"cmp"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
)

// workload is what the training of this project has to do, as far as it is
// known: before the data were checked, the pictures are counted by their names.
// It is ok = false without any.
func (p *Project) workload(plan planfile.Plan) (rental.Workload, bool) {
	w := rental.Workload{Model: plan.Model, ImgSize: plan.Train.ImgSize, Epochs: plan.Train.Epochs}
	convert, check := p.record.Steps[journey.Convert], p.record.Steps[journey.Check]
	w.Train, w.Val = tally(convert.Fact("train")), tally(convert.Fact("val"))
	if w.Train == 0 {
		all := tally(check.Fact("pictures"))
		if all == 0 {
			all = p.countPictures(plan)
		}
		w.Val = int(float64(all) * plan.Split.Val)
		w.Train = all - w.Val
	}
	if mega, err := strconv.ParseFloat(check.Fact("megapixels"), 64); err == nil {
		w.Megapixels = mega
	}
	// An instance in no-GPU mode has fewer processors than it is going to have.
	if upload := p.record.Steps[journey.Upload]; upload.Fact("gpu") != "" {
		w.CPUs, _ = strconv.ParseFloat(upload.Fact("cpus"), 64)
	}
	return w, w.Train > 0
}

func tally(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// maxCounted bounds the count of pictures for a first forecast.
const maxCounted = 20_000

// countPictures counts the files that look like pictures in the data folder,
// once while the program runs: the check of the data knows better.
func (p *Project) countPictures(plan planfile.Plan) int {
	folder := p.path(plan.Data)
	if plan.Data == "" || isZip(plan.Data) {
		return 0
	}
	if p.counted.folder == folder {
		return p.counted.pictures
	}
	n, seen := 0, 0
	_ = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if seen++; err != nil || seen > maxCounted {
			return fs.SkipAll
		}
		if !d.IsDir() && slices.Contains(pictureEndings, strings.ToLower(filepath.Ext(d.Name()))) {
			n++
		}
		return nil
	})
	p.counted.folder, p.counted.pictures = folder, n
	return n
}

// counted is what countPictures found.
type counted struct {
	folder   string
	pictures int
}

// termsOf are the plan's price, budget and voucher.
func termsOf(p planfile.Plan) (t rental.Terms, err error) {
	currency := p.Price.Currency
	for at, amount := range map[*rental.Money]float64{
		&t.PerHour: p.Price.PerHour, &t.Budget: p.Price.Budget, &t.Voucher: p.Price.Voucher,
	} {
		if amount > 0 {
			if *at, err = rental.MoneyOf(amount, currency); err != nil {
				return rental.Terms{}, err
			}
		}
	}
	return t, nil
}

// Forecast says how long the training is going to take on the plan's GPU and
// what it is going to cost. It is ok = false where too little is known: no
// pictures yet, or a GPU or a model that nobody has timed.
func (p *Project) Forecast() (f rental.Forecast, ok bool) {
	plan := p.effective()
	e, ok := p.estimate(plan, plan.GPU, plan.GPUCount)
	if !ok {
		return f, false
	}
	terms, err := termsOf(plan)
	if err != nil {
		return f, false
	}
	f, err = rental.ForecastOf(e, terms)
	return f, err == nil
}

// estimate is how long the GPU is going to be paid for: the training, and what
// belongs to it before and after.
func (p *Project) estimate(plan planfile.Plan, gpu string, count int) (rental.Estimate, bool) {
	w, ok := p.workload(plan)
	if !ok || gpu == "" {
		return rental.Estimate{}, false
	}
	e, ok := rental.Known().Estimate(w, gpu, count)
	around := time.Duration(rental.Known().Training.AroundS * float64(time.Second))
	e.Time, e.Low, e.High = e.Time+around, e.Low+around, e.High+around
	return e, ok
}

// An Offer is a GPU to choose, with what this project's training would take
// and cost on it.
type Offer struct {
	rental.Offer
	Forecast *rental.Forecast `json:"forecast,omitempty"` // nil where too little is known
}

// Offers lists what can be rented, with the forecast for this project. stock is
// what platforms tell of now, by platform; it may be nil. A budget in another
// currency than the offer's is left out of account.
func (p *Project) Offers(stock map[string][]rental.Stock) []Offer {
	defer p.look()()
	return p.offers(p.effective(), stock)
}

// chosen is the plan's own choice as an offer, at the plan's price.
func (p *Project) chosen(plan planfile.Plan) Offer {
	o := Offer{Offer: rental.Offer{Platform: plan.Platform, Region: plan.Region, GPU: plan.GPU, Count: plan.GPUCount, Free: -1}}
	if terms, err := termsOf(plan); err == nil {
		o.PerHour = terms.PerHour
	}
	platform, _ := rental.PlatformByID(plan.Platform)
	if _, seen, ok := platform.Price(plan.GPU); ok && !plan.Given("price.per_hour") {
		o.Seen, o.Sure = seen.Seen, seen.Sure
	}
	if f, ok := p.Forecast(); ok {
		o.Forecast = &f
	}
	return o
}

// The orders of offers with a forecast.
const (
	ByCost rental.OfferOrder = "cost" // of this training
	ByTime rental.OfferOrder = "time" // likewise
)

// OfferOrders are all the orders, the most useful first.
func OfferOrders() []rental.OfferOrder {
	return []rental.OfferOrder{ByCost, rental.ByPrice, ByTime, rental.ByMemory, rental.ByGPU}
}

// SortOffers sorts offers by what is known of them or of this training on them.
// What is not known comes last, and currencies are kept apart.
func SortOffers(list []Offer, by rental.OfferOrder) {
	slices.SortStableFunc(list, func(a, b Offer) int {
		if by != ByCost && by != ByTime {
			return rental.CompareOffers(a.Offer, b.Offer, by)
		}
		first := 0
		switch {
		case a.Forecast == nil || b.Forecast == nil:
			first = bool2int(a.Forecast == nil) - bool2int(b.Forecast == nil)
		case by == ByTime:
			first = cmp.Compare(a.Forecast.Time, b.Forecast.Time)
		case a.PerHour.IsZero() || b.PerHour.IsZero():
			first = bool2int(a.PerHour.IsZero()) - bool2int(b.PerHour.IsZero())
		default:
			first = strings.Compare(a.PerHour.Currency(), b.PerHour.Currency())
			if c, err := a.Forecast.Cost.Compare(b.Forecast.Cost); err == nil {
				first = c
			}
		}
		return cmp.Or(first, rental.CompareOffers(a.Offer, b.Offer, rental.ByPrice))
	})
}

func (p *Project) offers(plan planfile.Plan, stock map[string][]rental.Stock) []Offer {
	var list []Offer
	for _, o := range rental.Known().Offers(plan.GPUCount, stock) {
		offer := Offer{Offer: o}
		if e, ok := p.estimate(plan, o.GPU, o.Count); ok {
			terms, _ := termsOf(plan)
			if plan.Price.Currency != o.PerHour.Currency() {
				terms = rental.Terms{}
			}
			terms.PerHour = o.PerHour
			if f, err := rental.ForecastOf(e, terms); err == nil {
				offer.Forecast = &f
			}
		}
		list = append(list, offer)
	}
	return list
}

// bestOffer is the GPU that the wizard proposes: among those whose price is
// more than hearsay, the one on which the training is likely to cost least.
// Where that cannot be reckoned, it is the cheapest. A price that the person
// gave says which it is: one of that price, or none that is known.
func (p *Project) bestOffer(plan planfile.Plan) (best Offer, ok bool) {
	terms, err := termsOf(plan)
	given := err == nil && plan.Given("price.per_hour") && !terms.PerHour.IsZero()
	for _, o := range p.offers(plan, nil) {
		if o.Platform != plan.Platform || o.PerHour.IsZero() || given && o.PerHour != terms.PerHour || !given && o.Sure == rental.Doubtful {
			continue
		}
		if !ok || cheaper(o, best) {
			best, ok = o, true
		}
	}
	return best, ok
}

func cheaper(a, b Offer) bool {
	if a.Forecast != nil && b.Forecast != nil {
		if c, err := a.Forecast.Cost.Compare(b.Forecast.Cost); err == nil && c != 0 {
			return c < 0
		}
	}
	c, err := a.PerHour.Compare(b.PerHour)
	return err == nil && c < 0
}

// proposed are the answers that defaults for platform and GPU are made from;
// unlike the whole plan they can be asked for while a default is sought.
func (p *Project) proposed() planfile.Plan {
	plan := p.plan
	for key, at := range map[string]*string{"platform": &plan.Platform, "data": &plan.Data} {
		if !plan.Given(key) {
			*at = p.defaultOf(key)
		}
	}
	return plan
}

// gpuChoices are the GPUs of the platform, with price and forecast.
func gpuChoices(p *Project) []Choice {
	plan := p.effective()
	var choices []Choice
	for _, o := range p.offers(plan, nil) {
		if o.Platform != plan.Platform {
			continue
		}
		args := map[string]string{"price": o.PerHour.String(), "date": o.Seen}
		if f := o.Forecast; f != nil {
			args["low"], args["high"] = seconds(f.Low), seconds(f.High)
			args["cost_low"], args["cost_high"] = f.CostLow.String(), f.CostHigh.String()
		}
		choices = append(choices, Choice{Value: o.GPU, Args: args})
	}
	if len(choices) == 0 {
		for _, name := range []string{"RTX 4090", "RTX 3090", "A100", "A10", "V100", "T4"} {
			choices = append(choices, Choice{Value: name})
		}
	}
	return choices
}

// voucherChoices are no voucher, and the one that a new account was seen to
// get.
func voucherChoices(p *Project) []Choice {
	platform, _ := p.platform()
	if platform.Voucher == nil {
		return nil
	}
	return []Choice{
		{Value: "0"},
		{Value: platform.Voucher.Amount, Args: map[string]string{"currency": platform.Currency, "date": platform.Voucher.Seen}},
	}
}

// knownPrice is what the plan's GPUs were seen to cost an hour, as a number for
// the plan, or "".
func (p *Project) knownPrice() string {
	plan := p.proposed()
	gpu := plan.GPU
	if !plan.Given("gpu") {
		gpu = p.defaultOf("gpu")
	}
	platform, _ := rental.PlatformByID(plan.Platform)
	price, _, ok := platform.Price(gpu)
	if !ok {
		return ""
	}
	return price.Times(plan.GPUCount).Amount()
}
