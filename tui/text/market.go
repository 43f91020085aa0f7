package text

import (
	"strconv"

	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// MarketText is what can be rented: the tables of GPUs and of regions, and what
// a choice means.
type MarketText = marketOf[string]

type marketOf[T any] struct {
	// The tables and their keys.
	GPUs, Regions, Compare, Sort, Platforms, AllPlatforms, OtherTable T
	Listed                                                            T // count, platform, order, filter
	NothingLeft                                                       T // filter
	NoRegions                                                         T // platform
	Asking                                                            T // platform: it is asked what is free now
	// Headings of columns; Sees has the region of the plan.
	Platform, GPU, Memory, PerHour, Free, Takes, Costs, Seen, Region, Sign, With, Sees T
	// Cells.
	OnItsSite, Now, Hearsay, Itself, Shared, Apart, Unknown, NotSure T
	// What rows are sorted by.
	ByCost, ByPrice, ByTime, ByMemory, ByGPU T

	// What a choice means: labels, and sentences of values named in braces.
	Training, TrainingTakes, TrainingOpen T // low, high (seconds), cost_low, cost_high
	Voucher, VoucherPays, VoucherAll      T // voucher, own
	Budget, BudgetLasts, BudgetTrains     T // budget, hours; and times it pays for
	BudgetYes, BudgetLikely, BudgetNo     T // left, cost_high, short
	BudgetOther                           T // currency
	Price, PriceSeen, PriceHearsay        T // price, date
	PriceNow, PriceGiven, PriceNone       T
	Account, AccountHolds                 T // money, voucher
	Disk, DiskOwn, DiskOpen               T // path, here, there, regions
	DiskShared, DiskApart, DiskUnknown    T
	NewCurrency                           T // currency: budget and voucher are to be given anew
}

var marketWords = marketOf[say]{
	GPUs: say{"显卡和价格", "GPUs and prices"}, Regions: say{"地区", "Regions"},
	Compare: say{"比较价格", "compare prices"}, Sort: say{"换排序", "sort"}, Platforms: say{"换平台", "platform"},
	AllPlatforms: say{"全部平台", "all platforms"}, OtherTable: say{"显卡 / 地区", "GPUs / regions"},
	Listed:      say{"{platform}，{count} 种，按{order}排[[，含“{filter}”]]", "{platform}, {count} sorted by {order}[[, with “{filter}”]]"},
	NothingLeft: say{"没有含“{filter}”的；按 Esc 重新列出全部。", "Nothing holds “{filter}”: Esc lists all again."},
	NoRegions:   say{"{platform}没有地区可选，或不公布：留空就行。", "{platform} has no regions to choose from, or does not say: leave it open."},
	Asking:      say{"正在问{platform}现在的价格和余量…", "asking {platform} what is free now ..."},

	Platform: say{"平台", "platform"}, GPU: say{"显卡", "GPU"}, Memory: say{"显存", "memory"}, PerHour: say{"每小时", "per hour"},
	Free: say{"空闲", "free"}, Takes: say{"训练约", "takes about"}, Costs: say{"共约", "costs about"}, Seen: say{"价格见于", "price seen"},
	Region: say{"地区", "region"}, Sign: say{"代号", "code"}, With: say{"共用网盘的还有", "shares its disk with"}, Sees: say{"看得到 {region} 的网盘", "sees {region}'s disk"},

	OnItsSite: say{"见它的网站", "see its site"}, Now: say{"刚刚", "now"}, Hearsay: say{"{date} 待核实", "{date}, unconfirmed"},
	Itself: say{"就是它", "its own"}, Shared: say{"看得到", "yes"}, Apart: say{"看不到", "no"}, Unknown: say{"不清楚", "not known"},
	NotSure: say{"还不确定（留空）", "not sure yet (leave it open)"},

	ByCost: say{"这次训练的花费", "the cost of this training"}, ByPrice: say{"每小时价格", "price per hour"}, ByTime: say{"训练时间", "training time"},
	ByMemory: say{"显存", "memory"}, ByGPU: say{"名字", "name"},

	Training:      say{"这次训练", "training"},
	TrainingTakes: say{"付费时间约 {low..high:about}[[，共花 {cost_low..cost_high:money}]]", "about {low..high:about} of paid time[[, {cost_low..cost_high:money} in all]]"},
	TrainingOpen:  say{"还算不出要多久：还没有图片，或没有人测过这种显卡", "cannot be estimated yet: no pictures, or nobody timed this GPU"},
	Voucher:       say{"代金券", "voucher"},
	VoucherPays:   say{"付掉其中 {voucher:money}，自己再付约 {own:money}", "pays {voucher:money} of it, about {own:money} is left to pay"},
	VoucherAll:    say{"够付全部，自己不用付", "pays all of it"},
	Budget:        say{"预算", "budget"},
	BudgetLasts:   say{"{budget:money} 够开 {hours} 小时", "{budget:money} lasts {hours} hours"},
	BudgetTrains:  say{"{budget:money} 够开 {hours} 小时；{fit}", "{budget:money} lasts {hours} hours: {fit}"},
	BudgetYes:     say{"够用，约剩 {left:money}", "enough, about {left:money} is left"},
	BudgetLikely:  say{"多半够用；慢的话要花 {cost_high:money}", "most likely enough, at its slowest it costs {cost_high:money}"},
	BudgetNo:      say{"不够，还差 {short:money}：减少轮数，或换一种显卡", "{short:money} too little: fewer epochs, or another GPU"},
	BudgetOther:   say{"这里用 {currency} 计价：选它之后请重新填预算", "prices here are in {currency}: set your budget again once it is chosen"},
	Price:         say{"价格", "price"},
	PriceSeen:     say{"{price:money}/时，{date} 见过；以面板为准", "{price:money} an hour, seen {date}; the panel shows today's"},
	PriceHearsay:  say{"{price:money}/时，{date} 听说，不太可靠；以面板为准", "{price:money} an hour, unconfirmed ({date}): look at the panel"},
	PriceNow:      say{"{price:money}/时，平台刚刚报的[[；空闲 {free}]]", "{price:money} an hour, as the platform says now[[; {free} free]]"},
	PriceGiven:    say{"{price:money}/时，你填的", "{price:money} an hour, as you set it"},
	PriceNone:     say{"不知道：填上面板里的价格，才能估算花费", "unknown: set the panel's price to see what the training costs"},
	Account:       say{"账户", "account"},
	AccountHolds:  say{"余额 {money:money}[[，代金券 {voucher:money}]]", "{money:money}[[ and vouchers of {voucher:money}]]"},
	Disk:          say{"网盘", "disk"},
	DiskOwn:       say{"{path} 里的数据只有 {regions} 的实例看得到：实例就租在这里", "only instances in {regions} see {path}: rent there"},
	DiskOpen:      say{"{path} 里的数据只有同一地区的实例看得到：定下地区再租实例", "data in {path} is seen in its own region only: settle the region before you rent"},
	DiskShared:    say{"{there}和{here}共用 {path}：放在那里的数据这里看得到", "{here} shares {path} with {there}: data put there is seen here"},
	DiskApart:     say{"放在{there}的 {path} 里的数据，{here}的实例看不到", "instances in {here} do not see the data in {path} of {there}"},
	DiskUnknown:   say{"{here}看不看得到{there}的 {path} 不清楚：付钱前先看数据在不在", "it is not known whether {here} sees {path} of {there}: look before you pay"},
	NewCurrency:   say{"这个平台用 {currency} 计价：预算和代金券请重新填。", "This platform's prices are in {currency}: set your budget and voucher again."},
}

// Market returns the words about what can be rented.
func (t *Text) Market() MarketText { return spoken[MarketText](t, marketWords) }

// An OfferHead is the heading of a column.
type OfferHead struct {
	Title  string
	Number bool // the column holds numbers, and is set flush right
}

// OfferHeads are the headings of what Offer returns.
func (t *Text) OfferHeads() []OfferHead {
	w := t.Market()
	return []OfferHead{
		{w.GPU, false},
		{w.Memory, true},
		{w.PerHour, true},
		{w.Free, true},
		{w.Takes, true},
		{w.Costs, true},
		{w.Platform, false},
		{w.Region, false},
		{w.Seen, false},
	}
}

// Offer writes an offer as the cells of a row; what is not known is "". An
// offer without a GPU is a platform of which no prices are known.
func (t *Text) Offer(o wizard.Offer) []string {
	w := t.Market()
	cells := []string{o.GPU, "", "", "", "", "", t.PlatformName(o.Platform), t.regionName(o.Platform, o.Region), o.Seen}
	if o.MemoryGB > 0 {
		cells[1] = strconv.Itoa(o.MemoryGB) + " GB"
	}
	if !o.PerHour.IsZero() {
		cells[2] = t.amount(o.PerHour)
	}
	if o.Free >= 0 {
		cells[3] = strconv.Itoa(o.Free)
	}
	if f := o.Forecast; f != nil {
		cells[4] = t.About(f.Time)
		if !o.PerHour.IsZero() {
			cells[5] = t.amount(f.Cost)
		}
	}
	switch {
	case o.GPU == "":
		cells[0], cells[8] = w.OnItsSite, ""
	case o.Seen == "":
		cells[8] = w.Now
	case o.Sure == rental.Doubtful:
		cells[8] = t.Fill(w.Hearsay, map[string]string{"date": o.Seen})
	}
	for i := range cells {
		cells[i] = t.value("", cells[i])
	}
	return cells
}

// OfPlatform returns a text of the platforms' data in this language.
func (t *Text) OfPlatform(both rental.Text) string { return say{both.ZH, both.EN}.in(t.Lang) }

// PlatformName is what a platform is called.
func (t *Text) PlatformName(id string) string {
	return t.value("platform", id)
}

func (t *Text) regionName(platform, sign string) string {
	p, _ := rental.PlatformByID(platform)
	if r, ok := p.RegionBySign(sign); ok {
		return t.OfPlatform(r.Name)
	}
	return t.value("", sign)
}
