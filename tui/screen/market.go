package screen

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/widget"
)

// market is the tables of what can be rented, in place of the form: GPUs with
// their prices, and regions with who sees whose disk.
type market struct {
	*Screen
	open     bool
	regions  bool   // the other table
	platform string // whose offers are listed; "" lists all
	order    rental.OfferOrder
	filter   widget.Filter

	offers []wizard.Offer  // in the rows of gpus
	places []rental.Region // in the rows of sites; the first is none
	gpus   widget.Table
	sites  widget.Table
}

// A Pick is what was chosen from a table: some answers at once.
type Pick struct {
	Answers []Answer
	Say     string
}

// AskMarket asks what the platform tells now, where it can be asked.
type AskMarket struct{ Platform, Region string }

// openAt opens the tables at the one for a question.
func (m *market) openAt(question string) any {
	*m = market{Screen: m.Screen, open: true, regions: question == "region", platform: m.Plan.Platform, order: wizard.ByCost}
	if !slices.ContainsFunc(m.Offers, func(o wizard.Offer) bool { return o.Platform == m.platform }) {
		m.platform = ""
	}
	if !slices.ContainsFunc(m.Offers, func(o wizard.Offer) bool { return o.Forecast != nil }) {
		m.order = rental.ByPrice
	}
	m.list()
	m.gpus.Point(m.gpus.Marked)
	m.sites.Point(m.sites.Marked)
	return AskMarket{m.Plan.Platform, m.Plan.Region}
}

// list fills the tables anew, and goes on pointing at the same offer.
func (m *market) list() {
	var at wizard.Offer
	if o, ok := m.offer(); ok {
		at = o
	}
	m.listOffers()
	m.listRegions()
	m.gpus.Point(slices.IndexFunc(m.offers, func(o wizard.Offer) bool {
		return o.Platform == at.Platform && o.GPU == at.GPU && o.Region == at.Region
	}))
}

func (m *market) listOffers() {
	m.offers = m.offers[:0]
	for _, o := range m.Offers {
		if (rental.OfferFilter{Platform: m.platform}).Passes(o.Offer) && m.holds(o) {
			m.offers = append(m.offers, o)
		}
	}
	wizard.SortOffers(m.offers, m.order)
	// Of some platforms no prices are known here: they stand below.
	m.gpus.Lesser = len(m.offers)
	for _, p := range rental.Platforms() {
		o := wizard.Offer{Offer: rental.Offer{Platform: p.ID, Free: -1}}
		known := slices.ContainsFunc(m.Offers, func(o wizard.Offer) bool { return o.Platform == p.ID })
		if !known && p.ID != wizard.PracticePlatform && (m.platform == "" || m.platform == p.ID) && m.holds(o) {
			m.offers = append(m.offers, o)
		}
	}
	heads := m.Text.OfferHeads()
	m.gpus.Columns = make([]widget.Column, len(heads))
	for i, head := range heads {
		m.gpus.Columns[i] = widget.Column{Title: head.Title, Right: head.Number, Spare: []int{1: 2, 7: 3, 8: 4}[i]}
	}
	m.gpus.Sorted = map[rental.OfferOrder]int{rental.ByGPU: 0, rental.ByMemory: 1, rental.ByPrice: 2, wizard.ByTime: 4, wizard.ByCost: 5}[m.order]
	m.gpus.Rows, m.gpus.Marked = m.gpus.Rows[:0], -1
	for i, o := range m.offers {
		m.gpus.Rows = append(m.gpus.Rows, m.cells(o))
		if o.Platform == m.Plan.Platform && (o.GPU == "" || rental.SameGPU(o.GPU, m.Plan.GPU)) && (o.Region == "" || o.Region == m.Plan.Region) {
			m.gpus.Marked = i
		}
	}
	if !m.filter.On() {
		other := make([]string, len(m.gpus.Columns))
		other[0] = m.Text.TypeOther
		m.gpus.Rows = append(m.gpus.Rows, other)
	}
}

// cells are what the table shows of an offer.
func (m *market) cells(o wizard.Offer) []string {
	cells := m.Text.Offer(o)
	for i := range cells {
		cells[i] = widget.Cut(cells[i], 28, m.Theme.Signs.More)
	}
	return cells
}

// holds reports whether an offer has all that the filter asks for.
func (m *market) holds(o wizard.Offer) bool {
	return !m.filter.On() || m.filter.Holds(strings.Join(m.cells(o), " ")+" "+o.Platform+" "+o.Region)
}

func (m *market) listRegions() {
	t := m.Text.Market()
	platform, _ := rental.PlatformByID(m.Plan.Platform)
	home, _ := platform.RegionBySign(m.Plan.Region)
	m.places = append([]rental.Region{{}}, platform.Regions...)
	m.sites.Columns = []widget.Column{{Title: t.Region}, {Title: t.Sign}, {Title: t.With, Spare: 1}}
	if home.Sign != "" {
		m.sites.Columns = append(m.sites.Columns, widget.Column{Title: m.Text.Fill(t.Sees, map[string]string{"region": home.Sign})})
	}
	m.sites.Rows, m.sites.Marked, m.sites.Sorted = m.sites.Rows[:0], 0, -1
	for i, r := range m.places {
		cells := []string{t.NotSure, "", ""}
		if i > 0 {
			cells = []string{m.Text.OfPlatform(r.Name), r.Sign, strings.Join(platform.Sharing(r)[1:], " ")}
		}
		if home.Sign != "" {
			sees := map[rental.Colocation]string{rental.Together: t.Shared, rental.Apart: t.Apart, rental.Unknown: t.Unknown}[rental.SameRegion(home, r)]
			switch r.Sign {
			case home.Sign:
				sees = t.Itself
				m.sites.Marked = i
			case "":
				sees = ""
			}
			cells = append(cells, sees)
		}
		m.sites.Rows = append(m.sites.Rows, cells)
	}
	other := make([]string, len(m.sites.Columns))
	other[0] = m.Text.TypeOther
	m.sites.Rows = append(m.sites.Rows, other)
}

// key handles a key while the tables are open.
func (m *market) key(msg tea.KeyMsg) any {
	k := m.Keys
	switch {
	case m.filter.Typing():
		m.filter.Update(msg)
		m.list()
	case key.Matches(msg, k.Close) && m.filter.On():
		m.filter.Clear()
		m.list()
	case key.Matches(msg, k.Close):
		m.open = false
	case key.Matches(msg, k.OtherTable):
		m.regions = !m.regions
	case key.Matches(msg, k.Accept):
		return m.choose()
	case m.regions:
		m.sites.Update(msg)
	case key.Matches(msg, k.Search):
		m.filter.Open(m.Theme)
	case key.Matches(msg, k.Sort):
		orders := wizard.OfferOrders()
		m.order = orders[(slices.Index(orders, m.order)+1)%len(orders)]
		m.list()
	case key.Matches(msg, k.Platforms):
		m.nextPlatform()
		m.list()
	default:
		m.gpus.Update(msg)
	}
	return nil
}

// nextPlatform lists the offers of all platforms, then of one after the other.
func (m *market) nextPlatform() {
	ids := []string{m.Plan.Platform, ""}
	for _, o := range m.Offers {
		if !slices.Contains(ids, o.Platform) {
			ids = append(ids, o.Platform)
		}
	}
	m.platform = ids[(slices.Index(ids, m.platform)+1)%len(ids)]
}

// offer is the one that is pointed at; ok is false at the row for typing
// another.
func (m *market) offer() (o wizard.Offer, ok bool) {
	if at := m.gpus.At(); at >= 0 && at < len(m.offers) {
		return m.offers[at], true
	}
	return o, false
}

// place is likewise for regions.
func (m *market) place() (r rental.Region, ok bool) {
	if at := m.sites.At(); at >= 0 && at < len(m.places) {
		return m.places[at], true
	}
	return r, false
}

// choose answers with the row that is pointed at, or lets another be typed.
func (m *market) choose() any {
	r, known := m.place()
	o, listed := m.offer()
	if len(m.gpus.Rows) == 0 && !m.regions {
		return nil // a filter that nothing passes
	}
	m.open = false
	switch {
	case m.regions && known:
		return Pick{Answers: []Answer{{m.Step, "region", r.Sign}}}
	case m.regions:
		m.form.Type("region")
		return nil
	case !listed:
		m.form.Type("gpu")
		return nil
	}
	plan := m.Plan
	var pick Pick
	answer := func(key, value string) { pick.Answers = append(pick.Answers, Answer{m.Step, key, value}) }
	if o.Platform != plan.Platform {
		answer("platform", o.Platform)
		answer("region", o.Region)
	} else if o.Region != "" {
		answer("region", o.Region)
	}
	if o.GPU != "" {
		answer("gpu", o.GPU)
	}
	switch given := plan.Given("price.per_hour"); {
	case o.PerHour.IsZero() && given:
		answer("price.per_hour", "0")
	case !o.PerHour.IsZero() && (given || o.Seen == ""):
		answer("price.per_hour", o.PerHour.Amount())
	}
	platform, _ := rental.PlatformByID(o.Platform)
	if currency := platform.Currency; currency != plan.Price.Currency {
		if plan.Given("price.currency") {
			answer("price.currency", currency)
		}
		for key, amount := range map[string]float64{"price.budget": plan.Price.Budget, "price.voucher": plan.Price.Voucher} {
			if amount > 0 {
				answer(key, "0")
				pick.Say = m.Text.Fill(m.Text.Market().NewCurrency, map[string]string{"currency": currency})
			}
		}
	}
	return pick
}

// view draws the table at hand, and what the row that is pointed at means.
func (m *market) view(width, height int) []string {
	th, t := m.Theme, m.Text.Market()
	rows, open, said := &m.gpus, 0, m.said()
	if m.regions {
		rows, open = &m.sites, 1
	}
	lines := []string{widget.Spread(th.Tabs([]string{t.GPUs, t.Regions}, open), th.Dim.Render(said), width, th.Signs.More), ""}
	if m.filter.Typing() {
		lines[1] = m.filter.View(th, m.Text.SearchFor+m.Text.Colon, width)
	}
	detail := m.detail(width)
	room := height - len(lines) - 1
	// The table needs some rows of its own.
	detail = detail[:min(len(detail), max(0, room-6))]
	drawn := rows.View(th, width, room-len(detail))
	switch {
	case m.regions && len(m.places) == 1:
		drawn = append(drawn, m.dim(m.Text.Fill(t.NoRegions, map[string]string{"platform": m.Text.PlatformName(m.Plan.Platform)}), width)...)
	case !m.regions && len(m.offers) == 0 && m.filter.On():
		drawn = append(drawn[:1], m.dim(m.Text.Fill(t.NothingLeft, map[string]string{"filter": m.filter.Value()}), width)...)
	}
	lines = append(lines, drawn...)
	if len(lines)+1+len(detail) < height {
		lines = append(lines, "")
	}
	lines = append(lines, widget.Title(th, m.pointedAt(), width))
	return append(lines, detail...)
}

// said says what is listed.
func (m *market) said() string {
	t := m.Text.Market()
	if m.regions {
		return m.Text.PlatformName(m.Plan.Platform)
	}
	args := map[string]string{"platform": t.AllPlatforms, "count": strconv.Itoa(len(m.offers))}
	if m.platform != "" {
		args["platform"] = m.Text.PlatformName(m.platform)
	}
	args["order"] = map[rental.OfferOrder]string{
		wizard.ByCost: t.ByCost, rental.ByPrice: t.ByPrice, wizard.ByTime: t.ByTime, rental.ByMemory: t.ByMemory, rental.ByGPU: t.ByGPU,
	}[m.order]
	if m.filter.On() && !m.filter.Typing() {
		args["filter"] = m.filter.Value()
	}
	return m.Text.Fill(t.Listed, args)
}

// pointedAt names the row that is pointed at.
func (m *market) pointedAt() string {
	r, known := m.place()
	o, listed := m.offer()
	switch {
	case m.regions && known && r.Sign == "":
		return m.Text.Market().NotSure
	case m.regions && known:
		return m.Text.OfPlatform(r.Name) + " " + r.Sign
	case !m.regions && listed && o.GPU == "":
		return m.Text.PlatformName(o.Platform)
	case !m.regions && listed:
		return m.cells(o)[0] + " " + m.Theme.Signs.Separator + " " + m.Text.PlatformName(o.Platform)
	}
	return ""
}

// detail says what the row that is pointed at means: money and time, and whose
// disk is seen.
func (m *market) detail(width int) []string {
	if m.regions {
		r, _ := m.place()
		return table(m.Theme, []row{m.diskRow(m.Plan.Platform, r.Sign)}, width)
	}
	o, ok := m.offer()
	if !ok {
		return nil
	}
	region := m.Plan.Region
	if o.Platform != m.Plan.Platform || o.Region != "" {
		region = o.Region
	}
	rows := append(m.moneyRows(o), m.diskRow(o.Platform, region))
	if o.GPU == "" {
		p, _ := rental.PlatformByID(o.Platform)
		rows = []row{{label: m.Text.PlatformWeb, value: p.Web}, {label: m.Text.LoginHow, value: m.Text.OfPlatform(p.Login.Note)}, m.diskRow(p.ID, region)}
	}
	return table(m.Theme, rows, width)
}

func (m *market) hints() []key.Binding {
	k, words := m.Keys, m.Text.Keys()
	switch {
	case m.filter.Typing():
		return []key.Binding{keymap.As(k.Accept, words.Search), keymap.As(k.Close, words.Cancel)}
	case m.regions:
		return []key.Binding{k.Accept, keymap.As(k.OtherTable, m.Text.Market().GPUs), k.Close}
	}
	return []key.Binding{k.Accept, k.Search, k.Sort, k.Platforms, keymap.As(k.OtherTable, m.Text.Market().Regions), k.Close}
}
