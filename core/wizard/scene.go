package wizard

import (
	"bytes"
	"encoding/json"
	"path"
	"strconv"
	"strings"

	"gpuwizard/assets"
	"gpuwizard/core/clean"
	"gpuwizard/core/yolov5"
)

// A scene is what the look before a training saw on the instance; see
// assets/instance/preflight.py, whose answer it is. What could not be looked at
// keeps its zero value.
type scene struct {
	Python   string            `json:"python"`
	Missing  []string          `json:"missing"`  // modules, by the name to import
	Versions map[string]string `json:"versions"` // of those that are there
	Watchers []string          `json:"watchers"` // services that follow trainings

	DataYAML *string `json:"data_yaml"`
	ModelYML *string `json:"cfg_yaml"`
	Sets     map[string]seenSet
	Caches   []seenCache

	Weights *seenWeights
	Fonts   map[string]int64
	Disks   map[string]seenDisk
	Git     *seenGit

	NumPy  string `json:"numpy"`
	Pillow string `json:"pillow"`
	Trapz  *bool  `json:"trapz"`

	Torch       string    `json:"torch"`
	CUDA        string    `json:"cuda"`
	NumPyFits   *bool     `json:"numpy_fits"`
	CUDAReady   bool      `json:"cuda_ready"`
	Archs       []string  `json:"archs"`
	GPUs        []seenGPU `json:"gpus"`
	CUDAWorks   *bool     `json:"cuda_works"`
	CUDAError   string    `json:"cuda_error"`
	TorchVision string    `json:"torchvision"`
	NMS         *bool     `json:"nms"`

	Trouble map[string]string `json:"trouble"` // what could not be looked at
}

type seenSet struct {
	Path     string `json:"path"`
	Exists   bool   `json:"exists"`
	Pictures int    `json:"pictures"`
	Mapped   int    `json:"mapped"` // pictures below a folder "images"
	Labels   int    `json:"labels"` // of the pictures, with a label file
	Read     int    `json:"read"`   // label files that were read in time
	Filled   int    `json:"filled"` // of those, with an object
	Top      int    `json:"top"`    // highest class number, -1 if none
	TopFile  string `json:"top_file"`
	Bad      string `json:"bad"` // a label file that holds no numbers
	Folder   string `json:"folder"`
}

type seenCache struct {
	Path string `json:"path"`
	Kind string `json:"kind"` // numpy, zip or other
}

type seenWeights struct {
	Exists  bool     `json:"exists"`
	Bytes   int64    `json:"bytes"`
	Zip     bool     `json:"zip"`
	Legacy  bool     `json:"legacy"`
	HTML    bool     `json:"html"`
	Whole   bool     `json:"whole"`
	Unknown []string `json:"unknown"` // classes that the code does not have
}

type seenDisk struct {
	Path     string `json:"path"`
	Free     int64  `json:"free"`
	Inodes   int64  `json:"inodes"` // free, -1 if not counted
	Writable bool   `json:"writable"`
}

type seenGit struct {
	Origin bool `json:"origin"`
	Own    bool `json:"own"`
}

type seenGPU struct {
	Name       string `json:"name"`
	Capability string `json:"capability"` // 86 for 8.6
	Bytes      int64  `json:"bytes"`
	Free       int64  `json:"free"`
}

// A site is where a training takes place on the instance.
type site struct {
	python  string
	folder  string // the project's, on the instance
	code    string
	dataset string
	ours    bool // the wizard put code and data there
	release yolov5.Release
	options yolov5.Options
	needs   []yolov5.Requirement
	data    string // data set YAML, relative to the code
	cfg     string // model YAML, likewise
	weights string // as train.py gets them; "" from scratch
	classes []string
}

func (s site) config() string { return path.Join(s.folder, "config") }
func (s site) mute() string   { return path.Join(s.folder, "config", "mute") }
func (s site) runs() string   { return path.Join(s.folder, "runs") }

// fonts are the fonts that YOLOv5 is going to look for.
func (s site) fonts() []string {
	if s.release == yolov5.V50 {
		return nil
	}
	return []string{"Arial.ttf", "Arial.Unicode.ttf"}
}

const (
	sceneMark    = "gpuwizard-preflight "
	labelSeconds = 8
)

// look runs the script that looks at everything a training needs.
func (w *work) look(s site) (scene, error) {
	imports := [][2]string{}
	for _, r := range s.needs {
		imports = append(imports, [2]string{r.Import, r.Name})
	}
	asked, err := json.Marshal(map[string]any{
		"code": s.code, "data": s.data, "cfg": s.cfg, "weights": s.weights,
		"runs": s.runs(), "config": s.config(), "fonts": s.fonts(), "imports": imports, "seconds": labelSeconds,
		"sets": map[string]string{"train": path.Join(s.dataset, "images/train"), "val": path.Join(s.dataset, "images/val")},
	})
	if err != nil {
		return scene{}, err
	}
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `cd "$2" 2>/dev/null; "$1" -c "$3" "$4" </dev/null`,
		[]string{s.python, s.code, assets.PreflightScript, string(asked)}, limited(&out))
	if err != nil {
		return scene{}, err
	}
	seen, ok := parseScene(out.String())
	if !ok {
		// A look that fails is no reason for a training to.
		w.note(NoteNoLook, "exit", strconv.Itoa(exit), "output", lastLine(out.String()))
		if python, err := w.choosePython(); err == nil {
			seen.Torch, seen.CUDAReady = python.Torch, python.CUDAReady
		}
	}
	return seen, nil
}

// NoteNoLook is told when the look before the training gave no answer.
const NoteNoLook NoteCode = "no-look" // exit, output

// parseScene finds the answer among what modules may print when they load.
func parseScene(out string) (scene, bool) {
	var seen scene
	at := strings.LastIndex(out, sceneMark)
	if at < 0 {
		return seen, false
	}
	line, _, _ := strings.Cut(out[at+len(sceneMark):], "\n")
	if json.Unmarshal([]byte(line), &seen) != nil {
		return scene{}, false
	}
	seen.clean()
	return seen, true
}

// clean makes fit to be shown what the instance said.
func (s *scene) clean() {
	for _, text := range []*string{&s.Python, &s.NumPy, &s.Pillow, &s.Torch, &s.CUDA, &s.CUDAError, &s.TorchVision} {
		*text = clean.Line(*text)
	}
	for i := range s.GPUs {
		s.GPUs[i].Name = clean.Line(s.GPUs[i].Name)
	}
	for name, text := range s.Trouble {
		s.Trouble[name] = clean.Line(text)
	}
}
