package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/rental"
)

// Size writes a number of bytes: 512 B, 1.5 MB. Units count by 1000, as
// platforms and file managers do.
func (t *Text) Size(bytes int64) string {
	if bytes < 0 {
		return "-" + t.Size(-max(bytes, -math.MaxInt64))
	}
	if bytes < 1000 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	size := float64(bytes)
	for _, unit := range []string{"kB", "MB", "GB", "TB", "PB"} {
		size /= 1000
		if size < 9.95 {
			return fmt.Sprintf("%.1f %s", size, unit)
		}
		if size < 999.5 {
			return fmt.Sprintf("%.0f %s", size, unit)
		}
	}
	return fmt.Sprintf("%.0f EB", size/1000)
}

// Count writes a whole number with its thousands apart.
func (t *Text) Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Duration writes a span of time to the second, or to the minute from an hour
// on: 8 s, 1 min 5 s, 2 h 3 min.
func (t *Text) Duration(d time.Duration) string {
	d = max(d.Round(time.Second), 0)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	form := func(zh, en string, n ...any) string { return fmt.Sprintf(say{zh, en}.in(t.Lang), n...) }
	switch {
	case h > 0 && m > 0:
		return form("%d 小时 %d 分", "%d h %d min", h, m)
	case h > 0:
		return form("%d 小时", "%d h", h)
	case m > 0 && s > 0:
		return form("%d 分 %d 秒", "%d min %d s", m, s)
	case m > 0:
		return form("%d 分钟", "%d min", m)
	}
	return form("%d 秒", "%d s", s)
}

// About writes a time that is only roughly known, without figures that would
// promise more.
func (t *Text) About(d time.Duration) string {
	step := 10 * time.Second
	switch {
	case d >= 10*time.Hour:
		step = time.Hour
	case d >= time.Hour:
		step = 10 * time.Minute
	case d >= 2*time.Minute:
		step = time.Minute
	}
	return t.Duration(max(d.Round(step), step))
}

// Money writes an amount: 1.88 元, CNY 1.88, $0.40, 1.88 GBP.
func (t *Text) Money(amount float64, currency string) string {
	number := strconv.FormatFloat(amount, 'f', 2, 64)
	switch currency {
	case "CNY":
		if t.Lang == ZH {
			return number + " 元"
		}
		return "CNY " + number
	case "USD":
		if t.Lang == ZH {
			return number + " 美元"
		}
		return "$" + number
	case "EUR":
		if t.Lang == ZH {
			return number + " 欧元"
		}
		return "€" + number
	}
	return number + " " + currency
}

// amount is Money for an exact amount; it is rounded up.
func (t *Text) amount(m rental.Money) string { return t.value("money", m.String()) }

// Figure writes a measured figure such as mAP to three places, or a dash for
// one that is not known.
func (t *Text) Figure(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "-"
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

// Join puts sentences one after the other.
func (t *Text) Join(sentences ...string) string {
	between := " "
	if t.Lang == ZH {
		between = ""
	}
	return strings.TrimSpace(strings.Join(sentences, between))
}

// Day writes a moment of today as a clock shows it, another day as its date.
func (t *Text) Day(at, now time.Time) string {
	date, _, _ := strings.Cut(t.Time(at, now), " ")
	return date
}

// Time writes a moment of today as a clock shows it, another day with its date.
func (t *Text) Time(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}
