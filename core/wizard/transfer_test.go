package wizard_test

import (
	"testing"

	"gpuwizard/core/planfile"
)

func TestParseRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"": 0, "2M": 2 << 20, "500k": 500 << 10, " 1.5 M ": 3 << 19, "1G": 1 << 30, "4096": 4096,
	} {
		if got, err := planfile.ParseRate(text); got != want || err != nil {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "-1M", "fast", "M", "1", "NaN", "Inf", "9999G", "2MM"} {
		if got, err := planfile.ParseRate(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}
