package preflight

import (
	"testing"

	"gpuwizard/core/clean"
	"gpuwizard/core/planfile"
	"gpuwizard/core/yolov5"
)

// FuzzParseScene judges whatever an instance answers to the look before a
// training.
func FuzzParseScene(f *testing.F) {
	f.Add(sceneMark + `{"python": "3.10.4", "torch": "2.1.0", "cuda_ready": true, "archs": ["sm_80", "compute_90"], "gpus": [{"name": "RTX", "capability": "86", "bytes": 25, "free": 24}]}`)
	f.Add("noise\n" + sceneMark + `{"missing": ["seaborn"], "versions": {"tqdm": "4.1"}, "watchers": ["wandb"], "fonts": {}, "git": true}` + "\nmore")
	f.Add(sceneMark + `{"data_yaml": "names: [a]\ntrain: x\nval: y\n", "cfg_yaml": "nc: 80\n", "sets": {"train": {"path": "/d", "exists": true, "pictures": 9, "labels": 9, "top": 7, "top_file": "\u001b[31mx"}}}`)
	f.Add(sceneMark + `{"caches": [{"path": "/w/dataset/labels/train.cache", "kind": "zip"}], "weights": {"exists": true, "zip": true, "unknown": ["models.x.Y"]}, "disks": {"runs": {"path": "/r", "free": 1, "inodes": 1, "writable": true}}}`)
	j := Training{
		Site: Site{
			Folder: "/w", Code: "/w/code", Dataset: "/w/dataset", Ours: true, Release: yolov5.V70, Data: "data/p.yaml",
			Cfg: "models/yolov5n.yaml", Weights: "yolov5n.pt", Classes: []string{"a"},
			Needs: yolov5.Requirements([]byte("seaborn>=0.11.0\ntqdm>=4.64.0\n")),
		},
		Plan: planfile.New(),
	}
	f.Fuzz(func(t *testing.T, out string) {
		seen, _ := ParseScene(out)
		for _, h := range j.Hurdles(seen) {
			for name, value := range h.Args {
				if clean.Line(value) != value {
					t.Fatalf("%s has %s %q", h.Check, name, value)
				}
			}
		}
	})
}
