package plain

import (
	"time"

	"gpuwizard/core/dataset"
	"gpuwizard/core/wizard"
)

// A look is one at all pictures, which Ctrl-C cuts short.
type look struct {
	survey   *dataset.Survey
	since    time.Time
	giveBack func() // set while Ctrl-C is ours
	said     bool
}

// lookIsLong is when it is worth saying that a look can be cut short.
const lookIsLong = 2 * time.Second

// watch has Ctrl-C cut a look short while it goes on: it takes minutes, and
// what comes after can be done without.
func (c *Console) watch(e wizard.Event) {
	looking := e.Kind == wizard.KindProgress &&
		(e.Progress.Phase == string(dataset.Decoding) || e.Progress.Phase == string(dataset.Comparing))
	switch l := &c.look; {
	case e.Kind == wizard.KindSurvey:
		l.survey = e.Survey
	case !looking && l.giveBack != nil:
		l.giveBack()
		*l = look{}
	case !looking || l.survey == nil || c.o.OnInterrupt == nil:
	case l.giveBack == nil:
		survey := l.survey
		l.since = time.Now()
		l.giveBack = c.o.OnInterrupt(func() {
			c.line("  " + c.o.Text.Plain().LookSkipped)
			survey.Skip()
		})
	case !l.said && time.Since(l.since) > lookIsLong:
		l.said = true
		c.line("  " + c.o.Text.Plain().LookSkips)
	}
}
