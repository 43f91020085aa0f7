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
	_, forecastErr := ForecastOf(dollar, a, time.Hour)
	for _, err := range []error{addErr, lessErr, compareErr, lastsErr, forecastErr} {
		if !problem.Has(err, CurrencyMixed) {
			t.Errorf("yuan and dollars: %v", err)
		}
	}
}

func TestForecastOf(t *testing.T) {
	price := yuan(t, "2")
	for _, tt := range []struct {
		name   string
		budget Money
		price  Money
		d      time.Duration
		want   Forecast
	}{
		{"enough", yuan(t, "10"), price, 3 * time.Hour, Forecast{Time: 3 * time.Hour, Cost: yuan(t, "6"), Left: yuan(t, "4"), Short: yuan(t, "0"), Lasts: 5 * time.Hour, Limited: true}},
		{"short", yuan(t, "10"), price, 6 * time.Hour, Forecast{Time: 6 * time.Hour, Cost: yuan(t, "12"), Left: yuan(t, "0"), Short: yuan(t, "2"), Lasts: 5 * time.Hour, Limited: true}},
		{"no budget", Money{}, price, time.Hour, Forecast{Time: time.Hour, Cost: price}},
		{"no price", yuan(t, "10"), Money{}, time.Hour, Forecast{Time: time.Hour}},
		{"clock set back", yuan(t, "10"), price, -time.Hour, Forecast{Cost: yuan(t, "0"), Left: yuan(t, "10"), Short: yuan(t, "0"), Lasts: 5 * time.Hour, Limited: true}},
	} {
		got, err := ForecastOf(tt.price, tt.budget, tt.d)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %+v, %v; want %+v", tt.name, got, err, tt.want)
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
		forecast, err := ForecastOf(p, b, time.Duration(d))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Money{forecast.Cost, forecast.Left, forecast.Short} {
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
