package preflight

import (
	"encoding/json"
	"strings"

	"gpuwizard/core/clean"
)

// A Scene is what the look before a training saw on the instance; see
// assets/instance/preflight.py, whose answer it is. What could not be looked at
// keeps its zero value.
type Scene struct {
	Python   string            `json:"python"`
	Missing  []string          `json:"missing"`  // modules, by the name to import
	Versions map[string]string `json:"versions"` // of those that are there
	Watchers []string          `json:"watchers"` // services that follow trainings

	DataYAML *string `json:"data_yaml"`
	ModelYML *string `json:"cfg_yaml"`
	Sets     map[string]Set
	Caches   []Cache

	Weights *Weights
	Fonts   map[string]int64
	Disks   map[string]Disk
	Git     bool // the code lies in a repository of its own

	NumPy  string `json:"numpy"`
	Pillow string `json:"pillow"`
	Trapz  *bool  `json:"trapz"`

	Torch       string   `json:"torch"`
	CUDA        string   `json:"cuda"`
	NumPyFits   *bool    `json:"numpy_fits"`
	CUDAReady   bool     `json:"cuda_ready"`
	Archs       []string `json:"archs"`
	GPUs        []GPU    `json:"gpus"`
	CUDAWorks   *bool    `json:"cuda_works"`
	CUDAError   string   `json:"cuda_error"`
	TorchVision string   `json:"torchvision"`
	NMS         *bool    `json:"nms"`

	Trouble map[string]string `json:"trouble"` // what could not be looked at
}

// A Set is the pictures of one part of the data set, and their labels.
type Set struct {
	Path     string `json:"path"`
	Exists   bool   `json:"exists"`
	Pictures int    `json:"pictures"`
	Labels   int    `json:"labels"` // of the pictures, with a label file
	Read     int    `json:"read"`   // label files that were read in time
	Filled   int    `json:"filled"` // of those, with an object
	Top      int    `json:"top"`    // highest class number, -1 if none
	TopFile  string `json:"top_file"`
	Folder   string `json:"folder"`
}

// A Cache is what an earlier training kept of a set.
type Cache struct {
	Path string `json:"path"`
	Kind string `json:"kind"` // numpy, zip or other
}

// Weights is the file to start from.
type Weights struct {
	Exists  bool     `json:"exists"`
	Bytes   int64    `json:"bytes"`
	Zip     bool     `json:"zip"`
	Legacy  bool     `json:"legacy"`
	HTML    bool     `json:"html"`
	Whole   bool     `json:"whole"`
	Unknown []string `json:"unknown"` // classes that the code does not have
}

// A Disk is the room where a folder lies.
type Disk struct {
	Path     string `json:"path"`
	Free     int64  `json:"free"`
	Inodes   int64  `json:"inodes"` // free, -1 if not counted
	Writable bool   `json:"writable"`
}

// A GPU is as torch sees it.
type GPU struct {
	Name       string `json:"name"`
	Capability string `json:"capability"` // 86 for 8.6
	Bytes      int64  `json:"bytes"`
	Free       int64  `json:"free"`
}

const sceneMark = "gpuwizard-preflight "

// ParseScene finds the script's answer among what modules may print when they load.
func ParseScene(out string) (Scene, bool) {
	var seen Scene
	at := strings.LastIndex(out, sceneMark)
	if at < 0 {
		return seen, false
	}
	line, _, _ := strings.Cut(out[at+len(sceneMark):], "\n")
	if json.Unmarshal([]byte(line), &seen) != nil {
		return Scene{}, false
	}
	seen.clean()
	return seen, true
}

// clean makes fit to be shown what the instance said.
func (s *Scene) clean() {
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
