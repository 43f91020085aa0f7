package wizard

import (
	"strings"
	"testing"

	"gpuwizard/core/clean"
	"gpuwizard/core/planfile"
	"gpuwizard/core/yolov5"
)

// FuzzParseScene judges whatever an instance answers to the look before a
// training.
func FuzzParseScene(f *testing.F) {
	f.Add(sceneMark + `{"python": "3.10.4", "torch": "2.1.0", "cuda_ready": true, "archs": ["sm_80", "compute_90"], "gpus": [{"name": "RTX", "capability": "86", "bytes": 25, "free": 24}]}`)
	f.Add("noise\n" + sceneMark + `{"missing": ["seaborn"], "versions": {"tqdm": "4.1"}, "watchers": ["wandb"], "fonts": {}, "git": {"origin": false}}` + "\nmore")
	f.Add(sceneMark + `{"data_yaml": "names: [a]\ntrain: x\nval: y\n", "cfg_yaml": "nc: 80\n", "sets": {"train": {"path": "/d", "exists": true, "pictures": 9, "labels": 9, "top": 7, "top_file": "\u001b[31mx"}}}`)
	f.Add(sceneMark + `{"caches": [{"path": "/w/dataset/labels/train.cache", "kind": "zip"}], "weights": {"exists": true, "zip": true, "unknown": ["models.x.Y"]}, "disks": {"runs": {"path": "/r", "free": 1, "inodes": 1, "writable": true}}}`)
	j := judging{
		site: site{
			folder: "/w", code: "/w/code", dataset: "/w/dataset", ours: true, release: yolov5.V70, data: "data/p.yaml",
			cfg: "models/yolov5n.yaml", weights: "yolov5n.pt", classes: []string{"a"},
			needs: yolov5.Requirements([]byte("seaborn>=0.11.0\ntqdm>=4.64.0\n")),
		},
		plan: planfile.New(),
	}
	f.Fuzz(func(t *testing.T, out string) {
		seen, _ := parseScene(out)
		for _, h := range j.hurdles(seen) {
			for name, value := range h.Args {
				if clean.Line(value) != value {
					t.Fatalf("%s has %s %q", h.Check, name, value)
				}
			}
		}
	})
}

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
