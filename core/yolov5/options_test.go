package yolov5

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestOptionsOf(t *testing.T) {
	o := OptionsOf([]byte(`
    parser = argparse.ArgumentParser()
    parser.add_argument('--weights', type=str, default=ROOT / 'yolov5s.pt', help='x')
    parser.add_argument("--imgsz", "--img", '--img-size', type=int, default=640)
    parser.add_argument('--rect', action='store_true', help='y')
    parser.add_argument(
        "--evolve_population", type=str, default="data/hyps", help="z"
    )
    parser.add_argument('--cache', type=str, nargs='?', const='ram')
    parser.add_argument('--exist-ok', action='store_true')
    parser.add_argument('source', help='no option')
`))
	want := Options{{"--weights"}, {"--imgsz", "--img", "--img-size"}, {"--rect"}, {"--evolve_population"}, {"--cache"}, {"--exist-ok"}}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("got %+v", o)
	}
	for name, has := range map[string]bool{"--img": true, "--weights": true, "--exist": true, "--e": false, "--optimizer": false, "--rec": true} {
		if o.Has(name) != has {
			t.Errorf("%s: %v", name, !has)
		}
	}
	if got := o.Unknown([]string{"--rect", "--imgz", "640", "--optimizer=Adam", "-1"}); !reflect.DeepEqual(got, []string{"--imgz", "--optimizer"}) {
		t.Errorf("unknown: %q", got)
	}
}

// TestOptionsOfReleases reads the real train.py of the releases in the folders
// that a variable names, with colons between.
func TestOptionsOfReleases(t *testing.T) {
	list := os.Getenv("GPUWIZARD_TEST_RELEASES")
	if list == "" {
		t.Skip("set GPUWIZARD_TEST_RELEASES to folders of YOLOv5, each named by its release")
	}
	for _, dir := range strings.Split(list, ":") {
		code := os.DirFS(dir)
		release, err := ReleaseOf(code)
		if err != nil || !strings.HasSuffix(filepath.Base(dir), string(release)) {
			t.Errorf("%s: %s, %v", dir, release, err)
		}
		script, err := readBounded(code, "train.py", maxScript)
		if err != nil {
			t.Fatal(err)
		}
		o := OptionsOf(script)
		s := Settings{
			Release: release, Options: o, Weights: "w.pt", Cfg: "c.yaml", Data: "d.yaml", Epochs: 1, Batch: 8, ImgSize: 64, Device: "0",
			Workers: 2, Project: "p", Name: "n", ExistOK: true, Cache: "ram",
		}
		if unknown := o.Unknown(s.Command()); len(o) < 20 || len(unknown) > 0 {
			t.Errorf("%s: %d options, unknown %q", dir, len(o), unknown)
		}
	}
}

func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		version, least string
		want           bool
	}{
		{"1.13.0a0", "1.13", true},
		{"1.9.1+cu111", "1.10", false},
		{"2.0.0", "1.13.1", true},
		{"1.24", "1.24.0", true},
		{"", "1", false},
		{"nonsense", "0", false},
	} {
		if got := AtLeast(tt.version, tt.least); got != tt.want {
			t.Errorf("%s >= %s: %v", tt.version, tt.least, got)
		}
	}
	for _, tt := range []struct {
		spec, version string
		want          bool
	}{
		{">=4.64.0", "4.62.3", false},
		{">=4.64.0", "4.64.1", true},
		{">=4.1.1,<5", "5.0", false},
		{"==0.19.*", "0.19.2", true},
		{"!=1.2.*", "1.2.3", false},
		{"~=2.24.0", "2.25", true},
		{"", "1", true},
		{">=1.0", "unknown", true},
		{"~~", "1", true},
	} {
		if got := (Requirement{Spec: tt.spec}).Satisfied(tt.version); got != tt.want {
			t.Errorf("%s of %q: %v", tt.version, tt.spec, got)
		}
	}
	for _, tt := range []struct {
		release Release
		torch   string
		want    Launcher
	}{{V70, "2.1.0", LaunchRun}, {V70, "1.8.1", LaunchOld}, {V50, "1.9.0", LaunchOld}, {V50, "2.1", ""}, {Master, "2.8.0+cu128", LaunchRun}} {
		if got := LauncherOf(tt.release, tt.torch); got != tt.want {
			t.Errorf("%s with torch %s: %q", tt.release, tt.torch, got)
		}
	}
}

func TestCommandForSeveralGPUs(t *testing.T) {
	s := Settings{Release: V70, Weights: "w.pt", Batch: 32, Device: "0,1", Workers: -1, GPUs: 2, Launcher: LaunchRun, Port: 29511, Cache: "ram"}
	want := "python3 -m torch.distributed.run --nproc_per_node 2 --master_port 29511 train.py --weights w.pt --batch-size 32 --device 0,1 --cache ram"
	if got := strings.Join(s.Command(), " "); got != want {
		t.Errorf("got %s", got)
	}
	s.Release, s.GPUs, s.Resume = V50, 1, "last.pt"
	if got := strings.Join(s.Command(), " "); got != "python3 train.py --resume last.pt" {
		t.Errorf("got %s", got)
	}
	s.Resume = ""
	if got := strings.Join(s.Command(), " "); !strings.HasSuffix(got, "--cache-images") {
		t.Errorf("got %s", got)
	}
}

func FuzzOptionsOf(f *testing.F) {
	f.Add([]byte("parser.add_argument('--weights', type=str)\nadd_argument(\"--x\", action='store_true')"))
	f.Fuzz(func(t *testing.T, script []byte) {
		o := OptionsOf(script)
		for _, names := range o {
			for _, name := range names {
				if !strings.HasPrefix(name, "--") || !o.Has(name) {
					t.Fatalf("%q", names)
				}
			}
		}
	})
}
