package wizard

import (
	"strings"
	"testing"
)

// FuzzParseCheckpoints reads whatever an instance says of its checkpoints: of
// one that it does not name nothing is believed.
func FuzzParseCheckpoints(f *testing.F) {
	paths := []string{"/r/weights/last.pt", "/r/weights/best.pt"}
	f.Add("/r/weights/last.pt\t3\n/r/weights/best.pt\tdone\n")
	f.Add("noise\n/r/weights/last.pt\tbroken\r\n/r/weights/best.pt\tmissing")
	f.Add("/r/weights/last.pt\t-7\n/r/weights/last.pt\t99999999999999999999\n")
	f.Fuzz(func(t *testing.T, out string) {
		states := parseCheckpoints(out, paths)
		for i, s := range states {
			if s.missing && (s.broken || s.done) || s.broken && s.done || s.epoch < 0 || s.epoch > maxEpoch {
				t.Fatalf("%+v", s)
			}
			if !s.missing && !strings.Contains(out, paths[i]) {
				t.Fatalf("%+v of nothing", s)
			}
		}
	})
}
