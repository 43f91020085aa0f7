package class_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpuwizard/core/lesson/class"
)

// What a student's instances cost is reckoned from how long they were seen on,
// which is more than the training; where none was seen on, it is no less than
// the training.
func TestCost(t *testing.T) {
	const steps = `"steps":{"region":{"complete":true,"facts":{"price":"1.80 CNY"}},"train":{"complete":true,"facts":{"seconds":"600"}}}`
	for _, test := range []struct {
		name, record, cost string
		least              bool
	}{
		{"seen on, twice", `{"version":1,` + steps + `,"paid":[{"boot":"a","gpu":true,"on":1800},{"boot":"b","gpu":true,"on":1800},{"boot":"c","gpu":false,"on":9000}]}`, "1.80 CNY", false},
		{"never seen on", `{"version":1,` + steps + `}`, "0.30 CNY", true},
		{"no price", `{"version":1,"steps":{"train":{"complete":true,"facts":{"seconds":"600"}}},"paid":[{"boot":"a","gpu":true,"on":1800}]}`, "", false},
		{"nothing trained", `{"version":1,"steps":{"region":{"complete":true,"facts":{"price":"1.80 CNY"}}}}`, "", false},
		{"a price that is none", `{"version":1,"steps":{"region":{"complete":true,"facts":{"price":"+Inf CNY"}},"train":{"complete":true,"facts":{"seconds":"600"}}}}`, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "progress.json")
			if err := os.WriteFile(file, []byte(test.record), 0o644); err != nil {
				t.Fatal(err)
			}
			rows := class.Report([]string{file}, nil, time.Now())
			if len(rows) != 1 || rows[0].Cost != test.cost || rows[0].AtLeast != test.least {
				t.Errorf("cost %q, at least: %v; want %q, %v", rows[0].Cost, rows[0].AtLeast, test.cost, test.least)
			}
		})
	}
}
