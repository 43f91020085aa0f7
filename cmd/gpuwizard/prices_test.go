package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPrices(t *testing.T) {
	t.Parallel()
	data, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	dir := project(t, "version: 1\ndata: "+data+"\n")
	r := program(t, "prices", "--dir", dir, "--lang", "en", "--sort", "price", "--gpu", "rtx 40")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.code != 0 || len(lines) != 2 || !strings.HasPrefix(lines[1], "RTX 4090") || !strings.Contains(lines[1], "CNY 1.88") || !strings.Contains(lines[1], " min ") {
		t.Errorf("code %d:\n%s", r.code, r.all())
	}
	// What an hour costs rises down the list.
	r = program(t, "prices", "--dir", dir, "--json", "--sort", "price")
	last := ""
	offers := 0
	for d := json.NewDecoder(strings.NewReader(r.out)); d.More(); offers++ {
		var o struct {
			GPU      string
			Forecast any
		}
		if err := d.Decode(&o); err != nil {
			t.Fatalf("%v:\n%s", err, r.all())
		}
		if o.Forecast == nil {
			t.Errorf("%s has no forecast", o.GPU)
		}
		last = o.GPU
	}
	if offers < 5 || last != "H800" {
		t.Errorf("%d offers, the dearest %s", offers, last)
	}
	if r := program(t, "prices", "--dir", dir, "--lang", "en", "--sort", "colour"); r.code != 2 || !strings.Contains(r.all(), "cost, price, time, memory, gpu") {
		t.Errorf("a wrong order: code %d:\n%s", r.code, r.all())
	}
}
