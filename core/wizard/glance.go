package wizard

import (
	"sync"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/sshconfig"
)

// A Glance is what a face shows of a project, all of it from one look at the
// folder.
type Glance struct {
	Plan      planfile.Plan
	Journey   journey.Journey
	Questions map[journey.Step][]Question
	// Chosen is the plan's choice, and Offers what else can be rented, with the
	// forecast for this project; there are none in a rehearsal.
	Chosen Offer
	Offers []Offer
}

// Glance looks at the folder once and returns what there is to show; stock is
// as in Offers.
func (p *Project) Glance(stock map[string][]rental.Stock) Glance {
	defer p.look()()
	g := Glance{Plan: p.effective(), Journey: p.Journey(), Questions: map[journey.Step][]Question{}}
	for _, step := range journey.Steps() {
		g.Questions[step] = p.Questions(step)
	}
	if !p.Practice() {
		g.Chosen, g.Offers = p.chosen(g.Plan), p.Offers(stock)
	}
	return g
}

// seenAtOnce is what one look has seen. It is kept no longer than that look
// takes: whatever lies in the folder may change at any moment.
type seenAtOnce struct {
	mu       sync.Mutex
	plan     *planfile.Plan
	config   *sshconfig.Config
	defaults map[string]string
	choices  map[string][]Choice
}

// look begins a look: until it is ended, by the function that it returns,
// nothing is looked at twice. A look within another is part of that.
func (p *Project) look() (end func()) {
	if !p.at.CompareAndSwap(nil, &seenAtOnce{defaults: map[string]string{}, choices: map[string][]Choice{}}) {
		return func() {}
	}
	return func() { p.at.Store(nil) }
}

// once returns what was seen already in this look, or finds it; kept and keep
// say where it is kept.
func once[T any](p *Project, kept func(*seenAtOnce) (T, bool), keep func(*seenAtOnce, T), find func() T) T {
	at := p.at.Load()
	if at == nil {
		return find()
	}
	at.mu.Lock()
	seen, ok := kept(at)
	at.mu.Unlock()
	if ok {
		return seen
	}
	seen = find()
	at.mu.Lock()
	keep(at, seen)
	at.mu.Unlock()
	return seen
}

// sshConfig is the person's SSH configuration. What is broken in it is told
// when a name of it is used.
func (p *Project) sshConfig() *sshconfig.Config {
	return once(p,
		func(at *seenAtOnce) (*sshconfig.Config, bool) { return at.config, at.config != nil },
		func(at *seenAtOnce, c *sshconfig.Config) { at.config = c },
		func() *sshconfig.Config {
			c, _ := sshconfig.Here()
			return c
		})
}

// found are the choices of a kind.
func (p *Project) found(kind string, find func(*Project) []Choice) []Choice {
	return once(p,
		func(at *seenAtOnce) ([]Choice, bool) { c, ok := at.choices[kind]; return c, ok },
		func(at *seenAtOnce, c []Choice) { at.choices[kind] = c },
		func() []Choice { return find(p) })
}

// effective returns the plan with the defaults of this folder filled in where
// the person gave no answer.
func (p *Project) effective() planfile.Plan {
	defer p.look()()
	plan := once(p,
		func(at *seenAtOnce) (*planfile.Plan, bool) { return at.plan, at.plan != nil },
		func(at *seenAtOnce, plan *planfile.Plan) { at.plan = plan },
		p.fill)
	return *plan
}

// defaultOf returns the answer that the wizard proposes, or "".
func (p *Project) defaultOf(key string) string {
	return once(p,
		func(at *seenAtOnce) (string, bool) { value, ok := at.defaults[key]; return value, ok },
		func(at *seenAtOnce, value string) { at.defaults[key] = value },
		func() string { return p.propose(key) })
}
