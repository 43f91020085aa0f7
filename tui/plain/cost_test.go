package plain_test

import (
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
)

// What the instance costs is told a few times, however often the meter is
// read, and again once it follows from measured epochs.
func TestCostIsToldCalmly(t *testing.T) {
	perHour, err := rental.ParseMoney("1.88", "CNY")
	if err != nil {
		t.Fatal(err)
	}
	meter := func(on, left time.Duration, measured bool) *wizard.Meter {
		return &wizard.Meter{
			PerHour: perHour, On: on, Left: left, Measured: measured, Cost: rental.Cost(perHour, on),
			Total: rental.Cost(perHour, on+left), TotalHigh: rental.Cost(perHour, on+left+left/10),
		}
	}
	for lang, first := range map[text.Lang]string{
		text.EN: "  CNY 0.32 so far, about CNY 3.45 at the end, CNY 3.76 at most\n",
		text.ZH: "  已花 0.32 元，练完约 3.45 元（最多 3.76 元）\n",
	} {
		c, out := console(plain.Options{Text: text.For(lang)}, strings.NewReader(""))
		tell := func(m *wizard.Meter) { c.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindCost, Meter: m}) }
		tell(nil)
		tell(&wizard.Meter{On: time.Hour})
		if out.String() != "" {
			t.Fatalf("without a price: %q", out)
		}
		tell(meter(10*time.Minute, 100*time.Minute, false))
		if out.String() != first {
			t.Errorf("%s: %q", lang, out)
		}
		for on := 10 * time.Minute; on <= 110*time.Minute; on += 2 * time.Second {
			tell(meter(on, 110*time.Minute-on, on > 12*time.Minute))
		}
		if n := strings.Count(out.String(), "\n"); n < 9 || n > 12 {
			t.Errorf("%s: %d lines:\n%s", lang, n, out)
		}
		// Another start of the instance is news.
		before := out.Len()
		tell(meter(time.Minute, 0, true))
		tell(meter(59*time.Minute, 0, true))
		if n := strings.Count(out.String()[before:], "\n"); n != 1 {
			t.Errorf("%s: %d lines after another start:\n%s", lang, n, out.String()[before:])
		}
	}
}
