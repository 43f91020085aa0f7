package wizard

import (
	"gpuwizard/core/rental"
	"gpuwizard/core/sshconfig"
)

// A Glance is what a face shows of a project, all of it from one look at the
// folder.
type Glance struct {
	Plan      Plan
	Journey   Journey
	Questions map[Step][]Question
	// Chosen is the plan's choice, and Offers what else can be rented, with the
	// forecast for this project; there are none in a rehearsal.
	Chosen Offer
	Offers []Offer
}

// Glance looks at the folder once and returns what there is to show; stock is
// as in Offers.
func (p *Project) Glance(stock map[string][]rental.Stock) Glance {
	defer p.look()()
	g := Glance{Plan: p.effective(), Journey: p.Journey(), Questions: map[Step][]Question{}}
	for _, step := range Steps() {
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
	plan     *Plan
	config   *sshconfig.Config
	defaults map[string]string
	choices  map[string][]Choice
}

// look begins a look: until it is ended, by the function that it returns,
// nothing is looked at twice. A look within another is part of that.
func (p *Project) look() (end func()) {
	if p.at != nil {
		return func() {}
	}
	p.at = &seenAtOnce{defaults: map[string]string{}, choices: map[string][]Choice{}}
	return func() { p.at = nil }
}

// sshConfig is the person's SSH configuration. What is broken in it is told
// when a name of it is used.
func (p *Project) sshConfig() *sshconfig.Config {
	if p.at != nil && p.at.config != nil {
		return p.at.config
	}
	c, _ := sshconfig.Here()
	if p.at != nil {
		p.at.config = c
	}
	return c
}

// found returns the choices that were found already in this look, or finds them.
func (p *Project) found(key string, find func(*Project) []Choice) []Choice {
	if p.at == nil {
		return find(p)
	}
	if _, ok := p.at.choices[key]; !ok {
		p.at.choices[key] = find(p)
	}
	return p.at.choices[key]
}
