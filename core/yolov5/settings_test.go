package yolov5

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCommand(t *testing.T) {
	full := Settings{
		Release: V70, Python: "/root/miniconda3/bin/python", CodeDir: "/root/yolov5",
		Cfg: "/root/data/yolov5n.yaml", Weights: "yolov5n.pt", Data: "/root/data/person.yaml",
		Epochs: 100, Batch: 16, ImgSize: 640, Device: "0", Workers: 4,
		Project: "/root/runs", Name: "person", ExistOK: true, Extra: []string{"--patience", "20"},
	}
	old := full
	old.Release = V50
	auto := Settings{Release: V62, Data: "d.yaml", Batch: -1, Device: "auto", Workers: -1}
	noAuto := auto
	noAuto.Release = V60
	for _, tt := range []struct {
		name string
		s    Settings
		want string // words parted by spaces; '' is an empty word
	}{
		{"all", full, "/root/miniconda3/bin/python train.py --weights yolov5n.pt --cfg /root/data/yolov5n.yaml --data /root/data/person.yaml --epochs 100 --batch-size 16 --imgsz 640 --device 0 --workers 4 --project /root/runs --name person --exist-ok --patience 20"},
		{"v5.0", old, "/root/miniconda3/bin/python train.py --weights yolov5n.pt --cfg /root/data/yolov5n.yaml --data /root/data/person.yaml --epochs 100 --batch-size 16 --img-size 640 --device 0 --workers 4 --project /root/runs --name person --exist-ok --patience 20"},
		{"from scratch, auto batch", auto, "python3 train.py --weights '' --data d.yaml --batch-size -1"},
		{"no auto batch", noAuto, "python3 train.py --weights '' --data d.yaml"},
		{"no workers", Settings{Weights: "w.pt"}, "python3 train.py --weights w.pt --workers 0"},
		{"resume", Settings{Resume: "runs/train/exp/weights/last.pt", Epochs: 3, Weights: "x.pt"}, "python3 train.py --resume runs/train/exp/weights/last.pt"},
	} {
		want := strings.Split(tt.want, " ")
		for i := range want {
			if want[i] == "''" {
				want[i] = ""
			}
		}
		if got := tt.s.Command(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
}

func TestEnv(t *testing.T) {
	for _, r := range []Release{V50, V60, V61, V62, V70, Master} {
		env := Settings{Release: r, ConfigDir: "/root/font dir"}.Env()
		for _, want := range []string{"WANDB_MODE=disabled", "COMET_MODE=disabled", "YOLOv5_AUTOINSTALL=false", "PYTHONUNBUFFERED=1", "YOLOV5_CONFIG_DIR=/root/font dir"} {
			if !slices.Contains(env, want) {
				t.Errorf("%s: %s is missing in %q", r, want, env)
			}
		}
		if got, want := slices.Contains(env, "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1"), r != Master; got != want {
			t.Errorf("%s: old way of torch.load: %v", r, got)
		}
	}
	if env := (Settings{}).Env(); slices.ContainsFunc(env, func(s string) bool { return strings.HasPrefix(s, "YOLOV5_CONFIG_DIR") }) {
		t.Errorf("a config folder that nobody named: %q", env)
	}
}

func TestShell(t *testing.T) {
	s := Settings{Release: Master, CodeDir: "/root/my code", Data: "it's.yaml", Workers: -1}
	want := `cd '/root/my code' && COMET_MODE=disabled GIT_TERMINAL_PROMPT=0 PYTHONUNBUFFERED=1 PYTHONUTF8=1 PYTHONWARNINGS='ignore::FutureWarning' WANDB_MODE=disabled YOLOv5_AUTOINSTALL=false python3 train.py --weights '' --data 'it'\''s.yaml'`
	if got := s.Shell(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
