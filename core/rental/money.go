package rental

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/problem"
)

// Money is an amount in a currency, exact to a millionth. It is never
// negative. The zero Money is nothing, in no currency, and adds to any.
type Money struct {
	micros   int64
	currency string
}

const (
	micro     = 1_000_000
	cent      = micro / 100
	maxAmount = 1_000_000_000 // whole units; beyond it an amount is a mistake
)

var (
	amountText   = regexp.MustCompile(`^(\d{1,10})(?:\.(\d{1,6}))?$`)
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
)

// ParseMoney reads an amount such as 1.88, with at most six digits after the
// point, in a currency such as CNY.
func ParseMoney(amount, currency string) (Money, error) {
	if !currencyCode.MatchString(currency) {
		return Money{}, problem.New(CurrencyBad, nil, "got", shorten(currency))
	}
	m := amountText.FindStringSubmatch(amount)
	if m == nil {
		return Money{}, badAmount(amount)
	}
	whole, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || whole > maxAmount {
		return Money{}, badAmount(amount)
	}
	part, err := strconv.ParseInt(m[2]+strings.Repeat("0", 6-len(m[2])), 10, 64)
	if err != nil {
		return Money{}, badAmount(amount)
	}
	return Money{micros: whole*micro + part, currency: currency}, nil
}

// MoneyOf is ParseMoney for a number, taken as its shortest decimal form: 1.88
// is 1.88 exactly.
func MoneyOf(amount float64, currency string) (Money, error) {
	return ParseMoney(strconv.FormatFloat(amount, 'f', -1, 64), currency)
}

func badAmount(got string) error {
	return problem.New(MoneyBad, nil, "got", shorten(got), "max", strconv.Itoa(maxAmount))
}

func shorten(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return strings.ToValidUTF8(s, "?")
}

// Currency returns the code of the currency, such as CNY.
func (m Money) Currency() string { return m.currency }

// IsZero reports whether m is no money at all.
func (m Money) IsZero() bool { return m.micros == 0 }

// Decimal returns the amount with two digits after the point, rounded up: a
// cost is never shown smaller than it is.
func (m Money) Decimal() string {
	cents := m.micros / cent
	if m.micros%cent > 0 {
		cents++
	}
	s := strconv.FormatInt(cents, 10)
	for len(s) < 3 {
		s = "0" + s
	}
	return s[:len(s)-2] + "." + s[len(s)-2:]
}

// Amount returns the amount exactly, without the currency: 1.88, 0.0066.
func (m Money) Amount() string {
	whole, part := m.micros/micro, m.micros%micro
	s := strconv.FormatInt(whole, 10)
	if part == 0 {
		return s
	}
	return s + "." + strings.TrimRight(strconv.FormatInt(micro+part, 10)[1:], "0")
}

// String returns the amount, rounded up as in Decimal, and the currency.
func (m Money) String() string {
	return strings.TrimSpace(m.Decimal() + " " + m.currency)
}

// MarshalText writes the amount and the currency, for programs.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Times returns n times m, for n GPUs.
func (m Money) Times(n int) Money {
	product := new(big.Int).Mul(big.NewInt(m.micros), big.NewInt(int64(max(0, n))))
	return Money{micros: clamp(product), currency: m.currency}
}

// Share returns how much of whole m is, 1 for all of it; ok is false for two
// currencies, or a whole of nothing.
func (m Money) Share(whole Money) (share float64, ok bool) {
	if _, err := common(m, whole); err != nil || whole.micros <= 0 {
		return 0, false
	}
	return float64(m.micros) / float64(whole.micros), true
}

// Compare returns -1, 0 or 1 as m is less than, equal to or more than n.
func (m Money) Compare(n Money) (int, error) {
	if _, err := common(m, n); err != nil {
		return 0, err
	}
	switch {
	case m.micros < n.micros:
		return -1, nil
	case m.micros > n.micros:
		return 1, nil
	}
	return 0, nil
}

// Add returns the sum of m and n.
func (m Money) Add(n Money) (Money, error) {
	currency, err := common(m, n)
	if err != nil {
		return Money{}, err
	}
	sum := new(big.Int).Add(big.NewInt(m.micros), big.NewInt(n.micros))
	return Money{micros: clamp(sum), currency: currency}, nil
}

// Less returns what is left of m after n is taken away: nothing if n is more.
func (m Money) Less(n Money) (Money, error) {
	currency, err := common(m, n)
	if err != nil {
		return Money{}, err
	}
	return Money{micros: max(0, m.micros-n.micros), currency: currency}, nil
}

// Cost returns what a machine costs in a time, rounded up. A negative time,
// as from a clock that was set back, costs nothing.
func Cost(perHour Money, d time.Duration) Money {
	if d <= 0 {
		return Money{currency: perHour.currency}
	}
	total := new(big.Int).Mul(big.NewInt(perHour.micros), big.NewInt(int64(d)))
	hour := big.NewInt(int64(time.Hour))
	total.Add(total, new(big.Int).Sub(hour, big.NewInt(1)))
	return Money{micros: clamp(total.Div(total, hour)), currency: perHour.currency}
}

// Lasts returns the time that a budget pays for, rounded down to whole
// seconds. Without a price it is ok = false: it lasts for ever.
func Lasts(budget, perHour Money) (d time.Duration, ok bool, err error) {
	if _, err := common(budget, perHour); err != nil {
		return 0, false, err
	}
	if perHour.micros == 0 {
		return 0, false, nil
	}
	seconds := new(big.Int).Mul(big.NewInt(budget.micros), big.NewInt(int64(time.Hour/time.Second)))
	seconds.Div(seconds, big.NewInt(perHour.micros))
	const longest = 100 * 365 * 24 * time.Hour
	if limit := big.NewInt(int64(longest / time.Second)); seconds.Cmp(limit) > 0 {
		return longest, true, nil
	}
	return time.Duration(seconds.Int64()) * time.Second, true, nil
}

func clamp(n *big.Int) int64 {
	const most = maxAmount * micro
	if !n.IsInt64() || n.Int64() > most {
		return most
	}
	return n.Int64()
}

// common returns the currency of both; no money at all has every currency.
func common(m, n Money) (string, error) {
	switch {
	case m.currency == n.currency || n.currency == "":
		return m.currency, nil
	case m.currency == "":
		return n.currency, nil
	}
	return "", problem.New(CurrencyMixed, nil, "want", m.currency, "got", n.currency)
}
