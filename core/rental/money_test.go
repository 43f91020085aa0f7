package rental

import (
	"math"
	"testing"
	"time"

	"gpuwizard/core/problem"
)

func yuan(t *testing.T, amount string) Money {
	t.Helper()
	m, err := ParseMoney(amount, "CNY")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseMoney(t *testing.T) {
	for in, want := range map[string]string{
		"1.88": "1.88 CNY", "10": "10.00 CNY", "0": "0.00 CNY", "0.01": "0.01 CNY", "0.0066": "0.01 CNY",
		"0.000001": "0.01 CNY", "1.999": "2.00 CNY", "99.991": "100.00 CNY", "1000000000": "1000000000.00 CNY",
	} {
		if got := yuan(t, in).String(); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	for _, bad := range []string{"", "-1", "+1", "1,5", "1.", ".5", "1e3", "NaN", "1.0000001", "1000000001", "99999999999", " 1", "１"} {
		if _, err := ParseMoney(bad, "CNY"); !problem.Has(err, MoneyBad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "cny", "RMB1", "¥"} {
		if _, err := ParseMoney("1", bad); !problem.Has(err, CurrencyBad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if m, err := MoneyOf(1.88, "CNY"); err != nil || m != yuan(t, "1.88") {
		t.Errorf("got %v, %v", m, err)
	}
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1), 1e300} {
		if _, err := MoneyOf(bad, "CNY"); !problem.Has(err, MoneyBad) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestCost(t *testing.T) {
	for _, tt := range []struct {
		price string
		d     time.Duration
		want  string
	}{
		{"1.88", time.Hour, "1.88"},
		{"1.88", 90 * time.Minute, "2.82"},
		{"1.88", time.Second, "0.01"},
		{"1.88", time.Nanosecond, "0.01"},
		{"0.10", 6 * time.Minute, "0.01"},
		{"0.10", 6*time.Minute + time.Second, "0.02"},
		{"1.00", 20 * time.Minute, "0.34"},
		{"1.88", 0, "0.00"},
		{"1.88", -time.Hour, "0.00"},
		{"0", 1000 * time.Hour, "0.00"},
		{"1000000000", math.MaxInt64, "1000000000.00"},
	} {
		if got := Cost(yuan(t, tt.price), tt.d).Decimal(); got != tt.want {
			t.Errorf("%s for %v: got %s, want %s", tt.price, tt.d, got, tt.want)
		}
	}
}

func TestLasts(t *testing.T) {
	for _, tt := range []struct {
		budget, price string
		want          time.Duration
		ok            bool
	}{
		{"10", "1.88", 5*time.Hour + 19*time.Minute + 8*time.Second, true},
		{"1.88", "1.88", time.Hour, true},
		{"0", "1.88", 0, true},
		{"10", "0", 0, false},
		{"1000000000", "0.000001", 100 * 365 * 24 * time.Hour, true},
	} {
		got, ok, err := Lasts(yuan(t, tt.budget), yuan(t, tt.price))
		if err != nil || got != tt.want || ok != tt.ok {
			t.Errorf("%s at %s: got %v, %v, %v; want %v", tt.budget, tt.price, got, ok, err, tt.want)
		}
		if ok && tt.price != "0" && got < 100*365*24*time.Hour {
			if c, err := Cost(yuan(t, tt.price), got).Compare(yuan(t, tt.budget)); err != nil || c > 0 {
				t.Errorf("%s at %s: %v costs more than the budget", tt.budget, tt.price, got)
			}
		}
	}
}

func TestMoneyAdds(t *testing.T) {
	a, b := yuan(t, "1.5"), yuan(t, "2")
	if sum, err := a.Add(b); err != nil || sum != yuan(t, "3.5") {
		t.Error(sum, err)
	}
	if left, err := a.Less(b); err != nil || !left.IsZero() || left.Currency() != "CNY" {
		t.Error(left, err)
	}
	if left, err := b.Less(a); err != nil || left != yuan(t, "0.5") {
		t.Error(left, err)
	}
	if sum, err := (Money{}).Add(b); err != nil || sum != b {
		t.Error(sum, err)
	}
	most := yuan(t, "1000000000")
	if sum, err := most.Add(most); err != nil || sum != most {
		t.Error(sum, err)
	}
	dollar, err := ParseMoney("1", "USD")
	if err != nil {
		t.Fatal(err)
	}
	_, addErr := a.Add(dollar)
	_, lessErr := a.Less(dollar)
	_, compareErr := a.Compare(dollar)
	_, _, lastsErr := Lasts(a, dollar)
	_, forecastErr := ForecastOf(Estimate{Time: time.Hour}, Terms{PerHour: dollar, Budget: a})
	for _, err := range []error{addErr, lessErr, compareErr, lastsErr, forecastErr} {
		if !problem.Has(err, CurrencyMixed) {
			t.Errorf("yuan and dollars: %v", err)
		}
	}
}

func TestForecastOf(t *testing.T) {
	hours := func(h float64) Estimate {
		d := time.Duration(h * float64(time.Hour))
		return Estimate{Time: d, Low: d / 2, High: 2 * d}
	}
	for _, tt := range []struct {
		name                   string
		e                      Estimate
		price, budget, voucher string
		cost, own, left, short string
		lasts                  time.Duration
		fit                    Fit
	}{
		{"enough", hours(2), "2", "10", "", "4.00", "4.00", "6.00", "0.00", 5 * time.Hour, FitYes},
		{"enough if it is as fast as it looks", hours(4), "2", "10", "", "8.00", "8.00", "2.00", "0.00", 5 * time.Hour, FitLikely},
		{"short", hours(6), "2", "10", "", "12.00", "12.00", "0.00", "2.00", 5 * time.Hour, FitNo},
		{"short without the voucher", hours(6), "2", "10", "10", "12.00", "2.00", "8.00", "0.00", 10 * time.Hour, FitLikely},
		{"a voucher pays for all of it", hours(1), "2", "5", "10", "2.00", "0.00", "5.00", "0.00", 7*time.Hour + 30*time.Minute, FitYes},
		{"no budget", hours(1), "2", "", "", "2.00", "2.00", "0.00", "0.00", 0, FitNone},
		{"a voucher and no budget", hours(1), "2", "", "10", "2.00", "0.00", "0.00", "0.00", 0, FitNone},
		{"no price", hours(1), "", "10", "", "0.00", "0.00", "0.00", "0.00", 0, FitNone},
		{"nothing to train", hours(0), "2", "10", "", "0.00", "0.00", "10.00", "0.00", 5 * time.Hour, FitYes},
		{"clock set back", hours(-1), "2", "10", "", "0.00", "0.00", "10.00", "0.00", 5 * time.Hour, FitYes},
	} {
		terms := Terms{}
		for at, amount := range map[*Money]string{&terms.PerHour: tt.price, &terms.Budget: tt.budget, &terms.Voucher: tt.voucher} {
			if amount != "" {
				*at = yuan(t, amount)
			}
		}
		f, err := ForecastOf(tt.e, terms)
		if err != nil || f.Cost.Decimal() != tt.cost || f.Own.Decimal() != tt.own || f.Left.Decimal() != tt.left || f.Short.Decimal() != tt.short {
			t.Errorf("%s: %+v, %v", tt.name, f, err)
		}
		if f.Lasts != tt.lasts || f.Limited != (tt.lasts > 0) || f.Fit != tt.fit {
			t.Errorf("%s: lasts %v, fits %q", tt.name, f.Lasts, f.Fit)
		}
	}
}

func FuzzMoney(f *testing.F) {
	f.Add("1.88", "10", int64(time.Hour))
	f.Add("0.000001", "1000000000", int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, price, budget string, d int64) {
		p, err := ParseMoney(price, "CNY")
		b, err2 := ParseMoney(budget, "CNY")
		if err != nil || err2 != nil {
			return
		}
		forecast, err := ForecastOf(Estimate{Time: time.Duration(d), High: time.Duration(d)}, Terms{PerHour: p, Budget: b, Voucher: p})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Money{forecast.Cost, forecast.Own, forecast.Voucher, forecast.Left, forecast.Short} {
			if m.micros < 0 {
				t.Fatalf("negative: %+v", forecast)
			}
		}
		if forecast.Limited && !forecast.Left.IsZero() && !forecast.Short.IsZero() {
			t.Fatalf("left and short at once: %+v", forecast)
		}
		// A cost shown is never below the real one.
		shown, err := ParseMoney(forecast.Cost.Decimal(), "CNY")
		if err != nil || shown.micros < forecast.Cost.micros {
			t.Fatalf("%v shown as %v, %v", forecast.Cost.micros, shown, err)
		}
	})
}
