package rental

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestOffers(t *testing.T) {
	dollar := func(s string) Money {
		m, err := ParseMoney(s, "USD")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	c := Known()
	said := func(list []Offer) string {
		var lines []string
		for _, o := range list {
			lines = append(lines, fmt.Sprintf("%s/%s %s x%d %s %d", o.Platform, o.Region, o.GPU, o.Count, o.PerHour, o.Free))
		}
		return strings.Join(lines, "\n")
	}
	seen := c.Offers(1, nil)
	if len(seen) < 7 || slices.ContainsFunc(seen, func(o Offer) bool { return o.Seen == "" || o.Free != -1 || o.PerHour.IsZero() }) {
		t.Errorf("without any stock:\n%s", said(seen))
	}
	live := c.Offers(2, map[string][]Stock{
		"autodl": {{Region: "west-X", GPU: "RTX 4090", Free: 215, Total: 2285}, {Region: "west-X", GPU: "RTX 3090", Free: 0, Total: 9}, {Region: "west-X", GPU: "New 1", Free: 3}},
		"vast":   {{GPU: "RTX 4090", Free: 2, PerHour: dollar("0.35")}},
	})
	list := slices.DeleteFunc(slices.Clone(live), func(o Offer) bool { return !(OfferFilter{Free: true}).Passes(o) })
	sortOffers(list, ByPrice)
	want := "autodl/west-X RTX 4090 x2 3.76 CNY 215\nvast/ RTX 4090 x2 0.70 USD 2\nautodl/west-X New 1 x2 0.00 3"
	if got := said(list); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, tt := range []struct {
		name string
		f    OfferFilter
		want int
	}{
		{"all", OfferFilter{}, 4},
		{"platform", OfferFilter{Platform: "vast"}, 1},
		{"region", OfferFilter{Region: "WEST-x"}, 4},
		{"another region", OfferFilter{Region: "nm-B1"}, 1},
		{"GPU", OfferFilter{GPU: "rtx 4090"}, 2},
		{"part of a GPU", OfferFilter{GPU: "90"}, 3},
		{"no dearer than", OfferFilter{Most: yuan(t, "3")}, 2}, // the 3090 and the one without a price
	} {
		passed := 0
		for _, o := range live {
			if tt.f.Passes(o) {
				passed++
			}
		}
		if passed != tt.want {
			t.Errorf("%s: %d pass, want %d", tt.name, passed, tt.want)
		}
	}
	for _, by := range []OfferOrder{ByPrice, ByGPU, ByMemory} {
		a, b := slices.Clone(seen), slices.Clone(seen)
		slices.Reverse(b)
		sortOffers(a, by)
		sortOffers(b, by)
		if said(a) != said(b) {
			t.Errorf("by %s the order depends on where one began", by)
		}
	}
	sortOffers(seen, ByMemory)
	if seen[0].MemoryGB < seen[len(seen)-1].MemoryGB {
		t.Error("by memory, the most does not come first")
	}
}

func sortOffers(list []Offer, by OfferOrder) {
	slices.SortStableFunc(list, func(a, b Offer) int { return CompareOffers(a, b, by) })
}
