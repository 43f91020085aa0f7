package yolov5

import (
	"strconv"
)

// Settings are what a training is started with. Zero values leave an option to
// YOLOv5's own default, except where a field says otherwise.
type Settings struct {
	Release Release // as ReleaseOf found it; "" is taken for v7.0
	Python  string  // path of the Python that has torch
	CodeDir string  // YOLOv5's folder on the instance: the command must run there

	Cfg       string // model YAML; "" when the weights bring their own
	Weights   string // path of a .pt; "" trains from scratch
	Data      string // path of the data set YAML
	Epochs    int
	Batch     int    // -1 lets v6.1 and later find a size that fits the GPU
	ImgSize   int    // pixels
	Device    string // "cpu", "0", "0,1"; "" and "auto" leave the choice to YOLOv5
	Workers   int    // processes that load pictures; 0 is none, below 0 is YOLOv5's default
	Cache     string // "ram" or "disk" keeps decoded pictures; "" does not
	Project   string // folder of the runs
	Name      string // folder of this run inside Project
	ExistOK   bool   // write into Project/Name even if it exists, instead of Name2
	Extra     []string
	ConfigDir string // folder that holds Arial.ttf, for YOLOV5_CONFIG_DIR

	// Options are those of the code at hand; nil stands for its release's.
	Options Options

	// GPUs above 1 starts a process for each of them, with Launcher.
	GPUs     int
	Launcher Launcher
	Port     int // of this machine, by which the processes meet

	// Resume is the path of a last.pt to go on from. All other options then
	// come from that run's opt.yaml, and only Extra is added.
	Resume string

	// Mute is a folder of modules that are to seem not installed; "" is none.
	Mute string
}

// A Launcher is the module that starts a process for each GPU.
type Launcher string

// The launchers of torch.
const (
	LaunchRun Launcher = "torch.distributed.run"    // since torch 1.9
	LaunchOld Launcher = "torch.distributed.launch" // before; passes --local_rank
)

// LauncherOf returns how to start several processes, or "" if this release
// cannot train on several GPUs with this torch.
func LauncherOf(release Release, torch string) Launcher {
	switch {
	case release == V50 && AtLeast(torch, "2.0"):
		// v5.0 knows --local_rank alone, and that launcher passes --local-rank.
		return ""
	case release == V50, !AtLeast(torch, "1.9"):
		return LaunchOld
	}
	return LaunchRun
}

func (s Settings) launcher() []string {
	if s.GPUs < 2 || s.Launcher == "" {
		return nil
	}
	words := []string{"-m", string(s.Launcher), "--nproc_per_node", strconv.Itoa(s.GPUs)}
	if s.Port > 0 {
		words = append(words, "--master_port", strconv.Itoa(s.Port))
	}
	return words
}

// cacheOption is the argument that keeps decoded pictures in memory or on the
// disk: v5.0 knows the memory alone.
func (s Settings) cacheOption() []string {
	switch {
	case s.Cache == "":
		return nil
	case s.Release == V50 || s.Options.Has("--cache-images"):
		return []string{"--cache-images"}
	}
	return []string{"--cache", s.Cache}
}

// Command returns the program and arguments, to be run in CodeDir: YOLOv5
// reads requirements.txt and its data folder from there.
func (s Settings) Command() []string {
	args := append(append([]string{s.python()}, s.launcher()...), "train.py")
	add := func(option, value string) {
		if value != "" {
			args = append(args, option, value)
		}
	}
	number := func(option string, n int) {
		if n > 0 {
			add(option, strconv.Itoa(n))
		}
	}
	if s.Resume != "" {
		add("--resume", s.Resume)
		return append(args, s.Extra...)
	}
	// An empty name is how train.py is told to start from scratch; without the
	// option it would fetch yolov5s.pt.
	args = append(args, "--weights", s.Weights)
	add("--cfg", s.Cfg)
	add("--data", s.Data)
	number("--epochs", s.Epochs)
	if s.Batch == -1 && s.Release.AutoBatch() {
		add("--batch-size", "-1")
	} else {
		number("--batch-size", s.Batch)
	}
	number(s.Release.imageSizeOption(), s.ImgSize)
	if s.Device != "auto" {
		add("--device", s.Device)
	}
	if s.Workers >= 0 {
		add("--workers", strconv.Itoa(s.Workers))
	}
	args = append(args, s.cacheOption()...)
	add("--project", s.Project)
	add("--name", s.Name)
	if s.ExistOK {
		args = append(args, "--exist-ok")
	}
	return append(args, s.Extra...)
}

// Env returns what the training needs in its environment, as NAME=VALUE: no
// service that wants an account or a network, no packages installed behind the
// user's back, UTF-8 whatever the locale, and each line written at once.
func (s Settings) Env() []string {
	env := []string{
		"COMET_MODE=disabled",
		"GIT_TERMINAL_PROMPT=0",
		"PYTHONUNBUFFERED=1",
		"PYTHONUTF8=1",
		// torch 2.4 and later warn in every batch of what a later one may drop,
		// in the middle of the line that shows the progress.
		"PYTHONWARNINGS=ignore::FutureWarning",
		"WANDB_MODE=disabled",
		// Spelled as in v6.2 utils/general.py and later.
		"YOLOv5_AUTOINSTALL=false",
	}
	if s.ConfigDir != "" {
		// v6.0 utils/general.py and later; the folder must be writable.
		env = append(env, "YOLOV5_CONFIG_DIR="+s.ConfigDir)
	}
	if s.Mute != "" {
		env = append(env, "PYTHONPATH="+s.Mute)
	}
	if s.Release != Master {
		// Up to v7.0 torch.load is called without weights_only, whose default
		// torch 2.6 turned: a run would fail when it strips its own best.pt.
		env = append(env, "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1")
	}
	return env
}

// Shell returns the training as one line that a person can paste into a shell
// on the instance.
func (s Settings) Shell() string {
	return Call{Dir: s.CodeDir, Env: s.Env(), Command: s.Command()}.Shell()
}
