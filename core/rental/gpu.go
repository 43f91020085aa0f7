package rental

import (
	"math"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// A GPU as the forecast needs it.
type GPU struct {
	Name         string   `yaml:"name"`
	Also         []string `yaml:"also"` // other names of the same
	MemoryGB     int      `yaml:"memory_gb"`
	TensorTFLOPS float64  `yaml:"tensor_tflops"` // half precision, dense
	Bandwidth    float64  `yaml:"bandwidth"`     // of its memory, GB a second
	Sure         Sureness `yaml:"sure"`
}

// GPUNamed returns the GPU that a platform, a person or nvidia-smi calls by a
// name such as "NVIDIA GeForce RTX 4090".
func (c *Catalogue) GPUNamed(name string) (GPU, bool) {
	i, ok := c.named[plainGPU(name)]
	if !ok {
		return GPU{}, false
	}
	return c.GPUs[i], true
}

// SameGPU reports whether two names mean one GPU.
func SameGPU(a, b string) bool { return plainGPU(a) == plainGPU(b) }

var gpuNoise = regexp.MustCompile(`(?i)nvidia|geforce|tesla|quadro|rtx|pcie|sxm\d*|hbm\d*\w?|\d+gb\b|[\s_-]`)

func plainGPU(name string) string {
	if plain, ok := plainNames.Load(name); ok {
		return plain.(string)
	}
	plain := strings.ToLower(gpuNoise.ReplaceAllString(name, ""))
	// What an instance says is not to fill the memory.
	if plainKept.Add(1) <= maxPlain {
		plainNames.Store(name, plain)
	}
	return plain
}

// plainNames are the names that were made plain before: the same few come
// again and again.
var (
	plainNames sync.Map
	plainKept  atomic.Int32
)

const maxPlain = 1000

// speed is how fast a GPU trains beside a V100. Small convolutions are bound
// by arithmetic and by memory alike and use neither fully: the exponents fit
// an A100 and a T4, whose trainings were measured.
func (g GPU) speed() float64 {
	const tensor, bandwidth = 125, 900 // of a V100
	return math.Pow(g.TensorTFLOPS/tensor, 0.3) * math.Pow(g.Bandwidth/bandwidth, 0.3)
}
