package plain

import (
	"time"

	"gpuwizard/core/wizard"
)

// A cost line comes with each tenth of the time that the instance is going to
// be on, but not more often than costPause; once an hour while that is not
// known.
const (
	costShare = 10
	costPause = 5 * time.Minute
)

// tellCost says what the instance has cost when that is news.
func (c *Console) tellCost(m *wizard.Meter) {
	told := c.cost
	c.cost = m
	if m == nil || m.PerHour.IsZero() {
		return
	}
	if told != nil {
		step := time.Hour
		if m.Left > 0 {
			step = max(costPause, (m.On+m.Left)/costShare)
		}
		if gone := m.On - told.On; gone >= 0 && gone < step && (m.Measured == told.Measured || m.Left == 0) {
			c.cost = told
			return
		}
	}
	c.line("  " + c.o.Text.CostLine(*m, m.Cost))
}
